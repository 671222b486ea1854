"""The files of the ZAN page: the accounts on screen, for a spreadsheet, a meeting, a binder."""

from functools import partial

import streamlit as st

from jalon.ledger_export.document import ledger_pdf
from jalon.ledger_export.files import ledger_csv
from jalon.ledger_export.report import LedgerReport
from jalon.ledger_export.workbook import ledger_xlsx
from jalon.ui.ledger_text_fr import FILES_HELP

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = (
    ("comptes (CSV)", "comptes_zan.csv", "text/csv", ledger_csv),
    ("classeur (XLSX)", "comptes_zan.xlsx", XLSX_TYPE, ledger_xlsx),
    ("document (PDF)", "comptes_zan.pdf", "application/pdf", ledger_pdf),
)


def show_downloads(report: LedgerReport) -> None:
    """Show a button a format; each file is written when it is asked for."""
    row = st.container(horizontal=True)
    for label, name, media_type, write in FILES:
        row.download_button(
            f"Télécharger : {label}",
            partial(write, report),
            file_name=name,
            mime=media_type,
            on_click="ignore",
        )
    st.caption(FILES_HELP)
