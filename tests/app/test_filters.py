"""The filters and the state of a session: pure selections, and an address that says them again."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from geo.crs import EXCHANGE, WORKING
from jalon.model import SiteStatus
from jalon.ui.drawings import Drawing, drawing_of
from jalon.ui.filters import STATUSES, filtered, statuses_of, touched_by
from jalon.ui.state import KEPT_STATUSES, AppState
from jalon.ui.text_fr import costs, literal

STATE_SCRIPT = Path(__file__).parent / "state_script.py"


def squares() -> gpd.GeoDataFrame:
    """A, B, C, D: squares of 1 ha side by side, from best to rejected; D has no known area."""
    boxes = [
        shapely.box(700_000 + 100 * n, 6_500_000, 700_100 + 100 * n, 6_500_100)
        for n in (0, 1, 2, 3)
    ]
    return gpd.GeoDataFrame(
        {
            "site_id": ["D", "C", "B", "A"],
            "status": [
                SiteStatus.UNAVAILABLE.value,
                SiteStatus.UNDETERMINED.value,
                SiteStatus.AVAILABLE.value,
                SiteStatus.AVAILABLE.value,
            ],
            "usable_ha": [float("nan"), 0.4, 1.0, 2.0],
            "kind": ["parcelle", "parcelle", "assemblage de parcelles", "parcelle"],
            "width_m": [100.0, 40.0, 60.0, 100.0],
            "reliability_share": [1.0, 0.5, 0.7, 0.9],
            "motorway_m": [float("nan"), 900.0, float("nan"), 4_000.0],
        },
        geometry=boxes[::-1],
        crs=WORKING,
    )


def box_drawing(west_m: float, east_m: float) -> tuple[Drawing, ...]:
    shape = gpd.GeoSeries([shapely.box(west_m, 6_500_010, east_m, 6_500_090)], crs=WORKING)
    return (drawing_of("d", shape.to_crs(EXCHANGE)[0]),)


def ids(sites: gpd.GeoDataFrame) -> list[str]:
    return list(sites["site_id"])


def test_without_filter_the_rejected_are_hidden_and_the_best_come_first() -> None:
    assert ids(filtered(squares(), AppState())) == ["A", "B", "C"]


def test_a_minimum_area_keeps_the_sites_at_least_that_large() -> None:
    assert ids(filtered(squares(), AppState(min_ha=1.0))) == ["A", "B"]


def test_a_maximum_area_keeps_the_sites_at_most_that_large() -> None:
    assert ids(filtered(squares(), AppState(max_ha=1.0))) == ["B", "C"]


def test_a_site_of_unknown_area_passes_only_while_no_area_is_asked() -> None:
    every = AppState(statuses=STATUSES)
    assert "D" in ids(filtered(squares(), every))
    assert "D" not in ids(filtered(squares(), AppState(statuses=STATUSES, max_ha=9.0)))


def test_a_kind_keeps_only_its_sites() -> None:
    assert ids(filtered(squares(), AppState(kinds=("assemblage de parcelles",)))) == ["B"]


def test_a_width_and_a_reliability_keep_the_sites_that_reach_them() -> None:
    assert ids(filtered(squares(), AppState(min_width_m=60))) == ["A", "B"]
    assert ids(filtered(squares(), AppState(min_reliability_share=0.9))) == ["A"]


def test_a_site_of_unknown_distance_passes_only_while_no_distance_is_asked() -> None:
    assert ids(filtered(squares(), AppState(reach_m=(("motorway_m", 5_000.0),)))) == ["A", "C"]


def test_scored_sites_come_by_rank_and_those_without_rank_last() -> None:
    ranked = squares().assign(rank=pd.array([pd.NA, 1, 3, 2], dtype="Int32"))
    assert ids(filtered(ranked, AppState(statuses=STATUSES))) == ["C", "A", "B", "D"]


def test_a_drawing_keeps_the_sites_it_overlaps() -> None:
    assert ids(filtered(squares(), AppState(), box_drawing(700_050, 700_150))) == ["A", "B"]


def test_two_drawings_keep_the_sites_of_both() -> None:
    both = box_drawing(700_010, 700_020) + box_drawing(700_210, 700_220)
    assert ids(filtered(squares(), AppState(), both)) == ["A", "C"]


def test_a_site_that_only_touches_a_drawing_is_left_out() -> None:
    away = box_drawing(699_000, 699_900)
    assert not touched_by(squares(), away).any()


def test_the_usual_statuses_are_not_worth_an_address() -> None:
    assert statuses_of(list(reversed(KEPT_STATUSES))) == ()


def test_no_status_chosen_means_all_of_them() -> None:
    assert statuses_of([]) == STATUSES


def test_a_sum_of_costs_says_how_many_sites_have_none() -> None:
    told = costs([0.1, float("nan")], [0.3, float("nan")]).replace("\u202f", " ")
    assert told == "0,10 à 0,30 ha (hors 1 site)"


def test_a_name_from_a_file_is_never_markup() -> None:
    assert literal("![x](http://y) **z**") == r"\!\[x\]\(http\://y\) \*\*z\*\*"


@pytest.fixture
def session() -> AppTest:
    return AppTest.from_file(str(STATE_SCRIPT))


def told(session: AppTest) -> str:
    return str(session.code[0].value)


def test_the_state_of_a_session_stands_in_its_address_and_comes_back_from_it(
    session: AppTest,
) -> None:
    session.run()
    session.button("changer").click().run()
    again = AppTest.from_file(str(STATE_SCRIPT))
    again.query_params.update(session.query_params)
    assert told(again.run()) == told(session)
    assert "63148000AB0001" in told(again)


def test_an_address_that_makes_no_sense_is_read_as_nothing(session: AppTest) -> None:
    session.query_params.update(
        {
            "statuts": "n'importe quoi",
            "min_ha": "-3",
            "max_ha": "nan",
            "usage": "château",
            "distances": "lune_m:3,road_m:loin",
            "poids": "surface",
            "cahier": '{"surface": 3}',
        }
    )
    assert told(session.run()) == repr(AppState())


def test_another_territory_closes_the_sheet_and_keeps_the_list(session: AppTest) -> None:
    session.run()
    session.button("changer").click().run()
    session.button("ailleurs").click().run()
    assert "site_id=''" in told(session)
    assert "63148000AB0001" in told(session)
