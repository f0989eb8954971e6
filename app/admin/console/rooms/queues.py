"""Queues live: who waits where, which counters are open, how long it takes, and how good the estimates are."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Listing,
    Reply,
    Row,
    Table,
    badge,
    figure,
    mono,
    plain,
    progress,
    when,
)
from app.admin.console.texts import Text, Words, spoken
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.appointments.hall.counters.model import Counter
from app.domains.appointments.hall.queues.errors import QueueUnknown
from app.domains.appointments.hall.queues.model import Line, Queue
from app.domains.appointments.hall.waits.model import Figures

_HEAD = (
    Text("地点", "Venue"),
    Text("队列", "Queue"),
    Text("已取号", "Numbers given"),
    Text("已叫号", "Calls"),
    Text("现场号用量", "Of the quota"),
    Text("状态", "State"),
)
_COUNTERS = (Text("窗口", "Counter"), Text("正在办理", "At it"), Text("叫号时间", "Called"), Text("开放时间", "Opened"))


class QueuesView(RoomView):
    noun = "queues"
    label = Text("排队", "Queues")
    lead = Text(
        "今天有人取号的队列。等候时间按最近一小时估算，误差如实统计。",
        "Queues that somebody came to today. Waits are estimated by the last hour, and the error is measured.",
    )
    icon = "fa-people-line"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rooms = desk.services.appointments
        note = Text("已取号的人仍会被叫到。", "Whoever has a number is called still.")
        self.offers(
            Action(
                "close", Text("今天停止取号", "No more numbers today"), OPERATORS, self._close, note=note, tone="bad"
            ),
            Action("open", Text("恢复取号", "Give numbers again"), OPERATORS, self._open),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._rooms.waits.of_day(self._rooms.waits.today, page)
        rows = tuple(self._row(queue, line) for queue, line in found.items)
        more = self.next_page(found.has_next, found.items[-1][1].id if found.items else None)
        empty = Text("今天还没有人取号。", "Nobody has taken a number today.")
        return Listing(Table(_HEAD, rows, "", empty, next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        try:
            queue = await self._rooms.queues.own(asked.viewer, asked.target)
        except QueueUnknown:
            raise HTTPException(404) from None
        line, figures = await self._rooms.waits.line_and_figures(queue, self._rooms.waits.today)
        counters = [one for one in await self._rooms.counters.open_at(queue.venue) if queue.id in one.queues]
        sections: tuple[Facts | Table, ...] = (
            self._about(queue, line),
            *_measured(figures),
            self._at_counters(counters),
        )
        buttons = self.buttons(asked, asked.target, "open" if line.closed else "close")
        return Detail(_title(queue), sections, _state(line), buttons=buttons)

    def _row(self, queue: Queue, line: Line) -> Row:
        used = progress(line.walk_ins / queue.quota, f"{line.walk_ins} / {queue.quota}")
        cells = (plain(self._venue(queue.venue)), plain(_title(queue)), figure(line.issued), figure(line.calls), used)
        return Row((*cells, _state(line)), self.here(queue.id))

    def _about(self, queue: Queue, line: Line) -> Facts:
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("地点", "Venue"), plain(self._venue(queue.venue))),
            (Text("取号时间", "Hours"), plain(f"{queue.hours.opens:%H:%M}–{queue.hours.closes:%H:%M}")),
            (Text("优先年龄", "Priority from the age of"), figure(queue.priority_age)),
            (
                Text("现场号用量", "Of the quota"),
                progress(line.walk_ins / queue.quota, f"{line.walk_ins} / {queue.quota}"),
            ),
        )

    def _at_counters(self, counters: list[Counter]) -> Table:
        directory = self._rooms.venues.directory
        names = {one.id: directory.resources[one.id].name for one in counters if one.id in directory.resources}
        rows = tuple(
            Row(
                (
                    plain(names[one.id].within(spoken()) if one.id in names else one.id),
                    mono(one.number),
                    when(one.called_at),
                    when(one.opened_at),
                )
            )
            for one in counters
        )
        return Table(
            _COUNTERS, rows, Text("开放的窗口", "Counters open"), Text("没有窗口开放。", "No counter is open.")
        )

    def _venue(self, venue: str) -> str:
        found = self._rooms.venues.directory.venues.get(venue)
        return found.name.within(spoken()) if found else venue

    async def _close(self, asked: Asked) -> Reply:
        await self._rooms.queues.set_open(asked.viewer, asked.target, False, asked.key)
        return Done(Text("今天不再取号。", "No more numbers are given today."))

    async def _open(self, asked: Asked) -> Reply:
        await self._rooms.queues.set_open(asked.viewer, asked.target, True, asked.key)
        return Done(Text("已恢复取号。", "Numbers are given again."))


def _title(queue: Queue) -> str:
    return f"{queue.letter} · {queue.name.within(spoken())}"


def _state(line: Line) -> Cell:
    if line.closed:
        return badge("closed", "warn", Text("停止取号", "Closed"))
    return badge("open", "good", Text("取号中", "Giving numbers"))


def _measured(figures: Figures | None) -> tuple[Facts, ...]:
    if figures is None:
        return ()
    people = Facts.of(
        Text("今天的人", "People today"),
        (Text("正在等候", "Waiting now"), _part(figures.waiting, figures.issued)),
        (Text("正在办理", "At a counter"), figure(figures.called)),
        (Text("已办结", "Served"), _part(figures.served, figures.issued)),
        (Text("过号未到", "Did not come"), _part(figures.no_shows, figures.issued)),
        (Text("退号", "Gave it back"), figure(figures.left)),
        (Text("闭馆时未办", "Left over at closing"), figure(figures.closed)),
    )
    times = Facts.of(
        Text("时间", "Times"),
        (Text("平均等候", "Mean wait"), figure(_minutes(figures.mean_wait))),
        (Text("最长等候", "Longest wait"), figure(_minutes(figures.longest_wait))),
        (Text("平均办理", "Mean time at the counter"), figure(_minutes(figures.mean_service))),
        (Text("估算误差（中位数）", "Error of estimates (median)"), figure(_minutes(figures.error))),
        (Text("估算偏差（实际减估算）", "Bias (actual less estimate)"), figure(_minutes(figures.bias))),
        (Text("有估算的号", "Numbers with an estimate"), figure(figures.estimated)),
    )
    return people, times


def _part(count: int, of: int) -> Cell:
    return progress(count / of if of else 0.0, f"{count} / {of}")


def _minutes(seconds: float | None) -> Words | None:
    return None if seconds is None else f"{seconds / 60:.1f} min"
