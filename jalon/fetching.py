"""Downloading: from a territory to the official files it needs, then to the workspace."""

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import geopandas as gpd

from data.downloads import Address, Granularity, Kind
from data.fetch import Door
from data.paging import Box, collect
from data.replies import Wanted
from data.services import Features, page_url, save
from data.transfer_state import Note, read_note
from data.workspace import Workspace
from geo.errors import InputError, JalonError, MissingDataError
from jalon.areas import communes_of
from jalon.french import number
from jalon.importing import ImportedTable, import_file
from layers.codes import COMMUNE_OF_ARRONDISSEMENT
from layers.search import Territory, TerritoryKind, exact_matches, search, search_index

MARGIN_M = 500.0
"""Added around a territory: its outline is generalised, its cadastre is not."""

SHOWN_MATCHES = 6

_SIZES = (
    Granularity.COMMUNE,
    Granularity.DEPARTEMENT,
    Granularity.REGION,
    Granularity.NATIONAL,
)
_LARGEST = {
    TerritoryKind.COMMUNE: Granularity.COMMUNE,
    TerritoryKind.EPCI: Granularity.COMMUNE,
    TerritoryKind.DEPARTEMENT: Granularity.DEPARTEMENT,
    TerritoryKind.REGION: Granularity.REGION,
}
"""The largest download worth asking for each kind of territory, when there is a choice."""


@dataclass(frozen=True, slots=True)
class Download:
    """One file to obtain; `box` is what is asked of a service that answers by extent."""

    address: Address
    url: str
    path: Path
    box: Box | None
    hint_fr: str = ""
    alternative: str = ""

    @property
    def first_url(self) -> str:
        """The address one can open in a browser: the first page of a service."""
        if self.box is not None and self.address.kind in (Kind.WFS, Kind.API_CARTO):
            return page_url(self.address, self.url, self.box)
        return self.url

    @property
    def size_bytes(self) -> int | None:
        """The size of the file already here; None when there is none."""
        note = read_note(self.path)
        return None if note is None else note.size_bytes


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that is here; `is_unchanged` when it already was."""

    download: Download
    note: Note
    is_unchanged: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that is missing, and why."""

    download: Download
    error: JalonError


@dataclass(frozen=True, slots=True)
class Fetched:
    """What arrived and what did not."""

    arrivals: tuple[Arrival, ...]
    faults: tuple[Fault, ...]


OnText = Callable[[str], None]
"""Told in French what is being done, or how far it is."""


def territory_called(communes: gpd.GeoDataFrame, text: str) -> Territory:
    """Return the only territory whose code or name is `text`; « epci:Metz » chooses a kind."""
    prefix, _, name = text.rpartition(":")
    index = search_index(communes)
    found = exact_matches(index, name) or search(index, name, limit=SHOWN_MATCHES)
    kept = [one for one in found if prefix in ("", one.kind.value)]
    if len(kept) == 1:
        return kept[0]
    listed = "".join(f"\n  - {one.label_fr} : {one.kind.value}:{one.code}" for one in kept)
    raise InputError(
        f"« {text} » désigne plusieurs territoires :{listed}"
        if kept
        else f"Aucun territoire ne s'appelle « {text} ».",
        "Donnez un code INSEE ou SIREN, précédé de son niveau s'il le faut (departement:67).",
    )


def plan(
    addresses: Sequence[Address], territory: Territory, communes: gpd.GeoDataFrame, folder: Path
) -> tuple[Download, ...]:
    """Return the downloads that cover `territory`, each in its own file of `folder`.

    Services that answer by extent are left out while no outline of the territory is known.
    """
    inside = communes_of(communes, territory)
    box = _extent(inside)
    if box is None:
        addresses = [one for one in addresses if one.granularity is not Granularity.AREA]
    return tuple(
        Download(
            address=address,
            url=address.url_at(place),
            path=folder / address.file_name_at(place),
            box=box,
            hint_fr=address.hint_fr.format_map(place),
            alternative=address.alternative.format_map(place),
        )
        for address in _well_sized(addresses, territory.kind)
        for place in _places(address, territory, inside)
    )


def _extent(communes: gpd.GeoDataFrame) -> Box | None:
    """Return the extent to ask for, with its margin; None when an outline is missing."""
    if communes.geometry.isna().any():
        return None
    west_m, south_m, east_m, north_m = map(float, communes.total_bounds)
    return Box(west_m - MARGIN_M, south_m - MARGIN_M, east_m + MARGIN_M, north_m + MARGIN_M)


def fetch(
    downloads: Iterable[Download], door: Door, *, on_step: OnText, on_detail: OnText
) -> Fetched:
    """Obtain each file; one that fails does not prevent the others."""
    arrivals: list[Arrival] = []
    faults: list[Fault] = []
    for download in downloads:
        if download.address.kind is Kind.BY_HAND:
            continue
        on_step(f"Téléchargement : {download.path.name}")
        try:
            arrivals.append(_obtained(download, door, on_detail))
        except JalonError as error:
            faults.append(Fault(download, error))
        except OSError as error:
            faults.append(Fault(download, _unwritable(download.path, error)))
    return Fetched(tuple(arrivals), tuple(faults))


def import_arrivals(
    fetched: Fetched, workspace: Workspace, communes: gpd.GeoDataFrame
) -> Iterator[tuple[Arrival, tuple[ImportedTable, ...] | JalonError]]:
    """Import each file that arrived and yield what it became, or why it was refused.

    A service that has nothing there gives a file without any object: there is nothing to import.
    """
    for arrival in fetched.arrivals:
        if arrival.note.feature_count == 0:
            continue
        try:
            yield arrival, import_file(workspace, arrival.download.path, communes=communes)
        except JalonError as error:
            yield arrival, error


