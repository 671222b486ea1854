"""Services that give features by pages: how each is asked, in which coordinates."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from pyproj import Transformer

from data.digests import file_sha256
from data.downloads import Address, Kind
from data.paging import Box, Collected, Page, read_page
from data.replies import refusal_fr, unexpected
from data.transfer_state import Note, Partial, write_note
from geo.crs import EXCHANGE, WORKING

Get = Callable[[str], bytes]
"""Returns the body at an address: the only thing a service needs of the network."""

WFS_CRS = "urn:ogc:def:crs:EPSG::2154"
_MATCHED = re.compile(rb'numberMatched="(\d+)"')


def page_url(address: Address, url: str, box: Box, start: int = 0) -> str:
    """Return what is asked of the service at `url` for the features of `box` from `start`."""
    if address.kind is Kind.API_CARTO:
        return _api_carto_url(address, url, box, start)
    asked: dict[str, object] = {
        "OUTPUTFORMAT": "application/json",
        "SRSNAME": WFS_CRS,
        "COUNT": address.page_size,
        "STARTINDEX": start,
    }
    if address.sort_by:
        asked["SORTBY"] = address.sort_by
    return _wfs_url(address, url, box, asked)


def save(found: Collected, address: Address, *, url: str, path: Path) -> Note:
    """Write the features as one GeoJSON file, with its note; `url` is that of the first page."""
    partial = Partial(path)
    partial.path.parent.mkdir(parents=True, exist_ok=True)
    with partial.path.open("w", encoding="utf-8") as stream:
        stream.writelines(found.geojson())
    partial.path.replace(path)
    partial.forget()
    note = Note(
        url=url,
        title_fr=address.title,
        licence=address.licence,
        page=address.page,
        size_bytes=path.stat().st_size,
        sha256=file_sha256(path),
        feature_count=found.feature_count,
        page_count=found.page_count,
    )
    write_note(path, note)
    return note


@dataclass(frozen=True, slots=True)
class Features:
    """What `address` says of a service: a WFS 2.0 (OGC 09-025r2) or a module of API Carto."""

    address: Address
    url: str
    get: Get

    @property
    def can_page(self) -> bool:
        """Whether the starting index is honoured; the GPU module of API Carto ignores it."""
        return self.address.can_page

    @property
    def page_size(self) -> int:
        """How many features are asked for at once."""
        return self.address.page_size

    def page(self, box: Box, start: int) -> Page:
        """Return the features of `box` from `start`; the first page also says how many there are.

        A WFS is asked for the number apart (`resultType=hits`) when its answer has none.
        """
        url = page_url(self.address, self.url, box, start)
        page = read_page(self.get(url), url)
        if self.address.kind is Kind.API_CARTO:
            return page
        is_told = start > 0 or page.matched_count is not None
        return replace(
            page,
            crs=page.crs or {"type": "name", "properties": {"name": WFS_CRS}},
            matched_count=page.matched_count if is_told else self._hits(box),
        )

    def _hits(self, box: Box) -> int | None:
        url = _wfs_url(self.address, self.url, box, {"RESULTTYPE": "hits"})
        body = self.get(url)
        if reason := refusal_fr(body):
            raise unexpected(url, reason)
        found = _MATCHED.search(body)
        return None if found is None else int(found[1])


def _wfs_url(address: Address, url: str, box: Box, asked: Mapping[str, object]) -> str:
    bounds = f"{box.west_m:.2f},{box.south_m:.2f},{box.east_m:.2f},{box.north_m:.2f}"
    query = {
        "SERVICE": "WFS",
        "VERSION": "2.0.0",
        "REQUEST": "GetFeature",
        "TYPENAMES": address.type_name,
        **asked,
        "BBOX": f"{bounds},{WFS_CRS}",
    }
    return _joined(url, query)


def _api_carto_url(address: Address, url: str, box: Box, start: int) -> str:
    """API Carto reads a GeoJSON shape in degrees, and `_limit` and `_start` where it pages."""
    asked: dict[str, object] = {"geom": json.dumps(_shape_wgs84(box), separators=(",", ":"))}
    if address.can_page:
        asked |= {"_limit": address.page_size, "_start": start}
    return _joined(url, asked)


def _shape_wgs84(box: Box) -> dict[str, object]:
    """Return the rectangle of degrees that holds `box`."""
    to_degrees = Transformer.from_crs(WORKING, EXCHANGE, always_xy=True)
    bounds = to_degrees.transform_bounds(box.west_m, box.south_m, box.east_m, box.north_m)
    west, south, east, north = (round(degrees, 6) for degrees in bounds)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _joined(url: str, query: Mapping[str, object]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query, safe=':,')}"
