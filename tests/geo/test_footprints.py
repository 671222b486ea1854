import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.footprints import Footprints


def square(x_m: float, size_m: float = 10) -> shapely.Polygon:
    return shapely.box(x_m, 0, x_m + size_m, size_m)


def test_footprint_put_twice_is_moved_not_doubled() -> None:
    footprints = Footprints()
    footprints.put("a", square(0))
    footprints.put("a", square(100))
    assert len(footprints) == 1
    assert footprints.overlapping(square(0)) == ()
    assert footprints.overlapping(square(95)) == ("a",)


def test_shared_edge_is_no_overlap() -> None:
    footprints = Footprints()
    footprints.put("a", square(0))
    assert footprints.overlapping(square(10)) == ()


def test_discarded_footprint_is_found_no_more() -> None:
    footprints = Footprints()
    footprints.put("a", square(0))
    footprints.discard("a")
    footprints.discard("never there")
    assert "a" not in footprints
    assert footprints.overlapping(square(5)) == ()


def test_pairs_that_overlap_are_told_once() -> None:
    footprints = Footprints()
    for name, x_m in {"c": 0, "a": 5, "b": 100}.items():
        footprints.put(name, square(x_m))
    assert footprints.overlaps() == (("a", "c"),)


def test_keep_only_takes_the_others_off() -> None:
    footprints = Footprints()
    for name in "abc":
        footprints.put(name, square(0))
    footprints.keep_only(["b", "z"])
    assert len(footprints) == 1


def test_empty_footprint_is_refused_in_french() -> None:
    with pytest.raises(InputError, match="L'emprise « a » est vide"):
        Footprints().put("a", shapely.Polygon())


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.none() | st.integers(0, 60), st.integers(1, 20)),
        max_size=25,
    )
)
def test_any_sequence_of_edits_finds_what_a_plain_search_finds(
    edits: list[tuple[str, int | None, int]],
) -> None:
    footprints, plain = Footprints(), dict[str, shapely.Polygon]()
    for name, x_m, size_m in edits:
        if x_m is None:
            footprints.discard(name)
            plain.pop(name, None)
        else:
            footprints.put(name, square(x_m, size_m))
            plain[name] = square(x_m, size_m)
    probe = square(25)
    expected = sorted(n for n, shape in plain.items() if shape.intersection(probe).area > 0)
    assert list(footprints.overlapping(probe)) == expected
