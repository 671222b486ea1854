"""What the workspace holds for the ZAN accounts of some communes."""

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import pandas as pd

from data.territories import merged_communes
from data.workspace import SourceRecord, Workspace
from geo.errors import MissingDataError
from jalon.areas import all_communes
from jalon.zan.ledger import LedgerInputs
from jalon.zan.levels import DEPARTEMENT, EPCI, SCOT, members
from layers.registry import layer

TOLD_LAYERS: Final = (
    "zan_objectives",
    "planning_documents",
    "scots",
    "zan_declarations",
    "merged_communes",
)
"""What collectivités decide and declare: the accounts rest on it wherever it is imported."""


@dataclass(frozen=True, slots=True)
class LedgerData:
    """The tables the accounts of some communes are made from, and the imports they rest on.

    `sources` are the series, plans and declarations of those communes.
    """

    inputs: LedgerInputs
    sources: tuple[SourceRecord, ...]


def ledger_data(
    workspace: Workspace, communes: gpd.GeoDataFrame, *, known: gpd.GeoDataFrame | None = None
) -> LedgerData:
    """Return what the accounts of `communes` are made from; `known` are all those there are.

    The series are those of every commune of their EPCI, SCoT and départements, for an envelope
    is shared among all; with them, the codes of these départements that nobody knows.
    MissingDataError when no ENAF series covers `communes`.
    """
    everywhere = all_communes(workspace) if known is None else known
    scots = _latest(workspace, "scots", "membership_id")
    chosen = frozenset(communes["insee"])
    near = _near(everywhere, scots, chosen)
    around = frozenset(near["insee"]) | _lost_codes(workspace, everywhere, near)
    zones = dated_zones(workspace, near)
    inputs = LedgerInputs(
        flows=flows_of(workspace, chosen, around=around),
        communes=pd.DataFrame(everywhere.drop(columns="geometry")),
        objectives=_latest(workspace, "zan_objectives", "objective_id"),
        documents=_documents(workspace, near, zones),
        scots=scots,
        declarations=_latest(workspace, "zan_declarations", "declaration_id"),
        merged_communes=_merged_communes(workspace),
    )
    return LedgerData(inputs, _sources(workspace, chosen, zones))


