"""The process that computes station plans: it answers, tells its progress, says its refusals."""

import geopandas as gpd
import pytest

from geo.errors import JalonError
from jalon.model import StationParameters
from jalon.siting import place_stations
from jalon.ui import worker
from jalon.ui.worker import Request, Run, start

LIMIT_S = 120


@pytest.fixture
def communes(known_communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return known_communes[known_communes["departement"].eq("68")].head(40)


def outcome_of(run: Run) -> object:
    return run.result.result(timeout=LIMIT_S)


def test_the_plan_computed_apart_is_the_plan_computed_here(communes: gpd.GeoDataFrame) -> None:
    parameters = StationParameters(count=3)
    apart = start(Request(communes, parameters, 1)).result.result(timeout=LIMIT_S)
    assert apart.plan == place_stations(communes, parameters, seed=1).plan


def test_the_last_news_of_a_calculation_is_kept(communes: gpd.GeoDataFrame) -> None:
    run = start(Request(communes, StationParameters(count=3), 1))
    outcome_of(run)
    assert run.progress is not None
    assert run.progress.objective > 0


def test_a_refusal_comes_back_with_its_remedy(communes: gpd.GeoDataFrame) -> None:
    run = start(Request(communes, StationParameters(count=41), 1))
    with pytest.raises(JalonError, match="41 stations demandées") as refusal:
        outcome_of(run)
    assert "Demandez au plus 40 stations" in refusal.value.hint


def test_a_process_that_dies_is_said_and_not_awaited(
    communes: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "COMMAND", ("false",))
    run = start(Request(communes, StationParameters(count=3), 1))
    with pytest.raises(JalonError, match="s'est arrêté avant sa fin"):
        outcome_of(run)
