"""The two drawings of the document: the yearly consumption and the envelope, as vectors."""

import math
from dataclasses import dataclass
from typing import Final

import pandas as pd
from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor

from jalon.french import hectares, interval_ha, number
from jalon.ledger_export.fonts import BODY_FONT, printable
from jalon.ledger_export.report import LedgerReport

BEFORE, NOW, LEFT, BEYOND = (HexColor(c) for c in ("#9aa5b1", "#0072b2", "#c9d3dc", "#d55e00"))
"""The colours of the same charts on screen."""

WIDTH_PT, TRAJECTORY_PT, ENVELOPE_PT = 483.0, 170.0, 62.0
MARGIN_LEFT_PT, MARGIN_BOTTOM_PT, MARGIN_TOP_PT = 46.0, 18.0, 14.0
BAR_SHARE: Final = 0.72
LABEL_PT: Final = 7.0
GRID_LINES: Final = 4

BAR_PT, BAR_HEIGHT_PT, BOUND_PT = 26.0, 18.0, 4.0
"""Where the bar of the envelope stands, how high it is, how far a bound reaches beyond it."""


@dataclass(frozen=True, slots=True)
class Plot:
    """The area where bars stand: how a year and a number of hectares become points."""

    first_year: int
    year_count: int
    top_ha: float

    @property
    def step_pt(self) -> float:
        """The width of a year."""
        return (WIDTH_PT - MARGIN_LEFT_PT) / self.year_count

    def x_pt(self, year: float) -> float:
        """Return where a year begins."""
        return MARGIN_LEFT_PT + (year - self.first_year) * self.step_pt

    def y_pt(self, value_ha: float) -> float:
        """Return how high a value stands."""
        high = TRAJECTORY_PT - MARGIN_BOTTOM_PT - MARGIN_TOP_PT
        return MARGIN_BOTTOM_PT + high * value_ha / self.top_ha


def trajectory_bars(report: LedgerReport) -> Drawing | None:
    """Return the yearly bars and the pace the envelope allows; None without any series."""
    years = report.years.set_index("year")["published_ha"]
    if years.empty:
        return None
    first, last = report.law.year("tranche_first_year"), report.law.year("tranche_last_year")
    paces = _paces_ha(report, last - first + 1)
    span = range(min(int(years.index.min()), first), last + 1)
    plot = Plot(span.start, len(span), _round_up(max(years.max(), *paces, 0.0)))
    drawing = Drawing(WIDTH_PT, TRAJECTORY_PT)
    _add_grid(drawing, plot)
    for year, value_ha in years.items():
        _add_bar(drawing, plot, int(str(year)), value_ha, is_past=int(str(year)) < first)
    for year in span:
        _add_text(drawing, plot.x_pt(year + 0.5), 6, str(year), anchor="middle")
    for pace_ha in paces:
        _add_pace(drawing, plot, pace_ha, since=first, until=last + 1)
    return drawing


def _paces_ha(report: LedgerReport, year_count: int) -> tuple[float, ...]:
    """Return the yearly pace of the envelope, or both bounds of it when they differ."""
    if report.widest is None:
        return ()
    bounds = {float(report.widest[f"allowed_{end}_ha"]) for end in ("lo", "hi")}
    return tuple(sorted(value / year_count for value in bounds if not math.isnan(value)))


def _round_up(value_ha: float) -> float:
    """Return the next 1, 2, 4 or 8 times a power of ten: four even grid lines."""
    if value_ha <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value_ha))
    return next(factor * power for factor in (1, 2, 4, 8, 10) if factor * power >= value_ha)


def _add_grid(drawing: Drawing, plot: Plot) -> None:
    for part in range(GRID_LINES + 1):
        value_ha = plot.top_ha * part / GRID_LINES
        height = plot.y_pt(value_ha)
        line = Line(MARGIN_LEFT_PT, height, WIDTH_PT, height)
        line.strokeColor, line.strokeWidth = LEFT, 0.4
        drawing.add(line)
        _add_text(drawing, MARGIN_LEFT_PT - 4, height - 2, number(value_ha, 2), anchor="end")
    _add_text(drawing, 0, TRAJECTORY_PT - 6, "ha par an")


