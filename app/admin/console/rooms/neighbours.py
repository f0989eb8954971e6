"""Neighbouring cities: how each is reached, and the cases that went there; sending again what is stuck."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS, OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Option,
    Reply,
    Row,
    Table,
    badge,
    figure,
    link,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text, word
from app.admin.console.view import RoomView
from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.core.places.model import Box
from app.domains.voice.channels.neighbours.errors import NeighbourCaseUnknown, NeighbourUnknown
from app.domains.voice.channels.neighbours.model import STUCK, Asking, Neighbour, SentCase, SentState, Wire

_HEAD = (
    Text("城市", "City"),
    Text("承办单位", "Unit"),
    Text("地址", "Address"),
    Text("已获知至", "Heard until"),
    Text("状态", "State"),
)
_SENT = (
    Text("诉求编号", "Number"),
    Text("城市", "City"),
    Text("对方编号", "Their number"),
    Text("转送", "Sent"),
    Text("最近答复", "Last heard"),
    Text("问题", "Fault"),
    Text("状态", "State"),
)
_FIELDS = (
    Field("code", Text("代码", "Code"), most=31, pattern=r"[a-z][a-z0-9-]{1,30}"),
    Field("name", Text("名称", "Name"), most=40),
    Field("unit", Text("代表它的单位编号", "Organisation that stands for it"), most=40),
    Field("url", Text("Open311 地址", "Open311 address"), most=500),
    Field("service", Text("通用 service_code", "Service code for all"), most=64),
    Field("api_key", Text("API 密钥", "API key"), "secret", Text("留空则不变。", "Empty: unchanged."), False, 300),
    Field("jurisdiction", Text("辖区标识 jurisdiction_id", "jurisdiction_id"), required=False, most=100),
    Field("box", Text("范围（南,西,北,东）", "Box (south,west,north,east)"), required=False, most=100),
    Field("wire", Text("格式", "Format"), "select", options=tuple(Option(one.value, one.value) for one in Wire)),
    Field(
        "asking",
        Text("询问方式", "Asked for news by"),
        "select",
        options=(
            Option(Asking.CHANGED.value, Text("按更新时间 updated_after", "by updated_after")),
            Option(Asking.NUMBERS.value, Text("逐件编号", "the numbers of requests")),
        ),
    ),
)


class NeighboursView(RoomView):
    noun = "neighbours"
    label = Text("相邻城市", "Neighbouring cities")
    lead = Text(
        "属于相邻城市的诉求转办给代表它的单位，就经 Open311 送到那里，对方的进展自动回到这里。",
        "A case dispatched to the unit that stands for a city goes there by Open311; what it says comes back.",
    )
    icon = "fa-city"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._neighbours = desk.services.voice.neighbours
        note = Text("代码已存在时按新内容修改。", "One that is there is changed.")
        self.offers(
            Action("put", Text("登记或修改", "Make known or change"), ADMINISTRATORS, self._put, _FIELDS, note),
            Action("suspend", Text("停用", "Suspend"), ADMINISTRATORS, self._suspend, tone="bad"),
            Action("reinstate", Text("恢复", "Reinstate"), ADMINISTRATORS, self._reinstate),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        rows = tuple(self._row(one) for one in await self._neighbours.all())
        empty = Text("还没有登记相邻城市。", "No neighbouring city is known yet.")
        return Listing(Table(_HEAD, rows, empty=empty))

    async def detail(self, asked: Asked) -> Detail | None:
        try:
            one = await self._neighbours.one(asked.target)
        except NeighbourUnknown:
            return None
        counts = await self._neighbours.counts(one.code)
        many = ((word(state), figure(counts[state])) for state in SentState)
        sent = Facts.of(Text("转送情况", "What went there"), *many)
        facts = Facts.of(
            Text("如何联系", "How it is reached"),
            (Text("地址", "Address"), mono(one.url)),
            (Text("承办单位", "Unit"), link(one.unit, f"/admin/organisations/{one.unit}")),
            (Text("辖区标识 jurisdiction_id", "jurisdiction_id"), mono(one.jurisdiction)),
            (Text("通用 service_code", "Service code for all"), mono(one.service)),
            (Text("类别对应", "Categories translated"), figure(len(one.services))),
            (Text("格式", "Format"), mono(one.wire.value)),
            (Text("询问方式", "Asked for news by"), mono(one.asking.value)),
            (Text("已获知至", "Heard until"), when(one.heard_until)),
        )
        other = "reinstate" if one.suspended else "suspend"
        return Detail(one.name, (facts, sent), badge(_state(one)), buttons=self.buttons(asked, one.code, other))

    def _for_all(self) -> tuple[str, ...]:
        return ("put",)

    def _row(self, one: Neighbour) -> Row:
        cells = (
            plain(one.name),
            plain(self.desk.organisation(one.unit)),
            mono(one.url),
            when(one.heard_until),
            badge(_state(one)),
        )
        return Row(cells, self.here(one.code))

    async def _put(self, asked: Asked) -> Reply:
        one = Neighbour(
            code=asked["code"],
            name=asked["name"],
            unit=asked["unit"],
            url=asked["url"],
            service=asked["service"],
            jurisdiction=asked["jurisdiction"] or None,
            services=await self._services(asked["code"]),
            boxes=_boxes(asked["box"]),
            wire=Wire(asked["wire"]),
            asking=Asking(asked["asking"]),
        )
        await self._neighbours.put(asked.viewer, one, asked["api_key"] or None)
        return Done(Text("已登记。", "It is known."), self.here(one.code))

    async def _services(self, code: str) -> dict[str, str]:
        """Which are written by the endpoint alone: there are hundreds."""
        try:
            return dict((await self._neighbours.one(code)).services)
        except NeighbourUnknown:
            return {}

    async def _suspend(self, asked: Asked) -> Reply:
        await self._neighbours.suspend(asked.viewer, asked.target, True)
        return Done(Text("已停用。", "Suspended."))

    async def _reinstate(self, asked: Asked) -> Reply:
        await self._neighbours.suspend(asked.viewer, asked.target, False)
        return Done(Text("已恢复。", "Reinstated."))


class NeighbourCasesView(RoomView):
    noun = "neighbour-cases"
    label = Text("转送的诉求", "Cases passed on")
    lead = Text(
        "送到相邻城市的诉求：送达、对方编号、进展和问题。", "What went to neighbouring cities, and what is stuck."
    )
    icon = "fa-share"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._neighbours = desk.services.voice.neighbours
        note = Text("先问对方有没有，没有才再送。", "It is asked first, and told again only what it has not.")
        self.offers(Action("send", Text("再送一次", "Send again"), OPERATORS, self._send, note=note, icon="fa-rotate"))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._neighbours.page(page)
        more = self.next_page(found.has_next, found.items[-1].case if found.items else None)
        rows = tuple(Row(_cells(one), self.here(one.case)) for one in found.items)
        stuck = await self._neighbours.page(PageRequest(20), stuck=True)
        waiting = tuple(Row(_cells(one), self.here(one.case)) for one in stuck.items)
        empty = Text("还没有转送。", "Nothing was sent yet.")
        none = Text("没有需要处理的。", "Nothing is stuck.")
        return Listing(
            Table(_SENT, rows, empty=empty, next=more), (Table(_SENT, waiting, Text("需要处理", "Stuck"), none),)
        )

    async def detail(self, asked: Asked) -> Detail | None:
        try:
            one = await self._neighbours.sent(asked.target)
        except NeighbourCaseUnknown:
            return None
        facts = Facts.of(
            Text("转送", "The sending"),
            (Text("城市", "City"), link(one.neighbour, f"/admin/neighbours/{one.neighbour}")),
            (Text("对方编号", "Their number"), mono(one.remote)),
            (Text("凭据 token", "Token"), mono(one.token)),
            (Text("第几次转办", "Dispatched there"), figure(one.time)),
            (Text("尝试", "Tries"), figure(one.attempt)),
            (Text("问题", "Fault"), plain(one.fault)),
            (Text("转办于", "Dispatched"), when(one.made_at)),
            (Text("送达", "Sent"), when(one.sent_at)),
            (Text("最近答复", "Last heard"), when(one.heard_at)),
            (Text("办结", "Settled"), when(one.settled_at)),
        )
        buttons = self.buttons(asked, one.case, "send") if one.open else ()
        return Detail(one.number, (facts,), badge(one.state, _tone(one)), buttons=buttons)

    async def _send(self, asked: Asked) -> Reply:
        await self._neighbours.send_again(asked.viewer, asked.target)
        return Done(Text("已交给工作进程。", "Handed to a worker."))


def _cells(one: SentCase) -> tuple[Cell, ...]:
    remote, fault = mono(one.remote), plain(one.fault)
    return (
        mono(one.number),
        plain(one.neighbour),
        remote,
        when(one.sent_at),
        when(one.heard_at),
        fault,
        badge(one.state, _tone(one)),
    )


def _tone(one: SentCase) -> str:
    return "warn" if one.state in STUCK else "good" if one.state is SentState.SETTLED else ""


def _state(one: Neighbour) -> str:
    return "suspended" if one.suspended else "active"


def _boxes(text: str) -> tuple[Box, ...]:
    """Raises BadInput."""
    if not text.strip():
        return ()
    try:
        south, west, north, east = map(float, text.split(","))
    except ValueError:
        raise BadInput(field="box") from None
    if not (-90 <= south <= north <= 90 and -180 <= west <= east <= 180):
        raise BadInput(field="box")
    return (Box(south, west, north, east),)
