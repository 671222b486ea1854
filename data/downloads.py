"""Where each official dataset is published: addresses, licences, limits of each service.

`catalogue.toml` says where to get a file; `data.catalogue` says how to recognise it.
"""

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from geo.errors import InputError

ADDRESSES_PATH = Path(__file__).with_name("catalogue.toml")

FIELDS = frozenset({"insee", "dep", "dep3", "region", "place"})
"""What a template may ask: codes of the place, and `place`, the name of the whole area."""


class Kind(StrEnum):
    """How a dataset is asked for."""

    FILE = "file"
    WFS = "wfs"
    API_CARTO = "api_carto"
    BY_HAND = "by_hand"


class Granularity(StrEnum):
    """What one download covers, from the largest to the smallest.

    AREA is the extent of the territory itself, whatever its level.
    """

    NATIONAL = "national"
    REGION = "region"
    DEPARTEMENT = "departement"
    COMMUNE = "commune"
    AREA = "area"


class Format(StrEnum):
    """What the bytes received must be."""

    GEOJSON = "geojson"
    GEOJSON_GZ = "geojson.gz"
    CSV = "csv"
    ZIP = "zip"
    SEVEN_ZIP = "7z"


class Address(BaseModel):
    """One way to obtain one dataset.

    `is_verified`: the address was read in a public code that uses it or in the documentation
    of its service (`seen_in`); otherwise it comes from memory. `by_arrondissement`: Paris,
    Lyon and Marseille are published by arrondissement. `can_page`: the service honours a
    starting index. `sort_by`: column in which the pages of a WFS are ordered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    address_id: str
    dataset_id: str
    layer: str
    title: str
    kind: Kind
    granularity: Granularity
    url: str
    file_name: str
    format: Format
    licence: str
    page: str
    is_verified: bool
    seen_in: str = ""
    is_default: bool = True
    alternative: str = ""
    hint_fr: str = ""
    type_name: str = ""
    sort_by: str = ""
    page_size: int = 1000
    can_page: bool = True
    by_arrondissement: bool = False
    sha256: str | None = None
    max_mb: int = 500

    @model_validator(mode="after")
    def _asks_only_known_fields(self) -> Self:
        templates = (self.url, self.file_name, self.hint_fr, self.alternative)
        unknown = set().union(*map(_fields, templates)) - FIELDS
        if unknown:
            message = f"champs inconnus dans l'adresse : {', '.join(sorted(unknown))}"
            raise ValueError(message)
        if self.kind is Kind.WFS and not self.type_name:
            message = "un WFS demande « type_name »"
            raise ValueError(message)
        return self

    @property
    def max_bytes(self) -> int:
        """The largest answer that is believed to be this dataset."""
        return self.max_mb * 2**20

    def url_at(self, place: Mapping[str, str]) -> str:
        """Return the address for `place` (values of `FIELDS`)."""
        return self.url.format_map(place)

    def file_name_at(self, place: Mapping[str, str]) -> str:
        """Return the name of the file for `place`."""
        return re.sub(r"[^\w.()-]+", "-", self.file_name.format_map(place))


def read_addresses(path: Path = ADDRESSES_PATH) -> tuple[Address, ...]:
    """Return the addresses written in a TOML file, sorted by id; a malformed one is refused."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
        listed = [{"address_id": key, **fields} for key, fields in entries.items()]
        found = TypeAdapter(tuple[Address, ...]).validate_python(listed)
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise InputError(
            f"Catalogue d'adresses illisible : {path.name}.\n{error}", "Corrigez ce fichier."
        ) from error
    return tuple(sorted(found, key=lambda address: address.address_id))


@cache
def addresses() -> tuple[Address, ...]:
    """Return every address Jalon ships, sorted by id."""
    return read_addresses()


def chosen_addresses(
    listed: Iterable[Address], wanted: Iterable[str] | None
) -> tuple[Address, ...]:
    """Return the addresses whose id, dataset or layer is in `wanted`; the usual ones for None.

    A layer named brings its usual addresses; the others must be named one by one.
    """
    known = tuple(listed)
    if wanted is None:
        return tuple(address for address in known if address.is_default)
    names = frozenset(wanted)
    layers_of = {address.layer for address in known}
    ids_of = {name for a in known for name in (a.address_id, a.dataset_id)}
    if unknown := names - layers_of - ids_of:
        raise InputError(
            f"Couches inconnues : {', '.join(sorted(unknown))}.",
            f"Couches à télécharger : {', '.join(sorted(layers_of))}.",
        )
    return tuple(
        address
        for address in known
        if {address.address_id, address.dataset_id} & names
        or (address.is_default and address.layer in names)
    )


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
