"""The arithmetic of a region under a SRADDET: levy, cap, part kept back, shares (2.1)."""

import operator
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pandas as pd

from geo.errors import InputError
from jalon.french import count, hectares, number, percent
from jalon.model import ZanParameters, is_generated
from jalon.zan.law import Law
from jalon.zan.levels import REGION, SCOT
from jalon.zan.rules import names_where, rules_on

SRADDET_REGIONS = frozenset(["24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93"])
"""Regions with a SRADDET: neither Île-de-France, nor Corse, nor overseas (CGCT, art. L. 4251-1)."""

REGION_FIELDS: Final = {
    "code": "code",
    "name": "nom",
    "level": "niveau",
    "region": "region",
    "commune_count": "communes",
    "counted_count": "communes_comptees",
    "reference_ha": "consommation_2011_2020_ha",
    "half_ha": "moitie_de_la_reference_ha",
    "levy_ha": "prelevement_pene_ha",
    "cap_ha": "plafond_hors_pene_ha",
    "reserved_ha": "part_reservee_ha",
    "shared_ha": "a_repartir_ha",
    "neutral_ha": "part_neutre_du_scot_ha",
    "reduction_share": "taux_implicite",
    "sentence_fr": "explication",
    "rule_ids": "regles",
}
"""The columns of the table and their French names."""

LEGAL_FIGURES: Final = ("reduction_share", "sraddet_cap_ha", "pene_sraddet_ha")
"""Without any of them on the reference date, there is no arithmetic to tell."""

GENERATED_REGION_FR: Final = "Région fictive : elle ne contribue pas au forfait des PENE."
OUTSIDE_FR: Final = (
    "Région sans SRADDET : ni le plafond ni le prélèvement des régions à SRADDET ne la concernent."
)
ASTRIDE_FR: Final = "SCoT qui n'est pas tout entier dans une région connue : part non calculée."
NO_SCOT_FR: Final = "Aucun SCoT importé n'est tout entier dans la région."
NEUTRAL_FR: Final = (
    "À défaut d'un chiffre du SRADDET : ce que la région répartit, au prorata de la référence ; la "
    "loi donne des critères de répartition, sans formule."
)
UNKNOWN_FR: Final = "Aucune consommation de référence comptée : rien n'est calculé."


@dataclass(frozen=True, slots=True)
class RegionShares:
    """What a region has: levy F for PENE, cap, part kept back Q, and what SCoT share."""

    reference_ha: float
    levy_ha: float
    cap_ha: float
    reserved_ha: float

    @property
    def reduction_share(self) -> float:
        """The rate the cap amounts to."""
        return 1 - self.cap_ha / self.reference_ha

    @property
    def shared_ha(self) -> float:
        """What is left to share between SCoT."""
        return self.cap_ha - self.reserved_ha


def group_reference_ha(law: Law) -> float:
    """Return ΣC of the regions under a SRADDET, deduced from their cap (R-ENV-5): 224 000 ha.

    Their cap and the PENE they pay for are together half of what they consumed.
    """
    kept_share = 1 - law.number("reduction_share")
    return (law.number("sraddet_cap_ha") + law.number("pene_sraddet_ha")) / kept_share


def group_reduction_share(law: Law) -> float:
    """Return the rate of these regions together, PENE apart (R-ENV-5): 54.46 %."""
    return 1 - law.number("sraddet_cap_ha") / group_reference_ha(law)


def region_shares(reference_ha: float, law: Law, *, reserved_ha: float = 0.0) -> RegionShares:
    """Return the arithmetic of a region (R-ENV-6, R-ENV-7): F = 10 000·C/224 000, cap = C/2 − F.

    `reserved_ha` is Q, what the region keeps back for projects of several territories.
    """
    levy_ha = law.number("pene_sraddet_ha") * reference_ha / group_reference_ha(law)
    cap_ha = (1 - law.number("reduction_share")) * reference_ha - levy_ha
    if reserved_ha > cap_ha:
        raise InputError(
            f"La part réservée ({hectares(reserved_ha)}) passe le plafond de la région "
            f"({hectares(cap_ha)}).",
            "Diminuez la part réservée.",
        )
    return RegionShares(reference_ha, levy_ha, cap_ha, reserved_ha)


def neutral_share_ha(region: RegionShares, reference_ha: float) -> float:
    """Return E_s, the share of a SCoT that consumed `reference_ha` (R-ENV-9, convention).

    It stands unless the SRADDET writes a number for that SCoT.
    """
    return region.shared_ha * reference_ha / region.reference_ha


def region_accounts(
    accounts: pd.DataFrame, belonging: pd.DataFrame, *, parameters: ZanParameters, law: Law
) -> pd.DataFrame | None:
    """Return one row a region of `accounts`, each followed by the SCoT that lie wholly in it.

    `belonging` is what `members` returns. None where `accounts` hold no region, or the law of
    the day lacks a figure. Where communes are not counted, the figures are the part of those
    that are, and the sentence says so: all being proportional to the reference, the rates and
    the part of a SCoT counted whole are still those of the whole region. A region without a
    SRADDET, or generated, has no figure but the reason. Columns: the keys of REGION_FIELDS.
    """
    rows = _listed(accounts, belonging)
    if rows["level"].ne(REGION.name_fr).all() or not all(map(law.holds, LEGAL_FIGURES)):
        return None
    shares = _shares(rows[rows["level"].eq(REGION.name_fr)], parameters, law)
    computed = _with_sentences(_with_figures(rows, shares), parameters)
    return _with_rule_ids(computed, law)[list(REGION_FIELDS)].reset_index(drop=True)


