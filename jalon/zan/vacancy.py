"""The vacancy of an activity zone: which unités foncières are vacant, what share (R-ZAE-2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from geo.errors import raise_all
from jalon.zan.law import law_on

UNIT_COLUMNS = (
    "unit_id",
    "has_cfe_activity",
    "cfe_inactive_since",
    "is_occupied",
    "unoccupied_since",
)


@dataclass(frozen=True, slots=True)
class VacancyRate:
    """The vacant units of a zone over all its units; the unknown ones make an interval.

    Both shares are None where the zone has no unit.
    """

    vacant_count: int
    unknown_count: int
    total_count: int
    lo_share: float | None
    hi_share: float | None


def vacant_units(units: pd.DataFrame, tax_year: int) -> pd.Series:
    """Return, by `unit_id`, whether each unité foncière is vacant; missing if it cannot be told.

    Code de l'urbanisme, art. L. 318-8-2, 3°: no activity liable to the CFE for two years at
    least on 1 January of `tax_year`, and unoccupied over the same period. Both dates may be
    missing (ISO text otherwise); a state without its date does not say for how long.
    """
    raise_all(
        _faults(units),
        subject="L'inventaire de la zone d'activités ne peut pas être lu",
        hint="Corrigez ces unités foncières dans le tableau, puis importez-le de nouveau.",
    )
    first_day = date(tax_year, 1, 1)
    years = law_on(first_day).year("zae_vacancy_years")
    since = pd.Timestamp(first_day) - pd.DateOffset(years=years)
    is_idle = _lasts(units["has_cfe_activity"], units["cfe_inactive_since"], since)
    is_empty = _lasts(units["is_occupied"], units["unoccupied_since"], since)
    vacant = (is_idle & is_empty).rename("is_vacant")
    return vacant.set_axis(units["unit_id"]).sort_index()


def vacancy_rate(vacant: pd.Series) -> VacancyRate:
    """Return the vacancy rate of a zone from its units: vacant over total.

    The statute words the ratio the other way round; a rate of vacancy is what it names.
    """
    vacant_count, unknown_count = int(vacant.sum()), int(vacant.isna().sum())
    total = len(vacant)
    return VacancyRate(
        vacant_count,
        unknown_count,
        total,
        lo_share=vacant_count / total if total else None,
        hi_share=(vacant_count + unknown_count) / total if total else None,
    )


def _lasts(is_used: pd.Series, ended_on: pd.Series, since: pd.Timestamp) -> pd.Series:
    """Return whether a use had ended on `since` or before; missing where nothing tells."""
    ended = _days(ended_on).le(since).astype("boolean").mask(_days(ended_on).isna())
    return ended.mask(is_used.astype("boolean").fillna(value=False), other=False)


def _days(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(texts.astype("string"), format="ISO8601", errors="coerce")


def _faults(units: pd.DataFrame) -> Iterator[str]:
    missing = [column for column in UNIT_COLUMNS if column not in units]
    if missing:
        yield f"colonnes absentes : {', '.join(missing)}"
        return
    identifiers = units["unit_id"].astype("string")
    checks = {
        "identifiant absent": identifiers.isna(),
        "identifiant répété": identifiers.notna() & identifiers.duplicated(keep=False),
        "« cfe_inactive_since » n'est pas une date AAAA-MM-JJ": _unread(
            units, "cfe_inactive_since"
        ),
        "« unoccupied_since » n'est pas une date AAAA-MM-JJ": _unread(units, "unoccupied_since"),
        "une activité en cours ne peut pas avoir cessé": _clash(
            units["has_cfe_activity"], units["cfe_inactive_since"]
        ),
        "une unité occupée ne peut pas être inoccupée depuis une date": _clash(
            units["is_occupied"], units["unoccupied_since"]
        ),
    }
    names = identifiers.fillna("?").to_numpy()
    for told, mask in checks.items():
        rows = [f"{row + 1} ({names[row]})" for row in mask.to_numpy(dtype=bool).nonzero()[0]]
        if rows:
            yield f"{told} : ligne {', '.join(rows)}"


def _unread(units: pd.DataFrame, column: str) -> pd.Series:
    return units[column].notna() & _days(units[column]).isna()


def _clash(is_used: pd.Series, ended_on: pd.Series) -> pd.Series:
    return is_used.astype("boolean").fillna(value=False) & ended_on.notna()
