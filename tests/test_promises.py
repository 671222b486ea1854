"""What each registered thing owes its users: a sentence, a source, a paragraph, a licence."""

import re
from pathlib import Path

import pytest

from data.catalogue import catalogue
from jalon.method import figure_rows, method_markdown, rule_rows
from jalon.rules.base import Rule
from jalon.rules.registry import RULES
from jalon.scenario_file import PARTS
from layers.base import Layer
from layers.registry import LAYERS

HOUSE = Path(__file__).resolve().parent.parent
METHOD = (HOUSE / "docs/method.md").read_text(encoding="utf-8")


def test_rule_identifiers_are_unique() -> None:
    assert len({rule.rule_id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_rule_has_a_sentence_a_basis_and_a_docstring(rule: Rule) -> None:
    assert rule.text_fr[0].isupper()
    assert not rule.text_fr.endswith(".")
    assert rule.basis_fr
    assert rule.judge.__doc__


def test_tables_of_the_method_are_those_of_the_code() -> None:
    assert method_markdown() in METHOD, "python -m jalon.method réécrit docs/method.md"


def test_no_rule_says_legal() -> None:
    for row in [*rule_rows(), *figure_rows()]:
        assert not re.search(r"\b(il)?légal", " ".join(row.values()), re.IGNORECASE)


@pytest.mark.parametrize("entry", LAYERS, ids=lambda entry: entry.layer_id)
def test_layer_is_read_from_at_least_one_dataset(entry: Layer) -> None:
    assert any(known.layer == entry.layer_id for known in catalogue())
    assert entry.title_fr


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_every_scenario_key_is_documented(part: str) -> None:
    for key in PARTS[part].model_fields:
        assert f"`{part}.{key}`" in METHOD, f"docs/method.md ne dit rien de {part}.{key}"
