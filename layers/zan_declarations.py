"""What only a collectivité knows of its consumption: PENE, exempt solar, renaturation, pools."""

from enum import StrEnum

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.choices import YES_NO, chosen, filled
from layers.codes import insee_codes, numbers, zero_issue
from layers.cog import commune_issues
from layers.keys import joined_ids


class Kind(StrEnum):
    """What a declaration is."""

    PENE_LISTED = "pene_annexe_1"
    PENE_INDICATIVE = "pene_annexe_2"
    SOLAR = "pv_exempte"
    RENATURATION = "renaturation"
    ZAC = "zac_anterieure"
    RESERVED = "part_reservee"
    POOL = "mutualisation"


KINDS = {
    **dict.fromkeys(("pene annexe 1", "pene annexe i", "pene 1"), Kind.PENE_LISTED.value),
    **dict.fromkeys(("pene annexe 2", "pene annexe ii", "pene 2"), Kind.PENE_INDICATIVE.value),
    **dict.fromkeys(("pv exempte", "photovoltaique exempte", "pv"), Kind.SOLAR.value),
    "renaturation": Kind.RENATURATION.value,
    **dict.fromkeys(("zac anterieure", "zac"), Kind.ZAC.value),
    "part reservee": Kind.RESERVED.value,
    "mutualisation": Kind.POOL.value,
}

FIRST_YEAR, LAST_YEAR = 1980, 2100
"""No declaration is of another century; a year outside is a slip of the pen."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a declaration; an unreadable area, year or kind is missing, and told."""
    commune, repaired = insee_codes(raw["commune"])
    kind, kind_issues = chosen(raw, "kind", KINDS, "DECL-TYPE")
    area_ha, area_issues = numbers(raw, "area_ha")
    year, year_issues = _years(raw)
    is_effective, effective_issues = chosen(raw, "is_effective", YES_NO, "DECL-EFFECTIF")
    table = raw.assign(
        commune=commune,
        kind=kind,
        area_ha=area_ha,
        year=year,
        is_effective=is_effective,
        pool=filled(raw, "pool").astype(object),
    )
    keyed = table.assign(declaration_id=_ids(table))
    issues = (
        *zero_issue(raw, repaired),
        *kind_issues,
        *area_issues,
        *year_issues,
        *effective_issues,
        *_holes(keyed),
        *commune_issues(raw, commune, context.communes),
    )
    return Normalised(keyed, issues)


def _years(raw: pd.DataFrame) -> tuple[pd.Series, tuple[Issue, ...]]:
    said = filled(raw, "year")
    years = pd.to_numeric(said, errors="coerce").astype(float)
    good = years.where(years.between(FIRST_YEAR, LAST_YEAR) & years.mod(1).eq(0))
    message = "Année illisible : laissée manquante (écrivez quatre chiffres)."
    rows = rows_where(raw, said.notna() & good.isna())
    return good, issue_if(rows, "DECL-ANNEE", Action.NOTED, message)


def _ids(table: pd.DataFrame) -> pd.Series:
    """Return an id made of the commune, the kind, the year, the pool and the name."""
    year = table["year"].astype("Int64")
    return joined_ids(table["commune"], table["kind"], year, table["pool"], filled(table, "name"))


def _holes(table: pd.DataFrame) -> tuple[Issue, ...]:
    """Return the issues of what a declaration must say to count."""
    is_pooling = table["kind"].eq(Kind.POOL)
    is_mute = table["kind"].eq(Kind.RENATURATION) & table["is_effective"].isna()
    return (
        *issue_if(
            rows_where(table, ~is_pooling & table["area_ha"].isna()),
            "DECL-SURFACE",
            Action.NOTED,
            "Déclaration sans surface lisible : elle ne change aucun compte.",
        ),
        *issue_if(
            rows_where(table, is_pooling & table["pool"].isna()),
            "DECL-GROUPE",
            Action.NOTED,
            "Mutualisation sans nom de groupe : la commune reste seule.",
        ),
        *issue_if(
            rows_where(table, is_mute),
            "DECL-EFFECTIVE",
            Action.NOTED,
            "Renaturation qui ne dit pas si elle est effective : elle n'est pas déduite.",
        ),
    )


LAYER = Layer(
    layer_id="zan_declarations",
    title_fr="Déclarations ZAN des collectivités",
    role=Role.LEDGER,
    key="declaration_id",
    columns={
        "declaration_id": text_column(nullable=False),
        "commune": text_column(nullable=False),
        "kind": text_column(),
        "name": text_column(),
        "area_ha": number_column(minimum=0),
        "year": number_column(minimum=FIRST_YEAR),
        "is_effective": text_column(),
        "pool": text_column(),
        "source_text": text_column(),
    },
    normalise=normalise,
    has_geometry=False,
)
