"""What a rule is: an identifier, a sentence a user reads, a basis, an effect, a judge."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from jalon.model import Effect, LandParameters

Detail = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True, slots=True)
class Finding:
    """The rows a rule touches, and how to tell what it saw there (French, one text a row).

    Telling is asked for the rows touched only: most rules touch few.
    """

    mask: "pd.Series[bool]"
    detail_fr: Detail | None = None


Judge = Callable[[pd.DataFrame, LandParameters], Finding]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule on land. `judge` reads the measures of the sites and changes nothing."""

    rule_id: str
    effect: Effect
    text_fr: str
    basis_fr: str
    judge: Judge


def verdicts(
    measures: pd.DataFrame, rules: tuple[Rule, ...], parameters: LandParameters
) -> pd.DataFrame:
    """Return one row for each site and rule that touches it (site_id, rule_id, effect, reason_fr).

    Sorted by site, then in the order of `rules`.
    """
    found = [_rows(rule, measures, rule.judge(measures, parameters)) for rule in rules]
    table = pd.concat(found, ignore_index=True)
    return table.sort_values("site_id", kind="stable", ignore_index=True)


def _rows(rule: Rule, measures: pd.DataFrame, finding: Finding) -> pd.DataFrame:
    mask = finding.mask.to_numpy(dtype=bool)
    sites = measures.loc[mask, "site_id"]
    reason = pd.Series(rule.text_fr, index=sites.index, dtype=object)
    if finding.detail_fr is not None and mask.any():
        detail = finding.detail_fr(measures[mask]).dropna().astype(str)
        reason[detail.index] += " : " + detail
    return pd.DataFrame(
        {
            "site_id": sites.to_numpy(),
            "rule_id": rule.rule_id,
            "effect": rule.effect.value,
            "reason_fr": (reason + ".").to_numpy(),
        }
    )
