"""The options several commands share, each with its one French sentence."""

from pathlib import Path
from typing import Annotated

import geopandas as gpd
import typer

from data.workspace import Workspace
from geo.errors import InputError
from jalon.areas import all_communes, chosen_communes
from jalon.model import TerritoryChoice

Json = Annotated[bool, typer.Option("--json", help="Écrire du JSON, pour un programme.")]
WorkspaceDir = Annotated[
    Path | None,
    typer.Option("--workspace", help="Espace de travail ; à défaut, le dossier de données."),
]
Region = Annotated[list[str] | None, typer.Option("--region", help="Code INSEE de région.")]
Departement = Annotated[
    list[str] | None, typer.Option("--departement", help="Code de département.")
]
Epci = Annotated[list[str] | None, typer.Option("--epci", help="Code SIREN d'EPCI.")]
Commune = Annotated[list[str] | None, typer.Option("--commune", help="Code INSEE de commune.")]


def asked_communes(
    space: Workspace,
    region: list[str] | None,
    departement: list[str] | None,
    epci: list[str] | None,
    commune: list[str] | None,
) -> gpd.GeoDataFrame:
    """Return the communes of the territories asked for; refuse a request for none."""
    choice = TerritoryChoice(
        regions=tuple(region or ()),
        departements=tuple(departement or ()),
        epcis=tuple(epci or ()),
        communes=tuple(commune or ()),
    )
    if choice == TerritoryChoice():
        raise InputError(
            "Aucun territoire choisi.", "Ajoutez --region, --departement, --epci ou --commune."
        )
    return chosen_communes(all_communes(space), choice)
