"""The method told from the registries: the same rows for docs/method.md and for the screen."""

from pathlib import Path

from jalon.rules.land import RULES
from jalon.rules.zan import legal_figures

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
            "### Chiffres de la loi",
            "",
            _table(figure_rows()),
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
