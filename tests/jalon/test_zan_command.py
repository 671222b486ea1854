import csv
import io
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from data.workspace import Workspace
from jalon.importing import import_file
from jalon.zan_templates import template_csv

pytestmark = pytest.mark.usefixtures("own_workspace")

Run = Callable[..., int]
Told = Callable[..., dict[str, Any]]

YEARS = range(11, 24)
FLOWS_M2 = {"07009": 2_000, "07010": 12_000}
"""Yearly square metres of Andance and Annonay, the same every year from 2011 to 2023."""

ANDANCE = ("--commune", "07009")
"""A territory said by its code: its name would be looked for among those of France."""


def import_csv(root: Path, path: Path, rows: Sequence[Sequence[object]]) -> None:
    path.write_text("\n".join(";".join(map(str, row)) for row in rows) + "\n", encoding="utf-8")
    import_file(Workspace(root), path)


@pytest.fixture(scope="module")
def stored_series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace that holds the series of two communes."""
    folder = tmp_path_factory.mktemp("series")
    heads = ["idcom", "idcomtxt", *(f"naf{year}art{year + 1}" for year in YEARS)]
    rows = [[code, "", *[flow] * len(YEARS)] for code, flow in FLOWS_M2.items()]
    import_csv(folder / "espace", folder / "conso.csv", [heads, *rows])
    return folder / "espace"


@pytest.fixture
def series(stored_series: Path, own_workspace: Path, tmp_path: Path) -> Path:
    """Put the series of two communes in the workspace; return the folder of what is written."""
    shutil.copytree(stored_series, own_workspace)
    return tmp_path / "comptes"


@pytest.fixture
def told(run: Run, capsys: pytest.CaptureFixture[str]) -> Told:
    """Return what a program is told."""

    def answer(*arguments: str) -> dict[str, Any]:
        assert run("zan", *arguments, "--json") == 0
        content: dict[str, Any] = json.loads(capsys.readouterr().out)
        return content

    return answer


@pytest.mark.parametrize("area", ["07009", "Andance", "commune:andance"])
def test_territory_is_named_by_code_or_name(told: Told, series: Path, area: str) -> None:
    assert not series.exists()
    (row,) = told(area)["comptes"]
    assert row["code"] == "07009"
    assert row["consommation_2011_2020_ha"] == pytest.approx(10 * 0.2)


@pytest.mark.usefixtures("series")
def test_several_territories_and_options_add_up(told: Told) -> None:
    accounts = told("Andance", "--commune", "07010")["comptes"]
    assert {row["code"] for row in accounts} == set(FLOWS_M2)


@pytest.mark.usefixtures("series")
@pytest.mark.parametrize("area", ["SC07", "scot:Essai", "essai"])
def test_imported_scot_is_named_by_code_or_name(
    told: Told, tmp_path: Path, area: str, own_workspace: Path
) -> None:
    members = [[code, "SC07", "Essai"] for code in FLOWS_M2]
    import_csv(
        own_workspace, tmp_path / "scot.csv", [["commune", "code_scot", "nom_scot"], *members]
    )
    accounts = told(area)["comptes"]
    assert [row["code"] for row in accounts if row["niveau"] == "SCoT"] == ["SC07"]


@pytest.mark.usefixtures("series")
def test_machines_are_told_date_status_rules_sources_and_limits(told: Told) -> None:
    content = told(*ANDANCE, "--date", "2025-01-01")
    (row,) = content["comptes"]
    assert content["date_de_reference"] == "2025-01-01"
    assert row["statut_du_taux"] == "défaut"
    assert set(row["regles"]) >= {rule["Règle"] for rule in content["regles"]}
    assert any(source.get("fichier") == "conso.csv" for source in content["sources"])
    assert len(content["limites"]) == 10


@pytest.mark.usefixtures("series")
def test_reference_date_chooses_the_law(told: Told) -> None:
    before = told(*ANDANCE, "--date", "2022-01-01")["comptes"][0]
    after = told(*ANDANCE, "--date", "2025-01-01")["comptes"][0]
    assert before["garantie_communale_max_ha"] in (None, 0)
    assert after["garantie_communale_max_ha"] >= 1


@pytest.mark.parametrize(
    ("day", "fault"),
    [("22/08/2026", "n'est pas une date"), ("2020-01-01", "n'est connue au 2020-01-01")],
)
@pytest.mark.usefixtures("series")
def test_bad_date_exits_3_and_says_why(
    run: Run, day: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("zan", *ANDANCE, "--date", day) == 3
    assert fault in capsys.readouterr().err


def test_no_territory_exits_3(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("zan") == 3
    assert "Aucun territoire choisi" in capsys.readouterr().err


def test_unknown_territory_exits_3(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("zan", "Nulle-Part-sur-Rien") == 3
    assert "Aucun territoire ne s'appelle" in capsys.readouterr().err


def test_territory_without_series_exits_5_and_says_what_to_import(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("zan", "Andance") == 5
    assert "jalon import" in capsys.readouterr().err


def test_folder_receives_the_same_four_files_twice(
    run: Run, series: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = []
    for _ in range(2):
        assert run("zan", *ANDANCE, "--out", str(series)) == 0
        written.append({path.name: path.read_bytes() for path in series.iterdir()})
    assert written[0] == written[1]
    assert sorted(written[0]) == [f"comptes_zan.{end}" for end in ("csv", "json", "pdf", "xlsx")]
    assert "comptes_zan.pdf" in capsys.readouterr().out


@pytest.mark.usefixtures("series")
def test_people_read_the_status_of_the_rate(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("zan", *ANDANCE) == 0
    shown = " ".join(capsys.readouterr().out.replace("\u202f", " ").split())
    assert "(défaut)" in shown
    assert "ne vaut ni certificat d'urbanisme" in shown


@pytest.mark.usefixtures("series")
def test_region_tells_its_levy_and_the_part_it_keeps_back(told: Told) -> None:
    content = told("--region", "84", "--part-reservee", "0.05")
    (region,) = content["arithmetique_regionale"]
    reference_ha = 10 * (0.2 + 1.2)
    assert region["prelevement_pene_ha"] == pytest.approx(10_000 * reference_ha / 224_000)
    assert region["part_reservee_ha"] == pytest.approx(0.05 * region["plafond_hors_pene_ha"])
    assert "communes comptées sur" in region["explication"]
    assert {"R-ENV-6", "R-ENV-7"} <= {rule["Règle"] for rule in content["regles"]}


@pytest.mark.usefixtures("series")
def test_people_read_the_cap_of_a_region(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("zan", "--region", "84") == 0
    shown = capsys.readouterr().out
    assert "moitié de la référence, moins le prélèvement pour les PENE" in shown
    assert "aucune part réservée donnée" in shown


@pytest.mark.usefixtures("series")
@pytest.mark.parametrize("area", [ANDANCE, ("--region", "84", "--date", "2024-06-09")])
def test_without_a_region_or_its_figures_there_is_no_regional_arithmetic(
    told: Told, area: tuple[str, ...]
) -> None:
    assert "arithmetique_regionale" not in told(*area)


@pytest.mark.usefixtures("series")
@pytest.mark.parametrize("share", ["1.5", "-0.1"])
def test_part_kept_back_outside_its_bounds_exits_3(
    run: Run, share: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("zan", "--region", "84", f"--part-reservee={share}") == 3
    assert "reserve_share" in capsys.readouterr().err


def test_reconciliation_compares_the_communes_asked_for(
    run: Run, series: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("zan", *ANDANCE, "--rapprochement", "--out", str(series)) == 0
    text = (series / "rapprochement_zan.csv").read_text("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text), delimiter=";"))) == 1
    assert capsys.readouterr().out


def test_vacancy_of_the_zones_is_told_and_written(
    run: Run, series: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], own_workspace: Path
) -> None:
    heads = ["unite_fonciere", "zae", "commune", "activite_cfe", "sans_activite_cfe_depuis"]
    vacant = ["non", "2020-01-01"] * 2
    rows = [["UF1", "ZI", "07009", *vacant], ["UF2", "ZI", "07009", "oui", "", "oui", ""]]
    import_csv(own_workspace, tmp_path / "uf.csv", [[*heads, "occupee", "inoccupee_depuis"], *rows])
    assert run("zan", *ANDANCE, "--vacance", "--out", str(series)) == 0
    shown = " ".join(capsys.readouterr().out.replace("\u202f", " ").split())
    assert "1 unité foncière vacante sur 2 au 1er janvier" in shown
    text = (series / "vacance_zan.csv").read_text("utf-8-sig")
    assert [row["zone"] for row in csv.DictReader(io.StringIO(text), delimiter=";")] == [
        "ZI",
        "Ensemble",
    ]
    content = json.loads((series / "comptes_zan.json").read_text("utf-8"))
    assert content["vacance"][0]["taux_de_vacance_min"] == 0.5
    assert "R-ZAE-2" in {rule["Règle"] for rule in content["regles"]}
    assert any(source.get("fichier") == "uf.csv" for source in content["sources"])


@pytest.mark.usefixtures("series")
def test_vacancy_without_an_inventory_exits_5_and_names_the_template(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("zan", *ANDANCE, "--vacance") == 5
    assert "jalon zan --modele vacance" in " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("series")
def test_communes_that_pool_are_told_what_they_have_together(
    told: Told, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], own_workspace: Path
) -> None:
    heads = ["commune", "type_declaration", "surface_ha", "groupe"]
    pooled = [[code, "mutualisation", "", "Nord"] for code in FLOWS_M2]
    import_csv(own_workspace, tmp_path / "decl.csv", [heads, *pooled])
    content = told(*ANDANCE)
    (pool,) = content["mutualisations"]
    assert (pool["mutualisation"], pool["communes"]) == ("Nord", ["Andance", "Annonay"])
    assert pool["consommation_nette_ha"] == pytest.approx(3 * (0.2 + 1.2))
    assert "R-GAR-6" in {rule["Règle"] for rule in content["regles"]}
    assert run("zan", *ANDANCE) == 0
    assert "Mutualisation" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["objectifs", "documents", "scot", "declarations", "communes-nouvelles", "vacance"]
)
def test_template_is_written_byte_for_byte(
    run: Run, name: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run("zan", "--modele", name) == 0
    assert capsysbinary.readouterr().out == template_csv(name)


def test_unknown_template_names_those_there_are(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("zan", "--modele", "plu") == 3
    assert "communes-nouvelles" in capsys.readouterr().err
