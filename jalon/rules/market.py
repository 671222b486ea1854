"""Rules on what the EPCI and the firms say of a plot: sold, reserved, in use."""

import pandas as pd

from jalon.french import number
from jalon.model import Effect, LandParameters
from jalon.rules.base import Finding, Rule
from jalon.rules.land import NEGLIGIBLE_M2, told
from layers.terrains import FittingStage, Occupancy, SellingStage

INVENTORY = "Code de l'urbanisme, art. L. 318-8-2 (inventaire des zones d'activité)"
SITES = "Standard CNIG Sites économiques, TERRAIN-ECO"
BASIAS = "Code de l'environnement, art. L. 125-6 (information sur les sols)"
SETBACK = "Code de l'urbanisme, art. L. 111-6 à L. 111-8"
IGN = "BD TOPO, zones d'activité"

HELD = (SellingStage.SOLD, SellingStage.UNDER_OPTION, SellingStage.RESERVED_BY_EPCI)
OFFERED = (SellingStage.FOR_SALE, SellingStage.FOR_SALE_WITH_LIMITS)
COMMON_USES = (
    "voirie ou infrastructure",
    "parkings, stationnement",
    "bassin d'orage ou de rétention",
    "espace vert",
)
"""Uses that serve the whole zone (`terr_usage`); a plot may have several, joined by «|»."""


def in_use(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The inventory says that someone uses the plot."""
    del parameters
    return Finding(sites["terrain_occupancy"].eq(Occupancy.IN_USE), told("terrain_id"))


def never_for_sale(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The plot is not meant to be built or sold: road, pond, green."""
    del parameters
    mask = sites["terrain_selling_stage"].eq(SellingStage.NOT_FOR_SALE)
    mask |= sites["terrain_fitting_stage"].eq(FittingStage.NEVER)
    uses = sites["terrain_use"].astype("string").str.split("|")
    is_common = uses.map(lambda named: set(named) <= set(COMMON_USES), na_action="ignore")
    mask |= is_common.fillna(value=False).astype(bool)
    return Finding(mask, told("terrain_use"))


def held(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The plot is sold or reserved: who holds it must be asked."""
    del parameters
    return Finding(sites["terrain_selling_stage"].isin(HELD), told("terrain_selling_stage"))


def occupied_for_a_time(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Someone uses the plot until it is needed."""
    del parameters
    return Finding(sites["terrain_occupancy"].eq(Occupancy.FOR_A_TIME), told("terrain_id"))


def firms_there(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Firms are registered on the site."""
    del parameters
    return Finding(
        sites["firm_count"] > 0, lambda used: used["firm_count"].map(number) + " établissement(s)"
    )


def polluted_ground(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """A polluted site is known there."""
    del parameters
    return Finding(sites["polluted_count"] > 0)


def along_motorway(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """A strip along a motorway is taken off the usable area."""
    width = f"{number(parameters.motorway_setback_m)} m"
    return Finding(
        sites["motorway_strip_m2"] > NEGLIGIBLE_M2, lambda near: pd.Series(width, near.index)
    )


def inventoried(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The EPCI counts the plot among its business land."""
    del parameters
    return Finding(sites["terrain_id"].notna(), told("terrain_id"))


def offered(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The EPCI sells the plot."""
    del parameters
    return Finding(sites["terrain_selling_stage"].isin(OFFERED), told("terrain_id"))


def activity_area(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """IGN draws an industrial or commercial area there: a clue, not a vocation."""
    del parameters
    return Finding(sites["is_in_activity_area"])


RULES: tuple[Rule, ...] = (
    Rule("TER-OCCUPE", Effect.EXCLUDES, "Terrain occupé selon l'inventaire", INVENTORY, in_use),
    Rule(
        "TER-COMMUN",
        Effect.EXCLUDES,
        "Terrain qui n'est pas à commercialiser selon l'inventaire",
        SITES,
        never_for_sale,
    ),
    Rule("TER-RETENU", Effect.CAUTION, "Terrain vendu ou réservé", SITES, held),
    Rule(
        "TER-TRANSITOIRE",
        Effect.CAUTION,
        "Terrain sous occupation transitoire",
        SITES,
        occupied_for_a_time,
    ),
    Rule(
        "OCC-ETABLISSEMENT",
        Effect.CAUTION,
        "Établissement recensé sur le site",
        "Standard CNIG Sites économiques, ETABLISSEMENT",
        firms_there,
    ),
    Rule("SOL-POLLUE", Effect.CAUTION, "Site pollué recensé", BASIAS, polluted_ground),
    Rule(
        "RECUL-AUTOROUTE",
        Effect.CAUTION,
        "Bande inconstructible le long d'une autoroute hors zone U, retirée de la surface utile",
        SETBACK,
        along_motorway,
    ),
    Rule(
        "VOC-TERRAIN",
        Effect.EVIDENCE,
        "Terrain inventorié par l'EPCI",
        INVENTORY,
        inventoried,
    ),
    Rule("TER-EN-VENTE", Effect.EVIDENCE, "Terrain en vente selon l'EPCI", SITES, offered),
    Rule(
        "VOC-BDTOPO",
        Effect.EVIDENCE,
        "Zone industrielle ou commerciale de la BD TOPO",
        IGN,
        activity_area,
    ),
)
