"""Sites against the envelope of every territory they touch: what they ask, what would remain.

A verdict compares two computed figures; it never says what the law allows (rulebook 5).
"""

from enum import StrEnum

import numpy as np
import pandas as pd

from geo.errors import InputError
from jalon.french import interval_ha
from jalon.zan.envelope import TOLERANCE_HA, pooled_balance_ha
from jalon.zan.levels import COMMUNE, EPCI, REGION, SCOT
from jalon.zan.pene import PeneStatus
from jalon.zan.rules import names_where

POOL_FR = "mutualisation"
SELECTION_FR = "sélection"

TESTED = (COMMUNE.name_fr, POOL_FR, EPCI.name_fr, SCOT.name_fr, REGION.name_fr)
"""The levels that have an envelope, the nearest first; a département has none."""


class Verdict(StrEnum):
    """What the comparison of a cost and of what remains says (rulebook 3.2)."""

    NATIONAL = "national (PENE I)"
    NO_ENAF = "0 ENAF"
    WITHIN = "dans l'enveloppe"
    BEYOND = "au-delà de l'enveloppe calculée"
    UNCERTAIN = "incertain"


SEVERITY = {
    Verdict.NO_ENAF: 0,
    Verdict.NATIONAL: 0,
    Verdict.WITHIN: 1,
    Verdict.UNCERTAIN: 2,
    Verdict.BEYOND: 3,
}

SUMMED = ["asked_lo_ha", "asked_hi_ha", "national_ha", "restored_ha"]


