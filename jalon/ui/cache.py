"""The only cached calls of the application; keys are small values and fingerprints."""

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from data.workspace import SourceRecord, Workspace, default_root
from geo.errors import MissingDataError
from jalon.answer import parameters_asked
from jalon.areas import all_communes
from jalon.criteria import Scoring
from jalon.envelopes import Envelopes, envelopes_of, uncounted, with_verdicts
from jalon.example import ensure_example
from jalon.land import LandOutcome, with_assemblies
from jalon.lots import judge_area_singly
from jalon.model import LandParameters, StationParameters, ZanParameters
from jalon.requirement import Requirement
from jalon.scoring import score
from jalon.search import RequirementOutcome, find
from jalon.tables import LandTables, land_tables
from jalon.ui.project_cost import Cost, Ground, cost_of
from jalon.ui.project_options import ProjectOptions, options_json, read_options
from jalon.ui.project_text_fr import COSTING
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
from jalon.zan.law import verified_on
from jalon.zan.ledger import LedgerInputs
from jalon.zan.ledger import ledger as ledger_of
from jalon.zan.levels import within
from jalon.zan.occupation import evidence
from jalon.zan.reconciliation import reconciliation
from jalon.zan_inputs import LedgerData, ledger_data, zae_sources
from jalon.zan_inputs import zae_units as units_of
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
    alone = _alone(fingerprint, insee, parameters)
    return with_assemblies(alone, LandParameters.model_validate_json(parameters))


@st.cache_resource(show_spinner=JUDGING, max_entries=MAX_KEPT)
def _alone(fingerprint: str, insee: frozenset[str], parameters: str) -> LandOutcome:
    del fingerprint
    read = LandParameters.model_validate_json(parameters)
    return judge_area_singly(workspace(), insee, read).outcome


def sites_asked(
    insee: frozenset[str], requirement: Requirement, parameters: LandParameters
) -> gpd.GeoDataFrame:
    """Return the sites of the communes as a requirement asks to assemble them."""
    asked = (parameters.model_dump_json(), requirement_json(requirement))
    return _sites_asked(workspace().fingerprint(), insee, *asked)


