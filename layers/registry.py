"""Every layer of Jalon, named once."""

from layers import (
    access_points,
    activity_areas,
    aid_zones,
    buildings,
    communes,
    crops,
    easements,
    economic_poles,
    enaf,
    establishments,
    friches,
    hazards,
    land_cover,
    land_units,
    nature,
    parcels,
    pene,
    polluted_sites,
    prescriptions,
    railways,
    risk_perimeters,
    risk_plans,
    risks,
    roads,
    stations,
    terrains,
    zae,
    zoning,
)
from layers.base import Layer

LAYERS: tuple[Layer, ...] = (
    parcels.LAYER,
    buildings.LAYER,
    zoning.LAYER,
    prescriptions.LAYER,
    easements.LAYER,
    zae.LAYER,
    terrains.LAYER,
    establishments.LAYER,
    economic_poles.LAYER,
    friches.LAYER,
    polluted_sites.LAYER,
    risks.LAYER,
    risk_perimeters.LAYER,
    risk_plans.LAYER,
    hazards.LAYER,
    nature.LAYER,
    land_cover.LAYER,
    crops.LAYER,
    activity_areas.LAYER,
    land_units.LAYER,
    enaf.LAYER,
    pene.LAYER,
    aid_zones.LAYER,
    communes.LAYER,
    roads.LAYER,
    railways.LAYER,
    access_points.LAYER,
    stations.LAYER,
)


def layer(layer_id: str) -> Layer:
    """Return the layer called `layer_id`."""
    return next(entry for entry in LAYERS if entry.layer_id == layer_id)
