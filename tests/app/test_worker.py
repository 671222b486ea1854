"""The process that computes station plans: it answers, tells its progress, says its refusals."""

import pickle
import subprocess
import time

import geopandas as gpd
import pytest

from geo.errors import JalonError
from geo.optimise.plan import Stage, Status
from jalon.model import Objective, StationParameters
from jalon.siting import place_stations
from jalon.siting_words import SitingProgress
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
    assert run.progress.value > 0


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


def long_run(known_communes: gpd.GeoDataFrame) -> Run:
    """Return a calculation that would go on for many minutes, once it has a plan."""
    whole = known_communes[known_communes["region"].eq("44")]
    run = start(Request(whole, StationParameters(target_gap_share=0, effort=50), 1))
    deadline = time.monotonic() + LIMIT_S
    while not (run.progress and run.progress.has_plan) and time.monotonic() < deadline:
        time.sleep(0.05)
    return run


def test_a_calculation_that_is_stopped_keeps_its_plan_and_a_bound(
    known_communes: gpd.GeoDataFrame,
) -> None:
    run = long_run(known_communes)
    run.stop()
    outcome = run.result.result(timeout=LIMIT_S)
    assert outcome.plan.status is Status.STOPPED
    assert len(outcome.stations) == 300
    assert outcome.bound >= outcome.value > 0


def test_a_calculation_stopped_before_its_turn_does_not_begin(
    known_communes: gpd.GeoDataFrame, communes: gpd.GeoDataFrame
) -> None:
    under_way = [long_run(known_communes) for _ in range(worker.AT_ONCE_COUNT)]
    waiting = start(Request(communes, StationParameters(count=3), 1))
    waiting.stop()
    assert waiting.is_waiting
    for run in under_way:
        run.stop()
        outcome_of(run)
    with pytest.raises(JalonError, match="arrêté avant d'avoir commencé"):
        outcome_of(waiting)


def test_the_first_news_name_the_communes_out_of_reach(communes: gpd.GeoDataFrame) -> None:
    alone = communes.sort_values("mairie_lon")["insee"].iloc[0]
    parameters = StationParameters(count=3, radius_km=0.1, forbidden=(alone,))
    run = start(Request(communes, parameters, 1))
    outcome_of(run)
    name = communes.set_index("insee").loc[alone, "nom"]
    assert run.unreachable == (name,)


def test_a_process_whose_parent_is_gone_ends_by_itself(known_communes: gpd.GeoDataFrame) -> None:
    whole = known_communes[known_communes["region"].eq("44")]
    endless = StationParameters(target_gap_share=0, effort=50)
    told = pickle.dumps((whole, endless, 1))
    with subprocess.Popen(worker.COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as orphan:  # noqa: S603 - our own interpreter on our own module
        assert orphan.stdin is not None
        assert orphan.stdout is not None
        orphan.stdin.write(len(told).to_bytes(worker.SIZE_BYTES) + told)
        orphan.stdin.flush()
        pickle.load(orphan.stdout)  # noqa: S301 - our own process wrote it
        orphan.stdin.close()
        assert orphan.wait(timeout=LIMIT_S) == worker.ORPHAN_EXIT_CODE


def test_a_calculation_no_page_shows_any_more_is_stopped_and_said_so() -> None:
    sent: list[bytes] = []
    run = Run()
    run.begin(sent.append)
    run.leave(patience_s=60)
    assert not run.is_stopping
    run.seen_s -= 61
    run.leave(patience_s=60)
    assert sent == [worker.STOP]
    assert run.is_left


def test_a_page_that_looks_keeps_its_calculation() -> None:
    run = Run()
    run.seen_s -= 61
    run.look()
    run.leave(patience_s=60)
    assert not run.is_stopping


def test_news_too_close_to_be_told_apart_take_each_other_s_place() -> None:
    run = Run()
    for tenth in range(30):
        run.hear(SitingProgress(Stage.SEARCH, Objective.COVERAGE, tenth, 99, 0.5, tenth / 100))
    assert len(run.history) == 3
    assert run.history[-1].value == 29
