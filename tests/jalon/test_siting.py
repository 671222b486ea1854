import json
from dataclasses import replace

import geopandas as gpd
import pytest

from geo.crs import EXCHANGE, WORKING
from geo.errors import InfeasibleError, InputError
from geo.optimise.plan import Status
from jalon import siting_problem
from jalon.model import Objective, StationParameters
from jalon.provenance import provenance
from jalon.siting import place_stations
from jalon.siting_check import check
from jalon.siting_problem import posed, question
from jalon.siting_tables import coverage_by
from jalon.siting_words import SitingProgress, Step
from jalon.station_export import station_files, station_proof


def communes(offsets_km: list[float], people: list[float]) -> gpd.GeoDataFrame:
    """Return communes on a line, their town halls at the given kilometres."""
    points = gpd.points_from_xy(
        [900_000 + 1000 * km for km in offsets_km], [6_800_000] * len(people)
    )
    places = gpd.GeoDataFrame(geometry=points, crs=WORKING).to_crs(EXCHANGE)
    count = range(len(people))
    return gpd.GeoDataFrame(
        {
            "insee": [f"540{n:02d}" for n in count],
            "nom": [f"Commune {n}" for n in count],
            "departement": "54",
            "departement_nom": "Meurthe-et-Moselle",
            "epci_siren": ["200000001" if n < 2 else "200000002" for n in count],
            "epci_nom": ["CC Ouest" if n < 2 else "CC Est" for n in count],
            "population": people,
            "mairie_lon": places.geometry.x,
            "mairie_lat": places.geometry.y,
        },
        geometry=points,
        crs=WORKING,
    )


LINE = communes([0, 5, 30, 35, 80], [100, 300, 200, 200, 50])
"""Two pairs 5 km apart and one commune alone; a detour of 1 keeps the kilometres."""


def asked(count: int | None = None, **more: object) -> StationParameters:
    """Return a request in which a kilometre of straight line is a kilometre of road."""
    counted = {} if count is None else {"count": count}
    return StationParameters.model_validate(
        {"detour_ratio": 1.0, "radius_km": 6, **counted, **more}
    )


def refusal_of(parameters: StationParameters) -> InfeasibleError:
    with pytest.raises(InfeasibleError) as refused:
        place_stations(LINE, parameters, seed=1)
    return refused.value


def test_two_stations_serve_the_two_pairs() -> None:
    outcome = place_stations(LINE, asked(2), seed=1)
    assert outcome.plan.status is Status.OPTIMAL
    assert outcome.plan.objective == 800
    assert outcome.covered_share == pytest.approx(800 / 850)
    assert outcome.coverage.loc[~outcome.coverage["is_covered"], "nom"].tolist() == ["Commune 4"]


def test_detour_ratio_lengthens_the_way() -> None:
    longer = StationParameters(count=2, radius_km=6, detour_ratio=1.3)
    assert place_stations(LINE, longer, seed=1).plan.objective == 500


def test_fixed_station_is_in_the_plan_and_said_so() -> None:
    request = asked(2, fixed=("54004",))
    stations = place_stations(LINE, request, seed=1).stations.set_index("insee")
    assert stations.loc["54004", "is_fixed"]
    assert len(stations) == 2


def test_forbidden_communes_get_no_station() -> None:
    request = asked(2, forbidden=("54000", "54001"))
    chosen = set(place_stations(LINE, request, seed=1).stations["insee"])
    assert not chosen & {"54000", "54001"}


def test_more_stations_than_candidates_is_refused_with_the_counts() -> None:
    with pytest.raises(InfeasibleError, match="6 stations demandées mais 5 sites candidats"):
        place_stations(LINE, StationParameters(count=6), seed=1)


def test_unknown_commune_code_is_named() -> None:
    with pytest.raises(InputError, match=r"« stations\.fixed » : 99999"):
        place_stations(LINE, StationParameters(count=1, fixed=("99999",)), seed=1)


def test_commune_of_unknown_population_stays_in_the_table() -> None:
    some = communes([0, 5], [float("nan"), 10])
    outcome = place_stations(some, asked(1), seed=1)
    assert len(outcome.coverage) == 2
    assert outcome.coverage["population"].isna().tolist() == [True, False]


def test_served_people_add_up_to_the_covered_ones() -> None:
    outcome = place_stations(LINE, asked(2), seed=1)
    assert outcome.stations["served_population"].sum() == outcome.plan.objective


