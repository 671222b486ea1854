"""The job as an analyst writes it with the standard functions of geopandas."""

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd

from bench.land.job import (
    COVERS,
    ECONOMIC_LABELS,
    HOLDS_SHARE,
    LAYERS,
    NOMENCLATURE,
    RISKS,
    ROAD_REACH_M,
    VERIFIED_FRICHES,
    tables_of,
    write_answers,
)

Tables = dict[str, gpd.GeoDataFrame]


def geopandas_measures(workspace: Path, out: Path) -> Iterator[str]:
    """Write the answers of geopandas to `out`; yield the name of each stage once it is done."""
    tables = {layer_id: _read(workspace, layer_id) for layer_id in LAYERS}
    nomenclature = pd.read_parquet(workspace / NOMENCLATURE)
    yield "read"
    parcels = tables["parcels"][["parcel_id", "geometry"]]
    answers = parcels.set_index("parcel_id")
    answers["area_m2"] = answers.area
    zones = _pieces(parcels, tables["zoning"][["label", "geometry"]])
    answers["zone_label"] = _largest(zones)["label"]
    economic = zones[zones["label"].isin(ECONOMIC_LABELS)].dissolve("parcel_id")
    answers["economic_m2"] = economic.area
    yield "zoning"
    answers = answers.assign(**_families(parcels, tables, nomenclature))
    yield "families"
    answers["zae_name"] = _holder(answers, tables["zae"], "name")
    answers["friche_id"] = _holder(answers, tables["friches"], "site_id")
    usable = _usable(answers, economic, tables)
    answers["usable_m2"] = usable.area
    answers["piece_m2"] = usable.explode().area.groupby(level=0).max()
    yield "usable"
    answers["road_m"] = _road_m(parcels, tables["roads"])
    yield "roads"
    areas = [name for name in answers.columns if name.endswith("_m2")]
    answers[areas] = answers[areas].fillna(0.0)
    write_answers(pd.DataFrame(answers.drop(columns="geometry")).reset_index(), out)
    yield "write"


def _read(workspace: Path, layer_id: str) -> gpd.GeoDataFrame:
    return pd.concat(map(gpd.read_parquet, tables_of(workspace, layer_id)), ignore_index=True)


def _pieces(parcels: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return what each parcel shares with each shape."""
    return gpd.overlay(parcels, shapes, how="intersection", keep_geom_type=True)


def _largest(pieces: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the largest piece of each parcel, indexed by parcel."""
    measured = pieces.assign(shared_m2=pieces.area).sort_values("shared_m2", ascending=False)
    return measured.drop_duplicates("parcel_id").set_index("parcel_id")


def _covered_m2(parcels: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame) -> pd.Series:
    return _pieces(parcels, shapes[["geometry"]]).dissolve("parcel_id").area


def _families(
    parcels: gpd.GeoDataFrame, tables: Tables, nomenclature: pd.DataFrame
) -> dict[str, pd.Series]:
    """Return, for each family, what it covers of the parcels it touches."""
    cover = tables["land_cover"].merge(nomenclature, on=["cover", "use"])
    classed = _pieces(parcels, cover[["land_class", "geometry"]])
    by_class = classed.dissolve(["land_class", "parcel_id"]).area
    regulation = tables["risks"]["regulation"]
    return {
        "built_m2": _covered_m2(parcels, tables["buildings"]),
        "farmed_m2": _covered_m2(parcels, tables["crops"]),
        **{
            name: _covered_m2(parcels, tables["risks"][regulation.eq(value)])
            for name, value in RISKS.items()
        },
        **{name: by_class.loc[value] for name, value in COVERS.items()},
    }


def _holder(answers: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Return `name` of the shape that holds at least half of each parcel."""
    found = _largest(_pieces(answers[["geometry"]].reset_index(), shapes[[name, "geometry"]]))
    return found[name][found["shared_m2"] >= HOLDS_SHARE * answers["area_m2"].reindex(found.index)]


def _usable(
    answers: gpd.GeoDataFrame, economic: gpd.GeoDataFrame, tables: Tables
) -> gpd.GeoDataFrame:
    """Return what is left of the economic part of the parcels that have one."""
    friches = tables["friches"]
    verified = friches["site_id"][friches["status"].isin(VERIFIED_FRICHES)]
    is_friche = answers["friche_id"].isin(verified)
    whole = answers[["geometry"]][is_friche | answers["zae_name"].notna()]
    parts = pd.concat([economic[["geometry"]].drop(whole.index, errors="ignore"), whole])
    risks = tables["risks"]
    barred = risks[risks["regulation"].isin([RISKS["forbidden_m2"], RISKS["unspecified_m2"]])]
    left = gpd.overlay(parts.reset_index(), barred, how="difference").set_index("parcel_id")
    stays_built = ~is_friche.reindex(left.index)
    bare = gpd.overlay(left[stays_built].reset_index(), tables["buildings"], how="difference")
    return pd.concat([left[~stays_built], bare.set_index("parcel_id")])


def _road_m(parcels: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> pd.Series:
    near = gpd.sjoin_nearest(
        parcels, roads[["geometry"]], max_distance=ROAD_REACH_M, distance_col="road_m"
    )
    return near.drop_duplicates("parcel_id").set_index("parcel_id")["road_m"]
