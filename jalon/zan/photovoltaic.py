"""When photovoltaic panels on the ground are left out of the ENAF count (rulebook 2.4)."""

from dataclasses import dataclass
from datetime import date

from jalon.zan.land_class import LandClass
from jalon.zan.law import Law
from jalon.zan.rules import rules_on

EXEMPTIBLE = (LandClass.NATURE, LandClass.FARM)
"""Panels in a forest always count (R-PAR-9)."""

FARMING_FR = "activité agricole ou pastorale significative maintenue"
DECLARED_FR = "déclaration au guichet national, ou justification par l'autorité compétente"
DECLARATION_RULE = "R-PAR-9b"
"""From this rule on, the project must also be declared or justified."""


@dataclass(frozen=True, slots=True)
class PvGuarantees:
    """What is known of a photovoltaic project; None means not told, never «no».

    `is_authority_justified`: the competent authority justifies the guarantees itself and
    records the data, in place of the declaration on the national desk. `authorised_on`: the
    day its permit was filed or delivered, or its panels were set up.
    """

    is_reversible: bool | None = None
    keeps_vegetation: bool | None = None
    keeps_access_permeable: bool | None = None
    keeps_farming: bool | None = None
    is_declared: bool | None = None
    is_authority_justified: bool | None = None
    authorised_on: date | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """Whether land is surely left out of the count, and whether it may be."""

    is_sure: bool
    is_possible: bool


def exemption(guarantees: PvGuarantees, land: LandClass, law: Law) -> Exemption:
    """Return whether panels on `land` are left out of the count (R-PAR-9, R-PAR-9b).

    Every guarantee must hold, and the project be declared or justified by the authority; a
    guarantee no one has told leaves the answer open.
    """
    if land not in EXEMPTIBLE:
        return Exemption(is_sure=False, is_possible=False)
    held = conditions(guarantees, law)
    if land is not LandClass.FARM:
        del held[FARMING_FR]
    told = held.values()
    return Exemption(is_sure=all(told), is_possible=False not in told)


def conditions(guarantees: PvGuarantees, law: Law) -> dict[str, bool | None]:
    """Return what the exemption asks, in French, and whether it holds; None when not told."""
    held = {
        "installation réversible": guarantees.is_reversible,
        "couvert végétal maintenu": guarantees.keeps_vegetation,
        "voies d'accès perméables": guarantees.keeps_access_permeable,
        FARMING_FR: guarantees.keeps_farming,
        "autorisation ou installation assez récente": _is_recent(guarantees.authorised_on, law),
    }
    if any(rule.rule_id == DECLARATION_RULE for rule in rules_on(law.on)):
        held[DECLARED_FR] = _either(guarantees.is_declared, guarantees.is_authority_justified)
    return held


def _either(first: bool | None, second: bool | None) -> bool | None:  # noqa: FBT001 - two truths
    """Return whether one of two facts holds; None while that depends on what is not told."""
    if first or second:
        return True
    return None if first is None or second is None else False


def _is_recent(day: date | None, law: Law) -> bool:
    """Tell whether nothing shows the project to be older than the exemption.

    A project costed without a date is one to come.
    """
    return day is None or day >= law.day("pv_exempt_from")


def doubts_fr(guarantees: PvGuarantees, law: Law) -> tuple[str, str]:
    """Return what the exemption lacks, and what no one has told of it; empty when nothing."""
    held = conditions(guarantees, law)
    lacking = ", ".join(name for name, is_held in held.items() if is_held is False)
    untold = ", ".join(name for name, is_held in held.items() if is_held is None)
    return lacking, untold
