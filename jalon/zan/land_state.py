"""Ground as OCS GE shows it, and as a project would make it: what is artificial of it.

Order of the thresholds (docs/method.md): buildings and strips are qualified first, then the
patches of contiguous ground are read beyond every limit of parcel, small non-artificial ones
enclosed are absorbed (T1), small artificial ones are dropped but for what is built or a wide
strip (T2, T3), and T1 again closes the yards T2 opened inside buildings. T1 comes first as in the
ministry's own numbering, so that a ring and the ground it encloses are weighed together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WORKING
from geo.overlay import Floats, Mask, Positions
from geo.thresholds import (
    NO,
    UNTOLD,
    YES,
    Kinds,
    Partition,
    absorbed,
    at,
    first_holders,
    mostly_beside,
    partition,
    patch_m2,
    patches,
    reaches,
    strip_width_m,
)
from jalon.zan.law import Law
from jalon.zan.matrix import (
    BUILT,
    LINEAR_COVERS,
    LINEAR_USES,
    MINERAL,
    PAVED,
    ThresholdKind,
    are_artificial,
    threshold,
)

WIDTH_TOLERANCE_M = 1e-3
"""A strip drawn within a millimetre of the minimum width reaches it."""

DECLARED = {"artif": YES, "oui": YES, "non artif": NO, "non": NO}
"""The producer's own field: its thresholds are already applied."""


class AfterKind(StrEnum):
    """What a project makes of the ground."""

    BUILT = "bâti"
    PAVED = "revêtu"
    MINERAL = "stabilisé"
    LAWN = "pelouse d'activité"
    ROAD = "voirie"
    PLANTED = "boisé"
    RESTORED = "renaturé"


CODES: Mapping[AfterKind, tuple[str, str]] = {
    AfterKind.BUILT: (BUILT, "US2"),
    AfterKind.PAVED: (PAVED, "US2"),
    AfterKind.MINERAL: (MINERAL, "US2"),
    AfterKind.LAWN: ("CS2.2.1", "US2"),
    AfterKind.ROAD: (PAVED, "US4.1.1"),
    AfterKind.PLANTED: ("CS2.1.1.1", "US2"),
    AfterKind.RESTORED: ("CS2.2.1", "US6.3"),
}
"""The cover and use OCS GE would show of each kind (R-NET-3, a convention of Jalon)."""


@dataclass(frozen=True)
class LandState:
    """Ground in faces: their codes, what each is by itself, and once thresholds are applied.

    `by_itself` is the matrix, or the producer's field where the two disagree; `computed`
    applies the thresholds to it; `kinds` is the answer: the producer's field, but where the
    project changes what is computed. `is_live` marks undetermined ground the project may move,
    `source` is the state before the project, whose faces these cut finer.
    """

    law: Law
    ground: Partition
    codes: pd.DataFrame
    by_itself: Kinds
    computed: Kinds
    kinds: Kinds
    width_m: Floats
    is_project: Mask
    is_live: Mask
    source: "LandState | None" = None

    @cached_property
    def shapes(self) -> gpd.GeoSeries:
        """The faces, in EPSG:2154."""
        return gpd.GeoSeries(self.ground.faces, crs=WORKING)


def before_state(land_cover: gpd.GeoDataFrame, law: Law) -> LandState:
    """Return the ground as it is: the producer's field first, the matrix elsewhere (R-NET-3).

    Where polygons overlap, the latest vintage speaks, then the first id.
    """
    land = land_cover.sort_values(
        ["vintage", "cover_id"], ascending=[False, True], na_position="last"
    )
    ground = partition(land.geometry)
    rows = land.iloc[first_holders(ground.faces, land.geometry.to_numpy())]
    codes = rows[["cover", "use"]].reset_index(drop=True)
    told = rows["is_artificial"].astype(object).map(DECLARED)
    declared = told.fillna(UNTOLD).to_numpy(dtype=np.int8)
    width_m = strip_width_m(ground, _is_linear(codes))
    by_matrix = _by_itself(ground, codes, width_m, law)
    computed = _thresholded(ground, codes, by_matrix, width_m, law)
    is_contradicted = (declared != UNTOLD) & (declared != computed)
    by_itself = np.where(is_contradicted, declared, by_matrix)
    if is_contradicted.any():
        computed = _thresholded(ground, codes, by_itself, width_m, law)
    kinds = np.where(declared == UNTOLD, computed, declared)
    nowhere = np.zeros(len(ground.faces), dtype=bool)
    return LandState(law, ground, codes, by_itself, computed, kinds, width_m, nowhere, nowhere)


