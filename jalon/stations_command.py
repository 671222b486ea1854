"""The command that places stations, and the options it shares with `jalon run`."""

import json
from typing import Annotated

import geopandas as gpd
import typer

from data.workspace import Workspace, default_root
from geo.errors import InputError
from jalon.console import Console
from jalon.model import StationParameters
from jalon.options import (
    Commune,
    Departement,
    Epci,
    Json,
    Region,
    WorkspaceDir,
    asked_communes,
)
from jalon.scenario_file import Scenario, validated
from jalon.siting import StationOutcome, place_stations
from jalon.siting_words import EFFORTS
from jalon.station_export import station_summary
from jalon.stopping import interruptible

Aim = Annotated[
    str | None,
    typer.Option(
        "--objectif",
        help="couverture (le plus d'habitants), effectif (le moins de stations), "
        "distance-moyenne ou distance-maximale.",
    ),
]
Count = Annotated[int | None, typer.Option("--nombre", help="Stations à placer (300).")]
Share = Annotated[
    float | None,
    typer.Option("--part", help="Part des habitants à desservir (0 à 1), objectif effectif."),
]
Radius = Annotated[float | None, typer.Option("--rayon", help="Rayon desservi, en km (10).")]
Spacing = Annotated[
    float | None,
    typer.Option("--espacement-km", help="Distance entre deux stations, en km, au moins."),
]
Least = Annotated[
    int | None,
    typer.Option("--min-par-departement", help="Stations de chaque département, au moins."),
]
Most = Annotated[
    int | None,
    typer.Option("--max-par-departement", help="Stations de chaque département, au plus."),
]
Backup = Annotated[
    bool,
    typer.Option("--double-couverture", help="Compter desservi par deux stations, non une."),
]
Gap = Annotated[
    float | None,
    typer.Option("--ecart", help="Écart à l'optimum visé (0,005 = 0,5 %)."),
]
EffortName = Annotated[
    str | None, typer.Option("--effort", help="Ampleur du calcul : rapide, normal, approfondi.")
]
TimeLimit = Annotated[
    float | None,
    typer.Option("--temps-max-s", help="Arrêter après tant de secondes et garder le plan."),
]
Alternatives = Annotated[
    int | None,
    typer.Option("--alternatives", help="Autres plans presque aussi bons, en nombre."),
]

KEYS_HINT = (
    "Clés et options : objective (--objectif), count (--nombre), share (--part), radius_km "
    "(--rayon), spacing_km (--espacement-km), min_per_departement, max_per_departement, backup "
    "(--double-couverture), time_limit_s (--temps-max-s)."
)


def stations_command(
    region: Region = None,
    departement: Departement = None,
    epci: Epci = None,
    commune: Commune = None,
    aim: Aim = None,
    count: Count = None,
    share: Share = None,
    radius_km: Radius = None,
    spacing_km: Spacing = None,
    least: Least = None,
    most: Most = None,
    has_backup: Backup = False,
    gap_share: Gap = None,
    effort: EffortName = None,
    time_limit_s: TimeLimit = None,
    alternatives: Alternatives = None,
    seed: Annotated[int, typer.Option("--graine", help="Graine du calcul.")] = 1,
    workspace: WorkspaceDir = None,
    as_json: Json = False,
) -> None:
    """Placer des stations et dire ce qui est prouvé (statut, borne, écart).

    Ctrl-C arrête le calcul et garde le meilleur plan, avec son écart prouvé.
    """
    console, space = Console(is_quiet=as_json), Workspace(workspace or default_root())
    parameters = _parameters(
        objective=aim and aim.replace("-", " "),
        count=count,
        share=share,
        radius_km=radius_km,
        spacing_km=spacing_km,
        min_per_departement=least,
        max_per_departement=most,
        backup=2 if has_backup else None,
        target_gap_share=gap_share,
        effort=effort_called(effort),
        time_limit_s=time_limit_s,
        alternatives=alternatives,
    )
    communes = asked_communes(space, region, departement, epci, commune)
    outcome = _placed(communes, parameters, seed=seed, console=console)
    if as_json:
        told = json.dumps(station_summary(outcome), ensure_ascii=False, indent=1)
        typer.echo(told)
    else:
        console.stations(outcome)


def _placed(
    communes: gpd.GeoDataFrame, parameters: StationParameters, *, seed: int, console: Console
) -> StationOutcome:
    """Return the plan, its progress told in the terminal; Ctrl-C keeps the best so far."""
    with console.progress() as progress:
        progress.step("Placement des stations")
        return interruptible(
            lambda wants_stop: place_stations(
                communes,
                parameters,
                seed=seed,
                progress=progress.siting,
                wants_stop=wants_stop,
                wants_curve=False,
            )
        )


def with_effort(scenario: Scenario, effort: str | None, time_limit_s: float | None) -> Scenario:
    """Return `scenario` with another effort or time limit for its stations, where given."""
    given = {"effort": effort_called(effort), "time_limit_s": time_limit_s}
    changes = {key: value for key, value in given.items() if value is not None}
    if scenario.stations is None or not changes:
        return scenario
    fields = scenario.stations.model_dump(mode="json") | changes
    return scenario.model_copy(update={"stations": _validated(fields)})


def effort_called(name: str | None) -> float | None:
    """Return the work that «rapide», «normal» or «approfondi» stands for."""
    if name is None:
        return None
    if name not in EFFORTS:
        known = ", ".join(EFFORTS)
        raise InputError(f"Effort inconnu : « {name} ».", f"Choisissez parmi : {known}.")
    return EFFORTS[name]


def _parameters(**given: object) -> StationParameters:
    """Return the parameters given, checked as in a scenario."""
    return _validated({key: value for key, value in given.items() if value is not None})


def _validated(fields: dict[str, object]) -> StationParameters:
    return validated(StationParameters, fields, subject="Demande de stations", hint=KEYS_HINT)
