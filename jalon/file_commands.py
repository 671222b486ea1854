"""The commands that read files: `jalon import` keeps them, `jalon check` only tells."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.read import ReadOptions
from data.workspace import Workspace, default_root
from geo.errors import InputError
from jalon.areas import all_communes
from jalon.checking import CheckedTable, check_file, standard_called
from jalon.console import Console
from jalon.export import french, spreadsheet_csv, write_outputs
from jalon.import_report import REPORT_COLUMNS, whole_report
from jalon.importing import examine, import_file
from jalon.options import WorkspaceDir

LAT_LON = "lat-lon"

Files = Annotated[list[Path], typer.Argument(metavar="FICHIER…", help="Fichiers à lire.")]
CrsOption = Annotated[
    str | None, typer.Option("--crs", help="Système de coordonnées, par exemple EPSG:2154.")
]
AxesOption = Annotated[
    str | None,
    typer.Option("--axes", help="« lat-lon » si latitude et longitude sont inversées."),
]

ReportOption = Annotated[
    Path | None,
    typer.Option("--rapport", help="CSV à écrire : une ligne par ligne touchée du fichier."),
]


def import_command(
    files: Files,
    workspace: WorkspaceDir = None,
    crs: CrsOption = None,
    axes: AxesOption = None,
    report: ReportOption = None,
) -> None:
    """Importer des fichiers officiels, reconnus à leur contenu."""
    console, space = Console(), Workspace(workspace or default_root())
    communes = all_communes(space)
    touched = []
    for path in files:
        with console.progress() as progress:
            progress.step(f"Lecture de {path.name}")
            found = import_file(space, path, communes=communes, options=_options(crs, axes))
        console.imported(path.name, found)
        touched += [table.touched for table in found]
    _write_report(touched, report)


def check_command(
    files: Files,
    crs: CrsOption = None,
    axes: AxesOption = None,
    standard: Annotated[
        str | None,
        typer.Option("--norme", help="Contrôler selon le CNIG : friches ou sites-economiques."),
    ] = None,
    report: ReportOption = None,
) -> None:
    """Examiner des fichiers sans rien importer, ou les contrôler selon une norme."""
    console = Console()
    if standard:
        _check_standard(console, files, standard, report)
        return
    communes = all_communes(Workspace(default_root()))
    touched = []
    for path in files:
        found = [
            table for table, _ in examine(path, communes=communes, options=_options(crs, axes))
        ]
        console.imported(path.name, found)
        touched += [table.touched for table in found]
    _write_report(touched, report)


def _check_standard(console: Console, files: list[Path], name: str, report: Path | None) -> None:
    """Show how each file follows a standard; raise when one does not."""
    standard = standard_called(name)
    listed: list[CheckedTable] = []
    for path in files:
        tables = check_file(path, standard)
        console.checked(path.name, tables)
        listed += tables
    _write_report([table.report for table in listed], report)
    fault_count = sum(table.fault_count for table in listed)
    if fault_count:
        raise InputError(
            f"{fault_count} faute(s) à la norme « {standard} ».",
            "Corrigez-les dans le fichier d'origine ; --rapport fautes.csv les liste toutes.",
        )


def _write_report(reports: list[pd.DataFrame], path: Path | None) -> None:
    if path:
        rows = french(whole_report(reports), REPORT_COLUMNS)
        write_outputs({path.name: spreadsheet_csv(rows)}, path.parent)


def _options(crs: str | None, axes: str | None) -> ReadOptions:
    if axes not in (None, LAT_LON):
        raise InputError(f"--axes {axes} n'existe pas.", "Écrivez --axes lat-lon.")
    return ReadOptions(crs=crs, is_lat_lon=axes == LAT_LON)
