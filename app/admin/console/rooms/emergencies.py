"""Emergency calls: what came, where it was (each look stands in the ledger of who called), taking and ending them."""

from __future__ import annotations

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
    Field,
    Listing,
    Option,
    Reply,
    Row,
    Said,
    Table,
    badge,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.community.emergencies.model import Emergency, EmergencyEnd, EmergencyNumber, EmergencyState

_NUMBERS = {
    EmergencyNumber.POLICE: Text("110 报警", "110 police"),
    EmergencyNumber.FIRE: Text("119 火警", "119 fire"),
    EmergencyNumber.AMBULANCE: Text("120 急救", "120 ambulance"),
    EmergencyNumber.TRAFFIC: Text("122 交通事故", "122 traffic accident"),
}
_ENDS = {
    EmergencyEnd.FALSE_ALARM: Text("误拨", "false alarm"),
    EmergencyEnd.PASSED_ON: Text("已转交", "passed on"),
    EmergencyEnd.HELPED: Text("已得到帮助", "helped"),
}
_STATES = {
    EmergencyState.OPEN: ("warn", Text("待接手", "open")),
    EmergencyState.TAKEN: ("good", Text("已接手", "taken")),
    EmergencyState.ENDED: ("", Text("已结束", "ended")),
}
_LEDGER = Text("查看会记入市民的查询记录。", "The look stands in the citizen's ledger.")


class EmergenciesView(RoomView):
    noun = "emergencies"
    label = Text("紧急呼叫", "Emergency calls")
    lead = Text(
        "市民一键拨打 110、119、120、122 的记录；位置只在查看时显示，三十天后忘掉。",
        "Calls of 110, 119, 120, 122 by one tap. A place is shown when it is asked for, and kept for thirty days.",
    )
    icon = "fa-phone-volume"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        ends = tuple(Option(end.value, text) for end, text in _ENDS.items())
        why = Field("end", Text("结果", "How it ended"), "select", options=ends)
        self.offers(
            Action("place", Text("查看位置", "Show the place"), OPERATORS, self._place, (), _LEDGER),
            Action("take", Text("接手并立案", "Take it, as a case"), OPERATORS, self._take, (), "", "good"),
            Action("end", Text("结束", "End it"), OPERATORS, self._end, (why,)),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self.desk.services.community.emergencies.of_city(page)
        head = (Text("时间", "When"), Text("号码", "Number"), Text("位置", "Place"), Text("诉求编号", "Case"), _STATE)
        rows = tuple(Row(_cells(one), self.here(one.id)) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(Table(head, rows, empty=Text("没有紧急呼叫。", "There is no emergency call."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self.desk.services.community.emergencies.at_desk(asked.target)
        if one is None:
            return None
        facts = Facts.of(
            Text("呼叫", "The call"),
            (Text("时间", "When"), when(one.at)),
            (Text("诉求编号", "Case"), mono(one.case or "-")),
            (Text("接手", "Taken"), when(one.taken_at)),
            (Text("结束", "Ended"), when(one.ended_at)),
            (Text("结果", "How it ended"), plain(_ENDS[one.end] if one.end else "-")),
        )
        return Detail(_NUMBERS[one.number], (facts,), _state(one), buttons=self._buttons(asked, one))

    def _buttons(self, asked: Asked, one: Emergency) -> tuple[Button, ...]:
        names = ["place"] if one.told_place else []
        names += ["take"] if one.state is EmergencyState.OPEN else []
        names += ["end"] if one.state is not EmergencyState.ENDED else []
        return self.buttons(asked, one.id, *names)

    async def _place(self, asked: Asked) -> Reply:
        found = await self.desk.services.community.emergencies.look(asked.viewer, asked.target)
        return Said(_where(found) if found else str(Text("没有位置。", "There is no place.")))

    async def _take(self, asked: Asked) -> Reply:
        taken = await self.desk.services.community.emergencies.take(asked.viewer, asked.target, asked.key)
        return Done(Text(f"已立案：{taken.case}。", f"Case {taken.case} was made."), self.here(asked.target))

    async def _end(self, asked: Asked) -> Reply:
        why = EmergencyEnd(asked["end"])
        await self.desk.services.community.emergencies.end(asked.viewer, asked.target, why, asked.key)
        return Done(Text("已结束。", "Ended."), self.here(asked.target))


_STATE = Text("状态", "State")


def _where(one: Emergency) -> str:
    if one.spot is None:
        return str(Text("没有位置。", "There is no place."))
    point, accuracy = one.spot.point, one.spot.accuracy
    return f"{point.latitude:.6f}, {point.longitude:.6f}" + (f" (±{accuracy} m)" if accuracy is not None else "")


def _cells(one: Emergency) -> tuple[Cell, ...]:
    place = Text("已共享", "shared") if one.told_place else Text("没有", "none")
    return when(one.at), plain(_NUMBERS[one.number]), plain(place), mono(one.case or "-"), _state(one)


def _state(one: Emergency) -> Cell:
    tone, text = _STATES[one.state]
    return badge(one.state.value, tone, text)
