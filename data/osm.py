"""Road edges of an OpenStreetMap XML extract, obtained and simplified by osmnx."""

from pathlib import Path
from xml.etree.ElementTree import ParseError

import geopandas as gpd
import networkx as nx
import osmnx as ox
import pandas as pd

from geo.errors import InputError

DRIVABLE = frozenset(
    {"motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"}
    | {"motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"}
    | {"living_street", "service", "road"}
)
"""Values of `highway` a lorry may meet; paths, tracks and works are left out."""

PRIVATE_ACCESS = frozenset({"no", "private"})


def read_osm_edges(path: Path) -> gpd.GeoDataFrame:
    """Return the road edges of `path` (EPSG:4326, `length` in metres), one row a stretch.

    Ways that are no public road (buildings, paths, private drives) are removed first; osmnx
    then merges what is left between two junctions (Boeing 2025, Geographical Analysis 57(4)),
    so that an edge is a stretch of road a driver would recognise.
    """
    try:
        graph = ox.graph_from_xml(path, bidirectional=True, simplify=False, retain_all=True)
        roads = ox.simplify_graph(_roads_only(graph))
        edges = ox.graph_to_gdfs(ox.convert.to_undirected(roads), nodes=False).reset_index()
    except (ParseError, ValueError) as error:
        raise InputError(
            f"« {path.name} » ne contient aucune route exploitable.",
            "Vérifiez que l'extrait OpenStreetMap contient des éléments « highway ».",
        ) from error
    texts = {name: _first_texts(edges, name) for name in ("osmid", "highway", "name")}
    return edges.assign(**texts)[["osmid", "highway", "name", "length", "geometry"]]


def _roads_only(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return `graph` without the edges no public vehicle may use, nor the nodes then alone."""
    kept = graph.copy()
    kept.remove_edges_from(
        [
            edge
            for *edge, tags in graph.edges(keys=True, data=True)
            if tags.get("highway") not in DRIVABLE or tags.get("access") in PRIVATE_ACCESS
        ]
    )
    kept.remove_nodes_from(list(nx.isolates(kept)))
    return kept


def _first_texts(edges: pd.DataFrame, name: str) -> pd.Series:
    """Return one text a row where osmnx lists those of the merged ways; missing stays missing."""
    if name not in edges:
        return pd.Series(None, index=edges.index, dtype=object)
    return edges[name].map(_first_text, na_action="ignore")


def _first_text(value: object) -> str:
    return min(str(item) for item in value) if isinstance(value, list) else str(value)
