"""The few words the whole of Jalon shares: effects, statuses, parameters, territories."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

GENERATED_PREFIX = "00"
"""INSEE attributes no code beginning with 00: such a commune is generated, never real."""

GENERATED_SEA_EAST_M, GENERATED_SEA_NORTH_M = 280_000.0, 6_650_000.0
"""West and south of this corner (EPSG:2154) lies only the Bay of Biscay, where generated
territories are drawn: a table wholly there is generated."""

LIMITS_FR = (
    "Estimation indicative fondée sur des données publiques datées ; "
    "ne vaut ni certificat d'urbanisme ni avis juridique."
)
"""Rulebook §5: printed in the application and in every export."""

GENERATED_FR = "généré"


class Effect(StrEnum):
    """What a rule does to a site."""

    EVIDENCE = "indice"
    CAUTION = "vigilance"
    UNKNOWN = "inconnu"
    EXCLUDES = "exclusion"


class SiteStatus(StrEnum):
    """Whether a site can be mobilised for industry, as far as the data tell."""

    AVAILABLE = "disponible"
    CONDITIONAL = "mobilisable sous conditions"
    UNDETERMINED = "indéterminé"
    UNAVAILABLE = "non disponible"


class SiteKind(StrEnum):
    """What a row of the site table is."""

    PARCEL = "parcelle"
    ASSEMBLY = "assemblage de parcelles"
    FRICHE = "friche sans parcelle importée"


class Prudence(StrEnum):
    """What to do with land whose regulation is not given."""

    EXCLUDE = "exclure"
    CAUTION = "signaler"


FRENCH_FAULT = "jalon_fr"
"""Type of the pydantic errors whose message is already a French sentence without its subject."""


class Frozen(BaseModel):
    """What people write in a scenario: unknown keys refused, values fixed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Hectares = Annotated[float, Field(ge=0, le=100_000)]
Share = Annotated[float, Field(ge=0, le=1)]
InseeCode = Annotated[str, Field(pattern=r"^[0-9][0-9AB][0-9]{3}$")]


PlanKey = Annotated[str, Field(pattern=r"^[0-9][0-9A-Za-z_]{4,40}$")]
"""An INSEE code, or the id of a document («241800432_PLUi_20200128»)."""


class LandParameters(Frozen):
    """What a planner asks of a site.

    `economic_labels` names, for a commune (INSEE code) or a planning document (its CNIG id),
    the zone labels that are economic: labels are local, and «UAi» is industrial here and
    floodable there. `other_labels` names those that look so and are not.
    `communes_without_risk_plan` are those the planner checked to have no prevention plan:
    only then is the absence of risk zones an absence of plan and not of data.
    `motorway_setback_m` applies outside the U zones (code de l'urbanisme, art. L. 111-6);
    `boundary_setback_m` along the limits of a site, whole assembly or single parcel.
    Parcels too small alone are assembled, up to `assembly_max_parcels` (1: never).
    `as_of` dates the ages behind the reliability; without it, the newest import does.
    """

    min_piece_ha: Hectares = 0.5
    min_width_m: Annotated[float, Field(ge=0, le=5_000)] = 20
    max_built_share: Share = 0.3
    unspecified_risk: Prudence = Prudence.EXCLUDE
    economic_labels: dict[PlanKey, tuple[str, ...]] = Field(default_factory=dict)
    other_labels: dict[PlanKey, tuple[str, ...]] = Field(default_factory=dict)
    communes_without_risk_plan: tuple[InseeCode, ...] = ()
    motorway_setback_m: Annotated[float, Field(ge=0, le=1_000)] = 100
    boundary_setback_m: Annotated[float, Field(ge=0, le=500)] = 0
    assembly_max_parcels: Annotated[int, Field(ge=1, le=100)] = 12
    as_of: date | None = None


class Objective(StrEnum):
    """What makes one network of stations better than another."""

    COVERAGE = "couverture"
    FEWEST = "effectif"
    MEAN_DISTANCE = "distance moyenne"
    LONGEST_DISTANCE = "distance maximale"


COUNTED = frozenset(Objective) - {Objective.FEWEST}
COVERING = frozenset({Objective.COVERAGE, Objective.FEWEST})

SERVING = {
    "count": COUNTED,
    "share": frozenset({Objective.FEWEST}),
    "backup": COVERING,
    "alternatives": COVERING,
}
"""The objectives with which a parameter means something; the others go with all of them."""

StationCount = Annotated[int, Field(ge=0, le=100_000)]


