"""The data page in a real browser: reports, controls, ages, and the command that downloads."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.workspace import Workspace

pytestmark = [pytest.mark.browser]

Visit = Callable[[str], Page]

HEADER = (
    "site_id,site_nom,site_type,site_statut,site_identif_date,site_actu_date,comm_nom,comm_insee,"
    "urba_zaer,source_nom,geompoint"
)
SOUND = (
    "63148_1,Sucrerie,friche industrielle,friche sans projet,2024-01-01,2024-02-01,Ennezat,63148,"
    "inconnu,DDT 63,POINT (3.22 45.89)"
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give an empty workspace, which the tests of this file fill."""
    return Workspace(tmp_path_factory.mktemp("espace"))


@pytest.fixture(scope="module")
def address(serve_workspace: Callable[[Workspace], str], workspace: Workspace) -> str:
    return serve_workspace(workspace)


@pytest.fixture
def friches(tmp_path: Path) -> Path:
    """Two friches, the second of an unknown type and of an unknown status."""
    wrong = SOUND.replace("63148_1", "63148_2").replace("friche industrielle", "usine")
    wrong = wrong.replace("friche sans projet", "à vendre")
    path = tmp_path / "friches.csv"
    path.write_text(f"{HEADER}\n{SOUND}\n{wrong}\n", encoding="utf-8")
    return path


def choose(page: Page, path: Path) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    expect(page.get_by_test_id("stFileChip")).to_have_count(1)


def report(page: Page, label: str) -> list[dict[str, str]]:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label).click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_an_import_gives_the_story_of_its_rows(visit: Visit, friches: Path) -> None:
    page = visit("/donnees")
    choose(page, friches)
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_text("1 table importée")).to_be_visible()
    lines = report(page, "Rapport d'import (CSV)")
    assert ("63148_2", "FRI-STATUT") in {(line["identifiant"], line["regle"]) for line in lines}


def test_a_file_is_checked_against_the_standard_without_being_imported(
    visit: Visit, friches: Path
) -> None:
    page = visit("/donnees")
    choose(page, friches)
    page.get_by_role("button", name="Vérifier au standard CNIG").click()
    expect(page.get_by_role("alert").filter(has_text="friches.csv")).to_contain_text("fautes")
    lines = report(page, "Rapport de contrôle (CSV)")
    faults = [line for line in lines if line["action"] == "faute"]
    assert ("2", "site_type") in {(line["ligne"], line["regle"]) for line in faults}
    expect(page.get_by_text("table importée")).to_have_count(0)


def test_a_file_of_no_standard_is_refused_with_its_remedy(visit: Visit, tmp_path: Path) -> None:
    other = tmp_path / "autre.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    page = visit("/donnees")
    choose(page, other)
    page.get_by_role("button", name="Vérifier au standard CNIG").click()
    expect(page.get_by_role("alert").filter(has_text="Remède")).to_contain_text("autre.csv")


def test_the_official_data_of_a_commune_come_with_the_command_that_brings_them(
    visit: Visit,
) -> None:
    page = visit("/donnees?territoire=commune:67482")
    expect(page.get_by_text("jalon fetch commune:67482")).to_be_visible()
    shown = page.get_by_text("bdtopo-routes-commune-67482.geojson")
    expect(shown.first).to_be_attached()


def test_the_generated_territory_has_nothing_to_download(visit: Visit) -> None:
    page = visit("/donnees")
    expect(page.get_by_text("il n'y a rien à télécharger")).to_be_visible()


def test_an_old_source_says_its_age(visit: Visit) -> None:
    page = visit("/donnees")
    expect(page.get_by_text("⚠ ancien").first).to_be_attached()
    page.get_by_label("Signaler les millésimes de plus de (mois)").fill("240")
    page.get_by_label("Signaler les millésimes de plus de (mois)").press("Enter")
    expect(page.get_by_text("⚠ ancien")).to_have_count(0)
