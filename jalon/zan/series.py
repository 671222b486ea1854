"""The yearly consumption of communes: what is published, which years lack, which file tells."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.shapes import M2_PER_HA
from jalon.zan.law import Law


@dataclass(frozen=True, slots=True)
class CommunalSeries:
    """What the flows say of each commune, all by INSEE code.

    `communes`: `reference_ha` (C, before any ZAC is moved), `last_year` of its series,
    `missing_years` (count), `missing_fr` (the years), `series_fr` (the windows of the files
    its years come from), `is_counted`. `yearly_ha`: a column a year of the tranche; 0 where
    no series goes that far, and meaningless for a commune that is not counted.
    """

    communes: pd.DataFrame
    yearly_ha: pd.DataFrame


def communal_series(flows: pd.DataFrame, law: Law) -> CommunalSeries:
    """Return the series of every commune of `flows` (a row a commune and year, in m²).

    A year is expected up to the last one of the file it comes from (`source_id`; the whole
    table is one file without it): a commune lacking one in the reference decade or since is
    not counted, nor is one whose series ends before the tranche begins.
    """
    windows = _windows(flows, law)
    wide_ha = _wide_ha(flows)
    reference_ha = wide_ha.reindex(columns=_decade(law, "reference"))
    tranche_ha = wide_ha.reindex(columns=_decade(law, "tranche"))
    is_expected = tranche_ha.columns.to_numpy() <= windows[["last_year"]].to_numpy()
    missing = pd.concat([reference_ha.isna(), tranche_ha.isna() & is_expected], axis=1)
    missing_count = missing.sum(axis=1)
    begins = windows["last_year"] >= law.year("tranche_first_year")
    communes = windows.assign(
        reference_ha=reference_ha.sum(axis=1, skipna=False),
        missing_years=missing_count,
        missing_fr=_years_fr(missing),
        is_counted=missing_count.eq(0) & begins,
    )
    return CommunalSeries(communes, tranche_ha.fillna(0.0))


def sums_until(yearly_ha: pd.DataFrame, last_year: pd.Series) -> pd.Series:
    """Return, for each commune of `last_year`, the sum of its years up to that one, in ha."""
    years = yearly_ha.columns.to_numpy()
    rows = yearly_ha.reindex(last_year.index, fill_value=0.0).to_numpy()
    is_within = years <= last_year.to_numpy(dtype=float)[:, None]
    return pd.Series((rows * is_within).sum(axis=1), index=last_year.index)


def _decade(law: Law, name: str) -> range:
    return range(law.year(f"{name}_first_year"), law.year(f"{name}_last_year") + 1)


def _wide_ha(flows: pd.DataFrame) -> pd.DataFrame:
    flows_ha = flows.assign(flow_ha=flows["flow_m2"] / M2_PER_HA)
    return flows_ha.pivot_table(
        index="commune", columns="year", values="flow_ha", aggfunc="last", dropna=False
    )


def _windows(flows: pd.DataFrame, law: Law) -> pd.DataFrame:
    """Return the last year of each commune's series, within the tranche, and its files."""
    source = flows["source_id"] if "source_id" in flows else pd.Series("", index=flows.index)
    years = flows["year"].groupby(source)
    first, last = years.transform("min").astype(str), years.transform("max")
    used = flows["year"].ge(law.year("reference_first_year"))
    told = pd.DataFrame(
        {
            "commune": flows["commune"],
            "last_year": last,
            "series_fr": first + "-" + last.astype(str),
        }
    )[used]
    by_commune = told.drop_duplicates().sort_values(["commune", "series_fr"]).groupby("commune")
    windows = by_commune.agg(last_year=("last_year", "max"), series_fr=("series_fr", " et ".join))
    windows = windows.reindex(np.sort(flows["commune"].unique()))
    never = law.year("tranche_first_year") - 1
    last_years = windows["last_year"].fillna(never).clip(upper=law.year("tranche_last_year"))
    return windows.assign(
        last_year=last_years.astype(int), series_fr=windows["series_fr"].fillna("")
    )


def _years_fr(missing: pd.DataFrame) -> pd.Series:
    """Return the years that lack, written «2015, 2023»; empty when none does."""
    names = missing.columns.astype(str).to_numpy()
    some = missing[missing.any(axis=1)]
    told = [", ".join(names[row]) for row in some.to_numpy()]
    return pd.Series(told, index=some.index, dtype="str").reindex(missing.index, fill_value="")
