"""Which communes each SCoT holds."""

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.choices import YES_NO, chosen, filled, plain_words
from layers.codes import insee_codes, zero_issue
from layers.cog import commune_issues


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a commune and SCoT.

    Docurba lists the perimeter of every procedure: those of a SCoT in force are kept.
    """
    kept, aside = _in_force(raw) if context.dataset_id == "docurba_perimetres" else (raw, ())
    commune, repaired = insee_codes(kept["commune"])
    scot = filled(kept, "scot").astype(object)
    ids = commune.astype("string").str.cat(scot.astype("string"), sep="-").astype(object)
    table = kept.assign(membership_id=ids, commune=commune, scot=scot)
    issues = (
        *aside,
        *zero_issue(kept, repaired),
        *_twice(table),
        *commune_issues(kept, commune, context.communes),
    )
    return Normalised(table, issues)


def _in_force(raw: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return the rows of whole communes in the perimeter of a SCoT in force."""
    is_in_force, _ = chosen(raw, "in_force", YES_NO, "SCOT-OPPOSABLE")
    is_scot = plain_words(filled(raw, "procedure_kind")).eq("scot")
    is_commune = filled(raw, "place_kind").str.upper().eq("COM")
    is_kept = (is_scot & is_commune).fillna(value=False) & is_in_force.eq("oui")
    mask = is_kept.astype(bool)
    message = "Ligne d'un autre document, d'un SCoT non opposable ou d'une partie de commune."
    return raw[mask], issue_if(rows_where(raw, ~mask), "SCOT-HORS", Action.SET_ASIDE, message)


def _twice(table: pd.DataFrame) -> tuple[Issue, ...]:
    """Return the issue of the communes put in two SCoT, which no law allows."""
    counts = table.groupby("commune")["scot"].transform("nunique")
    message = "Commune rattachée à deux SCoT : les deux lignes sont gardées, à vérifier."
    return issue_if(rows_where(table, counts.gt(1)), "SCOT-DOUBLE", Action.NOTED, message)


LAYER = Layer(
    layer_id="scots",
    title_fr="Communes des SCoT",
    role=Role.ADMIN,
    key="membership_id",
    columns={
        "membership_id": text_column(nullable=False),
        "commune": text_column(nullable=False),
        "scot": text_column(nullable=False),
        "scot_name": text_column(),
    },
    normalise=normalise,
    has_geometry=False,
)
