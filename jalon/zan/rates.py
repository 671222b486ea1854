"""The reduction rate of each territory, its status and the document it comes from (R-ENV-2)."""

import pandas as pd

from jalon.french import day, percent
from jalon.model import ZanParameters
from jalon.zan.envelope import RateStatus, envelope_ha
from jalon.zan.law import Law
from jalon.zan.levels import LEVELS, REGION, Level
from jalon.zan.region import SRADDET_REGIONS

PARENTS = LEVELS[1:]
"""Where a territory without an objective looks for one, the nearest first."""

RATE_COLUMNS = ("reduction_share", "total_ha", "rate_status", "rate_source_fr")

SRADDET = "SRADDET"


def with_rates(
    rows: pd.DataFrame,
    objectives: pd.DataFrame | None,
    documents: pd.DataFrame | None,
    *,
    parameters: ZanParameters,
    law: Law,
) -> pd.DataFrame:
    """Return `rows` with r, its status and source, and the envelope E, of every territory.

    R-ENV-2: the objective of its own document in force (réglementaire), else its own objective
    not yet in a document, else that of the nearest territory above it (both indicatif), else
    the rate of the law (défaut). A rate the user supposes replaces them all.
    """
    if parameters.reduction_share is not None:
        return _with_envelope(_supposed(rows, parameters.reduction_share, parameters))
    own = _own(rows, objectives, law)
    rated = rows.assign(**own)
    for parent in PARENTS:
        rated = _inherited(rated, own, parent)
    return _with_envelope(_defaulted(rated, documents, law))


def _supposed(rows: pd.DataFrame, share: float, parameters: ZanParameters) -> pd.DataFrame:
    is_binding = parameters.is_reduction_binding
    told = "dite fixée par un document en vigueur" if is_binding else "sans document en vigueur"
    status = RateStatus.BINDING if is_binding else RateStatus.INDICATIVE
    return rows.assign(
        reduction_share=share,
        total_ha=float("nan"),
        rate_status=status.value,
        rate_source_fr=f"Supposition de l'utilisateur : réduction de {percent(share)}, {told}",
        is_sraddet_late=False,
        is_group_rate=False,
    )


def _own(rows: pd.DataFrame, objectives: pd.DataFrame | None, law: Law) -> pd.DataFrame:
    """Return the objective each territory has itself, aligned with `rows`; missing without one.

    A total in hectares stands for the rate it amounts to, when no rate is written beside it.
    """
    keys = pd.MultiIndex.from_frame(rows[["level", "code"]])
    chosen = _chosen(objectives, law).reindex(keys).set_axis(rows.index)
    chosen = chosen.astype({"reduction_share": float, "total_ha": float})
    implied = 1 - chosen["total_ha"] / rows["reference_ha"].where(rows["reference_ha"] > 0)
    return chosen.assign(reduction_share=chosen["reduction_share"].fillna(implied))


def _chosen(objectives: pd.DataFrame | None, law: Law) -> pd.DataFrame:
    """Return one objective a territory, by level and code: in force first, then the latest."""
    keys, columns = ["level", "code"], list(RATE_COLUMNS)
    if objectives is None:
        return pd.DataFrame(columns=[*keys, *columns]).set_index(keys)
    names = {level.key: level.name_fr for level in LEVELS}
    dated = objectives["dated_on"].astype("string")
    told = objectives[["reduction_share", "total_ha"]].notna().any(axis=1)
    known = objectives[told & ~dated.gt(law.on.isoformat()).fillna(value=False).astype(bool)]
    is_binding = known["is_in_document"].eq("oui")
    listed = known.assign(
        level=known["level"].map(names),
        code=known["territory"],
        is_binding=is_binding,
        rate_status=is_binding.map(
            {True: RateStatus.BINDING.value, False: RateStatus.INDICATIVE.value}
        ),
        rate_source_fr=_source_fr(known),
    )
    ordered = listed.sort_values(["is_binding", "dated_on", "objective_id"], na_position="first")
    return ordered.drop_duplicates(keys, keep="last").set_index(keys)[columns]


