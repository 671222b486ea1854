"""A run: scenario and data in, every table of the answer and its provenance out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from data.workspace import SourceRecord, Workspace
from geo.errors import InputError
from geo.optimise.deadline import nobody
from jalon.areas import all_communes, chosen_communes
from jalon.envelopes import Envelopes, envelopes_of, with_verdicts
from jalon.land import LandOutcome
from jalon.lots import judge_area
from jalon.model import ZanParameters
from jalon.provenance import Provenance, provenance
from jalon.scenario_file import Scenario
from jalon.siting import StationOutcome, place_stations
from jalon.siting_words import SitingListener, unheard
from jalon.zan.ledger import LedgerInputs, ledger
from jalon.zan.levels import within
from jalon.zan_inputs import ledger_data

StepListener = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LedgerOutcome:
    """The accounts of a territory, those of everything around it, and what both are made from."""

    inputs: LedgerInputs
    everywhere: pd.DataFrame
    accounts: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a scenario; a part not asked for is None."""

    scenario: Scenario
    communes: gpd.GeoDataFrame
    provenance: Provenance
    stations: StationOutcome | None = None
    land: LandOutcome | None = None
    ledger: LedgerOutcome | None = None


def run(
    scenario: Scenario,
    workspace: Workspace,
    *,
    on_step: StepListener = lambda _: None,
    progress: SitingListener = unheard,
    wants_stop: Callable[[], bool] = nobody,
) -> Outcome:
    """Return the answer to `scenario` on the data of `workspace`.

    `on_step` hears, in French, what is being computed; `progress` how the siting goes, which
    keeps its best plan once somebody `wants_stop`.
    """
    on_step("Lecture du territoire")
    known = all_communes(workspace)
    communes = _asked_communes(scenario, known)
    insee = frozenset(communes["insee"])
    stations: StationOutcome | None = None
    land: LandOutcome | None = None
    counted: LedgerOutcome | None = None
    sources: tuple[SourceRecord, ...] = ()
    if scenario.stations:
        on_step("Placement des stations")
        stations = place_stations(
            communes,
            scenario.stations,
            seed=scenario.seed,
            progress=progress,
            wants_stop=wants_stop,
            wants_curve=False,
        )
    if scenario.land:
        on_step("Examen des parcelles")
        judged = judge_area(workspace, insee, scenario.land, on_step=on_step)
        land, sources = judged.outcome, judged.sources
    if scenario.zan:
        on_step("Comptes ZAN")
        read = ledger_data(workspace, communes, known=known)
        counted = accounts_of(read.inputs, insee, scenario.zan)
        sources += read.sources
        if land is not None:
            land = with_envelopes(land, envelopes_of(counted.inputs, counted.everywhere))
    origin = provenance(
        scenario.title,
        parameters=scenario.model_dump(mode="json"),
        seed=scenario.seed,
        regions=communes["region"].unique(),
        records=dict.fromkeys(sources),
    )
    return Outcome(scenario, communes, origin, stations, land, counted)


def accounts_of(
    inputs: LedgerInputs, insee: frozenset[str], parameters: ZanParameters
) -> LedgerOutcome:
    """Return the accounts of the communes `insee` and of every territory wholly theirs."""
    everywhere = ledger(inputs, parameters)
    accounts = within(everywhere, inputs.communes, insee, inputs.scots)
    return LedgerOutcome(inputs, everywhere, accounts)


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
    inputs = ledger_data(workspace, communes, known=known).inputs
    return accounts_of(inputs, frozenset(communes["insee"]), parameters).accounts
