import geopandas as gpd
import pytest
import shapely

from layers.base import Context, Normalised
from layers.easements import EasementRole, normalise


def easements(
    dataset_id: str = "sup_assiette", table_name: str = "", **columns: list[object]
) -> Normalised:
    count = len(next(iter(columns.values())))
    published: dict[str, object] = {"row": range(1, count + 1), "published_id": [None] * count}
    raw = gpd.GeoDataFrame(
        {**published, **columns},
        geometry=[shapely.box(x, 0, x + 1, 1) for x in range(count)],
        crs=2154,
    )
    return normalise(raw, Context(dataset_id, None, table_name))


@pytest.mark.parametrize(
    ("table_name", "category"),
    [
        ("AC1_ASSIETTE_SUP_S", "AC1"),
        ("a5_generateur_sup_l", "A5"),
        ("PM3_ASSIETTE_SUP_S_2024", "PM3"),
        ("172014607_T1_ASSIETTE_SUP_S", "T1"),
    ],
)
def test_the_category_may_stand_in_the_name_of_the_table(table_name: str, category: str) -> None:
    normalised = easements(table_name=table_name, label=["Église"])
    assert normalised.table["category"].tolist() == [category]
    assert normalised.issues == ()


def test_the_category_of_the_portal_is_written_in_capitals() -> None:
    table = easements(table_name="assiette_sup_s", category=["ac1", "t1"]).table
    assert table["category"].tolist() == ["AC1", "T1"]


def test_an_id_of_the_standard_begins_with_its_category() -> None:
    table = easements(published_id=["AC1-172014607-00099110"]).table
    assert table["category"].tolist() == ["AC1"]


def test_a_category_that_nothing_gives_is_missing_and_told() -> None:
    normalised = easements(table_name="servitudes", published_id=["12"])
    assert normalised.table["category"].isna().all()
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [("SUP-CATEGORIE", (1,))]


@pytest.mark.parametrize(
    ("dataset_id", "role"),
    [("sup_assiette", EasementRole.BOUND_LAND), ("sup_generateur", EasementRole.ORIGIN)],
)
def test_a_shape_says_its_role(dataset_id: str, role: EasementRole) -> None:
    table = easements(dataset_id, "PM1_ASSIETTE_SUP_S", label=["Crue"]).table
    assert table["role"].tolist() == [role]


def test_two_shapes_of_one_published_id_are_both_kept() -> None:
    table = easements(table_name="AC1_ASSIETTE_SUP_S", published_id=["AC1-1", "AC1-1"]).table
    assert table["easement_id"].is_unique