class StationParameters(Frozen):
    """What a planner asks of a network of stations.

    By `objective`: most inhabitants within `radius_km` of one of `count` stations; fewest
    stations with `share` of the inhabitants within it (every commune, at 1); least mean or
    least longest distance to one of `count` stations. A commune counts as served by `backup`
    stations within the radius. Distances are straight lines times `detour_ratio` while no
    road network is loaded.

    `existing`, `fixed` and `forbidden` are INSEE codes of communes: stations already there
    come beside the `count` new ones, fixed ones are among them. Limits by département and
    EPCI (SIREN) count both. New stations keep `spacing_km` from all others.

    The search stops once it has proven that no plan is better by more than
    `target_gap_share`; at 0 it works to its own limit, which `effort` multiplies. With a
    `time_limit_s` the answer depends on the speed of the machine.
    """

    objective: Objective = Objective.COVERAGE
    count: Annotated[int, Field(ge=1, le=100_000)] = 300
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    radius_km: Annotated[float, Field(gt=0, le=500)] = 10
    detour_ratio: Annotated[float, Field(ge=1, le=3)] = 1.3
    backup: Annotated[int, Field(ge=1, le=2)] = 1
    existing: tuple[InseeCode, ...] = ()
    fixed: tuple[InseeCode, ...] = ()
    forbidden: tuple[InseeCode, ...] = ()
    min_per_departement: StationCount = 0
    max_per_departement: StationCount | None = None
    min_per_epci: dict[str, StationCount] = Field(default_factory=dict)
    max_per_epci: dict[str, StationCount] = Field(default_factory=dict)
    spacing_km: Annotated[float, Field(ge=0, le=500)] = 0
    target_gap_share: Annotated[float, Field(ge=0, lt=1)] = 0.005
    effort: Annotated[float, Field(ge=0, le=100)] = 1.0
    time_limit_s: Annotated[float, Field(gt=0, le=86_400)] | None = None
    alternatives: Annotated[int, Field(ge=0, le=20)] = 0

    @field_validator(*SERVING)
    @classmethod
    def _serves(cls, value: object, info: ValidationInfo) -> object:
        """Refuse a parameter that this objective would silently ignore."""
        name, objective = str(info.field_name), info.data.get("objective")
        usual = cls.model_fields[name].get_default(call_default_factory=True)
        if objective is None or objective in SERVING[name] or value == usual:
            return value
        served = " ou ".join(f"« {one.value} »" for one in Objective if one in SERVING[name])
        context = {"served": served}
        raise PydanticCustomError(FRENCH_FAULT, "ne sert qu'avec objective = {served}", context)

    @field_validator("max_per_departement")
    @classmethod
    def _holds_the_minimum(cls, value: int | None, info: ValidationInfo) -> int | None:
        least = info.data.get("min_per_departement", 0)
        if value is not None and value < least:
            context = {"least": least}
            message = "est sous « min_per_departement » ({least})"
            raise PydanticCustomError(FRENCH_FAULT, message, context)
        return value

    @field_validator("fixed", "forbidden")
    @classmethod
    def _is_said_once(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for earlier in ("existing", "fixed"):
            both = sorted(set(value) & set(info.data.get(earlier, ())))
            if both and earlier != info.field_name:
                context = {"both": ", ".join(both), "earlier": earlier}
                message = "reprend des communes de « {earlier} » : {both}"
                raise PydanticCustomError(FRENCH_FAULT, message, context)
        return value


class ZanParameters(Frozen):
    """What a planner supposes of the law; figures of the law itself are not here.

    `reduction_share` replaces the national rate where a document in force fixes another;
    `is_reduction_binding` tells whether that document is in force. `reserve_share` is the part of
    its cap a SRADDET keeps back for projects of several territories. `as_of` chooses the law in
    force on that day; without it, the day the figures were last checked.
    """

    reduction_share: Share | None = None
    is_reduction_binding: bool = False
    reserve_share: Share = 0.0
    as_of: date | None = None


def is_generated(insee: str) -> bool:
    """Tell whether a commune code belongs to a generated territory."""
    return insee.startswith(GENERATED_PREFIX)


def is_generated_place(east_m: float, north_m: float) -> bool:
    """Tell whether everything up to this north-eastern corner lies where no land is."""
    return east_m < GENERATED_SEA_EAST_M and north_m < GENERATED_SEA_NORTH_M


class TerritoryChoice(Frozen):
    """The territories of a scenario: the union of every code named."""

    regions: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    epcis: tuple[str, ...] = ()
    communes: tuple[InseeCode, ...] = ()
