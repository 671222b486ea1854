"""Values of the closed lists of a standard, however a producer spells them."""

from collections.abc import Mapping

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.standards.schema import Field

SEPARATOR = "|"
"""CNIG: several values of one cell are joined by a pipe."""

NO_WORDING: Mapping[str, str] = {}


def standard_values(
    table: pd.DataFrame, name: str, field: Field, also: Mapping[str, str] = NO_WORDING
) -> tuple[pd.Series, tuple[Issue, ...]]:
    """Return the column `name` as the list of `field` spells it; what is outside is missing, told.

    Case, accents, curly apostrophes and spaces do not count. `also` gives other wordings in use
    and the value each stands for. An absent column is missing everywhere and tells nothing.
    """
    if name not in table:
        return pd.Series(None, index=table.index, dtype=object), ()
    listed = field.choices or field.advised
    known = pd.Series([*listed, *also.values()], index=folded(pd.Series([*listed, *also])))
    parts = table[name].astype("string").str.split(SEPARATOR).explode()
    read = folded(parts).map(known.to_dict()).astype(object)
    is_outside = (read.isna() & parts.notna() & parts.str.strip().ne("")).groupby(level=0).any()
    message = f"Valeur hors du standard dans « {field.name} » : laissée manquante."
    issues = issue_if(rows_where(table, is_outside), "CNIG-LISTE", Action.NOTED, message)
    joined = read.dropna().groupby(level=0).agg(SEPARATOR.join)
    return joined.reindex(table.index).astype(object), issues


def folded(texts: pd.Series) -> pd.Series:
    """Return the texts without what two spellings of the same words may differ by."""
    plain = (
        texts.astype("string").str.normalize("NFKD").str.replace("[\u0300-\u036f]", "", regex=True)
    )
    plain = plain.str.casefold().str.replace("[\u2018\u2019\u02bc`´]", "'", regex=True)
    return plain.str.replace(r"\s*,\s*", ", ", regex=True).str.split().str.join(" ")
