"""The invented territory goes through the import of real files, and holds together."""

import hashlib
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from data.build.example import build_example
from data.build.example_names import commune_names
from data.containers import unpacked
from data.issues import Action
from data.read import RawTable, ReadOptions, list_tables, read_table
from data.territories import read_communes
from geo.errors import InputError
from jalon.zan.zone_vacancy import zae_vacancy
from layers.base import Context, Normalised
from layers.normalise import normalise
from layers.registry import layer

FILES = {
    "genere_cadastre_parcelles.json.gz": "cadastre_etalab_parcelles",
    "genere_cadastre_batiments.json.gz": "cadastre_etalab_batiments",
    "genere_zone_urba.gpkg": "gpu_zone_urba",
    "genere_friches.csv": "cartofriches",
    "genere_zae.gpkg": "zae_sites_economiques",
    "genere_ppri.gpkg": "ppr_zone_reglementaire_covadis",
    "genere_ocs_ge.gpkg": "ocs_ge",
    "genere_conso_enaf.csv": "enaf_communes",
    "genere_routes.osm": "openstreetmap_roads",
    "genere_irve.csv": "irve_statique",
    "genere_objectifs.csv": "zan_objectifs",
    "genere_documents.csv": "zan_documents",
    "genere_scot.csv": "zan_scot",
    "genere_declarations.csv": "zan_declarations",
    "genere_vacance.csv": "zan_vacance",
    "genere_communes.gpkg": "admin_express_communes",
}
Paths = tuple[Path, ...]
Tables = dict[str, gpd.GeoDataFrame]
Files = dict[str, tuple[RawTable, Normalised]]

CODED = {"parcels": "commune", "friches": "commune", "zae": "commune", "enaf": "commune"}


@pytest.fixture(scope="session")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return build_example(tmp_path_factory.mktemp("pays"), seed=1, parcel_count=4000)


def _imported(path: Path) -> tuple[RawTable, Normalised]:
    with unpacked(path) as opened:
        (reference,) = [table for file in opened for table in list_tables(file)]
        raw = read_table(reference, ReadOptions())
    return raw, normalise(raw, layer(raw.dataset.layer), Context(raw.dataset.dataset_id))


@pytest.fixture(scope="session")
def imported(paths: Paths) -> Files:
    return {path.name: _imported(path) for path in paths}


@pytest.fixture(scope="session")
def real_communes() -> gpd.GeoDataFrame:
    return pd.concat([read_communes("44"), read_communes("84")], ignore_index=True)


@pytest.fixture(scope="session")
def tables(imported: Files) -> Tables:
    return {raw.dataset.layer: found.table for raw, found in imported.values()}


@pytest.fixture(scope="session")
def land(tables: Tables) -> shapely.Geometry:
    """The communes together."""
    return tables["communes"].union_all()


def _hashes(paths: tuple[Path, ...]) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_each_file_holds_one_table_recognised_as_the_dataset_it_imitates(imported: Files) -> None:
    assert {name: raw.dataset.dataset_id for name, (raw, _) in imported.items()} == FILES


def test_no_row_is_set_aside_or_repaired_by_the_import(imported: Files) -> None:
    touched = {
        (name, issue.rule_id)
        for name, (_, found) in imported.items()
        for issue in found.issues
        if issue.action in (Action.SET_ASIDE, Action.REPAIRED)
    }
    assert touched == set()


def test_parcel_count_is_near_the_one_asked(tables: Tables) -> None:
    assert 3400 < len(tables["parcels"]) < 4600


def test_parcels_never_overlap(tables: Tables) -> None:
    shapes = tables["parcels"].geometry
    assert shapes.area.sum() == pytest.approx(shapes.union_all().area, rel=1e-6)


def test_neighbouring_communes_share_the_very_vertices_of_their_border(paths: Paths) -> None:
    outlines = gpd.read_file(paths[-1]).geometry
    assert shapely.coverage_is_valid(outlines.to_numpy())


def test_what_no_parcel_covers_is_road_railway_or_river(
    tables: Tables, land: shapely.Geometry
) -> None:
    parcels_m2 = tables["parcels"].area.sum()
    public = tables["land_cover"]["use"].isin(["US4.1.1", "US4.1.2"])
    public |= tables["land_cover"]["cover"] == "CS1.2.2"
    assert land.area - parcels_m2 == pytest.approx(
        tables["land_cover"][public].area.sum(), rel=1e-3
    )


