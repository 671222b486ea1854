"""The method told from the registries: the same rows for docs/method.md and for the screen."""

from pathlib import Path

from data.downloads import Kind, addresses
from jalon.constraints import FAMILIES, Family
from jalon.rules.registry import RULES
from jalon.rules.zan import legal_figures
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


def figure_rows() -> list[dict[str, str]]:
    """Return the legal figures as a French table."""
    return [
        {
            "Paramètre": name,
            "Valeur": str(figure.value),
            "Unité": figure.unit,
            "En vigueur depuis": figure.valid_from,
            "Source": figure.source_fr,
            "Certitude": figure.certainty,
        }
        for name, figure in legal_figures().items()
    ]


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
            "### Chiffres de la loi",
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
