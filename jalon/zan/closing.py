"""Guarantees inside the envelope of an EPCI or SCoT: ΣA, Γ and how its total closes (R-GAR-7)."""

import pandas as pd

from jalon.zan.envelope import closed_envelopes
from jalon.zan.levels import COMMUNE, EPCI, LEVELS, SCOT, Level


def with_closings(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `rows` with ΣA and Γ above communes, λ and shortfall of EPCI and SCoT, and e_t.

    All rest on the sure guarantees (`floor_lo_ha`) of the communes that are counted. A total a
    document fixes is shared only when every commune of the territory is counted.
    """
    communes = rows[rows["level"].eq(COMMUNE.name_fr) & rows["envelope_ha"].notna()]
    summed = rows.assign(communes_allowed_ha=float("nan"), floor_gap_ha=float("nan"))
    for level in LEVELS[1:]:
        summed = _with_sums(summed, communes, level)
    told = {level: _closings(summed, communes, level) for level in (EPCI, SCOT)}
    closed = summed.assign(closing_ratio=float("nan"), closing_shortfall_ha=0.0)
    for level, (closings, _) in told.items():
        of_level = closed["level"].eq(level.name_fr)
        for column in closings:
            mapped = closed["code"].map(closings[column])
            closed[column] = closed[column].mask(of_level & mapped.notna(), mapped)
    allocated_ha = told[EPCI][1].reindex(closed.index)
    return closed.assign(closed_ha=allocated_ha)


def _with_sums(rows: pd.DataFrame, communes: pd.DataFrame, level: Level) -> pd.DataFrame:
    gap_ha = (communes["floor_lo_ha"] - communes["envelope_ha"]).clip(lower=0)
    sums = {
        "communes_allowed_ha": communes["allowed_lo_ha"].groupby(communes[level.code]).sum(),
        "floor_gap_ha": gap_ha.groupby(communes[level.code]).sum(),
    }
    of_level = rows["level"].eq(level.name_fr)
    return rows.assign(
        **{c: rows[c].mask(of_level, rows["code"].map(summed)) for c, summed in sums.items()}
    )


def _closings(
    rows: pd.DataFrame, communes: pd.DataFrame, level: Level
) -> tuple[pd.DataFrame, pd.Series]:
    """Return λ and the shortfall of each territory of `level`, and e_t of their communes."""
    is_whole = rows["total_ha"].isna() | rows["counted_count"].eq(rows["commune_count"])
    shared = rows[rows["level"].eq(level.name_fr) & rows["envelope_ha"].notna() & is_whole]
    totals_ha = shared.set_index("code")["envelope_ha"]
    found, allocated = {}, [pd.Series(dtype=float)]
    for code, group in communes.groupby(level.code, sort=True):
        if code in totals_ha.index:
            total_ha = float(totals_ha[code])
            closing = closed_envelopes(group["envelope_ha"], group["floor_lo_ha"], total_ha)
            found[code] = (closing.ratio, closing.shortfall_ha)
            allocated.append(closing.allocated_ha)
    columns = ["closing_ratio", "closing_shortfall_ha"]
    closings = pd.DataFrame.from_dict(found, orient="index", columns=columns, dtype=float)
    return closings, pd.concat([one for one in allocated if len(one)] or allocated)
