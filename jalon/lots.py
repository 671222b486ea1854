"""A region judged in lots of whole communes, on every core, in bounded memory."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import pandas as pd

from data.workspace import SourceRecord, Workspace
from geo.crs import WORKING
from geo.errors import MissingDataError
from jalon.land import LandOutcome, judge_singly, with_assemblies
from jalon.model import LandParameters
from jalon.tables import land_tables

LOT_PARCELS = 20_000
"""Parcels judged at once: their measures weigh about 100 MB."""

MAX_WORKERS_COUNT = 8
"""Each holds a lot and what lies around it: up to 0.7 GB."""

Done = TypeVar("Done")

StepListener = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class JudgedLand:
    """The sites of a territory and the sources they rest on."""

    outcome: LandOutcome
    sources: tuple[SourceRecord, ...]


def judge_area(
    workspace: Workspace,
    communes: frozenset[str],
    parameters: LandParameters,
    *,
    on_step: StepListener = lambda _: None,
) -> JudgedLand:
    """Return the judged land of `communes`, assemblies too, the same whatever the lots.

    MissingDataError when none of their parcels is imported.
    """
    alone = judge_area_singly(workspace, communes, parameters, on_step=on_step)
    return JudgedLand(with_assemblies(alone.outcome, parameters), alone.sources)


def judge_area_singly(
    workspace: Workspace,
    communes: frozenset[str],
    parameters: LandParameters,
    *,
    on_step: StepListener = lambda _: None,
) -> JudgedLand:
    """Return the land of `communes` judged parcel by parcel, with what assembling needs."""
    alone: list[LandOutcome] = []
    sources: dict[SourceRecord, None] = {}
    lots = lots_of(workspace, communes)
    judge_lot = partial(_judge_lot, workspace.root, parameters)
    for outcome, used in in_lots(judge_lot, lots):
        alone.append(outcome)
        sources |= dict.fromkeys(used)
        if len(lots) > 1:
            on_step(f"Examen des parcelles : lot {len(alone)} sur {len(lots)}")
    whole = LandOutcome(
        sites=gpd.GeoDataFrame(pd.concat([one.sites for one in alone], ignore_index=True)),
        verdicts=pd.concat([one.verdicts for one in alone], ignore_index=True),
    )
    ordered = tuple(sorted(sources, key=lambda one: (one.layer_id, one.import_order)))
    return JudgedLand(whole, ordered)


def lots_of(workspace: Workspace, communes: frozenset[str]) -> list[frozenset[str]]:
    """Return the communes that have parcels, in lots of about LOT_PARCELS.

    A lot gathers neighbours (along Hilbert's curve), so that what lies around is read once;
    codes that follow each other are scattered over a département.
    """
    places = [_places(workspace, record) for record in workspace.sources("parcels")]
    known = pd.concat([place[place["commune"].isin(communes)] for place in places] or [NOWHERE])
    if known.empty:
        raise MissingDataError(
            "Aucune parcelle importée pour ce territoire.",
            "Importez le cadastre : jalon import cadastre-XXXXX-parcelles.json.gz",
        )
    middles = known.groupby("commune").agg({"x_m": "mean", "y_m": "mean", "count": "sum"})
    points = gpd.GeoSeries.from_xy(middles["x_m"], middles["y_m"], crs=WORKING)
    ordered = middles.assign(place=points.hilbert_distance()).sort_values(["place", "commune"])
    number = ((ordered["count"].cumsum() - ordered["count"]) // LOT_PARCELS).astype(int)
    return [frozenset(lot.index.astype(str)) for _, lot in ordered.groupby(number)]


NOWHERE = pd.DataFrame(columns=["commune", "x_m", "y_m", "count"])


def _places(workspace: Workspace, record: SourceRecord) -> pd.DataFrame:
    """Return the middle of each commune of a source, and how many parcels it has there."""
    boxes = workspace.boxes(record, "commune")
    middles = boxes.assign(
        x_m=(boxes["west_m"] + boxes["east_m"]) / 2, y_m=(boxes["south_m"] + boxes["north_m"]) / 2
    )
    named = {"x_m": ("x_m", "mean"), "y_m": ("y_m", "mean"), "count": ("x_m", "size")}
    return middles.groupby("commune").agg(**named).reset_index()


def in_lots(work: Callable[[frozenset[str]], Done], lots: list[frozenset[str]]) -> Iterator[Done]:
    """Yield what `work` makes of each lot, in order; several lots share the cores."""
    if len(lots) == 1:
        yield work(lots[0])
        return
    workers = min(len(lots), os.cpu_count() or 1, MAX_WORKERS_COUNT)
    # Not fork: the threads of the parent (a page, a solver) would not survive it.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, lots)


def _judge_lot(
    root: Path, parameters: LandParameters, communes: frozenset[str]
) -> tuple[LandOutcome, tuple[SourceRecord, ...]]:
    tables = land_tables(Workspace(root), communes)
    return judge_singly(tables, parameters), tables.sources
