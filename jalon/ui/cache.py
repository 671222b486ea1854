"""The only cached calls of the application; keys are small values and fingerprints."""

import geopandas as gpd
import pandas as pd
import streamlit as st

from data.workspace import Workspace, default_root
from jalon.areas import all_communes
from jalon.example import ensure_example
from jalon.land import LandOutcome, judge
from jalon.model import LandParameters, StationParameters, ZanParameters
from jalon.scenario import flows_of, ledger_of
from jalon.tables import LandTables, land_tables
from jalon.ui.text_fr import COUNTING, JUDGING, PREPARING, READING_COMMUNES, READING_PARCELS
from jalon.ui.worker import Request, Run, start
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
    return judge(_tables(fingerprint, insee), LandParameters.model_validate_json(parameters))


def land_around(insee: frozenset[str]) -> LandTables:
    """Return the imported tables around the communes."""
    return _tables(workspace().fingerprint(), insee)


@st.cache_resource(show_spinner=READING_PARCELS, max_entries=MAX_KEPT)
def _tables(fingerprint: str, insee: frozenset[str]) -> LandTables:
    del fingerprint
    return land_tables(workspace(), insee)


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
