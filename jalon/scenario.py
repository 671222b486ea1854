"""A run: scenario and data in, every table of the answer and its provenance out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from data.workspace import SourceRecord, Workspace
from geo.errors import InputError
from geo.optimise.problem import ProgressListener
from jalon.areas import all_communes, chosen_communes
from jalon.envelopes import Envelopes, envelopes_of, with_verdicts
from jalon.land import LandOutcome
from jalon.lots import judge_area
from jalon.model import ZanParameters
from jalon.provenance import Provenance, provenance
from jalon.scenario_file import Scenario
from jalon.siting import StationOutcome, place_stations
from jalon.zan.law import law_on, verified_on
from jalon.zan.ledger import LedgerInputs, ledger
from jalon.zan.levels import members, within
from jalon.zan.region import region_accounts
from jalon.zan_inputs import dated_zones, flows_of, ledger_inputs

StepListener = Callable[[str], None]

TOLD_LAYERS = (
    "zan_objectives",
    "planning_documents",
    "scots",
    "zan_declarations",
    "merged_communes",
)
"""What collectivités decide and declare: the accounts rest on it wherever it is imported."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a scenario; a part not asked for is None."""

    scenario: Scenario
    communes: gpd.GeoDataFrame
    provenance: Provenance
    stations: StationOutcome | None = None
    land: LandOutcome | None = None
    ledger: pd.DataFrame | None = None
    flows: pd.DataFrame | None = None
    regions: pd.DataFrame | None = None


def run(
    scenario: Scenario,
    workspace: Workspace,
    *,
    on_step: StepListener = lambda _: None,
    progress: ProgressListener | None = None,
) -> Outcome:
    """Return the answer to `scenario` on the data of `workspace`.

    `on_step` hears, in French, what is being computed; `progress` how the siting goes.
    """
    on_step("Lecture du territoire")
    known = all_communes(workspace)
    communes = _asked_communes(scenario, known)
    insee = frozenset(communes["insee"])
    stations: StationOutcome | None = None
    land: LandOutcome | None = None
    accounts: pd.DataFrame | None = None
    flows: pd.DataFrame | None = None
    regions: pd.DataFrame | None = None
    sources: tuple[SourceRecord, ...] = ()
    if scenario.stations:
        on_step("Placement des stations")
        stations = place_stations(
            communes, scenario.stations, seed=scenario.seed, progress=progress
        )
    if scenario.land:
        on_step("Examen des parcelles")
        judged = judge_area(workspace, insee, scenario.land, on_step=on_step)
        land, sources = judged.outcome, judged.sources
    if scenario.zan:
        on_step("Comptes ZAN")
        inputs = ledger_inputs(workspace, communes, known=known)
        everywhere = ledger(inputs, scenario.zan)
        accounts = within(everywhere, inputs.communes, insee, inputs.scots)
        flows = flows_of(workspace, insee)
        regions = _regions(accounts, inputs, scenario.zan)
        sources += ledger_sources(workspace, communes)
        if land is not None:
            land = with_envelopes(land, envelopes_of(inputs, everywhere))
    origin = provenance(
        scenario.title,
        parameters=scenario.model_dump(mode="json"),
        seed=scenario.seed,
        regions=communes["region"].unique(),
        records=dict.fromkeys(sources),
    )
    return Outcome(scenario, communes, origin, stations, land, accounts, flows, regions)


def _regions(
    accounts: pd.DataFrame, inputs: LedgerInputs, parameters: ZanParameters
) -> pd.DataFrame | None:
    belonging = members(inputs.communes, inputs.scots)
    law = law_on(parameters.as_of or verified_on())
    return region_accounts(accounts, belonging, parameters=parameters, law=law)


def with_envelopes(land: LandOutcome, envelopes: Envelopes) -> LandOutcome:
    """Return the judged land, each site with the envelope that binds it most."""
    return replace(land, sites=with_verdicts(land.sites, envelopes))


def _asked_communes(scenario: Scenario, known: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the communes of the scenario; refuse one that asks for nothing, or nowhere."""
    if not any((scenario.stations, scenario.land, scenario.zan)):
        raise InputError(
            "Le scénario ne demande rien.", "Ajoutez une table [stations], [land] ou [zan]."
        )
    communes = chosen_communes(known, scenario.territory)
    if communes.empty:
        raise InputError(
            "Le scénario ne choisit aucun territoire.",
            'Renseignez [territory], par exemple regions = ["44"].',
        )
    return communes


def ledger_sources(workspace: Workspace, communes: gpd.GeoDataFrame) -> tuple[SourceRecord, ...]:
    """Return the series, plans and declarations that the accounts of `communes` rest on."""
    insee = frozenset(communes["insee"])
    dated = set(dated_zones(workspace, communes)["source_id"])
    series = (
        record
        for record in (*workspace.sources("enaf"), *workspace.sources("zoning"))
        if record.source_id in dated or not insee.isdisjoint(record.communes)
    )
    told = (record for layer_id in TOLD_LAYERS for record in workspace.sources(layer_id))
    return (*series, *(r for r in told if not r.communes or not insee.isdisjoint(r.communes)))


def ledger_of(
    workspace: Workspace,
    communes: gpd.GeoDataFrame,
    parameters: ZanParameters,
    *,
    known: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Return the ledger of `communes`; MissingDataError when no ENAF series covers them.

    `known` are all the communes there are, read anew when they are not given.
    """
    everywhere = all_communes(workspace) if known is None else known
    inputs = ledger_inputs(workspace, communes, known=everywhere)
    accounts = ledger(inputs, parameters)
    return within(accounts, inputs.communes, frozenset(communes["insee"]), inputs.scots)
