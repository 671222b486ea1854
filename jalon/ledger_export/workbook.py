"""A ledger as an XLSX workbook: numbers as numbers at full precision, texts as texts."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Final

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from geo.shapes import M2_PER_HA
from jalon.export import french
from jalon.ledger_export.columns import (
    HEADS_FR,
    POOL_HEADS_FR,
    RECONCILIATION_HEADS_FR,
    REGION_HEADS_FR,
    SELECTION_HEADS_FR,
    VACANCY_HEADS_FR,
    number_format,
)
from jalon.ledger_export.report import (
    LEGEND_FR,
    LedgerReport,
    figure_table,
    headings_fr,
    provenance_lines,
    rule_table,
    source_table,
)
from jalon.method import LIMITS_LIST_FR
from jalon.zan.law import verified_on

COLUMN_WIDTH: Final = 18
PROSE_WIDTH: Final = 110
PLAIN_FORMAT: Final = "General"
SECTION_COLUMNS: Final = 5
"""The widest of the tables that share a sheet: rules, figures, sources."""

OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""Nothing a name holds is run, followed or guessed at."""


class Book:
    """A workbook being written; its cells share one style for each number format."""

    def __init__(self, title: str) -> None:
        """Open a workbook in memory, dated from the law: the same input gives the same bytes."""
        self._stream = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._stream, OPTIONS)
        created = datetime.combine(verified_on(), time())
        self._book.set_properties({"title": title, "author": "Jalon", "created": created})
        self._styles: dict[str, Format] = {}
        self._head = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._prose = self._book.add_format({"text_wrap": True, "valign": "top"})

    def table(self, name: str, table: pd.DataFrame, formats: Sequence[str] | None = None) -> None:
        """Add a sheet of one table, its head frozen and filtered."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, table.shape[1] - 1, COLUMN_WIDTH)
        self._write(sheet, table, 0, formats)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table), table.shape[1] - 1)

    def tables(self, name: str, sections: Iterable[tuple[str, pd.DataFrame]]) -> None:
        """Add a sheet of several tables of text, one under the other, each under its title."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, SECTION_COLUMNS - 1, 2 * COLUMN_WIDTH, self._prose)
        row = 0
        for title, table in sections:
            sheet.write_string(row, 0, title, self._head)
            self._write(sheet, table, row + 1, None)
            row += len(table) + 3

    def prose(self, name: str, sections: Iterable[tuple[str, Sequence[str]]]) -> None:
        """Add a sheet of sentences, one a row, each group under its title."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, PROSE_WIDTH, self._prose)
        row = 0
        for title, lines in sections:
            sheet.write_string(row, 0, title, self._head)
            for line in lines:
                row += 1
                sheet.write_string(row, 0, line, self._prose)
            row += 2

    def to_bytes(self) -> bytes:
        """Close the workbook and return it."""
        self._book.close()
        return self._stream.getvalue()

    def _write(
        self, sheet: Worksheet, table: pd.DataFrame, first_row: int, formats: Sequence[str] | None
    ) -> None:
        """Write a table and its head; a missing value leaves its cell empty."""
        told = formats or [PLAIN_FORMAT] * table.shape[1]
        for column, head in enumerate(table.columns):
            sheet.write_string(first_row, column, str(head), self._head)
            style = self._style(told[column])
            for row, value in enumerate(table.iloc[:, column], first_row + 1):
                _write_cell(sheet, (row, column), value, style)

    def _style(self, number_of: str) -> Format:
        if number_of not in self._styles:
            self._styles[number_of] = self._book.add_format({"num_format": number_of})
        return self._styles[number_of]


def _write_cell(sheet: Worksheet, cell: tuple[int, int], value: object, style: Format) -> None:
    """Write one value: lists become one text, yes and no are French words."""
    if isinstance(value, tuple | list):
        value = " | ".join(str(item) for item in value)
    if isinstance(value, bool | np.bool_):
        value = "oui" if value else "non"
    if isinstance(value, str):
        sheet.write_string(*cell, value)
    elif isinstance(value, int | float | np.number) and np.isfinite(value):
        sheet.write_number(*cell, float(value), style)


def ledger_xlsx(report: LedgerReport) -> bytes:
    """Return the workbook of a ledger."""
    book = Book(report.source.title)
    _add_table(book, "Comptes", report.territories, HEADS_FR)
    _add_table(book, "Détail par commune", report.communes, HEADS_FR)
    book.table("Consommation annuelle", _yearly_ha(report.flows), ["0", "0", "#,##0.00"])
    if report.selection is not None:
        _add_table(book, "Sélection", report.selection, SELECTION_HEADS_FR)
    if report.reconciliation is not None:
        _add_table(book, "Rapprochement", report.reconciliation, RECONCILIATION_HEADS_FR)
    if report.regions is not None:
        _add_table(book, "Arithmétique régionale", report.regions, REGION_HEADS_FR)
    if report.pools is not None:
        _add_table(book, "Mutualisations", report.pools, POOL_HEADS_FR)
    if report.vacancy is not None:
        _add_table(book, "Zones d'activités", report.vacancy, VACANCY_HEADS_FR)
    book.tables("Règles et sources", _law_and_sources(report))
    book.prose(
        "Limites",
        (
            ("À lire avant tout chiffre", headings_fr(report)),
            ("Ce qu'un logiciel ne peut pas décider", LIMITS_LIST_FR),
            ("Provenance", (*provenance_lines(report), LEGEND_FR)),
        ),
    )
    return book.to_bytes()


def _add_table(book: Book, name: str, table: pd.DataFrame, heads: Mapping[str, str]) -> None:
    formats = [number_format(column) for column in heads]
    book.table(name, french(table, heads), formats)


def _law_and_sources(report: LedgerReport) -> tuple[tuple[str, pd.DataFrame], ...]:
    return (
        ("Règles appliquées", rule_table(report)),
        ("Chiffres du droit à la date de référence", figure_table(report)),
        ("Données lues", source_table(report)),
    )


def _yearly_ha(flows: pd.DataFrame) -> pd.DataFrame:
    """Return the series behind the accounts, one row a commune and year."""
    ordered = flows.sort_values(["commune", "year"])
    return pd.DataFrame(
        {
            "Commune": ordered["commune"],
            "Année": ordered["year"],
            "Consommation d'espaces NAF (ha)": ordered["flow_m2"] / M2_PER_HA,
        }
    )
