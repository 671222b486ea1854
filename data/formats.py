"""Formats: what a file really is, told by its first bytes, and whether its end is there."""

import re
from enum import StrEnum
from pathlib import Path

from geo.errors import InputError

HEAD_BYTES = 4096

READABLE_FR = "Formats lus : GeoPackage, Shapefile (.shp ou .zip), GeoJSON, GeoParquet, CSV, OSM."


class Container(StrEnum):
    """How the bytes of a file are arranged."""

    GEOPACKAGE = "GeoPackage"
    SHAPEFILE = "Shapefile"
    JSON = "GeoJSON"
    FIXTURE = "export Django (JSON)"
    PARQUET = "Parquet"
    OSM = "OpenStreetMap XML"
    GML = "GML"
    TEXT = "texte"
    GZIP = "gzip"
    ZIP = "zip"


MAGIC = {
    b"SQLite format 3\x00": Container.GEOPACKAGE,
    b"\x00\x00\x27\x0a": Container.SHAPEFILE,
    b"PAR1": Container.PARQUET,
    b"\x1f\x8b": Container.GZIP,
    b"PK\x03\x04": Container.ZIP,
}

REFUSED = (
    (rb"7z\xbc\xaf\x27\x1c", "une archive 7z", "Décompressez-la, puis importez son contenu."),
    (rb"%PDF", "un document PDF", READABLE_FR),
    (
        rb"\xff\xfe|\xfe\xff|(?s:(?:[\t\r\n -~]\x00){8})|(?s:(?:\x00[\t\r\n -~]){8})",
        "un texte en UTF-16 (« Texte Unicode » d'Excel)",
        "Enregistrez-le en « CSV UTF-8 », puis réimportez-le.",
    ),
    (rb"\xd0\xcf\x11\xe0", "un ancien fichier Excel ou Word", "Enregistrez-le en CSV."),
    (
        rb"(?i)<!doctype html|<html",
        "une page web, pas des données",
        "Le lien mène à une page : téléchargez le fichier lui-même.",
    ),
    (
        rb"(?s).{0,40}OSMHeader",
        "un extrait OpenStreetMap au format PBF",
        "Convertissez-le : osmium cat extrait.osm.pbf -o extrait.osm",
    ),
)
"""Beginnings people do meet, with what each file is and what to do about it."""

FIXTURE_HEAD = re.compile(rb'\[\s*\{\s*"model"\s*:')
"""A list of records as Django writes them."""

GML_ROOT = re.compile(rb"<(\w+:)?FeatureCollection\b")


def sniff(path: Path) -> Container:
    """Return what the file at `path` is; refuse a missing, empty or unreadable one."""
    if not path.is_file():
        raise InputError(f"Fichier introuvable : {path}.", "Vérifiez le chemin donné.")
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.strip(b"\x00 \t\r\n"):
        raise InputError(
            f"« {path.name} » est vide ({path.stat().st_size} octet(s)).",
            "Téléchargez à nouveau le fichier auprès de son producteur.",
        )
    _refuse_known(text, path.name)
    container = _container_of(head, text)
    if container is None:
        raise InputError(f"« {path.name} » n'est d'aucun format connu de Jalon.", READABLE_FR)
    return container


def is_whole(path: Path, container: Container) -> bool:
    """Tell whether the end of the file is there, as far as its format can tell."""
    match container:
        case Container.GEOPACKAGE:
            return _is_whole_sqlite(path)
        case Container.PARQUET:
            return _tail(path).endswith(b"PAR1")
        case Container.JSON | Container.FIXTURE:
            return _tail(path).rstrip().endswith((b"}", b"]"))
        case Container.OSM | Container.GML:
            return _tail(path).rstrip().endswith(b">")
        case _:
            return True


def _refuse_known(text: bytes, name: str) -> None:
    for beginning, nature_fr, hint_fr in REFUSED:
        if re.match(beginning, text):
            raise InputError(f"« {name} » est {nature_fr}.", hint_fr)


def _container_of(head: bytes, text: bytes) -> Container | None:
    for signature, container in MAGIC.items():
        if head.startswith(signature):
            return container
    if FIXTURE_HEAD.match(text):
        return Container.FIXTURE
    if text.startswith((b"{", b"[")):
        return Container.JSON
    if text.startswith(b"<"):
        return _xml_kind(text)
    return None if b"\x00" in head else Container.TEXT


def _xml_kind(text: bytes) -> Container | None:
    if b"<osm" in text:
        return Container.OSM
    return Container.GML if GML_ROOT.search(text) else None


def _is_whole_sqlite(path: Path) -> bool:
    """Compare the file with the size its header claims (SQLite file format, section 1.3)."""
    with path.open("rb") as stream:
        header = stream.read(100)
    page_bytes = int.from_bytes(header[16:18], "big")
    page_bytes = 65_536 if page_bytes == 1 else page_bytes
    page_count = int.from_bytes(header[28:32], "big")
    is_count_current = header[24:28] == header[92:96]
    return not is_count_current or path.stat().st_size >= page_bytes * page_count


def _tail(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - HEAD_BYTES))
        return stream.read()
