"""From communes and a planner's request to a siting problem the optimiser understands."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer
from scipy import sparse

from geo.crs import EXCHANGE, WORKING
from geo.errors import InfeasibleError, InputError, raise_all
from geo.optimise.covering.center_problem import CenterProblem
from geo.optimise.median.problem import MedianProblem
from geo.optimise.nearby import coverage_within, nearest_reach, reach_within
from geo.optimise.plan import Infeasible
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.reach import reach_from_pairs
from geo.optimise.rules import SiteRule, spacing_rule, territory_rules
from jalon.french import first_names, percent
from jalon.model import Objective, StationParameters

Problem = CoverageProblem | CoveringProblem | MedianProblem | CenterProblem

LONGEST_KM = 5_000.0
"""Farther than any two places of France."""

MARGIN_KM = 0.001
"""More than the rounding of distances."""

LISTS = (1.0, 8.0, math.inf)
"""Widths of the lists of distances, tried in turn while they hold no plan."""

LIMITED_RATIO = 2.0
"""Listed beyond the sure radius when sites are limited, as a multiple of it."""

LISTED_RATIO = 8
FULL_LISTS = 1_000
MOST_LISTED = 1_500

NAMES_TOLD = 12
"""Communes named in a refusal before the others are only counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Communes sorted by code, each a demand and a candidate, and what is asked of them.

    `points_m` are their town halls (n, 2); `covers` tells which are within the radius of
    which; `existing` are the positions of the stations already there, `required` these and
    the fixed ones.
    """

    communes: gpd.GeoDataFrame
    points_m: NDArray[np.float64]
    weights: NDArray[np.float64]
    covers: sparse.csr_matrix
    existing: frozenset[int]
    required: frozenset[int]
    forbidden: frozenset[int]
    parameters: StationParameters

    @property
    def names(self) -> NDArray[np.object_]:
        """The communes' names, the code beside those that several bear."""
        names = self.communes["nom"]
        coded = names + " (" + self.communes["insee"] + ")"
        return coded.where(names.duplicated(keep=False), names).to_numpy(dtype=object)

    @property
    def station_count(self) -> int:
        """Stations of a plan, those already there included."""
        return self.parameters.count + len(self.existing)

    @property
    def unreachable(self) -> tuple[str, ...]:
        """Names of the communes that too few allowed candidates reach, most people first."""
        if self.parameters.objective not in {Objective.COVERAGE, Objective.FEWEST}:
            return ()
        allowed = np.ones(len(self.communes))
        allowed[sorted(self.forbidden)] = 0.0
        short = np.flatnonzero(self.covers @ allowed < self.parameters.backup)
        return tuple(self.names[short[np.argsort(-self.weights[short], kind="stable")]])


def question(communes: gpd.GeoDataFrame, parameters: StationParameters) -> Question:
    """Return what is asked of `communes`; a commune of unknown population weighs nothing."""
    ordered = gpd.GeoDataFrame(communes.sort_values("insee", ignore_index=True))
    points_m = town_halls_m(ordered)
    existing = _positions(ordered, parameters.existing, "existing")
    fixed = _positions(ordered, parameters.fixed, "fixed")
    asked = Question(
        communes=ordered,
        points_m=points_m,
        weights=ordered["population"].fillna(0).to_numpy(dtype=float),
        covers=coverage_within(
            points_m,
            points_m,
            radius_km=parameters.radius_km,
            detour_factor=parameters.detour_ratio,
        ),
        existing=existing,
        required=existing | fixed,
        forbidden=_positions(ordered, parameters.forbidden, "forbidden"),
        parameters=parameters,
    )
    _require_enough_candidates(asked)
    return asked


def town_halls_m(communes: pd.DataFrame) -> NDArray[np.float64]:
    """Return the town halls as (n, 2) Lambert-93 metres."""
    to_metres = Transformer.from_crs(EXCHANGE, WORKING, always_xy=True)
    x_m, y_m = to_metres.transform(communes["mairie_lon"], communes["mairie_lat"])
    return np.column_stack([x_m, y_m])


def posed(asked: Question, *, width: float = 1.0) -> Problem:
    """Return the problem of the objective asked for; `width` multiplies lists of distances."""
    match asked.parameters.objective:
        case Objective.COVERAGE:
            return coverage_problem(asked)
        case Objective.FEWEST:
            return covering_problem(asked)
        case Objective.MEAN_DISTANCE:
            return median_problem(asked, width=width)
        case Objective.LONGEST_DISTANCE:
            return center_problem(asked, width=width)


