"""Words of a closed list that a person types: levels, kinds, yes and no."""

from collections.abc import Mapping

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.codes import codes_of
from layers.wordings import folded

YES_NO = {
    **dict.fromkeys(("oui", "o", "vrai", "true", "yes", "1"), "oui"),
    **dict.fromkeys(("non", "n", "faux", "false", "no", "0"), "non"),
}

LEVELS = {
    **dict.fromkeys(("commune", "communes", "comm", "com"), "commune"),
    **dict.fromkeys(("epci", "intercommunalite"), "epci"),
    "scot": "scot",
    **dict.fromkeys(("departement", "departemental", "depart", "dep"), "departement"),
    **dict.fromkeys(("region", "regional", "reg"), "region"),
}
"""Levels of territory, as Jalon's templates and the ministry's `land` begin them."""


def filled(table: pd.DataFrame, name: str) -> pd.Series:
    """Return the column `name` as text, an empty cell being missing like an absent column."""
    text = codes_of(table, name)
    return text.mask(text.eq(""))


def chosen(
    table: pd.DataFrame, name: str, words: Mapping[str, str], rule_id: str
) -> tuple[pd.Series, tuple[Issue, ...]]:
    """Return what `words` (folded, see `plain_words`) makes of the column `name`.

    A word outside the list is missing, and told; an empty cell is missing and tells nothing.
    """
    said = filled(table, name)
    read = plain_words(said).map(dict(words)).astype(object)
    expected = ", ".join(dict.fromkeys(words.values()))
    message = f"Valeur hors de la liste ({expected}) : laissée manquante."
    is_outside = said.notna() & read.isna()
    return read.where(read.notna(), None), issue_if(
        rows_where(table, is_outside), rule_id, Action.NOTED, message
    )


def plain_words(texts: pd.Series) -> pd.Series:
    """Return texts without case, accents, hyphens, underscores or doubled spaces."""
    return folded(texts).str.replace("[-_]", " ", regex=True).str.split().str.join(" ")
