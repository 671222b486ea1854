"""The shipped communes, as published counts and the manifest say they must be."""

from functools import cache
from pathlib import Path

import geopandas as gpd
import pytest

from data.manifest import EMBEDDED
from data.territories import (
    embedded_regions,
    manifest,
    merged_communes,
    read_commune_names,
    read_communes,
)
from geo.crs import WORKING
from geo.errors import InputError

REGIONS = ["44", "84"]
REPAIRED = {
    "44": {"08439", "51485", "88321"},
    "84": {
        *("01187", "15031", "15035", "15047", "15141", "15171"),
        *("26289", "42084", "42217", "63109", "69114"),
    },
}


@cache
def communes(region: str) -> gpd.GeoDataFrame:
    return read_communes(region)


def test_both_regions_are_shipped() -> None:
    assert embedded_regions() == ("44", "84")


def test_unknown_region_is_told_with_those_that_exist() -> None:
    with pytest.raises(InputError) as caught:
        read_communes("32")
    assert "44, 84" in caught.value.hint


def test_shipped_communes_weigh_less_than_three_megabytes() -> None:
    assert sum(path.stat().st_size for path in EMBEDDED.glob("communes_*")) < 3_000_000


@pytest.mark.parametrize(
    ("region", "commune_count", "epci_count", "departement_count", "population"),
    [("44", 5115, 150, 10, 5_563_378), ("84", 4025, 172, 12, 8_205_557)],
)
def test_counts_are_those_of_the_official_list(
    region: str, commune_count: int, epci_count: int, departement_count: int, population: int
) -> None:
    table = communes(region)
    assert len(table) == table["insee"].nunique() == commune_count
    assert table["epci_siren"].nunique() == epci_count
    assert table["departement"].nunique() == departement_count
    assert table["population"].sum() == population


@pytest.mark.parametrize("region", REGIONS)
def test_manifest_counts_are_those_of_the_file(region: str) -> None:
    entry, table = manifest()[region], communes(region)
    assert entry.rows == len(table)
    assert entry.counts["epci"] == table["epci_siren"].nunique()
    assert entry.counts["population"] == table["population"].sum()


@pytest.mark.parametrize("region", REGIONS)
def test_manifest_names_the_producers_and_licences(region: str) -> None:
    entry = manifest()[region]
    assert entry.attribution.startswith("IGN – Admin Express COG, INSEE – COG, DILA")
    assert [source.licence.split(" ")[0] for source in entry.sources] == [
        *("GPL-3.0", "GPL-3.0", "MIT"),
    ]


@pytest.mark.parametrize("region", REGIONS)
def test_codes_are_text_of_five_signs_in_order(region: str) -> None:
    codes = communes(region)["insee"]
    assert set(codes.str.len()) == {5}
    assert codes.is_monotonic_increasing


@pytest.mark.parametrize("region", REGIONS)
def test_nothing_is_missing(region: str) -> None:
    assert not communes(region).isna().to_numpy().any()


@pytest.mark.parametrize("region", REGIONS)
def test_outlines_are_valid_multipolygons_in_lambert_93(region: str) -> None:
    table = communes(region)
    assert table.crs == WORKING
    assert table.is_valid.all()
    assert set(table.geom_type) == {"MultiPolygon"}


def test_six_villages_destroyed_in_1916_are_kept_without_inhabitants() -> None:
    empty = communes("44").query("population == 0")
    assert set(empty["insee"]) == {"55039", "55050", "55139", "55189", "55239", "55307"}


@pytest.mark.parametrize(("region", "partial_count"), [("44", 1), ("84", 9)])
def test_epci_across_the_border_are_partial(region: str, partial_count: int) -> None:
    assert communes(region).query("epci_is_partial")["epci_siren"].nunique() == partial_count


@pytest.mark.parametrize("region", REGIONS)
def test_only_the_known_communes_were_redrawn(region: str) -> None:
    redrawn = communes(region).query("geometry_source != 'published'")
    assert set(redrawn["insee"]) == REPAIRED[region]


@pytest.mark.parametrize("region", REGIONS)
def test_town_halls_are_within_500_m_of_their_commune(region: str) -> None:
    table = communes(region)
    points = gpd.points_from_xy(table["mairie_lon"], table["mairie_lat"], crs="EPSG:4326")
    halls = gpd.GeoSeries(points, index=table.index).to_crs(WORKING)
    assert (halls.distance(table.geometry) < 501).all()


@pytest.mark.reference
@pytest.mark.parametrize("region", REGIONS)
def test_communes_agree_with_the_independent_build(reference_dir: Path, region: str) -> None:
    ours = communes(region).set_index("insee")
    path = reference_dir / "data" / "territory" / f"communes_{region}.parquet"
    theirs = gpd.read_parquet(path).set_index("insee")
    same = ["nom", "departement", "epci_siren", "epci_nom", "epci_type", "population"]
    assert ours[same].equals(theirs[same])
    published = ours.index.difference(sorted(REPAIRED[region]))
    gap_share = (ours["area_ha"] / theirs["area_ha"] - 1).abs()
    assert gap_share[published].max() < 0.001


def test_the_names_of_every_commune_of_france_are_shipped() -> None:
    names = read_commune_names().set_index("insee")
    assert len(names) == 34_969
    assert names.loc["25267", "nom"] == "Gennes"
    assert names.loc["75056", "region_nom"] == "Île-de-France"


@pytest.mark.parametrize(
    ("insee", "delegated", "associated"),
    [
        ("74010", 6, 0),  # Annecy : avec Annecy-le-Vieux, Cran-Gevrier, Meythet, Pringy, Seynod
        ("01033", 3, 0),  # Valserhône : Bellegarde, Châtillon-en-Michaille, Lancrans
        ("52031", 0, 2),  # Autreville-sur-la-Renne : Saint-Martin, Valdelancourt
    ],
)
def test_merged_communes_have_the_parts_one_can_name(
    insee: str, delegated: int, associated: int
) -> None:
    row = merged_communes().set_index("insee").loc[insee]
    assert (row["delegated_count"], row["associated_count"]) == (delegated, associated)


def test_merged_communes_are_known_and_add_up() -> None:
    merged = merged_communes()
    assert merged["insee"].isin(read_commune_names()["insee"]).all()
    assert merged[["delegated_count", "associated_count"]].sum().tolist() == [2105, 471]
    assert merged["created_on"].isna().all()
