"""`rong calendar`: the working days of a year, and what is written over the published ones."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from app.cli.shell import SHELL, console, in_city, moment
from app.core.calendar import CalendarDay
from app.core.clock import civil_day
from app.core.ids import new_id
from app.wiring import City

app = typer.Typer(no_args_is_help=True)
_calendar = typer.Typer(help="Working days.")
app.add_typer(_calendar, name="calendar")
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"])]


@_calendar.callback(invoke_without_command=True)
def calendar(
    context: typer.Context, year: Annotated[int | None, typer.Option(help="Without it, the present one.")] = None
) -> None:
    """What was written over the calendar of a year, and which years are not published yet."""
    if context.invoked_subcommand is None:
        in_city(lambda city: _show(city, year))


@_calendar.command("free")
def free(day: Day, name: str) -> None:
    """Say that a day is not worked, and why."""
    _write(day, name, working=False)


@_calendar.command("work")
def work(day: Day, name: str) -> None:
    """Say that a day is worked, such as a Saturday that is made up."""
    _write(day, name, working=True)


@_calendar.command("take-back")
def take_back(day: Day) -> None:
    """Let the published calendar hold for a day again."""
    in_city(lambda city: city.calendar.take_back(SHELL, day.date(), new_id()))
    console.print(f"{day.date()}: as published")


def _write(day: datetime, name: str, *, working: bool) -> None:
    in_city(lambda city: city.calendar.write(SHELL, day.date(), working, name, new_id()))
    console.print(f"{day.date()}: {_said(working)}, {name}")


async def _show(city: City, year: int | None) -> None:
    wanted = year or civil_day(city.clock.now()).year
    days = await city.calendar.written(wanted)
    console.print(f"{wanted}: calendar {city.calendar.current.version}")
    if unpublished := city.calendar.unpublished():
        years = ", ".join(map(str, unpublished))
        console.print(f"[yellow]the holidays of {years} are not published yet: days there may still move[/]")
    console.print(_listed(days) if days else "nothing is written over it")


def _listed(days: list[CalendarDay]) -> Table:
    table = Table("day", "is", "why", "by", "written")
    for day in days:
        table.add_row(day.day.isoformat(), _said(bool(day.working)), day.name, day.by, moment(day.at))
    return table


def _said(working: bool) -> str:
    return "worked" if working else "free"
