"""The tables of a ledger as people read them: few columns, every cell a text."""

import pandas as pd

from jalon.french import hectares, interval_ha, interval_percent, number, percent


def account_rows(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the main figures of each account."""
    return pd.DataFrame(
        [
            {
                "Territoire": f"{row['name']} ({row['level']})",
                "Référence": hectares(row["reference_ha"]),
                "Taux": f"{percent(row['reduction_share'])} ({row['rate_status']})",
                "Autorisé": interval_ha(row["allowed_lo_ha"], row["allowed_hi_ha"]),
                "Consommé net": hectares(row["net_ha"]),
                "Reste": interval_ha(row["remaining_lo_ha"], row["remaining_hi_ha"]),
                "Utilisé": interval_percent(row["used_lo_share"], row["used_hi_share"], 0),
                "Projection": hectares(row["projection_ha"]),
            }
            for row in accounts.to_dict("records")
        ]
    )


def selection_rows(selection: pd.DataFrame) -> pd.DataFrame:
    """Return what each site asks of each territory, and the verdict."""
    return pd.DataFrame(
        [
            {
                "Site": str(row["site_id"]),
                "Territoire": f"{row['name']} ({row['level']})",
                "Demandé": interval_ha(row["asked_lo_ha"], row["asked_hi_ha"]),
                "Reste": interval_ha(row["remaining_lo_ha"], row["remaining_hi_ha"]),
                "Après": interval_ha(row["after_lo_ha"], row["after_hi_ha"]),
                "Verdict": str(row["verdict"]),
            }
            for row in selection.to_dict("records")
        ]
    )


def reconciliation_rows(compared: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of Jalon beside the ministry's, and the rules that part them."""
    return pd.DataFrame(
        [
            {
                "Territoire": f"{row['name']} ({row['level']})",
                "Autorisé": interval_ha(row["allowed_lo_ha"], row["allowed_hi_ha"]),
                "Ministère": hectares(row["ministry_allowed_ha"]),
                "Projection": hectares(row["projection_ha"]),
                "Ministère, projection": hectares(row["ministry_projection_ha"]),
                "Règles": ", ".join(row["rule_ids"]) or "aucun écart",
                "Explication": " ; ".join(row["reasons_fr"]),
            }
            for row in compared.to_dict("records")
        ]
    )


def region_rows(regions: pd.DataFrame) -> pd.DataFrame:
    """Return what each region pays, keeps back and shares, and the neutral part of its SCoT."""
    return pd.DataFrame(
        [
            {
                "Territoire": f"{row['name']} ({row['level']})",
                "Référence": hectares(row["reference_ha"]),
                "Part PENE": hectares(row["levy_ha"]),
                "Plafond hors PENE": hectares(row["cap_ha"]),
                "Part réservée": hectares(row["reserved_ha"]),
                "À répartir": hectares(row["shared_ha"]),
                "Part neutre": hectares(row["neutral_ha"]),
                "Taux": percent(row["reduction_share"], 2),
                "Explication": row["sentence_fr"],
            }
            for row in regions.to_dict("records")
        ]
    )


def pool_rows(pools: pd.DataFrame) -> pd.DataFrame:
    """Return what the communes of each pool have together: A, N and B_pool."""
    return pd.DataFrame(
        [
            {
                "Mutualisation": str(row["pool"]),
                "Communes": ", ".join(row["communes"]),
                "Autorisé": interval_ha(row["allowed_lo_ha"], row["allowed_hi_ha"]),
                "Consommé net": hectares(row["net_ha"]),
                "Reste commun": interval_ha(row["remaining_lo_ha"], row["remaining_hi_ha"]),
                "À savoir": " ".join(row["warnings_fr"]),
            }
            for row in pools.to_dict("records")
        ]
    )


def vacancy_rows(vacancy: pd.DataFrame) -> pd.DataFrame:
    """Return the vacancy of each activity zone, then of all of them."""
    return pd.DataFrame(
        [
            {
                "Zone": str(row["zae"]),
                "Communes": ", ".join(row["communes"]),
                "Unités": number(row["unit_count"]),
                "Vacantes": number(row["vacant_count"]),
                "Inconnues": number(row["unknown_count"]),
                "Taux": interval_percent(row["vacancy_lo_share"], row["vacancy_hi_share"]),
                "Explication": row["sentence_fr"],
            }
            for row in vacancy.to_dict("records")
        ]
    )
