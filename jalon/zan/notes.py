"""What a ledger must say beside its figures: sentences and rule ids, by territory."""

import pandas as pd

from jalon.french import count, first_names, hectares, interval_ha
from jalon.zan.envelope import RateStatus, has_floor
from jalon.zan.law import Law
from jalon.zan.levels import COMMUNE, DEPARTEMENT, EPCI, LEVELS, REGION, SCOT, Level
from jalon.zan.rules import names_where, rules_on
from jalon.zan.series import CommunalSeries
from layers.cog import CommuneStatus, commune_statuses, missing_communes

NAMES_SHOWN = 8

DIVIDED_FR = (
    "Commune divisée depuis la série : sa ligne comprend peut-être une commune rétablie ({names})."
)
UNKNOWN_FR = (
    "Code de la série absent du code officiel géographique (fusion ou erreur), compté nulle "
    "part : {names}."
)
INCOMPLETE_FR = "Série incomplète, {count} hors du compte : {names}."
ENDED_FR = "Série arrêtée avant le début de la tranche : commune non comptée."
ABSENT_FR = "Série absente, {count} hors du compte : {names}."


def with_notes(rows: pd.DataFrame, notes: list[pd.DataFrame]) -> pd.DataFrame:
    """Return `rows` with `warnings_fr`: the sentences `notes` hold for each level and code."""
    told = pd.concat(notes, ignore_index=True).drop_duplicates()
    by_territory = told.groupby(["level", "code"], sort=False)["sentence_fr"].agg(tuple).to_dict()
    keys = zip(rows["level"], rows["code"], strict=True)
    return rows.assign(
        warnings_fr=pd.Series([by_territory.get(key, ()) for key in keys], index=rows.index)
    )


def of_communes(sentences: pd.DataFrame) -> pd.DataFrame:
    """Return sentences about communes (`code`, `sentence_fr`) as notes of their level."""
    return sentences.assign(level=COMMUNE.name_fr)


def uncounted_notes(listed: pd.DataFrame, belonging: pd.DataFrame) -> pd.DataFrame:
    """Return what is said of the communes not counted, and of the territories above them."""
    is_absent = listed["series_fr"].isna()
    incomplete = listed[~listed["is_counted"] & ~is_absent]
    absent = belonging.drop(index=listed.index[~is_absent])
    years_fr = (
        "Années absentes de la série : " + incomplete["missing_fr"] + " ; commune non comptée."
    )
    own = years_fr.mask(incomplete["missing_fr"].eq(""), ENDED_FR)
    notes = [
        of_communes(pd.DataFrame({"code": incomplete["insee"], "sentence_fr": own})),
        of_communes(pd.DataFrame({"code": listed.loc[is_absent, "insee"]})).assign(
            sentence_fr="Commune absente de la série : non comptée."
        ),
    ]
    for level in LEVELS[1:]:
        told = listed[level.code].dropna().unique()
        there = absent[absent[level.code].isin(told)]
        notes += [
            _listed_notes(_named(incomplete), incomplete[level.code], level, INCOMPLETE_FR),
            _listed_notes(_named(there), there[level.code], level, ABSENT_FR),
        ]
    return pd.concat(notes, ignore_index=True)


def mixed_notes(listed: pd.DataFrame) -> pd.DataFrame:
    """Return what is said where series of several windows meet, in a commune or a territory."""
    counted = listed[listed["is_counted"]]
    is_mixed = counted["series_fr"].str.contains(" et ", regex=False)
    own = "Série faite de deux fichiers de périodes différentes : " + counted["series_fr"] + "."
    sentences = pd.DataFrame({"code": counted["insee"], "sentence_fr": own})[is_mixed]
    is_alike = len(counted["series_fr"].unique()) <= 1
    above = [] if is_alike else [_mixed_above(counted, level) for level in LEVELS[1:]]
    return pd.concat([of_communes(sentences), *above], ignore_index=True)


