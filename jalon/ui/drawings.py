"""What a user drew on a map: read from the browser, measured, kept from run to run."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict

import geopandas as gpd
import shapely
import streamlit as st

from geo.crs import EXCHANGE, METROPOLITAN_FRANCE_WGS84, to_working
from geo.errors import raise_all
from geo.shapes import area_ha

MAX_DRAWINGS_COUNT = 200
MAX_POSITIONS_COUNT = 2_000
DECIMALS = 7  # about 1 cm, as RFC 7946 advises
WINDOW = shapely.box(*METROPOLITAN_FRANCE_WGS84)  # where Lambert-93 measures truly


class PolygonWgs84(TypedDict):
    """A GeoJSON polygon (RFC 7946): longitude, latitude in degrees."""

    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One polygon drawn by hand, with an identifier that editing does not change."""

    drawing_id: str
    geometry: PolygonWgs84
    area_ha: float


@dataclass(frozen=True, slots=True)
class HeldDrawings:
    """The drawings of a map and how often Python replaced them.

    The browser answers with the revision it started from: an answer given before a
    replacement arrived is older than it, and is not read.
    """

    revision: int
    drawings: tuple[Drawing, ...]


def drawing_of(drawing_id: str, polygon: shapely.Polygon) -> Drawing:
    """Return a WGS84 polygon as a drawing, counter-clockwise, measured in Lambert-93."""
    oriented = shapely.orient_polygons(polygon)
    rings = [oriented.exterior, *oriented.interiors]
    geometry: PolygonWgs84 = {
        "type": "Polygon",
        "coordinates": [
            [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring.coords] for ring in rings
        ],
    }
    measured = area_ha(to_working(gpd.GeoSeries([oriented], crs=EXCHANGE)))
    return Drawing(drawing_id, geometry, area_ha=float(measured[0]))


def held_drawings(key: str, *, first: tuple[Drawing, ...]) -> HeldDrawings:
    """Return what the map `key` holds in this session; `first` when it never showed."""
    held: HeldDrawings = st.session_state.get(_state_key(key), HeldDrawings(0, first))
    return held


def hold_drawings(key: str, held: HeldDrawings) -> None:
    """Keep the drawings of the map `key`, also while another page is open."""
    st.session_state[_state_key(key)] = held


def replace_drawings(key: str, drawings: Iterable[Drawing]) -> None:
    """Make the map `key` show exactly `drawings` at its next run (loading, clearing, undoing)."""
    revision = held_drawings(key, first=()).revision + 1
    hold_drawings(key, HeldDrawings(revision, tuple(drawings)))


def _state_key(key: str) -> str:
    return f"jalon-map-drawings/{key}"


def read_answer(answer: object, held: HeldDrawings) -> HeldDrawings:
    """Return what the browser says is drawn, or `held` when it says nothing newer."""
    if not isinstance(answer, Mapping) or not _is_current(answer.get("revision"), held):
        return held
    return HeldDrawings(int(answer["revision"]), read_drawings(answer.get("drawings")))


def _is_current(revision: object, held: HeldDrawings) -> bool:
    return isinstance(revision, int) and revision >= held.revision


def read_drawings(raw: object) -> tuple[Drawing, ...]:
    """Return the polygons of a browser's answer; raise InputError naming each one refused."""
    listed = raw if isinstance(raw, list) else []
    pairs = [(_identifier(one), _polygon(one)) for one in listed]
    faults = [
        f"dessin {rank} : {fault}" for rank, pair in enumerate(pairs, 1) for fault in _faults(*pair)
    ]
    if len(listed) > MAX_DRAWINGS_COUNT:
        faults.append(f"{len(listed)} dessins, pour {MAX_DRAWINGS_COUNT} au plus")
    raise_all(faults, subject="Dessins refusés", hint="Rechargez la page et recommencez le dessin.")
    return tuple(drawing_of(name, shape) for name, shape in pairs if shape is not None)


def _identifier(raw: object) -> str:
    return str(raw.get("drawing_id") or "") if isinstance(raw, Mapping) else ""


def _polygon(raw: object) -> shapely.Polygon | None:
    """Return the shape of one answer; None when it is no polygon at all."""
    geometry = raw.get("geometry") if isinstance(raw, Mapping) else None
    shape = shapely.from_geojson(json.dumps(geometry), on_invalid="ignore")
    return shape if isinstance(shape, shapely.Polygon) and not shape.is_empty else None


def _faults(identifier: str, shape: shapely.Polygon | None) -> list[str]:
    if shape is None:
        return ["ce n'est pas un polygone"]
    positions_count = int(shapely.get_num_coordinates(shape))
    checks = {
        "sans identifiant": identifier == "",
        f"{positions_count} sommets, pour {MAX_POSITIONS_COUNT} au plus": positions_count
        > MAX_POSITIONS_COUNT,
        "hors de France métropolitaine": not WINDOW.contains(shape),
        "le contour se croise": not shape.is_valid,
    }
    return [fault for fault, is_found in checks.items() if is_found]
