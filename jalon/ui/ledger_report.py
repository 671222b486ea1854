"""The report of the ZAN page: everything on screen, as its files tell it."""

from dataclasses import replace

import pandas as pd

from jalon.ledger_export.report import LedgerReport, ledger_report
from jalon.provenance import provenance
from jalon.ui import cache
from jalon.ui.ledger_selection import Tested
from jalon.ui.ledger_vacancy import vacancy_of
from jalon.ui.state import read_zan_parameters
from layers.search import Territory


def page_report(
    accounts: pd.DataFrame,
    insee: frozenset[str],
    territory: Territory,
    tested: Tested | None,
) -> LedgerReport:
    """Return what the page shows, as its files tell it."""
    parameters = read_zan_parameters()
    source = provenance(
        f"Comptes ZAN : {territory.name_fr}",
        parameters={"territoire": territory.code, "zan": parameters.model_dump(mode="json")},
        seed=0,
        regions=[territory.region],
        records=cache.ledger_records(insee),
    )
    report = ledger_report(
        cache.ledger_inputs(insee),
        accounts,
        cache.accounts_around(insee, parameters),
        insee,
        parameters=parameters,
        source=source,
    )
    return replace(
        report,
        selection=None if tested is None else tested.verdicts,
        reconciliation=cache.reconciled(insee, parameters),
        vacancy=vacancy_of(insee, report.law.on.year),
    )
