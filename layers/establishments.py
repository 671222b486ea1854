"""Establishments of economic sites, by SIRET, and the plots they stand on (ETABLISSEMENT)."""

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import dates_iso, insee_codes, texts_of, zero_issue
from layers.siret import sirets
from layers.standards.sites_economiques import ETABLISSEMENT
from layers.wordings import standard_values


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row an establishment; a SIRET its sum denies is kept, and told.

    The mail address and telephone of the standard are personal data, and left out.
    """
    del context
    siret, was_short, is_false = sirets(raw["siret"])
    commune, repaired = insee_codes(raw["commune"])
    is_active, active_issues = standard_values(raw, "is_active", ETABLISSEMENT.field("etab_actif"))
    placed_by, place_issues = standard_values(
        raw, "location_quality", ETABLISSEMENT.field("geocodage_qualite")
    )
    dated = {name: dates_iso(raw[name]) for name in ("closed_on", "updated_on") if name in raw}
    table = raw.assign(
        siret=siret,
        commune=commune,
        terrain_ids=_without_spaces(raw, "terrain_ids"),
        activity_code=_without_spaces(raw, "activity_code").str.replace(".", "").str.upper(),
        is_active=is_active,
        location_quality=placed_by,
        **dated,
    )
    completed = "SIRET complété de ses zéros initiaux."
    false = "SIRET faux : 14 chiffres dont la somme de contrôle tombe juste sont attendus."
    return Normalised(
        table,
        (
            *issue_if(rows_where(raw, was_short), "ETA-ZERO", Action.REPAIRED, completed),
            *issue_if(rows_where(raw, is_false), "ETA-SIRET", Action.NOTED, false),
            *active_issues,
            *place_issues,
            *zero_issue(raw, repaired),
        ),
    )


def _without_spaces(raw: pd.DataFrame, name: str) -> pd.Series:
    """Return the column `name` without the spaces slipped into its codes."""
    return texts_of(raw, name).str.replace(r"\s", "", regex=True)


LAYER = Layer(
    layer_id="establishments",
    title_fr="Établissements des sites économiques",
    role=Role.OCCUPATION,
    key="siret",
    columns={
        "siret": text_column(nullable=False),
        "terrain_ids": text_column(),
        "name": text_column(),
        "company": text_column(),
        "activity_code": text_column(),
        "activity": text_column(),
        "headcount": text_column(),
        "headcount_year": text_column(),
        "commune": text_column(),
        "is_active": text_column(),
        "closed_on": text_column(),
        "location_quality": text_column(),
        "producer": text_column(),
        "updated_on": text_column(),
    },
    normalise=normalise,
    geometry_is_optional=True,
)
