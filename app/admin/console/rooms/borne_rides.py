"""Rides that nobody owes any more, and what the city paid for them: their passengers were erased."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.parts import Asked, Detail, Facts, Listing, Row, Table, figure, mono, when
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.payment.rides.model import Ride, RideState
from app.domains.payment.rides.store import turn_of

_HEAD = (
    Text("运营单位", "Operator"),
    Text("线路", "Line"),
    Text("乘车", "Boarded"),
    Text("上报", "Reported"),
    Text("车费", "Fare"),
)


class BorneRidesView(RoomView):
    noun = "borne-rides"
    label = Text("本市承担的车费", "Rides borne by the city")
    lead = Text(
        "乘客已注销之后才上报、或到注销时仍欠付的乘车：车费记入本市损失，照付运营单位。",
        "Rides reported after their passenger was erased, or still owed then: booked as the city's loss, the operator "
        "is paid.",
    )
    icon = "fa-bus"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rides = desk.services.payment.rides.rides

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._rides.borne(page)
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, turn_of(found.items[-1]) if found.items else None)
        return Listing(Table(_HEAD, rows, empty=Text("没有这样的乘车。", "There is no such ride."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._rides.any(asked.target)
        if one is None or one.state is not RideState.BORNE:
            return None
        facts = Facts.of(
            Text("乘车", "Ride"),
            (Text("运营单位", "Operator"), self.desk.office(one.operator)),
            (Text("运营单位编号", "The operator's number"), mono(one.reference)),
            (Text("线路", "Line"), mono(one.line)),
            (Text("乘车", "Boarded"), when(one.at)),
            (Text("上报", "Reported"), when(one.reported_at)),
            (Text("车费", "Fare"), figure(one.amount.spoken)),
        )
        return Detail(self.label, (facts,))

    def _row(self, one: Ride) -> Row:
        operator, fare = self.desk.office(one.operator), figure(one.amount.spoken)
        return Row((operator, mono(one.line), when(one.at), when(one.reported_at), fare), self.here(one.id))