def _source_fr(objectives: pd.DataFrame) -> pd.Series:
    """Return «document, daté du 18/12/2025 (adresse)», without what is not known."""
    named = objectives["document_name"].astype("string").fillna("document sans nom")
    days = objectives["dated_on"].map(day, na_action="ignore").astype("string")
    dated = (", daté du " + days).fillna("")
    address = (" (" + objectives["document_url"].astype("string") + ")").fillna("")
    return (named + dated + address).astype(object)


def _inherited(rated: pd.DataFrame, own: pd.DataFrame, parent: Level) -> pd.DataFrame:
    """Return `rated` with the own objective of `parent` where no nearer one is known."""
    is_parent = rated["level"].eq(parent.name_fr) & own["reduction_share"].notna()
    named = rated[is_parent][["code", "name"]]
    above = own[is_parent].join(named).set_index("code")
    share = rated[parent.code].map(above["reduction_share"])
    is_below = rated["level"].isin([one.name_fr for one in LEVELS[: LEVELS.index(parent)]])
    takes = is_below & rated["rate_status"].isna() & share.notna()
    source = above["name"].astype(str) + " » : " + above["rate_source_fr"].astype(str)
    told = rated[parent.code].map("Objectif du territoire « " + source)
    return rated.assign(
        reduction_share=rated["reduction_share"].mask(takes, share),
        rate_status=rated["rate_status"].mask(takes, RateStatus.INDICATIVE.value),
        rate_source_fr=rated["rate_source_fr"].mask(takes, told),
    )


def _defaulted(rated: pd.DataFrame, documents: pd.DataFrame | None, law: Law) -> pd.DataFrame:
    """Return `rated` with the rate of the law where no objective is known.

    A region under a SRADDET takes that of these regions together (R-ENV-4), others the
    national one; R-ENV-3 is told where the SRADDET of the region is known to be late.
    """
    lacks = rated["rate_status"].isna()
    if not lacks.any():
        return rated.assign(is_sraddet_late=False, is_group_rate=False)
    rate = law.number("reduction_share")
    is_group = lacks & rated["level"].eq(REGION.name_fr) & rated["code"].isin(SRADDET_REGIONS)
    is_group &= law.holds("sraddet_group_share")
    is_late = lacks & ~rated["level"].eq(REGION.name_fr)
    is_late &= rated["region"].isin(_late_regions(documents, law))
    national = law.figures["reduction_share"].source_fr
    late_fr = f"{national} ; SRADDET non intégré à l'échéance, −50 % appliqué localement (R-ENV-3)"
    source = pd.Series(national, index=rated.index, dtype=object).mask(is_late, late_fr)
    share = pd.Series(rate, index=rated.index)
    if is_group.any():
        cited = law.figures["sraddet_group_share"].source_fr
        told = f"{cited} : ensemble des régions à SRADDET, hors PENE (R-ENV-4)"
        share = share.mask(is_group, law.number("sraddet_group_share"))
        source = source.mask(is_group, told)
    return rated.assign(
        reduction_share=rated["reduction_share"].mask(lacks, share),
        rate_status=rated["rate_status"].mask(lacks, RateStatus.DEFAULT.value),
        rate_source_fr=rated["rate_source_fr"].mask(lacks, source),
        is_sraddet_late=is_late,
        is_group_rate=is_group,
    )


def _late_regions(documents: pd.DataFrame | None, law: Law) -> frozenset[str]:
    """Return the regions whose SRADDET is known to have integrated the objectives too late.

    A day of integration that is not told says neither.
    """
    deadline = law.day("sraddet_deadline")
    if documents is None or law.on <= deadline:
        return frozenset()
    plans = documents[documents["kind"].eq(SRADDET) & documents["level"].eq(REGION.key)]
    integrated = plans["zan_integrated_on"].astype("string")
    is_late = integrated.gt(deadline.isoformat()).fillna(value=False).astype(bool)
    return frozenset(plans.loc[is_late, "territory"]) - frozenset(
        plans.loc[integrated.notna() & ~is_late, "territory"]
    )


def _with_envelope(rated: pd.DataFrame) -> pd.DataFrame:
    """Add E: the total a document fixes, else (1 − r)·C; missing where nothing is counted."""
    shared_ha = envelope_ha(rated["reference_ha"], rated["reduction_share"])
    is_counted = rated["reference_ha"].notna()
    return rated.assign(envelope_ha=rated["total_ha"].fillna(shared_ha).where(is_counted))
