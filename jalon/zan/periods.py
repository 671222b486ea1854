"""The period a consumption falls in, from the day works effectively begin (R-PAR-7)."""

from datetime import date

from jalon.zan.law import Law

REFERENCE_FR = "référence"
NET_FR = "artificialisation nette"

CHARGED_SHARES = {REFERENCE_FR: 0.0, NET_FR: float("nan")}
"""What of a consumption is charged to the tranche: nothing of the reference decade; after the
tranche another measure holds, and the charge is missing."""


def period_fr(works_on: date | None, law: Law) -> str:
    """Return «référence», the years of the tranche, or «artificialisation nette».

    A project whose works have no date is taken as begun in the tranche.
    """
    first, last = law.year("tranche_first_year"), law.year("tranche_last_year")
    if works_on is not None and works_on.year < first:
        return REFERENCE_FR
    if works_on is not None and works_on.year > last:
        return NET_FR
    return f"{first}-{last}"
