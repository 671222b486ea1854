"""Identifiers of establishments (SIRET), and the sum that proves them."""

import pandas as pd

SIRET_LENGTH = 14

LA_POSTE = "356000000"
"""The only company whose establishments follow another sum (Insee, note on SIRET)."""

LA_POSTE_MODULUS = 5


def sirets(published: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return SIRETs, the mask of those that had lost zeros, and of those that prove false.

    A number too short is completed only when the sum then proves it.
    """
    text = published.astype("string").str.replace(r"\s", "", regex=True).str.removesuffix(".0")
    text = text.mask(text.eq(""))
    whole = text.str.zfill(SIRET_LENGTH)
    proves = whole.map(is_siret, na_action="ignore").fillna(value=False).astype(bool)
    was_short = proves & text.str.len().lt(SIRET_LENGTH).fillna(value=False).astype(bool)
    return text.where(~was_short, whole).astype(object), was_short, ~proves & text.notna()


def is_siret(text: str) -> bool:
    """Tell whether `text` has 14 figures whose Luhn sum is a multiple of ten.

    >>> is_siret("73282932000074"), is_siret("73282932000075")
    (True, False)
    """
    if len(text) != SIRET_LENGTH or not (text.isascii() and text.isdigit()):
        return False
    figures = [int(figure) for figure in text]
    if text.startswith(LA_POSTE) and sum(figures) % LA_POSTE_MODULUS == 0:
        return True
    doubled = [sum(divmod(2 * figure, 10)) for figure in figures[::2]]
    return (sum(doubled) + sum(figures[1::2])) % 10 == 0
