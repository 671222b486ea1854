"""Texts that were decoded with the wrong alphabet on their way to us, put right."""

import ftfy
import pandas as pd
from pandas.api.types import is_string_dtype

from data.issues import Action, Issue, issue_if, rows_where

SUSPECT = r"[ÃÂâ][^A-Za-z]|\ufffd"
"""What UTF-8 read as Windows-1252 looks like («Ã©» for «é»), and the sign of a lost letter."""

LOST = "\ufffd"


def repaired_texts(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return `frame` with its double-encoded cells decoded; letters lost for good are told."""
    columns = [name for name in frame.columns if is_string_dtype(frame[name])]
    changed = pd.Series(data=False, index=frame.index)
    lost = changed.copy()
    repaired = frame.copy(deep=False)
    for name in columns:
        suspect = frame[name].str.contains(SUSPECT, regex=True, na=False).astype(bool)
        if not suspect.any():
            continue
        before = frame.loc[suspect, name]
        after = before.map(ftfy.fix_encoding)
        repaired[name] = frame[name].where(~suspect, after.reindex(frame.index))
        changed |= after.ne(before).reindex(frame.index, fill_value=False)
        lost |= after.str.contains(LOST).reindex(frame.index, fill_value=False)
    issues = (
        *issue_if(
            rows_where(frame, changed & ~lost),
            "TXT-MOJIBAKE",
            Action.REPAIRED,
            "Accents abîmés par un double encodage (« Ã© » pour « é ») : rétablis.",
        ),
        *issue_if(
            rows_where(frame, lost),
            "TXT-MOJIBAKE",
            Action.NOTED,
            "Accents perdus par le producteur (« \ufffd ») : lisez le texte d'origine.",
        ),
    )
    return repaired, issues
