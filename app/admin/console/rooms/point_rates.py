"""Tables of what the city pays partners for points, and of what it paid them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.admin.console.parts import Cell, Row, Table, badge, figure, plain, when, yuan
from app.admin.console.texts import Text
from app.domains.payment.points.model import POINT
from app.domains.payment.points.rates.model import Rate
from app.domains.payment.settlement.redemptions.model import Redemption

DAY_HEAD = (Text("日期", "Day"), Text("积分", "Points"), Text("付给商户", "Paid"))
_RATES = (
    Text("自", "From"),
    Text("每积分（元）", "Yuan for a point"),
    Text("理由", "Reason"),
    Text("设定时间", "Set"),
    Text("状态", "State"),
)


def day_cells(one: Redemption) -> tuple[Cell, ...]:
    return (when(one.day), figure(f"{one.points // POINT:,}"), yuan(one.fen))


def redemptions_of(found: Sequence[Redemption]) -> Table:
    """Of one partner."""
    rows = tuple(Row(day_cells(one), f"/admin/point-redemptions/{one.id}") for one in found)
    return Table(DAY_HEAD, rows, Text("最近的积分结算", "Paid for points"), Text("还没有。", "Nothing yet."))


def rates_of(found: Sequence[Rate], today: date) -> Table:
    """Of one partner, the newest first."""
    now = next((one.id for one in found if one.from_day <= today), None)
    rows = tuple(Row(_rate(one, one.id == now, today)) for one in found)
    empty = Text("还没有价格：收到的积分暂不折算。", "There is none yet: what it takes waits.")
    return Table(_RATES, rows, Text("城市付的价格", "What the city pays"), empty)


def _rate(one: Rate, now: bool, today: date) -> tuple[Cell, ...]:
    state = badge("ended", "", Text("已过", "past"))
    if now:
        state = badge("active", "good", Text("执行中", "in force"))
    elif one.from_day > today:
        state = badge("coming", "busy", Text("将执行", "to come"))
    return (when(one.from_day), figure(one.yuan), plain(one.reason), when(one.at), state)
