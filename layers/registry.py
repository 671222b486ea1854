"""Every layer of Jalon, named once."""

from layers import (
    buildings,
    communes,
    crops,
    enaf,
    friches,
    land_cover,
    parcels,
    risks,
    roads,
    stations,
    zae,
    zoning,
)
from layers.base import Layer

LAYERS: tuple[Layer, ...] = (
    parcels.LAYER,
    buildings.LAYER,
    zoning.LAYER,
    zae.LAYER,
    friches.LAYER,
    risks.LAYER,
    land_cover.LAYER,
    crops.LAYER,
    enaf.LAYER,
    communes.LAYER,
    roads.LAYER,
    stations.LAYER,
)


def layer(layer_id: str) -> Layer:
    """Return the layer called `layer_id`."""
    return next(entry for entry in LAYERS if entry.layer_id == layer_id)
