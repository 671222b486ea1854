"""The command line: the same calls as the application, for a terminal or a script."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from data.build.example import build_example
from data.catalogue import catalogue
from data.workspace import Workspace, default_root
from geo.errors import InputError, JalonError
from jalon.answer import answer_outputs, answer_summary, score_fields, search
from jalon.cnig_export import cnig_outputs
from jalon.console import Console
from jalon.export import (
    SITE_FIELDS,
    french,
    plain,
    write_outputs,
)
from jalon.fetch_command import fetch_command
from jalon.file_commands import check_command, import_command
from jalon.lots import judge_area
from jalon.model import LandParameters
from jalon.options import (
    Commune,
    Departement,
    Epci,
    Json,
    Region,
    WorkspaceDir,
    asked_communes,
)
from jalon.run_outputs import run_files
from jalon.scenario import run
from jalon.scenario_file import read_scenario, validated
from jalon.scoring import score
from jalon.specification import (
    preset,
    preset_names,
    preset_scoring,
    preset_text,
    read_specification,
)
from jalon.stations_command import EffortName, TimeLimit, stations_command, with_effort
from jalon.stopping import interruptible
from jalon.tables import land_tables
from jalon.zan_command import zan_command
from layers.registry import layer

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Foncier industriel, budget ZAN et stations multi-énergies des régions françaises.",
    epilog="Codes de sortie : 0 réussite, 1 erreur interne, 2 commande mal formée, "
    "3 donnée ou paramètre à corriger, 4 demande impossible, 5 donnée à importer.",
)


USAGE_EXIT_CODE = 2
"""For a malformed command; the errors of Jalon carry their own code."""


PANEL = "Commandes"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exit with the code of the error, if any."""
    console = Console()
    try:
        app(args=None if arguments is None else list(arguments), standalone_mode=False)
    except JalonError as error:
        console.error(error.message, error.hint)
        sys.exit(error.exit_code)
    except TyperException as error:
        console.error(f"Commande mal formée : {_usage_fr(error)}.", "Tapez jalon --help.")
        sys.exit(USAGE_EXIT_CODE)


def _usage_fr(error: TyperException) -> str:
    """Return in French what the parser refused; its own sentences are English."""
    name = getattr(error, "option_name", None) or _parameter_name(getattr(error, "param", None))
    match type(error).__name__:
        case "NoSuchOption":
            return f"option inconnue « {name} »"
        case "MissingParameter":
            return f"il manque « {name} »"
        case "BadParameter":
            return f"valeur refusée pour « {name} »"
        case _:
            return "commande ou argument inconnu"


def _parameter_name(parameter: object) -> str:
    options = getattr(parameter, "opts", None) or ["?"]
    return str(getattr(parameter, "metavar", None) or options[0])


def _workspace(folder: Path | None) -> Workspace:
    return Workspace(folder or default_root())


def _land_parameters(piece_ha: float | None, width_m: float | None) -> LandParameters:
    """Return the usual parameters with the size asked for, checked as in a scenario."""
    given = {"min_piece_ha": piece_ha, "min_width_m": width_m}
    fields: dict[str, object] = {key: value for key, value in given.items() if value is not None}
    return validated(
        LandParameters,
        fields,
        subject="Taille demandée",
        hint="Donnez une surface en hectares (--surface 3), une largeur en mètres (--largeur 60).",
    )


def _say(content: object) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


@app.command("run", rich_help_panel=PANEL)
def run_scenario(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO.toml", help="Scénario à jouer.")],
    out: Annotated[Path, typer.Option("--out", help="Dossier des résultats.")] = Path("out"),
    effort: EffortName = None,
    time_limit_s: TimeLimit = None,
    workspace: WorkspaceDir = None,
    as_json: Json = False,
) -> None:
    """Jouer un scénario et écrire ses résultats (GeoJSON, CSV, XLSX, PDF, résumé, manifeste).

    Ctrl-C arrête le placement des stations et garde son meilleur plan ; de nouveau, abandonne.
    """
    console = Console(is_quiet=as_json)
    wanted = with_effort(read_scenario(scenario), effort, time_limit_s)
    with console.progress() as progress:
        outcome = interruptible(
            lambda wants_stop: run(
                wanted,
                _workspace(workspace),
                on_step=progress.step,
                progress=progress.siting,
                wants_stop=wants_stop,
            )
        )
        progress.step("Écriture des résultats")
        files = run_files(outcome)
        write_outputs(files, out)
    if as_json:
        _say(json.loads(files["resume.json"]))
        return
    if outcome.stations:
        console.stations(outcome.stations)
    if outcome.land:
        console.sites(outcome.land)
    if outcome.ledger is not None:
        console.ledger(outcome.ledger.accounts)
    console.written(sorted(files), out, outcome.provenance.scenario_sha256)


