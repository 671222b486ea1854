"""A ledger as a PDF one can read, search and print: figures, sources, law, limits."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

import pandas as pd
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from jalon.french import number
from jalon.ledger_export.columns import value_fr
from jalon.ledger_export.drawing import envelope_bar, trajectory_bars
from jalon.ledger_export.figures import figure_lines
from jalon.ledger_export.fonts import BODY_FONT, BOLD_FONT, letters, printable
from jalon.ledger_export.report import (
    LEGEND_FR,
    LedgerReport,
    figure_table,
    headings_fr,
    provenance_lines,
    rule_table,
    source_table,
    warning_lines,
)
from jalon.ledger_export.tables import (
    account_rows,
    pool_rows,
    reconciliation_rows,
    region_rows,
    selection_rows,
    vacancy_rows,
)
from jalon.method import LIMITS_LIST_FR
from jalon.model import GENERATED_FR, LIMITS_FR

MARGIN_PT: Final = 50.0
EDGE_PT: Final = MARGIN_PT + 6.0
"""Where text begins: the library keeps six points inside its margins."""

WIDTH_PT: Final = A4[0] - 2 * EDGE_PT
COMMUNES_PRINTED: Final = 400
"""More rows than anyone reads on paper; the other formats hold them all."""

RULE_COLOUR: Final = HexColor("#c9d3dc")
BODY: Final = ParagraphStyle("body", fontName=BODY_FONT, fontSize=8.5, leading=11.5, spaceAfter=3)
CELL: Final = ParagraphStyle("cell", fontName=BODY_FONT, fontSize=6.8, leading=8.6)
HEAD_CELL: Final = ParagraphStyle("head cell", parent=CELL, fontName=BOLD_FONT)
TITLE: Final = ParagraphStyle("title", fontName=BOLD_FONT, fontSize=16, leading=20, spaceAfter=8)
SECTION: Final = ParagraphStyle(
    "section", fontName=BOLD_FONT, fontSize=10.5, leading=14, spaceBefore=10, spaceAfter=4
)

GRID: Final = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE_COLOUR),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
)


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands at the foot of every page."""

    text_fr: str

    def __call__(self, canvas: Canvas, document: SimpleDocTemplate) -> None:
        """Write the warning, where the page comes from and its number."""
        canvas.setFont(BODY_FONT, 6.5)
        canvas.drawString(EDGE_PT, 34, printable(LIMITS_FR))
        canvas.drawString(EDGE_PT, 25, printable(self.text_fr))
        canvas.drawRightString(A4[0] - EDGE_PT, 25, f"Page {document.page}")


def ledger_pdf(report: LedgerReport) -> bytes:
    """Return the document of a ledger."""
    letters()
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream,
        pagesize=A4,
        invariant=1,  # no clock in the file: the same input gives the same bytes
        lang="fr-FR",
        title=printable(report.source.title),
        author="Jalon",
        leftMargin=MARGIN_PT,
        rightMargin=MARGIN_PT,
        topMargin=MARGIN_PT,
        bottomMargin=MARGIN_PT,
    )
    foot = Footer(_footer_fr(report))
    document.build(list(_story(report)), onFirstPage=foot, onLaterPages=foot)
    return stream.getvalue()


def _footer_fr(report: LedgerReport) -> str:
    source = report.source
    mark = f" - {GENERATED_FR}" if report.is_generated else ""
    return f"Jalon {source.code_version}, scénario {source.scenario_sha256[:12]}{mark}"


