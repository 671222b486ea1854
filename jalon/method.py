"""The method told from the registries: the same rows for docs/method.md and for the screen."""

from datetime import date
from pathlib import Path

from data.downloads import Kind, addresses
from jalon.constraints import FAMILIES, Family
from jalon.french import NARROW_SPACE, number
from jalon.rules.registry import RULES
from jalon.zan.law import CERTAINTY_FR, Certainty, Dated, LegalFigure, legal_figures
from jalon.zan.rules import ZAN_RULES, ZanRule
from layers.registry import layer

LIMITS_LIST_FR = (
    "Si un terrain est un espace urbanisé : la commune ou l'État peuvent en juger autrement.",
    "Si un site est une friche, et qui paie sa dépollution.",
    "Si un projet est d'envergure nationale ou européenne (PENE) ou d'intérêt national majeur.",
    "Si des travaux ont effectivement commencé, et à quelle date.",
    (
        "La compatibilité des documents : un solde positif ne donne aucun droit à construire, un "
        "solde négatif n'interdit pas à lui seul un permis en zone U."
    ),
    (
        "Le taux de réduction quand aucun document ne le fixe ; les chiffres du Cerema sont des "
        "estimations fiscales qu'un mode d'occupation local peut remplacer."
    ),
    "Le sursis à statuer, la préemption et la validité des zones à urbaniser.",
    "La réalité d'une renaturation, les espèces protégées, les zones humides.",
    "Le contenu exact des règlements de PPR, et la sous-destination d'une station multi-énergies.",
    "Les textes en discussion ou postérieurs aux millésimes affichés.",
)
"""Rulebook §5: what software cannot decide."""


LAW_IN_MOTION_FR = (
    "Loi 2026-403 : assouplissements du ZAN censurés (CC n° 2026-903 DC, 21 mai 2026) ; source "
    "secondaire, à confirmer. Proposition de loi TRACE : non promulguée dans les sources lues. "
    "Les allègements qu'elles prévoyaient sont donc éteints, et marqués « à vérifier »."
)
"""Rulebook §2.8: what may have moved since the sources were read."""

DOMAINS_FR = {
    "ENV": "Enveloppe du territoire",
    "GAR": "Garantie communale",
    "PENE": "Projets d'envergure nationale ou européenne (PENE)",
    "PAR": "Coût d'un projet, 2021-2030",
    "NET": "Artificialisation nette",
    "DAT": "Échéances et gels",
    "ZAE": "Zones d'activités",
}
"""The domains of the ZAN rules, by the middle of their identifiers."""

UNSAID_UNITS = ("année", "part")
"""A year and a share read as such."""

FAMILIES_FR = {
    "forbidden": "zone d'un plan de prévention où construire est interdit",
    "unspecified": "zone d'un plan de prévention sans règlement donné",
    "conditional": "zone d'un plan de prévention sous prescriptions",
    "hazard": "zone d'aléa",
    "protected": "protection forte",
    "natura": "Natura 2000",
    "inventory": "ZNIEFF",
    "park": "parc naturel",
    "wetland": "zone humide",
    "woodland": "espace boisé classé",
    "reserved": "emplacement réservé",
    "prescribed": "autre prescription",
    "heritage": "abords de monuments, sites patrimoniaux",
    "listed": "sites naturels classés ou inscrits",
    "network": "canalisations, lignes, voies ferrées",
    "easement": "autre servitude",
}
"""The families of `jalon.constraints`, as a land officer calls them."""


METHOD_PATH = Path(__file__).resolve().parent.parent / "docs" / "method.md"
GENERATED_START = "<!-- tables tirées du code : python -m jalon.method -->"
GENERATED_END = "<!-- fin des tables -->"


def rule_rows() -> list[dict[str, str]]:
    """Return the rules on sites as a French table."""
    return [
        {
            "Règle": rule.rule_id,
            "Effet": rule.effect.value,
            "Ce que lit l'utilisateur": rule.text_fr,
            "Fondement": rule.basis_fr,
        }
        for rule in RULES
    ]


def constraint_rows() -> list[dict[str, str]]:
    """Return the families of constraints, and what each does to the land, as a French table."""
    return [
        {
            "Couche": layer(family.table).title_fr,
            "Contrainte": FAMILIES_FR[family.name],
            "Terrain couvert": _effect_fr(family),
        }
        for family in FAMILIES
    ]


def _effect_fr(family: Family) -> str:
    if family.name == "unspecified":
        return "retiré, ou signalé seulement (`land.unspecified_risk`)"
    return "retiré de la surface utile" if family.forbids else "gardé, vigilance"


