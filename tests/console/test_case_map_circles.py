"""Circles of the map of open cases: none lies over another, and none is lost."""

from __future__ import annotations

from itertools import combinations
from math import hypot

from hypothesis import given
from hypothesis import strategies as st

from app.admin.console.clusters import SMALLEST, Circle, apart, around
from app.admin.console.rooms.case_map import Sheet
from app.core.places.model import Box, Point

_SPOTS = st.tuples(st.floats(0, 1000), st.floats(0, 560), st.integers(1, 400))


@given(st.lists(_SPOTS, max_size=40))
def test_no_circle_meets_another_and_all_are_counted(spots: list[tuple[float, float, int]]) -> None:
    circles = [Circle(x, y, count, count % 2, Box(y, x, y, x)) for x, y, count in spots]
    drawn = apart(circles)
    assert not any(one.meets(other) for one, other in combinations(drawn, 2))
    assert sum(one.count for one in drawn) == sum(one.count for one in circles)
    assert sum(one.late for one in drawn) == sum(one.late for one in circles)


def test_what_lies_on_one_spot_is_drawn_side_by_side() -> None:
    places = [around(500, 280, n) for n in range(60)]
    assert all(hypot(a[0] - b[0], a[1] - b[1]) > 2 * SMALLEST - 1 for a, b in combinations(places, 2))


@given(st.floats(23, 28), st.floats(115, 120), st.floats(0.0001, 1), st.floats(0.0001, 1))
def test_a_sheet_shows_its_whole_box_and_a_bar_that_fits(south: float, west: float, high: float, wide: float) -> None:
    sheet = Sheet.of(Box(south, west, south + high, west + wide))
    for point in (Point(south, west), Point(south + high, west + wide)):
        x, y = sheet.at(point)
        assert -1 <= x <= 1001
        assert -1 <= y <= 561
    length, said = sheet.bar()
    assert 50 <= length <= 180, said
