"""Prevention plans by commune (GASPAR): which communes have one, and what became of it."""

from enum import StrEnum

import numpy as np
import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import codes_of, dates_iso, insee_codes, texts_of, zero_issue
from layers.risks import hazard_families

INSEE_PATTERN = r"\d[\dAB]\d{3}"


class PlanState(StrEnum):
    """Where a prevention plan stands."""

    APPROVED = "approuvé"
    ANTICIPATED = "appliqué par anticipation"
    PRESCRIBED = "prescrit"
    LAPSED = "caduc"


STATE_WORDS = {
    "opposable": PlanState.APPROVED,
    "approuv": PlanState.APPROVED,
    "anticip": PlanState.ANTICIPATED,
    "caduque": PlanState.LAPSED,
    "abrog": PlanState.LAPSED,
    "annul": PlanState.LAPSED,
    "deprescri": PlanState.LAPSED,
    "déprescri": PlanState.LAPSED,
    "prescrit": PlanState.PRESCRIBED,
    "precrit": PlanState.PRESCRIBED,
    "prorog": PlanState.PRESCRIBED,
}
"""How GASPAR (`LIBELLE SOUS-ETAT`, `LIBELLE ETAT`) and the CNIG standard (`etatprocedure`)
begin the word of a state; «PRECRIT» is the standard's own spelling until 2023."""

OPENING_STATE = f"^({'|'.join(STATE_WORDS)})"


def plan_states(labels: pd.Series) -> pd.Series:
    """Return the state each label says; missing where it says none."""
    word = labels.str.casefold().str.extract(OPENING_STATE, expand=False)
    return word.map(STATE_WORDS).astype(object)


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a plan, commune and family of risk.

    GASPAR repeats a plan for each of its risks and of its communes. A row whose code is no
    commune's is set aside; a plan whose state is not written keeps none.
    """
    del context
    commune, repaired = insee_codes(raw["commune"])
    table = raw.assign(
        commune=commune,
        procedure_id=texts_of(raw, "procedure_id"),
        hazard=hazard_families(_hazard_codes(raw), texts_of(raw, "hazard_label")),
        state=_states(raw),
        approved_on=dates_iso(texts_of(raw, "approved_on")),
    )
    is_known = commune.astype("string").str.fullmatch(INSEE_PATTERN).fillna(value=False)
    is_known = is_known.astype(bool) & table["procedure_id"].notna()
    issues = (
        *zero_issue(raw, repaired),
        *issue_if(
            rows_where(raw, ~is_known),
            "PPR-COMMUNE",
            Action.SET_ASIDE,
            "Ligne sans commune ni procédure lisible.",
        ),
        *issue_if(
            rows_where(raw, is_known & table["state"].isna()),
            "PPR-ETAT",
            Action.NOTED,
            "État du plan absent ou inconnu : laissé manquant.",
        ),
    )
    return Normalised(_one_row_a_plan(table[is_known]), issues)


def _one_row_a_plan(table: pd.DataFrame) -> pd.DataFrame:
    parts = table[["commune", "hazard"]].astype("string")
    keys = table["procedure_id"].str.cat(parts, sep="-")
    return table.assign(plan_key=keys).drop_duplicates("plan_key")


def _hazard_codes(raw: pd.DataFrame) -> pd.Series:
    """Return the GASPAR codes («11», «110»); one figure alone («1», natural) says no family."""
    found = codes_of(raw, "hazard_code")
    return found.where(found.str.len() > 1)


def _states(raw: pd.DataFrame) -> pd.Series:
    """Return the written state, the finer one first; else the state its dates say."""
    written = plan_states(texts_of(raw, "substate")).fillna(plan_states(texts_of(raw, "state")))
    ended, approved, prescribed = (
        dates_iso(texts_of(raw, name)).notna()
        for name in ("ended_on", "approved_on", "prescribed_on")
    )
    dated = np.select(
        [ended, approved, prescribed],
        [PlanState.LAPSED, PlanState.APPROVED, PlanState.PRESCRIBED],
        default="",
    )
    return written.fillna(pd.Series(dated, index=raw.index, dtype=object).replace("", None))


LAYER = Layer(
    layer_id="risk_plans",
    title_fr="Plans de prévention des risques par commune (GASPAR)",
    role=Role.CONSTRAINT,
    key="plan_key",
    columns={
        "plan_key": text_column(nullable=False),
        "procedure_id": text_column(nullable=False),
        "commune": text_column(nullable=False),
        "hazard": text_column(nullable=False),
        "state": text_column(),
        "approved_on": text_column(),
    },
    normalise=normalise,
    has_geometry=False,
)
