"""Every sentence of the cost of a drawn project or of a site, and of its envelope."""

from jalon.zan.land_class import LandClass
from jalon.zan.periods import NET_FR, REFERENCE_FR

# Drawing
USE_LABEL = "Le dessin"
OPTIONS_LABEL = "Options du projet"
PROJECT_HELP = (
    "Dessinez l'emprise du projet sur la carte (bâtiments, cours, voies, bassins, accès) : son "
    "coût est compté aussitôt. Plusieurs dessins forment un seul projet ; ce qu'ils partagent ne "
    "compte qu'une fois."
)
WORKS_LABEL = "Début des travaux"
WORKS_PLACEHOLDER = "jour/mois/année"
BAD_DATE = "« {text} » n'est pas une date : écrivez par exemple 15/03/2027. Elle n'est pas retenue."
AFTER_LABEL = "Ce que le sol devient"
AFTER_HELP = "Pour l'artificialisation nette seulement ; le coût en espaces NAF n'en dépend pas."
PENE_LABEL = "Projet d'envergure nationale (PENE)"
PHOTOVOLTAIC_LABEL = "Panneaux photovoltaïques au sol"
GUARANTEES_HELP = "Une garantie qui n'est pas cochée n'est pas dite : le coût reste un intervalle."
GUARANTEES_FR = {
    "reversible": "Installation réversible",
    "couvert": "Couvert végétal maintenu",
    "acces": "Voies d'accès perméables",
    "agricole": "Activité agricole ou pastorale maintenue",
    "declaree": "Déclarée au guichet national",
    "justifiee": "Justifiée par l'autorité compétente",
}
EFFECTIVE_LABEL = "Renaturation effective (ha)"
PLANNED_LABEL = "Renaturation prévue (ha)"
NOTHING_RESTORED = "aucune"

# Cost
COSTING = "Coût de l'emprise…"
PROJECT_TITLE = "Projet dessiné"
PROJECT_TAB = "Projet dessiné"
SHEET_TAB = "Fiche du site"
COST_TITLE = "Coût ZAN"
NO_SHAPE = "Ce site n'a pas de contour : son coût n'est pas calculé."
DRAWN_PART = "Le dessin déborde de ce site : seule la part qui est dans le site est comptée ici."
DRAW_HINT = (
    "Dessinez une emprise dans ce site (choix « Le dessin » à gauche) : ce coût la suit aussitôt."
)
INTERVAL_FR = (
    "Le minimum compte ce que les sources disent agricole, naturel ou forestier ; le maximum "
    "ajoute les {unknown} dont aucune source ne dit l'usage."
)
NOT_COSTED = (
    "Le coût de ce site n'est pas calculé : rien n'indique qu'il puisse servir à l'industrie."
)
EXACT_FR = "Toute l'occupation est connue : le minimum et le maximum sont égaux."
NO_LAND_COVER = "inconnue (pas d'OCS GE ici)"
NO_PARCEL_MET = "inconnue (aucune parcelle importée ici)"
OTHER_PERIODS = {
    REFERENCE_FR: "sans objet (travaux en période de référence)",
    NET_FR: "sans objet (travaux après la tranche : artificialisation nette)",
}
FOOTPRINT_LABEL = "Coût ENAF, emprise ({area})"
USABLE_LABEL = "Coût ENAF, surface utile ({area})"
WHOLE_LABEL = "Coût ENAF, unité foncière entière"
NET_LABEL = "Artificialisation nette (Δ)"
WHOLE_NET_LABEL = "Artificialisation nette (Δ), terrain entier"
ENVELOPE_LABEL = "Enveloppe"

PIECES_LABEL = "Classes et sources"
WHOLE_PIECES_LABEL = "Classes et sources, terrain entier"
DRAWINGS_LABEL = "Dessin par dessin"
TERRITORIES_LABEL = "Territoires : ce qu'il resterait"
CLUES_LABEL = "Dent creuse : indices montrés, non décidés"
CLUES_HELP = (
    "Ces indices ne changent pas le coût : Jalon ne tranche pas si ce terrain est un espace "
    "urbanisé."
)
FREEZE_LABEL = "Gel de la zone au {day:%d/%m/%Y}"
FREEZE_UNKNOWN = "Inconnu : la zone du document d'urbanisme n'est pas connue ici."
NO_DATED_DOCUMENT = "Aucun document d'urbanisme daté importé ici : ce qu'il a intégré est inconnu."
ALERTS_TITLE = "À savoir"
ALERTS_LABEL = "À savoir : {count} à vérifier"
RULES_LABEL = "Règles appliquées ({count})"
METHOD_LINK = "Toutes les règles et leurs chiffres : page Méthode"

# Envelope
VERDICT_HELP = (
    "Le coût de la surface utile comparé à ce qui reste du territoire qui contraint le plus "
    "(commune, EPCI, SCoT, région). Comparaison de chiffres calculés, sans valeur de droit."
)
VERDICT_LABEL = "Enveloppe"
ALL_VERDICTS = "Tous les résultats"
NO_ACCOUNT = (
    "Aucune série de consommation d'espaces NAF importée ici : rien ne dit ce qu'il reste, "
    "le résultat est incertain."
)

NO_SOURCE = "aucune source"
NOWHERE = "hors des communes connues"

CLASS_COLOURS = {
    LandClass.URBANISED.value: "#6b7280",
    LandClass.FARM.value: "#f0e442",
    LandClass.NATURE.value: "#56b4e9",
    LandClass.FOREST.value: "#009e73",
    LandClass.UNKNOWN.value: "#cc79a7",
}
"""Okabe and Ito's palette, as for the statuses."""
