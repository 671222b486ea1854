"""The accounts of every commune of a region: Jalon beside the ministry's published rule.

Jalon does more for its time: guarantee as an interval, allocation of every envelope, balance,
warnings and rule ids. What both compute is compared, to a millionth of a hectare.
"""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from bench.zan.timing import row, timed
from data.territories import read_communes
from geo.shapes import M2_PER_HA
from jalon.model import ZanParameters
from jalon.zan.envelope import TOLERANCE_HA
from jalon.zan.ledger import LedgerInputs, ledger
from jalon.zan.reconciliation import MINISTRY_SHARE

SQL: Final = Path(__file__).with_name("ministry.sql")
YEARS: Final = range(2011, 2025)
MEAN_LOG_M2, SPREAD_LOG = 7.5, 1.3
"""A commune consumes some 1,800 m² in the median year, some a hundred times that."""

ALLOWED: Final = "ministry_allowed_ha"
KEYS: Final = ["level", "code"]
COMPARED: Final = ["reference_ha", "published_ha", "projection_ha"]
LEVELS: Final = {
    "commune": "insee",
    "EPCI": "epci_siren",
    "département": "departement",
    "région": "region",
}


def world(region: str, *, seed: int) -> LedgerInputs:
    """Return the communes of a region and a drawn series for each."""
    communes = pd.DataFrame(read_communes(region).drop(columns="geometry"))
    rng = np.random.default_rng(seed)
    flows = pd.MultiIndex.from_product([communes["insee"], YEARS], names=["commune", "year"])
    drawn_m2 = np.round(rng.lognormal(MEAN_LOG_M2, SPREAD_LOG, len(flows)))
    table = flows.to_frame(index=False).assign(flow_m2=drawn_m2, source_id="tirage")
    return LedgerInputs(table, communes)


def rows(region: str, *, seed: int) -> list[str]:
    """Return the rows of the table of accounts."""
    inputs = world(region, seed=seed)
    ours = timed(lambda: ledger(inputs, ZanParameters()))
    told = f"{len(inputs.communes):,} communes"
    lines = [row((told, "Jalon, whole ledger"), ours, ours, "–")]
    for name, rival in rivals().items():
        theirs = timed(partial(rival, inputs))
        lines.append(row((told, name), theirs, ours, disagreements(ours.answer, theirs.answer)))
    return lines


def rivals() -> dict[str, Callable[[LedgerInputs], pd.DataFrame]]:
    """Return the rivals installed: pandas always, DuckDB where it is."""
    listed: dict[str, Callable[[LedgerInputs], pd.DataFrame]] = {
        "pandas, ministry's rule": with_pandas
    }
    if find_spec("duckdb"):
        listed["DuckDB, ministry's rule"] = with_duckdb
    return listed


def with_duckdb(inputs: LedgerInputs) -> pd.DataFrame:
    """Return the ministry's rule run as SQL on the same two tables."""
    import duckdb  # noqa: PLC0415 - a rival, never installed with Jalon

    with duckdb.connect() as database:
        database.register("flows", inputs.flows)
        database.register("communes", inputs.communes)
        return database.sql(SQL.read_text(encoding="utf-8")).df()


def with_pandas(inputs: LedgerInputs) -> pd.DataFrame:
    """Return the ministry's rule as a few groupings."""
    flows = inputs.flows
    is_reference = flows["year"].between(2011, 2020)
    sums = pd.DataFrame(
        {
            "reference_ha": flows[is_reference].groupby("commune")["flow_m2"].sum() / M2_PER_HA,
            "published_ha": flows[~is_reference].groupby("commune")["flow_m2"].sum() / M2_PER_HA,
        }
    ).reset_index()
    placed = inputs.communes.merge(sums, left_on="insee", right_on="commune")
    levels = [
        placed.groupby(column)[["reference_ha", "published_ha"]]
        .sum()
        .rename_axis("code")
        .reset_index()
        .assign(level=level)
        for level, column in LEVELS.items()
    ]
    table = pd.concat(levels, ignore_index=True)
    year_count = flows.loc[~is_reference, "year"].nunique()
    return table.assign(
        ministry_allowed_ha=np.maximum(table["reference_ha"] / 2, 1.0),
        projection_ha=table["published_ha"] / year_count * 10,
    )


def disagreements(ours: pd.DataFrame, theirs: pd.DataFrame) -> str:
    """Return how many figures of the territories both know differ; the A of Jalon is R-GAR-5's.

    Above the communes the ministry raises small envelopes to a hectare, where Jalon does not;
    the region, whose rate is that of all SRADDET regions (R-ENV-4), is compared but for A.
    """
    both = ours.merge(theirs, on=KEYS, how="outer", suffixes=("", "_theirs"), indicator=True)
    if not both["_merge"].eq("both").all():
        return "not the same territories"
    is_commune = both["level"].eq("commune")
    expected = both["allowed_hi_ha"].where(is_commune, both["envelope_ha"].clip(lower=1.0))
    pairs = [(both[c], both[f"{c}_theirs"]) for c in COMPARED]
    expected = expected.where(both["reduction_share"].eq(MINISTRY_SHARE), both[ALLOWED])
    pairs.append((expected, both[ALLOWED]))
    differing = sum(
        int((~np.isclose(left, right, rtol=0, atol=TOLERANCE_HA)).sum()) for left, right in pairs
    )
    return f"{differing} of {len(pairs) * len(both):,} figures"
