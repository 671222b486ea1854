"""Every sentence of the ZAN page, beside those of the rules and of the accounts themselves."""

import math
from datetime import date

from jalon.french import count, interval_ha, number, percent
from jalon.ledger_export.report import certainty_fr
from jalon.zan.rules import ZanRule
from jalon.zan.selection import Verdict

UNKNOWN = "inconnu"

# Reference date
DATE_LABEL = "Date de référence"
DATE_HELP = (
    "Le droit de ce jour s'applique à tous les comptes de la page. Sans choix, celui du jour de "
    "sa dernière vérification."
)
REFUSED_DATE = (
    "« {text} » n'est pas un jour du {first:%d/%m/%Y} au {last:%d/%m/%Y} : la date de l'adresse "
    "n'est pas retenue."
)
NO_DOCUMENT = (
    "Dates des documents non importées : un gel ne peut pas être dit. Le modèle « documents » de "
    "la page **Données** (« Compléter les comptes ZAN ») se remplit et s'importe."
)
FREEZES_HELP = (
    "SCoT : ce que le gel ferait à une zone A ou N qu'on voudrait ouvrir. PLU et carte communale : "
    "ce qu'il ferait à un permis en zone à urbaniser ou en secteur constructible."
)

# Figures
REFERENCE_HELP = "C : consommation d'espaces NAF publiée, du 1er janvier 2011 au 1er janvier 2021."
RATE_HELP = "r : {source}."
ALLOWED_HELP = (
    "A : enveloppe E = (1 − r) × C ; pour une commune, au moins sa garantie. Un intervalle dit "
    "que le document qui ouvre la garantie n'est pas connu."
)
NET_HELP = (
    "N = K − R : {published} publiés, moins {pene} de PENE de l'annexe I, {solar} de "
    "photovoltaïque exempté et {moved} de ZAC antérieures ; puis moins {restored} de renaturation "
    "effective."
)
REMAINING_HELP = "B = A − N. Un solde positif ne donne aucun droit à construire."
USED_HELP = "N / A. Au-delà de 100 %, la consommation va au-delà de l'enveloppe calculée."
CERTAINTY_HINT = "Ce que vaut chaque certitude : onglet « Sources »."

# Charts
TRAJECTORY_TITLE = "De 2011 à 2030, année par année (ha)"
TRAJECTORY_HELP = (
    "Barres\u00a0: consommation publiée de l'année. Trait à points\u00a0: consommation nette "
    "cumulée depuis 2021. Tirets longs\u00a0: enveloppe. Pointillé\u00a0: projection au rythme "
    "observé."
)
ENVELOPE_TITLE = "L'enveloppe 2021-2030 (ha)"
NO_CHART = "Comptes incomplets : le graphique attend une série entière."
YEARS_TITLE = "Les chiffres, année par année"
PARTS_TITLE = "Les chiffres de l'enveloppe"
LISTED_NOTHING = "aucun site listé"
LISTED_UNKNOWN = "coût inconnu"
LIST_EMPTY = (
    "Votre liste est vide : ajoutez-y des sites depuis la page **Foncier**, ils seront comparés à "
    "l'enveloppe de chaque territoire qu'ils touchent."
)
LIST_HELP = (
    "Chaque site, puis toute la liste, face à ce qui reste à la commune, à la mutualisation, à "
    "l'EPCI, au SCoT et à la région. Un territoire dont une commune n'est pas comptée n'a pas de "
    "reste connu : son verdict est « incertain » ; une région incomplète n'est pas montrée."
)
LIST_WHOLE = "Toute la liste"
LIST_EACH = "Site par site"
LIST_NO_SERIES = "Aucune série de consommation importée pour les communes de votre liste."

# Accounts
ACCOUNTS_HELP = (
    "Surfaces en hectares. « — » : inconnu, ou sans objet à ce niveau. Le CSV et le classeur ont "
    "toutes les colonnes."
)
AROUND_HELP = (
    "Les territoires plus larges que celui choisi sont là pour comparer, sur leurs communes dont "
    "la série est importée ; ouvrez-les pour les emporter."
)
RATE_STATUS_HELP = (
    "Réglementaire : document en vigueur. Indicatif : objectif d'un document en projet ou d'un "
    "territoire plus large. Défaut : taux de la loi."
)
NET_COLUMN_HELP = "Consommation nette N, depuis 2021."
CLOSED_HELP = (
    "Part de la commune quand les garanties sont prises dans l'enveloppe de l'EPCI (R-GAR-7) : la "
    "somme des communes est l'enveloppe de l'EPCI."
)
UNCOVERED_HELP = (
    "Non couvert : ce que les garanties communales demandent et que l'enveloppe ne couvre pas."
)
ORIGIN_TITLE = "D'où vient chaque chiffre"
RECONCILED_TITLE = "Écarts avec la règle publiée par le ministère"
RECONCILED_HELP = (
    "Règle publiée : la plus grande de la moitié de la référence et de 1 ha, à tous les niveaux ; "
    "projection sur neuf ans. Chaque écart (en hectares) dit la règle qui le fait."
)
REGION_TITLE = "Arithmétique régionale"
REGION_HELP = (
    "Part PENE : ce que la région verse au forfait des projets d'envergure nationale ou "
    "européenne, au prorata de sa référence (R-ENV-6). Part neutre d'un SCoT : R-ENV-9, convention "
    "de Jalon. La part réservée (R-ENV-7) se donne dans un scénario (`zan.reserve_share`)."
)
POOLS_TITLE = "Mutualisations"
POOLS_HELP = (
    "Communes qui déclarent mettre leur garantie en commun au sein de leur EPCI : leur reste "
    "commun est la somme de leurs restes (R-GAR-6)."
)
WARNINGS_TITLE = "À savoir sur ces comptes"
LIMITS_TITLE = "Ce qu'un logiciel ne peut pas décider"

