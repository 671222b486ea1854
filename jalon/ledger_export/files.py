"""The files of a ledger, ready to be written or offered one by one."""

import json

import pandas as pd

from jalon.export import LEDGER_FIELDS, csv_fr, spreadsheet_csv
from jalon.ledger_export.document import ledger_pdf
from jalon.ledger_export.report import LedgerReport, ledger_summary, told_tables
from jalon.ledger_export.workbook import ledger_xlsx
from jalon.method import LIMITS_LIST_FR

LIMITS_TEXT_FR = " ".join(LIMITS_LIST_FR)
"""What a software cannot decide, for formats that only hold rows."""


def ledger_files(report: LedgerReport) -> dict[str, bytes]:
    """Return every file of a ledger by name; the same ledger gives the same bytes."""
    files = {
        "comptes_zan.csv": ledger_csv(report),
        "comptes_zan.json": ledger_json(report),
        "comptes_zan.pdf": ledger_pdf(report),
        "comptes_zan.xlsx": ledger_xlsx(report),
    }
    for name, table in told_tables(report).items():
        files[f"{name}_zan.csv"] = _told_csv(table, report)
    return files


def ledger_csv(report: LedgerReport) -> bytes:
    """Return the accounts for French spreadsheets, the limits and provenance on each row."""
    told = report.accounts.assign(limits_fr=LIMITS_TEXT_FR)
    return csv_fr(told, {**LEDGER_FIELDS, "limits_fr": "limites"}, report.source)


def _told_csv(table: pd.DataFrame, report: LedgerReport) -> bytes:
    told = table.assign(limites=LIMITS_TEXT_FR, provenance=report.source.line_fr)
    return spreadsheet_csv(told)


def ledger_json(report: LedgerReport) -> bytes:
    """Return the ledger for a program, in French keys."""
    return (json.dumps(ledger_summary(report), ensure_ascii=False, indent=1) + "\n").encode()
