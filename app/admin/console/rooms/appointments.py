"""Appointments at the desk: venues and how full they are, and appeals of those who may not book."""

from __future__ import annotations

from datetime import timedelta

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Option,
    Reply,
    Row,
    Shown,
    Table,
    badge,
    figure,
    plain,
    progress,
    short_link,
    when,
)
from app.admin.console.texts import Text, spoken, word
from app.admin.console.view import RoomView
from app.core.clock import civil_day
from app.core.paging import PageRequest
from app.domains.appointments.booking.blocks.model import Appeal, AppealState
from app.domains.appointments.booking.bookings.model import BookingState
from app.domains.appointments.times.rosters.service import DayUse
from app.domains.appointments.times.venues.model import Venue

_DAYS = timedelta(days=6)
_USE = (
    Text("日期", "Day"),
    Text("号源使用", "Seats taken"),
    Text("已约", "Booked"),
    Text("已办", "Served"),
    Text("取消", "Cancelled"),
    Text("未到", "Did not come"),
)


class VenuesView(RoomView):
    noun = "venues"
    label = Text("预约地点", "Venues")
    lead = Text(
        "可以预约的大厅、医院和登记处，以及今后七天的号源。", "Where one books a time, and how full the next week is."
    )
    icon = "fa-building-circle-check"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rooms = desk.services.appointments

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        head = (
            Text("名称", "Name"),
            Text("类型", "Kind"),
            Text("单位", "Kept by"),
            Text("窗口和医生", "Counters and doctors"),
            Text("服务", "Services"),
            Text("状态", "State"),
        )
        later = [venue for venue in self._rooms.rosters.venues() if page.after is None or venue.id > page.after]
        shown = later[: page.first]
        more = self.next_page(len(later) > page.first, shown[-1].id if shown else None)
        empty = Text("还没有预约地点。", "There is no venue yet.")
        return Listing(Table(head, tuple(map(self._row, shown)), empty=empty, next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        venue = self._rooms.venues.directory.venues.get(asked.target)
        if venue is None:
            return None
        today = civil_day(self.desk.city.clock.now())
        week = await self._rooms.rosters.use_of(venue.id, today, today + _DAYS)
        use = Table(_USE, tuple(map(_day, week)), Text("今后七天", "The next seven days"))
        return Detail(Text(venue.name.zh, venue.name.en or venue.name.zh), (self._about(venue), use, self._who(venue)))

    def _row(self, venue: Venue) -> Row:
        directory = self._rooms.venues.directory
        state = (
            badge("open", "good", Text("开放", "Open")) if venue.active else badge("closed", "", Text("停用", "Closed"))
        )
        cells = (
            plain(venue.name.within(spoken())),
            plain(word(venue.kind)),
            self.desk.office(venue.organisation),
            figure(len(directory.resources_of(venue.id))),
            figure(len(directory.services_of(venue.id))),
            state,
        )
        return Row(cells, self.here(venue.id))

    def _about(self, venue: Venue) -> Facts:
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("地址", "Address"), plain(venue.address.within(spoken()))),
            (Text("时间", "Hours"), plain(venue.hours.within(spoken()))),
            (Text("电话", "Phone"), plain(venue.phone)),
            (Text("单位", "Kept by"), self.desk.office(venue.organisation)),
        )

    def _who(self, venue: Venue) -> Table:
        head = (Text("窗口、医生", "Counter or doctor"), Text("科室", "Department"), Text("职称", "Title"))
        rows = tuple(
            Row(
                (
                    plain(one.name.within(spoken())),
                    plain(one.department.within(spoken())),
                    plain(one.title.within(spoken())),
                )
            )
            for one in self._rooms.venues.directory.resources_of(venue.id)
        )
        return Table(head, rows, Text("由谁接待", "Who receives"), Text("还没有。", "Nobody yet."))


class AppealsView(RoomView):
    noun = "appeals"
    label = Text("爽约申诉", "Appeals")
    lead = Text(
        "九十天内三次未到，三十天不能预约；通过申诉即恢复。",
        "Three missed appointments in ninety days block for thirty; granting an appeal lifts it.",
    )
    icon = "fa-scale-balanced"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._blocks = desk.services.appointments.blocks
        seen = Text("市民会看到。", "The citizen reads it.")
        answer = Field("answer", Text("答复", "Answer"), "area", seen, most=500)
        self.offers(
            Action("read", Text("读原文", "Read the words"), OPERATORS, self._read),
            Action("grant", Text("通过", "Grant"), OPERATORS, self._grant, (answer,), tone="good"),
            Action("refuse", Text("不通过", "Refuse"), OPERATORS, self._refuse, (answer,), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = AppealState(asked["state"]) if asked["state"] in set(AppealState) else AppealState.OPEN
        found = await self._blocks.waiting(state, page)
        head = (
            Text("市民", "Citizen"),
            Text("申诉时间", "Appealed"),
            Text("限制到", "Blocked until"),
            Text("答复时间", "Answered"),
            Text("状态", "State"),
        )
        rows = tuple(self._row(asked, one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": state.value})
        options = tuple(Option(one.value, word(one)) for one in AppealState)
        chosen = Field("state", Text("状态", "State"), "select", required=False, options=options, value=state.value)
        empty = Text("没有这样的申诉。", "No appeal is like that.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(chosen,))

    def _row(self, asked: Asked, one: Appeal) -> Row:
        cells = (
            short_link(one.citizen, f"/admin/citizens/{one.citizen}"),
            when(one.at),
            when(one.blocked_until),
            when(one.settled_at),
            badge(one.state),
        )
        names = ("read", "grant", "refuse") if one.state is AppealState.OPEN else ("read",)
        return Row(cells, buttons=self.buttons(asked, one.id, *names))

    async def _read(self, asked: Asked) -> Reply:
        found = await self._blocks.one(asked.target)
        rows = ((Text("申诉", "Appeal"), found.reason or ""), (Text("答复", "Answer"), found.answer or ""))
        return Shown(Text("只显示这一次。", "Shown this once."), rows)

    async def _grant(self, asked: Asked) -> Reply:
        await self._blocks.answer(asked.viewer, asked.target, AppealState.GRANTED, asked["answer"], asked.key)
        return Done(Text("已通过，市民可以重新预约。", "Granted: the citizen may book again."), self.here())

    async def _refuse(self, asked: Asked) -> Reply:
        await self._blocks.answer(asked.viewer, asked.target, AppealState.REFUSED, asked["answer"], asked.key)
        return Done(Text("已答复。", "Answered."), self.here())


def _day(use: DayUse) -> Row:
    taken = use.seats - use.free
    shown = progress(taken / use.seats, f"{taken} / {use.seats}") if use.seats else plain("—")
    states = (BookingState.BOOKED, BookingState.SERVED, BookingState.CANCELLED, BookingState.NO_SHOW)
    return Row((plain(use.day.isoformat()), shown, *(figure(use.states.get(state.value, 0)) for state in states)))