# Activity zones
VACANCY_TITLE = "Zones d'activités"
VACANCY_HELP = """\
1. L'unité de compte est l'unité foncière de la zone, dans les communes choisies.
2. Elle est vacante si aucune activité soumise à la CFE n'y est exercée depuis au moins {years}
   ans au 1er janvier {tax_year}, **et** si elle est inoccupée sur la même période.
3. Une unité sans activité mais occupée (un dépôt, par exemple) n'est pas vacante.
4. Un état ou une date qui manque laisse l'unité inconnue : le taux devient un intervalle.
5. Le taux rapporte les vacantes au total ; le texte écrit le rapport dans l'autre sens.
"""
NO_INVENTORY = (
    "Aucun inventaire de zones d'activités importé pour ce territoire. Le modèle « vacance » de "
    "la page **Données** (« Compléter les comptes ZAN ») se remplit et s'importe."
)

# Files
FILES_TITLE = "Emporter ces comptes"
FILES_HELP = (
    "Les mêmes comptes, votre liste et les écarts, avec les règles, les sources et les limites."
)

# Templates
TEMPLATES_TITLE = "Compléter les comptes ZAN"
TEMPLATES_HELP = (
    "Ce que seules les collectivités savent. Remplissez un modèle, effacez sa ligne d'exemple, "
    "puis importez-le ci-dessus. Tout est facultatif : sans lui, l'inconnu reste inconnu."
)
TEMPLATES = {
    "objectifs": ("Objectifs", "taux ou enveloppes fixés par un SRADDET, un SCoT, un PLU(i)"),
    "documents": ("Documents", "dates des PLU, cartes communales, SCoT : garantie et gels"),
    "scot": ("SCoT", "les communes de chaque SCoT"),
    "declarations": ("Déclarations", "PENE, photovoltaïque, renaturation, ZAC, mutualisation"),
    "communes-nouvelles": ("Communes nouvelles", "création et communes déléguées"),
    "vacance": ("Vacance", "unités foncières des zones d'activités : activité, occupation"),
}

VERDICT_MARKS = {
    Verdict.NO_ENAF: "✓",
    Verdict.NATIONAL: "◆",
    Verdict.WITHIN: "✓",
    Verdict.UNCERTAIN: "?",
    Verdict.BEYOND: "▲",
}
"""A sign beside each verdict, for readers who skim; the words say it all."""


def verdict(told: str) -> str:
    """Return a verdict with its sign."""
    return f"{VERDICT_MARKS[Verdict(told)]} {told}"


def area(low_ha: float, high_ha: float) -> str:
    """Return an area or an interval of them; «inconnu» when either end is missing."""
    return UNKNOWN if math.isnan(low_ha) or math.isnan(high_ha) else interval_ha(low_ha, high_ha)


def used(low: float, high: float) -> str:
    """Return «34 %» or «34 à 68 %»; «inconnu» when either end is missing."""
    if math.isnan(low) or math.isnan(high):
        return UNKNOWN
    ends = dict.fromkeys((number(low * 100), percent(high, 0)))
    return percent(high, 0) if number(low * 100) == number(high * 100) else " à ".join(ends)


def law_dates(day: date, verified: date) -> str:
    """Return which day's law applies, and when it was last verified."""
    return f"Droit du {day:%d/%m/%Y}, vérifié au {verified:%d/%m/%Y}."


def vacancy_basis(rule: ZanRule) -> str:
    """Return what the count of vacant units rests on."""
    return f"{rule.rule_id} : {rule.basis_fr}. Certitude {certainty_fr(rule)}."


def vacancy_undefined(tax_year: int) -> str:
    """Return why no unit can be told vacant at the reference date."""
    return f"Au 1er janvier {tax_year}, le droit ne définit pas encore l'unité foncière vacante."


def counted(counted_count: int, commune_count: int) -> str:
    """Return how many communes an account rests on, when some are left out."""
    told = count(counted_count, "commune comptée", "communes comptées")
    return f"{told} sur {number(commune_count)}."


def listed_cost(low_ha: float, high_ha: float, site_count: int, unknown_count: int) -> str:
    """Return what the sites listed here would cost, and how many have no known cost."""
    unknown = f"{count(unknown_count, 'site')} sans coût connu"
    if unknown_count == site_count:
        return f"Ma liste a ici {unknown} : ce qu'il resterait n'est pas connu."
    told = f"Ma liste demanderait {interval_ha(low_ha, high_ha)} ici"
    return f"{told}, et {unknown} : hors de ce total." if unknown_count else f"{told}."
