"""The two charts of the ZAN page: the decade year by year, and how the envelope is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import altair as alt
import pandas as pd

from jalon.french import hectares, interval_ha, number
from jalon.ui.charts import BEFORE, LEFT, LIMIT, LISTED, NOW, ink, show_chart
from jalon.ui.ledger_text_fr import LISTED_NOTHING, LISTED_UNKNOWN
from jalon.zan.law import Law

SUM = "#009e73"
"""Okabe and Ito's green, beside the blue and the vermilion of the other marks."""

CONSUMED, MINE, REMAINS = "Consommé net", "Ma liste", "Reste"
LEAVES_OUT, UNSURE = "Reste, hors coûts inconnus", "Reste incertain"
BEYOND = "Au-delà de l'enveloppe"
REFERENCE, TRANCHE = "de référence", "depuis 2021"
POSSIBLE_OPACITY = 0.4
TRAJECTORY_PX, ENVELOPE_PX = 320, 170
TICKS = 6
LABEL_ROOM = 1.3
"""How much longer than its longest bar the axis is: the figures stand at the end of the bars."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the shortlist asks of a territory, at least and at most; both zero without a site."""

    low_ha: float
    high_ha: float
    site_count: int
    unknown_count: int


def show_trajectory(years: pd.DataFrame, own: pd.Series, law: Law) -> None:
    """Show each year, their sum since the tranche began, the envelope and the projection."""
    first, last = law.year("tranche_first_year"), law.year("tranche_last_year")
    domain = list(range(law.year("reference_first_year"), last + 1))
    axis = alt.X(
        "year:O",
        title=None,
        scale=alt.Scale(domain=domain),
        axis=alt.Axis(labelAngle=0, labelOverlap=True),
    )
    drawn = [
        _bars(years, axis, first),
        *_envelope_layers(own, axis, (first, last)),
        *_sum_layers(years, axis, first),
        *_projection_layers(own, axis, last),
    ]
    show_chart(alt.layer(*drawn), height_px=TRAJECTORY_PX, alt_fr=trajectory_fr(own))


def trajectory_fr(own: pd.Series) -> str:
    """Return what the chart of the decade shows, for who does not see it."""
    allowed = interval_ha(own["allowed_lo_ha"], own["allowed_hi_ha"])
    return (
        f"Consommation d'espaces NAF par an. Référence 2011-2020 : {hectares(own['reference_ha'])}"
        f" ; enveloppe 2021-2030 : {allowed} ; consommation nette cumulée en {own['last_year']} : "
        f"{hectares(own['net_ha'])} ; projection en 2030 : {hectares(own['projection_ha'])}."
    )


def _bars(years: pd.DataFrame, axis: alt.X, first: int) -> alt.Chart:
    periods = {False: REFERENCE, True: TRANCHE}
    table = years.assign(period=(years["year"] >= first).map(periods))
    return (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=axis,
            y=alt.Y("published_ha", title=None),
            color=alt.Color(
                "period",
                scale=alt.Scale(domain=[REFERENCE, TRANCHE], range=[BEFORE, NOW]),
                legend=alt.Legend(orient="top", title="Consommé dans l'année"),
            ),
            tooltip=[_tip("year", "Année", "d"), _tip("published_ha", "Publié (ha)")],
        )
    )


def _envelope_layers(own: pd.Series, axis: alt.X, ends: tuple[int, int]) -> list[alt.Chart]:
    """Return the line of the envelope, or its two lines and the band between them."""
    low, high = own["allowed_lo_ha"], own["allowed_hi_ha"]
    table = pd.DataFrame({"year": ends, "low": low, "high": high})
    base = alt.Chart(table).encode(x=axis)
    band = base.mark_area(color=LIMIT, opacity=0.15).encode(y="low", y2="high")
    lines = [
        base.mark_line(color=LIMIT, strokeDash=[8, 4]).encode(y=bound)
        for bound in dict.fromkeys(("low", "high") if high > low else ("low",))
    ]
    told = f"Enveloppe : {interval_ha(low, high)}"
    return [band, *lines, _label(axis, (ends[0], high), told, align="left", dy=-8)]


def _sum_layers(years: pd.DataFrame, axis: alt.X, first: int) -> list[alt.Chart]:
    """Return the sum since the tranche began, which starts from nothing."""
    summed = years.loc[years["cumulated_ha"].notna(), ["year", "cumulated_ha"]]
    start = pd.DataFrame({"year": [first - 1], "cumulated_ha": [0.0]})
    table = pd.concat([start, summed], ignore_index=True)
    line = alt.Chart(table).mark_line(color=SUM, point={"color": SUM, "size": 45})
    tips = [_tip("year", "Année", "d"), _tip("cumulated_ha", "Net cumulé (ha)")]
    end = table.iloc[-1]
    told = f"Net cumulé : {hectares(end['cumulated_ha'])}"
    at = (int(end["year"]), float(end["cumulated_ha"]))
    return [
        line.encode(x=axis, y="cumulated_ha", tooltip=tips),
        _label(axis, at, told, align="left", dx=10, dy=8),
    ]


def _projection_layers(own: pd.Series, axis: alt.X, last: int) -> list[alt.Chart]:
    ends = [own["net_ha"], own["projection_ha"]]
    table = pd.DataFrame({"year": [int(own["last_year"]), last], "ha": ends})
    line = alt.Chart(table).mark_line(color=SUM, strokeDash=[2, 4]).encode(x=axis, y="ha")
    told = f"Projection : {hectares(own['projection_ha'])}"
    return [line, _label(axis, (last, own["projection_ha"]), told, align="right", dy=-10)]


