"""How a place stands, as people read it: no codes, no months in figures for the English, the time alone for today."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.core.calendar.model import published
from app.core.clock import CITY_TIME
from app.core.messages import CHINESE, ENGLISH
from app.domains.life.directory.hours.notation import parsed_hours
from graphql_schema.types.life.opening_words import explained

CALENDAR = published()
OFFICE = "Mo-Fr 09:00-17:00"


@pytest.mark.parametrize(
    ("now", "english", "chinese"),
    [
        ("2026-11-23T10:00", "Open; closes 17:00", "营业中，17:00 关门"),
        ("2026-11-23T08:00", "Closed now; opens 09:00", "现在休息，09:00 开门"),
        ("2026-11-27T18:00", "Closed now; opens Mon 30 Nov, 09:00", "现在休息，11月30日 09:00 开门"),
    ],
)
def test_a_time_of_today_stands_alone_and_of_another_day_with_it(now: str, english: str, chinese: str) -> None:
    stands = parsed_hours(OFFICE).at(datetime.fromisoformat(now).replace(tzinfo=CITY_TIME), CALENDAR)
    assert (explained(stands, ENGLISH), explained(stands, CHINESE)) == (english, chinese)
