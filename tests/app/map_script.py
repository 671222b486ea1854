"""A small application for the browser tests: 200 squares, a click counter, what was drawn."""

import json

import streamlit as st

from jalon.ui.drawings import replace_drawings
from jalon.ui.parcel_map import ColourBy, LayerStyle, MapKind, MapLayer, MapView, Pattern, show_map
from jalon.ui.routes import publish

SIDE = 0.01  # degrees
HOSTILE_NAME = "<img src=x onerror=window.__xss=1>"


def square(column: int, row: int) -> dict[str, object]:
    west, south = 7.6 + 2 * SIDE * column, 48.5 + 2 * SIDE * row
    east, north = west + SIDE, south + SIDE
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    identifier = f"P{column}-{row}"
    name = HOSTILE_NAME if identifier == "P10-5" else f"Parcelle {identifier}"
    return {
        "type": "Feature",
        "properties": {"id": identifier, "label": name, "kind": ["friche", "zae"][column % 2]},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


squares = [square(column, row) for column in range(20) for row in range(10)]
collection = {"type": "FeatureCollection", "features": squares}
kinds = ColourBy("kind", {"friche": "#c2571a", "zae": "#2f7d4f"}, {"zae": Pattern.HATCHED})
parcels = MapLayer(
    layer_id="parcels",
    title_fr="Parcelles",
    url=publish(json.dumps(collection).encode()),
    kind=MapKind.FILL,
    style=LayerStyle(colour_by=kinds),
    is_clickable=True,
)

st.button("Relancer")
if st.button("Tout effacer"):
    replace_drawings("carte", ())
if st.checkbox("Montrer la carte", value=True):
    event = show_map(
        [parcels],
        key="carte",
        view=MapView(7.58, 48.48, 8.02, 48.72),
        drawings=(),
        selected=["P3-3"],
    )
    if event.clicked_id:
        st.markdown(f"Choix : {event.clicked_layer} {event.clicked_id}")
    told = {drawing.drawing_id: drawing.geometry for drawing in event.drawings}
    st.code(json.dumps(told), language=None)
    st.markdown(f"Surface : {sum(drawing.area_ha for drawing in event.drawings):.2f} ha")
