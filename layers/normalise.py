"""From a producer's rows to a layer's table, with the story of every row touched."""

import geopandas as gpd
import pandas as pd
import shapely

from data.catalogue import GeometryKind
from data.issues import Action, Issue, issue_if, rows_where
from data.read import RawTable
from geo.crs import WORKING
from geo.shapes import polygons_only, repair
from layers.base import Context, Layer, Normalised, check_table
from layers.texts import repaired_texts

REASONS_FR = {
    "Self-intersection": "le contour se croise",
    "Ring Self-intersection": "l'anneau se touche lui-même",
    "Hole lies outside shell": "un trou sort du contour",
    "Nested shells": "des parties se recouvrent",
    "Too few points in geometry component": "le contour a trop peu de points",
}


def normalise(raw: RawTable, layer: Layer, context: Context) -> Normalised:
    """Return the table of `layer` read from `raw`, its columns checked, its issues listed."""
    drawn = _with_geometry(raw.frame, layer)
    frame, shape_issues = _with_sound_shapes(
        drawn, raw.dataset.geometry, is_optional=layer.geometry_is_optional
    )
    frame, text_issues = repaired_texts(frame)
    found = layer.normalise(frame, context)
    table, key_issues = _one_row_a_key(found.table, layer.key)
    issues = (
        *raw.issues,
        *_without_rows(raw),
        *shape_issues,
        *text_issues,
        *found.issues,
        *key_issues,
    )
    return Normalised(check_table(layer, table), issues)


def _without_rows(raw: RawTable) -> tuple[Issue, ...]:
    """Return the issue of a table published without a single row, such as an empty template."""
    if len(raw.frame) or raw.issues:
        return ()
    return (Issue("LEC-SANS-LIGNE", Action.NOTED, "Table publiée sans aucune ligne."),)


def _with_geometry(frame: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """Return `frame` with a geometry, missing everywhere when its file draws nothing."""
    if not layer.has_geometry or isinstance(frame, gpd.GeoDataFrame):
        return frame
    nothing = gpd.GeoSeries([None] * len(frame), index=frame.index, crs=WORKING)
    return gpd.GeoDataFrame(frame, geometry=nothing)


def _with_sound_shapes(
    frame: pd.DataFrame, kind: GeometryKind, *, is_optional: bool
) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return `frame` with valid shapes of its `kind`; rows without any are set aside.

    When a shape is optional they are kept, and told.
    """
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame, ()
    shapes = frame.geometry
    absent = shapes.isna() | shapes.is_empty
    broken = ~absent & ~shapes.is_valid
    sound = repair(shapes)
    if kind is GeometryKind.POLYGON:
        sound = gpd.GeoSeries(polygons_only(sound.to_numpy()), index=shapes.index, crs=shapes.crs)
    collapsed = ~absent & sound.is_empty
    mended = broken & ~collapsed
    has_shape = ~absent & ~collapsed
    shaped = frame.set_geometry(sound.where(has_shape))
    fate = Action.NOTED if is_optional else Action.SET_ASIDE
    return shaped if is_optional else shaped[has_shape], (
        *_issue(frame, absent, "GEO-VIDE", fate, "Géométrie absente ou illisible."),
        *_issue(frame, mended, "GEO-INVALIDE", Action.REPAIRED, _why_invalid(shapes[mended])),
        *_issue(frame, collapsed, "GEO-PERDUE", fate, "Contour sans surface."),
    )


def _issue(
    frame: pd.DataFrame, mask: pd.Series, rule_id: str, action: Action, message_fr: str
) -> tuple[Issue, ...]:
    return issue_if(rows_where(frame, mask), rule_id, action, message_fr)


def _why_invalid(shapes: gpd.GeoSeries) -> str:
    """Return what is wrong with the broken shapes, in French."""
    reasons = {str(text).split("[")[0] for text in shapely.is_valid_reason(shapes.to_numpy())}
    told = sorted({REASONS_FR.get(reason, "anneaux incohérents") for reason in reasons})
    return f"Polygone invalide ({', '.join(told)}), reconstruit."


def _one_row_a_key(table: pd.DataFrame, key: str) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return `table` without the rows that have no `key` or one already seen above."""
    absent = table[key].isna()
    twice = table[key].duplicated(keep="first") & ~absent
    again = "Ligne déjà lue plus haut (même identifiant ou même contour)."
    return table[~absent & ~twice], (
        *_issue(table, absent, "CLE-ABSENTE", Action.SET_ASIDE, "Ligne sans identifiant."),
        *_issue(table, twice, "CLE-DOUBLE", Action.SET_ASIDE, again),
    )
