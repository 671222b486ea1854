"""Every sentence a user of the application reads, beside those of the rules themselves."""

import math
from collections.abc import Sequence

from jalon.french import count, hectares, interval_ha, number

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
SCORING = "Calcul des notes et des rangs…"
SEARCHING = "Recherche des sites qui répondent…"
COUNTING = "Comptes ZAN…"

# Land
LAND_TITLE = "Foncier économique"
NO_PARCEL = (
    "Aucune parcelle importée pour « {name} ». La page **Données** importe le cadastre, le PLU, "
    "les risques et les friches ; le territoire d'exemple est prêt."
)
NO_LIMIT = "aucun"
ALL_STATUSES = "Tous les statuts"
ALL_KINDS = "Toutes les natures"
REACH_LABELS = {
    "road_m": "Route à (m, au plus)",
    "main_road_m": "Route principale à (m, au plus)",
    "motorway_m": "Échangeur à (m, au plus)",
    "rail_m": "Fret ferroviaire à (m, au plus)",
    "railway_m": "Voie ferrée à (m, au plus)",
    "substation_m": "Poste électrique à (m, au plus)",
}
UNKNOWN_FILTERED_HELP = (
    "Distances à vol d'oiseau. Un site dont le chiffre est inconnu ne passe pas le filtre."
)
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
NO_SITE = "Aucun site ne passe les filtres."
SHORTLIST_EMPTY = (
    "Votre liste est vide. Ouvrez une fiche depuis la carte ou le tableau, ou cochez des lignes."
)
MISSING_REASON = "Données absentes, qui abaissent la fiabilité : {names}."
SHEET_SOURCES = "Sources et millésimes ({files})"

CNIG_LABEL = "Format CNIG (TERRAIN-ECO)"
CNIG_HELP = "Table TERRAIN-ECO du standard CNIG Sites économiques, pour l'inventaire des zones."
ASSEMBLY_MARK = "_x"
"""What stands in the identifier of an assembly, and of no parcel."""

OWNERS_UNKNOWN = "propriétaires inconnus (unités foncières non importées)"
DISTANCES_HELP = (
    "Distances à vol d'oiseau depuis la limite du site ; « — » : rien de connu à portée."
)

# Usage and score
NO_USAGE = "Aucun"
SCORE_HELP = (
    "Note chaque site non écarté selon un modèle : somme de poids × valeur (0 à 1), critère par "
    "critère. Une donnée absente ne vaut rien dans la note : elle n'améliore jamais un rang. Le "
    "statut ne dépend pas de la note."
)
SCORE_RANGE_HELP = (
    "Du certain au possible : la note que les données connues assurent, puis celle que le site "
    "aurait si tout ce qui est inconnu lui était favorable. Le rang suit la première."
)
SPREAD_HELP = (
    "Rangs que 5 % et 95 % des 1 000 tirages ne dépassent pas, quand les poids et les valeurs mal "
    "connues varient."
)
TOP_HELP = "Part des tirages où le site est parmi les dix premiers."
WEIGHTS_HELP = "Les poids sont ramenés à un total de 1 ; zéro ôte le critère."
USUAL_WEIGHTS = "Revenir aux poids du modèle"
NO_WEIGHT = "Tous les poids sont nuls : ceux du modèle servent. Donnez un poids à un critère."
CONTRIBUTIONS = "Note du site, critère par critère ({usage})"
CONTRIBUTIONS_HELP = (
    "Rang {rank}. Apport = poids × valeur ; la somme des apports certains est la note."
)
NOT_SCORED = "Un site non disponible n'a ni note ni rang."

# Requirement
REQUIREMENT_TAB = "Cahier des charges"
REQUIREMENT_HELP = (
    "Dites ce qu'un site doit offrir ; laissez vide ce qui n'est pas exigé. Les parcelles trop "
    "petites seules sont assemblées jusqu'à la surface demandée. Une donnée absente ne vaut jamais "
    "réponse : le site est alors « à vérifier »."
)
KEPT_KEYS = "Exigences du fichier gardées telles quelles : {keys}."
RELAX = "Assouplir ainsi"
ANSWERS = "Répondent"
TO_VERIFY = "À vérifier"
NEARLY = "Presque"
ANSWERS_HELP = (
    "Cliquez une cellule pour ouvrir la fiche ; cochez des lignes pour les ajouter à votre liste."
)
ANSWERS_NONE = "Aucun site ne tient toutes les exigences."
TO_VERIFY_HELP = "Rien n'est manqué, mais une exigence au moins dépend d'une donnée inconnue."
TO_VERIFY_NONE = "Aucun site n'est à vérifier."
NEARLY_HELP = (
    "Les sites qui manquent le moins d'exigences, le plus petit assouplissement d'abord. Le bouton "
    "l'applique au cahier des charges et cherche de nouveau."
)
NEARLY_NONE = "Aucun site ne manque d'exigence."
RELAXATIONS_TITLE = "Une seule exigence assouplie"
BLOCKING_TITLE = "Ce qui écarte les sites"
SPECIFICATION_FILE = "cahier_des_charges.toml"
OTHER_CRITERIA = "Les critères de note de ce fichier ne sont pas ceux d'un modèle."
NO_LABEL = "Ceux que le PLU dit"
LABELS_HELP = (
    "Les libellés de zone sont locaux : « UAi » est industriel ici, autre chose ailleurs. "
    "Choisissez ceux que le règlement dit économiques : leurs parcelles seront examinées "
    "comme telles. Le choix reste dans l'adresse de la page."
)
OTHER_LAND = "Sa lecture du terrain, table [land], n'est pas celle de l'application."
WHOLE_FILE_HINT = (
    "Seules ses exigences sont reprises ici ; « jalon search » applique le fichier entier."
)

