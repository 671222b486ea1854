"""Communes that pool their guarantee within their EPCI, and what they have together (R-GAR-6)."""

from typing import Final

import pandas as pd

from jalon.zan.envelope import pooled_balance_ha
from jalon.zan.levels import COMMUNE, EPCI
from layers.zan_declarations import Kind

POOL_FIELDS: Final = {
    "pool": "mutualisation",
    "communes": "communes",
    "commune_count": "nombre_de_communes",
    "allowed_lo_ha": "autorise_2021_2030_min_ha",
    "allowed_hi_ha": "autorise_2021_2030_max_ha",
    "net_ha": "consommation_nette_ha",
    "remaining_lo_ha": "reste_min_ha",
    "remaining_hi_ha": "reste_max_ha",
    "warnings_fr": "a_savoir",
    "rule_ids": "regles",
}
"""The columns of the table and their French names."""

SUMMED: Final = tuple(name for name in POOL_FIELDS if name.endswith("_ha"))


def pool_members(declarations: pd.DataFrame | None) -> pd.DataFrame:
    """Return each commune that declares to pool and the name of its pool: commune, pool.

    A commune pools once: of two pools, the one declared last is kept.
    """
    if declarations is None:
        return pd.DataFrame(columns=["commune", "pool"])
    is_pooling = declarations["kind"].eq(Kind.POOL) & declarations["pool"].notna()
    listed = declarations.loc[is_pooling, ["commune", "pool"]]
    return listed.drop_duplicates("commune", keep="last").sort_values("commune", ignore_index=True)


def pools_of(
    insee: frozenset[str],
    declarations: pd.DataFrame | None,
    accounts: pd.DataFrame,
    communes: pd.DataFrame,
) -> pd.DataFrame | None:
    """Return the pools some of the communes `insee` are in; None where they are in none."""
    members = pool_members(declarations)
    named = members.loc[members["commune"].isin(insee), "pool"]
    if named.empty:
        return None
    found = pools(declarations, accounts, communes)
    return found[found["pool"].isin(named)].reset_index(drop=True)


def pools(
    declarations: pd.DataFrame | None, accounts: pd.DataFrame, communes: pd.DataFrame
) -> pd.DataFrame:
    """Return one row a pool, sorted by name: A, N, B_pool = Σ(A − N), and what to know.

    `accounts` is a ledger with its communes. A sum is missing when that of a commune is.
    """
    members = pool_members(declarations).merge(
        communes[["insee", COMMUNE.label, EPCI.code]],
        left_on="commune",
        right_on="insee",
        how="left",
    )
    own = accounts[accounts["level"].eq(COMMUNE.name_fr)].set_index("code")
    of_members = own.reindex(members["commune"]).set_index(members.index)
    sums = {one: pooled_balance_ha(of_members[one], members["pool"]) for one in SUMMED}
    names = members[COMMUNE.label].fillna(members["commune"]).groupby(members["pool"])
    rows = pd.DataFrame({"communes": names.agg(tuple), "commune_count": names.size(), **sums})
    warnings_fr = _warnings_fr(members.assign(is_known=of_members["remaining_lo_ha"].notna()))
    told = pd.Series([warnings_fr.get(name, ()) for name in rows.index], rows.index, dtype=object)
    rule_ids = pd.Series([("R-GAR-6",)] * len(rows), rows.index, dtype=object)
    named = rows.assign(warnings_fr=told, rule_ids=rule_ids).reset_index(names="pool")
    return named[list(POOL_FIELDS)]


def _warnings_fr(members: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return, by pool, what keeps it from being one, in French."""
    found: dict[str, tuple[str, ...]] = {}
    for name, group in members.groupby("pool"):
        told = []
        if len(set(group[EPCI.code])) > 1:
            told.append(
                "Mutualisation entre communes d'EPCI différents, que la loi ne prévoit pas."
            )
        unknown = group.loc[~group["is_known"], "commune"]
        if len(unknown):
            told.append(f"Reste inconnu faute de compte : {', '.join(unknown)}.")
        found[str(name)] = tuple(told)
    return found
