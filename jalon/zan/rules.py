"""Every rule of the ZAN engine: what it says, its basis, what it needs, what it does, and when.

The rules are written in `rules.toml`; the code that computes one cites its identifier.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from jalon.zan.law import Certainty, is_in_force

RULES_PATH = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class ZanRule:
    """One rule of the law, or of Jalon where `is_convention` says that the texts leave a choice.

    In force from `valid_from` to `valid_to`, both included; without the latter, still.
    `certainty` is that of the weakest part; `figures` names the legal figures it uses.
    """

    rule_id: str
    title_fr: str
    text_fr: str
    basis_fr: str
    certainty: Certainty
    inputs_fr: str
    effect_fr: str
    valid_from: date
    valid_to: date | None = None
    figures: tuple[str, ...] = ()
    is_convention: bool = False


def _read_rules(text: str) -> tuple[ZanRule, ...]:
    entries = tomllib.loads(text)
    return tuple(
        ZanRule(
            **{
                **entry,
                "rule_id": rule_id,
                "certainty": Certainty(entry["certainty"]),
                "figures": tuple(entry.get("figures", ())),
            }
        )
        for rule_id, entry in entries.items()
    )


ZAN_RULES: tuple[ZanRule, ...] = _read_rules(RULES_PATH.read_text(encoding="utf-8"))
"""Every rule, in the order of the domains: envelope, guarantee, PENE, cost, net, dates, zones."""


@cache
def rules_on(day: date) -> tuple[ZanRule, ...]:
    """Return the rules in force on `day`, in the order of the registry."""
    return tuple(rule for rule in ZAN_RULES if is_in_force(rule, day))


def rule(rule_id: str) -> ZanRule:
    """Return the rule called `rule_id`."""
    return _BY_ID[rule_id]


def names_where(acts: pd.DataFrame) -> "pd.Series[str]":
    """Return, for each row of `acts` (a column of truths a rule), the names of the true columns.

    A row is a tuple, in the order of the columns.
    """
    names = acts.columns.to_numpy(dtype=object)
    told = [tuple(names[row]) for row in acts.to_numpy(dtype=bool)]
    return pd.Series(told, index=acts.index, dtype=object)


_BY_ID = {known.rule_id: known for known in ZAN_RULES}
