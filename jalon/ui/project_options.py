"""What is told of a drawn project beside its outline, and how it stands in an address."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import shapely
from pydantic import Field, ValidationError

from geo.errors import InputError
from jalon.model import Frozen, Hectares
from jalon.ui.project_text_fr import BAD_DATE
from jalon.zan.land_state import AfterKind
from jalon.zan.pene import PeneStatus
from jalon.zan.photovoltaic import PvGuarantees
from jalon.zan.project import Project

DAY_FORMAT = "%d/%m/%Y"


class DrawingUse(StrEnum):
    """What a drawing on the map of the sites is for."""

    FILTER = "filtre les sites"
    PROJECT = "est l'emprise d'un projet"


class Guarantee(StrEnum):
    """The guarantees of a photovoltaic project, in the words of an address."""

    REVERSIBLE = "reversible"
    VEGETATION = "couvert"
    ACCESS = "acces"
    FARMING = "agricole"
    DECLARED = "declaree"
    JUSTIFIED = "justifiee"


class ProjectOptions(Frozen):
    """What is told of a project; a guarantee that is not listed is not told, never «no»."""

    works_on: date | None = None
    after: AfterKind = AfterKind.BUILT
    pene: PeneStatus = PeneStatus.NOT_LISTED
    is_photovoltaic: bool = False
    guarantees: Annotated[tuple[Guarantee, ...], Field(max_length=len(Guarantee))] = ()
    restored_effective_ha: Hectares = 0.0
    restored_planned_ha: Hectares = 0.0

    def project(
        self, project_id: str, footprint: shapely.Geometry, whole_unit: shapely.Geometry | None
    ) -> Project:
        """Return the project these options make of a footprint in EPSG:2154."""
        return Project(
            project_id,
            footprint,
            whole_unit,
            works_on=self.works_on,
            pene=self.pene,
            photovoltaic=self._photovoltaic(),
            restored_effective_ha=self.restored_effective_ha,
            restored_planned_ha=self.restored_planned_ha,
        )

    def _photovoltaic(self) -> PvGuarantees | None:
        if not self.is_photovoltaic:
            return None
        return PvGuarantees(
            is_reversible=self._told(Guarantee.REVERSIBLE),
            keeps_vegetation=self._told(Guarantee.VEGETATION),
            keeps_access_permeable=self._told(Guarantee.ACCESS),
            keeps_farming=self._told(Guarantee.FARMING),
            is_declared=self._told(Guarantee.DECLARED),
            is_authority_justified=self._told(Guarantee.JUSTIFIED),
        )

    def _told(self, guarantee: Guarantee) -> bool | None:
        return True if guarantee in self.guarantees else None


NO_OPTION = ProjectOptions()


def options_json(options: ProjectOptions) -> str:
    """Return options in few words: what is not told is left out."""
    return options.model_dump_json(exclude_defaults=True)


def read_options(text: str | None) -> ProjectOptions:
    """Return the options an address says; none when it says nothing that can be used."""
    try:
        return ProjectOptions.model_validate_json(text) if text else NO_OPTION
    except ValidationError:
        return NO_OPTION


def read_day(text: str) -> date | None:
    """Return a day written «15/03/2027», None for no text; refuse what is no day."""
    if not text.strip():
        return None
    try:
        return datetime.strptime(text.strip(), DAY_FORMAT).date()  # noqa: DTZ007 - a day, no hour
    except ValueError as error:
        raise InputError(BAD_DATE.format(text=text.strip())) from error
