"""The generated example, from its files to every output, through the code real files use."""

import json
from pathlib import Path

import pytest

from data.workspace import Workspace
from geo.errors import InputError
from jalon.example import ensure_example
from jalon.model import SiteStatus
from jalon.run_outputs import run_files
from jalon.scenario import Outcome, run
from jalon.scenario_file import parse_scenario, read_scenario
from jalon.zan_inputs import ledger_data

SCENARIO = read_scenario(Path(__file__).parents[2] / "examples/pays_de_jalonne.toml")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    space = Workspace(tmp_path_factory.mktemp("jalonne"))
    ensure_example(space)
    return space


@pytest.fixture(scope="module")
def outcome(workspace: Workspace) -> Outcome:
    return run(SCENARIO, workspace)


def test_every_imported_source_is_said_generated(workspace: Workspace) -> None:
    assert len(workspace.sources()) >= 11
    assert all(record.is_generated for record in workspace.sources())
    assert {record.producer for record in workspace.sources()} == {"Jalon, territoire généré"}


def test_example_is_imported_once(workspace: Workspace) -> None:
    before = workspace.fingerprint()
    ensure_example(workspace)
    assert workspace.fingerprint() == before


def test_all_four_statuses_are_met(outcome: Outcome) -> None:
    assert outcome.land is not None
    assert set(outcome.land.sites["status"]) == {status.value for status in SiteStatus}


def test_known_occupation_leaves_no_interval(outcome: Outcome) -> None:
    assert outcome.land is not None
    free = outcome.land.shortlist.query("status == 'disponible'")
    assert (free["enaf_hi_ha"] - free["enaf_lo_ha"]).max() < 0.01


def test_parts_of_the_ledger_add_up(outcome: Outcome) -> None:
    assert outcome.ledger is not None
    accounts = outcome.ledger.accounts.set_index("level")
    for column in ("reference_ha", "consumed_ha"):
        sums = accounts[column].groupby(level=0).sum()
        assert sums["commune"] == pytest.approx(sums["EPCI"], abs=1e-6)
        assert sums["commune"] == pytest.approx(sums["département"], abs=1e-6)


def test_outputs_say_generated_and_carry_their_hashes(outcome: Outcome) -> None:
    files = run_files(outcome)
    assert set(files) == {
        "sites_retenus.geojson",
        "sites_ecartes.geojson",
        "comptes_zan.csv",
        "comptes_zan.json",
        "comptes_zan.pdf",
        "comptes_zan.xlsx",
        "arithmetique_regionale_zan.csv",
        "resume.json",
        "manifeste.json",
    }
    kept = json.loads(files["sites_retenus.geojson"])["features"]
    assert all(feature["properties"]["genere"] for feature in kept)
    assert {feature["properties"]["enveloppe"] for feature in kept} == {
        "0 ENAF",
        "dans l'enveloppe",
        "incertain",
        "au-delà de l'enveloppe calculée",
    }
    assert set(json.loads(files["manifeste.json"])["fichiers_sha256"]) == set(files) - {
        "manifeste.json"
    }


def test_kept_and_rejected_make_every_parcel(outcome: Outcome) -> None:
    files = run_files(outcome)
    counts = [
        len(json.loads(files[name])["features"])
        for name in ("sites_retenus.geojson", "sites_ecartes.geojson")
    ]
    assert outcome.land is not None
    assert sum(counts) == len(outcome.land.sites)


def test_scenario_that_asks_nothing_is_refused(workspace: Workspace) -> None:
    empty = parse_scenario({"title": "Rien", "territory": {"regions": ["44"]}}, subject="Scénario")
    with pytest.raises(InputError, match="ne demande rien"):
        run(empty, workspace)


def test_unknown_territory_is_named_with_what_is_embedded(workspace: Workspace) -> None:
    fields: dict[str, object] = {"title": "Ailleurs", "territory": {"regions": ["11"]}, "zan": {}}
    with pytest.raises(InputError, match=r"Codes de territoire inconnus : 11"):
        run(parse_scenario(fields, subject="Scénario"), workspace)


def test_accounts_name_the_series_and_the_dated_plans_they_rest_on(
    workspace: Workspace, outcome: Outcome
) -> None:
    layers_read = {one.layer_id for one in ledger_data(workspace, outcome.communes).sources}
    said = {"zan_objectives", "planning_documents", "scots", "zan_declarations"}
    assert layers_read == {"enaf", "zoning", *said}
