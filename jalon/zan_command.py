"""The command that keeps accounts: `jalon zan` tells the ledger of a territory and writes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import pandas as pd
import typer

from data.workspace import SourceRecord, Workspace, default_root
from geo.errors import InputError, MissingDataError
from jalon.areas import all_communes, chosen_communes, named_communes
from jalon.console import Console
from jalon.export import write_outputs
from jalon.fetching import territory_called
from jalon.ledger_export.files import ledger_files, ledger_json
from jalon.ledger_export.report import LedgerReport, ledger_report, widest_account
from jalon.model import TerritoryChoice, ZanParameters
from jalon.options import Commune, Departement, Epci, Json, Region, WorkspaceDir
from jalon.provenance import Provenance, provenance
from jalon.scenario import accounts_of
from jalon.scenario_file import validated
from jalon.zan.reconciliation import reconciliation
from jalon.zan.zone_vacancy import zae_vacancy
from jalon.zan_inputs import ledger_data, zae_sources, zae_units
from jalon.zan_templates import template_csv
from layers.search import TerritoryKind

SCOT_PREFIX = "scot"

CHOICE_FIELDS = {
    TerritoryKind.COMMUNE: "communes",
    TerritoryKind.EPCI: "epcis",
    TerritoryKind.DEPARTEMENT: "departements",
    TerritoryKind.REGION: "regions",
}

Areas = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TERRITOIRE…",
        help="Commune, EPCI, SCoT importé, département ou région : code ou nom ; "
        "« epci:Metz », « scot:… » choisissent un niveau.",
    ),
]
Day = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="AAAA-MM-JJ",
        help="Date de référence : le droit de ce jour. À défaut, le jour de sa vérification.",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Dossier des comptes : CSV, XLSX, PDF et JSON.")
]
Reconciled = Annotated[
    bool,
    typer.Option("--rapprochement", help="Comparer à la règle publiée par le ministère."),
]
Reserved = Annotated[
    float,
    typer.Option(
        "--part-reservee",
        metavar="PART",
        help="Part du plafond (0 à 1) que le SRADDET d'une région réserve.",
    ),
]
Vacant = Annotated[
    bool,
    typer.Option("--vacance", help="Dire la vacance des zones d'activités inventoriées."),
]
Template = Annotated[
    str | None,
    typer.Option(
        "--modele",
        help="Écrire le modèle d'une table à importer : objectifs, documents, scot, "
        "declarations, communes-nouvelles ou vacance.",
    ),
]


def zan_command(
    areas: Areas = None,
    region: Region = None,
    departement: Departement = None,
    epci: Epci = None,
    commune: Commune = None,
    day: Day = None,
    out: Out = None,
    is_reconciled: Reconciled = False,
    has_vacancy: Vacant = False,
    reserve_share: Reserved = 0.0,
    template: Template = None,
    workspace: WorkspaceDir = None,
    as_json: Json = False,
) -> None:
    """Tenir les comptes ZAN d'un territoire : consommation, enveloppe, reste."""
    if template:
        typer.echo(template_csv(template), nl=False)
        return
    console, space = Console(is_quiet=as_json), Workspace(workspace or default_root())
    parameters = _parameters(day, reserve_share)
    given = {"regions": region, "departements": departement, "epcis": epci, "communes": commune}
    with console.progress() as progress:
        progress.step("Comptes ZAN")
        known = all_communes(space)
        choice = _choice(space, known, areas or (), given)
        asked = {"is_reconciled": is_reconciled, "has_vacancy": has_vacancy}
        report = _report(space, known, choice, parameters, **asked)
        files = ledger_files(report) if out else {}
        if out:
            write_outputs(files, out)
    if as_json:
        typer.echo(ledger_json(report), nl=False)
        return
    _tell(console, report)
    if out:
        console.written(sorted(files), out, report.source.scenario_sha256)


def _tell(console: Console, report: LedgerReport) -> None:
    """Show the accounts, then every table there is beside them."""
    console.ledger(report.accounts)
    if report.regions is not None:
        console.regions(report.regions)
    if report.pools is not None:
        console.pools(report.pools)
    if report.vacancy is not None:
        console.vacancy(report.vacancy)
    if report.reconciliation is not None:
        console.reconciliation(report.reconciliation)


