"""Communes nobody looked at while Jalon was written, and outside the regions it ships.

Gennes (25267, Doubs) has parcels of the BD PARCELLAIRE, buildings without attributes and a
simplified PLU; Épinay-sur-Orge (91216) and Paris 14e (75114) only a cadastre. Figures come
from a reading with geopandas alone: parcels inside zone UY, less the union of the buildings.
"""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from data.workspace import Workspace
from jalon.areas import all_communes, chosen_communes
from jalon.importing import import_file
from jalon.lots import judge_area
from jalon.model import LandParameters, SiteKind, SiteStatus, TerritoryChoice

pytestmark = pytest.mark.reference

GENNES = frozenset(["25267", "25395"])
GENNES_FILE = "commune_25267_gennes/gennes_25267.gpkg"
CHER_FILE = "plu/241800432_PLUi_20200128.gpkg"
EPINAY_FILE = "cadastre/cadastre-91216-parcelles.json.gz"
PARIS_FILE = "cadastre/parcelles_75114_adresses.geojson.gz"

UY_FREE_HA = {
    "252670000B0613": 5.3010,
    "252670000B0614": 5.3839,
    "252670000B0615": 1.5657,
    "252670000B0617": 6.3944,
    "252670000B0627": 0.7735,  # 0.8351 in the zone, the rest of it built
    "252670000B0672": 8.9256,
    "25267000ZA0101": 0.6561,
}
"""The parcels with at least half a hectare of zone UY that no building stands on."""


def workspace_of(land: Path, folder: Path, *files: str) -> Workspace:
    workspace = Workspace(folder)
    for name in files:
        import_file(workspace, land / name, communes=all_communes(workspace))
    return workspace


def judged(workspace: Workspace, communes: frozenset[str]) -> pd.DataFrame:
    found = judge_area(workspace, communes, LandParameters()).outcome.sites
    return pd.DataFrame(found).set_index("site_id")


@pytest.fixture(scope="module")
def land(reference_dir: Path) -> Path:
    return reference_dir / "data" / "land"


@pytest.fixture(scope="module")
def gennes(land: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return workspace_of(land, tmp_path_factory.mktemp("gennes"), GENNES_FILE)


@pytest.fixture(scope="module")
def sites(gennes: Workspace) -> pd.DataFrame:
    return judged(gennes, GENNES)


def test_every_parcel_of_both_communes_is_judged(sites: pd.DataFrame) -> None:
    counts = sites.loc[sites["kind"].eq(SiteKind.PARCEL.value), "commune"].value_counts()
    assert counts.to_dict() == {"25267": 828, "25395": 23}
    assert sites["reasons_fr"].map(len).min() >= 1


def test_without_a_risk_plan_no_site_is_said_to_be_available(sites: pd.DataFrame) -> None:
    assert set(sites["status"]) == {SiteStatus.UNDETERMINED, SiteStatus.UNAVAILABLE}
    assert sites["missing_fr"].map(lambda missing: "risques" in missing).all()


def test_the_sites_left_open_are_those_of_the_activity_zone(sites: pd.DataFrame) -> None:
    undetermined = sites[sites["status"].eq(SiteStatus.UNDETERMINED.value)]
    assert undetermined["usable_ha"].to_dict() == pytest.approx(UY_FREE_HA, abs=1e-4)
    assert set(undetermined["zone_label"]) == {"UY"}


def test_the_label_alone_asks_for_a_reading_of_the_plan(sites: pd.DataFrame) -> None:
    site = sites.loc["252670000B0672"]
    assert site["rule_ids"] == ("RIS-ABSENT", "VOC-LIBELLE", "OCC-INCONNUE")
    assert (site["enaf_lo_ha"], site["enaf_hi_ha"]) == pytest.approx((0, 8.9256), abs=1e-4)


def test_the_part_of_a_parcel_outside_the_zone_is_not_usable(sites: pd.DataFrame) -> None:
    site = sites.loc["252670000B0615"]
    assert site["area_ha"] == pytest.approx(2.6515, abs=1e-4)
    assert site["usable_ha"] == pytest.approx(1.5657, abs=1e-4)


def test_what_was_not_imported_is_missing_not_far_nor_null(sites: pd.DataFrame) -> None:
    unread = ["road_m", "main_road_m", "motorway_m", "rail_m", "flood_share"]
    assert sites[unread].isna().all(axis=None)


def test_a_commune_beside_without_building_says_so(sites: pd.DataFrame) -> None:
    beside = sites[sites["commune"].eq("25395")]
    assert beside["missing_fr"].map(lambda missing: "bâtiments" in missing).all()
    assert beside["built_share"].isna().all()


def test_planners_may_vouch_for_a_commune_without_a_plan(gennes: Workspace) -> None:
    vouched = LandParameters(communes_without_risk_plan=("25267",))
    found = judge_area(gennes, frozenset(["25267"]), vouched).outcome.shortlist
    assert set(found["site_id"]) == set(UY_FREE_HA)
    assert set(found["status"]) == {SiteStatus.CONDITIONAL}


def test_communes_out_of_the_shipped_regions_are_named_and_drawn(gennes: Workspace) -> None:
    known = chosen_communes(all_communes(gennes), TerritoryChoice(departements=("25",)))
    assert known["nom"].tolist() == ["Gennes", "Montfaucon"]
    assert set(known["epci_nom"]) == {"CU Grand Besançon Métropole"}
    parcels = gpd.GeoDataFrame(gennes.layer("parcels", communes=GENNES))
    assert known.union_all().buffer(1).contains(parcels.union_all())


def test_a_plan_from_elsewhere_imports_beside_and_changes_nothing(
    land: Path, tmp_path: Path, sites: pd.DataFrame
) -> None:
    both = workspace_of(land, tmp_path, CHER_FILE, GENNES_FILE)
    assert {one.file_name for one in both.sources("zoning")} == {
        "gennes_25267.gpkg",
        "241800432_PLUi_20200128.gpkg",
    }
    again = judged(both, GENNES)
    unchanged = ["status", "usable_ha", "rule_ids", "zone_label"]
    pd.testing.assert_frame_equal(again[unchanged], sites[unchanged])


@pytest.mark.parametrize(
    ("file_name", "commune", "name", "parcel_count"),
    [
        (EPINAY_FILE, "91216", "Épinay-sur-Orge", 4_241),
        (PARIS_FILE, "75056", "Paris", 4_635),  # an arrondissement is part of its commune
    ],
)
def test_a_cadastre_alone_leaves_every_parcel_undetermined(
    land: Path, tmp_path: Path, *, file_name: str, commune: str, name: str, parcel_count: int
) -> None:
    workspace = workspace_of(land, tmp_path, file_name)
    sites = judged(workspace, frozenset([commune]))
    known = all_communes(workspace).set_index("insee")
    assert known.loc[commune, "nom"] == name
    assert len(sites) == parcel_count
    assert set(sites["status"]) == {SiteStatus.UNDETERMINED}
    assert set(sites["rule_ids"]) == {("PLU-ABSENT", "BATI-ABSENT", "RIS-ABSENT")}
    assert sites["usable_ha"].isna().all()
    assert sites["reliability_share"].eq(0).all()