def _mixed_above(counted: pd.DataFrame, level: Level) -> pd.DataFrame:
    """Name, for each window met in a territory, the communes it covers, and the years kept."""
    groups = counted.groupby(level.code)
    mixed = counted[groups["series_fr"].transform("nunique").gt(1)]
    windows = _named(mixed).groupby([mixed[level.code], mixed["series_fr"]])
    told = [(code, f"série {window} : {_shown(names)}") for (code, window), names in windows]
    lists = pd.DataFrame(told, columns=["code", "list_fr"]).groupby("code")["list_fr"]
    by_code = lists.agg(" ; ".join)
    last = groups["last_year"].min().reindex(by_code.index).astype(str)
    sentences = (
        "Séries de périodes différentes, comptées sur leurs années communes jusqu'en "
        + last
        + " : "
        + by_code.astype(str)
        + "."
    )
    table = pd.DataFrame({"code": by_code.index, "sentence_fr": sentences.to_numpy()})
    return table.assign(level=level.name_fr)


def impossible_notes(series: CommunalSeries, communes: pd.DataFrame) -> pd.DataFrame:
    """Return what is said of communes whose series consumes more land than they have.

    Silent on those whose area (`area_ha`) is not known.
    """
    if "area_ha" not in communes:
        return pd.DataFrame(columns=["code", "sentence_fr"], dtype=object)
    consumed_ha = series.communes["reference_ha"] + series.yearly_ha.sum(axis=1)
    area_ha = communes.drop_duplicates("insee").set_index("insee")["area_ha"]
    codes = consumed_ha.index[consumed_ha > area_ha.reindex(consumed_ha.index)]
    said = "La série consomme plus d'hectares que n'en a la commune : à vérifier dans le fichier."
    return of_communes(pd.DataFrame({"code": codes, "sentence_fr": said}))


def cog_notes(codes: pd.Series, belonging: pd.DataFrame) -> pd.DataFrame:
    """Return what the code list of the series and today's do not share, by département.

    An unknown code belongs to no territory but the département its first digits tell; what is
    absent from the series is told by `uncounted_notes`.
    """
    known = belonging["insee"].astype("string")
    lacking = missing_communes(codes, known)
    statuses = commune_statuses(codes, known, lacking)
    told = {
        UNKNOWN_FR: codes[statuses.eq(CommuneStatus.COG_ERROR)],
        DIVIDED_FR: codes[statuses.eq(CommuneStatus.DIVISION)],
    }
    by_prefix = belonging.drop_duplicates("departement").set_index("departement")["region"]
    notes = []
    for sentence, found in told.items():
        departement = _departement(found)
        notes += [
            _listed_notes(found, departement, DEPARTEMENT, sentence),
            _listed_notes(found, departement.map(by_prefix), REGION, sentence),
        ]
    divided = told[DIVIDED_FR]
    own = DIVIDED_FR.format(names="son code couvre l'ancienne commune")
    notes.append(of_communes(pd.DataFrame({"code": divided, "sentence_fr": own})))
    return pd.concat(notes, ignore_index=True)


def _departement(codes: pd.Series) -> pd.Series:
    overseas = codes.str.startswith("97")
    return codes.str[:2].mask(overseas, codes.str[:3])