@app.command("land", rich_help_panel=PANEL)
def land_command(
    region: Region = None,
    departement: Departement = None,
    epci: Epci = None,
    commune: Commune = None,
    usage: Annotated[
        str | None,
        typer.Option("--usage", help="Noter les sites : industrie, logistique, station…"),
    ] = None,
    piece_ha: Annotated[
        float | None, typer.Option("--surface", help="Surface d'un seul tenant, en ha, au moins.")
    ] = None,
    width_m: Annotated[
        float | None, typer.Option("--largeur", help="Largeur utile, en m, au moins.")
    ] = None,
    cnig: Annotated[
        Path | None,
        typer.Option("--cnig", help="Dossier où écrire terrains et friches aux normes CNIG."),
    ] = None,
    workspace: WorkspaceDir = None,
    as_json: Json = False,
) -> None:
    """Lister les sites mobilisables d'un territoire, avec leurs raisons."""
    console, space = Console(is_quiet=as_json), _workspace(workspace)
    scoring = preset_scoring(usage) if usage else None
    asked = _land_parameters(piece_ha, width_m)
    communes = asked_communes(space, region, departement, epci, commune)
    with console.progress() as progress:
        progress.step("Examen des parcelles")
        insee = frozenset(communes["insee"])
        outcome = judge_area(space, insee, asked, on_step=progress.step).outcome
        if cnig:
            today = datetime.now(tz=UTC).date().isoformat()
            friches = land_tables(space, insee).friches
            files = cnig_outputs(outcome.shortlist, friches, communes, dated_on=today)
            write_outputs(files, cnig)
    if usage and scoring:
        scored = score(outcome.shortlist, scoring)
        if as_json:
            fields = SITE_FIELDS | score_fields(scoring)
            _say(plain(french(scored, fields).to_dict("records")))
        else:
            console.ranking(scored, preset(usage).title)
    elif as_json:
        _say(plain(french(outcome.shortlist, SITE_FIELDS).to_dict("records")))
    else:
        console.sites(outcome)


@app.command("search", rich_help_panel=PANEL)
def search_command(
    specification: Annotated[
        Path | None, typer.Argument(metavar="CAHIER.toml", help="Cahier des charges.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--modele", help="Écrire un modèle : industrie, logistique, station…"),
    ] = None,
    region: Region = None,
    departement: Departement = None,
    epci: Epci = None,
    commune: Commune = None,
    out: Annotated[Path | None, typer.Option("--out", help="Dossier des GeoJSON.")] = None,
    workspace: WorkspaceDir = None,
    as_json: Json = False,
) -> None:
    """Chercher les sites qui répondent à un cahier des charges, et ceux qui y répondent presque.

    Sans territoire en option, celui du cahier des charges (communes, epcis) est pris.
    """
    if model:
        sys.stdout.write(preset_text(model))
        return
    if specification is None:
        raise InputError(
            "Aucun cahier des charges donné.",
            f"Partez d'un modèle : jalon search --modele {preset_names()[0]} > mon_cahier.toml",
        )
    wanted = read_specification(specification)
    console, space = Console(is_quiet=as_json), _workspace(workspace)
    if not any((region, departement, epci, commune)):
        epci, commune = list(wanted.requirement.epcis), list(wanted.requirement.communes)
    communes = asked_communes(space, region, departement, epci, commune)
    with console.progress() as progress:
        progress.step("Examen des parcelles")
        answer = search(wanted, space, communes)
        if out:
            write_outputs(answer_outputs(answer), out)
    if as_json:
        _say(answer_summary(answer))
    else:
        console.answer(answer.outcome, wanted.title)


app.command("stations", rich_help_panel=PANEL)(stations_command)
app.command("zan", rich_help_panel=PANEL)(zan_command)


@app.command("layers", rich_help_panel=PANEL)
def layers_command(workspace: WorkspaceDir = None, as_json: Json = False) -> None:
    """Lister les données que Jalon sait lire et celles de l'espace de travail."""
    sources = _workspace(workspace).sources()
    if as_json:
        datasets = [
            {"donnee": d.dataset_id, "couche": d.layer, "titre": d.title, "licence": d.licence}
            for d in catalogue()
        ]
        imported = [
            {"couche": s.layer_id, "fichier": s.file_name, "lignes": s.kept_count} for s in sources
        ]
        _say({"donnees_lues": datasets, "espace_de_travail": imported})
        return
    console = Console()
    console.datasets([(d, layer(d.layer).title_fr) for d in catalogue()])
    console.sources(sources)


app.command("fetch", rich_help_panel=PANEL)(fetch_command)
app.command("import", rich_help_panel=PANEL)(import_command)
app.command("check", rich_help_panel=PANEL)(check_command)


@app.command("example", rich_help_panel=PANEL)
def example_command(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Où écrire les fichiers.")],
    parcels: Annotated[int, typer.Option("--parcelles", help="Parcelles, environ.")] = 4000,
    seed: Annotated[int, typer.Option("--graine", help="Graine du tirage.")] = 1,
) -> None:
    """Écrire le territoire d'exemple, fictif et généré, aux formats des producteurs."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = build_example(folder, seed=seed, parcel_count=parcels)
    Console().files(paths)
