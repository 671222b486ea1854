"""Every rule on land, the gravest effects first, those on size after their peers."""

from jalon.model import Effect
from jalon.rules import land, market, protection
from jalon.rules.base import Rule

GRAVITY = (Effect.EXCLUDES, Effect.UNKNOWN, Effect.CAUTION, Effect.EVIDENCE)

SIZE_RULES = ("SURF-MIN", "LARG-MIN")
"""Rules a parcel may fail alone and pass with its neighbours; told after what they follow from."""

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (*land.RULES, *protection.RULES, *market.RULES),
        key=lambda rule: (GRAVITY.index(rule.effect), rule.rule_id in SIZE_RULES),
    )
)
