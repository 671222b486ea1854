"""What every file of a ledger says: the accounts, the law they rest on, where they come from."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jalon.export import LEDGER_FIELDS, french, plain
from jalon.french import first_names
from jalon.ledger_export.columns import SELECTION_FIELDS
from jalon.method import LIMITS_LIST_FR, figure_value_fr
from jalon.model import GENERATED_FR, LIMITS_FR, ZanParameters, is_generated
from jalon.provenance import Provenance
from jalon.zan.law import CERTAINTY_FR, Certainty, Law, LegalFigure, law_on, verified_on
from jalon.zan.ledger import LedgerInputs
from jalon.zan.levels import COMMUNE, LEVELS, members
from jalon.zan.pooling import POOL_FIELDS, pools_of
from jalon.zan.reconciliation import RECONCILIATION_FIELDS
from jalon.zan.region import REGION_FIELDS, region_accounts
from jalon.zan.rules import ZAN_RULES, ZanRule
from jalon.zan.trajectory import trajectory
from jalon.zan.zone_vacancy import VACANCY_FIELDS

LEGEND_FR: Final = "Certitude : {}.".format(
    " ; ".join(f"{letter} {told}" for letter, told in CERTAINTY_FR.items())
)

NAMES_SHOWN: Final = 6
"""A warning shared by more territories names the first ones, and counts the others."""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """A ledger and all its files tell of it.

    `flows` are the yearly series (m²) behind the accounts, `years` what `trajectory` makes of
    them; `law` the law of the reference date; `selection` what `selection_tests` returns,
    `reconciliation` its namesake, `regions` what `region_accounts` does, `pools` what
    `pools_of` does, `vacancy` what `zae_vacancy` does.
    """

    accounts: pd.DataFrame
    flows: pd.DataFrame
    years: pd.DataFrame
    source: Provenance
    law: Law
    selection: pd.DataFrame | None = None
    reconciliation: pd.DataFrame | None = None
    regions: pd.DataFrame | None = None
    pools: pd.DataFrame | None = None
    vacancy: pd.DataFrame | None = None

    @property
    def widest(self) -> pd.Series | None:
        """The account of the whole territory; None when several stand side by side."""
        return widest_account(self.accounts)

    @property
    def communes(self) -> pd.DataFrame:
        """The accounts of the communes."""
        return self.accounts[self.accounts["level"].eq(COMMUNE.name_fr)]

    @property
    def territories(self) -> pd.DataFrame:
        """The accounts of everything wider than a commune, the widest first."""
        ordered = self.accounts.assign(width=_width(self.accounts)).sort_values(
            ["width", "code"], ascending=[False, True]
        )
        return ordered[ordered["width"].gt(0)].drop(columns="width")

    @property
    def is_generated(self) -> bool:
        """Whether any territory of the accounts is fictitious."""
        return bool(self.communes["code"].map(is_generated).any())

    @property
    def rules(self) -> tuple[ZanRule, ...]:
        """The rules any table of the report names, in the order of the registry."""
        asked = (self.selection, self.reconciliation, self.regions, self.pools, self.vacancy)
        tables = (self.accounts, *(table for table in asked if table is not None))
        told = (table["rule_ids"].explode().dropna() for table in tables)
        used = {rule_id for column in told for rule_id in column}
        return tuple(rule for rule in ZAN_RULES if rule.rule_id in used)

    @property
    def figures(self) -> tuple[LegalFigure, ...]:
        """The figures of the law those rules read, as they stand on the reference date."""
        named = dict.fromkeys(name for rule in self.rules for name in rule.figures)
        return tuple(self.law.figures[name] for name in named if name in self.law.figures)


def ledger_report(
    inputs: LedgerInputs,
    accounts: pd.DataFrame,
    everywhere: pd.DataFrame,
    insee: frozenset[str],
    *,
    parameters: ZanParameters,
    source: Provenance,
) -> LedgerReport:
    """Return what is told of `accounts`, those of the communes `insee` among `everywhere`.

    `everywhere` is the ledger made from `inputs` and `parameters`: a pool may reach beyond
    these communes. The tables made on demand (selection, reconciliation, vacancy) are None.
    """
    law = law_on(parameters.as_of or verified_on())
    belonging = members(inputs.communes, inputs.scots)
    return LedgerReport(
        accounts,
        inputs.flows[inputs.flows["commune"].isin(insee)],
        trajectory(inputs, insee, law),
        source,
        law,
        regions=region_accounts(accounts, belonging, parameters=parameters, law=law),
        pools=pools_of(insee, inputs.declarations, everywhere, inputs.communes),
    )


def widest_account(accounts: pd.DataFrame) -> pd.Series | None:
    """Return the only account of the widest level; None when there are several."""
    width = _width(accounts)
    widest = accounts[width.eq(width.max())]
    return widest.iloc[0] if len(widest) == 1 else None


def _width(accounts: pd.DataFrame) -> "pd.Series[int]":
    """Return how wide the level of each account is; a commune is 0."""
    return accounts["level"].map({level.name_fr: width for width, level in enumerate(LEVELS)})


def dates_fr(report: LedgerReport) -> str:
    """Return the reference date and the day the law was last checked, in French."""
    return (
        f"Date de référence : {report.law.on:%d/%m/%Y}. Droit vérifié au {verified_on():%d/%m/%Y}."
    )


def headings_fr(report: LedgerReport) -> tuple[str, ...]:
    """Return what must be read before any figure: nature, dates and warning."""
    mark = f"Territoire fictif ({GENERATED_FR}) : aucun chiffre n'est réel."
    return (*((mark,) if report.is_generated else ()), dates_fr(report), LIMITS_FR)


def rule_table(report: LedgerReport) -> pd.DataFrame:
    """Return the rules used as a French table."""
    return pd.DataFrame(
        [
            {
                "Règle": rule.rule_id,
                "Titre": rule.title_fr,
                "Énoncé": rule.text_fr,
                "Fondement": rule.basis_fr,
                "Certitude": certainty_fr(rule),
            }
            for rule in report.rules
        ],
        columns=["Règle", "Titre", "Énoncé", "Fondement", "Certitude"],
    )


def certainty_fr(rule: ZanRule) -> str:
    """Return how sure a rule is, and whether Jalon had to choose where the texts do not."""
    is_told = rule.is_convention and rule.certainty is not Certainty.CONVENTION
    return f"{rule.certainty}, convention" if is_told else str(rule.certainty)


def figure_table(report: LedgerReport) -> pd.DataFrame:
    """Return the figures of the law used as a French table."""
    return pd.DataFrame(
        [
            {
                "Chiffre": figure.label_fr,
                "Valeur": figure_value_fr(figure),
                "Unité": figure.unit,
                "Source": figure.source_fr,
                "Certitude": figure.certainty,
            }
            for figure in report.figures
        ],
        columns=["Chiffre", "Valeur", "Unité", "Source", "Certitude"],
    )


def source_table(report: LedgerReport) -> pd.DataFrame:
    """Return the data read, their producers and licences as a French table."""
    heads = {
        "titre": "Donnée",
        "producteur": "Producteur",
        "licence": "Licence",
        "millesime": "Millésime",
        "fichier": "Fichier",
    }
    table = pd.DataFrame(list(report.source.sources), columns=list(heads))
    return table.rename(columns=heads)


def provenance_lines(report: LedgerReport) -> tuple[str, ...]:
    """Return the request and the code a result comes from, one sentence each."""
    source = report.source
    return (
        f"Jalon {source.code_version}, empreinte du code : {source.code_sha256}.",
        f"Empreinte du scénario : {source.scenario_sha256} (graine {source.seed}).",
    )


def warning_lines(accounts: pd.DataFrame) -> tuple[str, ...]:
    """Return every warning once, with the territories it is about."""
    told = accounts[["name", "warnings_fr"]].explode("warnings_fr").dropna()
    named = told.groupby("warnings_fr", sort=False)["name"].agg(list)
    return tuple(f"{first_names(names, NAMES_SHOWN)} : {text}" for text, names in named.items())


def ledger_summary(report: LedgerReport) -> dict[str, object]:
    """Return a ledger for a program, in French keys."""
    return {
        **report.source.as_french(),
        "date_de_reference": report.law.on.isoformat(),
        "droit_verifie_au": verified_on().isoformat(),
        "genere": report.is_generated,
        "comptes": _records(french(report.accounts, LEDGER_FIELDS)),
        "regles": rule_table(report).to_dict("records"),
        "chiffres_du_droit": figure_table(report).to_dict("records"),
        "limites": list(LIMITS_LIST_FR),
        **{name: _records(table) for name, table in told_tables(report).items()},
    }


def told_tables(report: LedgerReport) -> dict[str, pd.DataFrame]:
    """Return the tables there are beside the accounts, under their French names."""
    tables = {
        "selection": (report.selection, SELECTION_FIELDS),
        "rapprochement": (report.reconciliation, RECONCILIATION_FIELDS),
        "arithmetique_regionale": (report.regions, REGION_FIELDS),
        "mutualisations": (report.pools, POOL_FIELDS),
        "vacance": (report.vacancy, VACANCY_FIELDS),
    }
    return {
        name: french(table, fields) for name, (table, fields) in tables.items() if table is not None
    }


def _records(table: pd.DataFrame) -> object:
    return plain(table.to_dict("records"))
