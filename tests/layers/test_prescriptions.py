import geopandas as gpd
import pytest
import shapely

from layers.base import Context, Normalised
from layers.prescriptions import normalise

SHAPES = [
    shapely.box(0, 0, 1, 1),
    shapely.LineString([(0, 0), (9, 9)]),
    shapely.Point(5, 5),
]


def prescriptions(*type_codes: object, label: str = "Haie") -> Normalised:
    count = len(type_codes)
    raw = gpd.GeoDataFrame(
        {"row": range(1, count + 1), "label": label, "type_code": list(type_codes)},
        geometry=SHAPES[:count],
        crs=2154,
    )
    return normalise(raw, Context("gpu_prescription"))


def test_polygons_lines_and_points_each_say_their_kind() -> None:
    normalised = prescriptions("05", "01", 25)
    assert normalised.table["kind"].tolist() == [
        "emplacement réservé",
        "espace boisé classé",
        "continuité écologique, trame verte et bleue",
    ]
    assert normalised.issues == ()


def test_a_type_nobody_knows_has_no_kind_and_is_told() -> None:
    normalised = prescriptions("98", None)
    assert normalised.table["kind"].isna().all()
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [("PSC-TYPE", (1, 2))]


@pytest.mark.parametrize("label", ["Emplacement réservé n°2", "EMPLACEMENT RESERVE"])
def test_a_label_that_denies_its_code_is_told(label: str) -> None:
    normalised = prescriptions("05", "01", label=label)
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [("PSC-LIBELLE", (2,))]


def test_two_rules_on_one_outline_are_two_prescriptions() -> None:
    raw = gpd.GeoDataFrame(
        {
            "row": [1, 2],
            "label": ["Hauteur", "Hauteur"],
            "type_code": ["39", "39"],
            "subtype_code": ["01", "02"],
        },
        geometry=[SHAPES[0]] * 2,
        crs=2154,
    )
    assert normalise(raw, Context("gpu_prescription")).table["prescription_id"].is_unique
