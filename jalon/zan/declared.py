"""What collectivités declare of their consumption: PENE, solar, renaturation, ZAC begun before."""

from dataclasses import dataclass

import pandas as pd

from jalon.french import hectares
from jalon.zan.envelope import TOLERANCE_HA
from jalon.zan.law import Law, is_in_force
from jalon.zan.rules import rule
from jalon.zan.series import CommunalSeries
from layers.zan_declarations import Kind

YEARLY = {
    Kind.PENE_LISTED: "pene_ha",
    Kind.SOLAR: "pv_exempt_ha",
    Kind.RENATURATION: "restored_ha",
}
"""What counts in the year it says, and the column of the ledger where it goes."""

RULES = {
    Kind.PENE_LISTED: "R-PENE-2",
    Kind.SOLAR: "R-PAR-9",
    Kind.RENATURATION: "R-PAR-11",
    Kind.ZAC: "R-PAR-8",
}
"""The rule that lets a declaration change the accounts, once it is in force."""

RELIEVING = ("pene_ha", "pv_exempt_ha")
"""What is taken off the published consumption, as a ZAC charged to the reference decade is."""

RATIO_TOLERANCE = 1e-9

NAMES_FR = {
    Kind.PENE_LISTED: "PENE de l'annexe I",
    Kind.PENE_INDICATIVE: "PENE de l'annexe II",
    Kind.SOLAR: "installation photovoltaïque exemptée",
    Kind.RENATURATION: "renaturation",
    Kind.ZAC: "ZAC antérieure à 2021",
    Kind.RESERVED: "part réservée",
    Kind.POOL: "mutualisation",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """What the declarations change: hectares a commune and year, by column of the ledger.

    `moved_ha`: what of a ZAC is charged wholly to the reference decade, by commune (R-PAR-8).
    `notes`: a row a sentence, with the code of its commune. `indicative`: the communes with a
    PENE of annexe II.
    """

    yearly_ha: dict[str, pd.DataFrame]
    moved_ha: pd.Series
    notes: pd.DataFrame
    indicative: frozenset[str]


def declared(declarations: pd.DataFrame | None, series: CommunalSeries, law: Law) -> Declared:
    """Return what `declarations` change in the accounts of the communes of `series`.

    Only a year the series counts can be relieved, by a rule in force, and only an effective
    renaturation is one (R-PAR-11). What is left aside, or passes what is published, is told by
    its row.
    """
    rows = _rows(declarations, series, law)
    counted = rows[rows["why_not_fr"].eq("")]
    yearly = {
        column: _by_year(counted[counted["kind"].eq(kind)], series)
        for kind, column in YEARLY.items()
    }
    moved = counted[counted["kind"].eq(Kind.ZAC)].groupby("commune")["area_ha"].sum()
    moved_ha = moved.reindex(series.communes.index, fill_value=0.0).astype(float)
    kept = _kept_share({name: yearly[name] for name in RELIEVING}, moved_ha, series)
    yearly |= {name: yearly[name].mul(kept, axis=0) for name in RELIEVING}
    notes = pd.concat([_aside(rows), _beyond(counted, series), _capped(kept)], ignore_index=True)
    indicative = frozenset(rows.loc[rows["kind"].eq(Kind.PENE_INDICATIVE), "commune"])
    return Declared(yearly, moved_ha * kept, notes, indicative)


def _rows(declarations: pd.DataFrame | None, series: CommunalSeries, law: Law) -> pd.DataFrame:
    """Return the declarations of the communes of the series, with why each is left aside."""
    columns = ["declaration_id", "commune", "kind", "name", "area_ha", "year", "is_effective"]
    if declarations is None:
        return pd.DataFrame(columns=[*columns, "why_not_fr"])
    listed = declarations.loc[declarations["commune"].isin(series.communes.index), columns]
    rows = listed.sort_values("declaration_id").merge(
        series.communes[["last_year"]], left_on="commune", right_index=True
    )
    rows = rows.reset_index(drop=True)  # without a row, the index would be named as the column
    return rows.assign(why_not_fr=_why_not_fr(rows, series, law))


def _why_not_fr(rows: pd.DataFrame, series: CommunalSeries, law: Law) -> pd.Series:
    """Return why each declaration changes nothing, in French; empty when it counts."""
    first_year = int(series.yearly_ha.columns[0])
    kind, year, effective = rows["kind"], rows["year"].astype(float), rows["is_effective"]
    is_zac, is_renaturation = kind.eq(Kind.ZAC), kind.eq(Kind.RENATURATION)
    year_fr = year.astype("Int64").astype("string").fillna("")
    window_fr = f"{first_year}-" + rows["last_year"].astype("string")
    future = {kind for kind, rule_id in RULES.items() if not is_in_force(rule(rule_id), law.on)}
    cases: list[tuple[pd.Series, str | pd.Series]] = [
        (kind.isin(future), f"règle non en vigueur le {law.on:%d/%m/%Y}, rien n'est déduit"),
        (kind.eq(Kind.RESERVED), "part réservée, notée sans être retranchée (R-ENV-7)"),
        (kind.eq(Kind.PENE_INDICATIVE), "liste indicative, comptée en entier (R-PENE-3)"),
        (~kind.isin([*YEARLY, Kind.ZAC]), ""),
        (rows["area_ha"].isna(), "surface absente, rien n'est déduit"),
        (is_renaturation & effective.ne("oui"), "non dite effective, rien n'est déduit (R-PAR-11)"),
        (year.isna(), "année absente, rien n'est déduit"),
        (
            is_zac & year.ge(first_year),
            "travaux démarrés en " + year_fr + ", l'option n'est pas ouverte (R-PAR-7)",
        ),
        (is_zac & effective.ne("oui"), "comptée progressivement, année par année (R-PAR-7)"),
        (effective.eq("non"), "dite non effective, rien n'est déduit"),
        (
            ~is_zac & ~year.between(first_year, rows["last_year"]),
            "année " + year_fr + " hors de celles comptées (" + window_fr + "), rien n'est déduit",
        ),
    ]
    why = pd.Series("", index=rows.index, dtype=object)
    for is_case, sentence in reversed(cases):
        why = why.mask(is_case.astype(bool), sentence)
    return why


def _by_year(rows: pd.DataFrame, series: CommunalSeries) -> pd.DataFrame:
    """Return the hectares declared, shaped as the yearly series: communes by years."""
    summed = rows.pivot_table(index="commune", columns="year", values="area_ha", aggfunc="sum")
    frame = series.yearly_ha
    return summed.reindex(index=frame.index, columns=frame.columns).fillna(0.0).astype(float)


def _kept_share(
    relief_ha: dict[str, pd.DataFrame], moved_ha: pd.Series, series: CommunalSeries
) -> pd.Series:
    """Return, by commune, the share of its reliefs that what is published can bear.

    Land that was never published as consumed cannot be taken off: it would make new land.
    """
    asked_ha = sum((table.sum(axis=1) for table in relief_ha.values()), start=moved_ha)
    published_ha = series.yearly_ha.sum(axis=1)
    return (published_ha / asked_ha.where(asked_ha > 0)).clip(upper=1.0).fillna(1.0)


def _capped(kept_share: pd.Series) -> pd.DataFrame:
    """Return the sentences of the communes whose reliefs stop at what is published."""
    codes = kept_share.index[kept_share.lt(1 - RATIO_TOLERANCE)]
    told = "Déclarations au-delà de la consommation publiée : la déduction s'arrête à celle-ci."
    return pd.DataFrame({"code": codes, "sentence_fr": told})


def _aside(rows: pd.DataFrame) -> pd.DataFrame:
    aside = rows[rows["why_not_fr"].ne("")]
    told = _named_fr(aside) + " : " + aside["why_not_fr"] + "."
    return pd.DataFrame({"code": aside["commune"], "sentence_fr": told})


def _named_fr(rows: pd.DataFrame) -> pd.Series:
    """Return «Déclaration « nom » (nature)» of each row."""
    names = rows["name"].astype(object).fillna(rows["declaration_id"])
    return "Déclaration « " + names + " » (" + rows["kind"].map(NAMES_FR) + ")"


def _beyond(counted: pd.DataFrame, series: CommunalSeries) -> pd.DataFrame:
    """Return the sentences of what is declared beyond what is published.

    Solar and PENE are held against their year, a ZAC against all the years counted.
    """
    relieving = counted[counted["kind"].isin([Kind.PENE_LISTED, Kind.SOLAR])]
    long = series.yearly_ha.melt(ignore_index=False, var_name="year", value_name="area_ha")
    published_ha = long.set_index("year", append=True)["area_ha"]
    by_year = _compared(relieving, ["commune", "year"], published_ha)
    moved = counted[counted["kind"].eq(Kind.ZAC)]
    in_all = _compared(moved, ["commune"], series.yearly_ha.sum(axis=1))
    told = pd.concat([frame for frame in (by_year, in_all) if not frame.empty] or [by_year])
    sentences = [
        f"{names} : {hectares(declared_ha)} déclarés{period}, plus que les "
        f"{hectares(published)} publiés."
        for names, declared_ha, period, published in zip(
            told["names_fr"], told["area_ha"], told["period_fr"], told["published_ha"], strict=True
        )
    ]
    return pd.DataFrame({"code": told["commune"].to_numpy(), "sentence_fr": sentences})


def _compared(rows: pd.DataFrame, keys: list[str], published_ha: pd.Series) -> pd.DataFrame:
    """Return, by `keys`, what is declared where it passes what is published."""
    period = " en " + rows["year"].astype("Int64").astype("string") if "year" in keys else ""
    named = rows.assign(names_fr=_named_fr(rows), period_fr=period)
    sums = named.groupby(keys).agg(
        area_ha=("area_ha", "sum"),
        names_fr=("names_fr", ", ".join),
        period_fr=("period_fr", "first"),
    )
    sums = sums.assign(published_ha=published_ha.reindex(sums.index).astype(float))
    return sums[sums["area_ha"] > sums["published_ha"] + TOLERANCE_HA].reset_index()
