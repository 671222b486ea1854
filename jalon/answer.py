"""A whole search: specification and data in, the answer, its files and its summary out."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from data.workspace import Workspace
from jalon.criteria import Scoring
from jalon.export import SITE_FIELDS, csv_fr, french, geojson, plain
from jalon.land import with_assemblies
from jalon.lots import judge_area_singly
from jalon.model import LIMITS_FR, LandParameters
from jalon.provenance import Provenance, provenance
from jalon.requirement import Requirement
from jalon.scoring import contribution_column
from jalon.search import RequirementOutcome, find
from jalon.specification import Specification

RELAXATION_FIELDS = {
    "target_count": "sites_voulus",
    "key": "cle",
    "title_fr": "critere",
    "needed": "valeur_necessaire",
    "cost_share": "ecart_relatif",
    "gained_count": "sites_de_plus",
    "example_fr": "exemple",
}

BLOCKING_FIELDS = {
    "key": "cle",
    "title_fr": "critere",
    "missed_count": "sites_ecartes",
    "only_missed_count": "sites_ecartes_par_lui_seul",
    "unknown_count": "sites_inconnus",
}

MISS_FIELDS = {"missed_fr": "manque", "unknown_fr": "inconnu"}

NEAR_FIELDS = {"cost_share": "ecart_relatif_total", "changes": "assouplissements"}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a specification, and where it comes from."""

    specification: Specification
    outcome: RequirementOutcome
    provenance: Provenance


def search(
    specification: Specification, workspace: Workspace, communes: gpd.GeoDataFrame
) -> Answer:
    """Return what the parcels of `communes` answer to `specification`."""
    insee = frozenset(communes["insee"])
    alone, together = parameters_asked(specification.requirement, specification.land)
    judged = judge_area_singly(workspace, insee, alone)
    sites = with_assemblies(judged.outcome, together).sites
    outcome = find(
        sites,
        specification.requirement,
        scoring=specification.score,
        epci_of=dict(zip(communes["insee"], communes["epci_siren"], strict=True)),
        seed=specification.seed,
    )
    origin = provenance(
        specification.title,
        parameters=specification.model_dump(mode="json"),
        seed=specification.seed,
        regions=communes["region"].unique(),
        records=judged.sources,
    )
    return Answer(specification, outcome, origin)


def parameters_asked(
    requirement: Requirement, read: LandParameters
) -> tuple[LandParameters, LandParameters]:
    """Return how to judge parcels alone, and how to assemble them, to answer a requirement.

    Alone, none is rejected for a size the requirement would take; together, they are joined
    until they are as large and as wide as asked. `read` says how the land is read otherwise.
    """
    area_ha = requirement.area_min_ha or read.min_piece_ha
    width_m = requirement.width_min_m or read.min_width_m
    alone = _sized(read, min(read.min_piece_ha, area_ha), min(read.min_width_m, width_m))
    return alone, _sized(
        read,
        requirement.area_min_ha or alone.min_piece_ha,
        requirement.width_min_m or alone.min_width_m,
    )


def _sized(read: LandParameters, piece_ha: float, width_m: float) -> LandParameters:
    return read.model_copy(update={"min_piece_ha": piece_ha, "min_width_m": width_m})


def score_fields(scoring: Scoring | None) -> dict[str, str]:
    """Return the French names of the columns a score adds to the sites."""
    if scoring is None:
        return {}
    brought = {contribution_column(one): f"note_{one.id}" for one in scoring.criteria}
    return {
        "rank": "rang",
        "score_lo": "note_min",
        "score_hi": "note_max",
        "rank_p05": "rang_p05",
        "rank_p95": "rang_p95",
        "top10_share": "part_dans_les_10",
        "score_unknown_fr": "criteres_mal_connus",
        **brought,
    }


def answer_outputs(answer: Answer) -> dict[str, bytes]:
    """Return every file of an answer by name."""
    outcome, source = answer.outcome, answer.provenance
    ranked = SITE_FIELDS | score_fields(answer.specification.score) | MISS_FIELDS
    near = SITE_FIELDS | MISS_FIELDS | {"cost_share": NEAR_FIELDS["cost_share"]}
    return {
        "sites_repondant.geojson": geojson(_framed(outcome.matching), ranked, source),
        "sites_a_verifier.geojson": geojson(_framed(outcome.to_verify), ranked, source),
        "sites_presque.geojson": geojson(_framed(outcome.near_misses), near, source),
        "assouplissements.csv": csv_fr(outcome.relaxations, RELAXATION_FIELDS, source),
    }


def answer_summary(answer: Answer) -> dict[str, object]:
    """Return an answer for a program, in French keys."""
    outcome = answer.outcome
    ranked = SITE_FIELDS | score_fields(answer.specification.score) | MISS_FIELDS
    return {
        "cahier_des_charges": answer.specification.model_dump(mode="json", exclude_none=True),
        "message": outcome.message_fr,
        "sites_examines": outcome.examined_count,
        "sites_non_disponibles": outcome.rejected_count,
        "repondent": _records(outcome.matching, ranked),
        "a_verifier": _records(outcome.to_verify, ranked),
        "presque": _records(outcome.near_misses, SITE_FIELDS | MISS_FIELDS | NEAR_FIELDS),
        "assouplissements": _records(outcome.relaxations, RELAXATION_FIELDS),
        "ce_qui_ecarte": _records(outcome.blocking, BLOCKING_FIELDS),
        "avertissement": LIMITS_FR,
    }


def _framed(sites: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(sites)


def _records(table: pd.DataFrame, fields: Mapping[str, str]) -> object:
    return plain(french(table, fields).to_dict("records"))