def test_coverage_by_epci_lists_the_least_covered_first() -> None:
    outcome = place_stations(LINE, asked(2), seed=1)
    by_epci = coverage_by(outcome.coverage, "epci_siren", "epci_nom")
    assert by_epci["epci_nom"].tolist() == ["CC Est", "CC Ouest"]
    assert by_epci["covered_share"].tolist() == pytest.approx([400 / 450, 1.0])


def test_curve_passes_through_the_plan_and_its_bounds_hold_it() -> None:
    outcome = place_stations(LINE, asked(2), seed=1)
    assert outcome.curve is not None
    here = outcome.curve.set_index("count").loc[2]
    assert here["covered_at_least"] == outcome.plan.objective
    assert here["covered_at_most"] >= outcome.plan.objective


def test_curve_is_left_out_where_it_would_not_be_that_of_the_request() -> None:
    assert place_stations(LINE, asked(2, spacing_km=1), seed=1).curve is None


def test_fewest_stations_serve_every_commune() -> None:
    outcome = place_stations(LINE, asked(objective="effectif"), seed=1)
    assert (outcome.value, outcome.bound) == (3, 3)
    assert outcome.coverage["is_covered"].all()


def test_fewest_stations_for_a_share_leave_the_rest() -> None:
    outcome = place_stations(LINE, asked(objective="effectif", share=0.9), seed=1)
    assert outcome.value == 2
    assert outcome.covered_share == pytest.approx(800 / 850)


def test_a_station_already_there_serves_and_is_not_counted() -> None:
    outcome = place_stations(LINE, asked(2, existing=("54004",)), seed=1)
    assert outcome.covered_share == 1
    assert outcome.stations["origin"].value_counts().to_dict() == {"proposée": 2, "existante": 1}


def test_fewest_stations_come_beside_those_already_there() -> None:
    outcome = place_stations(LINE, asked(objective="effectif", existing=("54004",)), seed=1)
    assert outcome.value == 2
    assert len(outcome.stations) == 3


def test_stations_already_there_may_be_nearer_than_the_spacing() -> None:
    request = asked(1, existing=("54000", "54001"), spacing_km=10)
    assert len(place_stations(LINE, request, seed=1).stations) == 3


def test_double_coverage_counts_only_communes_with_two_stations_within_reach() -> None:
    outcome = place_stations(LINE, asked(2, backup=2), seed=1)
    assert outcome.plan.objective == 400
    assert outcome.coverage["stations_within"].tolist() == [2, 2, 0, 0, 0]
    assert outcome.stations["lost_population"].tolist() == [400, 400]


def test_commune_that_no_two_stations_can_reach_is_named() -> None:
    assert place_stations(LINE, asked(2, backup=2), seed=1).unreachable == ("Commune 4",)


def test_communes_out_of_reach_are_told_before_anything_is_solved() -> None:
    heard: list[SitingProgress] = []
    place_stations(LINE, asked(2, forbidden=("54004",)), seed=1, progress=heard.append)
    assert heard[0].unreachable == ("Commune 4",)
    assert not heard[0].has_plan
    assert heard[-1].value == 800


def test_spacing_keeps_stations_apart() -> None:
    chosen = place_stations(LINE, asked(3, spacing_km=10), seed=1).stations["insee"]
    assert len({"54000", "54001"} & set(chosen)) == 1
    assert len({"54002", "54003"} & set(chosen)) == 1


def test_limit_of_an_epci_holds() -> None:
    outcome = place_stations(LINE, asked(4, max_per_epci={"200000001": 1}), seed=1)
    assert outcome.stations["epci_nom"].eq("CC Ouest").sum() == 1


def test_limits_of_an_unknown_epci_are_refused() -> None:
    with pytest.raises(InputError, match=r"« stations\.min_per_epci » : 123456789"):
        place_stations(LINE, asked(2, min_per_epci={"123456789": 1}), seed=1)


def test_a_minimum_above_the_count_says_both_ways_out() -> None:
    refused = refusal_of(asked(2, min_per_departement=3))
    assert "Meurthe-et-Moselle : au moins 3" in refused.message
    assert "nombre de stations : 2" in refused.message
    assert "abaisser le minimum de « Meurthe-et-Moselle » de 3 à 2" in refused.hint
    assert "porter le nombre de stations de 2 à 3" in refused.hint


def test_too_wide_a_spacing_says_how_far_to_come_down() -> None:
    assert "ramener l'espacement de 10 à 5 km" in refusal_of(asked(5, spacing_km=10)).hint


def test_a_share_out_of_reach_names_the_communes_that_miss() -> None:
    refused = refusal_of(asked(objective="effectif", share=0.99, forbidden=("54004",)))
    assert "communes hors de portée : Commune 4" in refused.message
    assert "94,1 %" in refused.hint


