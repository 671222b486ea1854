"""Zoning, activity zones, friches and flood zones of the invented territory."""

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from data.build.example_columns import FRICHE_COLUMNS, SITE_ECO_COLUMNS
from data.build.example_land import Territory
from geo.crs import EXCHANGE, WORKING

SOURCE_FR: Final = "Jalon, territoire généré"

ZONES: Final = {
    "UA": ("U", "Zone urbaine, centre ancien"),
    "UB": ("U", "Zone urbaine à dominante d'habitat"),
    "UE": ("U", "Zone urbaine d'équipements"),
    "UX": ("U", "Zone urbaine à vocation artisanale et commerciale"),
    "UY": ("U", "Zone urbaine à vocation industrielle"),
    "UZ": ("U", "Zone urbaine d'activités ferroviaires et logistiques"),
    "1AU": ("AUc", "Zone à urbaniser à vocation d'habitat"),
    "1AUX": ("AUc", "Zone à urbaniser à vocation d'activités"),
    "2AUX": ("AUs", "Zone à urbaniser fermée, réserve d'activités"),
    "A": ("A", "Zone agricole"),
    "N": ("N", "Zone naturelle et forestière"),
    "Nc": ("N", "Secteur de carrière"),
}
"""Label of a zone: its CNIG `TYPEZONE` and long label."""

STATUSES: Final = (
    *("friche sans projet", "friche avec projet", "friche potentielle", "inconnu"),
    *("friche reconvertie", "friche sans projet", "friche potentielle"),
)
POLLUTION: Final = {
    "friche industrielle": "pollution supposée",
    "friche ferroviaire": "pollution avérée",
    "friche commerciale": "pollution peu probable",
    "friche militaire": "pollution traitée",
}


ECONOMIC_KINDS: Final = ("activity", "future_activity")
M2_PER_HA: Final = 10_000
FLOOD_M: Final = {"03": (60, 130), "02": (150, 290)}
"""Least and greatest reach of each regulation on either side of a river, in metres."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything drawn but the shapes of parcels, from which producers' tables are written.

    zones: commune (position), zone, geometry. parcels: idu, site, area_m2, roof_m2.
    """

    territory: Territory
    sites: gpd.GeoDataFrame
    ways: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    parcels: pd.DataFrame


def zoning(world: World) -> gpd.GeoDataFrame:
    """Return the zones with the columns of the CNIG PLU standard of 2017."""
    zones = world.zones
    communes = world.territory.communes.loc[zones["commune"]].reset_index(drop=True)
    types, long = zip(*zones["zone"].map(ZONES), strict=True)
    is_pays = communes["epci_siren"] == "000000001"
    pays, own = communes["epci_siren"] + "_PLUi_20190412", communes["insee"] + "_PLU_20160623"
    return gpd.GeoDataFrame(
        {
            "LIBELLE": zones["zone"],
            "LIBELONG": [
                f"{a} : {b} ({SOURCE_FR})" for a, b in zip(zones["zone"], long, strict=True)
            ],
            "TYPEZONE": types,
            "NOMFIC": None,
            "URLFIC": None,
            "IDURBA": pays.where(is_pays, own),
            "DATVALID": np.where(is_pays, "20190412", "20160623"),
        },
        geometry=zones.geometry.to_numpy(),
        crs=WORKING,
    )


