import geopandas as gpd
import pandas as pd
import pytest

from data.build.example import build_example
from data.workspace import Workspace
from geo.errors import MissingDataError
from jalon import lots
from jalon.areas import embedded_communes
from jalon.importing import import_file
from jalon.land import LandOutcome
from jalon.lots import judge_area
from jalon.model import LandParameters
from jalon.tables import friches_once
from jalon.testing import box_m, frame

ASKED = LandParameters(min_piece_ha=1.0)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("exemple")
    workspace, communes = Workspace(tmp_path_factory.mktemp("espace")), embedded_communes()
    for path in build_example(folder, seed=3, parcel_count=1_500):
        import_file(workspace, path, communes=communes)
    return workspace


@pytest.fixture(scope="module")
def communes(space: Workspace) -> frozenset[str]:
    return frozenset(space.sources("parcels")[0].communes)


@pytest.fixture(scope="module")
def whole(space: Workspace, communes: frozenset[str]) -> LandOutcome:
    return judge_area(space, communes, ASKED).outcome


def test_the_lots_change_nothing(
    space: Workspace,
    communes: frozenset[str],
    whole: LandOutcome,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(lots, "LOT_PARCELS", 400)
    cut = judge_area(space, communes, ASKED, on_step=heard.append).outcome
    assert len(heard) > 1
    pd.testing.assert_frame_equal(pd.DataFrame(cut.sites), pd.DataFrame(whole.sites))
    pd.testing.assert_frame_equal(cut.verdicts, whole.verdicts)


def test_a_commune_alone_is_judged_as_among_others(
    space: Workspace, communes: frozenset[str], whole: LandOutcome
) -> None:
    one = sorted(communes)[2]
    alone = judge_area(space, frozenset([one]), ASKED).outcome.sites
    there = whole.sites[whole.sites["commune"].eq(one)]
    ours = there[there["site_id"].isin(alone["site_id"])].reset_index(drop=True)
    both = ours["site_id"]
    mine = alone[alone["site_id"].isin(both)].reset_index(drop=True)
    pd.testing.assert_series_equal(mine["status"], ours["status"])
    pd.testing.assert_series_equal(mine["road_m"], ours["road_m"])
    pd.testing.assert_series_equal(mine["reliability_share"], ours["reliability_share"])


def test_every_parcel_is_judged_once(space: Workspace, whole: LandOutcome) -> None:
    parcels = whole.sites[whole.sites["kind"].eq("parcelle")]
    assert len(parcels) == space.sources("parcels")[0].kept_count
    assert whole.sites["site_id"].is_unique


def test_a_territory_without_parcels_is_told(space: Workspace) -> None:
    with pytest.raises(MissingDataError, match="Aucune parcelle"):
        judge_area(space, frozenset(["67482"]), ASKED)


def friche(status: str, shape: object, name: str = "Usine") -> gpd.GeoDataFrame:
    return frame([shape], site_id="08001_1", name=name, status=status)


def test_an_outline_and_the_attributes_published_apart_are_one_friche() -> None:
    told = friche("friche sans projet", box_m(10, 10, 1, 1).centroid)
    drawn = friche("inconnu", box_m(0, 0, 100, 100), name="sans nom")
    one = friches_once(pd.concat([told, drawn], ignore_index=True))
    assert one is not None
    assert one["status"].tolist() == ["friche sans projet"]
    assert one["site_id"].tolist() == ["08001_1"]
    assert one.geometry.area.tolist() == [10_000.0]


def test_the_last_import_that_knows_the_status_wins() -> None:
    before = friche("friche potentielle", box_m(0, 0, 1, 1).centroid)
    after = friche("friche reconvertie", box_m(0, 0, 1, 1).centroid)
    one = friches_once(pd.concat([before, after], ignore_index=True))
    assert one is not None
    assert one["status"].tolist() == ["friche reconvertie"]
