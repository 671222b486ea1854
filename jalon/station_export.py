"""A station plan as files and as a summary for programs, with its proof."""

from dataclasses import asdict, replace

from jalon.export import csv_fr, french, geojson, plain
from jalon.model import Objective
from jalon.provenance import Provenance
from jalon.siting import StationOutcome
from jalon.siting_tables import coverage_by

STATION_FIELDS = {
    "insee": "commune",
    "nom": "nom",
    "departement_nom": "departement",
    "epci_siren": "epci",
    "epci_nom": "epci_nom",
    "is_fixed": "imposee",
    "origin": "origine",
    "served_population": "habitants_desservis",
    "lost_population": "habitants_perdus_sans_elle",
}

DISTANCE_FIELDS = {"added_km": "km_ajoutes_sans_elle"}
"""Of stations placed for the least distance only."""

COVERAGE_FIELDS = {
    "insee": "commune",
    "nom": "nom",
    "departement_nom": "departement",
    "epci_nom": "epci_nom",
    "population": "habitants",
    "station": "station_la_plus_proche",
    "distance_km": "distance_approchee_km",
    "stations_within": "stations_dans_le_rayon",
    "is_covered": "couverte",
}

UNITS_FR = {
    Objective.COVERAGE: "habitants couverts",
    Objective.FEWEST: "stations",
    Objective.MEAN_DISTANCE: "km en moyenne",
    Objective.LONGEST_DISTANCE: "km au plus",
}

ALTERNATIVE_FIELDS = {
    "rank": "rang",
    "value": "valeur",
    "closed": "communes_en_moins",
    "opened": "communes_en_plus",
}

FRENCH_COUNTS = {
    "row_count": "demandes",
    "merged_row_count": "lignes_identiques_reunies",
    "candidate_count": "candidats",
    "dominated_count": "candidats_domines_ecartes",
}


def station_files(outcome: StationOutcome, source: Provenance) -> dict[str, bytes]:
    """Return the files of a plan by name, its proof in their provenance."""
    proven = replace(source, proof=station_proof(outcome))
    told = {name: title for name, title in DISTANCE_FIELDS.items() if name in outcome.stations}
    return {
        "stations.geojson": geojson(outcome.stations, STATION_FIELDS | told, proven),
        "couverture.csv": csv_fr(outcome.coverage, COVERAGE_FIELDS, proven),
    }


def station_proof(outcome: StationOutcome) -> dict[str, object]:
    """Return what is proven of a plan, and of which problem; nothing of it tells the time."""
    return {
        "objectif": outcome.parameters.objective.value,
        "statut": outcome.plan.status.value,
        "valeur": plain(outcome.value),
        "borne": plain(outcome.bound),
        "unite": UNITS_FR[outcome.parameters.objective],
        "ecart_prouve": plain(outcome.plan.gap_share),
        "probleme_sha256": outcome.plan.instance_hash,
    }


def station_summary(outcome: StationOutcome) -> dict[str, object]:
    """Return what a planner must know of a plan: status, coverage, bound, gap, distances."""
    covers = outcome.parameters.objective is Objective.COVERAGE
    return {
        **station_proof(outcome),
        "stations": len(outcome.plan.chosen),
        "rayon_km": outcome.parameters.radius_km,
        "distances": outcome.distance_fr,
        "habitants": outcome.population,
        "habitants_couverts": outcome.covered_population,
        "part_couverte": plain(outcome.covered_share),
        **({"borne_habitants": plain(outcome.bound)} if covers else {}),
        "communes_non_couvertes": int((~outcome.coverage["is_covered"]).sum()),
        **_alternatives(outcome),
        "communes_hors_de_portee": list(outcome.unreachable),
        "simplification": {
            FRENCH_COUNTS[name]: value for name, value in asdict(outcome.plan.presolve).items()
        },
        "par_departement": french(
            coverage_by(outcome.coverage, "departement", "departement_nom"),
            {"departement_nom": "departement", "population": "habitants", "covered": "couverts"},
        ).to_dict("records"),
    }


def _alternatives(outcome: StationOutcome) -> dict[str, object]:
    """Return the other plans, where any were asked for."""
    if not outcome.parameters.alternatives:
        return {}
    rows = french(outcome.alternatives, ALTERNATIVE_FIELDS).to_dict("records")
    return {"autres_plans": plain(rows)}
