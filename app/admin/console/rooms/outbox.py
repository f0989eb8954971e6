"""What could not be told: dead letters, why they were given up, and what becomes of them."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
    Done,
    Listing,
    Reply,
    Row,
    Table,
    mono,
    plain,
    short_link,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.outbox import DeadLetter
from app.core.paging import PageRequest

_HEAD = (
    Text("事件", "Event"),
    Text("市民", "Citizen"),
    Text("发生时间", "Happened"),
    Text("尝试", "Tries"),
    Text("最后的错误", "Last fault"),
    Text("放弃时间", "Given up"),
)


class OutboxView(RoomView):
    noun = "outbox"
    label = Text("死信", "Dead letters")
    lead = Text(
        "多次尝试仍未办成的事件：重试，或写明理由放弃。",
        "Events that were tried often and given up: try again, or drop with a reason.",
    )
    icon = "fa-envelope-circle-check"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._letters = desk.services.dead_letters
        self.offers(
            Action("replay", Text("重试", "Try again"), OPERATORS, self._replay),
            Action("drop", Text("放弃", "Drop"), OPERATORS, self._drop, (REASON,), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._letters.page(page)
        rows = tuple(self._row(asked, letter) for letter in found.items)
        more = self.next_page(found.has_next, found.items[-1].event.id if found.items else None)
        empty = Text("没有死信：一切都送到了该去的地方。", "No dead letters: everything went where it should.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more))

    def _row(self, asked: Asked, letter: DeadLetter) -> Row:
        event = letter.event
        citizen = short_link(event.citizen, f"/admin/citizens/{event.citizen}")
        cells = (
            mono(event.type),
            citizen,
            when(event.at),
            plain(letter.attempt),
            mono(letter.reason),
            when(letter.dead_at),
        )
        return Row(cells, buttons=self.buttons(asked, event.id, "replay", "drop"))

    async def _replay(self, asked: Asked) -> Reply:
        await self._letters.revive(asked.viewer, asked.target)
        return Done(Text("已重新排入。", "It is tried again."), self.here())

    async def _drop(self, asked: Asked) -> Reply:
        await self._letters.drop(asked.viewer, asked.target, asked["reason"])
        return Done(Text("已放弃。", "Dropped."), self.here())
