"""From a producer's rows to a layer's table, with the story of every row touched."""

import geopandas as gpd
import pandas as pd
import shapely

from data.catalogue import GeometryKind
from data.issues import Action, Issue, issue_if, rows_where
from data.read import RawTable
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
    frame, shape_issues = _with_sound_shapes(raw.frame, raw.dataset.geometry)
    frame, text_issues = repaired_texts(frame)
    found = layer.normalise(frame, context)
    table, key_issues = _one_row_a_key(found.table, layer.key)
    issues = (*raw.issues, *shape_issues, *text_issues, *found.issues, *key_issues)
    return Normalised(check_table(layer, table), issues)


def _with_sound_shapes(
    frame: pd.DataFrame, kind: GeometryKind
) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return `frame` with valid shapes of its `kind`; rows without any are set aside."""
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
    kept = frame.set_geometry(sound)[~absent & ~collapsed]
    return kept, (
        *_issue(frame, absent, "GEO-VIDE", Action.SET_ASIDE, "Géométrie absente ou illisible."),
        *_issue(frame, mended, "GEO-INVALIDE", Action.REPAIRED, _why_invalid(shapes[mended])),
        *_issue(frame, collapsed, "GEO-PERDUE", Action.SET_ASIDE, "Contour sans surface."),
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
