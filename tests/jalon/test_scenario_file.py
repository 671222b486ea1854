from pathlib import Path

import pytest

from geo.errors import InputError
from jalon.scenario_file import parse_scenario, read_scenario

GOOD: dict[str, object] = {"title": "Essai", "territory": {"regions": ["44"]}, "stations": {}}
EXAMPLES = Path(__file__).parents[2] / "examples"


def refused(**changes: object) -> str:
    with pytest.raises(InputError) as caught:
        parse_scenario({**GOOD, **changes}, subject="Scénario « essai.toml »")
    return str(caught.value)


def test_unknown_key_is_refused_with_the_nearest_valid_name() -> None:
    message = refused(stations={"rayon_km": 10, "radius_kms": 10})
    assert "clé inconnue « stations.radius_kms », vouliez-vous dire « stations.radius_km » ?" in (
        message
    )


def test_unknown_key_of_the_first_level_is_refused_too() -> None:
    assert "clé inconnue « titel », vouliez-vous dire « title » ?" in refused(titel="Essai")


def test_all_faults_are_told_at_once() -> None:
    message = refused(stations={"count": 0, "detour_ratio": 9, "fixed": ["Nancy"]})
    assert "« stations.count » doit valoir au moins 1 (reçu : 0)" in message
    assert "« stations.detour_ratio » doit valoir au plus 3.0 (reçu : 9)" in message
    assert "« stations.fixed.0 » n'est pas un code INSEE de 5 caractères" in message


def test_missing_key_is_named() -> None:
    with pytest.raises(InputError, match="clé obligatoire absente : « territory »"):
        parse_scenario({"title": "Essai"}, subject="Scénario")


def test_choice_out_of_the_list_shows_the_list() -> None:
    assert "« land.unspecified_risk » doit être l'un de : 'exclure' ou 'signaler'" in refused(
        land={"unspecified_risk": "ignorer"}
    )


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "casse.toml"
    path.write_text('title = "sans fin\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"casse\.toml » n'est pas un fichier TOML valide"):
        read_scenario(path)


def test_scenario_that_does_not_exist_points_to_the_examples(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Scénario introuvable"):
        read_scenario(tmp_path / "rien.toml")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_example_is_a_valid_scenario(path: Path) -> None:
    assert read_scenario(path).title
