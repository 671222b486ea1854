"""The columns of a ledger as people read them: a French head, a unit, a number format."""

from typing import Final

from jalon.export import plain
from jalon.french import number

HEADS_FR: Final = {
    "code": "Code",
    "name": "Territoire",
    "level": "Niveau",
    "commune_count": "Communes",
    "counted_count": "Communes comptées",
    "reference_ha": "Consommation de référence C (ha)",
    "reduction_share": "Taux de réduction r",
    "rate_status": "Statut du taux",
    "rate_source_fr": "Source du taux",
    "envelope_ha": "Enveloppe E (ha)",
    "floor_lo_ha": "Garantie communale G min. (ha)",
    "floor_hi_ha": "Garantie communale G max. (ha)",
    "allowed_lo_ha": "Autorisé A min. (ha)",
    "allowed_hi_ha": "Autorisé A max. (ha)",
    "is_raised": "Relevé par la garantie",
    "published_ha": "Consommation publiée (ha)",
    "pene_ha": "PENE de l'annexe I (ha)",
    "pv_exempt_ha": "Photovoltaïque exempté (ha)",
    "zac_moved_ha": "ZAC imputées à la décennie de référence (ha)",
    "consumed_ha": "Consommation comptée K (ha)",
    "restored_ha": "Renaturation effective R (ha)",
    "net_ha": "Consommation nette N (ha)",
    "year_count": "Années comptées",
    "first_year": "Première année",
    "last_year": "Dernière année",
    "missing_years": "Années manquantes",
    "remaining_lo_ha": "Reste B min. (ha)",
    "remaining_hi_ha": "Reste B max. (ha)",
    "used_lo_share": "Part utilisée u min.",
    "used_hi_share": "Part utilisée u max.",
    "projection_ha": "Projection de la tranche (ha)",
    "overrun_lo_ha": "Projection au-delà de l'enveloppe calculée, min. (ha)",
    "overrun_hi_ha": "Projection au-delà de l'enveloppe calculée, max. (ha)",
    "communes_allowed_ha": "Somme des A des communes (ha)",
    "floor_gap_ha": "Écart dû aux garanties (ha)",
    "closing_ratio": "Coefficient de fermeture λ",
    "closing_shortfall_ha": "Non couvert par l'enveloppe (ha)",
    "closed_ha": "Part dans l'enveloppe fermée (ha)",
    "is_partial": "Partie dans la région",
    "warnings_fr": "Avertissements",
    "rule_ids": "Règles",
}
"""The columns of the ledger in the order they are shown, as those of `LEDGER_FIELDS`."""

SELECTION_FIELDS: Final = {
    "site_id": "site",
    "level": "niveau",
    "code": "code",
    "name": "nom",
    "asked_lo_ha": "demande_min_ha",
    "asked_hi_ha": "demande_max_ha",
    "national_ha": "compte_au_niveau_national_ha",
    "restored_ha": "renature_ha",
    "remaining_lo_ha": "reste_min_ha",
    "remaining_hi_ha": "reste_max_ha",
    "after_lo_ha": "apres_min_ha",
    "after_hi_ha": "apres_max_ha",
    "verdict": "verdict",
    "sentence_fr": "explication",
    "rule_ids": "regles",
}
"""The columns of `jalon.zan.selection.selection_tests` under their French names."""

SELECTION_HEADS_FR: Final = {
    "site_id": "Site",
    "level": "Niveau",
    "code": "Code",
    "name": "Territoire",
    "asked_lo_ha": "Demandé min. (ha)",
    "asked_hi_ha": "Demandé max. (ha)",
    "national_ha": "Compté au niveau national (ha)",
    "restored_ha": "Renaturé (ha)",
    "remaining_lo_ha": "Reste min. (ha)",
    "remaining_hi_ha": "Reste max. (ha)",
    "after_lo_ha": "Après min. (ha)",
    "after_hi_ha": "Après max. (ha)",
    "verdict": "Verdict",
    "sentence_fr": "Explication",
    "rule_ids": "Règles",
}

RECONCILIATION_HEADS_FR: Final = {
    "code": "Code",
    "name": "Territoire",
    "level": "Niveau",
    "reference_ha": "Consommation de référence C (ha)",
    "published_ha": "Consommation publiée (ha)",
    "allowed_lo_ha": "Autorisé min. (ha)",
    "allowed_hi_ha": "Autorisé max. (ha)",
    "ministry_allowed_ha": "Autorisé, règle du ministère (ha)",
    "allowed_gap_lo_ha": "Écart min. (ha)",
    "allowed_gap_hi_ha": "Écart max. (ha)",
    "projection_ha": "Projection (ha)",
    "ministry_projection_ha": "Projection, règle du ministère (ha)",
    "projection_gap_ha": "Écart de projection (ha)",
    "rule_ids": "Règles",
    "reasons_fr": "Explication",
}

REGION_HEADS_FR: Final = {
    "code": "Code",
    "name": "Territoire",
    "level": "Niveau",
    "region": "Région",
    "commune_count": "Communes",
    "counted_count": "Communes comptées",
    "reference_ha": "Consommation de référence C (ha)",
    "half_ha": "Moitié de la référence (ha)",
    "levy_ha": "Prélèvement pour les PENE F (ha)",
    "cap_ha": "Plafond hors PENE (ha)",
    "reserved_ha": "Part réservée Q (ha)",
    "shared_ha": "À répartir (ha)",
    "neutral_ha": "Part neutre du SCoT E_s (ha)",
    "reduction_share": "Taux implicite",
    "sentence_fr": "Explication",
    "rule_ids": "Règles",
}

POOL_HEADS_FR: Final = {
    "pool": "Mutualisation",
    "communes": "Communes",
    "commune_count": "Nombre de communes",
    "allowed_lo_ha": "Autorisé A min. (ha)",
    "allowed_hi_ha": "Autorisé A max. (ha)",
    "net_ha": "Consommation nette N (ha)",
    "remaining_lo_ha": "Reste B min. (ha)",
    "remaining_hi_ha": "Reste B max. (ha)",
    "warnings_fr": "À savoir",
    "rule_ids": "Règles",
}

VACANCY_HEADS_FR: Final = {
    "zae": "Zone d'activités",
    "communes": "Communes",
    "tax_year": "Année d'imposition",
    "unit_count": "Unités foncières",
    "vacant_count": "Vacantes",
    "unknown_count": "Inconnues",
    "vacancy_lo_share": "Taux de vacance min.",
    "vacancy_hi_share": "Taux de vacance max.",
    "sentence_fr": "Explication",
    "rule_ids": "Règles",
}

_FORMATS: Final = {"_ha": "#,##0.00", "_share": "0.0%", "_ratio": "0.000000"}


def number_format(column: str) -> str:
    """Return the spreadsheet format the unit in a column's name calls for.

    >>> number_format("envelope_ha"), number_format("last_year")
    ('#,##0.00', '0')
    """
    return next((told for unit, told in _FORMATS.items() if column.endswith(unit)), "0")


def value_fr(value: object) -> str:
    """Return any value of a table as people read it; what is missing is a dash."""
    simple = plain(value)
    if simple is None:
        return "—"
    if isinstance(simple, list):
        return ", ".join(str(item) for item in simple)
    if isinstance(simple, bool):
        return "oui" if simple else "non"
    return number(simple, 2) if isinstance(simple, float) else str(simple)
