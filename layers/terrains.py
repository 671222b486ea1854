"""Plots of economic sites: who holds them, how far fitted out, for sale or not (TERRAIN-ECO)."""

from collections.abc import Mapping
from enum import StrEnum

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import dates_iso, numbers
from layers.friches import parse_refcad
from layers.standards.sites_economiques import TERRAIN_ECO
from layers.wordings import standard_values


class SellingStage(StrEnum):
    """CNIG `terr_stade_comm`."""

    NOT_MARKETED = "non commercialisé"
    NOT_FOR_SALE = "non commercialisable"
    FOR_SALE = "en vente"
    FOR_SALE_WITH_LIMITS = "en vente avec contraintes"
    SOLD = "vendu, commercialisation achevée"
    UNDER_OPTION = "réservé par option de réservation"
    RESERVED_BY_EPCI = "réservé par une délibération de l'EPCI"


class FittingStage(StrEnum):
    """CNIG `terr_stade_amngt`."""

    NEVER = "non aménageable"
    NOT_YET = "non aménagé, non viabilisé"
    SERVICING = "viabilisation en cours"
    SERVICED = "viabilisé non aménagé"
    FITTED = "viabilisé et aménagé"


class Occupancy(StrEnum):
    """CNIG `terr_etat_occup`."""

    EMPTY = "inoccupé"
    FOR_A_TIME = "occupation transitoire"
    IN_USE = "occupé"
    VACANT = "vacant"
    FRICHE = "friche"


SELLING_WORDINGS = {
    "vendu": SellingStage.SOLD,
    "réservé par option": SellingStage.UNDER_OPTION,
    "réservé par délibération EPCI": SellingStage.RESERVED_BY_EPCI,
}
"""The short forms the text of the standard also writes."""

TENURE_WORDINGS = {
    "EPCI": "structure intercommunale",
    "EPF": "établissement public foncier",
    "autre collectivité": "autre collectivité territoriale",
}

FIGURES = ("area_ha", "price_per_m2")

LISTED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "fitting_stage": ("terr_stade_amngt", {}),
    "selling_stage": ("terr_stade_comm", SELLING_WORDINGS),
    "occupancy": ("terr_etat_occup", {}),
    "use": ("terr_usage", {}),
    "tenure": ("terr_maitrise_fonc", TENURE_WORDINGS),
    "is_turnkey": ("terr_cle_en_main", {}),
    "is_useful": ("terr_utile", {}),
}
"""Our columns that hold one of a list, the field of the standard and its other wordings."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a plot; one without outline or parcel stays, told to be nowhere."""
    del context
    figures = {name: numbers(raw, name) for name in FIGURES}
    listed = {
        name: standard_values(raw, name, TERRAIN_ECO.field(field), also)
        for name, (field, also) in LISTED.items()
    }
    dated = {name: dates_iso(raw[name]) for name in ("identified_on", "updated_on") if name in raw}
    found = figures | listed
    read = {name: values for name, (values, _) in found.items()}
    parcel_ids, parcel_issues = _parcel_ids(raw)
    table = raw.assign(parcel_ids=parcel_ids, **read, **dated)
    issues = (*(issue for _, told in found.values() for issue in told), *parcel_issues)
    return Normalised(table, (*issues, *_nowhere(table)))


def _parcel_ids(raw: pd.DataFrame) -> tuple[pd.Series, tuple[Issue, ...]]:
    """Return the parcels of each plot, joined by «|»; a cell with none readable is told."""
    refcad = raw.get("refcad", pd.Series(index=raw.index, dtype=object))
    parcel_ids = refcad.map(parse_refcad).astype(object)
    is_unread = refcad.notna() & parcel_ids.isna()
    message = "Parcelles illisibles : 14 caractères attendus pour chacune."
    return parcel_ids, issue_if(rows_where(raw, is_unread), "TER-PARCELLES", Action.NOTED, message)


def _nowhere(table: pd.DataFrame) -> tuple[Issue, ...]:
    """Return the issue of the plots that neither an outline nor a parcel places."""
    is_nowhere = table["geometry"].isna() & table["parcel_ids"].isna()
    message = "Ni contour ni parcelle : ce terrain n'est placé nulle part."
    return issue_if(rows_where(table, is_nowhere), "TER-SANS-LIEU", Action.NOTED, message)


LAYER = Layer(
    layer_id="terrains",
    title_fr="Terrains à vocation économique",
    role=Role.LAND,
    key="terrain_id",
    columns={
        "terrain_id": text_column(nullable=False),
        "zae_id": text_column(),
        "parcel_ids": text_column(),
        "area_ha": number_column(minimum=0),
        "fitting_stage": text_column(),
        "selling_stage": text_column(),
        "occupancy": text_column(),
        "use": text_column(),
        "tenure": text_column(),
        "is_turnkey": text_column(),
        "is_useful": text_column(),
        "price_per_m2": number_column(minimum=0),
        "friche_url": text_column(),
        "producer": text_column(),
        "identified_on": text_column(),
        "updated_on": text_column(),
    },
    normalise=normalise,
    geometry_is_optional=True,
)
