"""The figures of a site as a land officer reads them: French labels, units, what is unknown."""

import math
from collections.abc import Iterable

import pandas as pd

from jalon.access import ACCESS_FR
from jalon.bounds import Column, texts
from jalon.criteria import Scoring
from jalon.french import NARROW_SPACE, count, hectares, number, percent
from jalon.model import SiteKind
from jalon.scoring import explain
from jalon.ui.tables_fr import intervals
from jalon.ui.text_fr import OWNERS_UNKNOWN, literal

UNKNOWN = "—"

SQUARE_RATIO = 1.15
"""Under this, a site looks as long as it is wide."""

SMALLEST_SHAPE_HA = 0.01
"""Slivers under a hundred square metres have no shape worth telling."""

CONTRIBUTION_TABLE = {
    "title_fr": "Critère",
    "figure": "Mesure",
    "value": "Valeur",
    "weight": "Poids",
    "brought": "Apport",
    "source": "Source",
}


def attributes(site: pd.Series) -> pd.DataFrame:
    """Return the measures of a site, French labels and units, as text that is never markup."""
    rows = {
        **_land(site),
        **_constraints(site),
        **_places(site),
        **{f"Distance : {title}": _metres(site[name]) for name, title in ACCESS_FR.items()},
        "Fiabilité": percent(site["reliability_share"], 0),
    }
    values = [literal(value) for value in rows.values()]
    return pd.DataFrame({"Attribut": rows.keys(), "Valeur": values}).set_index("Attribut")


def _land(site: pd.Series) -> dict[str, str]:
    told = {
        "Surface": hectares(site["area_ha"]),
        "Surface utile": hectares(site["usable_ha"]),
        "Plus grand tenant": hectares(site["piece_ha"]),
        "Largeur au plus large": _metres(site["width_m"]),
        "Forme": _shape(site),
    }
    if site["kind"] == SiteKind.ASSEMBLY.value:
        told["Propriétaires"] = owners(site["land_unit_count"])
    return told


def _constraints(site: pd.Series) -> dict[str, str]:
    return {
        "Part bâtie": percent(site["built_share"]),
        "Part inondable": percent(site["flood_share"]),
    }


def _places(site: pd.Series) -> dict[str, str]:
    return {
        "Zone du PLU": _known(site["zone_label"]),
        "Zone d'activité": _known(site["zae_name"]),
        "Terrain de l'inventaire": _joined(site["terrain_id"], site["terrain_selling_stage"]),
        "Friche": _joined(site["friche_name"], site["friche_status"], site["friche_pollution"]),
    }


def owners(land_unit_count: float) -> str:
    """Return how many owners hold an assembly, as far as the land units tell."""
    if math.isnan(land_unit_count):
        return OWNERS_UNKNOWN
    if land_unit_count == 1:
        return "un seul (une unité foncière)"
    return f"{count(int(land_unit_count), 'unité foncière', 'unités foncières')} à réunir"


def _shape(site: pd.Series) -> str:
    ratio = site["elongation_ratio"]
    if math.isnan(ratio) or not site["usable_ha"] >= SMALLEST_SHAPE_HA:
        return UNKNOWN
    if ratio < SQUARE_RATIO:
        return "à peu près aussi long que large"
    return f"{number(ratio, 1)} fois plus long que large"


def _metres(value: float) -> str:
    return UNKNOWN if math.isnan(value) else f"{number(value)}{NARROW_SPACE}m"


def _known(value: object) -> str:
    return str(value) if isinstance(value, str) else UNKNOWN


def _joined(*values: object) -> str:
    return " · ".join(value for value in values if isinstance(value, str)) or UNKNOWN


def contributions(site: pd.DataFrame, scoring: Scoring) -> pd.DataFrame:
    """Return the score of one site criterion by criterion, as a table to read."""
    told = explain(site, scoring)
    told = told.assign(
        figure=_figures(site, told),
        value=intervals(told["value_lo"], told["value_hi"], decimals=2),
        weight=told["weight_share"].map(lambda share: percent(share, 0)),
        brought=intervals(told["score_lo"], told["score_hi"], decimals=3),
    )
    return told[list(CONTRIBUTION_TABLE)].rename(columns=CONTRIBUTION_TABLE)


def _figures(site: pd.DataFrame, told: pd.DataFrame) -> list[str]:
    rows: Iterable[tuple[str, float, float]] = zip(
        told["column"], told["figure_lo"], told["figure_hi"], strict=True
    )
    return [_figure(site, Column(name), low, high) for name, low, high in rows]


def _figure(site: pd.DataFrame, column: Column, low: float, high: float) -> str:
    """Return a figure with its unit: «2,00 à 3,50 ha», «3,50 ha au plus», «—» when unknown."""
    if column.is_text:
        word = texts(site, column)[0]
        return UNKNOWN if word is None else str(word)
    unit, scale, decimals = _unit(column)
    ends = [number(scale * value, decimals) for value in (low, high) if not math.isnan(value)]
    if not ends:
        return UNKNOWN
    told = " à ".join(dict.fromkeys(ends)) + (f"{NARROW_SPACE}{unit}" if unit else "")
    if math.isnan(low):
        return f"{told} au plus"
    return f"{told} au moins" if math.isnan(high) else told


def _unit(column: Column) -> tuple[str, float, int]:
    """Return the unit a column is told in, what to multiply it by, and its decimals."""
    units = {"ha": ("ha", 1.0, 2), "m": ("m", 1.0, 0), "share": ("%", 100.0, 0)}
    last = column.value.rpartition("_")[2]
    return units.get(last, ("", 1.0, 0 if last == "count" else 1))
