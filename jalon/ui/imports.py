"""Bringing one's own files: what became of each, told row by row."""

import tempfile
from pathlib import Path, PurePath

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from data.read import ReadOptions
from data.workspace import SourceRecord
from geo.errors import JalonError
from jalon.french import count
from jalon.importing import ImportedTable, import_file
from jalon.model import GENERATED_FR
from jalon.ui import cache
from jalon.ui.faults import show_fault
from jalon.ui.tables_fr import LOCAL_NUMBER, show_table
from jalon.ui.text_fr import literal
from layers.registry import layer

SHOWN_ROWS_COUNT = 20


def import_upload(file: UploadedFile, options: ReadOptions) -> None:
    """Import one file and tell what became of it; a refusal is said with its remedy."""
    with tempfile.TemporaryDirectory() as folder, st.spinner(f"Lecture de {literal(file.name)}…"):
        path = Path(folder) / PurePath(file.name).name
        path.write_bytes(file.getbuffer())
        try:
            found = import_file(cache.workspace(), path, communes=cache.communes(), options=options)
        except JalonError as error:
            show_fault(error)
            return
    _show_report(file.name, found)


def _show_report(file_name: str, found: tuple[ImportedTable, ...]) -> None:
    taken = [table.record for table in found if table.record is not None]
    tables = count(len(taken), "table importée", "tables importées")
    st.success(f"{literal(file_name)} : {tables}.")
    show_table(pd.DataFrame([_row(table) for table in found]))
    issues = [issue for record in taken for issue in _issue_rows(record)]
    if issues:
        show_table(pd.DataFrame(issues))


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


def show_sources(records: tuple[SourceRecord, ...]) -> None:
    """Show every imported table, and let the user take some out."""
    chosen = st.dataframe(
        _sources(records),
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


def _sources(records: tuple[SourceRecord, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Couche": [layer(r.layer_id).title_fr for r in records],
            "Fichier": [r.file_name for r in records],
            "Producteur": [r.producer for r in records],
            "Millésime": [r.vintage or "non indiqué" for r in records],
            "Licence": [r.licence for r in records],
            "Lignes": [r.kept_count for r in records],
            "Signalements": [sum(len(i.rows) or 1 for i in r.issues) for r in records],
            "Nature": [GENERATED_FR if r.is_generated else "" for r in records],
        }
    )
