"""What remains to each territory around some communes, and what sites would ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from jalon.zan.ledger import LedgerInputs
from jalon.zan.levels import REGION, members
from jalon.zan.pooling import pool_members
from jalon.zan.selection import site_verdicts

VERDICT_COLUMNS: Final[Mapping[str, str]] = {
    "verdict": "envelope_verdict",
    "sentence_fr": "envelope_fr",
}
"""What of a verdict goes into the table of the sites, and under what name."""

TERRITORY = ["level", "code", "name"]
REMAINING = ["remaining_lo_ha", "remaining_hi_ha"]


@dataclass(frozen=True, slots=True)
class Envelopes:
    """What remains in each territory, and which commune belongs to what.

    `accounts` has level, code, name and what remains; it is empty where no ENAF series was
    imported (`is_counted` says so). `pools` has commune and pool; `documents` the imported
    planning documents.
    """

    accounts: pd.DataFrame
    belonging: pd.DataFrame
    pools: pd.DataFrame | None = None
    documents: pd.DataFrame | None = None

    @property
    def is_counted(self) -> bool:
        """Whether some territory has an account."""
        return len(self.accounts) > 0


def envelopes_of(inputs: LedgerInputs, accounts: pd.DataFrame) -> Envelopes:
    """Return what a ledger made from `inputs` leaves to each territory."""
    belonging = members(inputs.communes, inputs.scots)
    pools = pool_members(inputs.declarations)
    return Envelopes(_whole(accounts), belonging, pools, inputs.documents)


def uncounted(communes: gpd.GeoDataFrame) -> Envelopes:
    """Return the envelopes of communes of which no ENAF series was imported."""
    kinds = dict.fromkeys(TERRITORY, "str") | dict.fromkeys(REMAINING, "float64")
    nothing = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    return Envelopes(nothing, members(pd.DataFrame(communes), None))


def _whole(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts, without the balance of a territory not counted whole.

    A region not counted whole has no row: it would make the verdict of every site uncertain.
    """
    is_part = accounts["counted_count"].lt(accounts["commune_count"])
    balances = accounts[REMAINING].mask(is_part, np.nan)
    kept = accounts[TERRITORY].join(balances)
    return kept[~(is_part & kept["level"].eq(REGION.name_fr))].reset_index(drop=True)


def with_verdicts(sites: gpd.GeoDataFrame, envelopes: Envelopes) -> gpd.GeoDataFrame:
    """Return the sites with `envelope_verdict`, of the territory that binds most, and why."""
    if sites.empty:
        return sites.assign(**dict.fromkeys(VERDICT_COLUMNS.values(), ""))
    found = site_verdicts(sites, envelopes.accounts, envelopes.belonging, envelopes.pools)
    told = found[list(VERDICT_COLUMNS)].rename(columns=VERDICT_COLUMNS)
    verdict = told["envelope_verdict"].map(str).astype(object)
    return sites.assign(envelope_verdict=verdict, envelope_fr=told["envelope_fr"])
