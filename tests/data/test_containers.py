import gzip
import io
import zipfile
from pathlib import Path

import pytest

from data import containers
from data.containers import Opened, unpacked
from data.formats import Container, sniff
from geo.errors import InputError

GEOJSON = b'{"type": "FeatureCollection", "features": []}'
CSV = "nom;code\nAmbérieu;01004\n"


def open_all(path: Path) -> list[tuple[str, Container]]:
    with unpacked(path) as opened:
        return [(file.path.name, file.container) for file in opened]


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught, unpacked(path):
        pass
    return caught.value


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return path


@pytest.mark.parametrize(
    ("content", "container"),
    [
        (b"SQLite format 3\x00...", Container.GEOPACKAGE),
        (b"\x00\x00\x27\x0a" + bytes(96), Container.SHAPEFILE),
        (b"PAR1....PAR1", Container.PARQUET),
        (b"\xef\xbb\xbf" + GEOJSON, Container.JSON),
        (b'<?xml version="1.0"?><osm version="0.6"></osm>', Container.OSM),
        (b"<ogr:FeatureCollection></ogr:FeatureCollection>", Container.GML),
        (CSV.encode(), Container.TEXT),
    ],
)
def test_a_format_is_told_by_its_first_bytes(
    tmp_path: Path, content: bytes, container: Container
) -> None:
    assert sniff(written(tmp_path / "sans-extension", content)) is container


def test_a_missing_file_is_said_missing(tmp_path: Path) -> None:
    assert "introuvable" in refusal(tmp_path / "absent.csv").message


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n ", b"\xef\xbb\xbf\n", bytes(50)])
def test_an_empty_file_is_said_empty(tmp_path: Path, content: bytes) -> None:
    error = refusal(written(tmp_path / "vide.geojson", content))
    assert "« vide.geojson » est vide" in error.message
    assert "Téléchargez" in error.hint


def test_an_unknown_binary_is_refused_with_the_formats_read(tmp_path: Path) -> None:
    error = refusal(written(tmp_path / "photo.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00"))
    assert "« photo.png » n'est d'aucun format connu" in error.message
    assert "GeoPackage" in error.hint


@pytest.mark.parametrize(
    ("content", "nature"),
    [
        (b"<!DOCTYPE html><html><body>Erreur 404</body></html>", "une page web"),
        (b"\n<html><head></head></html>", "une page web"),
        (b"%PDF-1.7", "un document PDF"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "une archive 7z"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18", "PBF"),
    ],
)
def test_a_file_people_do_meet_is_named(tmp_path: Path, content: bytes, nature: str) -> None:
    assert nature in refusal(written(tmp_path / "zones.geojson", content)).message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zones.geojson", GEOJSON[:-3]),
        ("zones.parquet", b"PAR1....."),
        ("routes.osm", b'<osm version="0.6"><node id="1" lat="48.'),
    ],
)
def test_a_file_without_its_end_is_said_incomplete(
    tmp_path: Path, name: str, content: bytes
) -> None:
    error = refusal(written(tmp_path / name, content))
    assert f"« {name} » est incomplet" in error.message
    assert "recommencez" in error.hint


def test_a_geopackage_cut_in_half_is_said_incomplete(tmp_path: Path) -> None:
    header = bytearray(100)
    header[:16] = b"SQLite format 3\x00"
    header[16:18] = (4096).to_bytes(2, "big")
    header[28:32] = (10).to_bytes(4, "big")
    error = refusal(written(tmp_path / "plu.gpkg", bytes(header) + bytes(4096)))
    assert "« plu.gpkg » est incomplet" in error.message


