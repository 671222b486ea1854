"""Territories: the embedded communes, those the user imported, and the choice among them."""

from collections.abc import Iterable

import geopandas as gpd
import pandas as pd
import shapely

from data.territories import (
    GeometrySource,
    MairieSource,
    embedded_regions,
    manifest,
    read_commune_names,
    read_communes,
)
from data.workspace import Workspace
from geo.crs import EXCHANGE, WORKING
from geo.errors import InputError
from geo.shapes import area_ha
from jalon.model import TerritoryChoice, is_generated
from layers.search import Territory, TerritoryKind

CODE_COLUMNS = {
    TerritoryKind.COMMUNE: "insee",
    TerritoryKind.EPCI: "epci_siren",
    TerritoryKind.DEPARTEMENT: "departement",
    TerritoryKind.REGION: "region",
}


def embedded_communes() -> gpd.GeoDataFrame:
    """Return the communes of the embedded regions, sorted by region and code."""
    return pd.concat([read_communes(code) for code in embedded_regions()], ignore_index=True)


def all_communes(workspace: Workspace) -> gpd.GeoDataFrame:
    """Return the embedded communes, the imported ones, and those known by their parcels only.

    Of a commune imported twice, the last import is kept.
    """
    known = embedded_communes()
    imported = workspace.layer("communes")
    if imported is not None:
        latest = imported.drop_duplicates("insee", keep="last")
        others = gpd.GeoDataFrame(latest[~latest["insee"].isin(known["insee"])])
        known = pd.concat([known, _completed(others)], ignore_index=True)
    unknown = _parcel_communes(workspace) - set(known["insee"])
    if not unknown:
        return known
    return pd.concat([known, _from_parcels(workspace, unknown)], ignore_index=True)


def named_communes(workspace: Workspace) -> gpd.GeoDataFrame:
    """Return every commune of France: those of `all_communes`, the others without an outline."""
    known = all_communes(workspace)
    names = read_commune_names()
    others = names[~names["insee"].isin(known["insee"])]
    nowhere = gpd.GeoDataFrame(others, geometry=[None] * len(others), crs=known.crs)
    return pd.concat([known, nowhere], ignore_index=True)


def _parcel_communes(workspace: Workspace) -> set[str]:
    return {code for one in workspace.sources("parcels") for code in one.communes}


def _from_parcels(workspace: Workspace, unknown: set[str]) -> gpd.GeoDataFrame:
    """Return communes no outline was imported for: their names, and the hull of their parcels."""
    records = [one for one in workspace.sources("parcels") if unknown & set(one.communes)]
    boxes = pd.concat([workspace.boxes(one, "commune") for one in records])
    rows = boxes[boxes["commune"].isin(unknown)].set_index("commune")
    drawn = gpd.GeoSeries(shapely.box(*rows.to_numpy().T), index=rows.index, crs=WORKING)
    outlines = drawn.groupby(level=0).agg(lambda one: shapely.union_all(one).convex_hull)
    names = read_commune_names().set_index("insee").reindex(outlines.index)
    communes = gpd.GeoDataFrame(names, geometry=outlines.to_numpy(), crs=WORKING)
    inside = communes.geometry.representative_point().to_crs(EXCHANGE)
    return (
        communes.rename_axis("insee")
        .reset_index()
        .assign(
            area_ha=area_ha(communes.geometry),
            mairie_lon=inside.x.to_numpy(),
            mairie_lat=inside.y.to_numpy(),
            mairie_source=MairieSource.REPRESENTATIVE_POINT.value,
            geometry_source=GeometrySource.PARCELS.value,
        )
    )


def _completed(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return imported communes with the columns of the embedded ones."""
    generated = communes["insee"].map(is_generated)
    inside = communes.geometry.representative_point().to_crs(EXCHANGE)
    region_name = generated.map({True: "Pays de Jalonne (généré)", False: "Région importée"})
    return communes.drop(columns="source_id").assign(
        departement_nom=region_name,
        region_nom=region_name,
        epci_nom=communes["epci_nom"].fillna(communes["epci_siren"]),
        epci_type=None,
        epci_is_partial=False,
        area_ha=area_ha(communes.geometry),
        mairie_lon=inside.x,
        mairie_lat=inside.y,
        mairie_source="representative_point",
        geometry_source="imported",
    )


def communes_of(communes: gpd.GeoDataFrame, territory: Territory) -> gpd.GeoDataFrame:
    """Return the communes of `territory`."""
    mask = communes[CODE_COLUMNS[territory.kind]].eq(territory.code)
    return communes[mask].reset_index(drop=True)


def chosen_communes(communes: gpd.GeoDataFrame, choice: TerritoryChoice) -> gpd.GeoDataFrame:
    """Return the communes any code of `choice` names; refuse the codes nothing answers to."""
    wanted = {
        "region": choice.regions,
        "departement": choice.departements,
        "epci_siren": choice.epcis,
        "insee": choice.communes,
    }
    unknown = [
        code
        for column, codes in wanted.items()
        for code in sorted(set(codes) - set(communes[column].dropna()))
    ]
    if unknown:
        raise InputError(
            f"Codes de territoire inconnus : {', '.join(unknown)}.",
            "Jalon embarque le Grand Est (44) et Auvergne-Rhône-Alpes (84) ; importez ailleurs "
            "le cadastre des communes (jalon import) ou leurs contours (ADMIN EXPRESS).",
        )
    mask = pd.Series(data=False, index=communes.index)
    for column, codes in wanted.items():
        mask |= communes[column].isin(codes)
    return communes[mask].sort_values("insee", ignore_index=True)


def vintages(regions: Iterable[str]) -> tuple[dict[str, str], ...]:
    """Return what the exports must say of the embedded territories among `regions`."""
    wanted = set(regions)
    return tuple(
        {
            "titre": f"Communes de la région {code} (contours simplifiés)",
            "producteur": entry.attribution,
            "licence": entry.licence,
            "millesime": str(entry.vintage),
            "sha256": entry.sha256,
        }
        for code, entry in sorted(manifest().items())
        if code in wanted
    )