def _listed(accounts: pd.DataFrame, belonging: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts of the regions and, under each with a SRADDET, of its SCoT.

    A SCoT that no single region holds is last, its region missing.
    """
    groups = belonging.dropna(subset=SCOT.code).groupby(SCOT.code)[REGION.code]
    homes = groups.first().where(groups.nunique(dropna=False).eq(1))
    is_region = accounts["level"].eq(REGION.name_fr)
    home = accounts["code"].where(is_region, accounts["code"].map(homes))
    shared = SRADDET_REGIONS & set(accounts.loc[is_region, "code"])
    is_scot = accounts["level"].eq(SCOT.name_fr) & (home.isin(shared) | home.isna())
    kept = accounts.assign(region=home, rank=~is_region)[is_region | is_scot]
    return kept.sort_values(["region", "rank", "code"], ignore_index=True)


def _shares(regions: pd.DataFrame, parameters: ZanParameters, law: Law) -> dict[str, RegionShares]:
    """Return the arithmetic of each region under a SRADDET that consumed something, by code."""
    consumed_ha = regions.set_index("code")["reference_ha"]
    shares = {}
    for code, reference_ha in consumed_ha[consumed_ha > 0].items():
        if code in SRADDET_REGIONS:
            cap_ha = region_shares(reference_ha, law).cap_ha
            reserved_ha = parameters.reserve_share * cap_ha
            shares[str(code)] = region_shares(reference_ha, law, reserved_ha=reserved_ha)
    return shares


def _with_figures(rows: pd.DataFrame, shares: Mapping[str, RegionShares]) -> pd.DataFrame:
    """Add the figures of each region, E_s of its SCoT, and the rate that either amounts to."""
    region = rows["code"].where(rows["level"].eq(REGION.name_fr)).map(shares)
    own = {
        name: region.map(operator.attrgetter(name), na_action="ignore").astype(float)
        for name in ("levy_ha", "cap_ha", "reserved_ha", "shared_ha")
    }
    neutral_ha = pd.Series(float("nan"), index=rows.index)
    for code, share in shares.items():
        scots = rows[rows["level"].eq(SCOT.name_fr) & rows["region"].eq(code)]
        neutral_ha.update(scots["reference_ha"].map(partial(neutral_share_ha, share)))
    given_ha = own["cap_ha"].fillna(neutral_ha)
    consumed_ha = rows["reference_ha"].where(rows["reference_ha"] > 0)
    return rows.assign(
        **own,
        half_ha=own["cap_ha"] + own["levy_ha"],
        neutral_ha=neutral_ha,
        reduction_share=1 - given_ha / consumed_ha,
    )


def _with_sentences(rows: pd.DataFrame, parameters: ZanParameters) -> pd.DataFrame:
    """Add what must be read beside the figures of each row."""
    homes = frozenset(rows.loc[rows["level"].eq(SCOT.name_fr), "region"].dropna())
    sentences = [
        " ".join(
            _region_sentences(row, homes, parameters)
            if row["level"] == REGION.name_fr
            else _scot_sentences(row)
        )
        for row in rows.to_dict("records")
    ]
    return rows.assign(sentence_fr=sentences)


def _region_sentences(
    row: Mapping[Hashable, Any], homes: frozenset[str], parameters: ZanParameters
) -> Iterator[str]:
    if is_generated(row["code"]):
        yield GENERATED_REGION_FR
    elif row["code"] not in SRADDET_REGIONS:
        yield OUTSIDE_FR
    elif pd.isna(row["cap_ha"]):
        yield UNKNOWN_FR
    else:
        share = parameters.reserve_share
        held = f"part réservée de {percent(share)}" if share else "aucune part réservée donnée"
        yield f"Plafond : moitié de la référence, moins le prélèvement pour les PENE ; {held}."
        yield from _partial_fr(row)
        if row["code"] not in homes:
            yield NO_SCOT_FR


def _scot_sentences(row: Mapping[Hashable, Any]) -> Iterator[str]:
    if pd.isna(row["region"]):
        yield ASTRIDE_FR
    elif pd.isna(row["neutral_ha"]):
        yield UNKNOWN_FR
    else:
        yield NEUTRAL_FR
        yield from _partial_fr(row)


def _partial_fr(row: Mapping[Hashable, Any]) -> Iterator[str]:
    if row["counted_count"] < row["commune_count"]:
        counted = count(row["counted_count"], "commune comptée", "communes comptées")
        known = number(row["commune_count"])
        yield f"{counted} sur {known} : ces surfaces ne sont pas celles du territoire entier."


def _with_rule_ids(rows: pd.DataFrame, law: Law) -> pd.DataFrame:
    """Add the rules in force each row used, in the order of the registry."""
    is_shared = rows["neutral_ha"].notna()
    is_computed = rows["cap_ha"].notna() | is_shared
    is_reserved = rows["region"].isin(rows.loc[rows["reserved_ha"].gt(0), "code"])
    used = {
        "R-ENV-4": is_computed,
        "R-ENV-5": is_computed,
        "R-ENV-6": is_computed,
        "R-ENV-7": is_computed & is_reserved,
        "R-ENV-8": is_shared,
        "R-ENV-9": is_shared,
    }
    in_force = [one.rule_id for one in rules_on(law.on) if one.rule_id in used]
    return rows.assign(rule_ids=names_where(pd.DataFrame(used)[in_force]))
