"""What the deadlines of the law freeze on a day, and what it warns of (rulebook 2.6).

A freeze holds strictly after its deadline. What nobody has told of a document is unknown,
never «not blocked».
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jalon.zan.law import is_in_force, law_on
from jalon.zan.rules import rule


class ZoneKind(StrEnum):
    """The zones of a plan (CNIG TYPEZONE), the sectors of a carte communale, or neither."""

    URBAN = "U"
    TO_URBANISE = "AUc"
    TO_URBANISE_LATER = "AUs"
    FARM = "A"
    NATURE = "N"
    BUILDABLE_SECTOR = "secteur constructible"
    CLOSED_SECTOR = "secteur non constructible"
    NO_PLAN = "zone sans document d'urbanisme"


AU_KINDS = (ZoneKind.TO_URBANISE, ZoneKind.TO_URBANISE_LATER)
OPEN_KINDS = (ZoneKind.URBAN, ZoneKind.BUILDABLE_SECTOR)


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone, and the day it was drawn (AU zones only); None when not told."""

    kind: ZoneKind
    delimited_on: date | None = None

    @property
    def name_fr(self) -> str:
        """What a sentence calls it."""
        is_letter = self.kind in (*AU_KINDS, ZoneKind.URBAN, ZoneKind.FARM, ZoneKind.NATURE)
        return f"Zone {self.kind}" if is_letter else self.kind.capitalize()


@dataclass(frozen=True, slots=True)
class Integration:
    """Whether a document has integrated the objectives: on a day, not yet, or not told."""

    on: date | None = None
    is_told: bool = True

    def lacks_by(self, day: date) -> bool | None:
        """Tell whether the objectives were still to integrate on `day`; None if not told."""
        if not self.is_told:
            return None
        return self.on is None or self.on > day


NOT_INTEGRATED = Integration()
NOT_TOLD = Integration(is_told=False)


@dataclass(frozen=True, slots=True)
class Freeze:
    """Whether a rule blocks an act on a day; `is_blocked` is None when it cannot be told."""

    rule_id: str
    is_blocked: bool | None
    sentence_fr: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Whether a rule applies to a document or a site; `applies` is None if it cannot be told."""

    rule_id: str
    applies: bool | None
    sentence_fr: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day of the law and whether it has passed."""

    rule_id: str
    label_fr: str
    on: date
    is_past: bool


def deadlines(day: date) -> tuple[Deadline, ...]:
    """Return the deadlines the law of `day` sets, the earliest first (R-DAT-1, R-GAR-1).

    The deadline of a document has passed from the next day on; that of the communal
    guarantee on the day itself, for the document must be strictly older.
    """
    law = law_on(day)
    found = [
        Deadline("R-DAT-1", law.figures[name].label_fr, law.day(name), day > law.day(name))
        for name in ("sraddet_deadline", "scot_deadline", "plu_deadline")
    ]
    name = "floor_document_before"
    if law.holds(name):
        label = f"Garantie communale : {law.figures[name].label_fr.lower()}"
        found.append(Deadline("R-GAR-1", label, law.day(name), day >= law.day(name)))
    return tuple(sorted(found, key=lambda deadline: deadline.on))


def opening_freeze(day: date, zone: Zone, scot: Integration) -> Freeze:
    """Tell whether the law stops a change of plan from opening `zone` to building (R-DAT-2)."""
    deadline = law_on(day).day("scot_deadline")
    lacks = scot.lacks_by(day)
    is_blocked = _every(
        zone.kind not in OPEN_KINDS, day > deadline, lacks, _is_late_drawn(day, zone)
    )
    if zone.kind in OPEN_KINDS:
        sentence = f"{zone.name_fr} : rien à ouvrir, pas de gel"
    elif lacks is False:
        sentence = "Pas de gel : le SCoT a intégré les objectifs"
    elif day <= deadline:
        sentence = f"Pas encore de gel : échéance du SCoT le {_fr(deadline)}"
    elif is_blocked is False:
        sentence = f"{zone.name_fr} : délimitée trop tôt pour être visée par le gel"
    elif lacks is None:
        sentence = f"À vérifier : le SCoT a-t-il intégré les objectifs au {_fr(deadline)} ?"
    elif is_blocked is None:
        sentence = f"{zone.name_fr} : à vérifier, sa date de délimitation n'est pas connue"
    else:
        sentence = f"{zone.name_fr} : ouverture gelée, le SCoT n'a pas intégré les objectifs"
    return Freeze("R-DAT-2", is_blocked, sentence)


