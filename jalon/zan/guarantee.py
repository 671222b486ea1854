"""Which communes the communal guarantee covers, and what a commune nouvelle adds (2.2)."""

from datetime import date

import pandas as pd

from jalon.french import day
from jalon.zan.envelope import has_floor
from jalon.zan.law import Law
from jalon.zan.levels import COMMUNE, EPCI
from layers.planning_documents import RNU, STEPS, State

ENTITLING_KINDS = frozenset({"PLU", "PLUi", "CC"})
"""Local plans: a SCoT or a SRADDET gives no guarantee (R-GAR-1)."""


def eligibility(communes: pd.DataFrame, documents: pd.DataFrame | None, law: Law) -> pd.DataFrame:
    """Return, by INSEE code, whether the guarantee is sure (`is_sure`) or `is_possible`.

    R-GAR-1: a local plan of the commune or of its EPCI was prescribed, adopted or approved
    strictly before the cut-off day. A prescription of that day or later rules it out; an
    approval does not, for the prescription came before. A commune known to be under the RNU
    has no guarantee; where nothing is known, it is possible and not sure.
    """
    unknown = pd.DataFrame({"is_sure": False, "is_possible": True}, index=communes.index)
    if documents is None or not has_floor(law):
        return unknown
    documents = known_on(documents, law)
    local = documents[documents["kind"].isin([*ENTITLING_KINDS, RNU])]
    local = local[local["state"].ne(State.LAPSED.value)]
    judged = pd.concat([local, _judged(local, law.day("floor_document_before"))], axis=1)
    told = pd.concat(
        [
            _told(communes, judged, code, key)
            for code, key in (("insee", "commune"), ("epci_siren", "epci"))
        ]
    )
    found = told.groupby(level=0)[["is_sure", "is_possible"]].any()
    return found.reindex(communes.index).fillna(unknown).astype(bool)


def known_on(documents: pd.DataFrame, law: Law) -> pd.DataFrame:
    """Return documents without the steps later than the day of the law: not yet known then."""
    days = {step: documents[step].astype("string") for step in STEPS}
    today = law.on.isoformat()
    return documents.assign(
        **{step: told.where(told.le(today).fillna(value=False)) for step, told in days.items()}
    )


def _judged(documents: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    days = documents[list(STEPS)].astype("string")
    is_early = days.apply(lambda told: told.lt(cutoff.isoformat()).fillna(value=False))
    is_plan = documents["kind"].ne(RNU)
    is_sure = is_early.astype(bool).any(axis=1) & is_plan
    is_late = days["prescribed_on"].notna() & ~is_sure
    return pd.DataFrame({"is_sure": is_sure, "is_possible": is_plan & ~is_late})


def _told(communes: pd.DataFrame, judged: pd.DataFrame, code: str, key: str) -> pd.DataFrame:
    """Return what the documents of one level tell of the communes they cover."""
    of_level = judged[judged["level"].eq(key)][["territory", "is_sure", "is_possible"]]
    listed = communes[["insee", "epci_siren"]].reset_index(drop=True)
    covered = listed.merge(of_level, left_on=code, right_on="territory")
    return covered.set_index("insee")


def late_notes(communes: pd.DataFrame, documents: pd.DataFrame | None, law: Law) -> pd.DataFrame:
    """Return what is said of plans prescribed too late, where no other may entitle (R-GAR-1).

    Columns `code` (of the commune) and `sentence_fr`.
    """
    if documents is None or not has_floor(law):
        return pd.DataFrame(columns=["code", "sentence_fr"], dtype=object)
    documents = known_on(documents, law)
    cutoff = law.day("floor_document_before").isoformat()
    is_plan = documents["kind"].isin(ENTITLING_KINDS) & documents["state"].ne(State.LAPSED.value)
    days = documents["prescribed_on"].astype("string")
    late = documents[is_plan & days.ge(cutoff).fillna(value=False).astype(bool)]
    said = late["kind"].astype(str) + " prescrit le " + late["prescribed_on"].astype(str).map(day)
    told = late.assign(
        sentence_fr=said + f", et non avant le {day(cutoff)} : aucune garantie communale (R-GAR-1)."
    )
    refused = communes[~eligibility(communes, documents, law)["is_possible"]]
    refused = refused.assign(code=refused["insee"])
    rows = [
        refused[["code", level.code]].merge(
            told[told["level"].eq(level.key)], left_on=level.code, right_on="territory"
        )[["code", "sentence_fr"]]
        for level in (COMMUNE, EPCI)
    ]
    return pd.concat(rows, ignore_index=True)


def supplements(communes: pd.DataFrame, merged: pd.DataFrame | None, law: Law) -> pd.DataFrame:
    """Return, by INSEE code, what a commune nouvelle adds to the guarantee (R-GAR-3).

    Columns `lo_ha`, `hi_ha` (an interval where its date or number of communes déléguées is not
    known) and `associated_count`: communes associées, which add nothing (R-GAR-4, unsettled).
    """
    nothing = pd.DataFrame(
        {"lo_ha": 0.0, "hi_ha": 0.0, "associated_count": 0}, index=communes.index
    )
    if merged is None or not has_floor(law):
        return nothing
    one_each = merged.drop_duplicates("insee", keep="last").set_index("insee")
    listed = one_each[one_each.index.isin(communes.index)]
    created = listed["created_on"].astype("string")
    is_new = created.gt(law.day("new_commune_after").isoformat())
    cap_ha = law.number("floor_supplement_cap_ha")
    delegated_count = listed["delegated_count"].astype(float)
    full_ha = (law.number("floor_delegated_ha") * delegated_count).clip(upper=cap_ha)
    told = pd.DataFrame(
        {
            "lo_ha": full_ha.fillna(0.0).where(is_new.fillna(value=False).astype(bool), 0.0),
            "hi_ha": full_ha.fillna(cap_ha).where(is_new.fillna(value=True).astype(bool), 0.0),
            "associated_count": listed["associated_count"].fillna(0).astype(int),
        }
    )
    return told.reindex(communes.index).fillna(nothing)
