"""The files of a run: sites, stations, accounts, summary, and the manifest that binds them."""

import hashlib
import json
from collections.abc import Mapping

from jalon.export import SITE_FIELDS, VERDICT_FIELDS, geojson, plain
from jalon.land import LandOutcome, union_ha
from jalon.ledger_export.files import ledger_files
from jalon.ledger_export.report import LedgerReport, ledger_report
from jalon.model import LIMITS_FR, SiteStatus
from jalon.provenance import Provenance
from jalon.scenario import Outcome
from jalon.station_export import station_files, station_summary

Files = dict[str, bytes]
Summary = dict[str, object]


def run_files(outcome: Outcome) -> Files:
    """Return every file of a run by name; the manifest carries the hash of the others."""
    files: Files = {}
    summary: Summary = {"scenario": outcome.scenario.model_dump(mode="json")}
    if outcome.stations is not None:
        files |= station_files(outcome.stations, outcome.provenance)
        summary["stations"] = station_summary(outcome.stations)
    if outcome.land is not None:
        files |= _land_files(outcome.land, outcome.provenance)
        summary["foncier"] = _land_summary(outcome.land)
    report = _ledger_report(outcome)
    if report is not None:
        files |= ledger_files(report)
        summary["comptes_zan"] = {"territoires": len(report.accounts)}
    files["resume.json"] = _json({**summary, "avertissement": LIMITS_FR})
    files["manifeste.json"] = _manifest(outcome.provenance, files)
    return files


def _land_files(land: LandOutcome, source: Provenance) -> Files:
    """Return the sites kept and rejected, with their verdict where the run holds accounts."""
    told = {name: VERDICT_FIELDS[name] for name in VERDICT_FIELDS if name in land.sites}
    rejected = land.sites[land.sites["status"].eq(SiteStatus.UNAVAILABLE.value)]
    return {
        "sites_retenus.geojson": geojson(land.shortlist, SITE_FIELDS | told, source),
        "sites_ecartes.geojson": geojson(rejected, SITE_FIELDS | told, source),
    }


def _land_summary(land: LandOutcome) -> Summary:
    return {
        "sites_examines": len(land.sites),
        "sites_retenus": len(land.shortlist),
        "surface_retenue_ha": plain(union_ha(land.shortlist)),
        "par_statut": land.sites["status"].value_counts().sort_index().to_dict(),
    }


def _ledger_report(outcome: Outcome) -> LedgerReport | None:
    asked, counted = outcome.scenario.zan, outcome.ledger
    if asked is None or counted is None:
        return None
    return ledger_report(
        counted.inputs,
        counted.accounts,
        counted.everywhere,
        frozenset(outcome.communes["insee"]),
        parameters=asked,
        source=outcome.provenance,
    )


def _manifest(source: Provenance, files: Mapping[str, bytes]) -> bytes:
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return _json({**source.as_french(), "fichiers_sha256": dict(sorted(hashes.items()))})


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
