"""The air quality index by HJ 633-2012 and the classes of water by GB 3838-2002."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domains.life.surroundings.air.model import (
    BREAKS,
    DAILY,
    HIGHEST,
    HOURLY,
    INDICES,
    AirLevel,
    Mean,
    Pollutant,
    floor_of,
    hourly_means,
    index_of,
    level_of,
    part_of,
    sliding,
)
from app.domains.life.surroundings.air.model import possible as air_possible
from app.domains.life.surroundings.water.model import (
    LIMITS,
    Measured,
    WaterClass,
    class_of,
    possible,
    quality_of,
)

_POINTS = [(mean, value, INDICES[n]) for mean, breaks in BREAKS.items() for n, value in enumerate(breaks)]


@pytest.mark.parametrize(("mean", "value", "index"), _POINTS)
def test_each_break_point_has_the_index_of_the_table(mean: Mean, value: int, index: int) -> None:
    part = part_of(mean, value)
    assert part is not None
    assert (part.index, part.beyond) == (index, False)


@pytest.mark.parametrize(("mean", "value", "index"), [point for point in _POINTS if point[2] < HIGHEST])
def test_a_little_more_than_a_break_point_is_rounded_up(mean: Mean, value: int, index: int) -> None:
    part = part_of(mean, value + 0.001)
    if value == BREAKS[mean][-1]:
        assert part is None
    else:
        assert part is not None
        assert part.index == index + 1


@pytest.mark.parametrize("mean", list(Mean))
def test_above_the_table_it_is_500_and_said_to_be_beyond_or_not_defined(mean: Mean) -> None:
    part = part_of(mean, BREAKS[mean][-1] + 1)
    if mean in (Mean.SO2_1H, Mean.O3_8H):
        assert part is None
    else:
        assert part is not None
        assert (part.index, part.beyond) == (HIGHEST, True)


@given(st.sampled_from(list(Mean)), st.floats(0, 5_000), st.floats(0, 5_000))
def test_more_of_a_pollutant_never_makes_the_index_lower(mean: Mean, one: float, other: float) -> None:
    less, more = part_of(mean, min(one, other)), part_of(mean, max(one, other))
    if more is not None:
        assert less is not None
        assert less.index <= more.index


@given(st.dictionaries(st.sampled_from(list(Mean)), st.floats(0, 3_000)), st.sampled_from([HOURLY, DAILY]))
def test_the_index_is_the_highest_of_its_parts(means: dict[Mean, float], report: tuple[Mean, ...]) -> None:
    found = index_of(means, report)
    if found is None:
        return
    assert found.index == max(part.index for part in found.parts)
    assert bool(found.primary) == (found.index > 50)
    assert found.level is level_of(found.index)
    assert 0 <= found.index <= HIGHEST


@pytest.mark.parametrize(
    ("means", "index", "primary"),
    [
        ({Mean.PM25_24H: 35.0}, 50, ()),
        ({Mean.PM25_24H: 35.1}, 51, (Pollutant.PM25,)),
        ({Mean.PM25_24H: 75.0, Mean.PM10_24H: 150.0}, 100, (Pollutant.PM10, Pollutant.PM25)),
        ({Mean.PM25_24H: 75.0, Mean.PM10_24H: 151.0}, 101, (Pollutant.PM10,)),
        ({Mean.O3_1H: 160.0, Mean.O3_8H: 161.0}, 101, (Pollutant.O3,)),
        ({Mean.O3_1H: 850.0, Mean.O3_8H: 801.0}, 325, (Pollutant.O3,)),
        ({Mean.O3_1H: 1_201.0}, 500, (Pollutant.O3,)),
        ({Mean.SO2_1H: 801.0, Mean.SO2_24H: 475.0}, 150, (Pollutant.SO2,)),
        ({Mean.SO2_1H: 100.0, Mean.SO2_24H: 475.0}, 34, ()),
    ],
)
def test_an_hour_is_reported_with_its_primary_pollutants(
    means: dict[Mean, float], index: int, primary: tuple[Pollutant, ...]
) -> None:
    found = index_of(means)
    assert found is not None
    assert (found.index, found.primary) == (index, primary)


def test_without_a_value_there_is_no_index() -> None:
    assert index_of({}) is None
    assert index_of({Mean.SO2_1H: 801.0}) is None
    assert index_of({Mean.NO2_24H: 40.0}) is None


@pytest.mark.parametrize(
    ("index", "level"), [(0, 1), (50, 1), (51, 2), (100, 2), (101, 3), (150, 3), (151, 4), (200, 4), (201, 5)]
)
def test_levels_begin_where_the_table_says(index: int, level: int) -> None:
    assert level_of(index) == level
    assert level_of(floor_of(AirLevel(level))) == level


@pytest.mark.parametrize(("index", "level"), [(300, 5), (301, 6), (500, 6)])
def test_the_last_level_begins_at_301(index: int, level: int) -> None:
    assert level_of(index) == level


def test_a_mean_of_a_day_needs_twenty_hours_and_one_of_eight_hours_six() -> None:
    hour = {Pollutant.PM25: 60.0, Pollutant.O3: 90.0, Pollutant.CO: 0.7}
    none: dict[Pollutant, float] = {}
    enough, few = [none] * 4 + [hour] * 20, [none] * 5 + [hour] * 19
    assert hourly_means(enough)[Mean.PM25_24H] == 60
    assert Mean.PM25_24H not in hourly_means(few)
    assert hourly_means([{}, {}] + [hour] * 6)[Mean.O3_8H] == 90
    assert Mean.O3_8H not in hourly_means([{}, {}, {}] + [hour] * 5)
    assert sliding([], 0) is None
    assert sliding([0.1] * 3, 3) == pytest.approx(0.1)


@pytest.mark.parametrize(("value", "can"), [(-0.1, False), (0, True), (1_500, True), (1_501, False), (9_999, False)])
def test_what_no_instrument_measures_is_known(value: float, can: bool) -> None:
    assert air_possible(Pollutant.PM25, value) is can


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_not_possible(value: float) -> None:
    assert not air_possible(Pollutant.O3, value)
    assert not possible(Measured.PH, value)


@pytest.mark.parametrize(
    ("what", "limit", "grade"), [(what, limit, n) for what in LIMITS for n, limit in enumerate(LIMITS[what], 1)]
)
def test_a_limit_itself_keeps_the_class_and_beyond_it_is_worse(what: Measured, limit: float, grade: int) -> None:
    beyond = -0.001 if what is Measured.OXYGEN else 0.001
    assert class_of(what, limit) == grade
    assert class_of(what, limit + beyond) == grade + 1


@pytest.mark.parametrize(("value", "fit"), [(5.9, False), (6.0, True), (9.0, True), (9.1, False)])
def test_water_is_fit_between_ph_6_and_9(value: float, fit: bool) -> None:
    assert (class_of(Measured.PH, value) is WaterClass.I) is fit


def test_water_is_of_its_worst_value() -> None:
    found = quality_of({Measured.OXYGEN: 8.0, Measured.AMMONIA: 1.2, Measured.PHOSPHORUS: 0.25, Measured.PH: 7.1})
    assert found is not None
    assert (found.grade, found.by) == (WaterClass.IV, (Measured.AMMONIA, Measured.PHOSPHORUS))
    assert quality_of({Measured.PH: 7.0}) is None
    assert quality_of({}) is None


@given(st.sampled_from(list(LIMITS)), st.floats(0, 50), st.floats(0, 50))
def test_worse_values_never_make_a_better_class(what: Measured, one: float, other: float) -> None:
    less, more = class_of(what, min(one, other)), class_of(what, max(one, other))
    assert less >= more if what is Measured.OXYGEN else less <= more
