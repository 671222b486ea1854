"""The options several commands share, each with its one French sentence."""

from pathlib import Path
from typing import Annotated

import typer

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
