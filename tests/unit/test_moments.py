"""A moment comes with a zone and of a year one can reckon with, or is refused where it is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strawberry.exceptions import StrawberryInputCoercionError

from graphql_schema.types.times import MOMENT


def read(value: object) -> object:
    assert MOMENT.parse_value is not None
    return MOMENT.parse_value(value)


@given(st.datetimes(datetime(1801, 1, 1), datetime(2999, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_what_has_a_zone_is_that_moment(at: datetime) -> None:
    offset = at.utcoffset()
    if offset is None or offset.seconds % 60:
        return  # RFC 3339 has no seconds of an offset, as places had before there were zones
    found = read(at.isoformat())
    assert isinstance(found, datetime)
    assert found.astimezone(UTC) == at.astimezone(UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01T10:00:00",
        "2026-12-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "next Tuesday",
        "",
        7,
        None,
    ],
)
def test_what_is_no_moment_is_refused_where_it_is_read(text: object) -> None:
    with pytest.raises(StrawberryInputCoercionError, match="DateTime"):
        read(text)
