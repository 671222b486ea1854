"""From communes to the territories people decide for: EPCI and départements."""

import geopandas as gpd

from geo.shapes import area_ha

PARTIAL_FR = "partie dans la région"
"""Said beside every figure of an EPCI whose other communes lie outside the region."""


def epcis(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row per EPCI and region, sorted by SIREN: outline, population, communes.

    `is_partial`: the EPCI has communes outside the region, which no figure of the row counts.
    """
    named = communes.rename(columns={"epci_is_partial": "is_partial"})
    return _merged(named, ["epci_siren", "region"], ["epci_nom", "epci_type", "is_partial"])


def departements(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row per département, sorted by code: outline, population, communes."""
    return _merged(communes, ["departement", "region"], ["departement_nom"])


def _merged(
    communes: gpd.GeoDataFrame,
    keys: list[str],
    described_by: list[str],
) -> gpd.GeoDataFrame:
    """Dissolve communes that share `keys`; without communes, the columns remain."""
    aggregates = {**dict.fromkeys(described_by, "first"), "insee": "count", "population": "sum"}
    kept = communes[[*keys, *aggregates, communes.geometry.name]]
    merged = kept.dissolve(by=keys, aggfunc=aggregates, as_index=False)
    counted = merged.rename(columns={"insee": "commune_count"})
    return counted.assign(area_ha=area_ha(counted.geometry))
