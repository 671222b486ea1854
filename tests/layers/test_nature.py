import geopandas as gpd
import pytest
import shapely

from layers.base import Context, Normalised
from layers.nature import PARK_ADHESION, PARK_CORE, Protection, family_of_table, normalise


def sites(table_name: str = "", **columns: list[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    raw = gpd.GeoDataFrame(
        {"row": range(1, count + 1), "name": "Ried", **columns},
        geometry=[shapely.box(x, 0, x + 1, 1) for x in range(count)],
        crs=2154,
    )
    return normalise(raw, Context("inpn_sites", table_name=table_name))


@pytest.mark.parametrize(
    ("table_name", "protection"),
    [
        ("sic", Protection.ASSESSMENT),
        ("patrinat_zps:zps", Protection.ASSESSMENT),
        ("natura-habitat", Protection.ASSESSMENT),
        ("znieff1", Protection.INVENTORY),
        ("ZNIEFF2_G2", Protection.INVENTORY),
        ("patrinat_rnn:rnn", Protection.STRICT),
        ("rnr2012", None),
        ("N_ENP_APB_S_000", Protection.STRICT),
        ("rncfs", Protection.STRICT),
        ("patrinat_pnr:pnr", Protection.PARK),
        ("parc_national", Protection.STRICT),
        ("patrinat_ramsar:ramsar", Protection.WETLAND),
        ("musique", None),
    ],
)
def test_the_name_of_a_table_says_the_protection(
    table_name: str, protection: Protection | None
) -> None:
    found = sites(table_name, site_code=["X1"]).table["protection"]
    assert found.isna().all() if protection is None else found.tolist() == [protection]


def test_a_hunting_reserve_is_no_natural_reserve_of_corsica() -> None:
    assert family_of_table("rncfs") == "réserve nationale de chasse et de faune sauvage"
    assert family_of_table("rnc") == "réserve naturelle de Corse"


def test_only_the_core_of_a_national_park_is_strictly_protected() -> None:
    table = sites("patrinat_pn2:pn", site_code=["FR3300010", "FR3400010"]).table
    assert table["family"].tolist() == [PARK_CORE, PARK_ADHESION]
    assert table["protection"].tolist() == [Protection.STRICT, Protection.PARK]


def test_the_type_of_a_natura_2000_site_tells_birds_from_habitats() -> None:
    table = sites(site_code=["FR8301032", "FR8312013"], site_type=["B", "A"]).table
    assert [family.split()[-1] for family in table["family"]] == ["Habitats", "Oiseaux"]
    assert set(table["protection"]) == {Protection.ASSESSMENT}


def test_a_site_of_an_unknown_kind_has_no_protection_and_is_told() -> None:
    normalised = sites("sites_du_conseil", site_code=["X1", None])
    assert normalised.table["protection"].isna().all()
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("NAT-FAMILLE", (1, 2))]


def test_two_parts_of_a_site_keep_two_ids_and_one_code() -> None:
    table = sites("znieff1", site_code=["830020000", "830020000"]).table
    assert table["nature_id"].is_unique
    assert set(table["site_code"]) == {"830020000"}
