"""Numbers and counts as French readers expect them."""

import math
from collections.abc import Sequence

NARROW_SPACE = "\u202f"
MISSING = "—"


def number(value: float | None, decimals: int = 0) -> str:
    """Return `value` with a decimal comma and narrow spaces; «—» when it is missing.

    >>> number(1234.5, 2).replace(NARROW_SPACE, " ")
    '1 234,50'
    """
    if value is None or math.isnan(value):
        return MISSING
    told = f"{value:,.{decimals}f}".replace(",", NARROW_SPACE).replace(".", ",")
    return told.replace("-", "−")


def hectares(value_ha: float | None) -> str:
    """Return an area in hectares with two decimals; «—» when it is missing."""
    return _with_unit(number(value_ha, 2), "ha")


def percent(share: float | None, decimals: int = 1) -> str:
    """Return a share (0 to 1) as a percentage."""
    scaled = None if share is None else share * 100
    return _with_unit(number(scaled, decimals), "%")


def _with_unit(told: str, unit: str) -> str:
    return told if told == MISSING else f"{told}{NARROW_SPACE}{unit}"


def day(iso: str) -> str:
    """Return the day «2025-12-18» as «18/12/2025»; other texts stay as they are."""
    year, _, rest = iso.partition("-")
    month, _, number_of_day = rest.partition("-")
    return f"{number_of_day}/{month}/{year}" if number_of_day else iso


def interval_ha(low_ha: float, high_ha: float) -> str:
    """Return «0,20 à 1,30 ha», or one figure when both bounds show the same."""
    if number(low_ha, 2) == number(high_ha, 2):
        return hectares(high_ha)
    return f"{number(low_ha, 2)} à {hectares(high_ha)}"


def interval_percent(low_share: float, high_share: float, decimals: int = 1) -> str:
    """Return «20,0 à 35,0 %», or one figure when both bounds show the same."""
    low, high = percent(low_share, decimals), percent(high_share, decimals)
    return high if low == high else f"{number(low_share * 100, decimals)} à {high}"


def count(value: int, singular: str, plural: str | None = None) -> str:
    """Return «1 parcelle» or «3 parcelles»; zero is singular in French."""
    word = singular if abs(value) < 2 else plural or f"{singular}s"  # noqa: PLR2004 - French rule
    return f"{number(value)}{NARROW_SPACE}{word}"


def first_names(names: Sequence[str], most: int) -> str:
    """Return «Un, Deux et 3 autres»: the first `most` names, and how many are not shown."""
    others = len(names) - most
    more = f" et {count(others, 'autre')}" if others > 0 else ""
    return ", ".join(names[:most]) + more
