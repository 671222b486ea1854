"""Commune codes of a file against today's communes: merged, divided, missing."""

from collections.abc import Iterator
from enum import StrEnum

import geopandas as gpd
import pandas as pd

from data.issues import Action, Issue, rows_where

DIVIDED = frozenset({"52031", "52332", "52504", "55298"})
"""Communes of Grand Est from which others were restored while some series still count them
whole (52278 is 24.87 % of 52031: MTES-MCT/sparte, `consommation_cog_2024`)."""

WHOLE_SHARE = 0.5
"""A file with this share of the communes of a département is meant to hold them all."""

FIRST_CODES_SHOWN = 8

INSEE_CODE = r"(?:0[1-9]|[1-8]\d|9[0-578]|2[AB])\d{3}"
"""A département, then three figures: anything else (a name, a foreign country) is no commune."""


class CommuneStatus(StrEnum):
    """What became of a commune between the file's code list and today's."""

    UNCHANGED = "inchangée"
    COG_ERROR = "code inconnu"
    DIVISION = "divisée depuis"
    MISSING = "absente du fichier"


MESSAGES_FR = {
    CommuneStatus.COG_ERROR: (
        "Code commune absent du code officiel géographique actuel (fusion ou erreur) : "
        "ligne gardée sous son code, à rattacher à la commune actuelle."
    ),
    CommuneStatus.DIVISION: (
        "Commune divisée depuis : sa ligne comprend peut-être une commune rétablie, "
        "que le fichier ne donne pas."
    ),
}


def commune_issues(
    table: pd.DataFrame, codes: pd.Series, communes: gpd.GeoDataFrame | None
) -> tuple[Issue, ...]:
    """Return one issue for each status other than UNCHANGED; none without known `communes`."""
    if communes is None:
        return ()
    known = communes["insee"].astype("string")
    lacking = missing_communes(codes, known)
    statuses = commune_statuses(codes, known, lacking)
    return (*_row_issues(table, statuses), *_missing_issue(lacking))


def missing_communes(codes: pd.Series, known: pd.Series) -> pd.Series:
    """Return the known communes absent from `codes`, in the départements it nearly covers."""
    is_there = known.isin(codes)
    share = is_there.groupby(known.str[:2]).transform("mean")
    return known[~is_there & share.ge(WHOLE_SHARE)].sort_values()


def commune_statuses(codes: pd.Series, known: pd.Series, lacking: pd.Series) -> pd.Series:
    """Return the status of each code; one of a département nobody knows here is UNCHANGED."""
    text = codes.astype("string")
    departement = text.str[:2]
    is_no_code = ~text.str.fullmatch(INSEE_CODE).fillna(value=True).astype(bool)
    is_unknown = (departement.isin(known.str[:2]) | is_no_code) & ~codes.isin(known)
    is_divided = codes.isin(DIVIDED) & departement.isin(lacking.str[:2])
    statuses = pd.Series(CommuneStatus.UNCHANGED, index=codes.index, dtype=object)
    return statuses.mask(is_divided, CommuneStatus.DIVISION).mask(
        is_unknown, CommuneStatus.COG_ERROR
    )


def _row_issues(table: pd.DataFrame, statuses: pd.Series) -> Iterator[Issue]:
    for status, message_fr in MESSAGES_FR.items():
        rows = rows_where(table, statuses.eq(status))
        if rows:
            yield Issue(f"COG-{status.name}", Action.NOTED, message_fr, rows)


def _missing_issue(lacking: pd.Series) -> Iterator[Issue]:
    if lacking.empty:
        return
    shown = ", ".join(lacking.head(FIRST_CODES_SHOWN))
    more = "…" if len(lacking) > FIRST_CODES_SHOWN else ""
    message_fr = f"{len(lacking)} commune(s) actuelle(s) absente(s) du fichier : {shown}{more}"
    yield Issue(f"COG-{CommuneStatus.MISSING.name}", Action.NOTED, message_fr)
