"""What the invented collectivités say of their ZAN accounts: the tables a person fills in.

One commune for each case of the guarantee: a document of long ago, one prescribed the very day
after which it is too late, none at all (RNU), one that already integrates its objectives.
"""

from typing import Final

import numpy as np
import pandas as pd

from data.build.example_tables import World, economic_sites

SCOT_CODE: Final = "00S1"
SCOT_NAME: Final = "SCoT du Pays de Jalonne (généré)"
REGION_CODE: Final = "00"
TOO_LATE: Final = "2026-08-22"
"""The guarantee asks for a document begun strictly before this day."""

CAPITAL, RENATURING, UNPLANNED, LATE = 0, 1, -1, -2
"""Positions of the communes that show a case."""


ACTIVE, STORAGE = ("oui", None, "oui", None), ("non", "2022-11-15", "oui", None)
VACANT, RECENT = ("non", "2022-06-01") * 2, ("non", "2024-07-01") * 2
UNTOLD: Final = (None, None, "non", "2021-03-01")
"""What an inventory says of a unit: CFE-liable activity, its end, occupation, its end."""

STATES: Final = (
    (VACANT, VACANT, RECENT, STORAGE, UNTOLD, *(ACTIVE,) * 5),
    (VACANT, *(ACTIVE,) * 5),
)
"""The units of the zones inventoried, zone by zone."""

LATEST_DAYS: Final = 60
"""How much later than the day above a use may have ended."""


def scot_members(world: World) -> pd.DataFrame:
    """Return the communes of the only SCoT, which holds them all."""
    communes = world.territory.communes
    return pd.DataFrame(
        {
            "commune": communes["insee"],
            "nom_commune": communes["nom"],
            "code_scot": SCOT_CODE,
            "nom_scot": SCOT_NAME,
        }
    )


def objectives(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return a rate written in the SCoT, and one that an EPCI announces without a document."""
    first, second = world.territory.communes["epci_siren"].unique()[:2]
    written, announced = rng.uniform([52, 55], [54, 60]).round(1)
    return pd.DataFrame(
        {
            "niveau": ["scot", "epci"],
            "code_territoire": [SCOT_CODE, max(first, second)],
            "code_parent": [REGION_CODE, SCOT_CODE],
            "objectif_de_reduction": [
                f"{rate} %".replace(".", ",") for rate in (written, announced)
            ],
            "enveloppe_ha": None,
            "document": [SCOT_NAME, "PLUi des Marches (généré, en projet)"],
            "dans_le_document": ["oui", "non"],
            "lien": None,
            "date": ["2025-03-18", None],
        }
    )


def planning_documents(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return the document of each commune, and the SCoT's; dates differ from place to place."""
    communes = world.territory.communes
    start = pd.Timestamp("2012-01-09") + pd.to_timedelta(rng.integers(0, 700, len(communes)), "D")
    plans = pd.DataFrame(
        {
            "niveau": "commune",
            "code_territoire": communes["insee"],
            "type_document": "PLU",
            "nom": communes["nom"] + ", PLU (généré)",
            "date_prescription": start.strftime("%Y-%m-%d"),
            "date_arret": (start + pd.Timedelta(days=900)).strftime("%Y-%m-%d"),
            "date_approbation": (start + pd.Timedelta(days=1200)).strftime("%Y-%m-%d"),
            "date_integration_zan": None,
            "etat": "en vigueur",
        }
    )
    return pd.concat([_with_cases(plans), _scot()], ignore_index=True)


def _with_cases(plans: pd.DataFrame) -> pd.DataFrame:
    """Return the plans, three of them made the cases that the application must show."""
    days = ["date_prescription", "date_arret", "date_approbation"]
    unplanned, late, capital = plans.index[UNPLANNED], plans.index[LATE], plans.index[CAPITAL]
    cases = plans.copy()
    cases.loc[unplanned, ["type_document", "nom"]] = ["RNU", None]
    cases.loc[[unplanned, late], days] = None
    cases.loc[late, ["date_prescription", "etat"]] = [TOO_LATE, "en évolution"]
    cases.loc[capital, "date_integration_zan"] = "2025-11-20"
    return cases


def _scot() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "niveau": ["scot"],
            "code_territoire": [SCOT_CODE],
            "type_document": ["SCoT"],
            "nom": [SCOT_NAME],
            "date_prescription": ["2021-09-14"],
            "date_arret": ["2024-06-20"],
            "date_approbation": ["2025-03-18"],
            "date_integration_zan": ["2025-03-18"],
            "etat": ["en vigueur"],
        }
    )


def declarations(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return a renaturation done, and a project listed in annex I, both smaller than the flows."""
    chosen = world.territory.communes.iloc[[RENATURING, CAPITAL]].reset_index(drop=True)
    what = pd.Series(["ancien parking (généré)", "poste électrique (généré)"])
    return pd.DataFrame(
        {
            "commune": chosen["insee"],
            "type_declaration": ["renaturation", "pene_annexe_1"],
            "nom": chosen["nom"] + ", " + what,
            "surface_ha": rng.uniform([0.2, 0.8], [0.4, 1.2]).round(2),
            "annee": [2023, 2022],
            "effectif": ["oui", "oui"],
            "groupe": None,
            "source": ["Délibération générée", "Arrêté généré, annexe I"],
        }
    )


def zae_inventory(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return the units of two activity zones: some vacant, one empty since too little, one untold.

    The first two zones there are, so that both lie in the territory the pages open on.
    """
    sites = economic_sites(world)
    zones = sites[sites["site_type"].eq("zone d'activité économique")].head(len(STATES))
    rows = [
        (f"UF {rank:02d}", name, site_id[:5], *state)
        for site_id, name, states in zip(zones["site_id"], zones["site_nom"], STATES, strict=True)
        for rank, state in enumerate(states, 1)
    ]
    heads = ["unite_fonciere", "zae", "commune", "activite_cfe", "sans_activite_cfe_depuis"]
    units = pd.DataFrame(rows, columns=[*heads, "occupee", "inoccupee_depuis"])
    later = pd.to_timedelta(rng.integers(0, LATEST_DAYS, len(units)), "D").to_series(units.index)
    ends = ["sans_activite_cfe_depuis", "inoccupee_depuis"]
    moved = {name: pd.to_datetime(units[name]).add(later).dt.strftime("%Y-%m-%d") for name in ends}
    return units.assign(**moved)
