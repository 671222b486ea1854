"""Rules on a site: vocation, what is built, risks, size. One function a rule."""

import pandas as pd

from geo.shapes import M2_PER_HA
from jalon.french import hectares, number, percent
from jalon.model import Effect, LandParameters, Prudence
from jalon.rules.base import Detail, Finding, Rule
from jalon.vocation import BY_LABEL, BY_TEXT

NEGLIGIBLE_M2 = 1.0
"""Slivers below this come from digitising, not from the ground."""

CONVENTION = "Convention de Jalon"
RISK_PLAN = "Code de l'environnement, art. L. 562-1 (plans de prévention des risques)"
BROWNFIELD = "Code de l'urbanisme, art. L. 111-26 et D. 111-54 (définition de la friche)"
CNIG_ZONING = "Standard CNIG PLU ; les libellés de zones sont locaux"

LAWFUL_BUILDING_M2 = 50.0
"""Footprint from which the nomenclature of art. R. 101-1 counts a building."""

NOTABLE_SHARE = 0.05
"""Below this share of a parcel, an overlap may come from two drawings that disagree."""

MOSTLY_SHARE = 0.5

POLLUTED = ("avérée", "supposée", "pollution avérée", "pollution supposée")


def economic_zone(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The PLU itself, or the planner's own table, says that the zone is economic."""
    del parameters
    return Finding(sites["zone_evidence"].eq(BY_TEXT), told("economic_label"))


def economic_label(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Only the label of the zone hints at an economic vocation."""
    del parameters
    return Finding(sites["zone_evidence"].eq(BY_LABEL), told("economic_label"))


def activity_zone(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The parcel lies in a ZAE inventoried by the EPCI."""
    del parameters
    return Finding(sites["is_in_zae"], told("zae_name"))


def declared_friche(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The parcel belongs to a friche that its producer verified."""
    del parameters
    return Finding(sites["is_friche"], told("friche_name"))


def potential_friche(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """An unverified friche is no land supply: over half of the national file."""
    del parameters
    mask = sites["friche_status"].notna() & ~sites["is_friche"]
    mask &= sites["friche_status"].ne("friche reconvertie")
    return Finding(mask, told("friche_status"))


def no_vocation(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Nothing says that the land is meant for business."""
    del parameters
    return Finding(~sites["has_vocation"] & ~sites["is_zoning_missing"])


def zoning_missing(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """No zoning was imported for the commune."""
    del parameters
    return Finding(sites["is_zoning_missing"] & ~sites["is_parcel_missing"])


def closed_zone(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The zone must first be opened to urbanisation."""
    del parameters
    return Finding(sites["has_vocation"] & sites["zone_type"].eq("AUs"), told("zone_label"))


def farm_or_nature_zone(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """A friche or a ZAE in a zone A or N needs a change of the PLU."""
    del parameters
    return Finding(sites["has_vocation"] & sites["zone_type"].isin(["A", "N"]), told("zone_label"))


def built_up(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Buildings stand on too much of the parcel, and it is no friche."""
    mask = (sites["built_share"] > parameters.max_built_share) & ~sites["is_friche"]
    return Finding(mask, _built_fr)


def partly_built(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Something stands there already: an owner or a firm most likely uses the rest."""
    mask = (
        (sites["built_m2"] >= LAWFUL_BUILDING_M2)
        & (sites["built_share"] <= parameters.max_built_share)
        & ~sites["is_friche"]
        & sites["has_vocation"]
    )
    return Finding(mask, _built_fr)


def built_friche(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """A built friche must be reused or cleared."""
    del parameters
    mask = sites["is_friche"] & (sites["built_m2"] > NEGLIGIBLE_M2)
    return Finding(mask, _built_fr)


def buildings_missing(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """No building was imported for the commune."""
    del parameters
    return Finding(sites["is_buildings_missing"] & ~sites["is_parcel_missing"])


def forbidden_by_risk(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Building is forbidden on most of the land."""
    del parameters
    return _taken_by_risk(sites, "forbidden", mostly=True)


def partly_forbidden_by_risk(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """A part is forbidden; it is taken off the usable area."""
    del parameters
    return _taken_by_risk(sites, "forbidden", mostly=False)


def unspecified_risk_excluded(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Most of the land is in risk zones whose regulation is not given."""
    found = _taken_by_risk(sites, "unspecified", mostly=True)
    is_prudent = parameters.unspecified_risk is Prudence.EXCLUDE
    return Finding(found.mask & is_prudent, found.detail_fr)


def unspecified_risk(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """A risk zone without its regulation touches the site; by prudence, its land is taken off."""
    touched = sites["unspecified_m2"] > NEGLIGIBLE_M2
    excluded = unspecified_risk_excluded(sites, parameters).mask
    is_prudent = parameters.unspecified_risk is Prudence.EXCLUDE
    taken_fr = ", retiré de la surface utile par prudence" if is_prudent else ""
    told = _risk_detail("unspecified")
    return Finding(touched & ~excluded, lambda rows: told(rows) + taken_fr)


def _taken_by_risk(sites: pd.DataFrame, family: str, *, mostly: bool) -> Finding:
    """Return the sites a family of zones covers for the most part, or only touches.

    What is left may still be too small: the rules on size say so.
    """
    covered_m2 = sites[f"{family}_m2"]
    is_mostly = covered_m2 > MOSTLY_SHARE * sites["area_ha"] * M2_PER_HA
    touched = covered_m2 > NEGLIGIBLE_M2
    return Finding(touched & is_mostly.eq(mostly), _risk_detail(family))


def conditional_risk(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Building is possible under the prescriptions of the plan."""
    del parameters
    return Finding(sites["conditional_m2"] > NEGLIGIBLE_M2, _risk_detail("conditional"))


def risks_missing(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """No risk zone was imported near: an absence of data, not of risk."""
    del parameters
    return Finding(sites["is_risks_missing"] & ~sites["is_parcel_missing"])


def polluted_friche(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Pollution is known or supposed."""
    del parameters
    mask = sites["is_friche"] & sites["friche_pollution"].isin(POLLUTED)
    return Finding(mask, told("friche_pollution"))


def friche_with_project(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Someone already has a project there."""
    del parameters
    return Finding(sites["friche_status"].eq("friche avec projet"), told("friche_name"))


def reconverted_friche(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The friche has been given a new use."""
    del parameters
    return Finding(sites["friche_status"].eq("friche reconvertie"), told("friche_name"))


def too_small(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The largest piece left is below what the planner asks."""
    least_ha = max(parameters.min_piece_ha, NEGLIGIBLE_M2 / M2_PER_HA)
    mask = sites["has_vocation"] & (sites["piece_ha"] < least_ha)
    asked = f" d'un seul tenant, pour {hectares(parameters.min_piece_ha)} demandés"
    return Finding(mask, lambda small: small["piece_ha"].map(hectares) + asked)


def too_narrow(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The largest piece is big enough but too thin."""
    mask = (
        sites["has_vocation"]
        & (sites["piece_ha"] >= parameters.min_piece_ha)
        & (sites["width_m"] < parameters.min_width_m)
    )
    return Finding(mask, lambda thin: thin["width_m"].map(number) + " m au plus large")


def farmed(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """The land is declared as farmed: it costs ENAF hectares and a tenant may hold it."""
    del parameters
    farmed_ha = sites["farmed_m2"] / M2_PER_HA
    mask = sites["has_vocation"] & (farmed_ha > NOTABLE_SHARE * sites["area_ha"])
    return Finding(mask, lambda ours: farmed_ha[ours.index].map(hectares) + " déclarés")


def already_laid_out(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """Most of the usable land is a yard, a car park or a lawn in use: no ENAF, but no void."""
    del parameters
    laid_out_ha = sites["land_ha"] - sites["enaf_hi_ha"]
    mask = ~sites["is_friche"] & (laid_out_ha > MOSTLY_SHARE * sites["land_ha"])
    return Finding(mask, lambda ours: laid_out_ha[ours.index].map(hectares))


def unknown_occupation(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """No source says what most of the usable land is used for."""
    del parameters
    unknown_ha = sites["enaf_hi_ha"] - sites["enaf_lo_ha"]
    mask = (unknown_ha > MOSTLY_SHARE * sites["land_ha"]) & (sites["land_ha"] > 0)
    advice = " à vérifier sur place ou sur photo aérienne"
    return Finding(mask, lambda ours: unknown_ha[ours.index].map(hectares) + advice)


def parcels_missing(sites: pd.DataFrame, parameters: LandParameters) -> Finding:
    """A friche whose parcels were not imported: its usable land is not known."""
    del parameters
    return Finding(sites["is_parcel_missing"])


def told(column: str) -> Detail:
    """Return what tells the sites by one of their columns, as it is."""
    return lambda touched: touched[column]


def _built_fr(built: pd.DataFrame) -> pd.Series:
    return built["built_share"].map(percent) + " du terrain"


def _risk_detail(family: str) -> Detail:
    def tell(touched: pd.DataFrame) -> pd.Series:
        area = (touched[f"{family}_m2"] / M2_PER_HA).map(hectares)
        return touched[f"{family}_label"].fillna("zone de risques") + ", " + area

    return tell


RULES: tuple[Rule, ...] = (
    Rule(
        "RIS-INTERDIT",
        Effect.EXCLUDES,
        "Zone de risques où construire est interdit",
        RISK_PLAN,
        forbidden_by_risk,
    ),
    Rule(
        "RIS-NON-PRECISE",
        Effect.EXCLUDES,
        "Zone d'un plan de prévention dont le fichier ne donne pas le règlement, "
        "écartée par prudence",
        RISK_PLAN,
        unspecified_risk_excluded,
    ),
    Rule("BATI-OCCUPE", Effect.EXCLUDES, "Parcelle déjà bâtie", CONVENTION, built_up),
    Rule(
        "FRI-RECONVERTIE",
        Effect.EXCLUDES,
        "Friche déjà reconvertie",
        BROWNFIELD,
        reconverted_friche,
    ),
    Rule(
        "VOC-AUCUNE",
        Effect.EXCLUDES,
        "Aucun indice de vocation économique (PLU, ZAE, friche vérifiée)",
        CONVENTION,
        no_vocation,
    ),
    Rule("SURF-MIN", Effect.EXCLUDES, "Surface utile insuffisante", CONVENTION, too_small),
    Rule("LARG-MIN", Effect.EXCLUDES, "Terrain trop étroit", CONVENTION, too_narrow),
    Rule(
        "PLU-ABSENT",
        Effect.UNKNOWN,
        "Aucun zonage d'urbanisme importé pour cette commune",
        CONVENTION,
        zoning_missing,
    ),
    Rule(
        "BATI-ABSENT",
        Effect.UNKNOWN,
        "Aucun bâtiment importé pour cette commune, ou trop peu pour en juger",
        CONVENTION,
        buildings_missing,
    ),
    Rule(
        "RIS-ABSENT",
        Effect.UNKNOWN,
        "Aucune zone de risques importée pour cette commune : "
        "absence de donnée, non absence de risque",
        CONVENTION,
        risks_missing,
    ),
    Rule(
        "FRI-SANS-PARCELLE",
        Effect.UNKNOWN,
        "Aucune parcelle importée n'appartient pour moitié à la friche : surface utile inconnue",
        CONVENTION,
        parcels_missing,
    ),
    Rule(
        "RIS-PARTIEL",
        Effect.CAUTION,
        "En partie en zone de risques interdite, retirée de la surface utile",
        RISK_PLAN,
        partly_forbidden_by_risk,
    ),
    Rule(
        "RIS-A-LIRE",
        Effect.CAUTION,
        "Zone d'un plan de prévention dont le règlement est à lire",
        RISK_PLAN,
        unspecified_risk,
    ),
    Rule(
        "RIS-PRESCRIPTION",
        Effect.CAUTION,
        "Zone de risques où construire est soumis à prescriptions",
        RISK_PLAN,
        conditional_risk,
    ),
    Rule(
        "VOC-LIBELLE",
        Effect.CAUTION,
        "Vocation économique déduite du seul libellé de la zone, à confirmer au règlement",
        CNIG_ZONING,
        economic_label,
    ),
    Rule(
        "PLU-FERMEE",
        Effect.CAUTION,
        "Zone à urbaniser fermée, à ouvrir d'abord",
        "Standard CNIG PLU, type AUs ; code de l'urbanisme, art. L. 153-31",
        closed_zone,
    ),
    Rule(
        "PLU-A-N",
        Effect.CAUTION,
        "Zone agricole ou naturelle du PLU",
        CNIG_ZONING,
        farm_or_nature_zone,
    ),
    Rule(
        "BATI-PARTIEL",
        Effect.CAUTION,
        "Parcelle en partie bâtie, sans doute occupée",
        CONVENTION,
        partly_built,
    ),
    Rule("BATI-FRICHE", Effect.CAUTION, "Friche bâtie", BROWNFIELD, built_friche),
    Rule("FRI-POLLUTION", Effect.CAUTION, "Pollution du sol", BROWNFIELD, polluted_friche),
    Rule("FRI-PROJET", Effect.CAUTION, "Friche avec projet", BROWNFIELD, friche_with_project),
    Rule(
        "FRI-POTENTIELLE",
        Effect.CAUTION,
        "Friche non vérifiée, qui ne vaut pas offre foncière",
        BROWNFIELD,
        potential_friche,
    ),
    Rule(
        "OCC-CULTURE",
        Effect.CAUTION,
        "Terre déclarée à la PAC",
        "Registre parcellaire graphique",
        farmed,
    ),
    Rule(
        "OCC-AMENAGE",
        Effect.CAUTION,
        "Sol déjà aménagé (cour, dépôt, stationnement, pelouse)",
        "OCS GE, nomenclature CS × US",
        already_laid_out,
    ),
    Rule(
        "OCC-INCONNUE",
        Effect.CAUTION,
        "Occupation du sol inconnue",
        CONVENTION,
        unknown_occupation,
    ),
    Rule(
        "VOC-ZONE",
        Effect.EVIDENCE,
        "Zone économique du document d'urbanisme",
        CNIG_ZONING,
        economic_zone,
    ),
    Rule(
        "VOC-ZAE",
        Effect.EVIDENCE,
        "Zone d'activité économique inventoriée",
        "Code de l'urbanisme, art. L. 318-8-1 et L. 318-8-2",
        activity_zone,
    ),
    Rule("VOC-FRICHE", Effect.EVIDENCE, "Friche vérifiée", BROWNFIELD, declared_friche),
)