def _label(
    axis: alt.X,
    at: tuple[int, float],
    text: str,
    *,
    align: Literal["left", "right"],
    dx: int = 0,
    dy: int,
) -> alt.Chart:
    """Return a text beside a point (year, hectares)."""
    table = pd.DataFrame({"year": [at[0]], "ha": [at[1]], "text": [text]})
    mark = alt.Chart(table).mark_text(fontSize=12, align=align, dx=dx, dy=dy, color=ink())
    return mark.encode(x=axis, y="ha", text="text")


def envelope_parts(own: pd.Series, listed: Listed) -> pd.DataFrame:
    """Return the bars of the envelope: part, is_sure, start_ha, end_ha, and what each part says.

    A part known as an interval has two rows: what is sure, then what is only possible.
    """
    net, low, high = own["net_ha"], own["allowed_lo_ha"], own["allowed_hi_ha"]
    asked_lo, asked_hi = net + listed.low_ha, net + listed.high_ha
    parts = [
        (CONSUMED, min(net, 0.0), max(net, 0.0), max(net, 0.0), hectares(net)),
        (MINE, net, asked_lo, asked_hi, _listed_fr(listed)),
    ]
    if asked_lo > high:
        told = interval_ha(asked_lo - high, asked_hi - low)
        parts.append((BEYOND, high, asked_lo, asked_hi, told))
    elif asked_hi > low:
        told = f"de {number(low - asked_hi, 2)} à {hectares(high - asked_lo)}"
        ends = sorted((low, high, asked_lo, asked_hi))
        parts.append((UNSURE, ends[0], ends[0], ends[-1], told))
    else:
        told = interval_ha(low - asked_hi, high - asked_lo)
        name = LEAVES_OUT if listed.unknown_count else REMAINS
        parts.append((name, asked_hi, low, high, told))
    return pd.DataFrame(
        [
            {"part": name, "is_sure": sure, "start_ha": start, "end_ha": end, "told": told}
            for name, begin, middle, finish, told in parts
            for sure, start, end in ((True, begin, middle), (False, middle, finish))
        ]
    )


def _listed_fr(listed: Listed) -> str:
    if not listed.site_count:
        return LISTED_NOTHING
    if listed.unknown_count == listed.site_count:
        return LISTED_UNKNOWN
    return interval_ha(listed.low_ha, listed.high_ha)


COLOURS: Mapping[str, str] = {
    CONSUMED: NOW,
    MINE: LISTED,
    REMAINS: LEFT,
    LEAVES_OUT: LEFT,
    UNSURE: LEFT,
    BEYOND: LIMIT,
}


def show_envelope(parts: pd.DataFrame, own: pd.Series) -> None:
    """Show the parts one under the other, each from where the one above ends, and the bound."""
    names = list(parts["part"].unique())
    longest = max(parts["end_ha"].max(), own["allowed_hi_ha"])
    axis = alt.Axis(labelLimit=180, ticks=False, domain=False)
    place = alt.Y("part", sort=names, title=None, axis=axis)
    lowest = min(parts["start_ha"].min(), 0.0)
    scale = alt.Scale(domain=[lowest, longest * LABEL_ROOM or 1.0], nice=False)
    bars = (
        alt.Chart(parts)
        .mark_bar()
        .encode(
            y=place,
            x=alt.X("start_ha", title=None, scale=scale, axis=alt.Axis(tickCount=TICKS)),
            x2="end_ha",
            color=alt.Color(
                "part",
                scale=alt.Scale(domain=names, range=[COLOURS[name] for name in names]),
                legend=None,
            ),
            opacity=alt.condition("datum.is_sure", alt.value(1.0), alt.value(POSSIBLE_OPACITY)),
            tooltip=[_text_tip("part", "Part"), _text_tip("told", "Surface")],
        )
    )
    ends = parts.groupby("part", sort=False).agg(end_ha=("end_ha", "max"), told=("told", "first"))
    texts = alt.Chart(ends.reset_index()).mark_text(align="left", dx=6, fontSize=12, color=ink())
    bounds = sorted({own["allowed_lo_ha"], own["allowed_hi_ha"]})
    rules = alt.Chart(pd.DataFrame({"ha": bounds})).mark_rule(color=LIMIT, strokeDash=[8, 4])
    chart = bars + rules.encode(x="ha") + texts.encode(y=place, x="end_ha", text="told")
    show_chart(chart, height_px=ENVELOPE_PX, alt_fr=envelope_fr(parts, own))


def envelope_fr(parts: pd.DataFrame, own: pd.Series) -> str:
    """Return what the chart of the envelope shows, for who does not see it."""
    allowed = interval_ha(own["allowed_lo_ha"], own["allowed_hi_ha"])
    told = parts.drop_duplicates("part")
    lines = (told["part"] + " : " + told["told"]).str.cat(sep=" ; ")
    return f"Enveloppe 2021-2030 : {allowed}. {lines}."


def _tip(field: str, title: str, form: str = ",.2f") -> alt.Tooltip:
    return alt.Tooltip(field, title=title, format=form, type="quantitative")


def _text_tip(field: str, title: str) -> alt.Tooltip:
    return alt.Tooltip(field, title=title, type="nominal")
