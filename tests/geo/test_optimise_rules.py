"""Rules on open sites: what each allows, told in French when it is broken."""

import numpy as np
import pytest

from geo.optimise.reach import reach_from_pairs
from geo.optimise.rules import (
    RuleKind,
    SiteRule,
    budget_rule,
    count_rule,
    spacing_rule,
    stacked,
    territory_rules,
)


def broken(rule: SiteRule, *chosen: int) -> list[str]:
    return list(rule.faults(np.array(chosen, dtype=np.int64)))


def test_a_count_is_kept_between_its_two_limits() -> None:
    rule = count_rule(1, 2, site_count=4)
    assert broken(rule, 0, 3) == []
    assert broken(rule, 0, 1, 2) == [
        "« nombre de stations : de 1 à 2 » n'est pas respecté (1 fois)"
    ]
    assert broken(rule)


def test_a_budget_spent_to_the_last_cent_is_kept() -> None:
    rule = budget_rule(np.array([0.1, 0.2, 0.3]), 0.6)
    assert broken(rule, 0, 1, 2) == []
    assert (rule.subject_fr, rule.unit_fr) == ("budget", "€")


def test_territories_are_limited_each_by_name_in_sorted_order() -> None:
    names = ["Meuse", "Aube", "Meuse"]
    rules = territory_rules(names, {"Meuse": 2}, {"Aube": 0})
    assert [rule.name_fr for rule in rules] == ["Aube : au plus 0", "Meuse : au moins 2"]
    assert broken(rules[0], 1)
    assert broken(rules[1], 0, 1)
    assert not broken(rules[1], 0, 2)


def test_sites_exactly_at_the_spacing_are_allowed() -> None:
    first, second = np.array([0, 1, 1, 2]), np.array([1, 0, 2, 1])
    near = reach_from_pairs(first, second, np.array([4.9, 4.9, 5.0, 5.0]), shape=(3, 3))
    rule = spacing_rule(near, 5.0)
    assert broken(rule, 0, 1)
    assert not broken(rule, 1, 2)
    assert rule.levels is not None
    assert rule.levels.tolist() == [4.9]
    assert (rule.kind, rule.asked, rule.unit_fr) == (RuleKind.SPACING, 5.0, "km")


def test_distances_that_differ_with_the_direction_keep_the_shorter() -> None:
    near = reach_from_pairs(np.array([0, 1]), np.array([1, 0]), np.array([3.0, 2.0]), shape=(2, 2))
    levels = spacing_rule(near, 5.0).levels
    assert levels is not None
    assert levels.tolist() == [2.0]


def test_stacked_rules_remember_whose_each_row_is() -> None:
    rules = (count_rule(1, 2, site_count=2), *territory_rules(["A", "B"], {"A": 1, "B": 1}, {}))
    limits = stacked(rules, 2)
    assert limits.rule_of_row.tolist() == [0, 1, 2]
    assert limits.matrix.toarray().tolist() == [[1, 1], [1, 0], [0, 1]]


@pytest.mark.parametrize("site_count", [0, 3])
def test_no_rule_at_all_stacks_to_nothing(site_count: int) -> None:
    assert stacked((), site_count).matrix.shape == (0, site_count)