@pytest.mark.parametrize("layer_id", ["communes", "zoning", "land_cover"])
def test_the_whole_territory_is_covered_once(
    layer_id: str, tables: Tables, land: shapely.Geometry
) -> None:
    shapes = tables[layer_id].geometry
    union = shapes.union_all()
    assert union.intersection(land).area > 0.999 * land.area
    assert shapes.area.sum() == pytest.approx(union.area, rel=1e-6)


def test_every_code_begins_with_00(tables: Tables) -> None:
    codes = pd.concat([tables[layer_id][column] for layer_id, column in CODED.items()])
    codes = pd.concat([codes, tables["communes"]["insee"], tables["stations"]["commune"]])
    assert codes.str.startswith("00").all()
    assert (tables["communes"]["region"] == "00").all()


def test_the_territory_is_far_from_every_real_commune(
    land: shapely.Geometry, real_communes: gpd.GeoDataFrame
) -> None:
    assert real_communes.distance(land).min() > 100_000


def test_no_name_is_that_of_a_real_commune(real_communes: gpd.GeoDataFrame) -> None:
    invented = set(commune_names(999, np.random.default_rng(0)))
    assert len(invented) == 999
    assert not invented & set(real_communes["nom"])


def test_communes_have_the_size_of_communes(tables: Tables) -> None:
    area_km2 = tables["communes"].area / 1e6
    assert area_km2.between(6, 30).all()
    assert tables["communes"]["epci_nom"].nunique() == 2


def test_parcels_lie_in_the_commune_of_their_identifier(tables: Tables) -> None:
    communes = tables["communes"].set_index("insee").geometry
    own = communes.loc[tables["parcels"]["commune"]].to_numpy()
    points = tables["parcels"].representative_point().to_numpy()
    assert shapely.contains(own, points).all()


def test_parcels_are_of_the_size_of_their_zone(tables: Tables) -> None:
    parcels, zones = tables["parcels"], tables["zoning"][["label", "geometry"]]
    points = parcels.set_geometry(parcels.representative_point())
    area_m2 = parcels.area.groupby(gpd.sjoin(points, zones)["label"]).median()
    assert 250 < area_m2["UA"] < area_m2["UB"] < 1200
    assert 3000 < area_m2["UY"] < 40_000
    assert 30_000 < area_m2["A"] < 120_000


