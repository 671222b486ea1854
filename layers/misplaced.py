"""Sites whose place contradicts the commune they name: kept, and told."""

import geopandas as gpd
import pandas as pd
import shapely

from data.issues import Action, Issue, issue_if, rows_where
from layers.codes import departements
from layers.wordings import folded

TOLERANCE_M = 2_000.0
"""Shipped outlines of communes are generalised, and a friche may straddle a limit."""


def misplaced(table: pd.DataFrame, communes: gpd.GeoDataFrame | None) -> tuple[Issue, ...]:
    """Return the issues of the rows of `table` (columns commune, commune_name) put elsewhere.

    A commune that `communes` does not hold is compared by département only.
    """
    if communes is None or not isinstance(table, gpd.GeoDataFrame) or table.empty:
        return ()
    return (
        *_far_from_their_commune(table, communes),
        *_in_another_departement(table, communes),
        *_named_otherwise(table, communes),
    )


def _far_from_their_commune(
    table: gpd.GeoDataFrame, communes: gpd.GeoDataFrame
) -> tuple[Issue, ...]:
    outlines = communes.set_index("insee").geometry.reindex(table["commune"])
    gap_m = shapely.distance(table.geometry.to_numpy(), outlines.to_numpy())
    is_far = pd.Series(gap_m > TOLERANCE_M, index=table.index)
    message = "Le lieu est à plus de 2 km de la commune que la ligne nomme."
    return issue_if(rows_where(table, is_far), "LIEU-COMMUNE", Action.NOTED, message)


def _in_another_departement(
    table: gpd.GeoDataFrame, communes: gpd.GeoDataFrame
) -> tuple[Issue, ...]:
    """Return the issue of the rows in a known commune, whose own is unknown and not near."""
    is_unknown = table["commune"].notna() & ~table["commune"].isin(communes["insee"])
    points = shapely.point_on_surface(table.geometry.to_numpy())
    tree = shapely.STRtree(communes.geometry.to_numpy())
    rows, holders = tree.query(points, predicate="within")
    holder = pd.Series(None, index=table.index, dtype=object)
    holder.iloc[rows] = communes["insee"].to_numpy()[holders]
    is_elsewhere = departements(holder).ne(departements(table["commune"]))
    mask = is_unknown & is_elsewhere.fillna(value=False).astype(bool)
    message = "Le lieu est dans un autre département que celui de la commune nommée."
    return issue_if(rows_where(table, mask), "LIEU-DEPARTEMENT", Action.NOTED, message)


def _named_otherwise(table: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> tuple[Issue, ...]:
    """Return the issue of the rows whose commune has another name, which may be a former one."""
    if "commune_name" not in table or "nom" not in communes:
        return ()
    official = _bare(table["commune"].map(communes.set_index("insee")["nom"]))
    given = _bare(table["commune_name"])
    mask = given.ne(official) & given.ne("") & official.ne("")
    message = "Le nom de commune n'est pas celui de son code (ancien nom, ou autre commune)."
    return issue_if(rows_where(table, mask), "LIEU-NOM", Action.NOTED, message)


def _bare(names: pd.Series) -> pd.Series:
    """Return names without case, accents, hyphens, apostrophes nor the short form of «saint»."""
    words = folded(names).str.replace(r"[-'œ]", " ", regex=True)
    saints = words.str.replace(r"\bst(e?)\b", r"saint\1", regex=True)
    return saints.str.split().str.join(" ").fillna("").astype(str)
