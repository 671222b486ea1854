import geopandas as gpd
import pytest

from geo.crs import EXCHANGE, WORKING
from geo.errors import InfeasibleError, InputError
from geo.optimise.problem import Status
from jalon.model import StationParameters
from jalon.siting import coverage_by, place_stations


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


def asked(count: int, **more: tuple[str, ...]) -> StationParameters:
    """Return a request in which a kilometre of straight line is a kilometre of road."""
    return StationParameters(count=count, detour_ratio=1.0, radius_km=6, **more)  # type: ignore[arg-type] # only fixed and forbidden are given


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
    here = outcome.curve.set_index("count").loc[2]
    assert here["covered_at_least"] == outcome.plan.objective
    assert here["covered_at_most"] >= outcome.plan.objective
