"""The interactive map of the pages: layers, legend, drawing, clicks; nothing leaves the machine."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum

import streamlit as st

from geo.crs import METROPOLITAN_FRANCE_WGS84
from jalon.ui.drawings import Drawing, HeldDrawings, held_drawings, hold_drawings, read_answer
from jalon.ui.routes import static_url

# The script only opens the bundle; the address is absolute because it runs from a blob.
LOADER = """
export default async (component) => {
  const { mount } = await import(new URL(component.data.bundle_url, window.location.origin));
  return mount(component);
};
"""

_mount = st.components.v2.component("jalon_parcel_map", js=LOADER)


class MapKind(StrEnum):
    """How the features of a layer are drawn."""

    FILL = "fill"
    LINE = "line"
    CIRCLE = "circle"


class Pattern(StrEnum):
    """A sign that tells a category without its colour.

    Fills may be hatched, dotted or hollow; circles hollow; lines dashed.
    """

    SOLID = "solid"
    HATCHED = "hatched"
    DOTTED = "dotted"
    HOLLOW = "hollow"
    DASHED = "dashed"


@dataclass(frozen=True, slots=True)
class ColourBy:
    """A colour, and a pattern if any, for each value of a property; others keep the layer's colour.

    Colours are `#rrggbb`. The order of `colours` is the order of the legend made from it.
    """

    property_name: str
    colours: Mapping[str, str]
    patterns: Mapping[str, Pattern] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LayerStyle:
    """How a layer looks; an empty `outline_colour` follows the fill, or is white round circles.

    `label_from_zoom` writes the label of each feature on the map from that zoom; None, never.
    """

    colour: str = "#4a6a8a"
    colour_by: ColourBy | None = None
    fill_opacity_share: float = 0.45
    outline_colour: str = ""
    outline_width_px: float = 1.0
    line_width_px: float = 2.0
    dash: tuple[float, ...] = ()
    radius_px: float = 6.0
    label_from_zoom: float | None = None


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of the legend."""

    label_fr: str
    colour: str
    pattern: Pattern = Pattern.SOLID


@dataclass(frozen=True, slots=True)
class MapLayer:
    """One published GeoJSON layer.

    `url` comes from `routes.publish`. `label_property` is shown as text under the pointer,
    lines broken at each newline. Without `legend`, the panel shows the values of `colour_by`,
    or only the title. `is_visible` is a first wish: the user's checkbox wins until it changes.
    """

    layer_id: str
    title_fr: str
    url: str
    kind: MapKind
    style: LayerStyle = field(default_factory=LayerStyle)
    id_property: str = "id"
    label_property: str = "label"
    legend: tuple[LegendEntry, ...] = ()
    is_visible: bool = True
    is_clickable: bool = False


@dataclass(frozen=True, slots=True)
class MapView:
    """The window to show, in WGS84 degrees; the map moves when it differs from the last one."""

    west: float
    south: float
    east: float
    north: float


WEST, SOUTH, EAST, NORTH = METROPOLITAN_FRANCE_WGS84
LIMITS = MapView(west=WEST - 8, south=SOUTH - 3, east=EAST + 8, north=NORTH + 3)
"""The window no map leaves: wide enough to show the borders of France in the middle of a map."""


@dataclass(frozen=True, slots=True)
class MapEvent:
    """What the user did: a click told in the one run it causes, and every drawing there is."""

    clicked_layer: str | None = None
    clicked_id: str | None = None
    drawings: tuple[Drawing, ...] = ()


def show_map(
    map_layers: Sequence[MapLayer],
    *,
    key: str,
    view: MapView,
    drawings: tuple[Drawing, ...] | None = None,
    selected: Sequence[str] = (),
    height_px: int = 560,
) -> MapEvent:
    """Show `map_layers`, the first one at the bottom, and return what the user did.

    `drawings` are those to start from; None shows a map without drawing tools. Once shown,
    the map holds its own drawings, on this page and back from another: only
    `drawings.replace_drawings(key, …)` changes them. `selected` identifiers are underlined
    in every clickable layer.
    """
    held = held_drawings(key, first=drawings or ())
    order = {
        "map_key": key,
        "bundle_url": static_url("map.js"),
        "worker_url": static_url("map-worker.js"),
        "height_px": height_px,
        "can_draw": drawings is not None,
        "view": asdict(view),
        "limits": asdict(LIMITS),
        "map_layers": [asdict(layer) for layer in map_layers],
        "selected": [str(identifier) for identifier in selected],
        "drawings": _told(held),
    }
    answer = _mount(key=key, data=order, on_clicked_change=_rerun, on_drawings_change=_rerun)
    held = read_answer(answer.drawings, held)
    hold_drawings(key, held)
    return _event(answer.clicked, held)


def _rerun() -> None:
    """Let the event rerun the page; Streamlit registers only events that have a callback."""


def _told(held: HeldDrawings) -> dict[str, object]:
    told = [{"drawing_id": one.drawing_id, "geometry": one.geometry} for one in held.drawings]
    return {"revision": held.revision, "drawings": told}


def _event(clicked: object, held: HeldDrawings) -> MapEvent:
    if not isinstance(clicked, Mapping):
        return MapEvent(drawings=held.drawings)
    return MapEvent(str(clicked["layer_id"]), str(clicked["feature_id"]), held.drawings)
