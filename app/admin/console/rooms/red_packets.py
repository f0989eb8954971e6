"""Red packets: how they stand, what was taken of them, and what was left and no wallet takes; never what they say, nor
their codes.
"""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
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
    plain,
    short_link,
    when,
)
from app.admin.console.rooms.refunds import HANDS, NOTE
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.money import Currency, Money
from app.core.paging import PageRequest
from app.domains.payment.packets.model import Packet, PacketKind, PacketState, Share

_STATES = {
    PacketState.OPEN: (Text("可领", "open"), "good"),
    PacketState.EMPTIED: (Text("已领完", "emptied"), ""),
    PacketState.LAPSED: (Text("已退回", "lapsed"), "warn"),
}
_STRANDED = "stranded"
_WAITS = Text("余额待人工处理", "what was left waits for a hand")
_KINDS = {PacketKind.LUCKY: Text("拼手气", "lucky"), PacketKind.FIXED: Text("等额", "equal shares")}


class RedPacketsView(RoomView):
    noun = "red-packets"
    label = Text("红包", "Red packets")
    lead = Text(
        "红包的去向；发出人钱包已注销、余额退不回去的在这里人工处理。祝福语和口令看不到。",
        "Where red packets went; what was left and no wallet takes is taken in hand. What they say is not seen here.",
    )
    icon = "fa-envelope"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._packets = desk.services.payment.packets.packets
        self._stranded = desk.services.payment.packets.stranded
        hand = Field("hand", Text("如何处理", "How"), "select", options=HANDS)
        told = Text("发出人会收到通知。", "The sender is told.")
        self.offers(
            Action("settle", Text("已处理", "Take in hand"), OPERATORS, self._settle, (hand, NOTE), told, "good")
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = asked["state"] if asked["state"] in {*PacketState, _STRANDED} else PacketState.OPEN.value
        found = await (
            self._stranded.page(page) if chosen == _STRANDED else self._packets.in_state(PacketState(chosen), page)
        )
        head = (
            Text("红包", "Packet"),
            Text("发出", "Sent"),
            Text("金额", "Amount"),
            Text("方式", "Kind"),
            Text("已领", "Opened"),
            Text("状态", "State"),
        )
        rows = tuple(self._row(one) for one in found.items)
        last = found.items[-1].id if found.items else None
        more = self.next_page(found.has_next, last, {"state": chosen})
        states = tuple(Option(one.value, text) for one, (text, _) in _STATES.items())
        options = (*states, Option(_STRANDED, _WAITS))
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen)
        empty = Text("没有这样的红包。", "No red packet is like that.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self._packets.any(asked.target)
        if found is None:
            return None
        one, shares = found
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("发出人", "Sender"), short_link(one.sender, f"/admin/citizens/{one.sender}")),
            (Text("发出", "Sent"), when(one.at)),
            (Text("截止", "Until"), when(one.lapses_at)),
            (Text("金额", "Amount"), _sum(one.amount)),
            (Text("方式", "Kind"), plain(_KINDS[one.kind])),
            (Text("指定人数", "People named"), figure(len(one.to)) if one.to else plain(None)),
            (Text("退回", "Went back"), _sum(Money(one.returned, one.currency))),
        )
        head = (Text("领取人", "By"), Text("金额", "Amount"), Text("时间", "When"))
        taken = Table(head, tuple(_share(share) for share in shares), Text("领取情况", "Shares taken"))
        buttons = self.buttons(asked, one.id, "settle") if one.stranded else ()
        return Detail(Text("红包", "Red packet"), (facts, taken), _state(one), buttons=buttons)

    async def _settle(self, asked: Asked) -> Reply:
        to_bank = asked["hand"] == "bank"
        await self._stranded.take_in_hand(
            asked.viewer, asked.target, to_bank=to_bank, note=asked["note"], key=asked.key
        )
        return Done(Text("已处理。", "Taken in hand."))

    def _row(self, one: Packet) -> Row:
        opened = figure(f"{one.opened} / {one.count}")
        amount, kind = _sum(one.amount), plain(_KINDS[one.kind])
        cells = (short_link(one.id, self.here(one.id)), when(one.at), amount, kind, opened, _state(one))
        return Row(cells, self.here(one.id))


def _share(share: Share) -> Row:
    who = short_link(share.citizen, f"/admin/citizens/{share.citizen}")
    return Row((who, _sum(share.amount), when(share.at)))


def _state(one: Packet) -> Cell:
    text, tone = (_WAITS, "bad") if one.stranded else _STATES[one.state]
    return badge(one.state, tone, text)


def _sum(money: Money) -> Cell:
    if money.currency is Currency.CNY:
        return figure(money.spoken)
    return plain(Text(f"{money.spoken} 积分", f"{money.spoken} points"))
