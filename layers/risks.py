"""Zones of risk: flood, ground and technological prevention plans, Seveso effects."""

from enum import StrEnum

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import codes_of, texts_of
from layers.keys import shape_ids


class Regulation(StrEnum):
    """What the regulation of a zone asks, whatever its colour is called locally."""

    FORBIDDEN = "interdiction"
    CONDITIONAL = "prescriptions"
    HAZARD_ONLY = "aléa sans prescription"
    UNKNOWN = "règlement non précisé"


class Hazard(StrEnum):
    """The family of a risk."""

    FLOOD = "inondation"
    GROUND = "terrain"
    TECHNOLOGICAL = "technologique"
    OTHER = "autre"


OUTSIDE_HAZARD_CODE = "01"

COMMON_REGULATIONS = {
    OUTSIDE_HAZARD_CODE: Regulation.CONDITIONAL,
    "02": Regulation.CONDITIONAL,
    "03": Regulation.FORBIDDEN,
    "04": Regulation.FORBIDDEN,
}
"""COVADIS `TYPEREG`, kept by CNIG as `typereglement`: prescriptions outside the hazard,
prescriptions, prohibition, strict prohibition."""

COVADIS_REGULATIONS = COMMON_REGULATIONS | {
    "05": Regulation.FORBIDDEN,
    "06": Regulation.FORBIDDEN,
}
"""After the common codes, the sectors the public may buy because life is in danger there
(délaissement, expropriation: code de l'environnement, L. 515-16)."""

CNIG_REGULATIONS = COMMON_REGULATIONS | {
    "05": Regulation.HAZARD_ONLY,
    "06": Regulation.FORBIDDEN,
    "07": Regulation.CONDITIONAL,
}
"""CNIG 2023, `typereglementurba`: recommendations, grey zones (the works themselves), zones
of exceptional hazard. Délaissement and expropriation have a table of their own there."""

LAND_SECTORS = "ppr_zone_fonciere_cnig"
"""CNIG 2023, `zonereglementairefoncier`: sectors of délaissement and expropriation."""

NO_RULE_LABELS = ("", "-")
"""How the plans of Isère name the zones outside the hazard that carry no building rule.

A label that is missing says nothing: the code alone is then believed."""

FORBIDDING_WORDS = r"interdiction|zone de l'usine"
"""Wording of locally drawn Seveso rings that forbids building."""

GASPAR_FAMILIES = {
    "11": Hazard.FLOOD,
    "12": Hazard.GROUND,
    "21": Hazard.TECHNOLOGICAL,
    "22": Hazard.TECHNOLOGICAL,
    "23": Hazard.TECHNOLOGICAL,
    "24": Hazard.TECHNOLOGICAL,
    "25": Hazard.TECHNOLOGICAL,
    "31": Hazard.GROUND,
    "33": Hazard.GROUND,
    "34": Hazard.GROUND,
}
"""First two figures of a GASPAR risk code: flood, ground, industry, nuclear, dams, dangerous
goods, weapons of war; then what mines leave: ground that sinks, gas, dumps that heat."""

FAMILIES_OF_PLANS = {"pprt": Hazard.TECHNOLOGICAL, "pprm": Hazard.GROUND}
"""Plans of one family only, as their tables are named; a PPRN may be of flood or of ground."""

HAZARD_WORDS = {
    "inond": Hazard.FLOOD,
    "crue": Hazard.FLOOD,
    "submersion": Hazard.FLOOD,
    "ruissel": Hazard.FLOOD,
    "glissement": Hazard.GROUND,
    "effondrement": Hazard.GROUND,
    "pierres": Hazard.GROUND,
    "éboulement": Hazard.GROUND,
    "mouvement": Hazard.GROUND,
}
"""Words that name a family in the label of a zone."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a zone with its regulation; an absent regulation is said unknown."""
    label = texts_of(raw, "label")
    regulation = _regulation(raw, label, context)
    table = raw.assign(
        zone_id=_zone_ids(raw, context),
        label=label.mask(label.isin(NO_RULE_LABELS)),
        regulation=regulation,
        hazard=_hazard(raw, label, context),
    )
    unknown = regulation.eq(Regulation.UNKNOWN)
    message = "Règlement de la zone absent du fichier : lisez celui du plan de prévention."
    return Normalised(
        table, issue_if(rows_where(raw, unknown), "RIS-REGLEMENT", Action.NOTED, message)
    )


