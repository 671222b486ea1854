"""Hazards of prevention plans: how strong the phenomenon is, before any rule of building."""

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import codes_of, texts_of
from layers.keys import shape_ids
from layers.risks import hazard_families

LEVELS_FR = {
    "00": "nul ou négligeable",
    "01": "faible",
    "02": "moyen ou modéré",
    "03": "moyen plus",
    "04": "fort",
    "05": "fort plus",
    "06": "très fort ou majeur",
    "07": "très fort plus ou aggravé",
    "99": "autre",
}
"""CNIG `typeniveaualea`, which keeps the codes of COVADIS `NIVALEA_ST`."""


PHENOMENA_FR = {
    "112": "crue à débordement lent de cours d'eau",
    "113": "crue torrentielle ou à montée rapide de cours d'eau",
    "114": "ruissellement et coulée de boue",
    "115": "lave torrentielle",
    "116": "remontée de nappe",
    "117": "submersion marine",
    "121": "effondrement d'anciennes carrières",
    "122": "effondrement de cavités naturelles",
    "123": "éboulement, chute de pierres et de blocs",
    "124": "glissement de terrain",
    "125": "avancée dunaire",
    "126": "recul du trait de côte et de falaises",
    "127": "tassements différentiels",
    "13": "séisme",
    "14": "avalanche",
    "16": "feu de forêt",
    "211": "effet thermique d'une installation",
    "212": "effet de surpression d'une installation",
    "213": "effet toxique d'une installation",
    "214": "effet de projection d'une installation",
    "311": "effondrements miniers généralisés",
    "312": "effondrements miniers localisés",
    "313": "affaissements miniers progressifs",
    "314": "tassements miniers",
    "315": "glissements ou mouvements de pente miniers",
    "33": "émissions en surface de gaz de mine",
    "34": "échauffement de terrains de dépôts miniers",
}
"""CNIG `typealea`, the phenomena met on land: its descriptions are often local codes («23»)."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a zone of hazard; a level outside the standard is missing.

    The label is the producer's name of the phenomenon, else that of the standard.
    """
    del context
    label = _labels(raw)
    level = codes_of(raw, "level_code").str.zfill(2).map(LEVELS_FR).astype(object)
    table = raw.assign(
        hazard_id=_hazard_ids(raw),
        procedure_id=texts_of(raw, "procedure_id"),
        hazard=hazard_families(codes_of(raw, "hazard_code"), label),
        level=level,
        label=label,
    )
    message = "Niveau d'aléa absent ou hors du standard : laissé manquant."
    issues = issue_if(rows_where(raw, level.isna()), "ALEA-NIVEAU", Action.NOTED, message)
    return Normalised(table, issues)


def _labels(raw: pd.DataFrame) -> pd.Series:
    of_standard = codes_of(raw, "hazard_code").map(PHENOMENA_FR).astype(object)
    return texts_of(raw, "label").fillna(of_standard).fillna(texts_of(raw, "description"))


def _hazard_ids(raw: pd.DataFrame) -> pd.Series:
    """Return ids unique across plans and phenomena: zones of two phenomena are numbered apart."""
    own = codes_of(raw, "hazard_id").str.zfill(6).fillna(shape_ids(raw["geometry"]))
    phenomenon = codes_of(raw, "hazard_code").fillna("sans-code")
    procedure = texts_of(raw, "procedure_id").fillna("sans-plan")
    return procedure.str.cat(phenomenon, sep="-").str.cat(own, sep="-")


LAYER = Layer(
    layer_id="hazards",
    title_fr="Aléas des plans de prévention des risques",
    role=Role.CONSTRAINT,
    key="hazard_id",
    columns={
        "hazard_id": text_column(nullable=False),
        "procedure_id": text_column(),
        "hazard": text_column(nullable=False),
        "level": text_column(),
        "label": text_column(),
    },
    normalise=normalise,
)
