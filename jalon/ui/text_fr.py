"""Every sentence a user of the application reads, beside those of the rules themselves."""

import math
from collections.abc import Sequence

from geo.optimise.problem import Progress
from jalon.french import count, hectares, interval_ha, number, percent

MARKUP = frozenset("\\`*_{}[]<>()#+!|~$:&")

# Frame and territories
GENERATED_MARK = ":orange-badge[généré]"
GENERATED_BADGE = "Territoire fictif, généré : aucun chiffre ne concerne une commune réelle."
SEARCH_LABEL = "Commune, EPCI, département ou code"
SEARCH_PLACEHOLDER = "Strasbourg, 67482… puis Entrée"
SEARCH_RESULTS = "Territoires trouvés"
NOTHING_FOUND = "Aucun territoire ne répond à « {text} »."
OPEN_EXAMPLE = "Ouvrir le territoire d'exemple"
PREPARING = "Préparation du territoire d'exemple (généré)…"
READING_COMMUNES = "Lecture des communes…"
READING_PARCELS = "Lecture des parcelles…"
JUDGING = "Examen des parcelles…"
COUNTING = "Comptes ZAN…"

# Land
LAND_TITLE = "Foncier économique"
NO_PARCEL = (
    "Aucune parcelle importée pour « {name} ». La page **Données** importe le cadastre, le PLU, "
    "les risques et les friches ; le territoire d'exemple est prêt."
)
NO_LIMIT = "aucun"
DRAW_HELP = (
    "Dessinez un polygone ou un rectangle sur la carte : seuls les sites qu'il touche restent. "
    "Effacez le dessin pour tout revoir."
)
USABLE_HELP = "Somme des surfaces utiles des sites non écartés qui sont affichés."
FOOTPRINT_HELP = "Surface que les sites affichés couvrent ensemble, chaque mètre carré une fois."
COST_HELP = (
    "Espaces naturels, agricoles et forestiers que les surfaces utiles affichées consommeraient, "
    "du certain au possible : ce qu'aucune source ne dit est compté dans le maximum."
)
TABLE_HELP = (
    "La carte et le tableau montrent les mêmes sites. Cliquez une cellule pour ouvrir la fiche ; "
    "cochez des lignes pour les ajouter à votre liste."
)
SHORTLIST_EMPTY = (
    "Votre liste est vide. Ouvrez une fiche depuis la carte ou le tableau, ou cochez des lignes."
)
MISSING_REASON = "Données absentes, qui abaissent la fiabilité : {names}."
SHEET_SOURCES = "Sources et millésimes ({files})"

# Stations
STATIONS_TITLE = "Stations multi-énergies"
APPROXIMATE = (
    "Distances approchées (ligne droite × {ratio})\u00a0: sous 15 minutes de route, une vraie "
    "couverture peut différer nettement."
)
CALCULATING = (
    "Le calcul se poursuit à part : vous pouvez consulter les autres pages, le résultat "
    "vous attendra ici."
)
CALCULATION_WAITS = "Calcul du plan de stations…"
CURVE_HELP = "Trait : ce qu'un plan connu couvre. Bande : ce qu'aucun plan ne peut dépasser."
ALL_COVERED = "Toutes les communes sont desservies."

# ZAN
ZAN_TITLE = "Budget ZAN"
NO_SERIES = (
    "Aucune série de consommation d'espaces NAF importée pour « {name} ». "
    "La page **Données** importe le fichier communal du Cerema."
)
RATE_HELP = (
    "Réduction de {rate} par rapport à 2011-2020 ({status}), règles R-ENV-1, R-ENV-2, R-GAR-1 "
    "et R-GAR-2."
)
NOT_ALL_COUNTED = (
    "{counted} communes comptées sur {total} : les autres n'ont pas de série complète."
)
PACE_HELP = "Tireté : le rythme annuel que l'enveloppe 2021-2030 permet en moyenne."
LISTED_NOTHING = (
    "Votre liste ne compte ici aucun site dont le coût soit connu : ajoutez-en depuis la page "
    "Foncier."
)
LISTED_BEYOND = "Ma liste irait {area} au-delà de l'enveloppe calculée."
LISTED_WITHIN = "Ma liste coûterait au plus {area} d'espaces NAF."
PROJECTION = "Au rythme observé, 2021-2030 consommerait {area}."

# Imported files
IMPORT_HELP = (
    "Cadastre, PLU, PPR, friches, ZAE, OCS GE, RPG, consommation d'espaces NAF… Jalon reconnaît un "
    "fichier à son contenu (200 Mo au plus). Rien ne quitte cet ordinateur."
)
SWAPPED_LABEL = "Latitude et longitude sont inversées dans ces fichiers"
NO_FILE = "Choisissez d'abord un ou plusieurs fichiers."

