"""The cost of a footprint as a land officer reads it: short tables of French text."""

import math
from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from jalon.french import NARROW_SPACE, hectares, interval_ha, number
from jalon.ui.ledger_text_fr import area
from jalon.ui.project_cost import Cost
from jalon.ui.project_text_fr import (
    ENVELOPE_LABEL,
    EXACT_FR,
    FOOTPRINT_LABEL,
    INTERVAL_FR,
    NET_LABEL,
    NO_LAND_COVER,
    NO_PARCEL_MET,
    NO_SOURCE,
    NOT_COSTED,
    NOWHERE,
    OTHER_PERIODS,
    WHOLE_LABEL,
)
from jalon.ui.text_fr import literal
from jalon.zan.artificialisation import NetChange
from jalon.zan.envelope import TOLERANCE_HA
from jalon.zan.periods import NET_FR
from jalon.zan.rules import rule


def bases(cost: Cost) -> dict[str, str]:
    """Return what the footprint costs on its two bases (R-PAR-6)."""
    told = cost.figures
    own = interval_ha(told["enaf_lo_ha"], told["enaf_hi_ha"])
    label = FOOTPRINT_LABEL.format(area=hectares(told["area_ha"]))
    return {label: own, WHOLE_LABEL: whole_told(cost)}


def whole_told(cost: Cost) -> str:
    """Return what the whole unité foncière costs; unknown where no parcel was imported."""
    low_ha, high_ha = cost.figures["whole_lo_ha"], cost.figures["whole_hi_ha"]
    return NO_PARCEL_MET if pd.isna(high_ha) else interval_ha(low_ha, high_ha)


def charges(cost: Cost) -> dict[str, str]:
    """Return who is charged: the territories or the nation; nobody outside the tranche."""
    told = cost.figures
    if told["period"] == NET_FR:
        return {"Compté localement": OTHER_PERIODS[NET_FR]}
    rows = {"Compté localement": interval_ha(told["local_lo_ha"], told["local_hi_ha"])}
    if told["national_hi_ha"] > TOLERANCE_HA:
        rows["Compté au niveau national"] = interval_ha(
            told["national_lo_ha"], told["national_hi_ha"]
        )
    if told["restored_ha"] > TOLERANCE_HA:
        rows["Renaturation effective, déduite"] = hectares(told["restored_ha"])
    return rows


def verdict_told(cost: Cost) -> dict[str, str]:
    """Return the verdict of the territory that binds most; there is none outside the tranche."""
    verdict = OTHER_PERIODS.get(cost.figures["period"], str(cost.verdict))
    return {ENVELOPE_LABEL: f"**{verdict}**"}


def all_rows(cost: Cost) -> dict[str, str]:
    """Return the short table of a footprint: verdict, both bases, who is charged, net change."""
    return {
        **verdict_told(cost),
        **bases(cost),
        **charges(cost),
        NET_LABEL: net_told(cost.net),
    }


def net_told(net: NetChange | None) -> str:
    """Return the net change with its sign: «+1,44 ha», «0,10 à +0,30 ha»."""
    if net is None:
        return NO_LAND_COVER
    low, high = (_signed(one) for one in (net.delta_lo_ha, net.delta_hi_ha))
    told = high if low == high else f"{low} à {high}"
    return f"{told}{NARROW_SPACE}ha"


def _signed(value_ha: float) -> str:
    told = number(value_ha, 2)
    return f"+{told}" if value_ha > 0 and told != number(0.0, 2) else told


def interval_told(unknown_ha: float) -> str:
    """Return one sentence that says where the interval of a cost comes from."""
    if math.isnan(unknown_ha):
        return NOT_COSTED
    if unknown_ha <= TOLERANCE_HA:
        return EXACT_FR
    return INTERVAL_FR.format(unknown=hectares(unknown_ha))


def as_rows(rows: dict[str, str]) -> pd.DataFrame:
    """Return labels and texts as a table without header."""
    return pd.DataFrame({"Poste": rows.keys(), "Valeur": rows.values()}).set_index("Poste")


def pieces_table(pieces: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the hectares of each class and source, the largest first."""
    keys = ["land_class", "source_fr"]
    told = pd.DataFrame(pieces).assign(source_fr=pieces["source_fr"].fillna(NO_SOURCE))
    sums = told.groupby(keys, sort=False)[["area_ha"]].sum().reset_index()
    ordered = sums.sort_values(["area_ha", *keys], ascending=[False, True, True])
    return pd.DataFrame(
        {
            "Classe": ordered["land_class"],
            "Source": ordered["source_fr"].map(literal),
            "Surface": ordered["area_ha"].map(hectares),
        }
    )


def told_pieces(pieces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the pieces with what the map says of each under the pointer."""
    source = pieces["source_fr"].fillna(NO_SOURCE)
    told = pieces["land_class"] + ", " + pieces["area_ha"].map(hectares) + "\n" + source
    return pieces.assign(told=told)


def territories_table(tests: pd.DataFrame) -> pd.DataFrame:
    """Return what would remain to each territory, and its verdict."""
    level = tests["level"].str[:1].str.upper() + tests["level"].str[1:]
    name = tests["name"].fillna(tests["code"]).fillna(NOWHERE).astype(str)
    ends = zip(tests["after_lo_ha"], tests["after_hi_ha"], strict=True)
    after = (area(low, high) for low, high in ends)
    return pd.DataFrame(
        {
            "Territoire": [literal(f"{one} : {two}") for one, two in zip(level, name, strict=True)],
            "Il resterait": [
                f"{left}  \n**{verdict}**"
                for left, verdict in zip(after, tests["verdict"], strict=True)
            ],
        }
    )


def drawings_table(costs: pd.DataFrame) -> pd.DataFrame:
    """Return the area and the cost of each drawing."""
    ends = zip(costs["enaf_lo_ha"], costs["enaf_hi_ha"], strict=True)
    return pd.DataFrame(
        {
            "Dessin": costs["project_id"],
            "Surface": costs["area_ha"].map(hectares),
            "Coût ENAF": [interval_ha(low, high) for low, high in ends],
        }
    )


def clues_table(clues: pd.DataFrame) -> pd.DataFrame:
    """Return the clues on a gap in an urbanised space, with their sources."""
    return pd.DataFrame(
        {
            "Indice": clues["evidence_fr"],
            "Valeur": clues["value_fr"].map(literal),
            "Source": clues["source_fr"],
        }
    )


def rules_told(rule_ids: Iterable[str]) -> str:
    """Return the rules as a list: id, title, basis."""
    known = (rule(one) for one in rule_ids)
    return "\n".join(
        f"- **{one.rule_id}** {literal(one.title_fr)}  \n  :small[:gray[{literal(one.basis_fr)}]]"
        for one in known
    )
