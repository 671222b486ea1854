"""Zones of risk: flood, ground and technological prevention plans, Seveso effects."""

from enum import StrEnum

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
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

REGULATIONS = {
    OUTSIDE_HAZARD_CODE: Regulation.CONDITIONAL,
    "02": Regulation.CONDITIONAL,
    "03": Regulation.FORBIDDEN,
    "04": Regulation.FORBIDDEN,
    "05": Regulation.FORBIDDEN,
    "06": Regulation.FORBIDDEN,
}
"""COVADIS `TYPEREG`, kept by CNIG as `typereglement`: prescriptions outside the hazard,
prescriptions, prohibition, strict prohibition, then the sectors the public may buy because
life is in danger there (délaissement, expropriation: code de l'environnement, L. 515-16)."""

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
    "24": Hazard.TECHNOLOGICAL,
    "31": Hazard.GROUND,
}
"""First two figures of a GASPAR risk code: flood, ground, industry, nuclear, dangerous goods,
ground above mines."""

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
    label = _texts(raw, "label")
    regulation = _regulation(raw, label, context.dataset_id)
    table = raw.assign(
        zone_id=_zone_ids(raw),
        label=label.mask(label.isin(NO_RULE_LABELS)),
        regulation=regulation,
        hazard=_hazard(raw, label, context.dataset_id),
    )
    unknown = regulation.eq(Regulation.UNKNOWN)
    message = "Règlement de la zone absent du fichier : lisez celui du plan de prévention."
    return Normalised(
        table, issue_if(rows_where(raw, unknown), "RIS-REGLEMENT", Action.NOTED, message)
    )


def _texts(raw: pd.DataFrame, name: str) -> pd.Series:
    """Return the column `name` as stripped text; missing everywhere when it is absent."""
    return raw.get(name, pd.Series(index=raw.index, dtype="string")).astype("string").str.strip()


def _codes(raw: pd.DataFrame, name: str) -> pd.Series:
    """Return the column `name` as text; a code that came as a float (3.0) reads as written (3)."""
    return _texts(raw, name).str.removesuffix(".0")


def _zone_ids(raw: pd.DataFrame) -> pd.Series:
    """Return ids unique across plans: the plan's, then the zone's own or its outline's."""
    own = _codes(raw, "zone_id").str.zfill(6).fillna(shape_ids(raw["geometry"]))
    return _texts(raw, "procedure_id").fillna("sans-plan").str.cat(own, sep="-")


def _regulation(raw: pd.DataFrame, label: pd.Series, dataset_id: str) -> pd.Series:
    if "regulation_code" in raw:
        code = _codes(raw, "regulation_code").str.zfill(2)
        has_no_rule = code.eq(OUTSIDE_HAZARD_CODE) & label.isin(NO_RULE_LABELS)
        read = code.map(REGULATIONS).astype(object).fillna(Regulation.UNKNOWN)
        return read.mask(has_no_rule.fillna(value=False).astype(bool), Regulation.HAZARD_ONLY)
    if dataset_id == "seveso_effets":
        forbids = label.fillna("").str.contains(FORBIDDING_WORDS, case=False).astype(bool)
        return forbids.map({True: Regulation.FORBIDDEN, False: Regulation.CONDITIONAL})
    return pd.Series(Regulation.UNKNOWN, index=raw.index, dtype=object)


def _hazard(raw: pd.DataFrame, label: pd.Series, dataset_id: str) -> pd.Series:
    """Return the family read from the GASPAR code, else from the first word that names one."""
    if dataset_id == "seveso_effets":
        return pd.Series(Hazard.TECHNOLOGICAL, index=raw.index, dtype=object)
    by_code = _texts(raw, "hazard_code").str[:2].map(GASPAR_FAMILIES).astype(object)
    first_word = label.str.casefold().str.extract(f"({'|'.join(HAZARD_WORDS)})", expand=False)
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
