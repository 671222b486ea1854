"""A shortlist as one HTML page: folium's map, its scripts inside the file, nothing fetched."""

import html
import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import branca.element
import folium
import geopandas as gpd

from geo.crs import to_exchange
from jalon.export import SITE_FIELDS, geojson
from jalon.french import hectares, interval_ha
from jalon.model import GENERATED_FR, SiteStatus
from jalon.provenance import Provenance

LEAFLET = Path(__file__).parent / "ui" / "static" / "leaflet"

STYLE = """
html, body { height: auto !important; margin: 0; } /* folium's map would fill the window */
body { display: flex; flex-direction: column; font: 15px/1.45 sans-serif; color: #1f2933; }
h1 { order: 1; margin: 1rem; font-size: 1.4rem; }
.folium-map { order: 2; flex: none; }
.leaflet-control-scale-line + .leaflet-control-scale-line { display: none; } /* feet */
table, p { order: 3; margin: 1rem; }
table { border-collapse: collapse; }
th, td { padding: 0.4rem 0.6rem; border-bottom: 1px solid #cbd2d9; text-align: left; }
th, td { vertical-align: top; }
td:nth-child(1), td:nth-child(4), td:nth-child(5) { white-space: nowrap; }
p { margin-block: 0 0.6rem; color: #52606d; }
@media print { .folium-map { break-inside: avoid; } }
"""

COLOURS = {
    SiteStatus.AVAILABLE.value: "#0072b2",
    SiteStatus.CONDITIONAL.value: "#e69f00",
}
OTHER_COLOUR = "#6b6b6b"
"""Of Okabe and Ito's palette; the table and the tooltip say the status in words."""


def shortlist_page(sites: gpd.GeoDataFrame, source: Provenance) -> bytes:
    """Return a standalone page with the map and the table of `sites`.

    Leaflet's own script and style are written into the page; names from files are escaped.
    """
    west, south, east, north = to_exchange(sites).total_bounds
    page = folium.Map(tiles=None, height="420px", control_scale=True, zoom_control=True)
    page.default_js, page.default_css = [], []
    figure = branca.element.Figure()
    figure.add_child(page)
    style = (LEAFLET / "leaflet.css").read_text(encoding="utf-8")
    script = (LEAFLET / "leaflet.js").read_text(encoding="utf-8")
    figure.header.add_child(
        branca.element.Element(
            f"<title>{html.escape(source.title)}</title>"
            f"<style>{style}{STYLE}</style><script>{script}</script>"
        )
    )
    folium.GeoJson(
        _escaped(json.loads(geojson(sites, SITE_FIELDS, source))),
        tooltip=folium.GeoJsonTooltip(["identifiant", "statut"], ["Site", "Statut"]),
        style_function=_look,
    ).add_to(page)
    page.fit_bounds([[south, west], [north, east]])
    figure.html.add_child(branca.element.Element(_table(sites, source)))
    _number(figure)
    return figure.render().encode()


def _look(feature: Mapping[str, Any]) -> dict[str, object]:
    colour = COLOURS.get(feature["properties"]["statut"], OTHER_COLOUR)
    return {"color": colour, "weight": 2, "fillOpacity": 0.45}


def _number(element: branca.element.Element, start: int = 0) -> int:
    """Number an element and its children in their order: folium draws identifiers by lot."""
    element._id = f"{start:032x}"  # noqa: SLF001 - branca has no other way
    for child in element._children.values():  # noqa: SLF001 - idem
        start = _number(child, start + 1)
    return start


def _escaped(content: object) -> object:
    """Return `content` with every text escaped: Leaflet writes tooltips as HTML."""
    if isinstance(content, dict):
        return {key: _escaped(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_escaped(value) for value in content]
    return html.escape(content) if isinstance(content, str) else content


def _table(sites: gpd.GeoDataFrame, source: Provenance) -> str:
    heads = ("Site", "Commune", "Statut", "Surface utile", "Coût ENAF", "Raisons")
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(site)) + "</tr>"
        for site in sites.to_dict("records")
    )
    head = "".join(f"<th scope='col'>{name}</th>" for name in heads)
    return (
        f"<h1>{html.escape(source.title)}</h1><table><tr>{head}</tr>{rows}</table>"
        f"<p>{html.escape(source.line_fr)}</p>"
    )


def _cells(site: dict[Hashable, Any]) -> tuple[str, ...]:
    return (
        str(site["site_id"]),
        str(site["commune"]),
        f"{site['status']} ({GENERATED_FR})" if site["is_generated"] else str(site["status"]),
        hectares(site["usable_ha"]),
        interval_ha(site["enaf_lo_ha"], site["enaf_hi_ha"]),
        " ".join(site["reasons_fr"]),
    )
