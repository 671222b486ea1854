"""The only cached calls of the application; keys are small values and fingerprints."""

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from data.workspace import Workspace, default_root
from jalon.answer import sites_asked
from jalon.areas import all_communes
from jalon.criteria import Scoring
from jalon.example import ensure_example
from jalon.land import LandOutcome
from jalon.lots import judge_area
from jalon.model import LandParameters, StationParameters, ZanParameters
from jalon.requirement import Requirement
from jalon.scenario import flows_of, ledger_of
from jalon.scoring import score
from jalon.search import RequirementOutcome, find
from jalon.tables import LandTables, land_tables
from jalon.ui.state import requirement_json
from jalon.ui.text_fr import (
    COUNTING,
    JUDGING,
    PREPARING,
    READING_COMMUNES,
    READING_PARCELS,
    SCORING,
    SEARCHING,
)
from jalon.ui.worker import Request, Run, start
from jalon.vocation import zone_evidence
from layers.search import SearchIndex, Territory, search, search_index

MAX_KEPT = 8


def workspace() -> Workspace:
    """Return the workspace of this process, with the example territory in it."""
    return _ready_workspace(str(default_root()))


@st.cache_resource(show_spinner=PREPARING)
def _ready_workspace(root: str) -> Workspace:
    space = Workspace(default_root())
    del root  # the key: another folder is another workspace
    ensure_example(space)
    return space


def communes() -> gpd.GeoDataFrame:
    """Return every commune known."""
    return _communes(workspace().fingerprint())


@st.cache_resource(show_spinner=READING_COMMUNES, max_entries=2)
def _communes(fingerprint: str) -> gpd.GeoDataFrame:
    del fingerprint
    return all_communes(workspace())


def find_territories(text: str, *, limit: int = 12) -> tuple[Territory, ...]:
    """Return the territories whose name or code answers to `text`."""
    return search(_index(workspace().fingerprint()), text, limit=limit)


def territory(code: str) -> Territory | None:
    """Return the territory written «kind:code» in an address; None when there is none."""
    kind, _, bare = code.partition(":")
    known = _index(workspace().fingerprint()).territories
    return next((t for t in known if t.code == bare and t.kind.value == kind), None)


@st.cache_resource(show_spinner=READING_COMMUNES, max_entries=2)
def _index(fingerprint: str) -> SearchIndex:
    return search_index(_communes(fingerprint))


def imported_communes() -> frozenset[str]:
    """Return the INSEE codes of the communes whose parcels are imported."""
    records = workspace().sources("parcels")
    return frozenset(code for record in records for code in record.communes)


def land(insee: frozenset[str], parameters: LandParameters) -> LandOutcome:
    """Return the judged sites of the communes."""
    return _land(workspace().fingerprint(), insee, parameters.model_dump_json())


@st.cache_resource(show_spinner=JUDGING, max_entries=MAX_KEPT)
def _land(fingerprint: str, insee: frozenset[str], parameters: str) -> LandOutcome:
    del fingerprint
    return judge_area(workspace(), insee, LandParameters.model_validate_json(parameters)).outcome


def scored(insee: frozenset[str], parameters: LandParameters, scoring: Scoring) -> gpd.GeoDataFrame:
    """Return the judged sites of the communes with their scores and ranks, the best first."""
    asked = (parameters.model_dump_json(), scoring.model_dump_json())
    return _scored(workspace().fingerprint(), insee, *asked)


@st.cache_resource(show_spinner=SCORING, max_entries=MAX_KEPT)
def _scored(
    fingerprint: str, insee: frozenset[str], parameters: str, scoring: str
) -> gpd.GeoDataFrame:
    sites = _land(fingerprint, insee, parameters).sites
    return gpd.GeoDataFrame(score(sites, Scoring.model_validate_json(scoring)))


def answer(
    insee: frozenset[str],
    requirement: Requirement,
    scoring: Scoring | None,
    parameters: LandParameters,
) -> RequirementOutcome:
    """Return what the parcels of the communes, read so, answer to `requirement`."""
    asked = (requirement_json(requirement), scoring.model_dump_json() if scoring else "")
    return _answer(workspace().fingerprint(), insee, *asked, parameters.model_dump_json())


@st.cache_resource(show_spinner=SEARCHING, max_entries=MAX_KEPT)
def _answer(
    fingerprint: str, insee: frozenset[str], requirement: str, scoring: str, parameters: str
) -> RequirementOutcome:
    read = LandParameters.model_validate_json(parameters)
    asked = Requirement.model_validate_json(requirement)
    known = _communes(fingerprint)
    return find(
        sites_asked(asked, lambda sized: land(insee, sized).sites, read=read),
        asked,
        scoring=Scoring.model_validate_json(scoring) if scoring else None,
        epci_of=dict(zip(known["insee"], known["epci_siren"], strict=True)),
    )


def land_around(insee: frozenset[str]) -> LandTables:
    """Return the imported tables around the communes."""
    return _tables(workspace().fingerprint(), insee)


@st.cache_resource(show_spinner=READING_PARCELS, max_entries=MAX_KEPT)
def _tables(fingerprint: str, insee: frozenset[str]) -> LandTables:
    del fingerprint
    return land_tables(workspace(), insee)


def local_labels(insee: frozenset[str]) -> tuple[str, ...]:
    """Return the zone labels nothing says economic, each after its commune («63148:UAi»)."""
    return _local_labels(workspace().fingerprint(), insee)


@st.cache_resource(show_spinner=READING_PARCELS, max_entries=MAX_KEPT)
def _local_labels(fingerprint: str, insee: frozenset[str]) -> tuple[str, ...]:
    tables = _tables(fingerprint, insee)
    if tables.zoning is None:
        return ()
    zones = tables.zoning
    silent = zones[zone_evidence(zones).isna() & ~zones["zone_type"].isin(["A", "N"])]
    named = silent[silent["label"].notna()]
    inner = named.geometry.representative_point().to_numpy()
    nearest = shapely.STRtree(tables.parcels.geometry.to_numpy()).nearest(inner)
    communes = tables.parcels["commune"].to_numpy(dtype=object)[nearest]
    return tuple(
        sorted({f"{c}:{label}" for c, label in zip(communes, named["label"], strict=True)})
    )


def ledger(insee: frozenset[str]) -> pd.DataFrame:
    """Return the ZAN accounts of the communes and of the territories above them."""
    return _ledger(workspace().fingerprint(), insee)


@st.cache_resource(show_spinner=COUNTING, max_entries=MAX_KEPT)
def _ledger(fingerprint: str, insee: frozenset[str]) -> pd.DataFrame:
    known = _communes(fingerprint)
    return ledger_of(workspace(), known[known["insee"].isin(insee)], ZanParameters())


def flows(insee: frozenset[str]) -> pd.DataFrame:
    """Return the yearly consumption of the communes; MissingDataError when never imported."""
    return flows_of(workspace(), insee)


def plan(region: str, parameters: StationParameters, seed: int) -> Run:
    """Return the calculation of a region's plan: the one begun before, or a new one."""
    begun = _plans()
    key = (region, parameters.model_dump_json(), seed)
    if key not in begun:
        known = communes()
        begun[key] = start(Request(known[known["region"].eq(region)], parameters, seed))
    while len(begun) > MAX_KEPT:
        begun.pop(next(iter(begun)))
    return begun[key]


def forget_plan(run: Run) -> None:
    """Begin this calculation anew when it is asked again."""
    begun = _plans()
    for key in [key for key, known in begun.items() if known is run]:
        begun.pop(key, None)


@st.cache_resource
def _plans() -> dict[tuple[str, str, int], Run]:
    return {}
