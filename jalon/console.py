"""What the terminal shows: progress, tables and errors, in French."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import rich.console
from rich.markup import escape
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from data.catalogue import Dataset
from data.downloads import Kind
from data.workspace import SourceRecord
from geo.optimise.plan import Status
from jalon.checking import CheckedTable
from jalon.fetching import Arrival, Download
from jalon.french import count, first_names, hectares, interval_ha, number, percent
from jalon.importing import ImportedTable
from jalon.land import LandOutcome, union_ha
from jalon.ledger_export.report import warning_lines
from jalon.ledger_export.tables import pool_rows, reconciliation_rows, region_rows, vacancy_rows
from jalon.model import GENERATED_FR, LIMITS_FR, Effect
from jalon.rules.registry import RULES
from jalon.search import RequirementOutcome
from jalon.siting import StationOutcome
from jalon.siting_tables import coverage_by
from jalon.siting_words import (
    SitingProgress,
    bound_fr,
    presolve_fr,
    progress_fr,
    status_fr,
    unreachable_fr,
    value_fr,
)

ROWS_SHOWN = 30
ROWS_NAMED = 8


@dataclass(frozen=True, slots=True)
class Steps:
    """The line of progress: what is being done, and how near the proof is."""

    bar: Bar
    task: TaskID

    def step(self, text_fr: str) -> None:
        """Show what is being done."""
        self.bar.update(self.task, description=text_fr, detail="")

    def detail(self, text_fr: str) -> None:
        """Show how far it is."""
        self.bar.update(self.task, detail=text_fr)

    def siting(self, news: SitingProgress) -> None:
        """Show the best plan so far and the proven gap; first, which communes are out of reach."""
        if not news.has_plan and news.unreachable:
            self.bar.console.print(unreachable_fr(news.unreachable), markup=False)
        self.bar.update(self.task, detail=progress_fr(news))


class Console:
    """A terminal; when quiet, only errors are written."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        """Write results to standard output, progress and errors to standard error."""
        self._out = rich.console.Console(quiet=is_quiet, highlight=False)
        self._err = rich.console.Console(stderr=True, highlight=False)
        self._is_quiet = is_quiet

    @contextmanager
    def progress(self) -> Iterator[Steps]:
        """Show a line of progress while the body runs."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}"),
        )
        with Bar(*columns, console=self._err, transient=True, disable=self._is_quiet) as bar:
            yield Steps(bar, bar.add_task("", total=None, detail=""))

    def error(self, message: str, hint: str) -> None:
        """Say what is wrong and what to do."""
        self._err.print(f"[bold red]Erreur[/] {escape(message)}", soft_wrap=True)
        if hint:
            self._err.print(f"[bold]Remède[/] {escape(hint)}", soft_wrap=True)

    def stations(self, outcome: StationOutcome) -> None:
        """Show a plan: what it achieves, its proof, and each département."""
        plan, objective = outcome.plan, outcome.parameters.objective
        self._out.print(
            f"[bold]{count(len(plan.chosen), 'station')}[/], rayon "
            f"{number(outcome.parameters.radius_km, 1)} km ({outcome.distance_fr})"
        )
        self._out.print(
            f"[bold]{value_fr(objective, outcome.value)}[/] ; "
            f"{bound_fr(objective, outcome.bound)} : {status_fr(plan.status, plan.gap_share)}, "
            f"graine {plan.seed}, {number(plan.seconds, 1)} s"
        )
        self._out.print(
            f"{number(outcome.covered_population)} habitants couverts sur "
            f"{number(outcome.population)}, soit [bold]{percent(outcome.covered_share, 2)}[/]"
        )
        if outcome.unreachable:
            self._out.print(unreachable_fr(outcome.unreachable), markup=False)
        if plan.presolve.row_count:
            self._out.print(presolve_fr(plan.presolve, len(outcome.unreachable)))
        if plan.status is Status.STOPPED:
            self._out.print("Calcul arrêté à la demande : le meilleur plan trouvé est gardé.")
        by_departement = coverage_by(outcome.coverage, "departement", "departement_nom")
        rows = [
            (row["departement_nom"], number(row["population"]), percent(row["covered_share"]))
            for row in by_departement.to_dict("records")
        ]
        self._table(("Département", "Habitants", "Couverts"), rows)

    def sites(self, outcome: LandOutcome) -> None:
        """Show the retained sites and how many were rejected."""
        kept = outcome.shortlist
        self._out.print(
            f"[bold]{count(len(kept), 'site retenu', 'sites retenus')}[/] sur "
            f"{number(len(outcome.sites))} examinés, {hectares(union_ha(kept))} en tout"
        )
        if kept.empty:
            self._nothing_kept(outcome)
            return
        rows = [
            (
                _named(site),
                site["status"],
                hectares(site["usable_ha"]),
                interval_ha(site["enaf_lo_ha"], site["enaf_hi_ha"]),
                " ".join(site["reasons_fr"]),
            )
            for site in kept.head(ROWS_SHOWN).to_dict("records")
        ]
        self._table(("Site", "Statut", "Utile", "Coût ENAF", "Raisons"), rows, len(kept))
        self._out.print(LIMITS_FR)

    def _nothing_kept(self, outcome: LandOutcome) -> None:
        """Tell the rule that rules out most sites, and what may be missing."""
        excluding = outcome.verdicts[outcome.verdicts["effect"].eq(Effect.EXCLUDES.value)]
        counted = excluding["rule_id"].value_counts()
        if len(counted):
            text = next(rule.text_fr for rule in RULES if rule.rule_id == counted.index[0])
            self._out.print(f"Le plus souvent ({number(int(counted.iloc[0]))}) : {text}.")
        self._out.print(
            "Si le PLU a des libellés locaux (« UAi »…), dites lesquels sont économiques : "
            "land.economic_labels d'un scénario ou d'un cahier des charges."
        )
        self._out.print(LIMITS_FR)

    def ranking(self, scored: pd.DataFrame, title_fr: str) -> None:
        """Show scored sites: score, rank, how firm the rank is, and what is not known."""
        ranked = scored[scored["rank"].notna()]
        self._out.print(
            f"[bold]{escape(title_fr)}[/] : {count(len(ranked), 'site noté', 'sites notés')}"
        )
        rows = [
            (
                str(site["rank"]),
                _named(site),
                _points(site["score_lo"], site["score_hi"]),
                f"{site['rank_p05']} à {site['rank_p95']}",
                percent(site["top10_share"], 0),
                ", ".join(site["score_unknown_fr"]) or "—",
            )
            for site in ranked.head(ROWS_SHOWN).to_dict("records")
        ]
        heads = ("Rang", "Site", "Note /100", "Rang 5-95 %", "Dans les 10", "Mal connu")
        self._table(heads, rows, len(ranked))
        self._out.print(LIMITS_FR)

    def answer(self, outcome: RequirementOutcome, title_fr: str) -> None:
        """Show who answers a requirement, who may, who nearly does and what to relax."""
        self._out.print(f"[bold]{escape(title_fr)}[/] : {escape(outcome.message_fr)}")
        groups = (
            ("Répondent", outcome.matching, "unknown_fr"),
            ("À vérifier", outcome.to_verify, "unknown_fr"),
            ("Y répondent presque", outcome.near_misses, "missed_fr"),
        )
        for head, sites, told in groups:
            if sites.empty:
                continue
            self._out.print(f"[bold]{head}[/] : {count(len(sites), 'site')}")
            rows = [
                (
                    _named(site),
                    hectares(site.get("piece_ha")),
                    _points(site["score_lo"], site["score_hi"]) if "score_lo" in site else "—",
                    " ; ".join(site[told]),
                )
                for site in sites.head(ROWS_SHOWN).to_dict("records")
            ]
            self._table(("Site", "D'un tenant", "Note /100", "Manque ou inconnu"), rows, len(sites))
        for step in outcome.relaxations.to_dict("records"):
            gained = count(step["gained_count"], "site de plus", "sites de plus")
            self._out.print(f"En assouplissant {escape(step['example_fr'])} : {gained}.")
        self._out.print(LIMITS_FR)

    def ledger(self, accounts: pd.DataFrame) -> None:
        """Show the ZAN accounts, largest territories first, then what they warn of."""
        ordered = accounts.iloc[::-1]
        rows = [
            (
                row["level"],
                _territory(row),
                hectares(row["reference_ha"]),
                f"{percent(row['reduction_share'])} ({row['rate_status']})",
                interval_ha(row["allowed_lo_ha"], row["allowed_hi_ha"]),
                hectares(row["net_ha"]),
                interval_ha(row["remaining_lo_ha"], row["remaining_hi_ha"]),
            )
            for row in ordered.head(ROWS_SHOWN).to_dict("records")
        ]
        years = ("2011-2020", "Taux", "Autorisé 2021-2030", "Consommé", "Reste")
        self._table(("Niveau", "Territoire", *years), rows, len(accounts))
        for row in ordered[ordered["closing_shortfall_ha"].gt(0)].to_dict("records"):
            missing = hectares(row["closing_shortfall_ha"])
            self._out.print(f"{escape(row['name'])} : non couvert par l'enveloppe : {missing}")
        self._warnings(warning_lines(accounts))
        self._out.print(LIMITS_FR)

    def _warnings(self, lines: Sequence[str]) -> None:
        for line in lines[:ROWS_NAMED]:
            self._out.print(f"À savoir : {line}", markup=False, soft_wrap=True)
        if len(lines) > ROWS_NAMED:
            more = count(len(lines) - ROWS_NAMED, "avertissement", "avertissements")
            self._out.print(f"… et {more} de plus (--json les donne tous)")

    def reconciliation(self, compared: pd.DataFrame) -> None:
        """Show each figure beside that of the ministry's published rule."""
        told = reconciliation_rows(compared.head(ROWS_SHOWN)).drop(columns="Explication")
        rows = [list(row) for row in told.itertuples(index=False)]
        self._table(list(told.columns), rows, len(compared))
        reasons = compared[["rule_ids", "reasons_fr"]].explode(["rule_ids", "reasons_fr"])
        for rule_id, reason in reasons.dropna().drop_duplicates().itertuples(index=False):
            self._out.print(f"{rule_id} : {reason}")

    def regions(self, regions: pd.DataFrame) -> None:
        """Show what each region pays for PENE, keeps back and shares, then what to know of it."""
        told = region_rows(regions.head(ROWS_SHOWN)).drop(columns="Explication")
        rows = [list(row) for row in told.itertuples(index=False)]
        self._table(list(told.columns), rows, len(regions))
        named = regions.groupby("sentence_fr", sort=False)["name"].agg(list)
        for sentence, names in named.items():
            who = first_names(names, ROWS_NAMED)
            self._out.print(f"{who} : {sentence}", markup=False, soft_wrap=True)

    def pools(self, pools: pd.DataFrame) -> None:
        """Show what the communes of each pool have together."""
        self._told(pool_rows(pools.head(ROWS_SHOWN)), len(pools))

    def vacancy(self, vacancy: pd.DataFrame) -> None:
        """Show the vacancy of the first activity zones, then what is said of all of them."""
        self._told(vacancy_rows(vacancy.head(ROWS_SHOWN)).drop(columns="Explication"), len(vacancy))
        total = vacancy.iloc[-1]
        sentence = f"{total['zae']} : {total['sentence_fr']} ({', '.join(total['rule_ids'])})"
        self._out.print(sentence, markup=False, soft_wrap=True)

    def _told(self, told: pd.DataFrame, total: int) -> None:
        rows = [list(row) for row in told.itertuples(index=False)]
        self._table(list(told.columns), rows, total)

    def imported(self, file_name: str, found: Iterable[ImportedTable]) -> None:
        """Tell what each table of a file was recognised as, and what happened to its rows."""
        self._out.print(f"[bold]{escape(file_name)}[/]")
        for table in found:
            if table.record is None:
                self._out.print(f"  [dim]{escape(table.name)} : {table.refusal_fr}[/]")
                continue
            record = table.record
            self._out.print(
                f"  {escape(table.name)} : {record.title_fr}, "
                f"{count(record.row_count, 'ligne lue', 'lignes lues')}, "
                f"{count(record.kept_count, 'objet gardé', 'objets gardés')}"
            )
            for earlier in table.replaced:
                self._out.print(
                    f"    remplace l'import précédent ({earlier.vintage or 'sans date'})"
                )
            for issue in record.issues:
                named = ", ".join(str(row) for row in issue.rows[:ROWS_NAMED])
                more = "…" if len(issue.rows) > ROWS_NAMED else ""
                lines = f" ({count(len(issue.rows), 'ligne')} : {named}{more})" if named else ""
                self._out.print(
                    f"    {issue.action.value} [{issue.rule_id}] {issue.message_fr}{lines}",
                    markup=False,
                )

    def downloads(self, planned: Sequence[Download]) -> None:
        """Show what would be downloaded, from where, and under which licence."""
        self._out.print(f"[bold]{count(len(planned), 'téléchargement')}[/]")
        for one in planned:
            address = one.address
            verified = "ADRESSE NON VÉRIFIÉE"
            if address.is_verified:
                verified = f"adresse relevée dans : {address.seen_in}"
            size = "taille inconnue" if one.size_bytes is None else _megabytes(one.size_bytes)
            if address.kind is Kind.BY_HAND:
                verified, size = f"À TÉLÉCHARGER À LA MAIN : {one.hint_fr}", one.path.suffix[1:]
                verified += f"\n  {one.alternative}" if one.alternative else ""
            self._out.print(
                f"{address.title}\n  {one.first_url}\n  {address.licence}, {size}, {verified}",
                markup=False,
                soft_wrap=True,
            )
        if any(one.box is None for one in planned):
            self._out.print(
                "L'emprise de ce territoire n'est pas encore connue : les services qui répondent "
                "par emprise seront demandés une fois son cadastre importé."
            )

    def arrived(self, arrivals: Iterable[Arrival]) -> None:
        """Tell which files are here, and which already were."""
        for one in arrivals:
            state = "inchangé" if one.is_unchanged else "reçu"
            if one.note.feature_count == 0:
                state = "aucun objet dans cette emprise"
            day = f", modifié le {one.note.published_on}" if one.note.published_on else ""
            self._out.print(
                f"{state} : {one.download.path} ({_megabytes(one.note.size_bytes)}{day})",
                markup=False,
                soft_wrap=True,
            )

    def checked(self, file_name: str, tables: Iterable[CheckedTable]) -> None:
        """Tell how each table of a file follows its standard, one line a field and fault."""
        self._out.print(f"[bold]{escape(file_name)}[/]")
        for table in tables:
            schema = table.schema
            self._out.print(
                f"  {escape(table.name)} : {schema.title_fr} v{schema.version}, "
                f"{count(table.row_count, 'ligne')}, {count(table.fault_count, 'faute')}"
            )
            alike = ["is_fault", "field", "message_fr", "remedy_fr"]
            for (is_fault, field, message, remedy), rows in table.found.groupby(alike, sort=False):
                named = ", ".join(str(row) for row in rows["row"].head(ROWS_NAMED) if row)
                more = "…" if len(rows) > ROWS_NAMED else ""
                where = f" ({count(len(rows), 'ligne')} : {named}{more})" if named else ""
                nature = "faute" if is_fault else "signalé"
                self._out.print(f"    {nature} [{field}] {message}{where} {remedy}", markup=False)

    def datasets(self, entries: Sequence[tuple[Dataset, str]]) -> None:
        """Show what Jalon can read."""
        rows = [(title, entry.title, entry.producer, entry.licence) for entry, title in entries]
        self._table(("Couche", "Donnée lue", "Producteur", "Licence"), rows)

    def sources(self, records: Sequence[SourceRecord]) -> None:
        """Show what the workspace holds."""
        self._out.print(f"Espace de travail : {count(len(records), 'source')}")
        rows = [
            (record.title_fr, record.file_name, record.vintage or "—", number(record.kept_count))
            for record in records
        ]
        if rows:
            self._table(("Donnée", "Fichier", "Millésime", "Lignes"), rows)

    def written(self, names: Sequence[str], folder: Path, scenario_sha256: str) -> None:
        """Tell which files were written, and the hash of the scenario."""
        self._out.print(f"Écrit dans {folder} : {', '.join(names)}")
        self._out.print(f"Scénario {scenario_sha256[:12]}")

    def files(self, paths: Iterable[Path]) -> None:
        """Show the paths of written files."""
        for path in paths:
            self._out.print(str(path))

    def _table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], total: int | None = None
    ) -> None:
        table = Table(header_style="bold", box=None, pad_edge=False)
        for head in heads:
            table.add_column(head, overflow="fold")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self._out.print(table)
        if total and total > len(rows):
            self._out.print(f"… et {number(total - len(rows))} de plus (--json les donne tous)")


def _named(site: Mapping[Hashable, Any]) -> str:
    """Return the identifier of a site, marked when its territory is generated."""
    return str(site["site_id"]) + (f" ({GENERATED_FR})" if site["is_generated"] else "")


def _points(low: float, high: float) -> str:
    """Return a score out of 100, as an interval where something is not known."""
    shown = number(100 * low, 1)
    return shown if number(100 * high, 1) == shown else f"{shown} à {number(100 * high, 1)}"


def _megabytes(size_bytes: int) -> str:
    return f"{number(size_bytes / 1e6, 2)} Mo"


def _territory(row: Mapping[Hashable, Any]) -> str:
    """Return the name of a territory, and how many of its communes have a series."""
    if row["counted_count"] == row["commune_count"]:
        return str(row["name"])
    counted, known = number(row["counted_count"]), number(row["commune_count"])
    return f"{row['name']} ({counted} communes sur {known})"
