"""Communes, yearly land consumption and charging stations of the invented territory."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.build.example_columns import IRVE_COLUMNS
from data.build.example_shapes import Floats, Integers
from data.build.example_tables import SOURCE_FR, World
from geo.crs import EXCHANGE, WORKING

YEARS: Final = tuple(range(2009, 2024))
"""Flows from 1 January of the year to the next; those of 2009 and 2010 are equal (producer)."""

DESTINATIONS: Final = ("act", "hab", "mix", "rou", "fer", "inc")
DESTINATION_SHARES: Final = {"act": 5.0, "hab": 11.0, "mix": 0.8, "rou": 2.0, "inc": 0.4}

CAPITAL_DECADE_M2, LOW_DECADE_M2 = 236_000.0, 14_500.0
"""Consumption 2011-2020 of the capital, and of a commune whose half is under the 1 ha due."""

USED_SHARES: Final = (0.62, 0.95, 0.24, 0.81, 0.12, 1.13, 0.41, 0.55, 0.34)
"""Part of half the decade that 2021-2023 already used: some have little left, one too much."""


FAST_KW: Final = 50
"""Power from which a point of charge has the plug of fast charge (CCS)."""


def communes_table(world: World) -> gpd.GeoDataFrame:
    """Return the communes with the columns of ADMIN EXPRESS, and the name of their EPCI."""
    communes = world.territory.communes
    return gpd.GeoDataFrame(
        {
            "ID": [f"COMMUNE_{insee:0>16}" for insee in communes["insee"]],
            "NOM": communes["nom"],
            "NOM_M": communes["nom"].str.upper(),
            "INSEE_COM": communes["insee"],
            "STATUT": "Commune simple",
            "POPULATION": communes["population"],
            "INSEE_DEP": "00",
            "INSEE_REG": "00",
            "SIREN_EPCI": communes["epci_siren"],
            "NOM_EPCI": communes["epci_nom"],
        },
        geometry=communes.geometry,
        crs=WORKING,
    )


def consumption(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return the yearly ENAF consumption by commune with the Cerema's columns, in m²."""
    communes = world.territory.communes
    flows = _destinations(_yearly_m2(len(communes), rng), rng)
    columns: dict[str, object] = _identity(communes)
    for at, year in enumerate(YEARS):
        start, end = f"{year % 100:02d}", f"{(year + 1) % 100:02d}"
        columns[f"naf{start}art{end}"] = flows[:, at].sum(axis=1)
        for k, name in enumerate(DESTINATIONS):
            columns[f"art{start}{name}{end}"] = flows[:, at, k]
    total = flows.sum(axis=1)
    columns["naf09art24"] = total.sum(axis=1)
    for name in ("act", "hab", "mix", "inc", "rou", "fer"):
        columns[f"art09{name}24"] = total[:, DESTINATIONS.index(name)]
    area_m2 = communes.geometry.area.round().astype(int)
    columns["artcom0924"] = (100 * total.sum(axis=1) / area_m2).round(2)
    columns |= _people(communes["population"].to_numpy(), total.sum(axis=1))
    return pd.DataFrame({**columns, "surfcom2024": area_m2})


def _identity(communes: gpd.GeoDataFrame) -> dict[str, object]:
    return {
        "idcom": communes["insee"],
        "idcomtxt": communes["nom"],
        "idreg": "00",
        "idregtxt": "Région fictive (générée)",
        "iddep": "00",
        "iddeptxt": "Département fictif (généré)",
        "epci24": communes["epci_siren"],
        "epci24txt": communes["epci_nom"],
        "scot": SOURCE_FR,
        "aav2020": "000",
        "aav2020txt": "Commune hors attraction des villes",
        "aav2020_typo": "30",
    }


def _yearly_m2(count: int, rng: np.random.Generator) -> Floats:
    """Return the consumption of each commune and year in m², communes first."""
    decade_m2 = np.clip(rng.lognormal(np.log(46_000), 0.45, count), 24_000, 120_000)
    decade_m2[0], decade_m2[3] = CAPITAL_DECADE_M2, LOW_DECADE_M2
    used = np.array([USED_SHARES[k % len(USED_SHARES)] for k in range(count)])
    # One measure covers 2009 and 2010; the producer splits it in two equal halves.
    before = np.repeat(0.13 * decade_m2[:, None], 2, axis=1)
    decade = decade_m2[:, None] * rng.dirichlet(np.full(10, 4.0), count)
    since = (used * decade_m2 / 2)[:, None] * rng.dirichlet(np.full(3, 6.0), count)
    return np.hstack([before, decade, since])


