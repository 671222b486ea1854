"""Where a network is joined: motorway junctions, freight stations, sidings, substations."""

from enum import StrEnum

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import codes_of, texts_of
from layers.keys import named_shape_ids


class AccessKind(StrEnum):
    """The networks a firm may want to be near, by the point where it joins them."""

    JUNCTION = "échangeur autoroutier"
    SIDING = "embranchement ferroviaire"
    FREIGHT = "gare de fret"
    SUBSTATION = "poste électrique"


KINDS_OF_DATASETS = {
    "cerema_ite": AccessKind.SIDING,
    "bdtopo_postes_de_transformation": AccessKind.SUBSTATION,
}
"""Datasets that list one kind only."""

KIND_WORDS = {r"[ée]changeur": AccessKind.JUNCTION, r"gare.*\bfret": AccessKind.FREIGHT}
"""What says a kind in `nature` and `nature_detaillee` (BD TOPO, ROUTE 500)."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row an access, drawn as published: point or polygon; others are set aside."""
    kind = _kinds(raw, context.dataset_id)
    table = raw.assign(
        point_id=named_shape_ids(raw["geometry"], codes_of(raw, "point_id")),
        kind=kind,
        name=texts_of(raw, "name"),
        state=texts_of(raw, "state"),
    )
    message = "Ni échangeur, ni gare de fret, ni embranchement, ni poste électrique."
    issues = issue_if(rows_where(raw, kind.isna()), "ACCES-AUTRE", Action.SET_ASIDE, message)
    return Normalised(table[kind.notna()], issues)


def _kinds(raw: pd.DataFrame, dataset_id: str) -> pd.Series:
    if dataset_id in KINDS_OF_DATASETS:
        return pd.Series(KINDS_OF_DATASETS[dataset_id], index=raw.index, dtype=object)
    said = (
        texts_of(raw, "nature").str.cat(texts_of(raw, "detail"), sep=" ", na_rep="").str.casefold()
    )
    kinds = pd.Series(None, index=raw.index, dtype=object)
    for pattern, kind in KIND_WORDS.items():
        kinds = kinds.mask(said.str.contains(pattern, regex=True).astype(bool), kind)
    return kinds


LAYER = Layer(
    layer_id="access_points",
    title_fr="Accès aux réseaux (échangeurs, fret, postes électriques)",
    role=Role.NETWORK,
    key="point_id",
    columns={
        "point_id": text_column(nullable=False),
        "kind": text_column(nullable=False),
        "name": text_column(),
        "state": text_column(),
    },
    normalise=normalise,
)