def test_every_kind_of_zone_is_there(tables: Tables) -> None:
    assert set(tables["zoning"]["zone_type"]) == {"U", "AUc", "AUs", "A", "N"}
    assert {"UX", "UY", "1AUX", "2AUX"} <= set(tables["zoning"]["label"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_status_of_friche_is_there(seed: int, tmp_path: Path) -> None:
    paths = build_example(tmp_path, seed=seed, parcel_count=2000)
    status = set(_imported(paths[3])[1].table["status"])
    real = {f"friche {word}" for word in ("potentielle", "sans projet", "avec projet")}
    assert status == {*real, "friche reconvertie", "inconnu"}


def test_friches_stand_on_parcels_that_exist(tables: Tables) -> None:
    parcel_ids = tables["friches"]["parcel_ids"].str.split("|").explode()
    assert parcel_ids.isin(tables["parcels"]["parcel_id"]).all()
    assert 10 <= len(tables["friches"]) <= 18


def test_some_activity_plots_are_built_and_others_free(tables: Tables) -> None:
    zones, parcels = tables["zae"], tables["parcels"]
    existing = zones[zones["state"] == "existant et actif"]
    inside = parcels[parcels.representative_point().within(existing.union_all())]
    built = inside.intersects(tables["buildings"].union_all())
    assert 0.4 < built.mean() < 0.9
    assert existing["for_sale_ha"].sum() > 5


def test_buildings_stand_in_the_built_cover(tables: Tables) -> None:
    built = tables["land_cover"][tables["land_cover"]["cover"] == "CS1.1.1.1"]
    assert built.area.sum() == pytest.approx(tables["buildings"].area.sum(), rel=1e-3)


def test_enaf_totals_are_the_sums_of_their_destinations(imported: Files) -> None:
    raw = imported["genere_conso_enaf.csv"][0].frame.set_index("commune")
    parts = raw[[f"art15{d}16" for d in ("act", "hab", "mix", "rou", "fer", "inc")]].astype(int)
    years = raw.filter(regex=r"^naf(?!09art24)").astype(int)
    assert (parts.sum(axis=1) == raw["naf15art16"].astype(int)).all()
    assert (years.sum(axis=1) == raw["naf09art24"].astype(int)).all()


def test_some_communes_have_little_enaf_left_and_one_is_under_the_guarantee(tables: Tables) -> None:
    flows = tables["enaf"].pivot_table(index="commune", columns="year", values="flow_m2")
    half_m2 = flows.loc[:, 2011:2020].sum(axis=1) / 2
    used = flows.loc[:, 2021:].sum(axis=1) / half_m2
    assert (half_m2 < 10_000).sum() == 1
    assert used.min() < 0.2
    assert used.max() > 0.9


def test_documents_show_every_case_of_the_guarantee(tables: Tables) -> None:
    documents = tables["planning_documents"]
    assert set(documents["kind"]) == {"PLU", "RNU", "SCoT"}
    assert documents["prescribed_on"].max() == "2026-08-22"
    assert documents["zan_integrated_on"].notna().sum() == 2
    assert (documents["approved_on"] < "2020").any()


def test_objectives_are_written_and_announced(tables: Tables) -> None:
    objectives = tables["zan_objectives"].set_index("level")
    assert objectives["is_in_document"].to_dict() == {"epci": "non", "scot": "oui"}
    assert objectives["reduction_share"].between(0.5, 0.6).all()
    assert objectives.loc["epci", "territory"] in set(tables["communes"]["epci_siren"])


def test_every_commune_is_in_the_scot(tables: Tables) -> None:
    assert set(tables["scots"]["commune"]) == set(tables["communes"]["insee"])


def test_declared_project_is_smaller_than_what_its_commune_consumed_that_year(
    tables: Tables,
) -> None:
    told = tables["zan_declarations"].merge(tables["enaf"], on=["commune", "year"])
    assert sorted(told["kind"]) == ["pene_annexe_1", "renaturation"]
    assert set(told["is_effective"]) == {"oui"}
    listed = told[told["kind"] == "pene_annexe_1"]
    assert (listed["area_ha"] * 10_000 < listed["flow_m2"]).all()


def test_inventory_of_activity_zones_shows_every_state_of_a_unit(tables: Tables) -> None:
    units = tables["zae_units"]
    assert set(units["zae"]) <= set(tables["zae"]["name"])
    assert units.groupby("zae").size().tolist() == [6, 10]
    all_of_them = zae_vacancy(units, 2026).iloc[-1]
    assert (all_of_them["vacant_count"], all_of_them["unknown_count"]) == (3, 1)


def test_roads_form_one_network(tables: Tables) -> None:
    ends = tables["roads"].geometry.map(lambda line: (line.coords[0], line.coords[-1]))
    graph = nx.Graph([tuple(tuple(np.round(xy, 1)) for xy in pair) for pair in ends])
    largest = max(nx.connected_components(graph), key=len)
    assert len(largest) > 0.97 * graph.number_of_nodes()


def test_the_motorway_is_reached_by_its_ramps_only(tables: Tables) -> None:
    roads = tables["roads"]
    ends = roads.geometry.map(lambda line: {line.coords[0], line.coords[-1]})
    of_motorway = set().union(*ends[roads["highway"] == "motorway"])
    others = ends[~roads["highway"].isin(["motorway", "motorway_link"])]
    assert "motorway_link" in set(roads["highway"])
    assert not of_motorway & set().union(*others)


def test_flood_zones_forbid_then_prescribe(tables: Tables) -> None:
    assert set(tables["risks"]["regulation"]) == {"interdiction", "prescriptions"}


def test_generated_tables_name_their_source(tables: Tables) -> None:
    told = pd.concat([tables["friches"]["producer"], tables["zae"]["producer"]])
    assert set(told) == {"Jalon, territoire généré"}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    first = build_example(tmp_path / "a", seed=7, parcel_count=2000)
    second = build_example(tmp_path / "b", seed=7, parcel_count=2000)
    assert _hashes(first) == _hashes(second)


def test_another_seed_changes_every_file(tmp_path: Path) -> None:
    first = _hashes(build_example(tmp_path / "a", seed=7, parcel_count=2000))
    second = _hashes(build_example(tmp_path / "b", seed=8, parcel_count=2000))
    assert [name for name in first if first[name] == second[name]] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_the_smallest_territory_has_a_thousand_parcels(seed: int, tmp_path: Path) -> None:
    paths = build_example(tmp_path, seed=seed, parcel_count=1000)
    assert 800 < len(_imported(paths[0])[1].table) < 1200


def test_villages_grow_once_there_are_no_more_codes_of_communes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.build.example_land.MOST_COMMUNES", 6)
    paths = build_example(tmp_path, parcel_count=5000)
    assert 4000 < len(_imported(paths[0])[1].table) < 6000


def test_too_few_parcels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ne font pas un territoire"):
        build_example(tmp_path, parcel_count=10)
