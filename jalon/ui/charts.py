"""How every chart is drawn, and those of station plans: the gap as it falls, the coverage."""

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from jalon.siting import StationOutcome
from jalon.siting_words import SitingProgress
from jalon.ui.station_text_fr import BEST_PLAN, BEST_POSSIBLE, GAP_ALT, UNITS

FRENCH = {
    "number": {
        "decimal": ",",
        "thousands": "\u202f",
        "grouping": [3],
        "currency": ["", "\u202f€"],
        "percent": "\u202f%",
    }
}
GAP_HEIGHT_PX = 260

BEFORE, NOW, LISTED, LEFT, LIMIT = "#9aa5b1", "#0072b2", "#e69f00", "#c9d3dc", "#d55e00"
INK, DARK_INK = "#1f2933", "#e6eaee"


def ink() -> str:
    """Return the colour of text on the theme the reader uses; charts do not follow it alone."""
    return DARK_INK if st.context.theme.type == "dark" else INK


def show_chart(chart: alt.TopLevelMixin, *, height_px: int, alt_fr: str) -> None:
    """Show a chart with French numbers; `alt_fr` says it to who does not see it."""
    told = chart.properties(height=height_px).configure(locale=FRENCH)
    st.altair_chart(told, width="stretch", alt=alt_fr)


def show_gap(history: Sequence[SitingProgress]) -> None:
    """Show the best plan and what none can beat drawing nearer as the seconds pass."""
    told = pd.DataFrame(
        [(news.elapsed_s, news.value, news.bound) for news in history if news.has_plan],
        columns=["elapsed_s", "value", "bound"],
    )
    if told.empty:
        return
    unit, _ = UNITS[history[-1].objective]
    seconds = alt.X("elapsed_s", title="Secondes")
    level = alt.Y("value", title=unit.capitalize(), scale=alt.Scale(zero=False))
    base = alt.Chart(told).encode(x=seconds)
    band = base.mark_area(opacity=0.15, interpolate="step-after").encode(y=level, y2="bound")
    best = base.mark_line(color=NOW, interpolate="step-after", strokeWidth=3).encode(y=level)
    limit = base.mark_line(color=LIMIT, interpolate="step-after", strokeDash=[6, 4])
    drawn = [band, best, limit.encode(y=alt.Y("bound", title=unit.capitalize()))]
    last = alt.Chart(told.tail(1)).encode(x=seconds)
    for column, name in (("value", BEST_PLAN), ("bound", BEST_POSSIBLE)):
        mark = last.mark_text(align="right", dx=-6, dy=-10, color=ink(), fontWeight="bold")
        drawn.append(mark.encode(y=column, text=alt.value(name)))
    show_chart(alt.layer(*drawn), height_px=GAP_HEIGHT_PX, alt_fr=GAP_ALT)


def show_coverage_curve(outcome: StationOutcome) -> None:
    """Show the share covered, at least and at most, for each number of stations."""
    if outcome.curve is None:
        return
    people = outcome.population
    curve = outcome.curve.assign(
        least=outcome.curve["covered_at_least"] / people,
        most=outcome.curve["covered_at_most"] / people,
    )
    base = alt.Chart(curve).encode(
        x=alt.X("count", title="Nombre de stations"),
        tooltip=[
            alt.Tooltip("count", title="Stations"),
            alt.Tooltip("least", title="Couverture connue", format=".2%"),
            alt.Tooltip("most", title="Au mieux", format=".2%"),
        ],
    )
    share = alt.Y(
        "least",
        title="Habitants couverts",
        axis=alt.Axis(format=".0%"),
        scale=alt.Scale(zero=False),
    )
    band = base.mark_area(opacity=0.25).encode(y=share, y2="most")
    line = base.mark_line().encode(y=share)
    here = alt.Chart(curve[curve["count"].eq(len(outcome.plan.chosen))])
    point = here.mark_point(size=90, filled=True, color=LIMIT).encode(x="count", y=share)
    show_chart(band + line + point, height_px=300, alt_fr="Couverture selon le nombre de stations")
