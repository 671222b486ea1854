"""The letters of the document: fonts that ship with the library, and what they can draw."""

import unicodedata
from functools import cache
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

BODY_FONT: Final = "Vera"
BOLD_FONT: Final = "VeraBd"

REPLACED: Final = str.maketrans(
    {"\u202f": "\u00a0", "→": "->", "λ": "lambda", "Γ": "Gamma", "Σ": "somme de ", "Δ": "delta "}
)
"""What the fonts lack and French or the rules write."""


@cache
def letters() -> frozenset[int]:
    """Register both fonts; return the characters the body font draws."""
    for name in (BODY_FONT, BOLD_FONT):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    return frozenset(pdfmetrics.getFont(BODY_FONT).face.charToGlyph)


def printable(text: str) -> str:
    """Return `text` in letters the fonts draw: another letter loses its accent, or is «?»."""
    return "".join(_drawn(sign) for sign in text.translate(REPLACED))


def _drawn(sign: str) -> str:
    if ord(sign) in letters():
        return sign
    if sign.isspace():
        return " "
    bare = unicodedata.normalize("NFKD", sign)[:1]
    return bare if bare and ord(bare) in letters() else "?"
