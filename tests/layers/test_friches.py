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


@pytest.mark.parametrize(
    ("published", "read"),
    [
        ("friche d’habitation", "friche d'habitat"),
        ("Agro-industrielle", "friche agro-industrielle"),
        ("friche hospitaliere", "friche hospitalière"),
        ("mixte", "mixte - autre"),
    ],
)
def test_a_kind_is_written_as_in_the_standard_and_told(published: str, read: str) -> None:
    normalised = sites(kind=[published])
    assert normalised.table["kind"].tolist() == [read]
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("FRI-MOTS", (1,))]


def test_an_unverified_source_is_known_by_its_name() -> None:
    names: list[object] = [
        "Site Basias ou Basol non vérifié par le Cerema",
        "Appel à projet Fonds Friches",
        "X",
    ]
    told = sites(source=names).table["verification"]
    assert told.tolist()[:2] == ["MTE non vérifié", "fond friche"]
    assert told.isna().tolist() == [False, False, True]


def test_the_verification_its_producer_gives_stands() -> None:
    table = sites(source=["Appel à projet Fonds Friches"], verification=["MTE"]).table
    assert table["verification"].tolist() == ["MTE"]


def test_an_area_beyond_belief_is_kept_and_told() -> None:
    normalised = sites(declared_area_m2=["1", "74136046", "1000"])
    assert normalised.table["declared_area_m2"].tolist() == [1, 74_136_046, 1_000]
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("FRI-SURFACE", (1, 2))]


def test_an_unreadable_list_of_parcels_is_told_and_an_empty_one_is_not() -> None:
    normalised = sites(refcad=["5,62E+184", "{}", None, ONE])
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("FRI-PARCELLES", (1,))]


def test_a_commune_that_is_not_given_is_read_in_the_id() -> None:
    normalised = sites(site_id=["08362_04"], commune=[None])
    assert normalised.table["commune"].tolist() == ["08362"]
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("FRI-COMMUNE", (1,))]


def test_rows_of_parcels_are_gathered_by_site() -> None:
    table = sites(site_id=["a", "b", "a"], parcel_id=[TWO, TWO, ONE], commune=[None] * 3).table
    assert table["site_id"].tolist() == ["a", "b"]
    assert table["parcel_ids"].tolist() == [f"{ONE}|{TWO}", TWO]
    assert table["commune"].tolist() == ["08008", "2B293"]
