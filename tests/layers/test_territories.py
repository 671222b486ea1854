"""Four square communes of 100 ha in a row: two EPCI, two départements."""

import geopandas as gpd
import pytest
from shapely import box

from geo.crs import WORKING
from geo.errors import CrsError
from layers.territories import departements, epcis


def four_communes() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "insee": ["67001", "67002", "88001", "88002"],
            "departement": ["67", "67", "88", "88"],
            "departement_nom": ["Bas-Rhin", "Bas-Rhin", "Vosges", "Vosges"],
            "region": "44",
            "epci_siren": ["200000001", "200000001", "200000001", "200000002"],
            "epci_nom": ["CC Un", "CC Un", "CC Un", "CC Deux"],
            "epci_type": "CC",
            "epci_is_partial": [False, False, False, True],
            "population": [10, 0, 30, 40],
        },
        geometry=[box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000, 3000)],
        crs=WORKING,
    )


def test_epci_gather_the_people_and_land_of_their_communes() -> None:
    first = epcis(four_communes()).set_index("epci_siren").loc["200000001"]
    assert (first["commune_count"], first["population"], first["area_ha"]) == (3, 40, 300)
    assert first["geometry"].equals(box(0, 0, 3000, 1000))


def test_epci_across_the_region_border_is_partial() -> None:
    assert epcis(four_communes())["is_partial"].tolist() == [False, True]


def test_epci_of_two_regions_stays_one_row_in_each() -> None:
    communes = four_communes().assign(region=["44", "44", "27", "27"])
    rows = epcis(communes)[["epci_siren", "region", "commune_count"]].to_numpy().tolist()
    assert rows == [["200000001", "27", 1], ["200000001", "44", 2], ["200000002", "27", 1]]


def test_departements_gather_their_communes() -> None:
    table = departements(four_communes())
    assert table["departement_nom"].tolist() == ["Bas-Rhin", "Vosges"]
    assert table["population"].tolist() == [10, 70]


def test_order_of_communes_does_not_matter() -> None:
    communes = four_communes()
    backwards = communes.iloc[::-1]
    assert (
        epcis(backwards).drop(columns="geometry").equals(epcis(communes).drop(columns="geometry"))
    )
    assert epcis(backwards).geom_equals(epcis(communes)).all()


def test_no_commune_gives_an_empty_table_with_the_same_columns() -> None:
    communes = four_communes()
    nothing = epcis(communes.iloc[:0])
    assert nothing.empty
    assert list(nothing.columns) == list(epcis(communes).columns)


def test_communes_in_degrees_are_refused() -> None:
    with pytest.raises(CrsError):
        epcis(four_communes().to_crs("EPSG:4326"))
