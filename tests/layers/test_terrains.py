from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from data.issues import Action
from data.workspace import Workspace
from jalon.importing import import_file as keep_file
from layers.standards.sites_economiques import TERRAIN_ECO
from layers.terrains import FittingStage, Occupancy, SellingStage

ImportFile = Callable[..., Any]
Imported = Any

HEADER = (
    "terr_id;site_id;terr_refcad;terr_surf_brute;terr_stade_amngt;terr_stade_comm;terr_geomsurf"
)
SQUARE = (
    "POLYGON ((700000 6500000, 700100 6500000, 700100 6500100, 700000 6500100, 700000 6500000))"
)
PLACED = f"63148_TERRAIN-ECO_00001;63148_SITE-ECO_1;;1,0;viabilisé et aménagé;en vente;{SQUARE}"
BY_PARCELS = (
    "63148_TERRAIN-ECO_00002;63148_SITE-ECO_1;63148000AA0002|63148000AA0001;2;inconnu;Vendu;"
)
NOWHERE = "63148_TERRAIN-ECO_00003;63148_SITE-ECO_1;AA 3;0,5;;à discuter;"


@pytest.fixture
def write_terrains(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "terrains.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def terrains(write_terrains: Callable[..., Path], import_file: ImportFile) -> Imported:
    return import_file(write_terrains(PLACED, BY_PARCELS, NOWHERE))


def test_a_plot_without_outline_is_kept_for_its_parcels(terrains: Imported) -> None:
    plot = terrains.table.set_index("terrain_id").loc["63148_TERRAIN-ECO_00002"]
    assert plot["geometry"] is None
    assert plot["parcel_ids"] == "63148000AA0001|63148000AA0002"
    (issue,) = [i for i in terrains.normalised.issues if i.rule_id == "GEO-VIDE"]
    assert (issue.action, issue.rows) == (Action.NOTED, (2, 3))


def test_a_plot_that_nothing_places_is_kept_and_told(terrains: Imported) -> None:
    assert len(terrains.table) == 3
    assert terrains.rows("TER-SANS-LIEU") == (3,)
    assert terrains.rows("TER-PARCELLES") == (3,)


def test_stages_are_those_of_the_standard(terrains: Imported) -> None:
    stages = terrains.table["selling_stage"]
    assert stages.iloc[:2].tolist() == [SellingStage.FOR_SALE, SellingStage.SOLD]
    assert stages.isna().tolist() == [False, False, True]
    assert terrains.rows("CNIG-LISTE") == (3,)


def test_a_file_that_draws_nothing_is_kept(
    write_terrains: Callable[..., Path], import_file: ImportFile
) -> None:
    header = HEADER.removesuffix(";terr_geomsurf")
    terrains = import_file(write_terrains(BY_PARCELS.removesuffix(";"), header=header))
    assert terrains.table["geometry"].isna().tolist() == [True]
    assert terrains.table.crs.to_epsg() == 2154


def test_plots_without_outline_survive_the_workspace(
    write_terrains: Callable[..., Path], tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "atelier")
    keep_file(workspace, write_terrains(PLACED, BY_PARCELS))
    kept = workspace.layer("terrains")
    assert kept is not None
    assert kept["geometry"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("stage", "name"),
    [
        (SellingStage, "terr_stade_comm"),
        (FittingStage, "terr_stade_amngt"),
        (Occupancy, "terr_etat_occup"),
    ],
)
def test_the_decisive_lists_are_those_of_the_standard(stage: type[StrEnum], name: str) -> None:
    assert set(stage) <= set(TERRAIN_ECO.field(name).advised)
