"""Keys of rows whose producer gives no identifier one can trust."""

import hashlib

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

DIGEST_BYTES = 8
"""Two of a million shapes meet by chance once in 37 million times."""


def shape_ids(shapes: gpd.GeoSeries, names: pd.Series | None = None) -> pd.Series:
    """Return an id for each shape that depends on nothing but its outline and its name.

    The same shape read from two files, or at another row, has the same id. Coordinates count
    to the centimetre, so that two versions of a projection library agree.
    """
    rounded = shapely.transform(shapes.to_numpy(), lambda xy: np.round(xy, 2))
    outlines = shapely.to_wkb(shapely.normalize(rounded))
    prints = [hashlib.blake2b(wkb or b"", digest_size=DIGEST_BYTES).hexdigest() for wkb in outlines]
    ids = pd.Series(prints, index=shapes.index, dtype="string")
    return ids if names is None else names.astype("string").str.cat(ids, sep="#", na_rep="")


def named_shape_ids(shapes: gpd.GeoSeries, names: pd.Series) -> pd.Series:
    """Return the producer's id and the outline's; the outline's alone where there is no name."""
    outlines = shape_ids(shapes)
    return names.astype("string").str.cat(outlines, sep="#").fillna(outlines)


def joined_ids(first: pd.Series, *others: pd.Series) -> pd.Series:
    """Return the values of each row joined by hyphens; a missing one leaves its place empty.

    Without `first`, nothing names the row: its id is missing.
    """
    parts = pd.DataFrame({n: part.astype("string") for n, part in enumerate(others)})
    ids = first.astype("string").str.cat(parts, sep="-", na_rep="")
    return ids.astype(object).where(first.notna(), None)
