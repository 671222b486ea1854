"""Existing charging stations: rows of points of charge gathered by place."""

import geopandas as gpd
import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import (
    Context,
    Layer,
    Normalised,
    Role,
    integer_column,
    number_column,
    text_column,
)
from layers.codes import insee_codes, numbers
from layers.keys import shape_ids

MAX_POWER_KW = 4_000
"""No charger is stronger (megawatt charging for lorries included); above, it is watts."""

OUTSIDE_ITINERANCE = "non concern"
"""IRVE schema: «Non concerné» stands for the id of a station outside the itinerance scheme."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a station; its points are counted by row, never by summing `nbre_pdc`.

    A station without an id of its own is known by its place. A point of charge given twice
    counts once. A power no charger has is missing.
    """
    del context
    published_kw, issues = numbers(raw, "power_kw")
    too_strong = published_kw > MAX_POWER_KW
    points = raw.assign(
        station_id=_named(raw["station_id"]).fillna(shape_ids(raw["geometry"])),
        point_id=_named(raw["point_id"]),
        commune=insee_codes(raw["commune"])[0] if "commune" in raw else None,
        power_kw=published_kw.mask(too_strong),
    ).sort_values(["station_id", "point_id", "row"])
    again = points["point_id"].notna() & points.duplicated(["station_id", "point_id"])
    stations = (
        points[~again]
        .groupby("station_id", sort=True, as_index=False)
        .agg(
            row=("row", "min"),
            name=("name", "first"),
            commune=("commune", "first"),
            point_count=("row", "size"),
            power_kw=("power_kw", "max"),
            geometry=("geometry", "first"),
        )
    )
    found = (
        *issues,
        *issue_if(
            rows_where(raw, too_strong),
            "IRVE-PUISSANCE",
            Action.NOTED,
            "Puissance hors d'échelle, sans doute en watts : laissée manquante.",
        ),
        *issue_if(
            sorted(rows_where(points, again)),
            "IRVE-DOUBLE",
            Action.SET_ASIDE,
            "Point de charge déjà lu : compté une fois.",
        ),
    )
    return Normalised(gpd.GeoDataFrame(stations, crs=raw["geometry"].crs), found)


def _named(published: pd.Series) -> pd.Series:
    """Return the identifiers, missing where the producer says that there is none."""
    text = published.astype("string").str.strip()
    is_outside = text.str.casefold().str.startswith(OUTSIDE_ITINERANCE).fillna(value=False)
    return text.mask(is_outside.astype(bool))


LAYER = Layer(
    layer_id="stations",
    title_fr="Stations de recharge existantes",
    role=Role.DEMAND,
    key="station_id",
    columns={
        "station_id": text_column(nullable=False),
        "name": text_column(),
        "commune": text_column(),
        "point_count": integer_column(minimum=1),
        "power_kw": number_column(minimum=0),
    },
    normalise=normalise,
)