# ZAN
ZAN_TITLE = "Budget ZAN"
NO_SERIES = (
    "Aucune série de consommation d'espaces NAF importée pour « {name} ». "
    "La page **Données** importe le fichier communal du Cerema."
)

# Imported files
IMPORT_HELP = (
    "Cadastre, PLU, PPR, friches, ZAE, OCS GE, RPG, consommation d'espaces NAF… Jalon reconnaît un "
    "fichier à son contenu (200 Mo au plus). Rien ne quitte cet ordinateur."
)
SWAPPED_LABEL = "Latitude et longitude sont inversées dans ces fichiers"
NO_FILE = "Choisissez d'abord un ou plusieurs fichiers."
REPORT_LABEL = "Rapport d'import (CSV)"
REPORT_HELP = "Une ligne par ligne touchée : réparée, écartée ou signalée, avec sa raison."
CHECK_LABEL = "Vérifier au standard CNIG"
CHECK_HELP = "Contrôle le fichier sans l'importer : chaque faute, avec sa ligne et son remède."
STANDARD_LABEL = "Standard"
STANDARD_NAMES = {"friches": "CNIG Friches", "sites-economiques": "CNIG Sites économiques"}
NO_FAULT = "aucune faute ({rows})."
CHECKED_REPORT = "Rapport de contrôle (CSV)"
OLD_LABEL = "Signaler les millésimes de plus de (mois)"
OFFICIAL_TITLE = "Télécharger les données officielles"
OFFICIAL_HELP = (
    "Ce que la commande ci-dessous téléchargerait pour le territoire choisi, puis importerait. "
    "Cette page ne télécharge rien elle-même."
)
OFFICIAL_GENERATED = (
    "Le territoire d'exemple est généré : il n'y a rien à télécharger. Cherchez une commune, un "
    "EPCI ou un département."
)
HOW_OBTAINED = {
    "file": "fichier",
    "wfs": "service (WFS)",
    "api_carto": "service (API Carto)",
    "by_hand": "à la main",
}

# Method
RULES_HELP = (
    "Une exclusion écarte le site ; un inconnu le rend indéterminé ; une vigilance le met "
    "sous conditions ; un indice dit pourquoi il est candidat."
)
ZAN_RULES_HELP = (
    "S'appliquent les règles en vigueur au jour de référence. Zonage, risques et zones humides "
    "sont parmi les règles sur les sites, plus haut."
)
FIGURES_HELP = (
    "Chaque valeur vaut du jour où son texte prend effet au jour où un autre le remplace. « à "
    "vérifier » : aucun texte officiel n'a été lu. Droit vérifié au {verified_on:%d/%m/%Y}."
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


def unanswered(site_ids: tuple[str, ...]) -> str:
    """Return a warning that some sites of the list are not in the imported parcels."""
    listed = literal(", ".join(site_ids))
    told = f"Dans votre liste, sans parcelle importée qui leur réponde : {listed}."
    if any(ASSEMBLY_MARK in one for one in site_ids):
        told += " Un assemblage n'existe que sous le cahier des charges qui l'a composé."
    return told


def weight_label(title: str) -> str:
    """Return the label of the field that holds the weight of a criterion."""
    return f"Poids : {title}"


def relaxation(sentence: str, gained: int) -> str:
    """Return a relaxation and how many sites it brings."""
    return f"{sentence} → {count(gained, 'site')} de plus"


def old(months: int) -> str:
    """Return a warning on the age of a source."""
    years, rest = divmod(months, 12)
    parts = [count(years, "an")] if years else []
    parts += [f"{rest}\u202fmois"] if rest else []
    return f"⚠ ancien : {' et '.join(parts)}"


def too_many(shown: int, total: int) -> str:
    """Return a warning that the map does not show everything."""
    return (
        f"La carte montre les {number(shown)} plus grands sites sur {number(total)} ; les comptes, "
        "le tableau et les exports portent sur tous."
    )


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
