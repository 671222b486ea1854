"""What is said beside the cost of a project: the rules that acted, and what to beware of."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jalon.french import hectares
from jalon.zan.envelope import TOLERANCE_HA
from jalon.zan.pene import PeneStatus
from jalon.zan.periods import NET_FR, REFERENCE_FR

Mask = Callable[[pd.DataFrame], "pd.Series[bool]"]
Sentence = Callable[[pd.DataFrame], "pd.Series[str]"]


COLUMNS = (
    "project_id",
    "commune",
    "area_ha",
    "urbanised_ha",
    "farm_ha",
    "nature_ha",
    "forest_ha",
    "unknown_ha",
    "enaf_lo_ha",
    "enaf_hi_ha",
    "whole_lo_ha",
    "whole_hi_ha",
    "pv_exempt_lo_ha",
    "pv_exempt_hi_ha",
    "local_lo_ha",
    "local_hi_ha",
    "national_lo_ha",
    "national_hi_ha",
    "restored_ha",
    "planned_ha",
    "period",
    "pene",
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Rules that act on the costs of a mask, and the warning they give there, if any."""

    rule_ids: tuple[str, ...]
    mask: Mask
    warning_fr: Sentence | str | None = None


def remarked(costs: pd.DataFrame, rules_in_force: frozenset[str]) -> pd.DataFrame:
    """Return the costs with rule_ids and warnings_fr: one tuple a row, in the order of REMARKS."""
    rules: list[list[str]] = [[] for _ in range(len(costs))]
    warnings: list[list[str]] = [[] for _ in range(len(costs))]
    for remark in REMARKS:
        if rules_in_force.isdisjoint(remark.rule_ids):
            continue
        rows = np.flatnonzero(remark.mask(costs).to_numpy(dtype=bool))
        for row, text in zip(rows, _texts(remark, costs.iloc[rows]), strict=True):
            rules[row] += [one for one in remark.rule_ids if one in rules_in_force]
            warnings[row] += [text] if text else []
    shown = [name for name in COLUMNS if name in costs]
    return costs[shown].assign(rule_ids=_tuples(rules), warnings_fr=_tuples(warnings))


def _tuples(listed: list[list[str]]) -> "pd.Series[str]":
    return pd.Series([tuple(dict.fromkeys(one)) for one in listed], dtype=object)


def _texts(remark: Remark, costs: pd.DataFrame) -> list[str | None]:
    """Return the warning of each row; a sentence is asked for the rows it tells only."""
    told = remark.warning_fr
    if costs.empty:
        return []
    if told is None or isinstance(told, str):
        return [told] * len(costs)
    return list(told(costs))


def _above_zero(column: str) -> Mask:
    return lambda costs: costs[column].gt(TOLERANCE_HA)


def _is(column: str, value: str) -> Mask:
    return lambda costs: costs[column].eq(value)


def _with_area(before: str, column: str, after: str) -> Sentence:
    return lambda costs: before + costs[column].map(hectares) + after


def _untold_date(costs: pd.DataFrame) -> "pd.Series[str]":
    told = "Date de démarrage effectif des travaux non dite : le coût est compté en "
    return told + costs["period"] + "."


def _pene_hint(costs: pd.DataFrame) -> "pd.Series[bool]":
    return costs["pene_names"].ne("") & costs["pene"].eq(PeneStatus.NOT_LISTED)


def _lost_restoration(costs: pd.DataFrame) -> "pd.Series[bool]":
    blank = pd.Series(data=False, index=costs.index)
    return costs.get("is_restoration_lost", blank).astype(bool)


def _lacks(column: str) -> Mask:
    return lambda costs: costs["is_pv"] & costs[column].ne("")


REMARKS = (
    Remark(("R-PAR-1", "R-PAR-3", "R-PAR-4"), _above_zero("enaf_lo_ha")),
    Remark(("R-PAR-2",), _above_zero("urbanised_ha")),
    Remark(
        ("R-PAR-5",),
        _above_zero("unknown_ha"),
        _with_area(
            "Occupation inconnue sur ",
            "unknown_ha",
            " : le coût est un intervalle, à lever sur place ou sur photo aérienne.",
        ),
    ),
    Remark(("R-PAR-6",), lambda costs: costs["whole_hi_ha"].notna()),
    Remark(("R-PAR-7",), lambda costs: costs["is_undated"], _untold_date),
    Remark(
        ("R-PAR-7", "R-PAR-8"),
        _is("period", REFERENCE_FR),
        "Travaux démarrés avant la tranche : la consommation relève de la décennie de référence ; "
        "ne l'ajoutez à celle-ci que pour ce qui n'y est pas déjà compté.",
    ),
    Remark(
        ("R-PAR-7", "R-NET-1"),
        _is("period", NET_FR),
        "Travaux postérieurs à la tranche : la mesure est l'artificialisation nette ; le coût en "
        "espaces NAF n'est pas imputé.",
    ),
    Remark(
        ("R-PENE-2", "R-PENE-5"),
        _is("pene", PeneStatus.ANNEX_1),
        "PENE de l'annexe I : la consommation est comptée au niveau national, rien localement ; "
        "la liste est révisable, vérifiez qu'elle est à jour.",
    ),
    Remark(
        ("R-PENE-3",),
        _is("pene", PeneStatus.ANNEX_2),
        "PENE de l'annexe II : la liste est indicative, le projet est compté en entier localement.",
    ),
    Remark(
        ("R-PENE-8",),
        _pene_hint,
        lambda costs: (
            "L'emprise rencontre le contour du PENE « "
            + costs["pene_names"]
            + " » : simple indice ; dites s'il s'agit de ce projet pour qu'il soit compté ainsi."
        ),
    ),
    Remark(
        ("R-PAR-12",),
        _above_zero("friche_enaf_ha"),
        _with_area(
            "Inscrit à un inventaire de friches, mais ",
            "friche_enaf_ha",
            " non bâtis sont agricoles, naturels ou forestiers : hors de la définition de "
            "l'article L. 111-26 du code de l'urbanisme (D. 111-54), ils comptent.",
        ),
    ),
    Remark(("R-PAR-9", "R-PAR-9b"), lambda costs: costs["is_pv"]),
    Remark(
        ("R-PAR-9",),
        lambda costs: costs["is_pv"] & costs["forest_ha"].gt(TOLERANCE_HA),
        _with_area("Photovoltaïque en forêt : ", "forest_ha", " comptent dans tous les cas."),
    ),
    Remark(
        ("R-PAR-9", "R-PAR-9b"),
        _lacks("pv_lacking"),
        lambda costs: "Photovoltaïque compté, il manque : " + costs["pv_lacking"] + ".",
    ),
    Remark(
        ("R-PAR-9", "R-PAR-9b"),
        _lacks("pv_untold"),
        lambda costs: "Photovoltaïque, il reste à dire : " + costs["pv_untold"] + ".",
    ),
    Remark(("R-PAR-11",), _above_zero("restored_ha")),
    Remark(
        ("R-PAR-11",),
        _above_zero("planned_ha"),
        _with_area(
            "Renaturation prévue de ", "planned_ha", " : rien n'est déduit avant qu'elle ait lieu."
        ),
    ),
    Remark(
        ("R-PAR-11",),
        _lost_restoration,
        "Renaturation effective sans commune dite, sur plusieurs communes : rien n'est déduit.",
    ),
)