def economic_sites(world: World) -> gpd.GeoDataFrame:
    """Return the activity zones and their extensions with the columns of SITE-ECO."""
    sites = _with_parcels(world, ECONOMIC_KINDS)
    communes = world.territory.communes.loc[sites["commune"]]
    is_future = (sites["kind"] == "future_activity").to_numpy()
    is_industrial = (sites["zone"] == "UY").to_numpy()
    numbers = np.arange(1, len(sites) + 1)
    known = {
        "site_id": [
            f"{c}_SITE-ECO_{n:05d}" for c, n in zip(communes["insee"], numbers, strict=True)
        ],
        "pole_id": communes["insee"].to_numpy() + "_POLE-ECO_00001",
        "site_nom": (sites["name"] + ", ").to_numpy() + communes["nom"].to_numpy(),
        "site_type": np.where(
            is_future, "zone AU à vocation économique", "zone d'activité économique"
        ),
        "site_vocadomi": np.where(is_industrial, "industrielle", "artisanale"),
        "site_etat": np.where(is_future, "en projet", "existant et actif"),
        "site_identif_date": "2021-06-30",
        "site_actu_date": "2024-03-31",
        "source_producteur": SOURCE_FR,
        "site_epci_nom": communes["epci_nom"].to_numpy(),
        "site_epci_siren": communes["epci_siren"].to_numpy(),
        "site_comm_nom": communes["nom"].to_numpy(),
        "site_comm_insee": communes["insee"].to_numpy(),
        "site_moa_type": "EPCI",
        "site_voca_industrielle": np.where(is_industrial, "oui", "non"),
        "reseau_electrique": "oui",
    }
    figures = _site_figures(world, sites, is_future=is_future)
    table = gpd.GeoDataFrame(known | figures, geometry=sites.geometry.to_numpy(), crs=WORKING)
    return table.reindex(columns=list(SITE_ECO_COLUMNS)).set_crs(WORKING)