def flows_of(
    workspace: Workspace, insee: frozenset[str], *, around: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """Return the yearly consumption of the communes and of those `around`.

    Of each year, the last import. MissingDataError when `insee` has none.
    """
    flows = workspace.layer("enaf", communes=insee | around)
    if flows is None or not flows["commune"].isin(insee).any():
        raise MissingDataError(
            "Aucune série de consommation d'espaces NAF importée pour ce territoire.",
            "Importez le fichier communal du Cerema : jalon import conso-communes.csv",
        )
    return flows.drop_duplicates("flow_id", keep="last")


def zae_units(workspace: Workspace, insee: frozenset[str]) -> pd.DataFrame | None:
    """Return the units of the activity zones of the communes, the last import of each.

    None when no inventory was ever imported.
    """
    rows = workspace.layer("zae_units", communes=insee)
    return None if rows is None else rows.drop_duplicates("unit_id", keep="last")


def zae_sources(workspace: Workspace, insee: frozenset[str]) -> tuple[SourceRecord, ...]:
    """Return the inventories those units come from."""
    records = workspace.sources("zae_units")
    return tuple(record for record in records if not insee.isdisjoint(record.communes))


def _sources(
    workspace: Workspace, insee: frozenset[str], zones: pd.DataFrame
) -> tuple[SourceRecord, ...]:
    """Return the imports that tell of the communes: `zones` are dated and have their commune."""
    dated = set(zones.loc[zones["insee"].isin(insee), "source_id"])
    series = (
        record
        for record in (*workspace.sources("enaf"), *workspace.sources("zoning"))
        if record.source_id in dated or not insee.isdisjoint(record.communes)
    )
    told = (record for layer_id in TOLD_LAYERS for record in workspace.sources(layer_id))
    return (*series, *(r for r in told if not r.communes or not insee.isdisjoint(r.communes)))


def _latest(workspace: Workspace, layer_id: str, key: str) -> pd.DataFrame | None:
    """Return the rows of a layer, the last import of each `key`; None when never imported."""
    rows = workspace.layer(layer_id)
    return None if rows is None else rows.drop_duplicates(key, keep="last")


def _merged_communes(workspace: Workspace) -> pd.DataFrame:
    """Return the communes nouvelles shipped; what is imported of one replaces it."""
    imported = workspace.layer("merged_communes")
    told = [merged_communes()] if imported is None else [merged_communes(), imported]
    return pd.concat(told, ignore_index=True).drop_duplicates("insee", keep="last")


def _near(
    known: gpd.GeoDataFrame, scots: pd.DataFrame | None, chosen: frozenset[str]
) -> gpd.GeoDataFrame:
    """Return the communes of every EPCI, SCoT and département those `chosen` lie in."""
    belonging = members(known, scots)
    own = belonging[belonging["insee"].isin(chosen)]
    shares = [
        belonging[level.code].isin(own[level.code].dropna()) for level in (EPCI, SCOT, DEPARTEMENT)
    ]
    near = belonging.loc[pd.concat(shares, axis=1).any(axis=1), "insee"]
    return gpd.GeoDataFrame(known[known["insee"].isin(near)])


def _lost_codes(
    workspace: Workspace, known: gpd.GeoDataFrame, near: gpd.GeoDataFrame
) -> frozenset[str]:
    """Return the codes the series hold for the départements of `near` and nobody knows."""
    imported = {code for record in workspace.sources("enaf") for code in record.communes}
    departements = tuple(near["departement"].dropna().unique())
    unknown = imported - set(known["insee"])
    return frozenset(code for code in unknown if code.startswith(departements))


def _documents(
    workspace: Workspace, communes: gpd.GeoDataFrame, zones: pd.DataFrame
) -> pd.DataFrame | None:
    """Return the planning documents imported, and for the other communes those of their `zones`.

    A zone tells only the approval of the plan it is drawn in: the earliest of each commune.
    """
    told = _latest(workspace, "planning_documents", "document_id")
    approved = zones.groupby("insee")["approved_on"].min()
    if told is not None:
        approved = approved[~approved.index.isin(_covered(told, communes))]
    if approved.empty:
        return told
    drawn = pd.DataFrame(
        {
            "document_id": "zonage-" + approved.index,
            "level": "commune",
            "territory": approved.index,
            "kind": "PLU",
            "approved_on": approved.to_numpy(),
        }
    )
    drawn = drawn.reindex(columns=list(layer("planning_documents").columns))
    return drawn if told is None else pd.concat([told, drawn], ignore_index=True)


def _covered(documents: pd.DataFrame, communes: gpd.GeoDataFrame) -> pd.Series:
    """Return the INSEE codes of the communes a document is told of, theirs or their EPCI's."""
    territories = documents["territory"]
    is_told = communes["insee"].isin(territories) | communes["epci_siren"].isin(territories)
    return communes.loc[is_told, "insee"]


def dated_zones(workspace: Workspace, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the zones with a date, and their commune: the one where their inner point lies."""
    west_m, south_m, east_m, north_m = map(float, communes.total_bounds)
    zoning = workspace.layer("zoning", bounds_m=(west_m, south_m, east_m, north_m))
    if zoning is None:
        return pd.DataFrame(columns=["source_id", "approved_on", "insee"])
    columns = ["source_id", "approved_on", "geometry"]
    dated = gpd.GeoDataFrame(zoning[columns].dropna(subset="approved_on"))
    inner = dated.set_geometry(dated.geometry.representative_point())
    return inner.sjoin(communes[["insee", "geometry"]], predicate="within")