def _zone_ids(raw: pd.DataFrame, context: Context) -> pd.Series:
    """Return ids unique across plans: the plan's, then the zone's own or its outline's.

    Zones of town planning and land sectors of a plan are numbered apart.
    """
    own = codes_of(raw, "zone_id").str.zfill(6).fillna(shape_ids(raw["geometry"]))
    own = "foncier-" + own if _lists_land_sectors(context) else own
    return texts_of(raw, "procedure_id").fillna("sans-plan").str.cat(own, sep="-")


def _lists_land_sectors(context: Context) -> bool:
    """Tell whether the table lists land sectors, and not town planning cut of a column."""
    return context.dataset_id == LAND_SECTORS and "urba" not in context.table_name.casefold()


def _regulation(raw: pd.DataFrame, label: pd.Series, context: Context) -> pd.Series:
    if _lists_land_sectors(context):
        return pd.Series(Regulation.FORBIDDEN, index=raw.index, dtype=object)
    if "regulation_code" in raw:
        is_covadis = context.dataset_id == "ppr_zone_reglementaire_covadis"
        regulations = COVADIS_REGULATIONS if is_covadis else CNIG_REGULATIONS
        code = codes_of(raw, "regulation_code").str.zfill(2)
        has_no_rule = code.eq(OUTSIDE_HAZARD_CODE) & label.isin(NO_RULE_LABELS)
        read = code.map(regulations).astype(object).fillna(Regulation.UNKNOWN)
        return read.mask(has_no_rule.fillna(value=False).astype(bool), Regulation.HAZARD_ONLY)
    if context.dataset_id == "seveso_effets":
        forbids = label.fillna("").str.contains(FORBIDDING_WORDS, case=False).astype(bool)
        return forbids.map({True: Regulation.FORBIDDEN, False: Regulation.CONDITIONAL})
    return pd.Series(Regulation.UNKNOWN, index=raw.index, dtype=object)


def _hazard(raw: pd.DataFrame, label: pd.Series, context: Context) -> pd.Series:
    """Return the family read from the GASPAR code, else from the label, else from the plan."""
    if context.dataset_id == "seveso_effets":
        return pd.Series(Hazard.TECHNOLOGICAL, index=raw.index, dtype=object)
    families = hazard_families(texts_of(raw, "hazard_code"), label)
    of_plan = family_of_table(context.table_name)
    return families if of_plan is None else families.mask(families.eq(Hazard.OTHER), of_plan)


def family_of_table(table_name: str) -> Hazard | None:
    """Return the family of the plan a table is named after («pprt_…»); None for the others."""
    name = table_name.casefold()
    return next((family for kind, family in FAMILIES_OF_PLANS.items() if kind in name), None)


def hazard_families(gaspar_codes: pd.Series, labels: pd.Series) -> pd.Series:
    """Return the family a GASPAR code says, else the first word of a label that names one."""
    by_code = gaspar_codes.str[:2].map(GASPAR_FAMILIES).astype(object)
    first_word = labels.str.casefold().str.extract(f"({'|'.join(HAZARD_WORDS)})", expand=False)
    by_label = first_word.map(HAZARD_WORDS).astype(object)
    return by_code.fillna(by_label).fillna(Hazard.OTHER)


LAYER = Layer(
    layer_id="risks",
    title_fr="Zones de risques (PPR, Seveso)",
    role=Role.CONSTRAINT,
    key="zone_id",
    columns={
        "zone_id": text_column(nullable=False),
        "label": text_column(),
        "code": text_column(),
        "procedure_id": text_column(),
        "hazard": text_column(nullable=False),
        "regulation": text_column(nullable=False),
    },
    normalise=normalise,
)
