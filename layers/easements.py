"""Public utility easements (SUP): the land each binds, and what it protects (CNIG SUP)."""

import re
from enum import StrEnum

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import dates_iso, texts_of
from layers.editions import latest_only, online_dates
from layers.keys import shape_ids


class EasementRole(StrEnum):
    """What a shape is to its easement: the land it binds, or the thing that gives rise to it."""

    BOUND_LAND = "assiette"
    ORIGIN = "générateur"


ROLES = {"sup_assiette": EasementRole.BOUND_LAND, "sup_generateur": EasementRole.ORIGIN}

CATEGORY = re.compile(r"(?:^|_)([A-Z]{1,3}\d{1,2}(?:BIS|TER)?)_(?:ASSIETTE|GENERATEUR|SUP)")
"""The tables of the standard are called «AC1_ASSIETTE_SUP_S», «PM1_GENERATEUR_SUP_L»…"""

CATEGORY_IN_ID = r"^([A-Za-z]{1,3}\d{1,2}(?:bis|ter)?)-"
"""Their ids begin with it too: «AC1-172014607-00099110»."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a shape, with the category its column, table or id gives."""
    kept, older = latest_only(raw)
    role = ROLES[context.dataset_id]
    category = _category(kept, context.table_name)
    named = category.fillna("").str.cat(kept["published_id"].astype("string"), " ", na_rep="")
    table = kept.assign(
        easement_id=shape_ids(kept["geometry"], role + " " + named),
        role=pd.Series(role, index=kept.index, dtype=object),
        category=category.astype(object),
        act_on=dates_iso(texts_of(kept, "act_on")),
        updated_on=dates_iso(texts_of(kept, "updated_on")),
        published_on=online_dates(kept),
    )
    message = "Catégorie de servitude absente du fichier et du nom de sa table."
    unknown = issue_if(rows_where(kept, category.isna()), "SUP-CATEGORIE", Action.NOTED, message)
    return Normalised(table, (*older, *unknown))


def _category(raw: pd.DataFrame, table_name: str) -> pd.Series:
    """Return the category of each row in capitals (AC1, PM3, T1)."""
    said = _said(raw, "category").str.upper()
    in_name = CATEGORY.search(table_name.upper())
    if in_name:
        return said.fillna(in_name[1])
    return said.fillna(
        _said(raw, "published_id").str.extract(CATEGORY_IN_ID, expand=False)
    ).str.upper()


def _said(raw: pd.DataFrame, name: str) -> pd.Series:
    """Return the column `name` as text; an empty cell says nothing."""
    text = texts_of(raw, name)
    return text.mask(text.eq(""))


LAYER = Layer(
    layer_id="easements",
    title_fr="Servitudes d'utilité publique",
    role=Role.CONSTRAINT,
    key="easement_id",
    columns={
        "easement_id": text_column(nullable=False),
        "published_id": text_column(),
        "category": text_column(),
        "role": text_column(nullable=False),
        "label": text_column(),
        "nature": text_column(),
        "generator_id": text_column(),
        "act_id": text_column(),
        "act_on": text_column(),
        "updated_on": text_column(),
        "partition": text_column(),
        "publication_id": text_column(),
        "published_on": text_column(),
    },
    normalise=normalise,
)
