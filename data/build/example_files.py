"""Writers: each table in the container its producer publishes, the same bytes every time."""

import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from data.build.example_shapes import Geometries
from geo.crs import EXCHANGE, WORKING

WRITTEN_AT: Final = "2024-06-01T00:00:00.000Z"
"""Date of every generated file: a GeoPackage keeps the day it was written."""

DEGREE_DECIMALS: Final = 7
DRIVEN: Final = (
    *("motorway", "motorway_link", "secondary", "tertiary", "unclassified", "residential"),
)
SPEED_KMH: Final = {
    "motorway": 130,
    "motorway_link": 50,
    "secondary": 80,
    "tertiary": 80,
    "unclassified": 50,
    "residential": 30,
}


def write_geopackage(path: Path, table: gpd.GeoDataFrame, layer: str) -> Path:
    """Write `table` as the only layer of a new GeoPackage; return `path`."""
    path.unlink(missing_ok=True)
    return append_geopackage(path, table, layer)


def append_geopackage(path: Path, table: gpd.GeoDataFrame, layer: str) -> Path:
    """Write `table` after what the only layer of a GeoPackage of fixed date holds, if any."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN_AT})
    try:
        pyogrio.write_dataframe(table, path, layer=layer, driver="GPKG", append=path.exists())
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    return path


def write_csv(path: Path, table: pd.DataFrame, *, separator: str, has_bom: bool = False) -> Path:
    """Write `table` as text, with the mark that spreadsheets expect if `has_bom`."""
    encoding = "utf-8-sig" if has_bom else "utf-8"
    table.to_csv(path, sep=separator, index=False, encoding=encoding, lineterminator="\n")
    return path


@contextmanager
def etalab_geojson(path: Path, *, with_ids: bool) -> Iterator[Callable[[gpd.GeoDataFrame], None]]:
    """Give a function that adds a table to a file as Etalab writes it, complete on leaving.

    Gzip, a feature a line, longitude and latitude at 7 decimals; `with_ids`: each feature
    repeats the column `id` beside its properties.
    """
    separators = chain([b""], repeat(b",\n"))
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:

        def add(table: gpd.GeoDataFrame) -> None:
            if len(table):
                lines = ",\n".join(_features(table, with_ids=with_ids))
                packed.write(next(separators) + lines.encode())

        packed.write(b'{"type":"FeatureCollection","features":[\n')
        yield add
        packed.write(b"\n]}\n")


def _degrees(shapes: gpd.GeoSeries) -> Geometries:
    wgs84 = shapes.to_crs(EXCHANGE).to_numpy()
    return np.asarray(shapely.transform(wgs84, lambda xy: xy.round(DEGREE_DECIMALS)), dtype=object)


def _features(table: gpd.GeoDataFrame, *, with_ids: bool) -> Iterator[str]:
    told = pd.DataFrame(table.drop(columns="geometry")).to_json(
        orient="records", lines=True, force_ascii=False
    )
    shapes = shapely.to_geojson(_degrees(table.geometry))
    names = [f'"id":"{name}",' for name in table["id"]] if with_ids else [""] * len(table)
    for name, geometry, properties in zip(names, shapes, told.splitlines(), strict=True):
        yield f'{{"type":"Feature",{name}"geometry":{geometry},"properties":{properties}}}'


def write_osm(path: Path, ways: gpd.GeoDataFrame, *, source: str) -> Path:
    """Write the driven ways as OpenStreetMap XML, joined where they meet on the ground.

    Motorways meet other roads by their ramps only: a crossing without a common node is a bridge.
    """
    segments = _noded(ways[ways["kind"].isin(DRIVEN)])
    xy, owner = shapely.get_coordinates(_degrees(segments.geometry), return_index=True)
    nodes, node_of = np.unique(xy, axis=0, return_inverse=True)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        stream.write(f'<osm version="0.6" generator={quoteattr(source)}>\n')
        stream.writelines(_node_lines(nodes))
        stream.writelines(_way_lines(segments, node_of.ravel() + 1, owner))
        stream.write("</osm>\n")
    return path


def _noded(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the ways cut where they meet, each piece with what its way is called."""
    is_motorway = ways["kind"] == "motorway"
    others = ways[~is_motorway].reset_index(drop=True)
    pieces = shapely.get_parts(shapely.union_all(others.geometry.to_numpy(), grid_size=0.01))
    pieces = pieces[np.argsort(shapely.to_wkb(pieces))]
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    tree = shapely.STRtree(others.geometry.to_numpy())
    (at, found), _ = tree.query_nearest(middle, return_distance=True)
    # Where two ways share a piece, the first of the table (the greater road) names it.
    _, first = np.unique(at, return_index=True)
    named = others.iloc[found[first]].reset_index(drop=True)
    cut = named.set_geometry(gpd.GeoSeries(pieces, crs=WORKING))
    both = pd.concat([ways[is_motorway], cut], ignore_index=True)
    return gpd.GeoDataFrame(both, crs=WORKING)


def _node_lines(nodes: np.ndarray) -> Iterator[str]:
    for number, (lon, lat) in enumerate(nodes.tolist(), start=1):
        yield f' <node id="{number}" lat="{lat}" lon="{lon}" version="1" visible="true"/>\n'


def _way_lines(segments: gpd.GeoDataFrame, node_of: np.ndarray, owner: np.ndarray) -> Iterator[str]:
    bounds = np.searchsorted(owner, np.arange(len(segments) + 1))
    for number, (kind, name, ref) in enumerate(_tags(segments)):
        refs = node_of[bounds[number] : bounds[number + 1]]
        kept = refs[np.r_[True, refs[1:] != refs[:-1]]]
        if len(kept) < 2:  # noqa: PLR2004 - a way has two ends
            continue
        yield f' <way id="{number + 1}" version="1" visible="true">\n'
        yield from (f'  <nd ref="{node}"/>\n' for node in kept.tolist())
        tags = {"highway": kind, "name": name, "ref": ref, "maxspeed": str(SPEED_KMH[kind])}
        yield from (f'  <tag k="{k}" v={quoteattr(v)}/>\n' for k, v in tags.items() if v)
        yield " </way>\n"


def _tags(segments: gpd.GeoDataFrame) -> Iterable[tuple[str, str, str]]:
    return segments[["kind", "name", "ref"]].itertuples(index=False, name=None)


def trimmed(codes: pd.Series) -> pd.Series:
    """Return codes without their leading zeros, as Etalab writes sections and numbers."""
    return codes.map(lambda code: re.sub(r"^0+(?=.)", "", code))