def _add_bar(drawing: Drawing, plot: Plot, year: int, value_ha: float, *, is_past: bool) -> None:
    """Add the bar of a year; a year of net loss, should one be published, hangs below zero."""
    base, height = plot.y_pt(0.0), plot.y_pt(value_ha) - plot.y_pt(0.0)
    width = plot.step_pt * BAR_SHARE
    left = plot.x_pt(year + 0.5) - width / 2
    bar = Rect(left, base + min(0.0, height), width, abs(height))
    bar.fillColor, bar.strokeColor = (BEFORE if is_past else NOW), None
    drawing.add(bar)


def _add_pace(drawing: Drawing, plot: Plot, pace_ha: float, *, since: int, until: int) -> None:
    height = plot.y_pt(pace_ha)
    line = Line(plot.x_pt(since), height, plot.x_pt(until), height)
    line.strokeColor, line.strokeWidth, line.strokeDashArray = BEYOND, 1.2, [4, 2]
    drawing.add(line)
    told = f"rythme de l'enveloppe : {hectares(pace_ha)} par an"
    _add_text(drawing, plot.x_pt(until), height + 3, told, anchor="end")


def _add_text(
    drawing: Drawing, x_pt: float, y_pt: float, text: str, *, anchor: str = "start"
) -> None:
    label = String(x_pt, y_pt, printable(text), fontName=BODY_FONT, fontSize=LABEL_PT)
    label.textAnchor = anchor
    drawing.add(label)


def envelope_bar(account: pd.Series) -> Drawing | None:
    """Return what an envelope holds: used, left, and what goes beyond; None when not known."""
    used_ha, low_ha, high_ha = (
        float(account[column]) for column in ("net_ha", "allowed_lo_ha", "allowed_hi_ha")
    )
    if any(map(math.isnan, (used_ha, low_ha, high_ha))) or max(used_ha, high_ha) <= 0:
        return None
    drawing = Drawing(WIDTH_PT, ENVELOPE_PT)
    _add_parts(drawing, used_ha, low_ha, high_ha)
    _add_text(drawing, 0, 52, f"Consommation nette : {hectares(used_ha)}")
    told = f"Autorisé : {hectares(low_ha)}"
    if high_ha > low_ha:
        told = f"Autorisé : de {hectares(low_ha)} à {hectares(high_ha)}"
    _add_text(drawing, WIDTH_PT, 52, told, anchor="end")
    _add_text(drawing, 0, 12, _rest_fr(used_ha, low_ha, high_ha))
    return drawing


def _add_parts(drawing: Drawing, used_ha: float, low_ha: float, high_ha: float) -> None:
    """Add what is used, what is left and what goes beyond, and a mark at each bound."""
    widest_ha, within_ha = max(used_ha, high_ha), min(max(used_ha, 0.0), high_ha)
    scale = WIDTH_PT / widest_ha
    parts = (
        (0.0, within_ha, NOW),
        (within_ha, high_ha, LEFT),
        (high_ha, widest_ha, BEYOND),
    )
    for start, end, colour in parts:
        bar = Rect(start * scale, BAR_PT, (end - start) * scale, BAR_HEIGHT_PT)
        bar.fillColor, bar.strokeColor = colour, None
        drawing.add(bar)
    for bound in sorted({low_ha, high_ha}):
        top = BAR_PT + BAR_HEIGHT_PT + BOUND_PT
        mark = Line(bound * scale, BAR_PT - BOUND_PT, bound * scale, top)
        mark.strokeWidth = 1.0
        drawing.add(mark)


def _rest_fr(used_ha: float, low_ha: float, high_ha: float) -> str:
    """Return what is left, or what goes beyond, as far as the guarantee is known."""
    if used_ha > high_ha:
        beyond_fr = interval_ha(used_ha - high_ha, used_ha - low_ha)
        return f"Au-delà de l'enveloppe calculée : {beyond_fr}"
    if used_ha > low_ha:
        return "Dans l'enveloppe ou au-delà, selon la garantie communale, qui n'est pas connue"
    return f"Reste : {interval_ha(low_ha - used_ha, high_ha - used_ha)}"