def coverage_problem(asked: Question) -> CoverageProblem:
    """Return: most inhabitants within reach of so many stations."""
    return CoverageProblem(
        weights=asked.weights,
        covers=asked.covers,
        required=asked.required,
        forbidden=asked.forbidden,
        rules=site_rules(asked),
        needs=_needs(asked),
        count=asked.station_count,
    )


def covering_problem(asked: Question) -> CoveringProblem:
    """Return: fewest new stations that serve a share of the inhabitants."""
    costs = np.ones(len(asked.communes))
    costs[sorted(asked.existing)] = 0.0
    return CoveringProblem(
        weights=asked.weights,
        covers=asked.covers,
        required=asked.required,
        forbidden=asked.forbidden,
        rules=site_rules(asked),
        needs=_needs(asked),
        share=asked.parameters.share,
        costs=costs if asked.existing else None,
    )


def median_problem(asked: Question, *, width: float = 1.0) -> MedianProblem:
    """Return: the shortest mean distance to one of so many stations."""
    return MedianProblem(
        reach=nearest_reach(
            asked.points_m,
            asked.points_m,
            count=_listed_count(len(asked.communes), asked.station_count, width=width),
            detour_factor=asked.parameters.detour_ratio,
        ),
        weights=asked.weights,
        count=asked.station_count,
        required=asked.required,
        forbidden=asked.forbidden,
        rules=site_rules(asked),
    )


def center_problem(asked: Question, *, width: float = 1.0) -> CenterProblem:
    """Return: the shortest longest distance to one of so many stations."""
    return CenterProblem(
        reach=reach_within(
            asked.points_m,
            asked.points_m,
            limit_km=min(width * _sure_radius_km(asked), LONGEST_KM),
            detour_factor=asked.parameters.detour_ratio,
        ),
        count=asked.station_count,
        required=asked.required,
        forbidden=asked.forbidden,
        rules=site_rules(asked),
    )


def is_cut(problem: Problem) -> bool:
    """Tell whether some distances between communes and allowed sites are not listed."""
    if not isinstance(problem, MedianProblem | CenterProblem):
        return False
    reach = problem.reach
    return len(reach.sites) < reach.demand_count * reach.site_count


def site_rules(asked: Question) -> tuple[SiteRule, ...]:
    """Return the limits by département and EPCI and the spacing that are asked for."""
    return (*_departement_rules(asked), *_epci_rules(asked), *_spacing_rules(asked))


def refusal(impossible: Infeasible, asked: Question) -> InfeasibleError:
    """Return why no plan exists and what would free it, one line each, communes by name."""
    blocking = [*impossible.blocking_fr]
    if impossible.unreachable:
        names = [asked.names[row] for row in impossible.unreachable]
        # The solver alone names them by their row: the request says it better.
        blocking = blocking if len(blocking) > 1 else [_served_fr(asked.parameters)]
        blocking.append(f"communes hors de portée : {first_names(names, NAMES_TOLD)}")
    changes = [relaxation.change_fr for relaxation in impossible.relaxations]
    hint = "Desserrez l'une de ces contraintes."
    if changes:
        hint = f"Un seul de ces changements suffit :\n{_bullets(changes)}"
    return InfeasibleError(f"Aucun plan ne tient à la fois :\n{_bullets(blocking)}", hint)


def _served_fr(parameters: StationParameters) -> str:
    if parameters.objective is not Objective.FEWEST:
        return "toutes les communes à portée d'une station"
    if parameters.share == 1:
        return "toutes les communes desservies"
    return f"{percent(parameters.share, 1)} des habitants desservis"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"  - {line}" for line in lines)


def _listed_count(commune_count: int, station_count: int, *, width: float) -> int:
    """Return how many nearest candidates of each commune are worth listing.

    Several times those a station serves on average, within what is listed in seconds; what is
    left out is only bounded. A list too short to hold a plan is made wider afterwards.
    """
    if commune_count <= FULL_LISTS:
        return commune_count
    usual = min(MOST_LISTED, LISTED_RATIO * math.ceil(commune_count / station_count))
    return int(min(commune_count, width * usual))