def refuse_missing(faults: Sequence[Fault], refused: Sequence[Fault] = ()) -> None:
    """Raise one error for all: how to obtain each missing file, why others were `refused`."""
    parts = []
    if faults:
        parts.append(f"Fichiers manquants ({len(faults)}) :\n" + "\n".join(map(_told, faults)))
    if refused:
        told = (f"  - {one.download.path} : {one.error.message}" for one in refused)
        parts.append(f"Arrivés mais non importés ({len(refused)}) :\n" + "\n".join(told))
    if parts:
        raise MissingDataError(
            "\n".join(parts),
            "Relancez la même commande une fois le réseau rétabli, ou téléchargez les fichiers "
            "manquants vous-même ; ceux qui sont arrivés sont gardés.",
        )


def _told(fault: Fault) -> str:
    download = fault.download
    path = shlex.quote(str(download.path))
    reason = fault.error.message.removeprefix(f"{download.first_url} : ")
    lines = [
        f"  - {download.address.title} : {reason}",
        f"    adresse : {download.first_url}",
        f"    commande : curl -L -o {path} {shlex.quote(download.first_url)}",
        f"    puis : jalon import {path}",
    ]
    if download.address.kind is not Kind.FILE:
        lines.append(
            f"    cette adresse ne donne que {download.address.page_size} objets au plus : "
            "s'il y en a davantage, seul jalon fetch les prend tous."
        )
    if not download.address.is_verified:
        lines.append("    adresse non vérifiée : elle a pu changer.")
    if download.alternative:
        lines.append(f"    autre adresse : {download.alternative}")
    return "\n".join(lines)


def _well_sized(addresses: Sequence[Address], kind: TerritoryKind) -> Iterator[Address]:
    """Yield, of the addresses of one dataset, those of the size that suits the territory.

    The largest not larger than the territory, else the smallest there is.
    """
    by_extent = [address for address in addresses if address.granularity is Granularity.AREA]
    sized = [address for address in addresses if address.granularity is not Granularity.AREA]
    sized.sort(key=lambda a: (a.dataset_id, _SIZES.index(a.granularity), a.address_id))
    yield from by_extent
    for _, group in groupby(sized, key=lambda a: a.dataset_id):
        listed = list(group)
        sizes = [_SIZES.index(address.granularity) for address in listed]
        fitting = [size for size in sizes if size <= _SIZES.index(_LARGEST[kind])]
        best = max(fitting, default=min(sizes))
        yield from (a for a, size in zip(listed, sizes, strict=True) if size == best)


def _places(
    address: Address, territory: Territory, communes: gpd.GeoDataFrame
) -> tuple[dict[str, str], ...]:
    """Return what the template of `address` needs, once for each file to ask."""
    place = f"{territory.kind.value}-{territory.code}"
    match address.granularity:
        case Granularity.COMMUNE:
            codes = communes.sort_values("insee")[["insee", "departement"]]
            return tuple(
                {"insee": published, "dep": dep, "dep3": dep.zfill(3), "place": place}
                for insee, dep in codes.itertuples(index=False)
                for published in (_published(insee) if address.by_arrondissement else (insee,))
            )
        case Granularity.DEPARTEMENT:
            deps = sorted(communes["departement"].unique())
            return tuple({"dep": dep, "dep3": dep.zfill(3), "place": place} for dep in deps)
        case Granularity.REGION:
            return tuple({"region": code} for code in sorted(communes["region"].unique()))
        case _:
            return ({"place": place},)


def _published(insee: str) -> tuple[str, ...]:
    """Return the codes under which the cadastre publishes a commune."""
    parts = [code for code, commune in COMMUNE_OF_ARRONDISSEMENT.items() if commune == insee]
    return tuple(sorted(parts)) or (insee,)


def _obtained(download: Download, door: Door, on_detail: OnText) -> Arrival:
    before = read_note(download.path)
    if download.address.kind is Kind.FILE:
        note = door.file(_wanted(download), download.path, on_bytes=_in_megabytes(on_detail))
    else:
        note = _collected(download, door, on_detail)
    is_unchanged = before is not None and before.sha256 == note.sha256
    return Arrival(download, note, is_unchanged)


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"« {path} » ne peut pas être écrit ({error.strerror})",
        "Vérifiez la place et les droits, ou choisissez un autre dossier avec --to.",
    )


def _wanted(download: Download) -> Wanted:
    address = download.address
    return Wanted(
        url=download.url,
        format=address.format,
        title_fr=address.title,
        licence=address.licence,
        page=address.page,
        max_bytes=address.max_bytes,
        sha256=address.sha256,
    )


def _collected(download: Download, door: Door, on_detail: OnText) -> Note:
    """Obtain the features of a service; the file is written only once they are all here."""
    address = download.address
    service = Features(address, download.url, door.page)

    def told(received: int, total: int | None) -> None:
        on_detail(_progress_fr(number(received), total and number(total), "objets"))

    if download.box is None:
        raise MissingDataError(
            "L'emprise du territoire n'est pas connue.", "Importez d'abord son cadastre."
        )
    found = collect(service, download.box, on_features=told)
    return save(found, address, url=download.first_url, path=download.path)


def _in_megabytes(on_detail: OnText) -> Callable[[int, int | None], None]:
    def told(received: int, total: int | None) -> None:
        on_detail(_progress_fr(number(received / 1e6, 1), total and number(total / 1e6, 1), "Mo"))

    return told


def _progress_fr(received: str, total: str | int | None, unit: str) -> str:
    return f"{received} sur {total} {unit}" if total else f"{received} {unit}"
