"""What partners were paid for the points they took: by partner and day, and at which rates."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.parts import Asked, Cell, Detail, Facts, Listing, Row, Table, figure, link, when, yuan
from app.admin.console.rooms.point_rates import DAY_HEAD, day_cells
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.payment.points.model import POINT
from app.domains.payment.points.rates.model import yuan_of
from app.domains.payment.settlement.redemptions.model import Part

_HEAD = (Text("商户", "Partner"), *DAY_HEAD)
_PARTS = (
    Text("每积分（元）", "Yuan for a point"),
    Text("笔数", "Entries"),
    Text("积分", "Points"),
    Text("付给商户", "Paid"),
)


class PointRedemptionsView(RoomView):
    noun = "point-redemptions"
    label = Text("积分结算", "Points bought back")
    lead = Text(
        "合作商户当天收的积分，次日凌晨按当天的价格折成人民币，随商户结算一起付出。",
        "What partners took in points is paid to them in yuan with the settlement of the day, at that day's rate.",
    )
    icon = "fa-coins"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._redeeming = desk.services.payment.settlement.redeeming

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._redeeming.page(None, page)
        rows = tuple(
            Row((self.desk.office(one.organisation), *day_cells(one)), self.here(one.id)) for one in found.items
        )
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(
            Table(_HEAD, rows, empty=Text("还没有结算过积分。", "No points were bought back yet."), next=more)
        )

    async def detail(self, asked: Asked) -> Detail | None:
        one = (await self._redeeming.these([asked.target])).get(asked.target)
        if one is None:
            return None
        settlement = f"merchant:{one.organisation}:{one.day.isoformat()}"
        facts = Facts.of(
            Text("这一天", "That day"),
            (Text("商户", "Partner"), self.desk.office(one.organisation)),
            (Text("积分", "Points"), figure(f"{one.points // POINT:,}")),
            (Text("付给商户", "Paid"), yuan(one.fen)),
            (Text("自", "From"), when(one.since)),
            (Text("至", "Until"), when(one.until)),
            (Text("结算单", "Settlement"), link(settlement, f"/admin/settlements/{settlement}")),
        )
        parts = Table(_PARTS, tuple(Row(_part(part)) for part in one.parts), Text("按价格", "By rate"))
        return Detail(self.desk.organisation(one.organisation), (facts, parts))


def _part(part: Part) -> tuple[Cell, ...]:
    return (figure(str(yuan_of(part.units))), figure(part.count), figure(f"{part.points // POINT:,}"), yuan(part.fen))