def _destinations(yearly_m2: Floats, rng: np.random.Generator) -> Integers:
    """Return whole m² by commune, year and destination; housing takes the rounding."""
    weights = np.array([DESTINATION_SHARES.get(name, 0.0) for name in DESTINATIONS])
    shares = rng.gamma(np.maximum(weights, 1e-9), size=(*yearly_m2.shape, len(weights)))
    shares[:, 1] = shares[:, 0]
    shares /= shares.sum(axis=2, keepdims=True)
    flows = np.floor(yearly_m2[:, :, None] * shares).astype(np.intp)
    rest = np.round(yearly_m2).astype(np.intp) - flows.sum(axis=2)
    flows[:, :, DESTINATIONS.index("hab")] += rest
    return flows


def _people(population: Integers, consumed_m2: Integers) -> dict[str, object]:
    """Return the Cerema's columns of population, households and jobs."""
    pop15, men15 = np.round(0.97 * population), np.round(0.41 * population)
    pop21, men21 = np.round(0.99 * population), np.round(0.44 * population)
    emp15, emp21 = np.round(0.30 * population), np.round(0.31 * population)
    values = {"pop15": pop15, "pop21": pop21, "pop1521": pop21 - pop15}
    values |= {"men15": men15, "men21": men21, "men1521": men21 - men15}
    values |= {"emp15": emp15, "emp21": emp21, "emp1521": emp21 - emp15}
    hectares = np.maximum(consumed_m2, 1) / 10_000
    return {
        **{name: value.astype(int) for name, value in values.items()},
        "mepart1521": ((men21 - men15 + emp21 - emp15) / hectares).round(2),
        "menhab1521": ((men21 - men15) / hectares).round(2),
        "artpop1521": (consumed_m2 / np.maximum(pop21 - pop15, 1)).round(2),
    }


def charging_points(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return existing points of charge with the columns of the IRVE schema, one row a point."""
    stations = _stations(world)
    count = rng.choice([2, 2, 4, 6], len(stations))
    stations = stations.assign(nbre_pdc=count, number=np.arange(1, len(stations) + 1))
    points = stations.loc[stations.index.repeat(count)].reset_index(drop=True)
    rank = points.groupby("number").cumcount() + 1
    is_fast = points["power_kw"] >= FAST_KW
    flag = {True: "true", False: "false"}
    station = points["number"].map("FRGENP{:04d}".format)
    known = {
        "nom_amenageur": SOURCE_FR,
        "nom_operateur": SOURCE_FR,
        "contact_operateur": "aucun@example.invalid",
        "nom_enseigne": "Bornes fictives",
        "id_station_itinerance": station,
        "nom_station": points["name"],
        "implantation_station": points["place"],
        "adresse_station": points["name"],
        "code_insee_commune": points["insee"],
        "coordonneesXY": points["lonlat"],
        "nbre_pdc": points["nbre_pdc"],
        "id_pdc_itinerance": points["number"].map("FRGENE{:04d}".format) + rank.astype(str),
        "puissance_nominale": points["power_kw"],
        "prise_type_ef": "false",
        "prise_type_2": (~is_fast).map(flag),
        "prise_type_combo_ccs": is_fast.map(flag),
        "prise_type_chademo": "false",
        "prise_type_autre": "false",
        "paiement_acte": "true",
        "condition_acces": "Accès libre",
        "reservation": "false",
        "horaires": "24/7",
        "accessibilite_pmr": "Accessibilité inconnue",
        "restriction_gabarit": "Inconnu",
        "station_deux_roues": "false",
        "date_mise_en_service": "2022-05-02",
        "date_maj": "2024-06-01",
    }
    return pd.DataFrame(known).reindex(columns=list(IRVE_COLUMNS))


def _stations(world: World) -> pd.DataFrame:
    """Return one row a station: in every other bourg, and in each third activity zone."""
    communes = world.territory.communes.iloc[::2]
    zones = world.sites[world.sites["kind"] == "activity"].iloc[::3]
    in_bourgs = pd.DataFrame(
        {
            "name": "Place de la Mairie, " + communes["nom"],
            "place": "Voirie",
            "insee": communes["insee"],
            "power_kw": 22,
            "point": shapely.points(communes["x"], communes["y"]),
        }
    )
    insee = world.territory.communes["insee"].to_numpy()[zones["commune"]]
    in_zones = pd.DataFrame(
        {
            "name": zones["name"],
            "place": "Station dédiée à la recharge rapide",
            "insee": insee,
            "power_kw": 150,
            "point": zones.geometry.representative_point().to_numpy(),
        }
    )
    stations = pd.concat([in_bourgs, in_zones], ignore_index=True)
    wgs84 = gpd.GeoSeries(stations["point"], crs=WORKING).to_crs(EXCHANGE)
    return stations.assign(lonlat=[f"[{p.x:.7f}, {p.y:.7f}]" for p in wgs84])
