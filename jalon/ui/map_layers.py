"""Tables as layers of the map: few properties, coarse coordinates, one style each."""

import json
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import to_exchange
from jalon.ui.map_styles import MAP_STYLES
from jalon.ui.parcel_map import MapLayer, MapView
from jalon.ui.routes import publish

MAP_DECIMALS = 6
"""About ten centimetres: enough for the eye; exports keep seven."""

MARGIN_SHARE = 0.04

MAX_SHOWN_COUNT = 20_000
"""Features of one layer a browser without graphics card still moves with ease."""


def map_layer(
    name: str, frame: gpd.GeoDataFrame, properties: Mapping[str, str], *, is_visible: bool = True
) -> MapLayer:
    """Return `frame` published as the layer styled `name`; `properties` maps names to columns."""
    style = MAP_STYLES[name]
    return MapLayer(
        layer_id=name,
        title_fr=style.title_fr,
        url=publish(_geojson(frame, properties)),
        kind=style.kind,
        style=style.style,
        legend=style.legend,
        is_visible=is_visible,
        is_clickable=style.is_clickable,
    )


def largest(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the `MAX_SHOWN_COUNT` largest rows of `frame`, in their order."""
    if len(frame) <= MAX_SHOWN_COUNT:
        return frame
    return frame.loc[frame.area.nlargest(MAX_SHOWN_COUNT).index].sort_index()


def _geojson(frame: gpd.GeoDataFrame, properties: Mapping[str, str]) -> bytes:
    shapes = to_exchange(frame).geometry.to_numpy()
    coarse = shapely.transform(shapes, lambda xy: np.round(xy, MAP_DECIMALS))
    columns = {name: frame[column].astype(str).tolist() for name, column in properties.items()}
    rows = (
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    )
    features = ",".join(
        f'{{"type":"Feature","geometry":{shape},"properties":{json.dumps(row)}}}'
        for shape, row in zip(shapely.to_geojson(coarse), rows, strict=True)
        if shape
    )
    return f'{{"type":"FeatureCollection","features":[{features}]}}'.encode()


def view_of(frame: gpd.GeoDataFrame) -> MapView:
    """Return the window that holds `frame` with a small margin."""
    west, south, east, north = to_exchange(frame).total_bounds
    dx, dy = MARGIN_SHARE * (east - west), MARGIN_SHARE * (north - south)
    return MapView(west=west - dx, south=south - dy, east=east + dx, north=north + dy)
