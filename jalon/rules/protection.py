"""Rules on protected land: nature, woodland, heritage, easements. One line of table a family."""

import pandas as pd

from geo.shapes import M2_PER_HA
from jalon.french import hectares
from jalon.model import Effect, LandParameters
from jalon.rules.base import Detail, Finding, Judge, Rule
from jalon.rules.land import MOSTLY_SHARE, NEGLIGIBLE_M2

PROTECTED = "Code de l'environnement, art. L. 331-4, L. 332-9 et L. 411-1 (protections fortes)"
NATURA = "Code de l'environnement, art. L. 414-4 (évaluation des incidences)"
INVENTORY = "Code de l'environnement, art. L. 411-1 A (inventaire du patrimoine naturel)"
WETLAND = "Code de l'environnement, art. L. 211-1 et R. 214-1, rubrique 3.3.1.0"
WOODLAND = "Code de l'urbanisme, art. L. 113-1 et L. 113-2 (espaces boisés classés)"
RESERVED = "Code de l'urbanisme, art. L. 151-41 (emplacements réservés)"
PRESCRIBED = "Standard CNIG PLU, table PRESCRIPTION_SURF"
HERITAGE = "Code du patrimoine, art. L. 621-30 à L. 621-32 et L. 632-1"
LISTED_SITE = "Code de l'environnement, art. L. 341-1 à L. 341-10"
EASEMENT = "Code de l'urbanisme, art. L. 151-43 et L. 152-7 (servitudes d'utilité publique)"
PARK = "Code de l'environnement, art. L. 333-1 (chartes des parcs)"
HAZARD = "Standard CNIG PPR, zones d'aléa"


def _touched(family: str) -> Judge:
    """Return the judge of a family of constraints: it finds the sites the family covers."""

    def judge(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
        """The family covers a part of the site; what it covers is told."""
        del parameters
        return Finding(sites[f"{family}_m2"] > NEGLIGIBLE_M2, _detail(family))

    return judge


def _covered(family: str, *, mostly: bool) -> Judge:
    """Return the judge of a family that forbids: most of the site, or only a part of it."""

    def judge(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
        """The family covers most, or a part, of the site."""
        del parameters
        covered_m2 = sites[f"{family}_m2"]
        is_mostly = covered_m2 > MOSTLY_SHARE * sites["area_ha"] * M2_PER_HA
        touched = covered_m2 > NEGLIGIBLE_M2
        return Finding(touched & is_mostly.eq(mostly), _detail(family))

    return judge


def _detail(family: str) -> Detail:
    def tell(touched: pd.DataFrame) -> pd.Series:
        area = (touched[f"{family}_m2"] / M2_PER_HA).map(hectares)
        label = touched[f"{family}_label"].astype("string")
        return (label + ", ").fillna("").astype(str) + area

    return tell


RULES: tuple[Rule, ...] = (
    Rule(
        "NAT-FORTE",
        Effect.EXCLUDES,
        "Espace naturel sous protection forte",
        PROTECTED,
        _covered("protected", mostly=True),
    ),
    Rule(
        "BOIS-CLASSE",
        Effect.EXCLUDES,
        "Espace boisé classé",
        WOODLAND,
        _covered("woodland", mostly=True),
    ),
    Rule(
        "NAT-PARTIEL",
        Effect.CAUTION,
        "En partie sous protection naturelle forte, retirée de la surface utile",
        PROTECTED,
        _covered("protected", mostly=False),
    ),
    Rule(
        "BOIS-PARTIEL",
        Effect.CAUTION,
        "En partie en espace boisé classé, retiré de la surface utile",
        WOODLAND,
        _covered("woodland", mostly=False),
    ),
    Rule(
        "NAT-NATURA",
        Effect.CAUTION,
        "Site Natura 2000 : évaluation des incidences à prévoir",
        NATURA,
        _touched("natura"),
    ),
    Rule("NAT-INVENTAIRE", Effect.CAUTION, "ZNIEFF", INVENTORY, _touched("inventory")),
    Rule("NAT-HUMIDE", Effect.CAUTION, "Zone humide", WETLAND, _touched("wetland")),
    Rule("NAT-PARC", Effect.CAUTION, "Parc naturel", PARK, _touched("park")),
    Rule("RIS-ALEA", Effect.CAUTION, "Zone d'aléa d'un plan", HAZARD, _touched("hazard")),
    Rule("PSC-RESERVE", Effect.CAUTION, "Emplacement réservé", RESERVED, _touched("reserved")),
    Rule(
        "PSC-AUTRE",
        Effect.CAUTION,
        "Prescription du document d'urbanisme à lire",
        PRESCRIBED,
        _touched("prescribed"),
    ),
    Rule(
        "SUP-PATRIMOINE",
        Effect.CAUTION,
        "Abords d'un monument ou site patrimonial : accord de l'architecte des Bâtiments de France",
        HERITAGE,
        _touched("heritage"),
    ),
    Rule(
        "SUP-SITE",
        Effect.CAUTION,
        "Site naturel classé ou inscrit : autorisation ou avis de l'État à prévoir",
        LISTED_SITE,
        _touched("listed"),
    ),
    Rule(
        "SUP-RESEAU",
        Effect.CAUTION,
        "Servitude de canalisation, de ligne ou de voie ferrée",
        EASEMENT,
        _touched("network"),
    ),
    Rule(
        "SUP-AUTRE",
        Effect.CAUTION,
        "Servitude d'utilité publique à lire",
        EASEMENT,
        _touched("easement"),
    ),
)
