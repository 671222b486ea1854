import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from jalon.cli import main
from jalon.export import french, spreadsheet_csv
from jalon.import_report import REPORT_COLUMNS, whole_report
from jalon.importing import examine

FRICHES = """site_id;site_nom;site_statut;comm_insee;unite_fonciere_surface;geompoint
63148_1;Sucrerie;friche sans projet;63148;1000;POINT (3.22 45.89)
63148_2;Gare;à vendre;63148;1000;POINT (3.22 45.89)
;=1+1;friche sans projet;63148;1000;POINT (3.22 45.89)
1004_4;Forge;friche sans projet;1004;1000;POINT (5.36 45.95)
"""


@pytest.fixture
def friches(tmp_path: Path) -> Path:
    path = tmp_path / "friches.csv"
    path.write_text(FRICHES, encoding="utf-8")
    return path


@pytest.fixture
def touched(friches: Path) -> pd.DataFrame:
    ((table, _),) = examine(friches)
    return table.touched


def test_each_touched_row_has_its_line_in_order(touched: pd.DataFrame) -> None:
    told = touched[["row", "rule_id", "action"]].to_numpy().tolist()
    assert told == [
        [2, "FRI-STATUT", "signalé"],
        [3, "CLE-ABSENTE", "mis de côté"],
        [4, "COM-ZERO", "réparé"],
    ]


def test_a_line_names_its_file_its_table_and_the_producers_id(touched: pd.DataFrame) -> None:
    line = touched.iloc[0]
    assert (line["file_name"], line["table_name"]) == ("friches.csv", "friches.csv")
    assert line["source_key"] == "63148_2"
    assert line["message_fr"].startswith("Statut absent ou hors standard")


def test_a_row_set_aside_keeps_all_it_said(touched: pd.DataFrame) -> None:
    assert touched["values_json"].notna().tolist() == [False, True, False]
    kept = json.loads(touched["values_json"].iloc[1])
    assert kept["site_id"] is None
    assert (kept["site_nom"], kept["geompoint"]) == ("=1+1", "POINT (3.22 45.89)")


def test_a_note_on_the_whole_file_has_no_row(tmp_path: Path) -> None:
    path = tmp_path / "friches.csv"
    path.write_text(FRICHES.replace("Sucrerie", "Scierie à Riom"), encoding="cp1252")
    ((table, _),) = examine(path)
    assert table.touched["rule_id"].iloc[0] == "LEC-ENCODAGE"
    assert pd.isna(table.touched["row"].iloc[0])


def test_a_sound_file_has_an_empty_report_with_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "friches.csv"
    path.write_text("".join(FRICHES.splitlines(keepends=True)[:2]), encoding="utf-8")
    ((table, _),) = examine(path)
    assert table.touched.empty
    assert list(whole_report([table.touched]).columns) == list(REPORT_COLUMNS)


def test_a_cell_a_spreadsheet_would_run_stays_text(touched: pd.DataFrame) -> None:
    risky = touched.assign(source_key="=1+1")
    text = spreadsheet_csv(french(risky, REPORT_COLUMNS)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert {row["identifiant"] for row in rows} == {"'=1+1"}


@pytest.mark.parametrize("command", ["import", "check"])
def test_both_commands_write_the_report(command: str, friches: Path, tmp_path: Path) -> None:
    report = tmp_path / "rapport.csv"
    where = ["--workspace", str(tmp_path / "espace")] if command == "import" else []
    main([command, str(friches), "--rapport", str(report), *where])
    content = report.read_bytes()
    assert content.startswith(b"\xef\xbb\xbffichier;table;ligne;identifiant;regle;action;message")
    assert content.count(b"\r\n") == 4