def selection_tests(
    costs: pd.DataFrame,
    accounts: pd.DataFrame,
    communes: pd.DataFrame,
    pools: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row a site and territory it touches, then one a territory for the whole.

    `costs` has a row a site and commune: site_id (or project_id), commune, and either
    local_lo_ha, local_hi_ha, national_hi_ha, restored_ha (`costs_by_commune`) or enaf_lo_ha,
    enaf_hi_ha and, if told, pene. Its sites share no land, or it would count twice.
    `accounts` is the ledger; `communes` has insee, epci_siren, region and, if known, scot;
    `pools` has commune and pool. Columns: site_id (SELECTION_FR for the whole), level, code,
    name, asked_lo_ha, asked_hi_ha, national_ha, restored_ha, remaining_lo_ha,
    remaining_hi_ha, after_lo_ha, after_hi_ha, verdict, rule_ids, sentence_fr.
    """
    asked = _asked(costs)
    _refuse_doubles(asked)
    whole = asked.assign(site_id=SELECTION_FR)
    parts = [_tested(one, accounts, communes, pools) for one in (asked, whole)]
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(rule_ids=_rule_ids(rows), sentence_fr=_sentences(rows))


def site_verdicts(
    sites: pd.DataFrame,
    accounts: pd.DataFrame,
    communes: pd.DataFrame,
    pools: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return, with the index of `sites`, the verdict of the territory that binds each most.

    Columns: verdict, level, code, after_lo_ha, after_hi_ha, sentence_fr. A commune that pools
    its guarantee is tested with its pool (R-GAR-6). Each site is taken alone.
    """
    asked = _asked(sites).assign(site_id=np.arange(len(sites)))
    rows = _tested(asked, accounts, communes, pools)
    pooled = rows.loc[rows["level"].eq(POOL_FR), "site_id"]
    rows = rows[~(rows["level"].eq(COMMUNE.name_fr) & rows["site_id"].isin(pooled))]
    ranked = rows.assign(severity=rows["verdict"].map(SEVERITY)).sort_values(
        ["site_id", "severity", "after_lo_ha"], ascending=[True, False, True], kind="stable"
    )
    binding = ranked.drop_duplicates("site_id").set_axis(sites.index)
    binding = binding.assign(sentence_fr=_sentences(binding))
    return binding[["verdict", "level", "code", "after_lo_ha", "after_hi_ha", "sentence_fr"]]


def _asked(costs: pd.DataFrame) -> pd.DataFrame:
    """Return what each row asks of its commune, and what of it the nation carries."""
    blank = pd.Series(0.0, index=costs.index)
    is_charged = "local_lo_ha" in costs
    low_ha, high_ha = (
        costs[f"{'local' if is_charged else 'enaf'}_{end}_ha"].astype(float) for end in ("lo", "hi")
    )
    national_ha = costs.get("national_hi_ha", blank)
    if not is_charged:
        is_national = costs.get("pene", blank).eq(PeneStatus.ANNEX_1)
        national_ha = high_ha.where(is_national, 0.0)
        low_ha, high_ha = low_ha.mask(is_national, 0.0), high_ha.mask(is_national, 0.0)
    return pd.DataFrame(
        {
            "site_id": costs["site_id" if "site_id" in costs else "project_id"],
            "commune": costs["commune"],
            "asked_lo_ha": low_ha,
            "asked_hi_ha": high_ha,
            "national_ha": national_ha,
            "restored_ha": costs.get("restored_ha", blank),
        }
    ).reset_index(drop=True)


def _refuse_doubles(asked: pd.DataFrame) -> None:
    doubled = asked.loc[asked.duplicated(["site_id", "commune"]), "site_id"].astype(str)
    if len(doubled):
        raise InputError(
            f"Sites choisis deux fois : {', '.join(sorted(set(doubled)))}.",
            "Retirez les doublons : leur coût compterait deux fois.",
        )


def _tested(
    asked: pd.DataFrame,
    accounts: pd.DataFrame,
    communes: pd.DataFrame,
    pools: pd.DataFrame | None,
) -> pd.DataFrame:
    """Return what each site asks of each territory, what remains there, and the verdict."""
    told = _accounts(accounts, pools)
    places = _places(communes, pools)
    places = places[places["level"].isin([COMMUNE.name_fr, *told["level"]])]
    rows = asked.merge(places, on="commune", how="left")
    rows["level"] = rows["level"].fillna(COMMUNE.name_fr)
    rows["code"] = rows["commune"].where(rows["code"].isna(), rows["code"])
    keys = ["site_id", "level", "code"]
    sums = rows.groupby(keys, dropna=False)[SUMMED].sum(skipna=False).reset_index()
    rows = sums.merge(told, on=["level", "code"], how="left")
    rows["after_lo_ha"] = rows["remaining_lo_ha"] + rows["restored_ha"] - rows["asked_hi_ha"]
    rows["after_hi_ha"] = rows["remaining_hi_ha"] + rows["restored_ha"] - rows["asked_lo_ha"]
    rows["verdict"] = _verdicts(rows)
    rank = rows["level"].map({level: n for n, level in enumerate(TESTED)})
    return (
        rows.assign(rank=rank)
        .sort_values(["site_id", "rank", "code"], ignore_index=True)
        .drop(columns="rank")
    )


def _accounts(accounts: pd.DataFrame, pools: pd.DataFrame | None) -> pd.DataFrame:
    """Return what remains in each tested territory, the pools among them."""
    columns = ["level", "code", "name", "remaining_lo_ha", "remaining_hi_ha"]
    kept = accounts.loc[accounts["level"].isin(TESTED), columns]
    if pools is None or pools.empty:
        return kept
    balances = accounts[accounts["level"].eq(COMMUNE.name_fr)].set_index("code")
    pool = pools.drop_duplicates("commune").set_index("commune")["pool"]
    members = balances.reindex(pool.index)
    sums = {end: pooled_balance_ha(members[f"remaining_{end}_ha"], pool) for end in ("lo", "hi")}
    names = sums["lo"].index
    pooled = pd.DataFrame({"level": POOL_FR, "code": names, "name": names})
    pooled["remaining_lo_ha"] = sums["lo"].to_numpy()
    pooled["remaining_hi_ha"] = sums["hi"].reindex(names).to_numpy()
    return pd.concat([kept, pooled], ignore_index=True)


def _places(communes: pd.DataFrame, pools: pd.DataFrame | None) -> pd.DataFrame:
    """Return one row a commune and tested territory it belongs to: commune, level, code."""
    levels = [one for one in (COMMUNE, EPCI, SCOT, REGION) if one.code in communes]
    found = [
        pd.DataFrame(
            {
                "commune": communes["insee"].to_numpy(),
                "level": level.name_fr,
                "code": communes[level.code].to_numpy(),
            }
        )
        for level in levels
    ]
    if pools is not None:
        once = pools.drop_duplicates("commune")
        found.append(
            once[["commune", "pool"]].rename(columns={"pool": "code"}).assign(level=POOL_FR)
        )
    return pd.concat(found, ignore_index=True).dropna(subset="code")


def _verdicts(rows: pd.DataFrame) -> list[str]:
    """Return the verdict of each row; what is missing is never taken as fitting."""
    asks_nothing = rows["asked_hi_ha"] <= TOLERANCE_HA
    cases = {
        Verdict.NATIONAL: asks_nothing & (rows["national_ha"] > TOLERANCE_HA),
        Verdict.NO_ENAF: asks_nothing,
        Verdict.WITHIN: rows["after_lo_ha"] >= -TOLERANCE_HA,
        Verdict.BEYOND: rows["after_hi_ha"] < -TOLERANCE_HA,
    }
    names = [one.value for one in cases]
    chosen = np.select([mask.to_numpy() for mask in cases.values()], names, Verdict.UNCERTAIN.value)
    return [str(one) for one in chosen]


def _rule_ids(rows: pd.DataFrame) -> "pd.Series[str]":
    """Return the rules each row was judged by."""
    masks = {
        "R-ENV-11": pd.Series(data=True, index=rows.index),
        "R-GAR-5": rows["level"].eq(COMMUNE.name_fr),
        "R-GAR-6": rows["level"].eq(POOL_FR),
        "R-PENE-2": rows["national_ha"] > TOLERANCE_HA,
        "R-PAR-5": rows["asked_hi_ha"] - rows["asked_lo_ha"] > TOLERANCE_HA,
        "R-PAR-11": rows["restored_ha"] > TOLERANCE_HA,
    }
    return names_where(pd.DataFrame(masks))


def _sentences(rows: pd.DataFrame) -> "pd.Series[str]":
    """Return what is asked, what remains and what would remain, in French."""
    place = _place(rows)
    asked = _intervals(rows["asked_lo_ha"], rows["asked_hi_ha"])
    remaining = _intervals(rows["remaining_lo_ha"], rows["remaining_hi_ha"])
    after = _intervals(rows["after_lo_ha"], rows["after_hi_ha"])
    over = _intervals(-rows["after_hi_ha"], -rows["after_lo_ha"])
    said = place + " : " + asked + " demandés, " + remaining + " restants"
    texts = {
        Verdict.NATIONAL: place + " : consommation comptée au niveau national, rien localement.",
        Verdict.NO_ENAF: place + " : aucun hectare d'espace NAF imputé.",
        Verdict.WITHIN: said + " ; dans l'enveloppe, il resterait " + after + ".",
        Verdict.BEYOND: said + " ; au-delà de l'enveloppe calculée de " + over + ".",
        Verdict.UNCERTAIN: _doubts(rows, place, said + " ; incertain, il resterait " + after + "."),
    }
    masks = [rows["verdict"].eq(verdict).to_numpy() for verdict in texts]
    told = np.select(masks, [text.to_numpy(dtype=object) for text in texts.values()], default="")
    return pd.Series(told, index=rows.index, dtype=object)


def _place(rows: pd.DataFrame) -> "pd.Series[str]":
    named = rows["name"].fillna(rows["code"]).fillna("non dite")
    level = rows["level"].str[:1].str.upper() + rows["level"].str[1:]
    told = [
        name if name.startswith(one) else f"{one} {name}"
        for name, one in zip(named, level, strict=True)
    ]
    return pd.Series(told, index=rows.index, dtype=object)


def _doubts(
    rows: pd.DataFrame, place: "pd.Series[str]", open_fr: "pd.Series[str]"
) -> "pd.Series[str]":
    """Return what is missing for a verdict; `open_fr` where only the interval leaves it open."""
    no_account = place + " : incertain, le compte de ce territoire manque."
    no_cost = place + " : incertain, le coût en espaces NAF n'est pas connu."
    told = open_fr.where(
        rows[["remaining_lo_ha", "remaining_hi_ha"]].notna().all(axis=1), no_account
    )
    return told.where(rows[["asked_lo_ha", "asked_hi_ha"]].notna().all(axis=1), no_cost)


def _intervals(low_ha: pd.Series, high_ha: pd.Series) -> "pd.Series[str]":
    told = [interval_ha(low, high) for low, high in zip(low_ha, high_ha, strict=True)]
    return pd.Series(told, index=low_ha.index, dtype=object)
