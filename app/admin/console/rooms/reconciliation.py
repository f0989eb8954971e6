"""The days of the payment gateway at the desk: compared, worked to the last difference, closed."""

from __future__ import annotations

from datetime import date

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Button,
    Cell,
    Detail,
    Done,
    Facts,
    Listing,
    Reply,
    Row,
    Step,
    Table,
    badge,
    figure,
    link,
    person,
    plain,
    when,
    yuan,
)
from app.admin.console.rooms.gateway_differences import HEAD, KINDS, cells_of, href_of
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.messages import message
from app.core.paging import PageRequest
from app.domains.payment.reconciliation.errors import DayUnknown
from app.domains.payment.reconciliation.matching.model import EntryKind
from app.domains.payment.reconciliation.model import Day, DayState, Tally
from app.domains.payment.reconciliation.service import DayFigures

_DAYS = {
    DayState.WAITING: (Text("等待文件", "waits for its file"), "warn"),
    DayState.OPEN: (Text("处理中", "being worked"), "busy"),
    DayState.CLOSED: (Text("已关账", "closed"), "good"),
}
_HEAD = (
    Text("日期", "Day"),
    Text("状态", "State"),
    Text("网关净额", "Net there"),
    Text("本市净额", "Net here"),
    Text("笔数", "Lines"),
    Text("差异", "Differences"),
    Text("未处理", "Open"),
)
_TALLY = (
    Text("种类", "Kind"),
    Text("网关笔数", "There"),
    Text("网关金额", "Amount there"),
    Text("本市笔数", "Here"),
    Text("本市金额", "Amount here"),
    Text("一致", "Matched"),
    Text("网关手续费", "Their fees"),
)
_MOST_SHOWN = 100


class GatewayDaysView(RoomView):
    noun = "gateway-days"
    label = Text("网关对账", "Reconciliation")
    lead = Text(
        "每天与支付网关的账单逐笔核对；差异都处理完才能关账，关了就不再改。",
        "Each day is compared with the gateway's file; it is closed when every difference is put right, for good.",
    )
    icon = "fa-scale-balanced"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        rooms = desk.services.payment.settlement
        self._days, self._differences = rooms.days, rooms.differences
        anew = Text(
            "取回网关文件，重新核对；已处理的不变。", "Fetches the file and compares anew; what was put right stays."
        )
        good = Text("关账后不能再改；迟到的记录计入下一天。", "For good: what comes late comes up with the next day.")
        self.offers(
            Action("compare", Text("重新对账", "Compare"), OPERATORS, self._compare, note=anew, icon="fa-rotate"),
            Action("close", Text("关账", "Close the day"), OPERATORS, self._close, note=good, tone="good"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._days.page(page)
        rows = tuple(Row(_day_cells(one), self.here(one.id)) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("还没有对过账。", "Nothing was compared yet.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        day = _day(asked.target)
        one = await self._days.one(day) if day else None
        if one is None or day is None:
            return None
        page = await self._differences.of_day(day, PageRequest(_MOST_SHOWN))
        names = await self.desk.names([one.day.closed_by, *(each.owner for each in page.items)])
        rows = tuple(Row(cells_of(each, names), href_of(each)) for each in page.items)
        empty = Text("全部一致。", "All is alike.")
        differing = Table(HEAD, rows, Text("差异", "Differences"), empty, aside=frozenset({1, 7}))
        facts = await self._facts(one, names)
        sections = (facts, _tallies(one.day), differing)
        return Detail(
            one.id,
            sections,
            badge(one.day.state, _DAYS[one.day.state][1], _DAYS[one.day.state][0]),
            buttons=self._offered(asked, one),
            steps=_way(one),
        )

    def _offered(self, asked: Asked, one: DayFigures) -> tuple[Button, ...]:
        if one.day.state is DayState.CLOSED:
            return ()
        ready = one.day.state is DayState.OPEN and not one.unresolved
        return self.buttons(asked, one.id, *(("close", "compare") if ready else ("compare",)))

    async def _facts(self, one: DayFigures, names: dict[str, str]) -> Facts:
        day = one.day
        fault = message(day.fault, spoken(), day=day.id, line="?") if day.fault else None
        return Facts.of(
            Text("当天", "The day"),
            (Text("网关净额", "Net at the gateway"), yuan(day.theirs_net)),
            (Text("本市净额", "Net in our books"), yuan(day.ours_net)),
            (Text("两者之差", "Between the two"), yuan(day.theirs_net - day.ours_net)),
            (Text("总账当天变动", "Ledger's movement"), yuan(await self._days.booked(day.day))),
            (Text("迟到的记录", "Late lines"), figure(day.late)),
            (Text("上次对账", "Compared"), when(day.compared_at)),
            (Text("上次失败", "Last fault"), plain(fault)),
            (Text("关账时间", "Closed"), when(day.closed_at)),
            (Text("关账人", "Closed by"), person(day.closed_by, names)),
        )

    async def _compare(self, asked: Asked) -> Reply:
        one = await self._days.compare(asked.viewer, _of_day(asked))
        return Done(
            Text(
                f"已核对，{one.unresolved} 笔差异待处理。",
                f"Compared: {one.unresolved} differences are to be put right.",
            )
        )

    async def _close(self, asked: Asked) -> Reply:
        await self._days.close(asked.viewer, _of_day(asked), asked.key)
        return Done(Text("已关账。", "The day is closed."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_day(asked: Asked) -> date:
    """Raises DayUnknown."""
    day = _day(asked.target)
    if day is None:
        raise DayUnknown
    return day


def _day_cells(one: DayFigures) -> tuple[Cell, ...]:
    words, tone = _DAYS[one.day.state]
    lines = sum(tally.theirs for tally in one.day.tallies.values())
    left = badge(one.unresolved, "warn") if one.unresolved else figure(0)
    return (
        link(one.id, f"/admin/gateway-days/{one.id}"),
        badge(one.day.state, tone, words),
        yuan(one.day.theirs_net),
        yuan(one.day.ours_net),
        figure(f"{lines:,}"),
        figure(one.differences),
        left,
    )


def _tallies(day: Day) -> Table:
    rows = tuple(Row(_tally_cells(kind, day.tallies.get(kind, Tally()))) for kind in EntryKind)
    return Table(_TALLY, rows, Text("逐类", "By kind"), aside=frozenset({6}))


def _tally_cells(kind: EntryKind, tally: Tally) -> tuple[Cell, ...]:
    return (
        plain(KINDS[kind]),
        figure(f"{tally.theirs:,}"),
        yuan(tally.theirs_fen),
        figure(f"{tally.ours:,}"),
        yuan(tally.ours_fen),
        figure(f"{tally.matched:,}"),
        yuan(tally.fees_fen),
    )


def _way(one: DayFigures) -> tuple[Step, ...]:
    compared = one.day.state is not DayState.WAITING
    closed = one.day.state is DayState.CLOSED
    worked = compared and not one.unresolved
    return (
        Step(Text("取文件核对", "Compared"), "done" if compared else "now"),
        Step(Text("处理差异", "Differences put right"), "done" if worked else "now" if compared else ""),
        Step(Text("关账", "Closed"), "done" if closed else "now" if worked else ""),
    )
