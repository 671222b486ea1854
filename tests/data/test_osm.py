from pathlib import Path

import pytest

from data.osm import read_osm_edges
from geo.errors import InputError

NODES = "".join(
    f'<node id="{number}" lat="48.{number}" lon="7.5" version="1"/>' for number in range(1, 6)
)


def way(number: int, nodes: tuple[int, ...], **tags: str) -> str:
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    return f'<way id="{number}" version="1">{refs}{told}</way>'


def extract(folder: Path, *ways: str) -> Path:
    path = folder / "extrait.osm"
    path.write_text(f'<osm version="0.6" generator="essai">{NODES}{"".join(ways)}</osm>')
    return path


def test_two_ways_in_a_row_are_one_stretch(tmp_path: Path) -> None:
    path = extract(tmp_path, way(1, (1, 2), highway="primary"), way(2, (2, 3), highway="primary"))
    edges = read_osm_edges(path)
    assert edges["osmid"].tolist() == ["1"]
    assert edges["length"].tolist() == pytest.approx([22_239], abs=1)


def test_a_street_given_both_ways_counts_once(tmp_path: Path) -> None:
    assert len(read_osm_edges(extract(tmp_path, way(1, (1, 2), highway="residential")))) == 1


@pytest.mark.parametrize(
    "tags",
    [{"building": "yes"}, {"highway": "footway"}, {"highway": "service", "access": "private"}],
)
def test_what_no_lorry_may_use_is_left_out(tmp_path: Path, tags: dict[str, str]) -> None:
    path = extract(tmp_path, way(1, (1, 2), highway="primary"), way(2, (3, 4), **tags))
    assert read_osm_edges(path)["osmid"].tolist() == ["1"]


def test_a_road_without_name_has_no_name(tmp_path: Path) -> None:
    assert read_osm_edges(extract(tmp_path, way(1, (1, 2), highway="road")))["name"].isna().all()


@pytest.mark.parametrize("ways", [(), (way(1, (1, 2, 3), building="yes"),)])
def test_an_extract_without_any_road_is_refused(tmp_path: Path, ways: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="aucune route exploitable") as caught:
        read_osm_edges(extract(tmp_path, *ways))
    assert "highway" in caught.value.hint


def test_an_extract_that_is_no_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "extrait.osm"
    path.write_text("<osm><node></osm>")
    with pytest.raises(InputError, match=r"« extrait\.osm »"):
        read_osm_edges(path)
