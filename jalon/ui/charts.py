"""The charts: coverage against the number of stations, the yearly consumption, the envelope."""

import altair as alt
import pandas as pd
import streamlit as st

from jalon.rules.zan import year_of
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
BAR_PX = 34


def _show(chart: alt.TopLevelMixin, *, height_px: int, alt_fr: str) -> None:
    """Show a chart with French numbers; `alt_fr` says it to who does not see it."""
    told = chart.properties(height=height_px, description=alt_fr)
    st.altair_chart(told.configure(locale=FRENCH), width="stretch")


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
    _show(band + line + point, height_px=300, alt_fr="Couverture selon le nombre de stations")


def show_years(flows: pd.DataFrame, *, allowed_ha: float) -> None:
    """Show the yearly consumption and the yearly pace that `allowed_ha` permits."""
    tranche = year_of("tranche_first_year")
    years = flows.groupby("year")["flow_m2"].sum() / 10_000
    table = years[years.index >= year_of("reference_first_year")].rename("ha").reset_index()
    periods = {False: "référence 2011-2020", True: "tranche 2021-2030"}
    table["period"] = (table["year"] >= tranche).map(periods)
    table["year"] = table["year"].astype(int).astype(str)
    colours = alt.Color(
        "period",
        scale=alt.Scale(domain=list(periods.values()), range=[BEFORE, NOW]),
        legend=alt.Legend(orient="top", title=None),
    )
    bars = alt.Chart(table).mark_bar()
    bars = bars.encode(
        x=alt.X("year", title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("ha", title=None),
        color=colours,
        tooltip=[
            alt.Tooltip("year", title="Année"),
            alt.Tooltip("ha", title="Hectares", format=",.2f"),
        ],
    )
    pace = pd.DataFrame({"ha": [allowed_ha / (year_of("tranche_last_year") - tranche + 1)]})
    rule = alt.Chart(pace).mark_rule(strokeDash=[6, 4], color=LIMIT, strokeWidth=2)
    _show(bars + rule.encode(y="ha"), height_px=270, alt_fr="Consommation d'espaces NAF par an")


def show_envelope(parts: pd.DataFrame) -> None:
    """Show the parts (`part`, `ha`) of an envelope end to end, in their order."""
    ordered = parts.reset_index(names="rank")
    bar = alt.Chart(ordered).mark_bar(size=BAR_PX)
    bar = bar.encode(
        x=alt.X("ha", title=None, stack="zero"),
        order="rank",
        color=alt.Color(
            "part",
            scale=alt.Scale(domain=list(parts["part"]), range=[NOW, LISTED, LEFT]),
            legend=alt.Legend(orient="top", title=None),
        ),
        tooltip=[
            alt.Tooltip("part", title="Part"),
            alt.Tooltip("ha", title="Hectares", format=",.2f"),
        ],
    )
    _show(bar, height_px=130, alt_fr="Parts de l'enveloppe 2021-2030")
