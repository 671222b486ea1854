import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import InputError
from layers.base import Context, Normalised
from layers.parcels import commune_of, normalise

HERE = shapely.box(0, 0, 100, 100)
THERE = shapely.box(1000, 0, 1100, 100)

# Two communes share the code 148: one in the Puy-de-Dôme (63), one in the Ain (01).
COMMUNES = gpd.GeoDataFrame(
    {"insee": ["63148", "01148"]},
    geometry=[shapely.box(-10, -10, 500, 500), shapely.box(900, -10, 1500, 500)],
    crs=2154,
)


def parcels(idu: list[str | None], *shapes: shapely.Geometry, **columns: object) -> Normalised:
    raw = gpd.GeoDataFrame(
        {"row": range(1, len(idu) + 1), "idu": idu, "official_area_m2": 1.0, **columns},
        geometry=list(shapes) or [HERE] * len(idu),
        crs=2154,
    )
    return normalise(raw, Context("cadastre_pci_parcelles", COMMUNES))


def rows(normalised: Normalised, rule_id: str) -> list[tuple[int, ...]]:
    return [issue.rows for issue in normalised.issues if issue.rule_id == rule_id]


def test_an_identifier_is_cut_into_its_four_parts() -> None:
    table = parcels(["2B0330000B0012"]).table
    parts = table[["commune", "prefix", "section", "number"]].to_numpy().tolist()
    assert parts == [["2B033", "000", "0B", "0012"]]


@pytest.mark.parametrize(
    ("arrondissement", "commune"),
    [
        ("69381", "69123"),
        ("69389", "69123"),
        ("75101", "75056"),
        ("75120", "75056"),
        ("13201", "13055"),
        ("13216", "13055"),
    ],
)
def test_a_parcel_of_an_arrondissement_is_in_its_commune(arrondissement: str, commune: str) -> None:
    table = parcels([f"{arrondissement}000AB0012"]).table
    assert table["parcel_id"].tolist() == [f"{arrondissement}000AB0012"]
    assert table["commune"].tolist() == [commune]


def test_the_commune_of_a_parcel_is_read_from_its_identifier() -> None:
    ids = pd.Series(
        ["63148000AA0001", "69390000AA0001", "69385000AA0001", None], index=[4, 3, 2, 1]
    )
    communes = commune_of(ids)
    assert communes.tolist()[:3] == ["63148", "69390", "69123"]
    assert communes.isna().tolist() == [False, False, False, True]
    assert communes.index.tolist() == [4, 3, 2, 1]


def test_a_missing_departement_is_found_in_an_arrondissement_too() -> None:
    lyon = COMMUNES.assign(insee=["69123", "01148"])
    raw = gpd.GeoDataFrame(
        {"row": [1], "idu": ["381000AB0012"], "official_area_m2": 1.0}, geometry=[HERE], crs=2154
    )
    table = normalise(raw, Context("cadastre_pci_parcelles", lyon)).table
    assert table["parcel_id"].tolist() == ["69381000AB0012"]


def test_a_missing_departement_comes_from_the_commune_around() -> None:
    normalised = parcels(["148000AA0099"])
    assert normalised.table["parcel_id"].tolist() == ["63148000AA0099"]
    assert rows(normalised, "PAR-DEP") == [(1,)]


def test_each_commune_code_has_its_own_departement() -> None:
    communes = COMMUNES.assign(insee=["63148", "01004"])
    raw = gpd.GeoDataFrame(
        {"row": [1, 2], "idu": ["148000AA0001", "004000AA0001"], "official_area_m2": 1.0},
        geometry=[HERE, THERE],
        crs=2154,
    )
    table = normalise(raw, Context("cadastre_pci_parcelles", communes)).table
    assert table["parcel_id"].tolist() == ["63148000AA0001", "01004000AA0001"]


def test_a_parcel_across_the_border_follows_most_of_its_commune() -> None:
    normalised = parcels(["148000AA0001", "148000AA0002", "148000AA0003"], HERE, HERE, THERE)
    assert normalised.table["commune"].tolist() == ["63148"] * 3


def test_a_commune_nobody_knows_is_set_aside() -> None:
    normalised = parcels(["148000AA0099", "999000AA0001"])
    assert normalised.table["commune"].tolist() == ["63148"]
    assert rows(normalised, "PAR-IDU") == [(2,)]


def test_without_any_commune_the_remedy_is_told() -> None:
    raw = gpd.GeoDataFrame({"row": [1], "idu": ["148000AA0099"]}, geometry=[HERE], crs=2154)
    with pytest.raises(InputError, match="n'ont pas de département") as caught:
        normalise(raw, Context("cadastre_pci_parcelles"))
    assert "ADMIN EXPRESS" in caught.value.hint


@pytest.mark.parametrize("idu", [None, "", "63148AA99", "63148000AA009X"])
def test_an_identifier_that_is_none_sets_the_row_aside(idu: str | None) -> None:
    normalised = parcels(["63148000AA0001", idu])
    assert len(normalised.table) == 1
    assert rows(normalised, "PAR-IDU") == [(2,)]


def test_an_area_of_zero_is_a_missing_area() -> None:
    normalised = parcels(
        ["63148000AA0001", "63148000AA0002", "63148000AA0003"], official_area_m2=[12, 0, None]
    )
    assert normalised.table["official_area_m2"].notna().tolist() == [True, False, False]
    assert rows(normalised, "PAR-CONTENANCE") == [(2, 3)]


def test_a_file_without_areas_says_so_once_for_all() -> None:
    raw = pd.DataFrame(
        {
            "row": [1],
            "code_dep": ["25"],
            "code_com": ["267"],
            "com_abs": ["000"],
            "section": ["A"],
            "numero": ["12"],
        }
    )
    normalised = normalise(raw, Context("bd_parcellaire"))
    assert normalised.table["parcel_id"].tolist() == ["252670000A0012"]
    assert rows(normalised, "PAR-CONTENANCE") == [()]