def closing_notes(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is said of totals that do not close, or close on guarantees not all known."""
    lacks = rows[rows["closing_shortfall_ha"] > 0]
    impossible = [
        f"Partage impossible : les garanties communales passent l'enveloppe de {hectares(area)}."
        for area in lacks["closing_shortfall_ha"]
    ]
    of_total = rows["total_ha"].notna() & rows["counted_count"].lt(rows["commune_count"])
    notes = [
        pd.DataFrame({"level": lacks["level"], "code": lacks["code"], "sentence_fr": impossible}),
        rows.loc[
            of_total | (rows["total_ha"].notna() & rows["is_partial"]), ["level", "code"]
        ].assign(
            sentence_fr="Enveloppe fixée pour le territoire entier, comparée à une partie de ses "
            "communes."
        ),
        *(_unsure_floors(rows, level) for level in (EPCI, SCOT)),
    ]
    return pd.concat(notes, ignore_index=True)


def _unsure_floors(rows: pd.DataFrame, level: Level) -> pd.DataFrame:
    communes = rows[rows["level"].eq(COMMUNE.name_fr)]
    is_unsure = communes["allowed_hi_ha"] > communes["allowed_lo_ha"]
    unsure = communes[is_unsure].groupby(level.code).size()
    sentences = [
        "Partage calculé sur les garanties sûres ; reste à établir celle de "
        f"{count(int(n), 'commune')}."
        for n in unsure
    ]
    return pd.DataFrame({"level": level.name_fr, "code": unsure.index, "sentence_fr": sentences})


def supplement_notes(listed: pd.DataFrame) -> pd.DataFrame:
    """Return what is said of communes nouvelles without a date, and of communes associées.

    Whether the latter add to the guarantee is unsettled (R-GAR-4): they do not here.
    """
    associated = listed[listed["associated_count"] > 0]
    undated = listed[listed["supplement_lo_ha"] < listed["supplement_hi_ha"]]
    sentences = [
        f"{count(int(n), 'commune associée', 'communes associées')} : rien n'est ajouté à la "
        "garantie, point de droit non tranché (R-GAR-4)."
        for n in associated["associated_count"]
    ]
    intervals = [
        "Commune nouvelle de date ou d'étendue inconnue : supplément de garantie de "
        f"{interval_ha(*bounds)} (R-GAR-3)."
        for bounds in undated[["supplement_lo_ha", "supplement_hi_ha"]].to_numpy()
    ]
    told = pd.DataFrame(
        {
            "code": [*associated["insee"], *undated["insee"]],
            "sentence_fr": [*sentences, *intervals],
        }
    )
    return of_communes(told)


def _named(communes: pd.DataFrame) -> pd.Series:
    return communes["nom"].astype(str) + " (" + communes["insee"] + ")"


def _listed_notes(names: pd.Series, codes: pd.Series, level: Level, sentence: str) -> pd.DataFrame:
    """Return one sentence a territory, with the first of its `names` and how many there are."""
    groups = names.groupby(codes.loc[names.index])
    told = [
        (
            code,
            sentence.format(names=_shown(group), count=count(len(group), "commune")),
        )
        for code, group in groups
    ]
    table = pd.DataFrame(told, columns=["code", "sentence_fr"])
    return table.assign(level=level.name_fr)


def _shown(names: pd.Series) -> str:
    return first_names(names.tolist(), NAMES_SHOWN)


def with_rule_ids(rows: pd.DataFrame, law: Law) -> pd.DataFrame:
    """Return `rows` with `rule_ids`: the rules in force each row used, in the registry's order."""
    is_commune = rows["level"].eq(COMMUNE.name_fr)
    is_guaranteed = is_commune & has_floor(law)
    always = pd.Series(data=True, index=rows.index)
    used = {
        "R-ENV-1": always,
        "R-ENV-2": rows["rate_status"].ne(RateStatus.DEFAULT.value) | ~rows["is_group_rate"],
        "R-ENV-3": rows["is_sraddet_late"],
        "R-ENV-4": rows["is_group_rate"],
        "R-ENV-10": always,
        "R-ENV-11": always,
        "R-GAR-1": is_guaranteed,
        "R-GAR-2": is_guaranteed,
        "R-GAR-3": is_guaranteed & rows["supplement_hi_ha"].gt(0),
        "R-GAR-4": is_guaranteed & rows["associated_count"].gt(0),
        "R-GAR-5": is_guaranteed,
        "R-GAR-7": rows["closing_ratio"].notna()
        | rows["closing_shortfall_ha"].gt(0)
        | rows["closed_ha"].notna(),
        "R-PENE-2": rows["pene_ha"].gt(0),
        "R-PENE-3": rows["has_indicative_pene"],
        "R-PAR-8": rows["zac_moved_ha"].gt(0),
        "R-PAR-9b": rows["pv_exempt_ha"].gt(0),
        "R-PAR-11": rows["restored_ha"].gt(0),
    }
    in_force = [one.rule_id for one in rules_on(law.on) if one.rule_id in used]
    return rows.assign(rule_ids=names_where(pd.DataFrame(used)[in_force]))