def test_a_gzip_is_opened_without_its_suffix(tmp_path: Path) -> None:
    path = written(tmp_path / "zones.geojson.gz", gzip.compress(GEOJSON))
    assert open_all(path) == [("zones.geojson", Container.JSON)]


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(GEOJSON * 100)
    error = refusal(written(tmp_path / "zones.json.gz", packed[: len(packed) // 2]))
    assert "archive gzip incomplète" in error.message


def test_a_zip_gives_its_readable_members_sorted(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "lot.zip", b_DOT_csv=CSV.encode(), a_DOT_json=GEOJSON, c_DOT_pdf=b"%PDF"
    )
    assert [name for name, _ in open_all(path)] == ["a.json", "b.csv"]


def test_an_archive_in_an_archive_is_opened(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", zones_DOT_csv=CSV.encode()).read_bytes()
    path = zipped(tmp_path / "outer.zip", inner_DOT_zip=inner)
    assert open_all(path) == [("zones.csv", Container.TEXT)]


def test_archives_nested_without_end_are_refused(tmp_path: Path) -> None:
    content = GEOJSON
    for _ in range(6):
        content = gzip.compress(content)
    assert "trop d'archives" in refusal(written(tmp_path / "poupee.gz", content)).message


def test_a_zip_without_any_table_is_refused_naming_its_files(tmp_path: Path) -> None:
    error = refusal(zipped(tmp_path / "lot.zip", notice_DOT_pdf=b"%PDF"))
    assert "« lot.zip » ne contient rien de lisible (notice.pdf)" in error.message


def test_a_spreadsheet_is_to_be_saved_as_csv(tmp_path: Path) -> None:
    error = refusal(zipped(tmp_path / "conso.xlsx", xl__workbook_DOT_xml=b"<workbook/>"))
    assert "CSV" in error.hint


def test_a_broken_zip_is_refused(tmp_path: Path) -> None:
    content = zipped(tmp_path / "bon.zip", zones_DOT_csv=CSV.encode()).read_bytes()
    error = refusal(written(tmp_path / "lot.zip", content[:-30]))
    assert "archive zip abîmée" in error.message


def test_a_zip_that_climbs_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("../../evil.csv", CSV)
    error = refusal(written(tmp_path / "lot.zip", content.getvalue()))
    assert "chemin interdit : ../../evil.csv" in error.message
    assert not (tmp_path.parent / "evil.csv").exists()


@pytest.mark.parametrize("suffix", ["zip", "gz"])
def test_a_bomb_is_refused_before_it_fills_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(containers, "MAX_UNPACKED_BYTES", 1000)
    path = tmp_path / f"bombe.{suffix}"
    if suffix == "zip":
        zipped(path, a_DOT_csv=b"0" * 600, b_DOT_csv=b"0" * 600)
    else:
        written(path, gzip.compress(b"0" * 1200))
    error = refusal(path)
    assert f"« bombe.{suffix} » dépasse 1000 octets" in error.message


def test_archives_inside_an_archive_share_its_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "MAX_UNPACKED_BYTES", 1000)
    inner = zipped(tmp_path / "inner.zip", zones_DOT_csv=b"0" * 400).read_bytes()
    path = zipped(tmp_path / "lot.zip", a_DOT_zip=inner, b_DOT_zip=inner)
    assert "« b.zip » dépasse 1000 octets" in refusal(path).message


def test_a_copy_in_utf_8_takes_room_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_UNPACKED_BYTES", 1000)
    path = zipped(tmp_path / "lot.zip", a_DOT_csv="é".encode("cp1252") * 400)
    assert "« a.csv » dépasse 1000 octets" in refusal(path).message


@pytest.mark.parametrize("names", [("a", "a/b.csv"), ("a/b.csv", "a"), ("a", "a/b/c.csv")])
def test_a_zip_whose_file_is_also_a_folder_is_refused(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    with zipfile.ZipFile(tmp_path / "lot.zip", "w") as archive:
        for name in names:
            archive.writestr(name, CSV)
    error = refusal(tmp_path / "lot.zip")
    assert "deux de ses membres ont le même nom" in error.message
    assert "vous-même" in error.hint


@pytest.mark.parametrize("missing", [".shx", ".dbf"])
def test_a_shapefile_names_the_part_that_is_missing(tmp_path: Path, missing: str) -> None:
    for suffix in {".shp", ".shx", ".dbf"} - {missing}:
        written(tmp_path / f"zones{suffix}", b"\x00\x00\x27\x0a" + bytes(96))
    error = refusal(tmp_path / "zones.shp")
    assert f"il manque {missing}" in error.message
    assert ".zip" in error.hint


def test_the_side_files_of_a_zipped_shapefile_follow_it(tmp_path: Path) -> None:
    shape = b"\x00\x00\x27\x0a" + bytes(96)
    path = zipped(
        tmp_path / "plu.zip",
        Z_DOT_SHP=shape,
        Z_DOT_SHX=shape,
        Z_DOT_dbf=b"\x03abc",
        Z_DOT_shp_DOT_xml=b"<metadata/>",
        Z_DOT_sbn=b"\x00\x00\x27\x0a",
    )
    assert open_all(path) == [("Z.SHP", Container.SHAPEFILE)]


def test_latin_1_text_is_copied_in_utf_8_and_told(tmp_path: Path) -> None:
    path = written(tmp_path / "communes.csv", CSV.encode("cp1252"))
    with unpacked(path) as (opened,):
        assert opened.path.read_text(encoding="utf-8") == CSV
        assert opened.path.name == "communes.csv"
        assert "Windows-1252" in opened.notes_fr[0]


def test_utf_8_text_is_read_in_place(tmp_path: Path) -> None:
    path = written(tmp_path / "communes.csv", CSV.encode())
    with unpacked(path) as opened:
        assert opened == (Opened(path, Container.TEXT),)


def test_temporary_copies_vanish(tmp_path: Path) -> None:
    path = written(tmp_path / "zones.json.gz", gzip.compress(GEOJSON))
    with unpacked(path) as (opened,):
        copy = opened.path
        assert copy.exists()
    assert not copy.exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_in_utf_16_is_refused_with_its_remedy(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "friches.txt"
    path.write_text("site_id\tsite_nom\n63148_1\tSucrerie\n", encoding=encoding)
    with pytest.raises(InputError, match="UTF-16") as refusal:
        sniff(path)
    assert "CSV UTF-8" in refusal.value.hint
