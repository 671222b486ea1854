"""What each territory must reduce its consumption by, and the document that says so (ZAN)."""

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.choices import LEVELS, YES_NO, chosen, filled
from layers.codes import INSEE_LENGTH, numbers
from layers.cog import commune_issues
from layers.day_columns import days_of
from layers.keys import joined_ids

LAND = r"(?i)^(?:CUSTOM_)?(REGION|DEPART|SCOT|EPCI|COMM)_(.+)$"
"""How the ministry names a territory: «REGION_32», «EPCI_246000764», «CUSTOM_SCOT_NOM»."""

SPACES = "[\\s\u00a0\u202f]"
MINUS_SIGNS = "[\u2212\u2013]"
PERCENT = 100.0


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row an objective; what is no rate from 0 to 100 % is missing, and told."""
    named = with_territories(raw)
    level, level_issues = chosen(named, "level", LEVELS, "OBJ-NIVEAU")
    share, is_unread = reduction_shares(filled(named, "reduction_share"))
    total_ha, total_issues = numbers(named, "total_ha")
    is_written, written_issues = chosen(named, "is_in_document", YES_NO, "OBJ-DOCUMENT")
    days, day_issues = days_of(named, ["dated_on"], "OBJ-DATE")
    table = named.assign(
        level=level,
        territory=territory_codes(named, level),
        reduction_share=share,
        total_ha=total_ha,
        is_in_document=is_written,
        dated_on=days["dated_on"],
    )
    names = filled(named, "document_name")
    ids = joined_ids(table["territory"], level, names, table["dated_on"])
    keyed = table.assign(objective_id=ids)
    issues = (
        *level_issues,
        *_rate_issues(keyed, is_unread),
        *total_issues,
        *written_issues,
        *day_issues,
        *commune_issues(keyed, communes_of(keyed), context.communes),
    )
    return Normalised(keyed, issues)


def with_territories(raw: pd.DataFrame) -> pd.DataFrame:
    """Return `raw` with the ministry's `land` and `parent` split into level and code."""
    land = filled(raw, "territory").str.extract(LAND)
    parent = filled(raw, "parent_code").str.extract(LAND)
    return raw.assign(
        level=filled(raw, "level").fillna(land[0]),
        territory=land[1].fillna(filled(raw, "territory")),
        parent_code=parent[1].fillna(filled(raw, "parent_code")).astype(object),
    )


def territory_codes(table: pd.DataFrame, level: pd.Series) -> pd.Series:
    """Return the codes of `territory`, that of a commune with the zero a spreadsheet took."""
    code = filled(table, "territory")
    is_short = level.eq("commune") & code.str.fullmatch(r"\d{4}").fillna(value=False)
    return code.mask(is_short.astype(bool), code.str.zfill(INSEE_LENGTH)).astype(object)


def communes_of(table: pd.DataFrame) -> pd.Series:
    """Return the `territory` that is a commune; missing where it is another level."""
    return table["territory"].where(table["level"].eq("commune"))


def reduction_shares(published: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return rates from 0 to 1 and the mask of what is written but is no such rate.

    «50», «0,5», «50 %» and «−50 %» all read 0.5. «1» alone may be 1 % or 100 %, and «+20 %» is
    no reduction: neither is guessed.
    """
    text = published.astype("string").str.replace(SPACES, "", regex=True).str.replace(",", ".")
    text = text.str.replace(MINUS_SIGNS, "-", regex=True)
    has_sign = text.str.endswith("%").fillna(value=False).astype(bool)
    size = pd.to_numeric(text.str.removesuffix("%"), errors="coerce").astype(float).abs()
    share = size.where(~(has_sign | size.gt(1)), size / PERCENT)
    is_rise = text.str.startswith("+").fillna(value=False).astype(bool)
    is_rate = share.between(0, 1) & ~(size.eq(1) & ~has_sign) & ~is_rise
    return share.where(is_rate), published.notna() & ~is_rate


def _rate_issues(table: pd.DataFrame, is_unread: pd.Series) -> tuple[Issue, ...]:
    """Return the issues of rates nobody can read, of rows that say none, and of two for one."""
    says_nothing = table["reduction_share"].isna() & table["total_ha"].isna() & ~is_unread
    said = ["reduction_share", "total_ha"]
    differs = table.groupby("objective_id")[said].transform("nunique", dropna=False).gt(1)
    return (
        *issue_if(
            rows_where(table, is_unread),
            "OBJ-TAUX",
            Action.NOTED,
            "Objectif illisible, hors de 0 à 100 %, ou ambigu (« 1 ») : laissé manquant.",
        ),
        *issue_if(
            rows_where(table, says_nothing),
            "OBJ-VIDE",
            Action.NOTED,
            "Ni taux de réduction ni enveloppe en hectares sur cette ligne.",
        ),
        *issue_if(
            rows_where(table, differs.any(axis=1)),
            "OBJ-CONTRADICTION",
            Action.NOTED,
            "Deux objectifs différents du même document pour un territoire : le premier est gardé.",
        ),
    )


LAYER = Layer(
    layer_id="zan_objectives",
    title_fr="Objectifs territoriaux de réduction (ZAN)",
    role=Role.LEDGER,
    key="objective_id",
    columns={
        "objective_id": text_column(nullable=False),
        "level": text_column(),
        "territory": text_column(nullable=False),
        "parent_code": text_column(),
        "reduction_share": number_column(minimum=0),
        "total_ha": number_column(minimum=0),
        "document_name": text_column(),
        "is_in_document": text_column(),
        "document_url": text_column(),
        "dated_on": text_column(),
    },
    normalise=normalise,
    has_geometry=False,
)