def _sure_radius_km(asked: Question) -> float:
    """Return a radius within which so many stations serve everybody: no farther pair matters.

    Each station in turn where the others are farthest (Gonzalez, Theoretical Computer Science
    38, 1985). With limits on the sites nothing is sure, and twice as far is likely enough.
    """
    is_limited = asked.forbidden or site_rules(asked)
    distance_m = np.full(len(asked.points_m), np.inf)
    order = sorted(asked.required)
    for rank in range(asked.station_count):
        site = order[rank] if rank < len(order) else int(np.argmax(distance_m))
        offsets_m = asked.points_m - asked.points_m[site]
        distance_m = np.minimum(distance_m, np.hypot(offsets_m[:, 0], offsets_m[:, 1]))
    radius_km = float(distance_m.max()) * asked.parameters.detour_ratio / 1000.0 + MARGIN_KM
    return radius_km * (LIMITED_RATIO if is_limited else 1.0)


def _needs(asked: Question) -> NDArray[np.int64] | None:
    backup = asked.parameters.backup
    return None if backup == 1 else np.full(len(asked.communes), backup)


def _positions(communes: pd.DataFrame, codes: Iterable[str], key: str) -> frozenset[int]:
    row_of = {code: row for row, code in enumerate(communes["insee"])}
    unknown = sorted(set(codes) - set(row_of))
    if unknown:
        raise InputError(
            f"Communes inconnues dans « stations.{key} » : {', '.join(unknown)}.",
            "Donnez des codes INSEE de communes du territoire choisi.",
        )
    return frozenset(row_of[code] for code in codes)


def _require_enough_candidates(asked: Question) -> None:
    """Raise InfeasibleError when more stations are asked for than communes may hold one."""
    allowed = len(asked.communes) - len(asked.forbidden)
    if asked.parameters.objective is Objective.FEWEST or asked.station_count <= allowed:
        return
    most = allowed - len(asked.existing)
    raise InfeasibleError(
        f"{asked.parameters.count} stations demandées mais {allowed} sites candidats"
        + (f", dont {len(asked.existing)} déjà équipés." if asked.existing else "."),
        f"Demandez au plus {most} stations ou levez des exclusions.",
    )


def _departement_rules(asked: Question) -> tuple[SiteRule, ...]:
    names = asked.communes["departement_nom"].to_numpy(dtype=object)
    least, most = asked.parameters.min_per_departement, asked.parameters.max_per_departement
    every = sorted(set(names))
    at_least = dict.fromkeys(every, float(least)) if least else {}
    at_most = {} if most is None else dict.fromkeys(every, float(most))
    return territory_rules(names.tolist(), at_least, at_most)


def _epci_rules(asked: Question) -> tuple[SiteRule, ...]:
    codes = asked.communes["epci_siren"].fillna("").astype(str)
    least, most = asked.parameters.min_per_epci, asked.parameters.max_per_epci
    raise_all(
        _epci_faults(set(codes), least, most),
        subject="Limites par EPCI",
        hint="Donnez des codes SIREN d'EPCI du territoire choisi, le minimum sous le maximum.",
    )
    names = dict(zip(codes, asked.communes["epci_nom"].fillna("sans EPCI"), strict=True))
    names = {code: _distinct(code, names) for code in names}
    return territory_rules(
        codes.map(names).tolist(),
        {names[code]: float(value) for code, value in least.items()},
        {names[code]: float(value) for code, value in most.items()},
    )


def _epci_faults(
    known: set[str], least: Mapping[str, int], most: Mapping[str, int]
) -> Iterator[str]:
    for key, limits in (("min_per_epci", least), ("max_per_epci", most)):
        unknown = sorted(set(limits) - known)
        if unknown:
            yield f"EPCI inconnus dans « stations.{key} » : {', '.join(unknown)}"
    for code in sorted(set(least) & set(most)):
        if least[code] > most[code]:
            yield f"{code} : au moins {least[code]} et au plus {most[code]}"


def _distinct(code: str, names: Mapping[str, str]) -> str:
    """Return the name of an EPCI, its code beside it when another bears the same name."""
    bearers = Counter(names.values())[names[code]]
    return names[code] if bearers == 1 else f"{names[code]} ({code})"


def _spacing_rules(asked: Question) -> tuple[SiteRule, ...]:
    """Return the minimum spacing; stations already there may be nearer to each other."""
    minimum_km = asked.parameters.spacing_km
    if not minimum_km:
        return ()
    near = reach_within(
        asked.points_m,
        asked.points_m,
        limit_km=minimum_km,
        detour_factor=asked.parameters.detour_ratio,
    )
    there = np.zeros(len(asked.communes), dtype=bool)
    there[sorted(asked.existing)] = True
    kept = ~(there[near.rows] & there[near.sites])
    pairs = (near.rows[kept], near.sites[kept], near.distances[kept])
    among = reach_from_pairs(*pairs, shape=(near.demand_count, near.site_count))
    return (spacing_rule(among, minimum_km),)
