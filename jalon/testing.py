"""Tiny worlds a person can check by hand, for the tests of every room."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import WORKING
from jalon.model import ZanParameters
from jalon.tables import LandTables
from jalon.zan.ledger import LedgerInputs, ledger
from layers.risks import Regulation

ORIGIN_X_M, ORIGIN_Y_M = 700_000.0, 6_500_000.0


def box_m(x_m: float, y_m: float, width_m: float, height_m: float) -> shapely.Polygon:
    """Return a rectangle placed from the origin of the worlds, in Lambert-93 metres."""
    x, y = ORIGIN_X_M + x_m, ORIGIN_Y_M + y_m
    return shapely.box(x, y, x + width_m, y + height_m)


def frame(shapes: list[shapely.Geometry], **columns: object) -> gpd.GeoDataFrame:
    """Return shapes and their columns in Lambert-93."""
    table = gpd.GeoDataFrame(geometry=shapes, crs=WORKING)
    return table.assign(source_id="monde", **columns)


def parcels(shapes: list[shapely.Polygon], commune: str = "63148") -> gpd.GeoDataFrame:
    """Return parcels numbered 1, 2, 3… of section AB of one commune."""
    ids = [f"{commune}000AB{number:04d}" for number in range(1, len(shapes) + 1)]
    return frame(shapes, parcel_id=ids, commune=commune, official_area_m2=float("nan"))


def zones(
    shapes: list[shapely.Polygon],
    labels: list[str],
    *,
    long_labels: Sequence[str | None] | None = None,
    zone_type: str = "U",
) -> gpd.GeoDataFrame:
    """Return PLU zones."""
    return frame(
        shapes,
        label=labels,
        long_label=long_labels or [None] * len(shapes),
        zone_type=zone_type,
        destination=None,
        approved_on="2019-05-14",
    )


def risks(shapes: list[shapely.Polygon], regulation: Regulation) -> gpd.GeoDataFrame:
    """Return risk zones under one regulation."""
    return frame(shapes, label="zone d'essai", regulation=regulation.value, hazard="inondation")


def buildings(shapes: list[shapely.Polygon]) -> gpd.GeoDataFrame:
    """Return buildings."""
    return frame(shapes, kind="dur")


def business_park() -> LandTables:
    """Return four parcels of one hectare in a row, all in one economic zone.

    AB1 is free; AB2 lies in a red flood zone; AB3 carries a building of 5,000 m²;
    AB4 is half in a zone whose regulation is unknown.
    """
    return LandTables(
        parcels=parcels([box_m(100 * n, 0, 100, 100) for n in range(4)]),
        zoning=zones([box_m(0, 0, 400, 100)], ["UX"], long_labels=["Zone d'activités économiques"]),
        buildings=buildings([box_m(225, 0, 50, 100)]),
        risks=pd.concat(
            [
                risks([box_m(100, 0, 100, 100)], Regulation.FORBIDDEN),
                risks([box_m(350, 0, 50, 100)], Regulation.UNKNOWN),
            ],
            ignore_index=True,
        ),
    )


def two_communes() -> pd.DataFrame:
    """Return two communes of one EPCI."""
    return pd.DataFrame(
        {
            "insee": ["01001", "01002"],
            "nom": ["Un", "Deux"],
            "epci_siren": "200000001",
            "epci_nom": "CC d'essai",
            "epci_is_partial": False,
            "departement": "01",
            "departement_nom": "Ain",
            "region": "84",
            "region_nom": "Auvergne-Rhône-Alpes",
        }
    )


def yearly_flows(reference_ha: dict[str, float], since_ha: dict[str, float]) -> pd.DataFrame:
    """Return each total spread evenly over 2011-2020, and over the three years 2021-2023."""
    rows = [
        (commune, year, 10_000 * total / len(years))
        for totals, years in ((reference_ha, range(2011, 2021)), (since_ha, range(2021, 2024)))
        for commune, total in totals.items()
        for year in years
    ]
    return pd.DataFrame(rows, columns=["commune", "year", "flow_m2"])


def plans(*days: tuple[str, str]) -> pd.DataFrame:
    """Return a PLU a commune, of which only the approval is known."""
    table = pd.DataFrame(days, columns=["territory", "approved_on"])
    return table.assign(
        document_id=table["territory"],
        level="commune",
        kind="PLU",
        state="en vigueur",
        prescribed_on=None,
        adopted_on=None,
        zan_integrated_on=None,
    )


def declaration(kind: str, area_ha: float, year: float, **fields: object) -> pd.DataFrame:
    """Return one declaration of the first commune."""
    row = {
        "declaration_id": f"01001-{kind}",
        "commune": "01001",
        "kind": kind,
        "name": "Projet",
        "area_ha": area_ha,
        "year": year,
        "is_effective": "oui",
        "pool": None,
        "source_text": None,
    }
    return pd.DataFrame([{**row, **fields}])


def accounts_of(
    reference_ha: dict[str, float],
    since_ha: dict[str, float],
    parameters: ZanParameters | None = None,
    **tables: pd.DataFrame,
) -> pd.DataFrame:
    """Return the ledger of communes of known sums, by code of territory."""
    known = tables.pop("communes", two_communes())
    inputs = LedgerInputs(yearly_flows(reference_ha, since_ha), known, **tables)
    return ledger(inputs, parameters or ZanParameters()).set_index("code")