def _is_late_drawn(day: date, zone: Zone) -> bool | None:
    """Tell whether an AU zone was drawn late enough to be frozen; any other zone is."""
    if zone.kind not in AU_KINDS:
        return True
    after = law_on(day).day("au_zone_after")
    return None if zone.delimited_on is None else zone.delimited_on > after


def permit_freeze(day: date, zone: Zone, plan: Integration) -> Freeze:
    """Tell whether the law stops permits in `zone` (R-DAT-3).

    `plan` is the PLU, the PLUi or the carte communale that draws the zone.
    """
    deadline = law_on(day).day("plu_deadline")
    lacks = plan.lacks_by(day)
    is_targeted = zone.kind in (*AU_KINDS, ZoneKind.BUILDABLE_SECTOR)
    if not is_targeted:
        sentence = f"{zone.name_fr} : hors du gel des permis"
    elif lacks is False:
        sentence = "Pas de gel : le document a intégré les objectifs"
    elif day <= deadline:
        sentence = f"Pas encore de gel : échéance du document le {_fr(deadline)}"
    elif lacks is None:
        sentence = f"À vérifier : le document a-t-il intégré les objectifs au {_fr(deadline)} ?"
    else:
        sentence = f"{zone.name_fr} : aucun permis, le document n'a pas intégré les objectifs"
    return Freeze("R-DAT-3", _every(is_targeted, day > deadline, lacks), sentence)


def sraddet_alert(day: date, sraddet: Integration) -> Alert:
    """Tell whether local documents apply the national reduction directly (R-ENV-3).

    They do when the SRADDET had not integrated the objectives by its deadline.
    """
    law = law_on(day)
    deadline = law.day("sraddet_deadline")
    is_late = sraddet.lacks_by(deadline)
    sentences = {
        None: f"À vérifier : le SRADDET avait-il intégré les objectifs au {_fr(deadline)} ?",
        False: "Le SRADDET a intégré les objectifs à temps",
        True: (
            f"Le SRADDET n'avait pas intégré les objectifs au {_fr(deadline)} : les documents "
            "locaux appliquent directement la réduction nationale"
        ),
    }
    if day <= deadline:
        is_late, sentences[False] = False, f"Échéance du SRADDET : {_fr(deadline)}"
    return _alert("R-ENV-3", day, sentences, applies=is_late)


def relief_alert(day: date, approved_on: date | None, reduction_share: float | None) -> Alert:
    """Tell whether a recent and sober document escapes the national default rate (R-DAT-4).

    `reduction_share` is the cut its own quantified objectives make against the decade before.
    """
    law = law_on(day)
    promulgated_on = law.day("promulgated_on")
    oldest = _years_after(promulgated_on, -law.year("relief_document_years"))
    is_recent = None if approved_on is None else oldest < approved_on < promulgated_on
    is_sober = None
    if reduction_share is not None:
        is_sober = reduction_share >= law.number("relief_reduction_share")
    sentences = {
        None: "À vérifier : date d'approbation du document et réduction qu'il se fixe",
        False: "Le document n'est pas de ceux que la réduction par défaut épargne",
        True: "La réduction par défaut ne s'impose pas à ce document ; les gels demeurent",
    }
    return _alert("R-DAT-4", day, sentences, applies=_every(is_recent, is_sober))


