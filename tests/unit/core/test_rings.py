"""Rings of cells around a point: nothing that is near lies in a ring farther out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.core.places.model import AREA, CELL, Point, cell_of, cells_near, rings

CITY = st.builds(Point, st.floats(25.3, 26.6), st.floats(118.4, 120.0))
STEPS = (500.0, 1_500.0)


@given(CITY, st.floats(-0.02, 0.02), st.floats(-0.02, 0.02), st.sampled_from([CELL, AREA]))
def test_what_is_not_farther_than_a_rings_limit_lies_in_it_or_before(
    point: Point, up: float, along: float, size: float
) -> None:
    other, seen = Point(point.latitude + up, point.longitude + along), set[str]()
    for limit, cells in rings(point, 3_000, size, STEPS):
        seen |= set(cells)
        if point.metres_to(other) <= limit - 1e-6:
            assert cell_of(other, size) in seen


@given(CITY)
def test_the_rings_are_all_cells_each_once(point: Point) -> None:
    cells = [cell for _, ring in rings(point, 3_000, CELL, STEPS) for cell in ring]
    assert len(cells) == len(set(cells))
    assert set(cells) <= set(cells_near(point, 3_000, CELL))
    assert cell_of(point) in cells
