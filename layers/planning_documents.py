"""Planning documents of each territory and the days of their procedure (PLU, CC, SCoT, SRADDET).

The communal guarantee rests on three of these days, the freezes of 2027 and 2028 on a fourth.
"""

from collections.abc import Mapping
from enum import StrEnum

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.choices import LEVELS, chosen, filled
from layers.cog import commune_issues
from layers.day_columns import days_of, out_of_order
from layers.keys import joined_ids
from layers.zan_objectives import communes_of, territory_codes


class State(StrEnum):
    """Where a document stands."""

    IN_FORCE = "en vigueur"
    ONGOING = "en évolution"
    LAPSED = "caduc"


RNU = "RNU"
KINDS = {
    **dict.fromkeys(("plu", "plan local d'urbanisme"), "PLU"),
    **dict.fromkeys(("plui", "plu i", "plui h", "pluih", "pluim", "pluihm", "plui hm"), "PLUi"),
    **dict.fromkeys(("cc", "carte communale"), "CC"),
    "scot": "SCoT",
    "sraddet": "SRADDET",
    **dict.fromkeys(("rnu", "reglement national d'urbanisme"), RNU),
}
STATES = {
    **dict.fromkeys(("en vigueur", "opposable", "approuve", "executoire"), State.IN_FORCE.value),
    **dict.fromkeys(
        ("en evolution", "en cours", "en revision", "en elaboration", "en modification"),
        State.ONGOING.value,
    ),
    **dict.fromkeys(("caduc", "caduque", "annule", "abroge"), State.LAPSED.value),
}

STEPS = ("prescribed_on", "adopted_on", "approved_on")
DAYS = (*STEPS, "zan_integrated_on")

IN_FORCE = {
    "in_force_id": "territory",
    "in_force_name": "name",
    "in_force_kind": "kind",
    "in_force_prescribed_on": "prescribed_on",
    "in_force_adopted_on": "adopted_on",
    "in_force_approved_on": "approved_on",
}
ONGOING = {
    "ongoing_id": "territory",
    "ongoing_name": "name",
    "ongoing_kind": "kind",
    "ongoing_prescribed_on": "prescribed_on",
    "ongoing_adopted_on": "adopted_on",
}
"""Docurba puts the document in force (`pa_…`) and the one under way (`pc_…`) on one row."""

NO_DOCUMENT_CODE = "9"
"""First figure of the state of a commune that has no document in force (Docurba)."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a document and territory, with the days of its procedure."""
    listed = _listed(raw, context.dataset_id)
    level, level_issues = chosen(listed, "level", LEVELS, "DOC-NIVEAU")
    kind, kind_issues = chosen(listed, "kind", KINDS, "DOC-TYPE")
    state, state_issues = chosen(listed, "state", STATES, "DOC-ETAT")
    days, day_issues = days_of(listed, (*DAYS, "updated_on"), "DOC-DATE")
    codes = territory_codes(listed, level)
    table = listed.assign(level=level, territory=codes, kind=kind, state=state, **days)
    keyed = table.assign(name=filled(table, "name").astype(object), document_id=_ids(table))
    issues = (
        *level_issues,
        *kind_issues,
        *state_issues,
        *day_issues,
        *_day_issues(keyed),
        *commune_issues(keyed, communes_of(keyed), context.communes),
    )
    return Normalised(keyed, issues)


def _listed(raw: pd.DataFrame, dataset_id: str) -> pd.DataFrame:
    """Return one row a document, under the names of Jalon's template."""
    match dataset_id:
        case "docurba_communes":
            return _documents_of_communes(raw)
        case "docurba_scots":
            return _documents_of_scots(raw)
        case _:
            return raw


def _documents_of_communes(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the document in force of every commune (RNU where there is none), then those begun."""
    in_force = _half(raw, IN_FORCE, State.IN_FORCE).assign(territory=raw["commune"])
    has_none = filled(raw, "state_code").str.startswith(NO_DOCUMENT_CODE).fillna(value=False)
    in_force["kind"] = filled(in_force, "kind").mask(has_none.astype(bool), RNU)
    ongoing = _half(raw, ONGOING, State.ONGOING).assign(territory=raw["commune"])
    begun = ongoing[["kind", "prescribed_on", "adopted_on"]].notna().any(axis=1)
    return pd.concat([in_force, ongoing[begun]], ignore_index=True).assign(level="commune")


def _documents_of_scots(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the SCoT in force and its revision under the code of the first, where there is one."""
    in_force, ongoing = _half(raw, IN_FORCE, State.IN_FORCE), _half(raw, ONGOING, State.ONGOING)
    is_begun = ongoing["territory"].notna()
    of_both = ongoing.assign(territory=in_force["territory"].fillna(ongoing["territory"]))
    both = [in_force[in_force["territory"].notna()], of_both[is_begun]]
    return pd.concat(both, ignore_index=True).assign(level="scot", kind="SCoT")


def _half(raw: pd.DataFrame, names: Mapping[str, str], state: State) -> pd.DataFrame:
    columns = {name: filled(raw, source) for source, name in names.items()}
    return pd.DataFrame({"row": raw["row"], **columns}).assign(state=state.value)


def _ids(table: pd.DataFrame) -> pd.Series:
    """Return an id for each document of a territory: its kind, its state and its first day."""
    first_day = table[[*STEPS]].bfill(axis=1).iloc[:, 0]
    parts = (table[name] for name in ("level", "kind", "state"))
    return joined_ids(table["territory"], *parts, first_day)


def _day_issues(table: pd.DataFrame) -> tuple[Issue, ...]:
    """Return the issues of days that contradict each other, or the day of the file."""
    is_future = pd.concat([out_of_order(table, day, "updated_on") for day in DAYS], axis=1).any(
        axis=1
    )
    return (
        *issue_if(
            rows_where(table, out_of_order(table, *STEPS)),
            "DOC-ORDRE",
            Action.NOTED,
            "Dates dans le désordre (prescription, arrêt, approbation) : gardées telles quelles.",
        ),
        *issue_if(
            rows_where(table, is_future),
            "DOC-FUTUR",
            Action.NOTED,
            "Date postérieure à la mise à jour de la ligne : prévue, pas encore acquise.",
        ),
    )


LAYER = Layer(
    layer_id="planning_documents",
    title_fr="Documents d'urbanisme et dates de procédure",
    role=Role.LEDGER,
    key="document_id",
    columns={
        "document_id": text_column(nullable=False),
        "level": text_column(),
        "territory": text_column(nullable=False),
        "kind": text_column(),
        "name": text_column(),
        "prescribed_on": text_column(),
        "adopted_on": text_column(),
        "approved_on": text_column(),
        "zan_integrated_on": text_column(),
        "state": text_column(),
    },
    normalise=normalise,
    has_geometry=False,
)
