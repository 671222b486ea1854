"""The years behind an account: what is published, what counts, what it adds up to."""

import numpy as np
import pandas as pd

from geo.shapes import M2_PER_HA
from jalon.zan.declared import declared
from jalon.zan.law import Law
from jalon.zan.ledger import LedgerInputs
from jalon.zan.series import communal_series


def trajectory(inputs: LedgerInputs, insee: frozenset[str], law: Law) -> pd.DataFrame:
    """Return one row a year of the communes that are counted, in hectares.

    Columns: year, published_ha, net_ha and cumulated_ha (both since the tranche began,
    missing before). The last cumulated_ha is N of the ledger of these communes (R-ENV-10): a
    ZAC charged to the reference decade is taken off the first hectares (R-PAR-8).
    """
    series = communal_series(inputs.flows, law)
    told = declared(inputs.declarations, series, law)
    communes = series.communes[series.communes["is_counted"] & series.communes.index.isin(insee)]
    published_ha = _published_ha(inputs.flows, communes, law)
    tranche = [year for year in published_ha.index if year in series.yearly_ha.columns]
    relieved = [table.loc[communes.index, tranche].sum() for table in told.yearly_ha.values()]
    net_ha = published_ha[tranche] - sum(relieved)
    summed_ha = net_ha.cumsum()
    moved_ha = told.moved_ha[communes.index].sum()
    years = pd.DataFrame({"published_ha": published_ha, "net_ha": net_ha})
    years["cumulated_ha"] = summed_ha - np.minimum(moved_ha, summed_ha.clip(lower=0))
    return years.rename_axis("year").reset_index()


def _published_ha(flows: pd.DataFrame, communes: pd.DataFrame, law: Law) -> pd.Series:
    """Return the hectares of each year that all these communes have, from the reference on."""
    years = flows["year"].between(law.year("reference_first_year"), communes["last_year"].min())
    kept = flows[years & flows["commune"].isin(communes.index)]
    once = kept.drop_duplicates(["commune", "year"], keep="last")
    return once.groupby("year")["flow_m2"].sum() / M2_PER_HA
