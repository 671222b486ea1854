"""The command that downloads: `jalon fetch` obtains the files of a territory, then imports them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from data.downloads import Address, Kind, addresses, chosen_addresses, read_addresses
from data.fetch import Door, cache_dir
from data.workspace import Workspace, default_root
from geo.errors import JalonError
from jalon.areas import all_communes, named_communes
from jalon.console import Console
from jalon.fetching import (
    Download,
    Fault,
    fetch,
    import_arrivals,
    plan,
    refuse_missing,
    territory_called,
)
from jalon.options import WorkspaceDir
from layers.search import Territory

Area = Annotated[
    str,
    typer.Argument(
        metavar="TERRITOIRE", help="Commune, EPCI, département ou région : code ou nom."
    ),
]
Layers = Annotated[
    str | None,
    typer.Option(
        "--layers",
        help="Couches, séparées par des virgules (parcels,buildings,zoning…) ; "
        "« jalon layers » les donne toutes. À défaut, celles que lit l'examen du foncier.",
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option("--to", help="Dossier des fichiers ; à défaut, « sources » dans le cache."),
]
Imported = Annotated[bool, typer.Option("--import/--no-import", help="Importer ce qui est arrivé.")]
Simulated = Annotated[
    bool, typer.Option("--simuler", help="Dire ce qui serait téléchargé, sans le faire.")
]
Catalogue = Annotated[
    Path | None, typer.Option("--catalogue", help="Autres adresses (TOML) : miroir, intranet.")
]


def fetch_command(
    area: Area,
    wanted: Layers = None,
    folder: Folder = None,
    is_imported: Imported = True,
    is_simulated: Simulated = False,
    source: Catalogue = None,
    workspace: WorkspaceDir = None,
) -> None:
    """Télécharger les données officielles d'un territoire, puis les importer."""
    console, space = Console(), Workspace(workspace or default_root())
    listed = addresses() if source is None else read_addresses(source)
    chosen = chosen_addresses(listed, wanted.split(",") if wanted else None)
    territory = territory_called(named_communes(space), area)
    planned = _planned(chosen, territory, space, folder)
    if is_simulated:
        console.downloads(planned)
        return
    faults, refused = _obtain(planned, space, console, is_imported=is_imported)
    # A commune known by its name only has an extent once its parcels are here.
    known = {download.path for download in planned}
    later = [one for one in _planned(chosen, territory, space, folder) if one.path not in known]
    more_faults, more_refused = _obtain(later, space, console, is_imported=is_imported)
    refuse_missing([*faults, *more_faults], [*refused, *more_refused])


def _planned(
    chosen: Sequence[Address], territory: Territory, space: Workspace, folder: Path | None
) -> tuple[Download, ...]:
    return plan(chosen, territory, named_communes(space), folder or cache_dir() / "sources")


def _obtain(
    planned: Sequence[Download], space: Workspace, console: Console, *, is_imported: bool
) -> tuple[list[Fault], list[Fault]]:
    """Download, tell and import; return what is missing and what was refused."""
    if not planned:
        return [], []
    with console.progress() as progress:
        fetched = fetch(planned, Door(), on_step=progress.step, on_detail=progress.detail)
    console.arrived(fetched.arrivals)
    if by_hand := [one for one in planned if one.address.kind is Kind.BY_HAND]:
        console.downloads(by_hand)
    refused: list[Fault] = []
    arrivals = import_arrivals(fetched, space, all_communes(space)) if is_imported else ()
    for arrival, found in arrivals:
        if isinstance(found, JalonError):
            refused.append(Fault(arrival.download, found))
        else:
            console.imported(arrival.download.path.name, found)
    return list(fetched.faults), refused
