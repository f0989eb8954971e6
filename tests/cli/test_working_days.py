"""`rong calendar`: days written over the published calendar, from a shell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.cli.conftest import Rong


def test_a_day_is_written_listed_and_taken_back(rong: Rong, kept: Callable[[str], list[dict[str, Any]]]) -> None:
    day = (datetime.now(UTC) + timedelta(days=30)).date()
    year = str(day.year)
    assert "nothing is written over it" in rong("calendar", "--year", year).output
    assert rong("calendar", "free", day.isoformat(), "台风停工").exit_code == 0
    listed = rong("calendar", "--year", year).output
    assert day.isoformat() in listed
    assert "台风停工" in listed
    assert rong("calendar", "work", day.isoformat(), "补班").exit_code == 0
    assert rong("calendar", "take-back", day.isoformat()).exit_code == 0
    again = rong("calendar", "take-back", day.isoformat())
    assert (again.exit_code, "CALENDAR_DAY_UNKNOWN" in again.output) == (1, True)
    actions = [row["action"] for row in kept("audit") if row["action"].startswith("calendar.")]
    assert actions == ["calendar.written", "calendar.written", "calendar.taken_back"]


def test_a_day_out_of_reach_is_refused_in_words(rong: Rong) -> None:
    refused = rong("calendar", "free", "1999-01-01", "元旦")
    assert (refused.exit_code, "CALENDAR_DAY_INVALID" in refused.output) == (1, True)