def zan_rule_rows(domain: str) -> list[dict[str, str]]:
    """Return the ZAN rules of one of `DOMAINS_FR` as a French table."""
    return [
        {
            "Règle": rule.rule_id,
            "Ce qu'elle dit": f"{rule.title_fr}. {rule.text_fr}",
            "Fondement": rule.basis_fr,
            "Données": rule.inputs_fr,
            "Effet": rule.effect_fr,
            "En vigueur": _days_fr(rule),
            "Certitude": _rule_certainty_fr(rule),
        }
        for rule in ZAN_RULES
        if rule.rule_id.split("-")[1] == domain
    ]


def figure_rows() -> list[dict[str, str]]:
    """Return the legal figures, all their successive values, as a French table."""
    return [
        {
            "Chiffre": f"{figure.label_fr} ({figure.name})",
            "Valeur": _measured_fr(figure),
            "En vigueur": _days_fr(figure),
            "Source": figure.source_fr,
            "Certitude": _certainty_fr(figure.certainty),
        }
        for figure in legal_figures()
    ]


def figure_value_fr(figure: LegalFigure) -> str:
    """Return the value of a legal figure as French readers write it, without its unit."""
    value = figure.value
    if isinstance(value, bool):
        return "oui" if value else "non"
    if not isinstance(value, int | float):
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value
    if figure.unit == "année":
        return str(value)
    return number(value) if value == int(value) else number(value, 3).rstrip("0")


def _measured_fr(figure: LegalFigure) -> str:
    text = figure_value_fr(figure)
    is_bare = isinstance(figure.value, bool) or not isinstance(figure.value, int | float)
    return text if is_bare or figure.unit in UNSAID_UNITS else f"{text}{NARROW_SPACE}{figure.unit}"


def _days_fr(dated: Dated) -> str:
    if dated.valid_to is None:
        return f"depuis le {dated.valid_from:%d/%m/%Y}"
    return f"du {dated.valid_from:%d/%m/%Y} au {dated.valid_to:%d/%m/%Y}"


def _certainty_fr(certainty: Certainty) -> str:
    return f"{certainty} : {CERTAINTY_FR[certainty]}"


def _rule_certainty_fr(rule: ZanRule) -> str:
    told = _certainty_fr(rule.certainty)
    if rule.is_convention and rule.certainty is not Certainty.CONVENTION:
        return f"{told} ; en partie {CERTAINTY_FR[Certainty.CONVENTION]}"
    return told


def source_rows() -> list[dict[str, str]]:
    """Return where each official dataset is obtained as a French table."""
    extents = {
        "national": "France",
        "region": "région",
        "departement": "département",
        "commune": "commune",
        "area": "emprise du territoire",
    }
    return [
        {
            "Couche": address.layer,
            "Donnée": address.title,
            "Étendue": extents[address.granularity],
            "Adresse": f"`{address.url}`{f' `{address.type_name}`' if address.type_name else ''}",
            "Licence": address.licence,
            "Obtention": "à la main" if address.kind is Kind.BY_HAND else "`jalon fetch`",
            "Adresse relevée dans": address.seen_in or "non vérifiée",
        }
        for address in addresses()
    ]


def method_markdown() -> str:
    """Return the part of docs/method.md that is written from the registries."""
    limits = "\n".join(f"{n}. {limit}" for n, limit in enumerate(LIMITS_LIST_FR, 1))
    return "\n".join(
        (
            GENERATED_START,
            "",
            "### Règles sur les sites",
            "",
            _table(rule_rows()),
            "",
            "### Contraintes de surface",
            "",
            _table(constraint_rows()),
            "",
            "### Règles du ZAN",
            "",
            *_zan_rule_lines(),
            "### Chiffres de la loi",
            "",
            LAW_IN_MOTION_FR,
            "",
            _table(figure_rows()),
            "",
            "### Obtenir les données",
            "",
            _table(source_rows()),
            "",
            "### Ce qu'un logiciel ne peut pas décider",
            "",
            limits,
            "",
            GENERATED_END,
        )
    )


def _zan_rule_lines() -> list[str]:
    """Return one table a domain of the ZAN rules, under its title."""
    sections = (
        (f"#### {title_fr}", "", _table(zan_rule_rows(domain)), "")
        for domain, title_fr in DOMAINS_FR.items()
    )
    return [line for section in sections for line in section]


def _table(rows: list[dict[str, str]]) -> str:
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads), *([row[head] for head in heads] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def rewrite() -> None:
    """Write the tables of docs/method.md anew between their two marks."""
    text = METHOD_PATH.read_text(encoding="utf-8")
    before, _, rest = text.partition(GENERATED_START)
    _, _, after = rest.partition(GENERATED_END)
    METHOD_PATH.write_text(before + method_markdown() + after, encoding="utf-8")


if __name__ == "__main__":
    rewrite()