def _parameters(day: str | None, reserve_share: float) -> ZanParameters:
    """Return how to read the law: its day, and what a SRADDET keeps back."""
    return validated(
        ZanParameters,
        {"as_of": _day(day), "reserve_share": reserve_share},
        subject="Part réservée",
        hint="Écrivez une part de 0 à 1 : --part-reservee 0.05.",
    )


def _day(text: str | None) -> date | None:
    """Return the day written, if any."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"« {text} » n'est pas une date.", "Écrivez-la AAAA-MM-JJ : --date 2027-02-23."
        ) from error


def _choice(
    space: Workspace,
    known: gpd.GeoDataFrame,
    areas: Sequence[str],
    given: Mapping[str, list[str] | None],
) -> TerritoryChoice:
    """Return the territories named, with the codes `given`; refuse a request for none."""
    found = {field: list(listed or ()) for field, listed in given.items()}
    scots = space.layer("scots")
    for area in areas:
        members = _scot_communes(scots, known, area)
        if members:
            found["communes"] += members
        else:
            territory = territory_called(named_communes(space), area)
            found[CHOICE_FIELDS[territory.kind]].append(territory.code)
    hint = "Nommez-en un (jalon zan Strasbourg), ou donnez --region, --epci, --commune…"
    if not any(found.values()):
        raise InputError("Aucun territoire choisi.", hint)
    fields: dict[str, object] = {field: tuple(listed) for field, listed in found.items()}
    return validated(TerritoryChoice, fields, subject="Territoire demandé", hint=hint)


def _scot_communes(scots: pd.DataFrame | None, known: gpd.GeoDataFrame, area: str) -> list[str]:
    """Return the communes of the imported SCoT whose code or whole name is `area`, if any.

    A code nobody knows any more is left out: the accounts say it when a series has it.
    """
    prefix, _, called = area.rpartition(":")
    if scots is None or prefix not in ("", SCOT_PREFIX):
        return []
    latest = scots.drop_duplicates("commune", keep="last")
    names = latest[["scot", "scot_name"]].apply(lambda told: told.str.casefold())
    is_named = names.eq(called.casefold()).any(axis=1) & latest["commune"].isin(known["insee"])
    return latest.loc[is_named, "commune"].tolist()


def _report(
    space: Workspace,
    known: gpd.GeoDataFrame,
    choice: TerritoryChoice,
    parameters: ZanParameters,
    *,
    is_reconciled: bool,
    has_vacancy: bool,
) -> LedgerReport:
    """Return the ledger of the territories and all its files tell of it."""
    communes = chosen_communes(known, choice)
    insee = frozenset(communes["insee"])
    read = ledger_data(space, communes, known=known)
    counted = accounts_of(read.inputs, insee, parameters)
    accounts = counted.accounts
    inventories = zae_sources(space, insee) if has_vacancy else ()
    report = ledger_report(
        read.inputs,
        accounts,
        counted.everywhere,
        insee,
        parameters=parameters,
        source=_origin(choice, parameters, accounts, communes, (*read.sources, *inventories)),
    )
    if is_reconciled:
        # The series of the neighbours are read too: an envelope is shared among all.
        published = reconciliation(read.inputs, parameters)
        compared = accounts[["level", "code"]].merge(published, on=["level", "code"])
        report = replace(report, reconciliation=compared)
    if has_vacancy:
        report = replace(report, vacancy=_vacancy(space, insee, report.law.on.year))
    return report


def _origin(
    choice: TerritoryChoice,
    parameters: ZanParameters,
    accounts: pd.DataFrame,
    communes: gpd.GeoDataFrame,
    records: Iterable[SourceRecord],
) -> Provenance:
    """Return where the accounts come from."""
    widest = widest_account(accounts)
    return provenance(
        "Comptes ZAN" if widest is None else f"Comptes ZAN : {widest['name']}",
        parameters={
            "territory": choice.model_dump(mode="json"),
            "zan": parameters.model_dump(mode="json"),
        },
        seed=0,
        regions=communes["region"].unique(),
        records=dict.fromkeys(records),
    )


def _vacancy(space: Workspace, insee: frozenset[str], tax_year: int) -> pd.DataFrame:
    """Return the vacancy of the activity zones of the communes; refuse without an inventory."""
    units = zae_units(space, insee)
    if units is None or units.empty:
        raise MissingDataError(
            "Aucun inventaire de zones d'activités importé pour ce territoire.",
            "Remplissez le modèle « vacance » (jalon zan --modele vacance > vacance.csv), "
            "puis importez-le : jalon import vacance.csv",
        )
    return zae_vacancy(units, tax_year)
