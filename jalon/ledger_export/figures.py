"""Where each figure of an account comes from: its rule, its status and how sure it is."""

import math
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jalon.french import interval_ha, interval_percent
from jalon.ledger_export.report import certainty_fr
from jalon.zan.rules import rule


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the account: its label, the columns of its bounds, the rule that makes it.

    Without a status of its own, it follows from the reduction rate and shares its status.
    """

    label_fr: str
    low: str
    high: str
    rule_id: str
    status_fr: str | None = None


MISSING_FR: Final = "—"
PUBLISHED, DECLARED, COMPUTED = "donnée publiée", "déclaré", "calculé"


FIGURES: Final = (
    Figure("Consommation de référence (C)", "reference_ha", "reference_ha", "R-ENV-1", PUBLISHED),
    Figure("Taux de réduction (r)", "reduction_share", "reduction_share", "R-ENV-2"),
    Figure("Enveloppe (E)", "envelope_ha", "envelope_ha", "R-ENV-1"),
    Figure("Garantie communale (G)", "floor_lo_ha", "floor_hi_ha", "R-GAR-2", COMPUTED),
    Figure("Autorisé (A)", "allowed_lo_ha", "allowed_hi_ha", "R-GAR-5"),
    Figure("Consommation publiée", "published_ha", "published_ha", "R-ENV-10", PUBLISHED),
    Figure("PENE de l'annexe I", "pene_ha", "pene_ha", "R-PENE-2", DECLARED),
    Figure("Photovoltaïque exempté", "pv_exempt_ha", "pv_exempt_ha", "R-PAR-9", DECLARED),
    Figure("Consommation comptée (K)", "consumed_ha", "consumed_ha", "R-ENV-10", COMPUTED),
    Figure("Renaturation effective (R)", "restored_ha", "restored_ha", "R-PAR-11", DECLARED),
    Figure("Consommation nette (N)", "net_ha", "net_ha", "R-ENV-10", COMPUTED),
    Figure("Reste (B)", "remaining_lo_ha", "remaining_hi_ha", "R-ENV-11"),
    Figure("Part utilisée (u)", "used_lo_share", "used_hi_share", "R-ENV-11"),
    Figure("Projection sur la tranche", "projection_ha", "projection_ha", "R-ENV-11", COMPUTED),
    Figure(
        "Projection au-delà de l'enveloppe calculée", "overrun_lo_ha", "overrun_hi_ha", "R-ENV-11"
    ),
    Figure(
        "Non couvert par l'enveloppe", "closing_shortfall_ha", "closing_shortfall_ha", "R-GAR-7"
    ),
)
"""The figures in the order they are computed."""


def figure_lines(account: pd.Series) -> pd.DataFrame:
    """Return each figure of an account with its status, source and certainty."""
    return pd.DataFrame(
        [
            {
                "Chiffre": figure.label_fr,
                "Valeur": _shown(account, figure),
                "Statut": figure.status_fr or account["rate_status"],
                "Source": _source_fr(account, figure, rule(figure.rule_id).basis_fr),
                "Certitude": certainty_fr(rule(figure.rule_id)),
            }
            for figure in FIGURES
        ]
    )


def _shown(account: pd.Series, figure: Figure) -> str:
    low, high = float(account[figure.low]), float(account[figure.high])
    if math.isnan(high):
        return MISSING_FR
    if not figure.low.endswith("_share"):
        return interval_ha(low, high)
    return interval_percent(low, high)


def _source_fr(account: pd.Series, figure: Figure, basis_fr: str) -> str:
    """Return the rule and its basis; of the rate, the document that fixes it."""
    told = account["rate_source_fr"] if figure.low == "reduction_share" else basis_fr
    return f"{figure.rule_id} : {told}"
