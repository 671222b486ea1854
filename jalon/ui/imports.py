"""Bringing one's own files: what became of each, told row by row."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path, PurePath

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from data.read import ReadOptions
from data.workspace import SourceRecord
from jalon.checking import CheckedTable, Standard, check_file
from jalon.export import french, spreadsheet_csv
from jalon.french import count
from jalon.import_report import REPORT_COLUMNS, whole_report
from jalon.importing import ImportedTable, import_file
from jalon.model import GENERATED_FR
from jalon.ui import cache
from jalon.ui.faults import told_faults
from jalon.ui.tables_fr import LOCAL_NUMBER, MISSING, show_table
from jalon.ui.text_fr import (
    CHECKED_REPORT,
    NO_FAULT,
    REPORT_HELP,
    REPORT_LABEL,
    literal,
    old,
)
from layers.registry import layer

SHOWN_ROWS_COUNT = 20
SHOWN_FAULTS_COUNT = 500
FAULT_COLUMNS = {
    "row": "Ligne",
    "source_key": "Identifiant",
    "rule_id": "Champ",
    "action": "Gravité",
    "message_fr": "Ce qui ne va pas, et le remède",
    "values_json": "Valeur lue",
}


def import_upload(file: UploadedFile, options: ReadOptions) -> None:
    """Import one file and tell what became of it; a refusal is said with its remedy."""
    with uploaded(file) as path:
        found = import_file(cache.workspace(), path, communes=cache.communes(), options=options)
        _show_report(file.name, found)


def check_upload(file: UploadedFile, standard: Standard) -> None:
    """Hold one file against a standard and tell its faults; nothing is kept."""
    with uploaded(file) as path:
        for rank, table in enumerate(check_file(path, standard)):
            _show_checked(file.name, table, rank)


@contextmanager
def uploaded(file: UploadedFile) -> Iterator[Path]:
    """Give a file of the browser as one of this machine; a refusal is said with its remedy."""
    folder = tempfile.TemporaryDirectory()
    with told_faults(), folder as place, st.spinner(f"Lecture de {literal(file.name)}…"):
        path = Path(place) / PurePath(file.name).name
        path.write_bytes(file.getbuffer())
        yield path


def _show_checked(file_name: str, table: CheckedTable, rank: int) -> None:
    title = literal(f"{file_name} · {table.schema.title_fr}")
    rows = count(table.row_count, "ligne")
    if table.found.empty:
        st.success(f"{title} : {NO_FAULT.format(rows=rows)}")
        return
    faults = count(table.fault_count, "faute")
    remarks = count(len(table.found) - table.fault_count, "remarque")
    show = st.error if table.fault_count else st.success
    show(f"{title} : {faults}, {remarks} ({rows}).")
    gravest = table.report.sort_values("action", kind="stable")  # «faute» before «signalé»
    show_table(french(gravest, FAULT_COLUMNS).head(SHOWN_FAULTS_COUNT))
    _offer_report(table.report, CHECKED_REPORT, f"controle-{file_name}-{rank}")


def _offer_report(report: pd.DataFrame, label: str, name: str) -> None:
    """Offer a report of import or control, one line a row touched."""
    st.download_button(
        label,
        spreadsheet_csv(french(report, REPORT_COLUMNS)),
        file_name=f"{name}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"telecharger-{name}",
        help=REPORT_HELP,
    )


def _show_report(file_name: str, found: tuple[ImportedTable, ...]) -> None:
    taken = [table.record for table in found if table.record is not None]
    tables = count(len(taken), "table importée", "tables importées")
    st.success(f"{literal(file_name)} : {tables}.")
    show_table(pd.DataFrame([_row(table) for table in found]))
    issues = [issue for record in taken for issue in _issue_rows(record)]
    if issues:
        show_table(pd.DataFrame(issues))
    report = whole_report([table.touched for table in found])
    if len(report):
        _offer_report(report, REPORT_LABEL, f"rapport-{file_name}")


def _row(table: ImportedTable) -> dict[str, object]:
    record = table.record
    return {
        "Table": table.name,
        "Reconnue comme": record.title_fr if record else table.refusal_fr,
        "Lignes gardées": record.kept_count if record else None,
        "Lignes lues": record.row_count if record else None,
    }


def _issue_rows(record: SourceRecord) -> list[dict[str, object]]:
    return [
        {
            "Table": record.table_name,
            "Règle": issue.rule_id,
            "Action": issue.action.value,
            "Ce qui s'est passé": issue.message_fr,
            "Lignes": ", ".join(map(str, issue.rows[:SHOWN_ROWS_COUNT])) or "tout le fichier",
            "Nombre": len(issue.rows),
        }
        for issue in record.issues
    ]


def show_sources(records: tuple[SourceRecord, ...], *, old_months: int) -> None:
    """Show every imported table, those older than `old_months` said so; let some be taken out."""
    chosen = st.dataframe(
        _sources(records, old_months),
        placeholder=MISSING,
        hide_index=True,
        column_config=dict.fromkeys(["Lignes", "Signalements"], LOCAL_NUMBER),
        on_select="rerun",
        selection_mode="multi-row",
        key=f"sources-{hash(records)}",
    )
    picked = tuple(records[row] for row in chosen.selection.rows)
    st.button(
        f"Retirer de l'espace de travail ({len(picked)})",
        disabled=not picked,
        on_click=_remove,
        args=(picked,),
    )


def _remove(records: tuple[SourceRecord, ...]) -> None:
    for record in records:
        cache.workspace().remove(record)


def _sources(records: tuple[SourceRecord, ...], old_months: int) -> pd.DataFrame:
    today = datetime.now(tz=UTC).date()
    return pd.DataFrame(
        {
            "Couche": [layer(r.layer_id).title_fr for r in records],
            "Fichier": [r.file_name for r in records],
            "Producteur": [r.producer for r in records],
            "Millésime": [r.vintage or "non indiqué" for r in records],
            "Âge": [_age_fr(r.vintage, today, old_months) for r in records],
            "Licence": [r.licence for r in records],
            "Lignes": [r.kept_count for r in records],
            "Signalements": [sum(len(i.rows) or 1 for i in r.issues) for r in records],
            "Nature": [GENERATED_FR if r.is_generated else "" for r in records],
        }
    )


def _age_fr(vintage: str | None, today: date, old_months: int) -> str | None:
    """Return a warning on a source older than `old_months`, or of unknown age; else None."""
    months = months_since(vintage, today)
    if months is None:
        return "⚠ inconnu"
    return old(months) if months > old_months else None


def months_since(vintage: str | None, today: date) -> int | None:
    """Return the whole months since a vintage, a bare year being its first day; None if unknown."""
    whole = re.match(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", vintage or "")
    if whole is None:
        return None
    year, month, day = (int(part or 1) for part in whole.groups())
    return max(0, 12 * (today.year - year) + today.month - month - (today.day < day))
