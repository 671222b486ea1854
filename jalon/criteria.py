"""Criteria: what is read of a site, how it is valued between 0 and 1, and its weight."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from jalon.bounds import Bounds, Column, Floats, bounds, texts
from jalon.model import FRENCH_FAULT, Frozen, Share

MAX_CRITERIA = 20

Weight = Annotated[float, Field(ge=0, le=1_000)]


class Direction(StrEnum):
    """Which way a figure is good."""

    MORE = "croissant"
    LESS = "décroissant"


@dataclass(frozen=True, slots=True)
class Values:
    """The lowest and highest value (0 to 1) each site may have on a criterion."""

    low: Floats
    high: Floats


class Criterion(Frozen):
    """One criterion: a column, a value function that never turns back, and a weight.

    `points` are the corners [figure, value] of the function, flat beyond the first and the
    last; `categories` values words instead. A word not listed is unknown, as a figure missing.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$", max_length=30)]
    title: Annotated[str, Field(min_length=1, max_length=100)]
    column: Column
    weight: Weight
    direction: Direction | None = None
    points: tuple[tuple[float, Share], ...] = ()
    categories: dict[str, Share] = Field(default_factory=dict)
    source: Annotated[str, Field(min_length=1, max_length=400)]

    @model_validator(mode="after")
    def _is_monotone(self) -> Self:
        fault = self._words_fault() if self.column.is_text else self._points_fault()
        if fault:
            raise PydanticCustomError(FRENCH_FAULT, "{fault}", {"fault": fault})
        return self

    def _words_fault(self) -> str | None:
        if not self.categories or self.points or self.direction:
            return "lit des mots : donnez « categories », sans « points » ni « direction »"
        return None

    def _points_fault(self) -> str | None:
        if len(self.points) < 2 or self.categories or self.direction is None:  # noqa: PLR2004 - a line needs two points
            return "lit un nombre : donnez « direction » et au moins deux « points »"
        if any(after[0] <= before[0] for before, after in pairwise(self.points)):
            return "a des « points » dont les abscisses ne sont pas croissantes"
        sign = 1 if self.direction is Direction.MORE else -1
        if any(sign * (after[1] - before[1]) < 0 for before, after in pairwise(self.points)):
            return f"a des « points » qui ne vont pas dans le sens {self.direction.value}"
        return None

    def values(self, sites: pd.DataFrame) -> Values:
        """Return the values of the sites; what is missing may be worth 0 as well as 1."""
        if self.column.is_text:
            said = pd.Series(texts(sites, self.column), dtype=object)
            worth = said.map(self.categories).to_numpy(dtype=np.float64)
            return Values(_filled(worth, 0), _filled(worth, 1))
        known = bounds(sites, self.column)
        worst, best = _by_worth(known, self.direction)
        return Values(_filled(self._worth(worst), 0), _filled(self._worth(best), 1))

    def _worth(self, known: Floats) -> Floats:
        corners, heights = zip(*self.points, strict=True)
        return np.interp(known, corners, heights)


def _by_worth(known: Bounds, direction: Direction | None) -> tuple[Floats, Floats]:
    """Return the worst and the best that a figure may be."""
    return (known.low, known.high) if direction is Direction.MORE else (known.high, known.low)


def _filled(worth: npt.NDArray[np.floating], when_missing: float) -> Floats:
    return np.where(np.isnan(worth), when_missing, worth).astype(np.float64)


class Scoring(Frozen):
    """The criteria of a score, and how far the weights are shaken to tell how firm it is.

    `concentration` is that of the Dirichlet law the weights are drawn from: a weight w (of 1)
    then has the standard deviation √(w(1 − w) / (concentration + 1)).
    """

    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=MAX_CRITERIA)]
    concentration: Annotated[float, Field(ge=1, le=100_000)] = 50
    draws: Annotated[int, Field(ge=20, le=10_000)] = 1_000

    @model_validator(mode="after")
    def _is_usable(self) -> Self:
        ids = [criterion.id for criterion in self.criteria]
        fault = None
        if len(set(ids)) < len(ids):
            fault = "a deux critères du même « id »"
        elif {"lo", "hi", "unknown"} & set(ids):
            fault = "a un critère dont l'« id » est réservé (lo, hi, unknown)"
        elif not any(criterion.weight for criterion in self.criteria):
            fault = "n'a que des poids nuls"
        if fault:
            raise PydanticCustomError(FRENCH_FAULT, "{fault}", {"fault": fault})
        return self

    @property
    def weight_shares(self) -> Floats:
        """The weights brought to a sum of 1, in the order of the criteria."""
        weights = np.array([criterion.weight for criterion in self.criteria])
        return np.asarray(weights / weights.sum())

    def weighted(self, weights: Mapping[str, float]) -> "Scoring":
        """Return the same criteria with some weights replaced, by criterion id."""
        fields = self.model_dump()
        for criterion in fields["criteria"]:
            criterion["weight"] = weights.get(criterion["id"], criterion["weight"])
        return Scoring.model_validate(fields)
