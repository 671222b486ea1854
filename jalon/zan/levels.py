"""The levels of territory a ledger is kept for, and which commune belongs to what."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class Level:
    """A level of territory: its names, and the columns of code and label of its members.

    `key` is how the imported tables write it (`zan_objectives`, `planning_documents`).
    """

    name_fr: str
    code: str
    label: str
    key: str


COMMUNE = Level("commune", "insee", "nom", "commune")
EPCI = Level("EPCI", "epci_siren", "epci_nom", "epci")
SCOT = Level("SCoT", "scot", "scot_name", "scot")
DEPARTEMENT = Level("département", "departement", "departement_nom", "departement")
REGION = Level("région", "region", "region_nom", "region")
LEVELS = (COMMUNE, EPCI, SCOT, DEPARTEMENT, REGION)

CODES = tuple(level.code for level in LEVELS)
LABELS = tuple(level.label for level in LEVELS)


def members(communes: pd.DataFrame, scots: pd.DataFrame | None) -> pd.DataFrame:
    """Return each commune, by INSEE code, with the code and name of every territory above it.

    A commune in no imported SCoT has none; of two memberships the last import is kept.
    """
    known = pd.DataFrame(communes).drop(columns=[SCOT.code, SCOT.label], errors="ignore")
    belonging = pd.DataFrame(columns=["commune", SCOT.code, SCOT.label], dtype="str")
    if scots is not None:
        belonging = scots[belonging.columns].drop_duplicates("commune", keep="last")
    named = known.merge(belonging, left_on="insee", right_on="commune", how="left")
    kept = named[[*CODES, *LABELS, "epci_is_partial"]]
    return kept.sort_values("insee").set_index("insee", drop=False).rename_axis(None)


def within(
    accounts: pd.DataFrame,
    communes: pd.DataFrame,
    chosen: frozenset[str],
    scots: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the rows of the territories all of whose communes are among `chosen`.

    A département of which only one EPCI is chosen has no row: its sum would not be its own.
    """
    belonging = members(communes, scots)
    outside = belonging[~belonging["insee"].isin(chosen)]
    kept = [
        accounts["level"].eq(level.name_fr) & ~accounts["code"].isin(outside[level.code].dropna())
        for level in LEVELS
    ]
    return accounts[pd.concat(kept, axis=1).any(axis=1)].reset_index(drop=True)
