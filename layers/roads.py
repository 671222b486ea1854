"""Roads a vehicle may drive, from OpenStreetMap and BD TOPO."""

from enum import StrEnum

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import codes_of, texts_of
from layers.keys import named_shape_ids


class RoadClass(StrEnum):
    """What a road is for, the widest first."""

    MOTORWAY = "autoroute"
    MAIN = "principale"
    SECONDARY = "secondaire"
    LOCAL = "locale"
    TRACK = "chemin"


OSM_CLASSES = {
    "motorway": RoadClass.MOTORWAY,
    "trunk": RoadClass.MAIN,
    "primary": RoadClass.MAIN,
    "secondary": RoadClass.SECONDARY,
    "tertiary": RoadClass.LOCAL,
    "unclassified": RoadClass.LOCAL,
    "residential": RoadClass.LOCAL,
    "living_street": RoadClass.LOCAL,
    "service": RoadClass.LOCAL,
    "road": RoadClass.LOCAL,
    "track": RoadClass.TRACK,
}
"""Values of `highway`; a slip road («_link») is of the class of its road."""

IGN_CLASSES = {
    "1": RoadClass.MAIN,
    "2": RoadClass.MAIN,
    "3": RoadClass.SECONDARY,
    "4": RoadClass.LOCAL,
    "5": RoadClass.LOCAL,
    "6": RoadClass.TRACK,
}
"""BD TOPO `importance`: between regions, between départements, between communes, then inside
one, then ways that are no street."""

MOTORWAYS = r"^(?:type autoroutier|autoroute|quasi-autoroute)"
TRACKS = r"^(?:chemin|route empierr)"
ON_FOOT = r"^(?:sentier|escalier|piste cyclable)"
FERRIES = r"^bac"
"""How BD TOPO `nature` begins, whatever became of its accents."""

UNNAMED = ("NC", "NR")
"""«Not known», «not recorded» in the texts of BD TOPO 2."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a stretch of road; ways where no vehicle goes are set aside.

    The class is missing where the producer gives neither nature nor importance.
    """
    del context
    nature = texts_of(raw, "nature").str.casefold()
    is_on_foot = _begins(nature, ON_FOOT)
    table = raw.assign(
        road_id=named_shape_ids(raw["geometry"], _own_ids(raw)),
        road_name=_named(raw, "road_number").fillna(_named(raw, "road_name")),
        length_m=raw["length_m"] if "length_m" in raw else raw["geometry"].length,
        road_class=_ign_class(raw, nature).fillna(_osm_class(raw)),
    )
    message = "Sentier, escalier ou piste cyclable : aucun véhicule n'y passe."
    issues = issue_if(rows_where(raw, is_on_foot), "ROUTE-PIETON", Action.SET_ASIDE, message)
    return Normalised(table[~is_on_foot], issues)


def _named(raw: pd.DataFrame, name: str) -> pd.Series:
    found = texts_of(raw, name)
    return found.mask(found.isin(UNNAMED))


def _own_ids(raw: pd.DataFrame) -> pd.Series:
    return codes_of(raw, "osmid").fillna(texts_of(raw, "producer_id"))


def _osm_class(raw: pd.DataFrame) -> pd.Series:
    return texts_of(raw, "highway").str.removesuffix("_link").map(OSM_CLASSES).astype(object)


def _ign_class(raw: pd.DataFrame, nature: pd.Series) -> pd.Series:
    """Return the class by importance, but for motorways, tracks and ferries."""
    by_importance = codes_of(raw, "importance").map(IGN_CLASSES).astype(object)
    return (
        by_importance.mask(_begins(nature, TRACKS), RoadClass.TRACK)
        .mask(_begins(nature, MOTORWAYS), RoadClass.MOTORWAY)
        .mask(_begins(nature, FERRIES), None)
    )


def _begins(texts_of_rows: pd.Series, pattern: str) -> pd.Series:
    return texts_of_rows.str.contains(pattern, regex=True).fillna(value=False).astype(bool)


LAYER = Layer(
    layer_id="roads",
    title_fr="Routes",
    role=Role.NETWORK,
    key="road_id",
    columns={
        "road_id": text_column(nullable=False),
        "highway": text_column(),
        "road_name": text_column(),
        "length_m": number_column(minimum=0),
        "road_class": text_column(),
    },
    normalise=normalise,
)
