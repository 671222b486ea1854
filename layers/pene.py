"""Projects of national or European scale (PENE), whose land the nation's budget carries.

Arrêté du 31 mai 2024, annex 1 (counted apart) and annex 2 (may be counted apart later).
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import dates_iso

SHARED_M2 = 1.0
"""Two drawings of one limit share less than this."""

FIRST_PAIRS_SHOWN = 4

ANNEXES = {"1": "1", "i": "1", "2": "2", "ii": "2"}


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a project; an annex that is neither the first nor the second is missing."""
    del context
    said = raw["annex"].astype("string").str.casefold().str.removesuffix(".0")
    annex = said.str.removeprefix("annexe").str.strip().map(ANNEXES).astype(object)
    table = raw.assign(annex=annex)
    if "updated_on" in raw:
        table["updated_on"] = dates_iso(raw["updated_on"])
    message = "Annexe de l'arrêté ni 1 ni 2 : laissée manquante."
    outside = issue_if(rows_where(raw, annex.isna()), "PENE-ANNEXE", Action.NOTED, message)
    return Normalised(table, (*outside, *_overlapping(raw)))


def _overlapping(raw: pd.DataFrame) -> tuple[Issue, ...]:
    """Return the issue of the projects whose outlines overlap, with both rows of each pair."""
    if not isinstance(raw, gpd.GeoDataFrame) or raw.empty:
        return ()
    shapes = raw.geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    shared_m2 = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    rows = raw["row"].to_numpy()
    both = np.sort(np.column_stack([rows[left], rows[right]])[shared_m2 > SHARED_M2], axis=1)
    pairs = [f"lignes {first} et {second}" for first, second in np.unique(both, axis=0)]
    more = ["…"] if len(pairs) > FIRST_PAIRS_SHOWN else []
    told = " ; ".join([*pairs[:FIRST_PAIRS_SHOWN], *more])
    message = f"Contours qui se recouvrent ({told}) : la surface commune n'est à ôter qu'une fois."
    named = sorted({int(row) for row in both.ravel()})
    return issue_if(named, "PENE-CHEVAUCHE", Action.NOTED, message)


LAYER = Layer(
    layer_id="pene",
    title_fr="Projets d'envergure nationale ou européenne (PENE)",
    role=Role.LEDGER,
    key="project_id",
    columns={
        "project_id": text_column(nullable=False),
        "name": text_column(),
        "annex": text_column(),
        "updated_on": text_column(),
    },
    normalise=normalise,
)
