"""Explained scores: a weighted sum told criterion by criterion, and how firm its ranks are."""

import numpy as np
import pandas as pd

from jalon.bounds import Mask, bounds, is_rejected
from jalon.criteria import Criterion, Scoring, Values
from jalon.stability import competition_ranks, on_grid, rank_spread

SCORE_COLUMNS = (
    "score_lo",
    "score_hi",
    "score_unknown_fr",
    "rank",
    "rank_p05",
    "rank_p95",
    "top10_share",
)


def score(sites: pd.DataFrame, scoring: Scoring, *, seed: int = 1) -> pd.DataFrame:
    """Return the sites, best first, with SCORE_COLUMNS and one `score_<criterion>` a criterion.

    The contributions add up to `score_lo` exactly: what is missing counts for nothing there,
    and for its whole weight in `score_hi`. Ranks follow `score_lo`, equals share theirs.
    A rejected site has neither score nor rank.
    """
    ordered = sites.sort_values("site_id", ignore_index=True)
    is_scored = ~is_rejected(ordered)
    values = [criterion.values(ordered) for criterion in scoring.criteria]
    table = _contributions(values, scoring, is_scored)
    spread = _spread(values, scoring, is_scored, seed)
    scored = pd.concat([ordered, table.join(spread)], axis=1)
    return scored.sort_values(["rank", "site_id"], na_position="last", ignore_index=True)


def contribution_column(criterion: Criterion) -> str:
    """Return the name of the column that holds what a criterion brings."""
    return f"score_{criterion.id}"


def explain(sites: pd.DataFrame, scoring: Scoring) -> pd.DataFrame:
    """Return one row a site and criterion: figure, value, weight and contribution, with source.

    Figures and values are intervals (`_lo`, `_hi`); the figure of a word is missing.
    """
    shares = scoring.weight_shares
    parts = [
        _explained(sites, criterion, weight_share)
        for criterion, weight_share in zip(scoring.criteria, shares, strict=True)
    ]
    told = pd.concat(parts, ignore_index=True)
    return told.sort_values("site_id", kind="stable", ignore_index=True)


def _explained(sites: pd.DataFrame, criterion: Criterion, weight_share: float) -> pd.DataFrame:
    values = criterion.values(sites)
    is_known = ~is_rejected(sites)
    told = pd.DataFrame(
        {
            "site_id": sites["site_id"].to_numpy(),
            "criterion_id": criterion.id,
            "title_fr": criterion.title,
            "column": criterion.column.value,
            "weight_share": weight_share,
            "value_lo": values.low,
            "value_hi": values.high,
            "score_lo": np.where(is_known, on_grid(weight_share * values.low), np.nan),
            "score_hi": np.where(is_known, on_grid(weight_share * values.high), np.nan),
            "source": criterion.source,
        }
    )
    if criterion.column.is_text:
        return told.assign(figure_lo=np.nan, figure_hi=np.nan)
    known = bounds(sites, criterion.column)
    return told.assign(figure_lo=known.low, figure_hi=known.high)


def _contributions(values: list[Values], scoring: Scoring, is_scored: Mask) -> pd.DataFrame:
    """Return what each criterion brings, the interval of the score, and what is not known."""
    shares = scoring.weight_shares
    columns = [contribution_column(criterion) for criterion in scoring.criteria]
    low = on_grid(np.array([one.low for one in values]).T * shares)
    high = on_grid(np.array([one.high for one in values]).T * shares)
    table = pd.DataFrame(low, columns=columns)
    table = table.assign(score_lo=low.sum(axis=1), score_hi=high.sum(axis=1))
    table[~is_scored] = np.nan
    titles = np.array([criterion.title for criterion in scoring.criteria], dtype=object)
    table["score_unknown_fr"] = [tuple(titles[row]) for row in high > low]
    table["rank"] = pd.array([pd.NA] * len(table), dtype="Int32")
    if is_scored.any():
        table.loc[is_scored, "rank"] = competition_ranks(
            table.loc[is_scored, "score_lo"].to_numpy(dtype=float)
        )
    return table


def _spread(values: list[Values], scoring: Scoring, is_scored: Mask, seed: int) -> pd.DataFrame:
    """Return the spread of the ranks under other weights; missing for a rejected site."""
    count = len(is_scored)
    table = pd.DataFrame(
        {
            "rank_p05": pd.array([pd.NA] * count, dtype="Int32"),
            "rank_p95": pd.array([pd.NA] * count, dtype="Int32"),
            "top10_share": np.full(count, np.nan),
        }
    )
    if not is_scored.any():
        return table
    spread = rank_spread(
        np.array([one.low[is_scored] for one in values]),
        np.array([one.high[is_scored] for one in values]),
        scoring.weight_shares,
        draws=scoring.draws,
        concentration=scoring.concentration,
        seed=seed,
    )
    for name in table.columns:
        table.loc[is_scored, name] = getattr(spread, name)
    return table