def after_state(before: LandState, project: gpd.GeoDataFrame) -> LandState:
    """Return the ground once the pieces of `project` (columns kind, geometry) are made.

    `kind` is an AfterKind; where pieces overlap the first speaks. Ground the project does
    not change in the computation keeps its state before, the producer's included.
    """
    pieces = project.geometry
    ground = partition(pd.concat([pieces, before.shapes], ignore_index=True))
    of_piece = first_holders(ground.faces, pieces.to_numpy())
    of_face = first_holders(ground.faces, before.ground.faces)
    is_project = of_piece >= 0
    codes = _codes_after(before, project, of_piece, of_face)
    # A road does not narrow because its neighbour is built upon: it keeps its width before.
    earlier_m = np.where(is_project, np.nan, np.append(before.width_m, np.nan)[of_face])
    width_m = np.fmax(strip_width_m(ground, _is_linear(codes)), earlier_m)
    own = _by_itself(ground, codes, width_m, before.law)
    by_itself = np.where(is_project, own, at(before.by_itself, of_face))
    computed = _thresholded(ground, codes, by_itself, width_m, before.law)
    was, was_computed = at(before.kinds, of_face), at(before.computed, of_face)
    is_kept = ~is_project & (computed == was_computed)
    kinds = np.where(is_kept, was, computed)
    is_doubtful = (kinds == UNTOLD) | (was == UNTOLD) | (kinds != was)
    # A large polygon of unknown code keeps, whatever it is, what it was.
    large_m2 = threshold(ThresholdKind.COVER, before.law)
    is_doubtful &= ~reaches(patch_m2(ground, by_itself == UNTOLD), large_m2)
    is_live = _moved(ground, is_project, is_doubtful)
    told = (codes, by_itself, computed, kinds, width_m)
    return LandState(before.law, ground, *told, is_project, is_live, source=before)


def _is_linear(codes: pd.DataFrame) -> Mask:
    """Return the mask of the roads and railways, verges apart."""
    is_line = codes["cover"].isin(LINEAR_COVERS) & codes["use"].isin(LINEAR_USES)
    return is_line.to_numpy(dtype=bool)


def _by_itself(ground: Partition, codes: pd.DataFrame, width_m: Floats, law: Law) -> Kinds:
    """Return the kind of each face before any area counts: the matrix, but narrow strips.

    A strip narrower than the law's width is not qualified for itself (R-NET-5): it takes the
    kind of the ground it runs along on most of its limit (convention).
    """
    told = are_artificial(codes["cover"], codes["use"])
    kinds = told.astype("Int8").fillna(UNTOLD).to_numpy().astype(np.int8)
    is_narrow = width_m < threshold(ThresholdKind.LINEAR, law) - WIDTH_TOLERANCE_M
    is_dropped = is_narrow & (mostly_beside(ground, is_narrow, kinds) == NO)
    return np.where(is_dropped, NO, kinds).astype(np.int8)


def _thresholded(
    ground: Partition, codes: pd.DataFrame, kinds: Kinds, width_m: Floats, law: Law
) -> Kinds:
    """Return the kinds once T1, T2 but for T3 and wide strips, and T1 again are applied.

    A building keeps its own minimum as a site or in ruins: the ministry's tool knows but one
    rule for what is built, where the annex is silent on category 5.
    """
    below_m2 = threshold(ThresholdKind.COVER, law)
    built_m2 = patch_m2(ground, codes["cover"].eq(BUILT).to_numpy(dtype=bool))
    is_wide = width_m >= threshold(ThresholdKind.LINEAR, law) - WIDTH_TOLERANCE_M
    stays = reaches(built_m2, threshold(ThresholdKind.BUILT, law)) | is_wide
    closed = absorbed(ground, kinds, NO, below_m2=below_m2)
    dropped = absorbed(ground, closed, YES, below_m2=below_m2, stays=stays)
    return absorbed(ground, dropped, NO, below_m2=below_m2)


def _codes_after(
    before: LandState, project: gpd.GeoDataFrame, of_piece: Positions, of_face: Positions
) -> pd.DataFrame:
    """Return cover and use of each face: the project's where it stands, else those before."""
    made = pd.DataFrame(
        [CODES[AfterKind(kind)] for kind in project["kind"]], columns=["cover", "use"]
    )
    listed = pd.concat([made, before.codes], ignore_index=True).astype(object)
    position = np.where(of_piece >= 0, of_piece, len(made) + of_face)
    return listed.iloc[position].reset_index(drop=True)


def _moved(ground: Partition, is_project: Mask, is_doubtful: Mask) -> Mask:
    """Return the doubtful faces linked to the project through doubtful faces."""
    chain = is_project | is_doubtful
    patch = patches(ground, chain)
    is_reached = np.bincount(patch, is_project) > 0
    moved: Mask = chain & is_reached[patch]
    return moved
