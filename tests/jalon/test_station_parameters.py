import pytest

from geo.errors import InputError
from jalon.model import Objective, StationParameters
from jalon.scenario_file import parse_scenario


def stations(**fields: object) -> StationParameters:
    """Return the parameters a scenario reads from its table [stations]."""
    asked: dict[str, object] = {
        "title": "Essai",
        "territory": {"regions": ["44"]},
        "stations": fields,
    }
    parsed = parse_scenario(asked, subject="Scénario").stations
    assert parsed is not None
    return parsed


def refused(**fields: object) -> str:
    with pytest.raises(InputError) as fault:
        stations(**fields)
    return fault.value.message


def test_a_scenario_of_before_asks_for_coverage() -> None:
    read = stations(count=300, radius_km=10, target_gap_share=0.005, fixed=[], forbidden=[])
    assert read == StationParameters()
    assert read.objective is Objective.COVERAGE


def test_parameters_survive_being_written_and_read() -> None:
    asked = StationParameters(objective=Objective.FEWEST, share=0.9, spacing_km=5)
    assert StationParameters.model_validate_json(asked.model_dump_json()) == asked


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"share": 0.9}, "« stations.share » ne sert qu'avec objective = « effectif »"),
        ({"objective": "effectif", "count": 12}, "« stations.count » ne sert qu'avec"),
        ({"objective": "distance moyenne", "backup": 2}, "« stations.backup » ne sert qu'avec"),
        (
            {"objective": "distance maximale", "alternatives": 3},
            "« stations.alternatives » ne sert",
        ),
        (
            {"min_per_departement": 3, "max_per_departement": 2},
            "« stations.max_per_departement » est sous « min_per_departement » (3)",
        ),
        (
            {"fixed": ["54001"], "forbidden": ["54001"]},
            "« stations.forbidden » reprend des communes de « fixed » : 54001",
        ),
        ({"objective": "le moins cher"}, "« stations.objective » doit être l'un de"),
    ],
)
def test_parameters_that_do_not_go_together_are_refused_by_name(
    fields: dict[str, object], told: str
) -> None:
    assert told in refused(**fields)


def test_every_wrong_combination_is_said_at_once() -> None:
    message = refused(objective="distance moyenne", backup=2, share=0.5)
    assert "stations.backup" in message
    assert "stations.share" in message
