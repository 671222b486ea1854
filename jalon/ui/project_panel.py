"""The cost of a drawn project, and what it is told with: shared with the sheet of a site."""

from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from jalon.french import count
from jalon.ui import cache
from jalon.ui.drawings import Drawing
from jalon.ui.project_cost import Cost, costs_by_drawing, shapes_of
from jalon.ui.project_figures import (
    all_rows,
    as_rows,
    clues_table,
    drawings_table,
    interval_told,
    pieces_table,
    rules_told,
    territories_table,
)
from jalon.ui.project_text_fr import (
    CLUES_HELP,
    CLUES_LABEL,
    DRAWINGS_LABEL,
    METHOD_LINK,
    NO_ACCOUNT,
    PIECES_LABEL,
    PROJECT_TITLE,
    RULES_LABEL,
    TERRITORIES_LABEL,
)
from jalon.ui.site_alerts import show_site_alerts, zones_under
from jalon.ui.state import read_reference_day, read_state, read_zan_parameters
from jalon.ui.text_fr import literal
from jalon.zan.levels import COMMUNE
from jalon.zan.periods import CHARGED_SHARES


def drawn_cost(drawings: tuple[Drawing, ...], insee: frozenset[str]) -> Cost | None:
    """Return what the drawings cost as the footprint of one project; None without any."""
    if not drawings:
        return None
    footprint = shapes_of(drawings).union_all()
    return cache.footprint_cost(footprint, insee, read_state().project, read_zan_parameters())


def show_project(cost: Cost, drawings: tuple[Drawing, ...], insee: frozenset[str]) -> None:
    """Show what a drawn project costs, the verdict first, the details folded."""
    st.subheader(PROJECT_TITLE, anchor=False)
    show_rows(all_rows(cost))
    show_remarks(cost, unknown_ha=cost.figures["unknown_ha"])
    if len(drawings) > 1:
        with st.expander(DRAWINGS_LABEL):
            show_lines(_by_drawing(drawings, insee))
    show_details(cost)
    _show_alerts(cost, drawings, insee)


def _show_alerts(cost: Cost, drawings: tuple[Drawing, ...], insee: frozenset[str]) -> None:
    zones = zones_under(shapes_of(drawings).union_all(), cache.ground(insee).tables.zoning)
    communes = cost.tests.loc[cost.tests["level"].eq(COMMUNE.name_fr), "code"].dropna()
    cost_ha = (cost.figures["enaf_lo_ha"], cost.figures["enaf_hi_ha"])
    envelopes = cache.envelopes(insee, read_zan_parameters())
    show_site_alerts(zones, set(communes), cost_ha, envelopes=envelopes, project=drawings)


def _by_drawing(drawings: tuple[Drawing, ...], insee: frozenset[str]) -> pd.DataFrame:
    shapes = shapes_of(drawings)
    day = read_reference_day()
    return drawings_table(costs_by_drawing(shapes, cache.ground(insee), read_state().project, day))


def show_rows(rows: Mapping[str, str]) -> None:
    """Show labels and texts as a table without header."""
    st.table(as_rows(dict(rows)), border="horizontal", hide_header=True)


def show_lines(table: pd.DataFrame) -> None:
    """Show a short table whose text wraps."""
    st.table(table, border="horizontal", hide_index=True)


def show_sentences(sentences: Iterable[str]) -> None:
    """Show sentences as a list in small type."""
    st.markdown("\n".join(f"- :small[{literal(one)}]" for one in sentences))


def show_remarks(cost: Cost, *, unknown_ha: float) -> None:
    """Show where the interval comes from, and what to beware of."""
    st.caption(interval_told(unknown_ha))
    notes = () if cost.net is None else cost.net.notes_fr
    warnings = [*cost.figures["warnings_fr"], *notes]
    if cost.tests["remaining_lo_ha"].isna().all():
        warnings.append(NO_ACCOUNT)
    if warnings:
        show_sentences(warnings)


def show_details(cost: Cost, *, pieces_label: str = PIECES_LABEL) -> None:
    """Show, folded: territories, classes and sources, clues, rules."""
    if cost.figures["period"] not in CHARGED_SHARES:  # outside the tranche nothing is compared
        with st.expander(TERRITORIES_LABEL):
            show_lines(territories_table(cost.tests))
            show_sentences(cost.tests["sentence_fr"])
    with st.expander(pieces_label):
        show_lines(pieces_table(cost.pieces))
    with st.expander(CLUES_LABEL):
        st.caption(CLUES_HELP)
        show_lines(clues_table(cost.clues))
    with st.expander(RULES_LABEL.format(count=count(len(cost.rule_ids), "règle"))):
        st.markdown(rules_told(cost.rule_ids))
        st.page_link("screens/methode.py", label=METHOD_LINK)
