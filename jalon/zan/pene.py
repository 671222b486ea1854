"""Projects of national or European scale (PENE): their status is told, never read on a map."""

from enum import StrEnum


class PeneStatus(StrEnum):
    """Where the arrêté of 31 May 2024 lists a project, as its holder tells it (R-PENE-2, 3)."""

    NOT_LISTED = "non inscrit"
    ANNEX_1 = "annexe I"
    ANNEX_2 = "annexe II"
