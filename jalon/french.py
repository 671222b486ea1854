"""Numbers and counts as French readers expect them."""

import math

NARROW_SPACE = "\u202f"


def number(value: float | None, decimals: int = 0) -> str:
    """Return `value` with a decimal comma and narrow spaces; «—» when it is missing.

    >>> number(1234.5, 2).replace(NARROW_SPACE, " ")
    '1 234,50'
    """
    if value is None or math.isnan(value):
        return "—"
    return f"{value:,.{decimals}f}".replace(",", NARROW_SPACE).replace(".", ",")


def hectares(value_ha: float | None) -> str:
    """Return an area in hectares with two decimals."""
    return f"{number(value_ha, 2)}{NARROW_SPACE}ha"


def percent(share: float | None, decimals: int = 1) -> str:
    """Return a share (0 to 1) as a percentage."""
    scaled = None if share is None else share * 100
    return f"{number(scaled, decimals)}{NARROW_SPACE}%"


def interval_ha(low_ha: float, high_ha: float) -> str:
    """Return «0,20 à 1,30 ha», or one figure when both bounds show the same."""
    if number(low_ha, 2) == number(high_ha, 2):
        return hectares(high_ha)
    return f"{number(low_ha, 2)} à {hectares(high_ha)}"


def count(value: int, singular: str, plural: str | None = None) -> str:
    """Return «1 parcelle» or «3 parcelles»; zero is singular in French."""
    word = singular if abs(value) < 2 else plural or f"{singular}s"  # noqa: PLR2004 - French rule
    return f"{number(value)}{NARROW_SPACE}{word}"
