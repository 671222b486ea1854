"""The answer to a requirement: who answers, who may, who nearly does and at what price."""

from collections.abc import Mapping
from functools import partial

import geopandas as gpd
import pandas as pd
import streamlit as st

from data.workspace import SourceRecord
from jalon.answer import Answer, answer_outputs
from jalon.french import number, percent
from jalon.provenance import provenance
from jalon.search import RequirementOutcome
from jalon.ui.requirement_form import relax, session_specification
from jalon.ui.site_list import show_site_list
from jalon.ui.tables_fr import show_table
from jalon.ui.text_fr import (
    ANSWERS,
    ANSWERS_HELP,
    ANSWERS_NONE,
    BLOCKING_TITLE,
    NEARLY,
    NEARLY_HELP,
    NEARLY_NONE,
    RELAX,
    RELAXATIONS_TITLE,
    TO_VERIFY,
    TO_VERIFY_HELP,
    TO_VERIFY_NONE,
    literal,
    relaxation,
)

UNKNOWN_COLUMN = {"unknown_fr": "Ce qui n'est pas connu"}
MISSED_COLUMN = {"missed_fr": "Ce qui manque"}

BLOCKING_TABLE = {
    "title_fr": "Exigence",
    "missed_count": "Sites écartés",
    "only_missed_count": "Par elle seule",
    "unknown_count": "Sites où elle est inconnue",
}

FILES = {
    "sites_repondant.geojson": ANSWERS,
    "sites_a_verifier.geojson": TO_VERIFY,
    "sites_presque.geojson": NEARLY,
}

RELAXED_SITES_COUNT = 5
"""Near misses that have a button of their own; the table below lists them all."""


def groups(outcome: RequirementOutcome) -> dict[str, pd.DataFrame]:
    """Return the three groups of sites of an answer, by title."""
    return {ANSWERS: outcome.matching, TO_VERIFY: outcome.to_verify, NEARLY: outcome.near_misses}


def found_sites(outcome: RequirementOutcome) -> gpd.GeoDataFrame:
    """Return every site of an answer with its `group`."""
    told = [frame.assign(group=title) for title, frame in groups(outcome).items()]
    return gpd.GeoDataFrame(pd.concat(told, ignore_index=True))


def show_answer(
    outcome: RequirementOutcome, places: Mapping[str, str], records: tuple[SourceRecord, ...]
) -> None:
    """Show what was found, then what would bring more."""
    st.markdown(f"**{literal(outcome.message_fr)}**")
    titles = [f"{title} ({number(len(rows))})" for title, rows in groups(outcome).items()]
    matching, to_verify, nearly = st.tabs(titles)
    with matching:
        if outcome.matching.empty:
            st.info(ANSWERS_NONE)
        else:
            _show_list(outcome.matching, places, "repondent", ANSWERS_HELP, UNKNOWN_COLUMN)
    with to_verify:
        if outcome.to_verify.empty:
            st.info(TO_VERIFY_NONE)
        else:
            _show_list(outcome.to_verify, places, "verifier", TO_VERIFY_HELP, UNKNOWN_COLUMN)
    with nearly:
        _show_near_misses(outcome.near_misses, places)
    _show_relaxations(outcome.relaxations)
    _show_blocking(outcome)
    _show_files(outcome, records)


def _show_list(
    sites: pd.DataFrame,
    places: Mapping[str, str],
    name: str,
    help_fr: str,
    extra: Mapping[str, str] | None = None,
) -> None:
    show_site_list(gpd.GeoDataFrame(sites), places, name=name, help_fr=help_fr, extra=extra)


def _show_near_misses(sites: pd.DataFrame, places: Mapping[str, str]) -> None:
    if sites.empty:
        st.info(NEARLY_NONE)
        return
    for site in sites.head(RELAXED_SITES_COUNT).to_dict("records"):
        told = " ; ".join((*site["missed_fr"], *site["unknown_fr"]))
        place = places.get(site["commune"], site["commune"])
        _offer(
            f"**{literal(site['site_id'])}** · {literal(place)} · écart "
            f"{percent(site['cost_share'], 0)}  \n{literal(told)}",
            changes=site["changes"],
            key=f"assouplir-{site['site_id']}",
        )
    _show_list(sites, places, "presque", NEARLY_HELP, MISSED_COLUMN | UNKNOWN_COLUMN)


def _show_relaxations(relaxations: pd.DataFrame) -> None:
    """Show, for each key alone, the smallest relaxation that brings a site, then ten."""
    if relaxations.empty:
        return
    st.markdown(f"**{RELAXATIONS_TITLE}**")
    for row in relaxations.to_dict("records"):
        _offer(
            literal(relaxation(row["example_fr"], row["gained_count"])),
            changes={row["key"]: row["needed"]},
            key=f"assouplir-{row['key']}-{row['target_count']}",
        )


def _offer(told: str, *, changes: Mapping[str, object], key: str) -> None:
    """Show a sentence and the button that relaxes the requirement so."""
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.markdown(told)
    right.button(RELAX, key=key, on_click=relax, args=(changes,), width="stretch")


def _show_blocking(outcome: RequirementOutcome) -> None:
    if outcome.blocking.empty:
        return
    with st.expander(BLOCKING_TITLE, expanded=outcome.matching.empty):
        show_table(outcome.blocking[list(BLOCKING_TABLE)].rename(columns=BLOCKING_TABLE))


def _show_files(outcome: RequirementOutcome, records: tuple[SourceRecord, ...]) -> None:
    row = st.container(horizontal=True)
    for name, title in FILES.items():
        row.download_button(
            f"Télécharger : {title} (GeoJSON)",
            partial(_file, name, outcome, records),
            file_name=name,
            mime="application/geo+json",
            on_click="ignore",
            key=f"telecharger-{name}",
            disabled=groups(outcome)[title].empty,
        )


def _file(name: str, outcome: RequirementOutcome, records: tuple[SourceRecord, ...]) -> bytes:
    """Return one file of an answer, as `jalon search --out` writes it."""
    asked = session_specification(outcome.requirement)
    source = provenance(
        asked.title,
        parameters=asked.model_dump(mode="json"),
        seed=asked.seed,
        regions=(),
        records=records,
    )
    return answer_outputs(Answer(asked, outcome, source))[name]
