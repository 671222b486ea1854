"""How every chart is drawn, and the chart of coverage against the number of stations."""

import altair as alt
import streamlit as st

from jalon.siting import StationOutcome

FRENCH = {
    "number": {
        "decimal": ",",
        "thousands": "\u202f",
        "grouping": [3],
        "currency": ["", "\u202f€"],
        "percent": "\u202f%",
    }
}
BEFORE, NOW, LISTED, LEFT, LIMIT = "#9aa5b1", "#0072b2", "#e69f00", "#c9d3dc", "#d55e00"
INK, DARK_INK = "#1f2933", "#e6eaee"


def ink() -> str:
    """Return the colour of text on the theme the reader uses; charts do not follow it alone."""
    return DARK_INK if st.context.theme.type == "dark" else INK


def show_chart(chart: alt.TopLevelMixin, *, height_px: int, alt_fr: str) -> None:
    """Show a chart with French numbers; `alt_fr` says it to who does not see it."""
    told = chart.properties(height=height_px).configure(locale=FRENCH)
    st.altair_chart(told, width="stretch", alt=alt_fr)


def show_coverage_curve(outcome: StationOutcome) -> None:
    """Show the share covered, at least and at most, for each number of stations."""
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