def test_a_stop_from_the_start_still_gives_a_plan_and_a_bound() -> None:
    outcome = place_stations(LINE, asked(2), seed=1, wants_stop=lambda: True)
    assert len(outcome.stations) == 2
    assert outcome.bound >= outcome.value
    assert outcome.curve is None


def test_nothing_more_is_worked_out_once_the_time_is_over() -> None:
    outcome = place_stations(LINE, asked(2, time_limit_s=1e-9, alternatives=2), seed=1)
    assert len(outcome.stations) == 2
    assert outcome.curve is None
    assert outcome.alternatives.empty


def test_what_follows_the_plan_is_told_in_turn() -> None:
    heard: list[SitingProgress] = []
    place_stations(LINE, asked(2, alternatives=1), seed=1, progress=heard.append)
    assert [news.step for news in heard[-2:]] == [Step.CURVE, Step.OTHERS]
    assert heard[-1].value == 800


@pytest.mark.parametrize("objective", [Objective.MEAN_DISTANCE, Objective.LONGEST_DISTANCE])
def test_distances_too_few_to_hold_a_plan_are_listed_further(
    objective: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(2, objective=objective, forbidden=("54004",))
    whole = place_stations(LINE, request, seed=1)
    monkeypatch.setattr(siting_problem, "FULL_LISTS", 0)
    monkeypatch.setattr(siting_problem, "MOST_LISTED", 1)
    monkeypatch.setattr(siting_problem, "LIMITED_RATIO", 0.2)
    assert place_stations(LINE, request, seed=1).value == whole.value


def test_shortest_mean_distance_goes_where_people_are() -> None:
    outcome = place_stations(LINE, asked(2, objective="distance moyenne"), seed=1)
    assert outcome.value == pytest.approx((100 * 5 + 200 * 5 + 50 * 45) / 850)
    assert outcome.bound <= outcome.value
    assert outcome.curve is None


def test_shortest_longest_distance_leaves_nobody_far() -> None:
    outcome = place_stations(LINE, asked(3, objective="distance maximale"), seed=1)
    assert (outcome.value, outcome.bound) == (5, 5)
    assert outcome.coverage["distance_km"].max() == 5


def test_without_a_station_the_mean_distance_grows_by_what_is_said() -> None:
    request = asked(2, objective="distance moyenne", fixed=("54001", "54003"))
    added = place_stations(LINE, request, seed=1).stations.set_index("insee")["added_km"]
    # Without Commune 1, its people and those of Commune 0 go to Commune 3, 30 km further.
    assert added["54001"] == pytest.approx((300 * 30 + 100 * 30) / 850)


def test_other_plans_say_what_they_would_change() -> None:
    others = place_stations(LINE, asked(2, alternatives=2), seed=1).alternatives
    assert others["rank"].tolist() == [1, 2]
    assert others["value"].eq(800).all()
    assert others["closed"].str.len().gt(0).all()
    assert others["closed"].str.len().equals(others["opened"].str.len())


def test_a_plan_that_does_not_measure_what_it_says_is_refused() -> None:
    request = asked(2, objective="distance moyenne")
    posed_question = question(LINE, request)
    problem = posed(posed_question)
    plan = place_stations(LINE, request, seed=1).plan
    with pytest.raises(InputError, match="recalculée"):
        check(posed_question, problem, replace(plan, objective=plan.objective - 1))


@pytest.mark.parametrize("objective", list(Objective))
def test_same_request_and_seed_give_the_same_plan(objective: Objective) -> None:
    request = (
        asked(objective=objective) if objective == "effectif" else asked(2, objective=objective)
    )
    first, second = (place_stations(LINE, request, seed=1) for _ in range(2))
    assert first.plan == second.plan
    assert station_proof(first) == station_proof(second)
    assert first.plan.instance_hash


def test_files_carry_the_proof_and_no_second_of_the_clock() -> None:
    source = provenance("Essai", parameters={}, seed=1, regions=["44"], records=())
    outcome = place_stations(LINE, asked(2), seed=1)
    later = replace(outcome, plan=replace(outcome.plan, seconds=99.0, seconds_to_best=99.0))
    files = station_files(outcome, source)
    assert files == station_files(later, source)
    told = json.loads(files["stations.geojson"])["jalon"]["plan"]
    assert told["statut"] == "optimum prouvé"
    assert "statut optimum prouvé" in files["couverture.csv"].decode("utf-8-sig")
