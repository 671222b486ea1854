"""Outlines of prevention plans: where a plan exists, whatever its zones ask."""

import pandas as pd

from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import dates_iso, texts_of
from layers.keys import shape_ids
from layers.risk_plans import PlanState, plan_states
from layers.risks import family_of_table

EXPOSURE_PERIMETER = "02"
"""COVADIS `TYPE` of an outline annexed to an approved plan; `DATEVALID` is its approval."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row an outline; its state and its hazard are missing when nothing says them."""
    procedure = texts_of(raw, "procedure_id")
    state = _states(raw)
    table = raw.assign(
        plan_id=shape_ids(raw["geometry"], procedure),
        procedure_id=procedure,
        hazard=family_of_table(context.table_name),
        state=state,
        approved_on=dates_iso(texts_of(raw, "approved_on")).where(state.eq(PlanState.APPROVED)),
    )
    return Normalised(table)


def _states(raw: pd.DataFrame) -> pd.Series:
    """Return the written state (CNIG); else the one the kind and dates of an outline say."""
    written = plan_states(texts_of(raw, "state"))
    is_approved = (texts_of(raw, "perimeter_code").eq(EXPOSURE_PERIMETER)).fillna(value=False)
    is_approved = is_approved.astype(bool) & dates_iso(texts_of(raw, "approved_on")).notna()
    is_over = dates_iso(texts_of(raw, "ended_on")).notna()
    said = pd.Series(None, index=raw.index, dtype=object)
    said = said.mask(is_approved, PlanState.APPROVED).mask(is_over, PlanState.LAPSED)
    return written.fillna(said)


LAYER = Layer(
    layer_id="risk_perimeters",
    title_fr="Périmètres des plans de prévention des risques",
    role=Role.CONSTRAINT,
    key="plan_id",
    columns={
        "plan_id": text_column(nullable=False),
        "procedure_id": text_column(),
        "label": text_column(),
        "hazard": text_column(),
        "approved_on": text_column(),
        "state": text_column(),
    },
    normalise=normalise,
)