def study_alert(day: date, zone: Zone, *, has_study: bool | None) -> Alert:
    """Tell whether opening `zone` lacks the study of what urbanised land can hold (R-DAT-7)."""
    sentences = {
        None: f"{zone.name_fr} : à vérifier, l'ouverture demande une étude de densification",
        False: f"{zone.name_fr} : rien à justifier par une étude de densification",
        True: f"{zone.name_fr} : l'ouverture n'est pas justifiée par une étude de densification",
    }
    is_to_open = zone.kind not in OPEN_KINDS
    lacks_study = None if has_study is None else not has_study
    return _alert("R-DAT-7", day, sentences, applies=_every(is_to_open, lacks_study))


def review_alert(day: date, zone: Zone) -> Alert:
    """Tell whether an AU zone never opened has grown too old for less than a révision (R-DAT-7).

    Between the two ages the law may set, from memory, the answer is not known.
    """
    law = law_on(day)
    is_old = False if zone.kind not in AU_KINDS else None
    if is_old is None and zone.delimited_on is not None:
        young_until = _years_after(zone.delimited_on, law.year("au_review_years"))
        if day <= young_until:
            is_old = False
        elif day > _years_after(zone.delimited_on, law.year("au_review_old_years")):
            is_old = True
    sentences = {
        None: f"{zone.name_fr} : à vérifier, son âge peut demander une révision du plan",
        False: f"{zone.name_fr} : son âge ne demande pas de révision du plan",
        True: f"{zone.name_fr} : jamais ouverte, son âge demande une révision du plan",
    }
    return _alert("R-DAT-7", day, sentences, applies=is_old)


def deferral_alert(
    day: date,
    cost_ha: tuple[float, float],
    plan: Integration,
    *,
    is_evolving: bool | None,
    is_compensated: bool = False,
) -> Alert:
    """Tell whether the answer to a permit may be deferred, the sursis à statuer (R-PAR-13).

    `cost_ha` is the cost of the project, low and high. A renaturation at least as large as
    the footprint takes one of the two grounds away, not the other.
    """
    low_ha, high_ha = cost_ha
    consumes = True if low_ha > 0 else None if high_ha > 0 else False
    grounds = "la faiblesse des capacités résiduelles"
    if not is_compensated:
        grounds = f"l'ampleur de la consommation ou {grounds}"
    sentences = {
        None: "À vérifier : coût du projet ou état du document, un sursis à statuer est possible",
        False: "Pas de sursis à statuer au titre du ZAN",
        True: f"Sursis à statuer possible, pour {grounds}, jusqu'à l'approbation du document",
    }
    may_defer = _every(consumes, is_evolving, plan.lacks_by(day))
    return _alert("R-PAR-13", day, sentences, applies=may_defer)


def preemption_alert(day: date, *, is_in_priority_sector: bool | None) -> Alert:
    """Tell whether the site may be pre-empted for sobriety in land (R-PAR-14)."""
    sentences = {
        None: "À vérifier : le terrain est-il en secteur prioritaire de préemption ?",
        False: "Hors des secteurs prioritaires de préemption",
        True: "Terrain en secteur prioritaire : droit de préemption à prévoir",
    }
    return _alert("R-PAR-14", day, sentences, applies=is_in_priority_sector)


def _alert(
    rule_id: str, day: date, sentences: Mapping[bool | None, str], *, applies: bool | None
) -> Alert:
    """Return the alert with its sentence; a rule not in force on `day` never applies."""
    if is_in_force(rule(rule_id), day):
        return Alert(rule_id, applies, sentences[applies])
    return Alert(rule_id, applies=False, sentence_fr=f"Règle non en vigueur le {_fr(day)}")


def _every(*answers: bool | None) -> bool | None:
    """Return False as soon as one is false, else None as soon as one is not known."""
    if False in answers:
        return False
    return None if None in answers else True


def _years_after(day: date, years: int) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if is_leap_day else day.day)


def _fr(day: date) -> str:
    return f"{day:%d/%m/%Y}"
