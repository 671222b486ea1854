"""Pages of features put together until nothing can be missing; nothing here reaches the network.

A service gives features by pages, under a limit of its own. A page without any feature is the
only proof of the end: MapServer, for one, announces as `numberMatched` the limit it was given.
Where pages repeat themselves, or fewer features arrive than announced, the extent is cut in
four and each quarter is asked for, down to quarters that one page holds.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from data.replies import refusal_fr, unexpected
from geo.errors import InputError, MissingDataError

MAX_DEPTH = 12
"""A quarter of a quarter… of a region is then a few dozen metres wide."""

MAX_PAGED_COUNT = 50_000
"""Above this the extent is cut first: servers are slow, or refuse, far down a list."""

MAX_FEATURE_COUNT = 1_000_000
MAX_PAGE_COUNT = 5_000

ROUND_COUNT = 50
"""The limits of servers are round: a lone page of 500 features may be a cut one, 162 is not."""

PASSING_ID = "fid-"
"""GeoServer invents such an id at each answer for a table without a key."""


@dataclass(frozen=True, slots=True)
class Box:
    """An extent in EPSG:2154."""

    west_m: float
    south_m: float
    east_m: float
    north_m: float

    def quarters(self) -> tuple["Box", "Box", "Box", "Box"]:
        """Return the four quarters, which share their sides."""
        west_m, south_m, east_m, north_m = self.west_m, self.south_m, self.east_m, self.north_m
        x_m, y_m = (west_m + east_m) / 2, (south_m + north_m) / 2
        return (
            Box(west_m, south_m, x_m, y_m),
            Box(x_m, south_m, east_m, y_m),
            Box(west_m, y_m, x_m, north_m),
            Box(x_m, y_m, east_m, north_m),
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Features of one answer, as JSON text by key: a key twice means two equal features.

    `matched_count` is what the service says it has in all; None when it does not say.
    """

    features: tuple[tuple[str, str], ...]
    columns: frozenset[str] = frozenset()
    matched_count: int | None = None
    crs: object = None


class Service(Protocol):
    """What can be asked for the features of an extent."""

    @property
    def can_page(self) -> bool:
        """Whether `start` has an effect."""

    @property
    def page_size(self) -> int:
        """How many features are asked for at once."""

    def page(self, box: Box, start: int) -> Page:
        """Return the features of `box` from the one numbered `start`."""


Tile = dict[str, list[str]]
"""Features by key; equal features without an id of their own are all kept."""


@dataclass(frozen=True, slots=True)
class Collected:
    """All the features of an extent."""

    tile: Tile
    crs: object
    page_count: int

    @property
    def feature_count(self) -> int:
        """How many features there are."""
        return _size(self.tile)

    def geojson(self) -> Iterator[str]:
        """Yield the text of a FeatureCollection, sorted by key: the same features, same text."""
        crs = f'"crs": {json.dumps(self.crs)},\n' if self.crs else ""
        yield '{"type": "FeatureCollection",\n' + crs + '"features": [\n'
        texts = (text for key in sorted(self.tile) for text in self.tile[key])
        for number, text in enumerate(texts):
            yield f"{',' if number else ''}{text}\n"
        yield "]}\n"


OnFeatures = Callable[[int, int | None], None]


def collect(service: Service, box: Box, *, on_features: OnFeatures | None = None) -> Collected:
    """Return every feature of `box` that `service` has.

    Raises:
        MissingDataError: some features announced cannot be obtained.
        InputError: the columns change from one page to the next, or there are too many features.
    """
    run = _Run(service, on_features)
    tile = run.tile(box, depth=0)
    return Collected(tile, run.crs, run.page_count)


