"""The calendar of working days: what the desk wrote over the published one, and years that are not published yet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Path
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, Body, Desk, Key, Reply, allowed, desk_router
from app.core.calendar import CalendarDay

router = desk_router("calendar")
Year = Annotated[int, Path(ge=2000, le=2100)]
Day = Annotated[date, Path()]


class Written(Body):
    """`working`: a day that is made up, or one that is free. `name` says why, such as 春节."""

    day: date
    working: bool
    name: str = Field(min_length=2, max_length=60)


class DayShown(Reply):
    day: date
    working: bool | None
    name: str
    by: str
    at: datetime


class YearShown(Reply):
    """`version` names the calendar with all that was written over it. `unpublished`: years that are counted with by
    now, and whose holidays are not known: write them here as soon as they are published.
    """

    version: str
    published: bool
    unpublished: list[int]
    days: list[DayShown]


@router.get("/calendar/{year}")
async def calendar(year: Year, desk: Annotated[Desk, allowed("read", *ANY)]) -> YearShown:
    """What was written over the published calendar in this year."""
    service = desk.city.calendar
    days = [_shown(day) for day in await service.written(year)]
    current = service.current
    return YearShown(
        version=current.version,
        published=year in current.years,
        unpublished=list(service.unpublished()),
        days=days,
    )


@router.post("/calendar/days", status_code=201)
async def write(body: Written, key: Key, desk: Annotated[Desk, allowed("write", *OPERATORS)]) -> DayShown:
    """Say of a day whether it is worked. What is due is counted anew from now on."""
    return _shown(await desk.city.calendar.write(desk.viewer, body.day, body.working, body.name, key))


@router.delete("/calendar/days/{day}")
async def take_back(day: Day, key: Key, desk: Annotated[Desk, allowed("take-back", *OPERATORS)]) -> DayShown:
    """Let the published calendar hold for this day again."""
    return _shown(await desk.city.calendar.take_back(desk.viewer, day, key))


def _shown(day: CalendarDay) -> DayShown:
    return DayShown.model_validate(day)
