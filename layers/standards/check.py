"""Conformity of a table to a standard: every fault, cell by cell, with its remedy."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely
from pandas.api.types import is_datetime64_any_dtype, is_float_dtype

from geo.crs import EXCHANGE
from layers.standards.places import geojson_advice, point_advice, read_geojson, read_point
from layers.standards.schema import MISSING_TEXTS, Field, Kind, Schema

FINDING_COLUMNS: Final = ("row", "field", "value", "message_fr", "remedy_fr", "is_fault")

WHOLE_FILE: Final = 0
"""The `row` of what concerns a whole column."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a kind of cell must be, and how to say it."""

    is_met: Callable[[str], bool]
    remedy_fr: str


REPEATED = re.compile(r"\(\?:\(\?:\^\|\\\|\)\((?P<item>.+?)(?:\|\)\\1\+(?P=item)|\))\)\+\$")
"""How the standards write «one item, or several joined by |»."""


def linear(pattern: str) -> str:
    """Return a pattern that fullmatches the same cells as `pattern`, in linear time.

    The lists of the standards repeat a group that may be empty: on a cell of a hundred items
    with one that is wrong, Python's matcher would try every way to share them out.
    """
    repeated = REPEATED.fullmatch(pattern)
    return f"(?:{repeated['item']})(?:\\|(?:{repeated['item']}))*" if repeated else pattern


def _matching(pattern: str) -> Callable[[str], bool]:
    return lambda cell: re.fullmatch(pattern, cell) is not None


def _is_date(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell) is not None


