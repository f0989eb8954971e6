"""What became of messages at phones and numbers: never in words whose, nor what they said."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.parts import Asked, Field, Listing, Option, Row, Table, badge, mono, plain, short_link, when
from app.admin.console.texts import Text, word
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from notifications.channels.base import DeliveryOutcome
from notifications.deliveries.model import Delivery

_HEAD = (
    Text("交出时间", "Handed over"),
    Text("渠道", "Channel"),
    Text("发送方", "From"),
    Text("收件市民", "To"),
    Text("送达", "Delivered"),
    Text("阅读", "Read"),
    Text("原因码", "Code"),
    Text("状态", "State"),
)
_ASIDE = frozenset({5})  # when it was read: the state says that it was
_OUTCOMES = (Option("", Text("全部", "All")), *(Option(one.value, word(one)) for one in DeliveryOutcome))


class DeliveriesView(RoomView):
    noun = "deliveries"
    label = Text("送达记录", "Deliveries")
    lead = Text("每条推送和短信的去向；内容不在这里。", "Where each push and text message went; not what it said.")
    icon = "fa-paper-plane"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._deliveries = desk.services.deliveries

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        outcome = DeliveryOutcome(asked["outcome"]) if asked["outcome"] in set(DeliveryOutcome) else None
        found = await self._deliveries.newest(page, outcome)
        kept = {"outcome": outcome.value} if outcome else {}
        more = self.next_page(found.has_next, found.items[-1].seq if found.items else None, kept)
        chosen = Field(
            "outcome", Text("结果", "Outcome"), "select", required=False, options=_OUTCOMES, value=asked["outcome"]
        )
        empty = Text("还没有推送或短信。", "Nothing was pushed or texted yet.")
        rows = tuple(self._row(one) for one in found.items)
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=_ASIDE), filters=(chosen,))

    def _row(self, one: Delivery) -> Row:
        sender = self.desk.organisation(one.sender) if one.sender else Text("本市", "the city")
        whom = short_link(one.recipient, f"/admin/citizens/{one.recipient}")
        times = (when(one.delivered_at), when(one.read_at))
        return Row(
            (when(one.at), plain(word(one.channel)), plain(sender), whom, *times, mono(one.why), badge(one.state))
        )
