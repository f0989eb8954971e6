"""The homes of an estate, one by one: added, named anew, ended. Who lives in them is not seen."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    REASON,
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
    Table,
    link,
    plain,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.domains.community.residents.doors.service import Doorway

_HEAD = (Text("楼栋", "Building"), Text("房号", "Room"))
_ESTATE = Field("estate", Text("小区代码", "Estate's code"), most=40)
_DOOR = (Field("building", Text("楼栋", "Building"), most=20), Field("room", Text("房号", "Room"), most=20))
_NONE = Text("没有这样的户。", "No home is like that.")


class HomesView(RoomView):
    noun = "homes"
    label = Text("楼栋与户", "Homes")
    lead = Text(
        "一个小区的楼栋和户号。有人住或正在申请的户不能改、不能撤；住户是谁，这里看不到。",
        "Buildings and rooms of an estate. Where somebody lives, or asks to, nothing is changed.",
    )
    icon = "fa-door-closed"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._doors = desk.services.community.neighbourhood.doors
        self._estates = desk.services.community.neighbourhood.estates
        goes = Text("面积和固定车位随之更名。", "Its floor area and its bays go with it.")
        frees = Text("面积删除，固定车位收回。", "Its floor area is forgotten, its bays are free.")
        self.offers(
            Action("add", Text("新增一户", "Add a home"), OPERATORS, self._add, (_ESTATE, *_DOOR), tone="good"),
            Action("rename", Text("更正门牌", "Name it anew"), OPERATORS, self._rename, _DOOR, goes),
            Action("end", Text("撤销", "End it"), OPERATORS, self._end, (REASON,), frees, "bad"),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("add",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        estate, building = asked["estate"][:40], asked["building"][:20]
        found = await self._doors.listed(estate, building, page)
        kept = {name: value for name, value in (("estate", estate), ("building", building)) if value}
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, kept)
        buildings = tuple(Option(one, one) for one in await self._estates.buildings(estate)) if estate else ()
        every = (Option("", Text("全部", "all")), *buildings)
        filters = (
            Field("estate", Text("小区代码", "Estate's code"), required=False, most=40, value=estate),
            Field("building", Text("楼栋", "Building"), "select", required=False, options=every, value=building),
        )
        rows = tuple(Row((plain(one.building), plain(one.room)), self.here(one.id)) for one in found.items)
        empty = _NONE if estate else Text("先填小区代码。", "Name an estate.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more), filters=filters)

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._doors.one(asked.target)
        if one is None:
            return None
        facts = Facts.of(
            Text("门牌", "The door"),
            (Text("小区", "Estate"), link(one.estate, f"/admin/estates/{one.estate}")),
            (Text("楼栋", "Building"), plain(one.building)),
            (Text("房号", "Room"), plain(one.room)),
        )
        ways = [self.button("rename", one.id, building=one.building, room=one.room), self.button("end", one.id)]
        return Detail(one.label, (facts,), buttons=allowed(asked.viewer, *ways))

    async def _add(self, asked: Asked) -> Reply:
        made = await self._doors.add(asked.viewer, asked["estate"], _doorway(asked), asked.key)
        return Done(Text("已新增。", "It is there."), self.here(made.id))

    async def _rename(self, asked: Asked) -> Reply:
        now = await self._doors.rename(asked.viewer, asked.target, _doorway(asked), asked.key)
        return Done(Text("已更正。", "It has another name."), self.here(now.id))

    async def _end(self, asked: Asked) -> Reply:
        was = await self._doors.end(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已撤销。", "It is no more."), f"{self.here()}?estate={was.estate}")


def _doorway(asked: Asked) -> Doorway:
    return Doorway(asked["building"], asked["room"])