EXPECTED: Final = {
    Kind.URI: Expected(
        _matching(r"[A-Za-z][\w+.-]*:\S+"), "Écrivez une adresse web (https://…) sans espace."
    ),
    Kind.EMAIL: Expected(
        _matching(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "Écrivez une adresse électronique."
    ),
    Kind.INTEGER: Expected(
        _matching(r"[+-]?\d+"), "Écrivez un nombre entier, sans espace ni décimale."
    ),
    Kind.NUMBER: Expected(
        _matching(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"),
        "Écrivez un nombre au point décimal, sans espace ni unité.",
    ),
    Kind.DATE: Expected(_is_date, "Écrivez la date AAAA-MM-JJ, par exemple 2025-03-31."),
    Kind.YEAR: Expected(_matching(r"\d{4}"), "Écrivez l'année en quatre chiffres."),
    Kind.POINT: Expected(
        lambda cell: read_point(cell) is not None,
        "Écrivez « longitude, latitude » en degrés, par exemple 3.9815, 49.2527.",
    ),
    Kind.GEOJSON: Expected(
        lambda cell: read_geojson(cell) is not None,
        "Écrivez une géométrie GeoJSON (objet JSON à clés type et coordinates).",
    ),
}

ADVICE: Final = {
    Kind.POINT: point_advice,
    Kind.GEOJSON: geojson_advice,
}


def findings(table: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return every fault and every remark on `table`, by row then in the order of the fields.

    Rows are numbered from 1. A remark (`is_fault` false) breaks no rule that the schema
    enforces: a list given by the text of the standard only, a place that looks wrong.
    """
    cells = written(table, schema)
    found = [
        *_column_findings(cells, schema),
        *_key_findings(cells, schema),
        *(finding for field in schema.fields for finding in _field_findings(cells, field)),
    ]
    empty = pd.DataFrame(columns=list(FINDING_COLUMNS)).astype({"row": int, "is_fault": bool})
    listed = pd.concat([empty, *found], ignore_index=True)
    return listed.sort_values("row", kind="stable", ignore_index=True)


def written(table: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return the cells of `table` as a CSV would write them, missing where nothing is said.

    Names of columns are read whatever their case and hyphens, as the official GeoPackage
    changes both; the shapes of a map file are written in the field that they stand for.
    """
    names = {_plain_name(field.name): field.name for field in schema.fields}
    attributes = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    texts = {
        names.get(_plain_name(str(name)), str(name)): _texts(column)
        for name, column in attributes.items()
    }
    if isinstance(table, gpd.GeoDataFrame):
        texts[schema.shape] = _shape_texts(table.geometry, schema.field(schema.shape).kind)
    return pd.DataFrame(texts, index=table.index).set_axis(range(1, len(table) + 1), axis=0)


def _plain_name(name: str) -> str:
    return name.casefold().replace("-", "_")


def _texts(column: pd.Series) -> pd.Series:
    if is_datetime64_any_dtype(column):
        column = column.dt.strftime("%Y-%m-%d")
    if is_float_dtype(column) and column.dropna().mod(1).eq(0).all():
        column = column.astype("Int64")
    texts = column.astype("string").str.strip()
    return texts.mask(texts.isin(MISSING_TEXTS)).astype(object)


def _shape_texts(shapes: gpd.GeoSeries, kind: Kind) -> pd.Series:
    placed = shapes if shapes.crs is None else shapes.to_crs(EXCHANGE)
    geometries = placed.to_numpy()
    if kind is Kind.GEOJSON:
        return pd.Series(shapely.to_geojson(geometries), index=shapes.index, dtype=object)
    points = shapely.point_on_surface(geometries)
    texts = pd.Series(shapely.to_wkt(points), index=shapes.index, dtype=object)
    return texts if kind is Kind.TEXT else texts.str.strip("POINT ()").str.replace(" ", ", ")


def _column_findings(cells: pd.DataFrame, schema: Schema) -> Iterator[pd.DataFrame]:
    absent = [field for field in schema.fields if field.name not in cells]
    for field in absent:
        nature = "obligatoire" if field.is_required else "facultative"
        message = f"Colonne {nature} absente."
        remedy = "Ajoutez la colonne, même vide." if not field.is_required else "Ajoutez-la."
        yield _finding({WHOLE_FILE: None}, field, message, remedy, is_fault=field.is_required)
    known = {field.name for field in schema.fields}
    for name in cells.columns.difference(pd.Index(sorted(known)), sort=False):
        remedy = "Le standard ne la connaît pas : ôtez-la d'un dépôt officiel."
        message = "Colonne en trop."
        yield _finding({WHOLE_FILE: None}, Field(name), message, remedy, is_fault=False)


def _key_findings(cells: pd.DataFrame, schema: Schema) -> Iterator[pd.DataFrame]:
    if schema.key in cells:
        keys = cells[schema.key].dropna()
        twice = keys[keys.duplicated()]
        remedy = "Donnez à chaque ligne un identifiant qui n'est qu'à elle."
        yield _finding(twice, schema.field(schema.key), "Identifiant déjà donné.", remedy)


def _field_findings(cells: pd.DataFrame, field: Field) -> Iterator[pd.DataFrame]:
    """Yield what is wrong with the cells of one field, one table for each rule broken."""
    if field.name not in cells:
        return
    column = cells[field.name]
    given = column.dropna().astype(str)
    if field.is_required:
        remedy = "Remplissez-la" + (
            ", au besoin par « inconnu »." if _may_be_unsaid(field) else "."
        )
        yield _finding(column[column.isna()], field, "Valeur obligatoire absente.", remedy)
    if field.kind in EXPECTED and not field.pattern:
        expected = EXPECTED[field.kind]
        wrong = given[~_met(given, expected.is_met)]
        yield _finding(wrong, field, f"N'est pas {_KIND_FR[field.kind]}.", expected.remedy_fr)
    if field.pattern:
        wrong = given[~_met(given, _matching(linear(field.pattern)))]
        remedy = _pattern_remedy(field)
        yield _finding(wrong, field, "Forme non conforme au standard.", remedy)
    if field.choices:
        wrong = given[~given.isin(field.choices)]
        yield _finding(wrong, field, "Valeur hors de la liste.", _list_remedy(field.choices))
    yield from _field_advice(given, field)


def _field_advice(given: pd.Series, field: Field) -> Iterator[pd.DataFrame]:
    if field.advised:
        several = given.str.split("|", regex=False).explode()
        odd = several[~several.str.strip().isin(field.advised) & ~given.isin(field.advised)]
        message = "Valeur hors de la liste du standard (que son schéma n'impose pas)."
        remedy = _list_remedy(field.advised)
        yield _finding(given.loc[odd.index.unique()], field, message, remedy, is_fault=False)
    advise = ADVICE.get(field.kind, point_advice if field.name == "geompoint" else None)
    if advise is not None:
        told = given.map({cell: advise(cell) for cell in given.unique()})
        for message in sorted(told.dropna().unique()):
            remedy = "Corrigez le lieu dans le fichier d'origine."
            yield _finding(given[told.eq(message)], field, message, remedy, is_fault=False)


def _met(cells: pd.Series, is_met: Callable[[str], bool]) -> pd.Series:
    """Return the mask of the cells that meet a rule; each distinct cell is judged once."""
    verdicts = {cell: is_met(cell) for cell in cells.unique()}
    return cells.map(verdicts).astype(bool)


def _finding(
    wrong: "pd.Series | dict[int, None]",
    field: Field,
    message_fr: str,
    remedy_fr: str,
    *,
    is_fault: bool = True,
) -> pd.DataFrame:
    cells = pd.Series(wrong, dtype=object)
    told = {
        "row": cells.index,
        "field": field.name,
        "value": cells.to_numpy(),
        "message_fr": message_fr,
        "remedy_fr": remedy_fr,
        "is_fault": is_fault,
    }
    return pd.DataFrame(told)


_KIND_FR: Final = {
    Kind.URI: "une adresse web",
    Kind.EMAIL: "une adresse électronique",
    Kind.INTEGER: "un nombre entier",
    Kind.NUMBER: "un nombre",
    Kind.DATE: "une date",
    Kind.YEAR: "une année",
    Kind.POINT: "un point",
    Kind.GEOJSON: "une géométrie GeoJSON",
}


def _may_be_unsaid(field: Field) -> bool:
    return "inconnu" in (*field.choices, *field.advised)


def _list_remedy(values: tuple[str, ...]) -> str:
    return f"Choisissez parmi : {' ; '.join(values)}."


def _pattern_remedy(field: Field) -> str:
    """Return what the pattern of a field asks, in words where the standard has some."""
    asked = {
        "refcad": "Écrivez des identifiants de parcelle de 14 caractères joints par « | ».",
        "url": "Écrivez une adresse https://… sans espace, plusieurs étant jointes par « | ».",
        "bati_type": "Écrivez « industriel », « commercial »…, joints par « | ».",
        "proprio_type": "Écrivez des codes MAJIC (X1a, P5a…) joints par « | ».",
        "proprio_personne": "Écrivez « personne physique », « personne morale », joints par « | ».",
        "activite_code": "Écrivez des codes NAF (B05.10Z) joints par « | ».",
        "desserte_distance": "Écrivez trois distances entières jointes par « | » (2|6|46).",
    }
    fitting = (text for part, text in asked.items() if part in field.name)
    return next(fitting, f"Suivez le motif {field.pattern}")