def _story(report: LedgerReport) -> Iterator[Flowable]:
    yield Paragraph(_markup(report.source.title), TITLE)
    yield from _lines(headings_fr(report))
    yield from _drawings(report)
    if report.widest is not None:
        yield _section(f"D'où vient chaque chiffre : {report.widest['name']}")
        yield _table(figure_lines(report.widest), (4.4, 2.6, 2.4, 6.2, 1.6))
    yield from _accounts(report)
    if report.regions is not None:
        yield _section("Arithmétique régionale")
        yield _table(region_rows(report.regions), (2.6, 1.7, 1.6, 1.7, 1.5, 1.7, 1.7, 1.2, 3.6))
    if report.pools is not None:
        yield _section("Mutualisations")
        yield _table(pool_rows(report.pools), (2.6, 4.4, 2.4, 2.4, 2.4, 3.4))
    if report.vacancy is not None:
        yield _section("Vacance des zones d'activités")
        yield _table(vacancy_rows(report.vacancy), (4, 2.2, 1.6, 1.6, 1.6, 2, 4.6))
    if report.selection is not None:
        yield _section("Sélection")
        yield _table(selection_rows(report.selection), (2.4, 3.4, 2.4, 2.4, 2.4, 3.4))
    if report.reconciliation is not None:
        yield _section("Rapprochement avec la règle publiée par le ministère")
        yield _table(reconciliation_rows(report.reconciliation), (3, 2, 1.6, 2, 2, 2.4, 4))
    yield from _notes(report)


def _drawings(report: LedgerReport) -> Iterator[Flowable]:
    drawing = trajectory_bars(report)
    if drawing is not None:
        yield _section("Consommation d'espaces naturels, agricoles et forestiers par an")
        yield drawing
    bar = None if report.widest is None else envelope_bar(report.widest)
    if bar is not None:
        yield _section("L'enveloppe et ce qui en est utilisé")
        yield bar


def _accounts(report: LedgerReport) -> Iterator[Flowable]:
    """Yield the accounts, the widest territories first, then the communes."""
    widths = (3.4, 1.8, 2.3, 1.9, 1.9, 1.9, 1.2, 1.7)
    if not report.territories.empty:
        yield _section("Comptes")
        yield _table(account_rows(report.territories), widths)
    if not report.communes.empty:
        yield _section("Comptes des communes")
        yield _table(account_rows(report.communes.head(COMMUNES_PRINTED)), widths)
    hidden = len(report.communes) - COMMUNES_PRINTED
    if hidden > 0:
        yield from _lines((f"… et {number(hidden)} communes de plus, toutes au classeur (XLSX).",))


def _notes(report: LedgerReport) -> Iterator[Flowable]:
    """Yield what the figures rest on and what they cannot say."""
    warnings = warning_lines(report.accounts)
    if warnings:
        yield _section("Avertissements")
        yield from _lines(warnings)
    for title, table, widths in (
        ("Règles appliquées", rule_table(report), (1.6, 3.4, 5.6, 5.0, 1.6)),
        ("Chiffres du droit à la date de référence", figure_table(report), (5, 2, 1.6, 7, 1.6)),
        ("Données lues et licences", source_table(report), (4.6, 3.6, 2.8, 3.4, 2.8)),
    ):
        if not table.empty:
            yield _section(title)
            yield _table(_shown(table), widths)
    yield from _lines((LEGEND_FR,))
    yield _section("Ce qu'un logiciel ne peut pas décider")
    yield from _lines(f"{rank}. {limit}" for rank, limit in enumerate(LIMITS_LIST_FR, 1))
    yield _section("Provenance")
    yield from _lines(provenance_lines(report))


def _section(title: str) -> Flowable:
    return Paragraph(_markup(title), SECTION)


def _lines(lines: Iterable[str]) -> Iterator[Flowable]:
    yield from (Paragraph(_markup(line), BODY) for line in lines)
    yield Spacer(1, 4)


def _table(table: pd.DataFrame, widths: Sequence[float] | None = None) -> Flowable:
    """Return a table over the width of the page, its head repeated; `widths` are shares."""
    shares = widths or [1.0] * table.shape[1]
    rows = [[Paragraph(_markup(str(head)), HEAD_CELL) for head in table.columns]]
    rows += [[Paragraph(_markup(text), CELL) for text in row] for row in _texts(table)]
    column_pt = [WIDTH_PT * share / sum(shares) for share in shares]
    return LongTable(rows, colWidths=column_pt, repeatRows=1, style=GRID)


def _texts(table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    yield from table.astype(str).itertuples(index=False, name=None)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of any values as texts; what is missing is a dash."""
    return pd.DataFrame({head: [value_fr(v) for v in table[head]] for head in table.columns})


def _markup(text: str) -> str:
    """Return a text as it stands, no name being taken for markup."""
    return escape(printable(text))
