"""Jalon's figures beside what the ministry's published rule gives, each difference with its rule.

The ministry's tool (MTES-MCT/sparte, `land_trajectoires.sql`) allows the larger of half the
reference and one hectare to every territory, and projects nine years of the observed pace.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from jalon.model import ZanParameters
from jalon.zan.envelope import TOLERANCE_HA, projection_ha
from jalon.zan.law import Law, law_on, verified_on
from jalon.zan.ledger import LedgerInputs, ledger
from jalon.zan.levels import COMMUNE
from jalon.zan.rules import names_where

MINISTRY_SHARE = 0.5
MINISTRY_FLOOR_HA = 1.0
MINISTRY_YEARS = 9

STEP_TOLERANCE_HA = TOLERANCE_HA / 10
"""Finer than that of a difference, so that none is told without a step that makes it."""

RECONCILIATION_FIELDS = {
    "code": "code",
    "name": "nom",
    "level": "niveau",
    "reference_ha": "consommation_2011_2020_ha",
    "published_ha": "consommation_publiee_depuis_2021_ha",
    "allowed_lo_ha": "autorise_min_ha",
    "allowed_hi_ha": "autorise_max_ha",
    "ministry_allowed_ha": "autorise_regle_du_ministere_ha",
    "allowed_gap_lo_ha": "ecart_autorise_min_ha",
    "allowed_gap_hi_ha": "ecart_autorise_max_ha",
    "projection_ha": "projection_2021_2030_ha",
    "ministry_projection_ha": "projection_regle_du_ministere_ha",
    "projection_gap_ha": "ecart_projection_ha",
    "rule_ids": "regles",
    "reasons_fr": "explication",
}
"""The columns of the table and their French names."""

REASONS_FR = {
    "R-PAR-8": "ZAC antérieure à 2021 imputée en une fois à la décennie de référence",
    "R-ENV-2": "taux ou enveloppe d'un objectif territorial",
    "R-ENV-4": "taux de l'ensemble des régions à SRADDET",
    "R-GAR-1": "garantie communale non établie : document inconnu, trop tardif, ou RNU",
    "R-GAR-2": "garantie communale absente du droit de la date choisie",
    "R-GAR-3": "supplément de garantie d'une commune nouvelle",
    "R-GAR-5": "garantie réservée aux communes",
    "R-ENV-11": "dix années projetées au lieu de neuf",
    "R-PENE-2": "PENE de l'annexe I comptés au niveau national",
    "R-PAR-9b": "installations photovoltaïques exemptées",
}


def reconciliation(inputs: LedgerInputs, parameters: ZanParameters) -> pd.DataFrame:
    """Return one row a territory: Jalon's figures, the ministry's, and why they differ.

    `rule_ids` names every rule that moves a figure from the ministry's to Jalon's, taken one
    after the other; it is empty where neither the envelope nor the projection differs.
    Columns: the keys of RECONCILIATION_FIELDS.
    """
    rows = ledger(inputs, parameters)
    ways = [_allowed_steps(rows, bound) for bound in ("lo", "hi")]
    pace = _projection_steps(rows, law_on(parameters.as_of or verified_on()))
    told = rows.assign(
        ministry_allowed_ha=ways[0][""],
        ministry_projection_ha=pace[""],
        allowed_gap_lo_ha=rows["allowed_lo_ha"] - ways[0][""],
        allowed_gap_hi_ha=rows["allowed_hi_ha"] - ways[1][""],
        projection_gap_ha=rows["projection_ha"] - pace[""],
    )
    moved = pd.DataFrame(
        {rule: _is_moved(rule, [*ways, pace]) for rule in REASONS_FR}, index=rows.index
    )
    reasons = names_where(moved.rename(columns=REASONS_FR))
    told = told.assign(rule_ids=names_where(moved), reasons_fr=reasons)
    return told[list(RECONCILIATION_FIELDS)]


def _allowed_steps(rows: pd.DataFrame, bound: str) -> Mapping[str, pd.Series]:
    """Return the envelope after each rule in turn, from the ministry's ("") to Jalon's."""
    is_commune, floor_ha = rows["level"].eq(COMMUNE.name_fr), rows[f"floor_{bound}_ha"]
    is_group = rows["rule_ids"].map(lambda rules: "R-ENV-4" in rules)
    has_guarantee = rows["rule_ids"].map(lambda rules: "R-GAR-1" in rules)
    own_ha, one_ha = rows["envelope_ha"], MINISTRY_FLOOR_HA
    published_ha = rows["reference_ha"] - rows["zac_moved_ha"]
    ministry = (MINISTRY_SHARE * published_ha).clip(lower=one_ha)
    moved = (MINISTRY_SHARE * rows["reference_ha"]).clip(lower=one_ha)
    rated = own_ha.clip(lower=one_ha)
    grouped = moved.mask(is_group, rated)
    unguaranteed = rated.mask(is_commune & ~has_guarantee, own_ha)
    guaranteed = np.maximum(own_ha, floor_ha.clip(upper=one_ha))
    entitled = unguaranteed.mask(is_commune & has_guarantee, guaranteed)
    extended = entitled.mask(is_commune, np.maximum(own_ha, floor_ha))
    return {
        "": ministry,
        "R-PAR-8": moved,
        "R-ENV-4": grouped,
        "R-ENV-2": rated,
        "R-GAR-2": unguaranteed,
        "R-GAR-1": entitled,
        "R-GAR-3": extended,
        "R-GAR-5": extended.where(is_commune, own_ha),
    }


def _projection_steps(rows: pd.DataFrame, law: Law) -> Mapping[str, pd.Series]:
    """Return the projection after each rule in turn, from the ministry's ("") to Jalon's."""
    year_count, published_ha = rows["year_count"], rows["published_ha"]
    without_pene_ha = published_ha - rows["pene_ha"]
    without_solar_ha = without_pene_ha - rows["pv_exempt_ha"]
    return {
        "": MINISTRY_YEARS * published_ha / year_count.where(year_count > 0),
        "R-ENV-11": projection_ha(published_ha, year_count, law),
        "R-PENE-2": projection_ha(without_pene_ha, year_count, law),
        "R-PAR-9b": projection_ha(without_solar_ha, year_count, law),
        "R-PAR-8": projection_ha(without_solar_ha - rows["zac_moved_ha"], year_count, law),
    }


def _is_moved(rule: str, ways: list[Mapping[str, pd.Series]]) -> pd.Series:
    """Tell where the rule moved a figure away from what the rules before it left."""
    moved = []
    for way in ways:
        rules = list(way)
        if rule in rules:
            before = way[rules[rules.index(rule) - 1]]
            moved.append((way[rule] - before).abs() > STEP_TOLERANCE_HA)
    return pd.concat(moved, axis=1).any(axis=1)
