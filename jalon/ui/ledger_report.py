"""The report of the ZAN page: everything on screen, as its files tell it."""

from datetime import date

import pandas as pd

from jalon.ledger_export.report import LedgerReport
from jalon.provenance import provenance
from jalon.ui import cache
from jalon.ui.ledger_selection import Tested
from jalon.ui.ledger_vacancy import vacancy_of
from jalon.ui.state import read_zan_parameters
from jalon.zan.law import law_on
from jalon.zan.levels import members
from jalon.zan.pooling import pools_of
from jalon.zan.region import region_accounts
from layers.search import Territory


def page_report(
    accounts: pd.DataFrame,
    insee: frozenset[str],
    territory: Territory,
    day: date,
    tested: Tested | None,
) -> LedgerReport:
    """Return what the page shows, as its files tell it."""
    parameters, law = read_zan_parameters(), law_on(day)
    inputs = cache.ledger_inputs(insee)
    belonging = members(inputs.communes, inputs.scots)
    around = cache.accounts_around(insee, parameters)
    source = provenance(
        f"Comptes ZAN : {territory.name_fr}",
        parameters={"territoire": territory.code, "zan": parameters.model_dump(mode="json")},
        seed=0,
        regions=[territory.region],
        records=cache.ledger_records(insee),
    )
    return LedgerReport(
        accounts,
        cache.flows(insee),
        source,
        law,
        selection=None if tested is None else tested.verdicts,
        reconciliation=cache.reconciled(insee, parameters),
        regions=region_accounts(accounts, belonging, parameters=parameters, law=law),
        pools=pools_of(insee, inputs.declarations, around, inputs.communes),
        vacancy=vacancy_of(insee, day.year),
    )
