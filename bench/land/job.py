"""The job, the same for every tool: from which files, which answers, and when two agree.

`area_m2`: the parcel. `zone_label`: the zone that covers most of it. `economic_m2`, `built_m2`,
`farmed_m2` and those of `RISKS` and `COVERS`: what the union of each family covers. `zae_name`,
`friche_id`: the one that holds at least half of it. `usable_m2`: its economic part (all of it
inside a ZAE or a verified friche) without the risk zones that are forbidden or of unknown
regulation nor, but on a verified friche, the buildings; `piece_m2`: the largest piece of that.
`road_m`: to the nearest road, missing beyond `ROAD_REACH_M`.

Nothing of Jalon is imported here: a rival does not pay for loading it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

LAYERS: Final = (
    *("parcels", "zoning", "risks", "buildings", "land_cover"),
    *("crops", "zae", "friches", "roads"),
)
NOMENCLATURE: Final = "nomenclature.parquet"
"""The class of each pair of codes of the OCS GE, beside the layers."""

ECONOMIC_LABELS: Final = ("1AUX", "2AUX", "UX", "UY", "UZ")
"""The economic zones of the generated territory; Jalon itself reads their wording."""

RISKS: Final = {
    "forbidden_m2": "interdiction",
    "unspecified_m2": "règlement non précisé",
    "conditional_m2": "prescriptions",
}
COVERS: Final = {
    "urbanised_m2": "urbanisé",
    "farm_m2": "agricole",
    "nature_m2": "naturel",
    "forest_m2": "forestier",
}
VERIFIED_FRICHES: Final = ("friche sans projet", "friche avec projet")
HOLDS_SHARE: Final = 0.5
ROAD_REACH_M: Final = 2_000.0

TEXTS: Final = ("zone_label", "zae_name", "friche_id")
AREAS: Final = (
    *("area_m2", "economic_m2", "built_m2", *RISKS, "farmed_m2", *COVERS),
    *("usable_m2", "piece_m2"),
)
TOLERANCES: Final = {**dict.fromkeys(AREAS, 1.0), "road_m": 0.01}
COLUMNS: Final = ("parcel_id", *TEXTS, *TOLERANCES)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How many parcels two tools answer differently in one column, and the first of them."""

    column: str
    parcel_count: int
    first_id: str
    ours: object
    theirs: object


def tables_of(workspace: Path, layer_id: str) -> list[Path]:
    """Return the GeoParquet files of one layer, in a fixed order."""
    return sorted((workspace / layer_id).glob("*.parquet"))


def write_answers(answers: pd.DataFrame, out: Path) -> None:
    """Write the columns of the job, one row a parcel in the order of identifiers."""
    ordered = answers[list(COLUMNS)].sort_values("parcel_id", ignore_index=True)
    ordered.to_parquet(out, index=False)


def disagreements(ours: Path, theirs: Path) -> list[Disagreement]:
    """Return every column where some parcel differs by more than its tolerance.

    A parcel that only one of the two files answers differs in its area at least.
    """
    left, right = (pd.read_parquet(path).set_index("parcel_id") for path in (ours, theirs))
    left, right = left.align(right, join="outer", axis=0)
    found = []
    for column in COLUMNS[1:]:
        differs = _differs(left[column], right[column], column)
        if differs.any():
            first = int(differs.to_numpy().argmax())
            values = left[column].iloc[first], right[column].iloc[first]
            found.append(Disagreement(column, int(differs.sum()), str(left.index[first]), *values))
    return found


def _differs(left: pd.Series, right: pd.Series, column: str) -> "pd.Series[bool]":
    if column in TEXTS:
        return left.astype(object).fillna("").ne(right.astype(object).fillna(""))
    near = np.isclose(left, right, rtol=0.0, atol=TOLERANCES[column], equal_nan=True)
    return pd.Series(~near, index=left.index)
