"""The search for sites that answer a requirement: who does, who may, who nearly does."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from jalon.bounds import Column, Mask, figures, is_rejected
from jalon.criteria import Scoring
from jalon.french import count
from jalon.requirement import Judged, Requirement, judged, unconfirmed_fr
from jalon.scoring import score

Counts = npt.NDArray[np.int_]

RELAXATION_TARGETS = (1, 10)
"""How many more sites a single relaxation is asked to bring."""

RELAXATION_COLUMNS = (
    "target_count",
    "key",
    "title_fr",
    "needed",
    "cost_share",
    "gained_count",
    "example_fr",
)


@dataclass(frozen=True, slots=True)
class RequirementOutcome:
    """The answer to a requirement.

    Every frame of sites has `missed_fr` and `unknown_fr` (tuples of sentences). `matching`
    and `to_verify` miss nothing; `to_verify` has a key unknown, `matching` at most a size to
    confirm. `near_misses` miss the fewest keys, least relaxation first: `changes` given to
    `Requirement.relaxed` let the site in, among `to_verify` when a key of it is unknown.
    `relaxations` tells, for each key, the smallest relaxation of it alone that brings one or
    ten more sites to `matching`; `blocking`, how many sites each key keeps out. These three
    leave out a site whose parcels are all in one that matches: its land is in the answer.
    """

    requirement: Requirement
    examined_count: int
    rejected_count: int
    matching: pd.DataFrame
    to_verify: pd.DataFrame
    near_misses: pd.DataFrame
    relaxations: pd.DataFrame
    blocking: pd.DataFrame

    @property
    def message_fr(self) -> str:
        """What was found and, when nothing was, what keeps most sites out."""
        asked = count(
            self.examined_count, "site mobilisable examiné", "sites mobilisables examinés"
        )
        if len(self.matching):
            found = count(len(self.matching), "site répond", "sites répondent")
            return f"{found} à tout, sur {asked}."
        if self.blocking.empty or not self.blocking["missed_count"].iloc[0]:
            return f"Aucun site ne répond à tout, sur {asked}."
        first = self.blocking.iloc[0]
        kept_out = count(int(first["missed_count"]), "site")
        return (
            f"Aucun site ne répond à tout, sur {asked}. "
            f"Ce qui écarte le plus : {first['title_fr']} ({kept_out})."
        )


def find(
    sites: pd.DataFrame,
    requirement: Requirement,
    *,
    scoring: Scoring | None = None,
    epci_of: Mapping[str, str] | None = None,
    seed: int = 1,
) -> RequirementOutcome:
    """Return the sites that answer `requirement`, ranked by `scoring` or else by area.

    A site that cannot be mobilised (status «non disponible») is never in the answer.
    """
    ordered = sites.sort_values("site_id", ignore_index=True)
    pool = ordered[~is_rejected(ordered)].reset_index(drop=True)
    found = judged(pool, requirement, epci_of or {})
    missed, unknown = _counted(found, "is_missed", pool), _counted(found, "is_unknown", pool)
    told = pool.assign(
        missed_count=missed,
        unknown_count=unknown,
        missed_fr=_sentences(found, "is_missed", pool),
        unknown_fr=_sentences(found, "is_unknown", pool) + unconfirmed_fr(pool, requirement),
    )
    is_kept, is_known = missed == 0, unknown == 0
    is_other = ~_is_within(told, is_kept & is_known)
    others, of_others = told[is_other], [one.among(is_other) for one in found]
    return RequirementOutcome(
        requirement=requirement,
        examined_count=len(pool),
        rejected_count=len(ordered) - len(pool),
        matching=_ranked(told[is_kept & is_known], scoring, seed),
        to_verify=_ranked(told[is_kept & ~is_known], scoring, seed),
        near_misses=_near_misses(others, of_others),
        relaxations=_relaxations(others, of_others),
        blocking=_blocking(others, of_others),
    )


def _is_within(sites: pd.DataFrame, is_matching: Mask) -> Mask:
    """Tell which sites that do not match hold no parcel but those of one that does."""
    is_within = np.zeros(len(sites), dtype=bool)
    if "parcel_ids" not in sites:
        return is_within
    parcels = sites["parcel_ids"].reset_index(drop=True).explode().dropna()
    is_answer = is_matching[parcels.index]
    parts = parcels[~is_answer].rename_axis("part").reset_index()
    wholes = parcels[is_answer].rename_axis("whole").reset_index()
    shared = parts.merge(wholes, on="parcel_ids").groupby(["part", "whole"]).size()
    part = shared.index.get_level_values("part").to_numpy(dtype=np.int_)
    parcel_count = sites["parcel_ids"].map(len).to_numpy()
    is_within[part[shared.to_numpy() == parcel_count[part]]] = True
    return is_within


def _counted(found: list[Judged], name: str, pool: pd.DataFrame) -> Counts:
    """Return, for each site, how many keys it misses, or does not let know."""
    counted = np.zeros(len(pool), dtype=np.int_)
    for one in found:
        counted += getattr(one, name)
    return counted


def _sentences(found: list[Judged], name: str, pool: pd.DataFrame) -> pd.Series:
    """Return, for each site, what the keys it misses, or does not let know, say of it."""
    rows: list[list[str]] = [[] for _ in range(len(pool))]
    for one in found:
        for position in np.flatnonzero(getattr(one, name)):
            rows[position].append(str(one.told_fr[position]))
    return pd.Series([tuple(row) for row in rows], index=pool.index, dtype=object)


def _ranked(kept: pd.DataFrame, scoring: Scoring | None, seed: int) -> pd.DataFrame:
    """Return sites by their score, or without one the largest first."""
    if scoring is not None:
        return score(kept, scoring, seed=seed)
    piece_ha = pd.Series(figures(kept, Column.PIECE), index=kept.index)
    # Sites arrive sorted by identifier, which a stable sort keeps among equals.
    return kept.loc[piece_ha.sort_values(ascending=False, kind="stable").index].reset_index(
        drop=True
    )


def _near_misses(told: pd.DataFrame, found: list[Judged]) -> pd.DataFrame:
    """Return the sites that miss the fewest keys, with the relaxations that let them in."""
    fewest = told["missed_count"][told["missed_count"] > 0].min()
    rows = np.flatnonzero(told["missed_count"] == fewest)
    changes: list[dict[str, object]] = [{} for _ in rows]
    cost = np.zeros(len(rows))
    is_sure = told["unknown_count"].iloc[rows].eq(0).to_numpy()
    for one in found:
        missed = one.is_missed[rows]
        cost += np.where(missed, one.cost_share[rows], 0)
        is_sure = is_sure & (one.is_sure[rows] | ~missed)
        for place in np.flatnonzero(missed):
            changes[place][one.key] = one.needed[rows[place]]
    near = told.iloc[rows]
    near = near.assign(
        changes=pd.Series(changes, index=near.index, dtype=object),
        cost_share=cost,
        is_sure=is_sure,
    )
    return near.sort_values(["cost_share", "site_id"], ignore_index=True)


def _relaxations(told: pd.DataFrame, found: list[Judged]) -> pd.DataFrame:
    """Return, for each key alone, the smallest relaxation that brings one and ten more sites."""
    rows = []
    is_one_away = (told["missed_count"].eq(1) & told["unknown_count"].eq(0)).to_numpy()
    for one in found:
        alone = one.is_missed & one.is_sure & is_one_away
        for target in RELAXATION_TARGETS:
            step = _smallest_step(one, alone, target)
            if step:
                rows.append((target, one.key, one.title_fr, *step))
    table = pd.DataFrame(rows, columns=list(RELAXATION_COLUMNS))
    order = ["target_count", "cost_share", "gained_count", "key"]
    return table.sort_values(order, ascending=[True, True, False, True], ignore_index=True)


def _smallest_step(one: Judged, alone: Mask, target: int) -> tuple[object, float, int, str] | None:
    """Return the value, its cost, the sites it brings and one sentence; None if too few.

    A looser limit brings what the tighter ones bring; a word only brings its own sites.
    """
    steps = pd.DataFrame(
        {
            "needed": one.needed[alone],
            "cost_share": one.cost_share[alone],
            "told_fr": one.told_fr[alone],
        }
    )
    by_step = steps.groupby(["cost_share", "needed"], sort=True)["told_fr"]
    counted = by_step.agg(gained_count="size", told_fr="first").reset_index()
    if one.is_word:
        counted = counted.sort_values("gained_count", ascending=False, kind="stable")
    else:
        counted["gained_count"] = counted["gained_count"].cumsum()
    enough = counted[counted["gained_count"] >= target]
    if enough.empty:
        return None
    step = enough.iloc[0]
    told_fr = str(step["told_fr"])
    return step["needed"], float(step["cost_share"]), int(step["gained_count"]), told_fr


def _blocking(told: pd.DataFrame, found: list[Judged]) -> pd.DataFrame:
    """Return how many sites each key keeps out, alone or not, most first."""
    misses_one = told["missed_count"].eq(1).to_numpy()
    rows = [
        (
            one.key,
            one.title_fr,
            int(one.is_missed.sum()),
            int((one.is_missed & misses_one).sum()),
            int(one.is_unknown.sum()),
        )
        for one in found
    ]
    names = ["key", "title_fr", "missed_count", "only_missed_count", "unknown_count"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values(["missed_count", "key"], ascending=[False, True], ignore_index=True)