@dataclass(slots=True)
class _Run:
    """One collection under way, and what its pages have shown of the service."""

    service: Service
    on_features: OnFeatures | None
    columns: frozenset[str] | None = None
    crs: object = None
    page_count: int = 0
    seen_count: int = 0

    def tile(self, box: Box, *, depth: int) -> Tile:
        """Return every feature of `box`."""
        first = self._ask(box, 0)
        whole = self._in_one_go(box, first, is_last_chance=depth == MAX_DEPTH)
        if whole is not None:
            return whole
        if depth == MAX_DEPTH:
            raise _missing(len(first.features), first.matched_count)
        merged: Tile = {}
        for quarter in box.quarters():
            _merge(merged, self.tile(quarter, depth=depth + 1))
        if first.matched_count is not None and _size(merged) < first.matched_count:
            raise _missing(_size(merged), first.matched_count)
        return merged

    def _in_one_go(self, box: Box, first: Page, *, is_last_chance: bool) -> Tile | None:
        """Return the features of `box` if they all come by following the pages, else None."""
        matched = first.matched_count
        if matched is not None and matched > MAX_PAGED_COUNT:
            return None
        tile = _tile_of(first)
        if not tile:
            return None if matched else {}
        page = first
        while self.service.can_page:
            page = self._ask(box, _size(tile))
            if not page.features:
                return tile if matched is None or _size(tile) >= matched else None
            if _repeats(page, tile):
                break
            _add(tile, page)
        return tile if self._is_whole(first, tile, is_last_chance=is_last_chance) else None

    def _is_whole(self, first: Page, tile: Tile, *, is_last_chance: bool) -> bool:
        """Tell whether a single page was all: as many as announced, and no limit in sight."""
        count = len(first.features)
        if _size(tile) != count or first.matched_count not in (None, count):
            return False
        may_be_cut = count >= self.service.page_size or count % ROUND_COUNT == 0
        return not may_be_cut or (is_last_chance and first.matched_count is not None)

    def _ask(self, box: Box, start: int) -> Page:
        page = self.service.page(box, start)
        self.page_count += 1
        self.seen_count += len(page.features)
        if self.seen_count > MAX_FEATURE_COUNT or self.page_count > MAX_PAGE_COUNT:
            raise InputError(
                f"{self.seen_count} objets reçus en {self.page_count} pages, sans fin en vue.",
                "Choisissez un territoire plus petit.",
            )
        if page.features:
            self.columns = _same_columns(self.columns, page.columns)
            self.crs = self.crs or page.crs
        if self.on_features is not None:
            self.on_features(self.seen_count, page.matched_count)
        return page


def read_page(body: bytes, url: str) -> Page:
    """Return the features of a GeoJSON answer; refuse any other answer by the server's words."""
    if reason := refusal_fr(body):
        raise unexpected(url, reason)
    try:
        content = json.loads(body)
        listed = content["features"]
        matched = content.get("numberMatched", content.get("totalFeatures"))
        return Page(
            features=tuple(_keyed(feature) for feature in listed),
            columns=frozenset(name for f in listed for name in f.get("properties") or ()),
            matched_count=matched if isinstance(matched, int) else None,
            crs=content.get("crs"),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise unexpected(url, "la réponse n'est pas une collection d'objets GeoJSON") from error


def _keyed(feature: Mapping[str, object]) -> tuple[str, str]:
    """Return the key and the text of a feature: its id, or a digest when it has none that lasts."""
    identifier = feature.get("id")
    content = {name: feature.get(name) for name in ("type", "properties", "geometry")}
    if identifier is None or PASSING_ID in str(identifier):
        text = json.dumps(content, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest(), text
    return str(identifier), json.dumps({"id": identifier, **content}, ensure_ascii=False)


def _tile_of(page: Page) -> Tile:
    tile: Tile = {}
    _add(tile, page)
    return tile


def _add(tile: Tile, page: Page) -> None:
    for key, text in page.features:
        tile.setdefault(key, []).append(text)


def _merge(tile: Tile, quarter: Tile) -> None:
    """Add `quarter` to `tile`: a feature across several quarters comes in each of them."""
    for key, texts in quarter.items():
        if len(texts) > len(tile.get(key, ())):
            tile[key] = texts


def _repeats(page: Page, tile: Tile) -> bool:
    """Tell whether a page brings back features already here: its order is not to be trusted."""
    return any(key in tile for key, _ in page.features)


def _size(tile: Tile) -> int:
    return sum(map(len, tile.values()))


def _same_columns(known: frozenset[str] | None, received: frozenset[str]) -> frozenset[str]:
    if known is None or known == received:
        return received
    gone, new = ", ".join(sorted(known - received)), ", ".join(sorted(received - known))
    raise InputError(
        "Les colonnes changent d'une page à l'autre : "
        f"{f'disparues : {gone}' if gone else ''}{' ; ' if gone and new else ''}"
        f"{f'apparues : {new}' if new else ''}.",
        "Le service est sans doute en cours de mise à jour : recommencez plus tard.",
    )


def _missing(received: int, announced: int | None) -> MissingDataError:
    told = "un nombre inconnu" if announced is None else str(announced)
    return MissingDataError(
        f"Le service annonce {told} d'objets et n'en livre que {received}, même en découpant "
        "l'emprise : rien n'est gardé.",
        "Téléchargez le fichier complet depuis la page du producteur, puis importez-le.",
    )
