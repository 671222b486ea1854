"""The job as Jalon does it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from bench.land.job import COLUMNS, COVERS, ROAD_REACH_M, write_answers
from data.workspace import Workspace
from geo.overlay import meetings
from geo.shapes import M2_PER_HA
from jalon.lots import in_lots, judge_area, lots_of
from jalon.measures import measure
from jalon.model import LandParameters, SiteKind
from jalon.tables import LandTables, land_tables
from jalon.vocation import zone_evidence
from jalon.zan.occupation import evidence

ASKED: Final = LandParameters(motorway_setback_m=0)
"""What Jalon does by itself, but the strip along motorways, which no rival is asked to draw."""


def jalon_measures(workspace: Path, out: Path) -> Iterator[str]:
    """Write the answers of Jalon to `out`; yield the name of each stage once it is done.

    `measure` does more than the job: which layers are missing, widths, cost in ENAF hectares.
    """
    lots = lots_of(Workspace(workspace), _communes(workspace))
    answers = list(in_lots(partial(_lot_answers, workspace), lots))
    yield "measure"
    write_answers(pd.concat(answers, ignore_index=True), out)
    yield "write"


def _lot_answers(workspace: Path, communes: frozenset[str]) -> pd.DataFrame:
    """Return the answers for the parcels of a few communes."""
    tables = land_tables(Workspace(workspace), communes)
    sites = measure(tables, ASKED)
    parcels = sites[sites["kind"].eq(SiteKind.PARCEL.value)]
    answers = parcels.assign(
        parcel_id=parcels["site_id"],
        area_m2=parcels["area_ha"] * M2_PER_HA,
        usable_m2=parcels["usable_ha"] * M2_PER_HA,
        piece_m2=parcels["piece_ha"] * M2_PER_HA,
        road_m=parcels["road_m"].where(parcels["road_m"] <= ROAD_REACH_M),
        **_covered_apart(parcels.geometry, tables),
    )
    return pd.DataFrame(answers[list(COLUMNS)])


def jalon_judgement(workspace: Path, out: Path) -> Iterator[str]:
    """Write every site judged, with its reasons; more than the job, and nothing to compare."""
    judged = judge_area(Workspace(workspace), _communes(workspace), ASKED)
    yield "judge"
    judged.outcome.sites.to_parquet(out, index=False)
    yield "write"


def _communes(workspace: Path) -> frozenset[str]:
    records = Workspace(workspace).sources("parcels")
    return frozenset(code for record in records for code in record.communes)


def _covered_apart(parcels: gpd.GeoSeries, tables: LandTables) -> dict[str, np.ndarray]:
    """Return the square metres of the job that `measure` keeps to itself."""
    zoning = gpd.GeoDataFrame(tables.zoning)
    (cover,) = evidence(tables.land_cover, None, None)
    economic = zoning.geometry[zone_evidence(zoning).notna()]
    met = meetings(parcels, cover.geometry)
    classes = {
        name: met.among(cover["land_class"].eq(value).to_numpy(dtype=bool)).covered_m2
        for name, value in COVERS.items()
    }
    return {"economic_m2": meetings(parcels, economic).covered_m2, **classes}
