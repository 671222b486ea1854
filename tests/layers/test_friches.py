import geopandas as gpd
import pytest
import shapely

from layers.base import Context, Normalised
from layers.friches import normalise, parse_refcad

ONE, TWO = "08008000ZK0111", "2B2930000D0625"


def sites(**columns: list[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    raw = gpd.GeoDataFrame(
        {
            "row": range(1, count + 1),
            "site_id": [f"63148_{number}" for number in range(count)],
            "status": "inconnu",
            "commune": "63148",
            **columns,
        },
        geometry=[shapely.Point(700_000, 6_500_000)] * count,
        crs=2154,
    )
    return normalise(raw, Context("cartofriches"))


@pytest.mark.parametrize(
    "cell",
    [
        f"{ONE}|{TWO}",
        f"{{{ONE},{TWO}}}",
        f'{{"{TWO}","{ONE}"}}',
        f"{ONE} ; {TWO} ; {ONE}",
    ],
)
def test_parcel_ids_are_read_whatever_holds_them(cell: str) -> None:
    assert parse_refcad(cell) == f"{ONE}|{TWO}"


@pytest.mark.parametrize("cell", [None, float("nan"), "", "{}", "section ZK", "8008000ZK0111"])
def test_no_parcel_id_is_a_missing_one(cell: object) -> None:
    assert parse_refcad(cell) is None


def test_a_potential_friche_stays_potential() -> None:
    assert sites(status=["friche potentielle"]).table["status"].tolist() == ["friche potentielle"]


def test_an_older_status_is_read_as_the_standard_one() -> None:
    assert sites(status=[" Site avec projet"]).table["status"].tolist() == ["friche avec projet"]


def test_a_status_that_says_nothing_is_unknown_without_a_word() -> None:
    normalised = sites(status=["sans objet", "autre"])
    assert normalised.table["status"].tolist() == ["inconnu", "inconnu"]
    assert normalised.issues == ()


def test_a_status_outside_the_standard_is_unknown_and_told() -> None:
    normalised = sites(status=["inconnu", "à vendre", None])
    assert normalised.table["status"].tolist() == ["inconnu"] * 3
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("FRI-STATUT", (2, 3))]


def test_a_date_of_a_spreadsheet_is_read() -> None:
    assert sites(updated_on=["23/06/2019"]).table["updated_on"].tolist() == ["2019-06-23"]


def test_an_area_in_the_french_way_is_read() -> None:
    assert sites(declared_area_m2=["16 750,5"]).table["declared_area_m2"].tolist() == [16_750.5]
