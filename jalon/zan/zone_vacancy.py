"""What an inventory of activity zones says: the vacancy of each zone, and of all (R-ZAE-2)."""

from datetime import date
from typing import Final

import pandas as pd

from jalon.french import count, interval_percent, number
from jalon.zan.law import law_on
from jalon.zan.vacancy import VacancyRate, vacancy_rate, vacant_units

RULE_ID: Final = "R-ZAE-2"
ALL_FR: Final = "Ensemble"
UNNAMED_FR: Final = "Zone non nommée"

VACANCY_FIELDS: Final = {
    "zae": "zone",
    "communes": "communes",
    "tax_year": "annee_d_imposition",
    "unit_count": "unites_foncieres",
    "vacant_count": "vacantes",
    "unknown_count": "inconnues",
    "vacancy_lo_share": "taux_de_vacance_min",
    "vacancy_hi_share": "taux_de_vacance_max",
    "sentence_fr": "explication",
    "rule_ids": "regles",
}
"""The columns of the table and their French names."""


def is_defined(tax_year: int) -> bool:
    """Tell whether the law says, on 1 January of `tax_year`, when a unit is vacant."""
    return "zae_vacancy_years" in law_on(date(tax_year, 1, 1)).figures


def zae_vacancy(units: pd.DataFrame, tax_year: int) -> pd.DataFrame:
    """Return the vacancy of each zone, sorted by name, then of all of them; empty without units.

    `units` is the layer `zae_units`. Units of one zone name are one zone, whatever the commune.
    """
    vacant = vacant_units(_stated(units), tax_year)
    told = units.set_index("unit_id").reindex(vacant.index)
    zones = told["zae"].fillna(UNNAMED_FR)
    parts = [*vacant.groupby(zones), *([(ALL_FR, vacant)] if len(vacant) else [])]
    rows = [
        {
            "zae": zone,
            "communes": tuple(sorted(set(told.loc[part.index, "commune"]))),
            **_figures(vacancy_rate(part), tax_year),
        }
        for zone, part in parts
    ]
    return pd.DataFrame(rows, columns=list(VACANCY_FIELDS))


def _stated(units: pd.DataFrame) -> pd.DataFrame:
    """Return the units with «oui» and «non» as truths."""
    uses = ("has_cfe_activity", "is_occupied")
    truths = {use: units[use].eq("oui").astype("boolean").mask(units[use].isna()) for use in uses}
    return units.assign(**truths)


def _figures(rate: VacancyRate, tax_year: int) -> dict[str, object]:
    return {
        "tax_year": tax_year,
        "unit_count": rate.total_count,
        "vacant_count": rate.vacant_count,
        "unknown_count": rate.unknown_count,
        "vacancy_lo_share": rate.lo_share,
        "vacancy_hi_share": rate.hi_share,
        "sentence_fr": _sentence_fr(rate, tax_year),
        "rule_ids": (RULE_ID,),
    }


def _sentence_fr(rate: VacancyRate, tax_year: int) -> str:
    """Return «2 unités foncières vacantes sur 10 au 1er janvier 2026 : taux de 20,0 %.»."""
    vacant = count(rate.vacant_count, "unité foncière vacante", "unités foncières vacantes")
    unknown = f" ({count(rate.unknown_count, 'inconnue')})" if rate.unknown_count else ""
    share = interval_percent(rate.lo_share or 0.0, rate.hi_share or 0.0)
    total = number(rate.total_count)
    return f"{vacant} sur {total}{unknown} au 1er janvier {tax_year} : taux de {share}."
