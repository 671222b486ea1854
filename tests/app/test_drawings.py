"""What the browser says was drawn is measured, checked, and never older than what Python said."""

import pytest
import shapely

from geo.errors import InputError
from jalon.ui.drawings import HeldDrawings, drawing_of, read_answer, read_drawings

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[3.0, 46.5], [3.01, 46.5], [3.01, 46.51], [3.0, 46.51], [3.0, 46.5]]],
}
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[3.0, 46.5], [3.01, 46.51], [3.01, 46.5], [3.0, 46.51], [3.0, 46.5]]],
}


def raw(geometry: object = SQUARE, drawing_id: str = "a") -> dict[str, object]:
    return {"drawing_id": drawing_id, "geometry": geometry}


def test_a_drawing_is_measured_in_lambert_93() -> None:
    # At 46.5° N: 767.5 m by 1 111.7 m, and Lambert-93 shrinks lengths there by 1 ‰.
    [drawing] = read_drawings([raw()])
    assert drawing.area_ha == pytest.approx(85.2, abs=0.1)


def test_a_drawing_keeps_its_identifier_and_its_place() -> None:
    [drawing] = read_drawings([raw(drawing_id="abc")])
    assert drawing.drawing_id == "abc"
    assert shapely.box(3.0, 46.5, 3.01, 46.51).equals(shapely.geometry.shape(drawing.geometry))


def test_a_ring_is_turned_counter_clockwise_as_geojson_asks() -> None:
    clockwise = shapely.box(3.0, 46.5, 3.01, 46.51, ccw=False)
    drawing = drawing_of("a", clockwise)
    assert shapely.is_ccw(shapely.LinearRing(drawing.geometry["coordinates"][0]))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (raw(BOW_TIE), "le contour se croise"),
        (raw({"type": "Point", "coordinates": [3, 46]}), "pas un polygone"),
        (raw(None), "pas un polygone"),
        ("n'importe quoi", "pas un polygone"),
        (raw(drawing_id=""), "sans identifiant"),
        (raw(shapely.geometry.mapping(shapely.box(-60, 10, -59, 11))), "hors de France"),
    ],
)
def test_what_is_no_drawing_is_refused_by_its_rank(answer: object, said: str) -> None:
    with pytest.raises(InputError, match=f"dessin 2 : .*{said}"):
        read_drawings([raw(), answer])


def test_too_many_drawings_are_refused() -> None:
    with pytest.raises(InputError, match="201 dessins, pour 200 au plus"):
        read_drawings([raw()] * 201)


def test_an_answer_of_the_current_revision_is_read() -> None:
    held = read_answer({"revision": 3, "drawings": [raw()]}, HeldDrawings(3, ()))
    assert [drawing.drawing_id for drawing in held.drawings] == ["a"]


def test_an_answer_given_before_python_replaced_the_drawings_is_not_read() -> None:
    held = HeldDrawings(4, ())
    assert read_answer({"revision": 3, "drawings": [raw()]}, held) == held


def test_no_answer_leaves_the_drawings_as_they_are() -> None:
    held = HeldDrawings(0, (drawing_of("a", shapely.box(3, 46.5, 3.01, 46.51)),))
    assert read_answer(None, held) == held