# Method
RULES_HELP = (
    "Une exclusion écarte le site ; un inconnu le rend indéterminé ; une vigilance le met "
    "sous conditions ; un indice dit pourquoi il est candidat."
)
FIGURES_HELP = (
    "Certitude : A, texte officiel ou code du ministère ; B, source secondaire fiable ; "
    "CONV, convention de Jalon."
)

STATUS_COLOURS = {
    "disponible": "#0072b2",
    "mobilisable sous conditions": "#e69f00",
    "indéterminé": "#8a8a8a",
    "non disponible": "#d9d4cc",
}
"""Okabe and Ito's palette, which colour-blind readers tell apart; patterns say it again."""


def literal(text: str) -> str:
    """Return a text that Markdown shows as it is: names from files are never markup."""
    return "".join(f"\\{sign}" if sign in MARKUP else sign for sign in text)


def fault(message: str, hint: str) -> str:
    """Return a fault and its remedy as one text."""
    return f"{message}\n\n**Remède** : {hint}" if hint else message


def site_count(kept: int, total_ha: float) -> str:
    """Return «12 sites, 34,50 ha»."""
    return f"{count(kept, 'site')}, {hectares(total_ha)}"


def cost(low_ha: float, high_ha: float) -> str:
    """Return the ENAF cost as a sentence a land officer reads."""
    if math.isnan(low_ha) or math.isnan(high_ha):
        return "coût ENAF non calculé"
    return f"{interval_ha(low_ha, high_ha)} d'espaces NAF"


def costs(low_ha: Sequence[float], high_ha: Sequence[float]) -> str:
    """Return «0,20 à 1,30 ha», the sum over sites, and how many sites have no cost."""
    known = [both for both in zip(low_ha, high_ha, strict=True) if not any(map(math.isnan, both))]
    if not known:
        return "—"
    total = interval_ha(sum(low for low, _ in known), sum(high for _, high in known))
    uncosted_count = len(low_ha) - len(known)
    return total if not uncosted_count else f"{total} (hors {count(uncosted_count, 'site')})"


def uncosted(uncosted_count: int) -> str:
    """Return a warning that some sites of the list are in no sum."""
    return f"{count(uncosted_count, 'site')} de votre liste sans coût connu : hors de ce total."


def unanswered(site_ids: tuple[str, ...]) -> str:
    """Return a warning that some sites of the list are not in the imported parcels."""
    listed = literal(", ".join(site_ids))
    return f"Dans votre liste, sans parcelle importée qui leur réponde : {listed}."


def too_many(shown: int, total: int) -> str:
    """Return a warning that the map does not show everything."""
    return (
        f"La carte montre les {number(shown)} plus grands sites sur {number(total)} ; les comptes, "
        "le tableau et les exports portent sur tous."
    )


def proof(status: str, gap_share: float, bound: float) -> str:
    """Return what is proven of a plan."""
    return (
        f"{status.capitalize()} : {percent(gap_share, 2)}. Aucun plan de même taille ne couvre "
        f"plus de {number(bound)} habitants dans ce modèle."
    )


def calculation(progress: Progress | None) -> str:
    """Return where a calculation stands."""
    if progress is None:
        return CALCULATION_WAITS
    gap = percent(progress.gap_share, 2) if math.isfinite(progress.bound) else "—"
    return (
        f"{progress.stage.value.capitalize()} : {number(progress.objective)} habitants couverts, "
        f"écart prouvé {gap}"
    )


def calculated(seed: int, seconds: float) -> str:
    """Return how a plan was obtained."""
    return f"Plan calculé et vérifié (graine {seed}, {number(seconds, 1)} s)."


HOME_TITLE = "Le foncier de l'industrie, les stations d'énergie"
HOME_INTRO = (
    "Où implanter l'industrie quand la terre est comptée, et où poser des stations : des données "
    "publiques, des calculs qui se prouvent, des fichiers à emporter."
)
HOME_STATIONS = "300 stations dans le Grand Est"
HOME_LAND = "Foncier du Pays de Jalonne"
HOME_LEDGER = "Son enveloppe 2021-2030"
HOME_OWN_DATA = (
    "Le Pays de Jalonne est un territoire fictif, généré, pour essayer. Importez vos fichiers "
    "officiels pour travailler sur vos communes."
)


def overlapping(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return which sites of the list share some ground."""
    named = ", ".join(f"{literal(one)} et {literal(other)}" for one, other in pairs)
    return f"Des emprises se recouvrent et ne comptent qu'une fois : {named}."