def _with_parcels(world: World, kinds: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Return the sites of these kinds; one that ways cover wholly has no parcel, and is no site."""
    sites = world.sites[world.sites["kind"].isin(kinds)]
    return sites[sites.index.isin(world.parcels["site"])]


def _site_figures(
    world: World, sites: gpd.GeoDataFrame, *, is_future: npt.NDArray[np.bool_]
) -> dict[str, object]:
    """Return what the EPCI counts in each zone: hectares, plots, plots without a building."""
    plots = _plots(world).reindex(sites.index).reset_index(drop=True)
    gross_ha = (sites.geometry.area / M2_PER_HA).round(2).to_numpy()
    vacant_ha = (plots["vacant_m2"] / M2_PER_HA).round(2)
    # An EPCI rarely knows what is for sale in every zone: one in five says nothing.
    is_silent = np.arange(1, len(sites) + 1) % 5 == 0
    return {
        "site_surf_brute": gross_ha,
        "site_surf_utile": (0.9 * gross_ha).round(2),
        "site_uf_nbre": plots["plots"],
        "site_uf_vacant_nbre": plots["vacant"],
        "site_taux_vacance": (100 * plots["vacant"] / plots["plots"]).round(),
        "site_uf_bati_nbre": plots["plots"] - plots["vacant"],
        "site_surf_comm_dispo": vacant_ha.mask(is_future | is_silent),
        "site_surf_projet": np.where(is_future, gross_ha, np.nan),
    }


def _plots(world: World) -> pd.DataFrame:
    """Return plots, vacant plots and vacant area by site."""
    is_vacant = world.parcels["roof_m2"] == 0
    vacant_m2 = world.parcels["area_m2"].where(is_vacant, 0.0)
    table = world.parcels.assign(vacant=is_vacant.astype(int), vacant_m2=vacant_m2)
    return table.groupby("site").agg(
        plots=("vacant", "size"), vacant=("vacant", "sum"), vacant_m2=("vacant_m2", "sum")
    )


def friches(world: World) -> pd.DataFrame:
    """Return the friches with the columns of CNIG schema-friches v1.0.6."""
    sites = _with_parcels(world, ("friche",)).reset_index(names="site")
    communes = world.territory.communes.loc[sites["commune"]].reset_index(drop=True)
    units = _units(world).reindex(sites["site"]).reset_index(drop=True)
    rank = np.arange(len(sites))
    status = pd.Series([STATUSES[k % len(STATUSES)] for k in rank])
    unverified = status == "friche potentielle"
    points = sites.geometry.representative_point().to_crs(EXCHANGE)
    known = {
        "site_id": [f"{c}_{n:04d}" for c, n in zip(communes["insee"], rank + 1, strict=True)],
        "site_nom": sites["name"] + ", " + communes["nom"],
        "site_type": sites["nature"],
        "site_identif_date": [f"20{18 + k % 6}-0{1 + k % 9}-15" for k in rank],
        "site_actu_date": [f"202{3 + k % 2}-0{1 + k % 9}-10" for k in rank],
        "site_occupation": np.where(unverified, "inconnu", "totalement inoccupé"),
        "site_statut": status,
        "site_reconv_annee": status.map({"friche reconvertie": "2022"}),
        "site_reconv_type": status.map({"friche reconvertie": "autres activités économiques"}),
        "activite_fin_annee": [str(1978 + 3 * (k % 14)) for k in rank],
        "comm_nom": communes["nom"],
        "comm_insee": communes["insee"],
        "bati_nombre": units["buildings"],
        "bati_surface": units["roof_m2"],
        "bati_vacance": "vacant",
        "sol_pollution_existe": sites["nature"].map(POLLUTION).fillna("inconnu"),
        "unite_fonciere_surface": units["area_m2"],
        "unite_fonciere_refcad": units["refcad"],
        "urba_zone_type": [ZONES[zone][0] for zone in sites["zone"]],
        "urba_zone_lib": sites["zone"],
        "urba_zaer": "inconnu",
        "urba_doc_type": np.where(communes["epci_siren"] == "000000001", "PLUI", "PLU"),
        "source_nom": np.where(unverified, f"{SOURCE_FR} (BASIAS fictif, non vérifié)", SOURCE_FR),
        "source_producteur": SOURCE_FR,
        "geompoint": [f"POINT({point.x:.7f} {point.y:.7f})" for point in points],
    }
    return pd.DataFrame(known).reindex(columns=list(FRICHE_COLUMNS))


def _units(world: World) -> pd.DataFrame:
    """Return, by site, its parcels joined by «|», their area and their buildings, in whole m²."""
    on_sites = world.parcels[world.parcels["site"] >= 0]
    table = on_sites.assign(has_roof=(on_sites["roof_m2"] > 0).astype(int))
    grouped = table.groupby("site").agg(
        refcad=("idu", "|".join),
        area_m2=("area_m2", "sum"),
        buildings=("has_roof", "sum"),
        roof_m2=("roof_m2", "sum"),
    )
    return grouped.round({"area_m2": 0, "roof_m2": 0}).astype({"area_m2": int, "roof_m2": int})


def flood_zones(world: World, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return the regulated zones of a flood plan with the columns of COVADIS N_ZONE_REG."""
    ways = world.territory.ways
    rivers = ways.geometry[ways["kind"] == "river"].to_numpy()
    land = shapely.coverage_union_all(world.territory.communes.geometry.to_numpy())
    reach = {code: _belt(rivers, *FLOOD_M[code], rng) for code in FLOOD_M}
    drawn = {
        "03": shapely.intersection(reach["03"], land),
        "02": shapely.intersection(shapely.difference(reach["02"], reach["03"]), land),
    }
    wording = {"03": ("RI", "interdiction - inondation"), "02": ("Bi", "prescription - inondation")}
    rows = [
        {"codezone": wording[code][0], "nom": wording[code][1], "typereg": code, "geometry": part}
        for code, shape in drawn.items()
        for part in shapely.get_parts(shape)
        if part.area > 1
    ]
    columns = ["id_zone", "id_gaspar", "nom", "codezone", "typereg", "soumisalea", "nomfic"]
    columns += ["urlfic", "srce_geom", "srce_annee", "precision", "geometry"]
    zones = gpd.GeoDataFrame(rows, geometry="geometry", crs=WORKING).assign(
        id_zone=range(1, len(rows) + 1),
        id_gaspar="00DDT20200001",
        soumisalea="oui",
        srce_geom=SOURCE_FR,
        srce_annee="2020",
    )
    return zones.reindex(columns=columns).set_crs(WORKING)


def _belt(
    rivers: np.ndarray, least_m: float, most_m: float, rng: np.random.Generator
) -> shapely.Geometry:
    """Return the ground near the rivers, its reach winding between the two bounds."""
    discs = []
    for river in rivers:
        points = np.asarray(shapely.segmentize(river, 50).coords)
        steps = rng.uniform(least_m, most_m, len(points) // 9 + 2)
        reach_m = np.interp(np.arange(len(points)) / 9, np.arange(len(steps)), steps)
        discs.append(shapely.buffer(shapely.points(points), reach_m, quad_segs=4))
    return shapely.simplify(shapely.union_all(np.concatenate(discs)), 3.0)