@st.cache_resource(show_spinner=JUDGING, max_entries=MAX_KEPT)
def _sites_asked(
    fingerprint: str, insee: frozenset[str], parameters: str, requirement: str
) -> gpd.GeoDataFrame:
    asked = Requirement.model_validate_json(requirement)
    alone, together = parameters_asked(asked, LandParameters.model_validate_json(parameters))
    return with_assemblies(_alone(fingerprint, insee, alone.model_dump_json()), together).sites


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
    asked = Requirement.model_validate_json(requirement)
    known = _communes(fingerprint)
    return find(
        _sites_asked(fingerprint, insee, parameters, requirement),
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


def ledger(insee: frozenset[str], parameters: ZanParameters | None = None) -> pd.DataFrame:
    """Return the ZAN accounts of the territories that lie wholly in these communes."""
    inputs = ledger_inputs(insee)
    accounts = accounts_around(insee, parameters or ZanParameters())
    return within(accounts, inputs.communes, insee, inputs.scots)


def accounts_around(insee: frozenset[str], parameters: ZanParameters) -> pd.DataFrame:
    """Return the accounts of these communes and of every territory any of them lies in."""
    return _accounts(workspace().fingerprint(), insee, parameters.model_dump_json())


@st.cache_resource(show_spinner=COUNTING, max_entries=MAX_KEPT)
def _accounts(fingerprint: str, insee: frozenset[str], parameters: str) -> pd.DataFrame:
    inputs = _ledger_data(fingerprint, insee).inputs
    return ledger_of(inputs, ZanParameters.model_validate_json(parameters))


def reconciled(insee: frozenset[str], parameters: ZanParameters) -> pd.DataFrame:
    """Return the accounts of `ledger` beside those of the ministry's published rule."""
    inputs = ledger_inputs(insee)
    compared = _reconciled(workspace().fingerprint(), insee, parameters.model_dump_json())
    return within(compared, inputs.communes, insee, inputs.scots)


@st.cache_resource(show_spinner=COUNTING, max_entries=MAX_KEPT)
def _reconciled(fingerprint: str, insee: frozenset[str], parameters: str) -> pd.DataFrame:
    inputs = _ledger_data(fingerprint, insee).inputs
    return reconciliation(inputs, ZanParameters.model_validate_json(parameters))


def ledger_records(insee: frozenset[str]) -> tuple[SourceRecord, ...]:
    """Return the imported sources that the accounts of the communes rest on."""
    return _ledger_records(workspace().fingerprint(), insee)


@st.cache_resource(show_spinner=COUNTING, max_entries=MAX_KEPT)
def _ledger_records(fingerprint: str, insee: frozenset[str]) -> tuple[SourceRecord, ...]:
    found = _ledger_data(fingerprint, insee).sources
    return tuple(dict.fromkeys((*found, *zae_sources(workspace(), insee))))


def ledger_inputs(insee: frozenset[str]) -> LedgerInputs:
    """Return what the accounts of the communes are made from."""
    return _ledger_data(workspace().fingerprint(), insee).inputs


@st.cache_resource(show_spinner=COUNTING, max_entries=MAX_KEPT)
def _ledger_data(fingerprint: str, insee: frozenset[str]) -> LedgerData:
    known = _communes(fingerprint)
    return ledger_data(workspace(), known[known["insee"].isin(insee)], known=known)


def zae_units(insee: frozenset[str]) -> pd.DataFrame | None:
    """Return the inventoried units of the activity zones of the communes, if any."""
    return _zae_units(workspace().fingerprint(), insee)


@st.cache_resource(show_spinner=COUNTING, max_entries=MAX_KEPT)
def _zae_units(fingerprint: str, insee: frozenset[str]) -> pd.DataFrame | None:
    del fingerprint
    return units_of(workspace(), insee)


def ground(insee: frozenset[str]) -> Ground:
    """Return what is known of the ground around the communes, to cost footprints on."""
    return _ground(workspace().fingerprint(), insee)


@st.cache_resource(show_spinner=READING_PARCELS, max_entries=MAX_KEPT)
def _ground(fingerprint: str, insee: frozenset[str]) -> Ground:
    tables = _tables(fingerprint, insee)
    sources = evidence(tables.land_cover, tables.crops, tables.buildings)
    pene = workspace().layer("pene")
    outlines = None if pene is None else gpd.GeoDataFrame(pene)
    return Ground(tables, sources, _communes(fingerprint), outlines)


def envelopes(insee: frozenset[str], parameters: ZanParameters) -> Envelopes:
    """Return what remains to the communes, and to every territory of their regions."""
    known = communes()
    regions = frozenset(known.loc[known["insee"].isin(insee), "region"])
    return _envelopes(workspace().fingerprint(), regions, parameters.model_dump_json())


@st.cache_resource(show_spinner=COUNTING, max_entries=MAX_KEPT)
def _envelopes(fingerprint: str, regions: frozenset[str], parameters: str) -> Envelopes:
    known = _communes(fingerprint)
    around = known[known["region"].isin(regions)]
    insee = frozenset(around["insee"])
    try:
        return envelopes_of(
            _ledger_data(fingerprint, insee).inputs, _accounts(fingerprint, insee, parameters)
        )
    except MissingDataError:
        return uncounted(around)


def footprint_cost(
    footprint: shapely.Geometry,
    insee: frozenset[str],
    options: ProjectOptions,
    parameters: ZanParameters,
) -> Cost:
    """Return what a footprint (EPSG:2154) costs on the ground of the communes."""
    told = (options_json(options), parameters.model_dump_json())
    return _footprint_cost(workspace().fingerprint(), shapely.to_wkb(footprint), insee, *told)


@st.cache_resource(show_spinner=COSTING, max_entries=16 * MAX_KEPT)
def _footprint_cost(
    fingerprint: str, footprint: bytes, insee: frozenset[str], options: str, parameters: str
) -> Cost:
    zan = ZanParameters.model_validate_json(parameters)
    return cost_of(
        shapely.from_wkb(footprint),
        _ground(fingerprint, insee),
        envelopes(insee, zan),
        options=read_options(options),
        as_of=zan.as_of or verified_on(),
    )


def judged(
    insee: frozenset[str],
    parameters: LandParameters,
    scoring: Scoring | None,
    zan: ZanParameters,
) -> gpd.GeoDataFrame:
    """Return every site of the communes with its verdict, and its rank if there is a scoring."""
    asked = (parameters.model_dump_json(), scoring.model_dump_json() if scoring else "")
    return _judged(workspace().fingerprint(), insee, *asked, zan.model_dump_json())


@st.cache_resource(show_spinner=COUNTING, max_entries=MAX_KEPT)
def _judged(
    fingerprint: str, insee: frozenset[str], parameters: str, scoring: str, zan: str
) -> gpd.GeoDataFrame:
    outcome = _land(fingerprint, insee, parameters)
    sites = _scored(fingerprint, insee, parameters, scoring) if scoring else outcome.sites
    return with_verdicts(sites, envelopes(insee, ZanParameters.model_validate_json(zan)))


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
