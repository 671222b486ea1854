"""Finding a territory by what people type: a name without its accents, or a code."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import pandas as pd

from layers.territories import PARTIAL_FR


class TerritoryKind(StrEnum):
    """The levels at which Jalon shows figures."""

    COMMUNE = "commune"
    EPCI = "epci"
    DEPARTEMENT = "departement"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory one can choose; `code` is its INSEE code, or its SIREN for an EPCI."""

    kind: TerritoryKind
    code: str
    name_fr: str
    region: str
    label_fr: str


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Territories, the most populated first, and for each the key in which text is looked for.

    A key has one line for the simplified name and one for the code, each word after a space.
    """

    territories: tuple[Territory, ...]
    keys: tuple[str, ...]


_PATTERNS = ("\n {}\n", "\n {}", " {}", "{}")
"""Equal, beginning, beginning of a word, anywhere: from the best match to the loosest."""

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_TERRITORY_COLUMNS = ["kind", "code", "name_fr", "region", "label_fr"]


def search_index(communes: pd.DataFrame) -> SearchIndex:
    """Return every commune, EPCI, département and region of `communes`, ready for `search`."""
    levels = [_communes(communes), _epcis(communes), _departements(communes), _regions(communes)]
    by_size = pd.concat(levels).sort_values(
        ["population", "kind", "code", "region"], ascending=[False, True, True, True]
    )
    territories = tuple(
        Territory(TerritoryKind(kind), *texts)
        for kind, *texts in by_size[_TERRITORY_COLUMNS].itertuples(index=False)
    )
    return SearchIndex(territories, tuple(_key(territory) for territory in territories))


def search(index: SearchIndex, text: str, *, limit: int = 20) -> tuple[Territory, ...]:
    """Return at most `limit` territories whose name or code contains `text`, best first.

    Equal names come first, then those that begin with the text, then those with a word that
    does, then the rest; ties go to the larger population. Accents, case, hyphens, apostrophes
    and « St » for « Saint » make no difference.
    """
    simplified = _simplified(text)
    if not simplified:
        return ()
    # « st » may be the abbreviation or the beginning of « Strasbourg »: both are tried.
    spellings = {simplified, _expanded(simplified)}
    found: dict[int, None] = {}
    for pattern in _PATTERNS:
        wanted = {pattern.format(spelling) for spelling in spellings}
        found |= dict.fromkeys(_rows_holding(wanted, index.keys))
        if len(found) >= limit:
            break
    return tuple(index.territories[row] for row in islice(found, limit))


def exact_matches(index: SearchIndex, text: str) -> tuple[Territory, ...]:
    """Return the territories whose whole name or code is `text`, the most populated first."""
    simplified = _simplified(text)
    wanted = {_PATTERNS[0].format(spelling) for spelling in (simplified, _expanded(simplified))}
    return tuple(index.territories[row] for row in _rows_holding(wanted, index.keys))


def _rows_holding(wanted: Iterable[str], keys: tuple[str, ...]) -> list[int]:
    return sorted({row for part in wanted for row, key in enumerate(keys) if part in key})


def _key(territory: Territory) -> str:
    name = _expanded(_simplified(territory.name_fr))
    return f"\n {name}\n {_simplified(territory.code)}\n"


def _communes(communes: pd.DataFrame) -> pd.DataFrame:
    place = "commune, " + communes["departement_nom"] + " (" + communes["insee"] + ")"
    return pd.DataFrame(
        {
            "kind": TerritoryKind.COMMUNE.value,
            "code": communes["insee"],
            "name_fr": communes["nom"],
            "region": communes["region"],
            "label_fr": communes["nom"] + " — " + place,
            "population": communes["population"],
        },
    )


def _epcis(communes: pd.DataFrame) -> pd.DataFrame:
    grouped = communes.groupby(["epci_siren", "region"], as_index=False).agg(
        name_fr=("epci_nom", "first"),
        is_partial=("epci_is_partial", "first"),
        commune_count=("insee", "count"),
        population=("population", "sum"),
    )
    count = grouped["commune_count"]
    size = " — EPCI, " + count.astype(str) + (count > 1).map({True: " communes", False: " commune"})
    note = grouped["is_partial"].map({True: f", {PARTIAL_FR}", False: ""})
    return grouped.rename(columns={"epci_siren": "code"}).assign(
        kind=TerritoryKind.EPCI.value,
        label_fr=grouped["name_fr"] + size + note,
    )[[*_TERRITORY_COLUMNS, "population"]]


def _departements(communes: pd.DataFrame) -> pd.DataFrame:
    grouped = communes.groupby(["departement", "region"], as_index=False).agg(
        name_fr=("departement_nom", "first"),
        population=("population", "sum"),
    )
    return grouped.rename(columns={"departement": "code"}).assign(
        kind=TerritoryKind.DEPARTEMENT.value,
        label_fr=grouped["name_fr"] + " — département (" + grouped["departement"] + ")",
    )


def _regions(communes: pd.DataFrame) -> pd.DataFrame:
    grouped = communes.groupby("region", as_index=False).agg(
        name_fr=("region_nom", "first"),
        population=("population", "sum"),
    )
    return grouped.assign(
        kind=TerritoryKind.REGION.value,
        code=grouped["region"],
        label_fr=grouped["name_fr"] + " — région",
    )


def _simplified(text: str) -> str:
    """Lower-case words of ASCII letters and digits, one space between them."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    bare = (sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare).split())


def _expanded(simplified: str) -> str:
    return " ".join(_ABBREVIATIONS.get(word, word) for word in simplified.split(" "))
