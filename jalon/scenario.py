"""A run: scenario and data in, every table of the answer and its provenance out."""

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from data.workspace import SourceRecord, Workspace
from geo.errors import InputError, MissingDataError
from geo.optimise.problem import ProgressListener
from jalon.areas import all_communes, chosen_communes
from jalon.land import LandOutcome
from jalon.ledger import ledger, within
from jalon.lots import judge_area
from jalon.model import ZanParameters
from jalon.provenance import Provenance, provenance
from jalon.scenario_file import Scenario
from jalon.siting import StationOutcome, place_stations

StepListener = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a scenario; a part not asked for is None."""

    scenario: Scenario
    communes: gpd.GeoDataFrame
    provenance: Provenance
    stations: StationOutcome | None = None
    land: LandOutcome | None = None
    ledger: pd.DataFrame | None = None


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
    communes = _asked_communes(scenario, workspace)
    insee = frozenset(communes["insee"])
    stations: StationOutcome | None = None
    land: LandOutcome | None = None
    accounts: pd.DataFrame | None = None
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
        accounts = ledger_of(workspace, communes, scenario.zan)
        sources += ledger_sources(workspace, communes)
    origin = provenance(
        scenario.title,
        parameters=scenario.model_dump(mode="json"),
        seed=scenario.seed,
        regions=communes["region"].unique(),
        records=dict.fromkeys(sources),
    )
    return Outcome(scenario, communes, origin, stations, land, accounts)


def _asked_communes(scenario: Scenario, workspace: Workspace) -> gpd.GeoDataFrame:
    """Return the communes of the scenario; refuse one that asks for nothing, or nowhere."""
    if not any((scenario.stations, scenario.land, scenario.zan)):
        raise InputError(
            "Le scénario ne demande rien.", "Ajoutez une table [stations], [land] ou [zan]."
        )
    communes = chosen_communes(all_communes(workspace), scenario.territory)
    if communes.empty:
        raise InputError(
            "Le scénario ne choisit aucun territoire.",
            'Renseignez [territory], par exemple regions = ["44"].',
        )
    return communes


def ledger_sources(workspace: Workspace, communes: gpd.GeoDataFrame) -> tuple[SourceRecord, ...]:
    """Return the ENAF series and the dated plans that the accounts of `communes` rest on."""
    insee = frozenset(communes["insee"])
    dated = set(_dated_zones(workspace, communes)["source_id"])
    return tuple(
        record
        for record in (*workspace.sources("enaf"), *workspace.sources("zoning"))
        if record.source_id in dated or not insee.isdisjoint(record.communes)
    )


def ledger_of(
    workspace: Workspace, communes: gpd.GeoDataFrame, parameters: ZanParameters
) -> pd.DataFrame:
    """Return the ledger of `communes`; MissingDataError when no ENAF series covers them."""
    flows = flows_of(workspace, frozenset(communes["insee"]))
    known = all_communes(workspace)
    accounts = ledger(flows, known, parameters, approval_dates(workspace, communes))
    return within(accounts, known, frozenset(communes["insee"]))


def flows_of(workspace: Workspace, insee: frozenset[str]) -> pd.DataFrame:
    """Return the yearly consumption of the communes; of each year, the last import."""
    flows = workspace.layer("enaf")
    if flows is not None:
        flows = flows[flows["commune"].isin(insee)]
    if flows is None or flows.empty:
        raise MissingDataError(
            "Aucune série de consommation d'espaces NAF importée pour ce territoire.",
            "Importez le fichier communal du Cerema : jalon import conso-communes.csv",
        )
    return flows.drop_duplicates("flow_id", keep="last")


def approval_dates(workspace: Workspace, communes: gpd.GeoDataFrame) -> pd.Series:
    """Return, by INSEE code, the earliest approval of an imported planning document."""
    return _dated_zones(workspace, communes).groupby("insee")["approved_on"].min()


def _dated_zones(workspace: Workspace, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the zones with a date and their commune: the one where their inner point lies."""
    zoning = workspace.layer("zoning")
    if zoning is None:
        return pd.DataFrame(columns=["source_id", "approved_on", "insee"])
    columns = ["source_id", "approved_on", "geometry"]
    dated = gpd.GeoDataFrame(zoning[columns].dropna(subset="approved_on"))
    inner = dated.set_geometry(dated.geometry.representative_point())
    return inner.sjoin(communes[["insee", "geometry"]], predicate="within")
