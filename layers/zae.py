"""Economic sites, most of them activity zones (ZAE), inventoried by the EPCI (CNIG SITE-ECO)."""

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import dates_iso, insee_codes, numbers, texts_of, zero_issue
from layers.standards.sites_economiques import SITE_ECO
from layers.wordings import folded, standard_values

FIGURES = (
    "gross_ha",
    "useful_ha",
    "for_sale_ha",
    "in_project_ha",
    "unit_count",
    "vacant_count",
    "built_unit_count",
    "establishment_count",
    "job_count",
)

SITE_TYPES = {"zone 2AU à vocation économique": "zone AU à vocation économique"}
"""The GeoPackage template of the standard words it otherwise than its text."""

VOCATIONS = {
    "mixte, sans dominante": "mixte",
    "mixte à dominante logistique": "mixte à dominante logistique",
}
"""The poles of the standard have them, its sites do not."""

STATES = {"annulé": "annulé"}
"""In the GeoPackage template of the standard only."""

OWNERS = {"SEM": "société d'économie mixte", "CCI": "chambre de commerce et industrie"}
"""The text of the standard writes the short forms."""

CUT_VOCATION = "entrepots, logistique"

WHOLE_PCT = 100


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a site; hectares and counts stay missing when the EPCI gives none."""
    del context
    table, cut_issues = _with_whole_vocation(raw)
    commune, repaired = insee_codes(texts_of(raw, "commune"))
    figures = {name: numbers(raw, name) for name in FIGURES}
    vacancy, vacancy_issues = _vacancy_share(raw)
    listed = {
        "site_type": standard_values(table, "site_type", SITE_ECO.field("site_type"), SITE_TYPES),
        "vocation": standard_values(table, "vocation", SITE_ECO.field("site_vocadomi"), VOCATIONS),
        "state": standard_values(table, "state", SITE_ECO.field("site_etat"), STATES),
        "moa_type": standard_values(table, "moa_type", SITE_ECO.field("site_moa_type"), OWNERS),
    }
    dated = {name: dates_iso(raw[name]) for name in ("identified_on", "updated_on") if name in raw}
    found = figures | listed
    read = {name: values for name, (values, _) in found.items()}
    return Normalised(
        table.assign(commune=commune, vacancy_share=vacancy, **read, **dated),
        (
            *cut_issues,
            *(issue for _, issues in found.values() for issue in issues),
            *vacancy_issues,
            *zero_issue(raw, repaired),
        ),
    )


def _with_whole_vocation(raw: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return `raw` with «entrepôts, logistique» whole again where a semicolon cut it.

    Its second half then stands in the place of the state, which is lost (the example of the
    standard is so written).
    """
    if not {"vocation", "state"} <= set(raw.columns):
        return raw, ()
    halves = raw["vocation"].astype("string") + ", " + raw["state"].astype("string")
    is_cut = folded(halves).eq(CUT_VOCATION).fillna(value=False).astype(bool)
    message = "Vocation « entrepôts, logistique » coupée en deux : rétablie, l'état du site manque."
    table = raw.assign(
        vocation=raw["vocation"].mask(is_cut, CUT_VOCATION), state=raw["state"].mask(is_cut)
    )
    return table, issue_if(rows_where(raw, is_cut), "ZAE-DECALAGE", Action.REPAIRED, message)


def _vacancy_share(raw: pd.DataFrame) -> tuple[pd.Series, tuple[Issue, ...]]:
    """Return the share (0 to 1) of vacant land units, published in percent.

    Code de l'urbanisme, L. 318-8-2. Above 100 % it is missing, and told.
    """
    percent, issues = numbers(raw, "vacancy_pct")
    impossible = percent > WHOLE_PCT
    message = "Taux de vacance au-dessus de 100 % : laissé manquant."
    told = issue_if(rows_where(raw, impossible), "ZAE-VACANCE", Action.NOTED, message)
    return percent.mask(impossible) / WHOLE_PCT, (*issues, *told)


LAYER = Layer(
    layer_id="zae",
    title_fr="Zones d'activité économique",
    role=Role.LAND,
    key="zae_id",
    columns={
        "zae_id": text_column(nullable=False),
        "pole_id": text_column(),
        "name": text_column(),
        "site_type": text_column(),
        "vocation": text_column(),
        "state": text_column(),
        "commune": text_column(),
        "epci_siren": text_column(),
        "moa_type": text_column(),
        **{name: number_column(minimum=0) for name in FIGURES},
        "vacancy_share": number_column(minimum=0),
        "producer": text_column(),
        "identified_on": text_column(),
        "updated_on": text_column(),
    },
    normalise=normalise,
)
