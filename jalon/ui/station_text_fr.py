"""Every sentence of the station page."""

import math

from geo.optimise.plan import Status
from jalon.french import number, percent
from jalon.model import Objective
from jalon.provenance import Provenance
from jalon.siting import StationOutcome
from jalon.siting_words import SitingProgress, bound_fr, progress_fr, status_fr

STATIONS_TITLE = "Stations multi-énergies"
APPROXIMATE = (
    "Distances approchées (ligne droite × {ratio})\u00a0: sous 15 minutes de route, une vraie "
    "couverture peut différer nettement."
)
CALCULATING = (
    "Le calcul se poursuit à part : vous pouvez consulter les autres pages, le résultat "
    "vous attendra ici."
)
CALCULATION_BEGINS = "Calcul du plan de stations…"
CALCULATION_WAITS = "D'autres calculs occupent la machine : celui-ci attend son tour."
CURVE_TITLE = "Couverture selon le nombre de stations"
CURVE_HELP = "Trait : ce qu'un plan connu couvre. Bande : ce qu'aucun plan ne peut dépasser."
ALL_COVERED = "Toutes les communes sont desservies."

OBJECTIVE_LABEL = "Objectif"
OBJECTIVES = {
    Objective.COVERAGE: "Desservir le plus d'habitants",
    Objective.FEWEST: "Le moins de stations possible",
    Objective.MEAN_DISTANCE: "Plus courte distance moyenne",
    Objective.LONGEST_DISTANCE: "Plus courte distance maximale",
}
OBJECTIVE_HELP = {
    Objective.COVERAGE: "Un nombre de stations donné, le plus d'habitants dans le rayon.",
    Objective.FEWEST: "Le moins de stations qui desservent la part des habitants demandée.",
    Objective.MEAN_DISTANCE: "Un nombre de stations donné, le moins de kilomètres par habitant.",
    Objective.LONGEST_DISTANCE: "Un nombre de stations donné, personne trop loin.",
}
EFFORT_LABEL = "Ampleur du calcul"
EFFORT_HELP = "Rapide : le quart du travail. Approfondi : quatre fois plus, pour un écart plus fin."
MORE_OPTIONS = "Options avancées"
CHOSEN_COMMUNES = "Communes imposées, exclues, équipées"

UNITS = {
    Objective.COVERAGE: ("habitants", 0),
    Objective.FEWEST: ("stations", 0),
    Objective.MEAN_DISTANCE: ("km en moyenne", 2),
    Objective.LONGEST_DISTANCE: ("km au plus", 2),
}
"""What each objective counts, and with how many decimals it is shown."""

LABELS = {
    "count": "Nombre de stations",
    "share": "Part des habitants à desservir (%)",
    "radius_km": "Rayon desservi (km)",
    "existing": "Stations existantes (communes)",
    "fixed": "Communes imposées",
    "forbidden": "Communes exclues",
    "min_per_departement": "Au moins, par département",
    "max_per_departement": "Au plus, par département",
    "spacing_km": "Espacement entre stations (km, au moins)",
    "backup": "Double couverture",
    "alternatives": "Autres plans à proposer",
}
HELP = {
    "existing": "Déjà équipées : elles desservent, et s'ajoutent au nombre demandé.",
    "fixed": "Équipées d'office, comptées dans le nombre demandé.",
    "forbidden": "Aucune station n'y sera placée ; leurs habitants comptent toujours.",
    "backup": "Une commune n'est desservie que par deux stations dans le rayon.",
    "radius_km": "Distance en deçà de laquelle un habitant est dit desservi.",
    "alternatives": "Des plans presque aussi bons dont les communes diffèrent.",
}

OTHER_PLANS = "Autres plans"
OTHER_PLANS_HELP = "Presque aussi bons (1 % au plus), et différents d'une station sur vingt."
NO_OTHER_PLAN = "Aucun autre plan presque aussi bon n'a été trouvé à cette ampleur de calcul."

STOP = "Arrêter et garder le plan"
STOPPING = "Arrêt demandé : le meilleur plan trouvé est vérifié, puis montré."
RESUME = "Reprendre le calcul"
STOPPED = (
    "Le calcul a été arrêté à votre demande : voici le meilleur plan trouvé, et ce qui en est "
    "prouvé."
)
LEFT = (
    "Aucune page ne montrait plus ce calcul : il s'est arrêté, et voici le meilleur plan trouvé, "
    "avec ce qui en est prouvé."
)
BEST_PLAN, BEST_POSSIBLE = "meilleur plan", "au mieux"
GAP_ALT = "Le meilleur plan et la borne se rapprochent au fil du calcul"


def proof(outcome: StationOutcome) -> str:
    """Return whom a plan serves and what is proven of it, in three sentences."""
    plan = outcome.plan
    status = status_fr(plan.status, plan.gap_share).capitalize()
    bound = bound_fr(outcome.parameters.objective, outcome.bound).capitalize()
    return f"{covered(outcome)}. {status}. {bound}."


def covered(outcome: StationOutcome) -> str:
    """Return how many inhabitants are within the radius, of how many."""
    served, everybody = number(outcome.covered_population), number(outcome.population)
    radius = number(outcome.parameters.radius_km, 1).removesuffix(",0")
    twice = "deux stations" if outcome.parameters.backup > 1 else "une station"
    return f"{served} habitants couverts sur {everybody} ({twice} à {radius}\u202fkm au plus)"


def sources(source: Provenance) -> str:
    """Return what a plan was made from, with its vintage and its licence."""
    told = (f"{one['titre']} ({one['millesime']}, {one['licence']})" for one in source.sources)
    return f"Sources\u00a0: {' ; '.join(told)}."


def calculation(news: SitingProgress | None, *, is_waiting: bool) -> str:
    """Return where a calculation stands."""
    if news is not None:
        return progress_fr(news)
    return CALCULATION_WAITS if is_waiting else CALCULATION_BEGINS


def calculated(outcome: StationOutcome) -> str:
    """Return how a plan was obtained, and the identity of the problem it answers."""
    plan = outcome.plan
    told = f"Plan calculé et vérifié (graine {plan.seed}, {number(plan.seconds, 1)}\u202fs"
    told += f", meilleur plan à {number(plan.seconds_to_best, 1)}\u202fs)."
    return f"{told} Problème {plan.instance_hash[:12]}." if plan.instance_hash else told


def figures(news: SitingProgress) -> dict[str, str]:
    """Return the figures of a calculation under way, by label; a dash for what is not known."""
    unit, decimals = UNITS[news.objective]
    value, bound = (
        number(one if math.isfinite(one) else None, decimals) for one in (news.value, news.bound)
    )
    return {
        f"Meilleur plan ({unit})": value,
        f"Au mieux ({unit})": bound,
        "Écart prouvé": percent(news.gap_share if news.has_plan else None, 2),
        "Durée": f"{number(news.elapsed_s)}\u202fs",
    }


def is_stopped(outcome: StationOutcome) -> bool:
    """Tell whether somebody stopped the calculation of this plan."""
    return outcome.plan.status is Status.STOPPED
