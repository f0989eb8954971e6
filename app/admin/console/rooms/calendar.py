"""The calendar of working days: what the desk wrote over it, year by year."""

from __future__ import annotations

from datetime import date

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Done,
    Facts,
    Field,
    Listing,
    Option,
    Reply,
    Row,
    Section,
    Table,
    badge,
    mono,
    person,
    plain,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.calendar import CalendarDay
from app.core.calendar.errors import CalendarDayInvalid
from app.core.clock import civil_day
from app.core.paging import PageRequest

_WORKED, _FREE = Text("上班", "worked"), Text("放假", "free")
_HEAD = (Text("日期", "Day"), Text("安排", "It is"), Text("名称", "Why"), Text("由谁", "By"), Text("时间", "When"))


class CalendarView(RoomView):
    noun = "calendar"
    label = Text("工作日历", "Working days")
    lead = Text(
        "以国务院办公厅公布的放假安排为准；未公布或临时调整的日子在这里登记，办理期限随之重算。",
        "As the State Council publishes it; what is not published yet, or changes, is written here, and time is "
        "counted by it from then on.",
    )
    icon = "fa-calendar-day"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._calendar = desk.city.calendar
        day = Field("day", Text("日期", "Day"), "day", most=10)
        what = Field("working", Text("安排", "It is"), "select", options=(Option("no", _FREE), Option("yes", _WORKED)))
        name = Field("name", Text("名称", "Why"), hint=Text("如“春节”“补班”。", "Such as Spring Festival."), most=60)
        moves = Text("正在计算的期限随之改变。", "What is due is counted anew.")
        self.offers(
            Action("write", Text("登记一天", "Write a day"), OPERATORS, self._write, (day, what, name), moves, "good"),
            Action("take-back", Text("撤销", "Take back"), OPERATORS, self._take_back, note=moves, tone="bad"),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("write",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        this = civil_day(self.desk.city.clock.now()).year
        years = tuple(str(year) for year in range(this - 1, this + 4))
        chosen = asked["year"] if asked["year"] in years else str(this)
        days = await self._calendar.written(int(chosen))
        names = await self.desk.names(day.by for day in days)
        rows = tuple(self._row(asked, day, names) for day in days)
        empty = Text("这一年没有登记，按公布的安排。", "Nothing was written in this year: it is as published.")
        options = tuple(Option(year, year) for year in years)
        field = Field("year", Text("年份", "Year"), "select", required=False, options=options, value=chosen)
        return Listing(Table(_HEAD, rows, empty=empty), self._about(), (field,))

    def _about(self) -> tuple[Section, ...]:
        unpublished = self._calendar.unpublished()
        missing = Text(
            f"{'、'.join(map(str, unpublished))} 年的放假安排还没有公布，公布后请登记",
            f"The holidays of {', '.join(map(str, unpublished))} are not published yet; write them here when they are",
        )
        known = Text("近期的放假安排都已公布", "All holidays of the next months are published")
        return (
            Facts.of(
                Text("日历", "The calendar"),
                (Text("版本", "Version"), mono(self._calendar.current.version)),
                (Text("数据", "Data"), plain(missing if unpublished else known)),
            ),
        )

    def _row(self, asked: Asked, day: CalendarDay, names: dict[str, str]) -> Row:
        what = badge("open", "warn", _WORKED) if day.working else badge("active", "good", _FREE)
        cells = (plain(day.day.isoformat()), what, plain(day.name), person(day.by, names), when(day.at))
        return Row(cells, buttons=self.buttons(asked, day.day.isoformat(), "take-back"))

    async def _write(self, asked: Asked) -> Reply:
        day = _day(asked["day"])
        await self._calendar.write(asked.viewer, day, asked["working"] == "yes", asked["name"], asked.key)
        return Done(Text("已登记，期限已重算。", "Written: time is counted by it now."))

    async def _take_back(self, asked: Asked) -> Reply:
        await self._calendar.take_back(asked.viewer, _day(asked.target), asked.key)
        return Done(Text("已撤销。", "Taken back."))


def _day(text: str) -> date:
    """Raises CalendarDayInvalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CalendarDayInvalid from None
