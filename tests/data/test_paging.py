"""Services made of a few points, each with one of the faults real servers have."""

import json
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import paging
from data.paging import Box, Page, collect, read_page
from geo.errors import InputError, MissingDataError

BOX = Box(0, 0, 100, 100)


def feature(x: float, y: float, name: str, identifier: str | None = None) -> dict[str, object]:
    point = {"type": "Point", "coordinates": [x, y]}
    shown = {} if identifier is None else {"id": identifier}
    return {"type": "Feature", "properties": {"name": name}, "geometry": point, **shown}


def grid(count: int) -> list[dict[str, object]]:
    """Points of a 10 by 10 grid, a few metres inside the box."""
    return [feature(5 + 9 * (n % 10), 5 + 9 * (n // 10), str(n), f"p.{n}") for n in range(count)]


@dataclass
class Points:
    """A service over points; `limit` is the server's own, smaller than what is asked."""

    features: list[dict[str, object]]
    limit: int = 10
    page_size: int = 1000
    can_page: bool = True
    says_matched: bool = True
    announced: int | None = None
    honours_start: bool = True
    asked: list[tuple[Box, int]] = field(default_factory=list)

    def page(self, box: Box, start: int) -> Page:
        self.asked.append((box, start))
        inside = [f for f in self.features if self._is_in(f, box)]
        first = start if self.honours_start else 0
        sent = inside[first : first + min(self.limit, self.page_size)]
        matched: object = "unknown"
        if self.says_matched:
            matched = len(inside) if self.announced is None else self.announced
        content = {"type": "FeatureCollection", "numberMatched": matched, "features": sent}
        return read_page(json.dumps(content).encode(), "http://exemple.fr")

    def _is_in(self, one: dict[str, object], box: Box) -> bool:
        x, y = one["geometry"]["coordinates"]  # type: ignore[index]  # built above
        return box.west_m <= x <= box.east_m and box.south_m <= y <= box.north_m


def names(service: Points) -> list[str]:
    text = "".join(collect(service, BOX).geojson())
    return sorted(f["properties"]["name"] for f in json.loads(text)["features"])


def expected(count: int) -> list[str]:
    return sorted(str(n) for n in range(count))


def test_pages_are_followed_until_an_empty_one() -> None:
    service = Points(grid(25))
    assert names(service) == expected(25)
    assert [start for _, start in service.asked] == [0, 10, 20, 25]


def test_number_announced_may_be_only_the_limit_of_the_server() -> None:
    assert names(Points(grid(25), announced=10)) == expected(25)


def test_unknown_number_does_not_stop_the_pages() -> None:
    assert names(Points(grid(25), says_matched=False)) == expected(25)


def test_extent_is_cut_in_four_when_pages_repeat_themselves() -> None:
    service = Points(grid(73), limit=50, honours_start=False)
    assert names(service) == expected(73)
    assert len({box for box, _ in service.asked}) > 4


def test_extent_is_cut_in_four_when_there_is_only_one_page() -> None:
    assert names(Points(grid(97), limit=10, page_size=10, can_page=False)) == expected(97)


def test_lone_page_of_a_round_number_is_not_believed() -> None:
    service = Points(grid(100), limit=50, announced=50, can_page=False)
    with pytest.raises(MissingDataError, match="annonce 50 d'objets et n'en livre que"):
        collect(service, BOX)


def test_point_on_the_side_of_two_quarters_comes_once() -> None:
    sides = [feature(50, 50, "centre", "c"), feature(50, 20, "side", "s"), *grid(60)]
    assert len(names(Points(sides, limit=50, page_size=50, can_page=False))) == 62


def test_equal_features_without_an_id_are_all_kept() -> None:
    twins = [feature(10, 10, "twin"), feature(10, 10, "twin"), feature(90, 90, "other")]
    assert names(Points(twins)) == ["other", "twin", "twin"]


def test_id_invented_for_the_answer_is_not_taken_for_a_key() -> None:
    page = read_page(
        json.dumps(
            {"features": [feature(1, 1, "a", "zone.fid-1f2"), feature(1, 1, "a", "zone.fid-9c3")]}
        ).encode(),
        "http://exemple.fr",
    )
    (first, _), (second, _) = page.features
    assert first == second


def test_loss_is_told_never_silent() -> None:
    with pytest.raises(MissingDataError, match="annonce 30 d'objets et n'en livre que"):
        collect(Points(grid(25), announced=30), BOX)


def test_columns_that_change_between_pages_are_named() -> None:
    changed = grid(25)
    changed[15]["properties"] = {"nom": "15"}
    service = Points(changed, limit=5)
    for one in changed[16:]:
        one["properties"] = {"nom": "x"}
    with pytest.raises(InputError, match="disparues : name ; apparues : nom"):
        collect(service, BOX)


def test_empty_extent_is_empty_without_more_questions() -> None:
    service = Points([])
    assert collect(service, BOX).feature_count == 0
    assert len(service.asked) == 1


def test_long_lists_are_cut_before_they_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MAX_PAGED_COUNT", 40)
    service = Points(grid(100))
    assert names(service) == expected(100)
    assert [start for box, start in service.asked if box == BOX] == [0]


def test_collection_without_an_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MAX_PAGE_COUNT", 3)
    with pytest.raises(InputError, match="sans fin en vue"):
        collect(Points(grid(100)), BOX)


def test_progress_tells_what_came_and_what_is_announced() -> None:
    told: list[tuple[int, int | None]] = []
    collect(Points(grid(25)), BOX, on_features=lambda got, total: told.append((got, total)))
    assert told == [(10, 25), (20, 25), (25, 25), (25, 25)]


@pytest.mark.parametrize("body", [b"[]", b'{"features": [3]}', b"rien"])
def test_answer_that_is_no_collection_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="n'est pas une collection"):
        read_page(body, "http://exemple.fr")


def test_server_that_ignores_the_start_is_read_whole_when_small() -> None:
    service = Points(grid(7), honours_start=False)
    assert names(service) == expected(7)
    assert len(service.asked) == 2


whole_points = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=0, max_size=60, unique=True
)


@given(places=whole_points, limit=st.integers(1, 20), honours_start=st.booleans())
def test_nothing_is_lost_and_nothing_doubled(
    places: list[tuple[int, int]],
    limit: int,
    honours_start: bool,  # noqa: FBT001  drawn by name
) -> None:
    points = [feature(x, y, f"{x}/{y}", f"p.{x}.{y}") for x, y in places]
    service = Points(points, limit=limit, page_size=limit, honours_start=honours_start)
    assert names(service) == sorted(f"{x}/{y}" for x, y in places)


@given(places=whole_points)
def test_same_features_give_the_same_text_whatever_the_order(
    places: list[tuple[int, int]],
) -> None:
    points = [feature(x, y, "a", f"p.{x}.{y}") for x, y in places]
    service = Points(points)
    turned = replace(service, features=points[::-1])
    assert "".join(collect(service, BOX).geojson()) == "".join(collect(turned, BOX).geojson())
