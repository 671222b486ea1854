"""Shapes written as text in the cells of a table: GeoJSON or WKT, in degrees or in metres."""

import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.issues import Action, Issue, issue_if, rows_where
from geo.crs import EXCHANGE, WORKING
from geo.shapes import Geometries

SHAPE_TEXT_COLUMN = "shape_text"

MAX_DEGREES = 180

EWKT_PREFIX = re.compile(r"^\s*SRID\s*=\s*\d+\s*;\s*", re.IGNORECASE)


def drawn(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return `frame` with the shapes of its column `shape_text`, if it has one and no other.

    Coordinates above 180 are metres, read as Lambert-93 whatever the format promises (RFC 7946
    wants degrees). A ring never closed is closed. A cell that cannot be read has no shape.
    """
    if SHAPE_TEXT_COLUMN not in frame or isinstance(frame, gpd.GeoDataFrame):
        return frame, ()
    texts = frame[SHAPE_TEXT_COLUMN].astype(object)
    cells = texts.where(texts.notna(), None).to_numpy()
    shapes = _as_written(cells)
    is_broken = shapely.is_missing(shapes)
    shapes[is_broken] = _mended(cells[is_broken])
    was_mended = is_broken & ~shapely.is_missing(shapes)
    is_metric = _is_metric(shapes)
    placed = gpd.GeoDataFrame(frame, geometry=_in_one_system(shapes, is_metric))
    return placed, (
        *_told(
            frame, was_mended, "LEC-ANNEAU", "Contour jamais refermé dans la cellule : refermé."
        ),
        *_told(
            frame,
            is_metric,
            "LEC-METRES",
            "Contour écrit en mètres dans une cellule de texte : lu en Lambert-93.",
        ),
    )


def _told(
    frame: pd.DataFrame, mask: np.ndarray, rule_id: str, message_fr: str
) -> tuple[Issue, ...]:
    rows = rows_where(frame, pd.Series(mask, index=frame.index))
    return issue_if(rows, rule_id, Action.REPAIRED, message_fr)


def _as_written(cells: np.ndarray) -> Geometries:
    """Return the shapes of the cells that follow their format to the letter, else None."""
    is_json = _is_json(cells)
    shapes = np.full(len(cells), None, dtype=object)
    shapes[is_json] = shapely.from_geojson(cells[is_json], on_invalid="ignore")
    shapes[~is_json] = shapely.from_wkt(_without_srid(cells[~is_json]), on_invalid="ignore")
    return shapes


def _mended(cells: np.ndarray) -> Geometries:
    """Return the shapes of the cells with every ring closed; None where that does not help."""
    is_json = _is_json(cells)
    shapes = np.full(len(cells), None, dtype=object)
    shapes[is_json] = [_from_open_geojson(cell) for cell in cells[is_json]]
    shapes[~is_json] = shapely.from_wkt(_without_srid(cells[~is_json]), on_invalid="fix")
    return shapes


def _is_json(cells: np.ndarray) -> np.ndarray:
    return np.array([isinstance(c, str) and c.lstrip().startswith("{") for c in cells], dtype=bool)


def _without_srid(cells: np.ndarray) -> np.ndarray:
    bare = [EWKT_PREFIX.sub("", c) if isinstance(c, str) else None for c in cells]
    return np.array(bare, dtype=object)


def _from_open_geojson(cell: str) -> shapely.Geometry | None:
    """Return the shape of a GeoJSON geometry whose rings may be open, quoted «'» or «"»."""
    try:
        return shapely.geometry.shape(json.loads(cell.replace("'", '"')))
    except (
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        shapely.errors.ShapelyError,
    ):
        return None


def _is_metric(shapes: Geometries) -> np.ndarray:
    bounds = np.abs(shapely.bounds(shapes))
    metric: np.ndarray = np.nan_to_num(bounds).max(axis=1, initial=0) > MAX_DEGREES
    return metric


def _in_one_system(shapes: Geometries, is_metric: np.ndarray) -> gpd.GeoSeries:
    """Return the shapes in degrees, or in Lambert-93 as soon as one of them is in metres."""
    if not is_metric.any():
        return gpd.GeoSeries(shapes, crs=EXCHANGE)
    mixed = shapes.copy()
    mixed[~is_metric] = gpd.GeoSeries(shapes[~is_metric], crs=EXCHANGE).to_crs(WORKING).to_numpy()
    return gpd.GeoSeries(mixed, crs=WORKING)
