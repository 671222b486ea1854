import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data.workspace import Workspace
from jalon.areas import embedded_communes
from jalon.importing import import_file

pytestmark = pytest.mark.usefixtures("own_workspace")

Run = Callable[..., int]

SCENARIO = """
title = "Deux départements, dix stations"
seed = 3
[territory]
departements = ["52", "55"]
[stations]
count = 10
radius_km = 20
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "essai.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_run_writes_the_same_bytes_twice(run: Run, scenario: Path, tmp_path: Path) -> None:
    for name in ("un", "deux"):
        assert run("run", str(scenario), "--out", str(tmp_path / name)) == 0
    first = {path.name: path.read_bytes() for path in (tmp_path / "un").iterdir()}
    second = {path.name: path.read_bytes() for path in (tmp_path / "deux").iterdir()}
    assert first == second
    assert set(first) == {"stations.geojson", "couverture.csv", "resume.json", "manifeste.json"}


def test_summary_for_machines_says_status_bound_and_gap(
    run: Run, scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run", str(scenario), "--out", str(tmp_path / "out"), "--json") == 0
    stations = json.loads(capsys.readouterr().out)["stations"]
    assert stations["stations"] == 10
    assert stations["borne_habitants"] >= stations["habitants_couverts"]
    assert "distance approchée" in stations["distances"]


def test_unknown_key_exits_3_with_the_remedy(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "faux.toml"
    path.write_text(SCENARIO.replace("radius_km", "radiuskm"), encoding="utf-8")
    assert run("run", str(path)) == 3
    assert "stations.radius_km" in capsys.readouterr().err.replace("\n", "")


def test_more_stations_than_communes_exits_4(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("stations", "--epci", "200036465", "--nombre", "5000") == 4
    assert "5000 stations demandées" in capsys.readouterr().err


def test_land_without_parcels_exits_5_and_says_what_to_import(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("land", "--commune", "67482") == 5
    assert "jalon import" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["foncier"], "commande ou argument inconnu"),
        (["stations", "--nombres", "3"], "option inconnue « --nombres »"),
        (["stations", "--nombre", "trois"], "valeur refusée pour « --nombre »"),
        (["run"], "il manque « SCENARIO.toml »"),
    ],
)
def test_malformed_command_exits_2_and_says_what_in_french(
    run: Run, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert told in capsys.readouterr().err


def test_layers_lists_every_dataset_for_machines(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("layers", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"cartofriches", "ocs_ge"} <= {entry["donnee"] for entry in listed["donnees_lues"]}


@pytest.mark.reference
def test_check_tells_what_a_file_is_without_storing_it(
    run: Run, reference_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = reference_dir / "data/land/friches/ardennes08_data.csv"
    assert run("check", str(path)) == 0
    assert "164 objets gardés" in capsys.readouterr().out.replace("\u202f", " ")
    assert not (tmp_path / "espace").exists()


@pytest.mark.reference
def test_zan_accounts_of_real_communes(
    run: Run, reference_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = reference_dir / "data/land/enaf/data_scot_rives_du_rhone.csv"
    assert run("import", str(path)) == 0
    capsys.readouterr()
    assert run("zan", "--commune", "07009", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["comptes"]
    assert row["enveloppe_ha"] == pytest.approx(row["consommation_2011_2020_ha"] / 2)
    assert row["derniere_annee"] == 2023


def plain_text(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what the terminal shows, on one line, with ordinary spaces."""
    return " ".join(capsys.readouterr().out.replace("\u202f", " ").split())


@pytest.fixture(scope="module")
def example_files(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder where the generated example was written."""
    folder = tmp_path_factory.mktemp("exemple")
    assert run("example", str(folder), "--parcelles", "1000") == 0
    return folder


@pytest.fixture(scope="module")
def example_workspace(example_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("espace"))
    for path in sorted(example_files.iterdir()):
        import_file(workspace, path, communes=embedded_communes())
    return workspace


@pytest.fixture
def example(example_workspace: Workspace, own_workspace: Path) -> None:
    """Put the example in the workspace of the test, which only reads it."""
    own_workspace.symlink_to(example_workspace.root)


def test_import_tells_each_table_and_its_rows(
    run: Run, example_files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", *sorted(map(str, example_files.glob("*zone_urba*")))) == 0
    told = plain_text(capsys)
    assert "ZONE_URBA : Zonage des PLU et PLUi" in told
    assert "lignes lues" in told


@pytest.mark.usefixtures("example")
def test_land_shows_sites_marked_generated_with_the_limits(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("land", "--departement", "00") == 0
    shown = plain_text(capsys)
    assert "(généré)" in shown
    assert "ne vaut ni certificat d'urbanisme ni avis juridique" in shown


@pytest.mark.usefixtures("example")
def test_zan_and_layers_speak_to_people_too(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("zan", "--departement", "00") == 0
    assert "Consommé Reste" in plain_text(capsys)
    assert run("layers") == 0
    assert "sources" in plain_text(capsys)


@pytest.mark.usefixtures("example")
def test_land_may_be_scored_for_a_use(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("land", "--departement", "00", "--usage", "industrie", "--json") == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert first["rang"] == 1
    assert first["note_min"] == pytest.approx(
        sum(
            value
            for name, value in first.items()
            if name.startswith("note_") and name[5:] not in ("min", "max")
        ),
        abs=1e-5,  # each is written with six decimals
    )


@pytest.mark.usefixtures("example")
def test_land_assembles_parcels_up_to_the_size_asked(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--surface", "3", "--largeur", "60")
    assert run("land", "--departement", "00", *asked, "--json") == 0
    sites = json.loads(capsys.readouterr().out)
    assert min(site["plus_grand_tenant_ha"] for site in sites if site["parcelles"]) >= 3
    assert any(site["nature"] == "assemblage de parcelles" for site in sites)


def test_a_negative_size_is_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("land", "--commune", "67482", "--surface", "-1") == 3
    assert "au moins 0" in capsys.readouterr().err


def test_unknown_use_exits_3_and_names_the_nearest(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("land", "--departement", "00", "--usage", "industri") == 3
    assert "Vouliez-vous dire « industrie » ?" in capsys.readouterr().err


@pytest.mark.usefixtures("example")
def test_model_written_by_search_is_a_specification_that_search_plays(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("search", "--modele", "station") == 0
    path = tmp_path / "cahier.toml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    out = tmp_path / "out"
    assert run("search", str(path), "--departement", "00", "--out", str(out), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sites_examines"] > 0
    assert (out / "sites_a_verifier.geojson").is_file()
    assert run("search", str(path), "--departement", "00") == 0
    assert "ne vaut ni certificat d'urbanisme" in plain_text(capsys)


def test_search_without_a_specification_points_to_a_model(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("search") == 3
    assert "jalon search --modele" in capsys.readouterr().err


@pytest.mark.usefixtures("example")
def test_land_that_keeps_nothing_says_which_rule_decides(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("land", "--departement", "00", "--surface", "9000") == 0
    shown = plain_text(capsys)
    assert "Le plus souvent" in shown
    assert "land.economic_labels" in shown
