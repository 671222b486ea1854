"""The shipped communes of the regions Jalon knows, as built by `data.build.territories`."""

import re
from enum import StrEnum

import geopandas as gpd
import pandas as pd

from data.manifest import EmbeddedFile, checked_file, read_manifest
from geo.errors import InputError

COMMUNE_NAMES = "commune_names.parquet"
MERGED_COMMUNES = "merged_communes.parquet"

FILE_PATTERN = re.compile(r"communes_(?P<region>\w{2})\.parquet")


class GeometrySource(StrEnum):
    """How the outline of a commune was obtained from the published ones."""

    PUBLISHED = "published"
    FORMER_ADDED = "former_added"  # a merger younger than the outlines
    REBUILT = "rebuilt"  # no outline: that of its delegated communes, one version before
    RESTORED_REMOVED = "restored_removed"  # communes restored since were taken out
    PARCELS = "parcels"  # none at all: the hull of the parcels imported there


class MairieSource(StrEnum):
    """What the point of a commune is."""

    MAIRIE = "mairie"
    REPRESENTATIVE_POINT = "representative_point"


def embedded_regions() -> tuple[str, ...]:
    """Return the INSEE codes of the shipped regions, sorted."""
    return tuple(sorted(manifest()))


def read_communes(region: str) -> gpd.GeoDataFrame:
    """Return the communes of `region` (INSEE code) in Lambert-93, sorted by their code `insee`.

    Outlines are generalised (a vertex every 560 m or so): right for maps and sums, wrong for
    deciding in which commune a parcel near a border lies. A population may be 0.
    """
    files = manifest()
    if region not in files:
        raise InputError(
            f"La région « {region} » n'est pas fournie avec Jalon.",
            f"Régions fournies (codes INSEE) : {', '.join(sorted(files))}.",
        )
    return gpd.read_parquet(checked_file(files[region].name))


def read_commune_names() -> pd.DataFrame:
    """Return the names, EPCI and population of every commune of France, sorted by `insee`."""
    return pd.read_parquet(checked_file(COMMUNE_NAMES))


def merged_communes() -> pd.DataFrame:
    """Return the communes of France that have parts, sorted by `insee`: how many, of each kind.

    `created_on` is missing everywhere: no package read dates the creations. `delegated_count`
    counts the communes déléguées, which exist only since the law of 16 December 2010;
    `associated_count` those of the merges of 1971.
    """
    return pd.read_parquet(checked_file(MERGED_COMMUNES))


def manifest() -> dict[str, EmbeddedFile]:
    """Return, for each shipped region, its vintage, licence, attribution, sources and counts."""
    matches = ((FILE_PATTERN.fullmatch(entry.name), entry) for entry in read_manifest().files)
    return {match["region"]: entry for match, entry in matches if match}
