"""The standards as transcribed, and what a check says of a cell."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.standards.check import findings, linear
from layers.standards.friches import FRICHES
from layers.standards.places import SWAPPED_FR
from layers.standards.schema import MISSING_TEXTS, Field, Kind, Schema
from layers.standards.sites_economiques import (
    ETABLISSEMENT,
    POLE_ECO,
    SITE_ECO,
    SITES_ECONOMIQUES,
    TERRAIN_ECO,
)

PUBLISHED = {
    "friches/cnig_schema": FRICHES,
    "zae/pole-eco": POLE_ECO,
    "zae/site-eco": SITE_ECO,
    "zae/terrain-eco": TERRAIN_ECO,
    "zae/etablissement": ETABLISSEMENT,
}

SMALL = Schema(
    title_fr="essai",
    version="1",
    key="site_id",
    shape="geompoint",
    fields=(
        Field("site_id", is_required=True),
        Field("site_type", choices=("friche industrielle", "inconnu")),
        Field("usage", advised=("voirie", "dépôt, stockage")),
        Field("depuis", Kind.DATE),
        Field("fin", Kind.YEAR),
        Field("nombre", Kind.INTEGER),
        Field("part", Kind.NUMBER),
        Field("lieu", Kind.POINT),
        Field("contour", Kind.GEOJSON),
        Field("geompoint"),
    ),
)


def as_published(field: Field) -> dict[str, object]:
    """Write a field back as its schema does."""
    kind, _, layout = field.kind.value.partition(":")
    limits = {"required": field.is_required, "pattern": field.pattern, "enum": [*field.choices]}
    constraints = {name: limit for name, limit in limits.items() if limit}
    written = {"name": field.name, "type": kind, "format": layout, "constraints": constraints}
    advised = {"enum": [*field.advised]}
    return {name: value for name, value in (written | advised).items() if value}


def as_transcribed(field: dict[str, object]) -> dict[str, object]:
    """Keep of a published field what a check can read."""
    kept = ("name", "type", "format", "constraints", "enum")
    constraints = field.get("constraints")
    assert isinstance(constraints, dict)
    field = field | {"constraints": {name: limit for name, limit in constraints.items() if limit}}
    return {name: field[name] for name in kept if field.get(name)}


@pytest.mark.reference
@pytest.mark.parametrize("folder", PUBLISHED)
def test_transcription_is_the_published_schema_field_by_field(
    reference_dir: Path, folder: str
) -> None:
    path = reference_dir / "data" / "land" / folder / "schema.json"
    published = json.loads(path.read_text(encoding="utf-8"))
    schema = PUBLISHED[folder]
    assert [as_published(field) for field in schema.fields] == [
        as_transcribed(field) for field in published["fields"]
    ]
    assert schema.key == published["primaryKey"]
    assert f"v{schema.version}" == published["version"]
    assert tuple(published["missingValues"]) == MISSING_TEXTS


def wrong_fields(**cells: object) -> list[str]:
    columns = {field.name: [None] for field in SMALL.fields} | {"site_id": ["a"]}
    table = pd.DataFrame(columns | {name: [cell] for name, cell in cells.items()})
    found = findings(table, SMALL)
    return found.loc[found["is_fault"], "field"].tolist()


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("site_id", "NA"),
        ("site_type", "Friche industrielle"),
        ("depuis", "31/03/2025"),
        ("depuis", "2025-02-30"),
        ("fin", "1971.0"),
        ("nombre", "12,5"),
        ("part", "0,5"),
        ("lieu", "656589, 6425785"),
        ("contour", "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
    ],
)
def test_a_cell_outside_the_standard_is_a_fault(field: str, cell: str) -> None:
    assert wrong_fields(**{field: cell}) == [field]


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("site_type", "inconnu"),
        ("depuis", "2025-03-31"),
        ("depuis", pd.Timestamp("2025-03-31")),
        ("fin", "1971"),
        ("nombre", 12.0),
        ("part", "0.5"),
        ("lieu", "3.9815, 49.2527"),
        ("contour", '{"type": "Point", "coordinates": [3.9, 49.2]}'),
        ("usage", "voirie|dépôt, stockage"),
    ],
)
def test_a_cell_of_the_standard_is_none(field: str, cell: object) -> None:
    assert wrong_fields(**{field: cell}) == []


def test_a_list_of_the_text_only_is_a_remark_and_no_fault() -> None:
    found = findings(pd.DataFrame({"site_id": ["a"], "usage": ["voirie|jardin"]}), SMALL)
    remark = found[found["field"].eq("usage")].iloc[0]
    assert not remark["is_fault"]
    assert (remark["row"], remark["value"]) == (1, "voirie|jardin")


def test_every_fault_names_its_row_value_and_remedy() -> None:
    found = findings(pd.DataFrame({"site_id": ["a", "b"], "fin": ["1971", "hier"]}), SMALL)
    fault = found[found["is_fault"]].iloc[0]
    assert (fault["row"], fault["field"], fault["value"]) == (2, "fin", "hier")
    assert fault["remedy_fr"] == "Écrivez l'année en quatre chiffres."


def test_an_identifier_given_twice_is_a_fault_on_its_second_row() -> None:
    found = findings(pd.DataFrame({"site_id": ["a", "b", "a"]}), SMALL)
    assert found.loc[found["is_fault"], "row"].tolist() == [3]


def test_a_missing_column_is_told_once_for_the_file() -> None:
    found = findings(pd.DataFrame({"usage": ["voirie"] * 3}), SMALL)
    assert found.loc[found["is_fault"], ["row", "field"]].to_numpy().tolist() == [[0, "site_id"]]


def test_a_map_file_gives_its_shape_for_the_field_of_the_place() -> None:
    table = gpd.GeoDataFrame({"SITE_ID": ["a"]}, geometry=[shapely.Point(4.4, 49.5)], crs=4326)
    assert "geompoint" not in set(findings(table, SMALL)["field"])


def test_a_swapped_point_is_a_remark() -> None:
    table = pd.DataFrame({"site_id": ["a"], "geompoint": ["POINT(49.2527 3.9815)"]})
    found = findings(table, SMALL).set_index("field")
    assert found.loc["geompoint", "message_fr"] == SWAPPED_FR


@given(st.lists(st.sampled_from(["P4a", "X1a", "p4a", "", "P4a "]), min_size=1, max_size=4))
def test_a_linear_pattern_matches_lists_item_by_item(items: list[str]) -> None:
    pattern = str(FRICHES.field("proprio_type").pattern)
    expected = all(item in ("P4a", "X1a") for item in items)
    matched = pd.Series(["|".join(items)]).str.fullmatch(linear(pattern)).iloc[0]
    assert matched == expected


def test_a_long_list_with_one_wrong_item_is_judged_at_once() -> None:
    cell = "|".join(["12083000AH0035"] * 500 + ["NULL"])
    found = findings(pd.DataFrame({"unite_fonciere_refcad": [cell]}), FRICHES)
    assert "unite_fonciere_refcad" in set(found.loc[found["row"].eq(1), "field"])


def test_every_pattern_of_the_standards_is_kept_or_made_linear() -> None:
    patterns = [f.pattern for s in (FRICHES, *SITES_ECONOMIQUES) for f in s.fields if f.pattern]
    assert not any("\\1" in linear(pattern) for pattern in patterns)
