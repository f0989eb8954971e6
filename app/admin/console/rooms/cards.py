"""Cards: found by their number, suspended, reinstated and revoked with a reason that the holder is told."""

from __future__ import annotations

from collections.abc import Mapping

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Button,
    Detail,
    Done,
    Facts,
    Field,
    Finder,
    Listing,
    Option,
    Reply,
    Row,
    Table,
    badge,
    link,
    mono,
    person,
    plain,
    when,
)
from app.admin.console.texts import Text, word
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.core.viewer import Viewer
from virtual_card.cards.errors import NoCard
from virtual_card.cards.model import Card, CardEvent, CardState, DeskAct

_HEAD = (
    Text("卡号", "Number"),
    Text("类别", "Kind"),
    Text("发卡时间", "Issued"),
    Text("有效期至", "Valid until"),
    Text("状态", "State"),
)
_TOLD = Text("持卡人会收到通知，并看到这个原因。", "The holder is told, and sees this reason.")
_FOR_GOOD = Text("注销不可撤回；持卡人可以重新申领。", "There is no way back; the holder may be issued another.")
_NOTE = Field(
    "reason",
    Text("说明", "Note"),
    "area",
    Text("只记入审计，持卡人看不到。", "For the audit chain; the holder does not see it."),
    most=500,
)


def _because(*codes: str) -> Field:
    return Field("because", Text("原因", "Reason"), "select", options=tuple(Option(code, word(code)) for code in codes))


class CardsView(RoomView):
    noun = "cards"
    label = Text("市民卡", "Cards")
    lead = Text("按卡号查找；从市民页面也能看到其名下的卡。", "Found by number, or from the citizen's page.")
    icon = "fa-id-card"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._cards = desk.services.cards
        number = Field("number", Text("卡号", "Card number"), most=40)
        self.finder = Finder((number,), self._find, Text("没有这个卡号。", "No card has this number."))
        self.offers(
            Action(
                "suspend",
                Text("停用", "Suspend"),
                OPERATORS,
                self._suspend,
                (_because("fraud", "loss_reported", "investigation"), _NOTE),
                _TOLD,
            ),
            Action(
                "reinstate",
                Text("恢复", "Reinstate"),
                OPERATORS,
                self._reinstate,
                (_because("cleared", "found"), _NOTE),
                _TOLD,
                "good",
            ),
            Action(
                "revoke",
                Text("注销", "Revoke"),
                OPERATORS,
                self._revoke,
                (_because("misuse", "fraud", "deceased", "moved_away"), _NOTE),
                _FOR_GOOD,
                "bad",
            ),
        )

    def subject_of(self, target: str) -> str | None:
        return target.partition("~")[0] or None

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        empty = Text("输入卡号开始查找。", "Enter a card number to begin.")
        return Listing(Table(_HEAD, (), empty=empty))

    async def detail(self, asked: Asked) -> Detail | None:
        card = await self._one(asked.target)
        if card is None:
            return None
        state = self._cards.state_now(card)
        names = await self.desk.names(event.actor for event in card.history)
        steps = tuple(_step(event, names) for event in reversed(card.history))
        head = (Text("状态", "State"), Text("原因", "Reason"), Text("时间", "When"), Text("经办", "By"))
        sections = (self._facts(card), Table(head, steps, Text("经过", "History")))
        return Detail(_number(asked.viewer, card), sections, badge(state), buttons=self._offered(asked, state))

    def table(self, viewer: Viewer, cards: list[Card]) -> Table:
        """A person's cards, on the person's page."""
        empty = Text("没有市民卡。", "No card.")
        return Table(_HEAD, tuple(self._row(viewer, card) for card in cards), Text("市民卡", "Cards"), empty)

    def _row(self, viewer: Viewer, card: Card) -> Row:
        state = badge(self._cards.state_now(card))
        number, kind = mono(_number(viewer, card)), plain(word(card.kind))
        cells = (number, kind, when(card.issued_at), when(card.valid_until), state)
        return Row(cells, self.here(f"{card.holder}~{card.id}"))

    def _facts(self, card: Card) -> Facts:
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("持卡人", "Holder"), link(card.holder, f"/admin/citizens/{card.holder}")),
            (Text("类别", "Kind"), plain(word(card.kind))),
            (Text("发卡时间", "Issued"), when(card.issued_at)),
            (Text("有效期至", "Valid until"), when(card.valid_until)),
            (Text("离线名单位置", "Place in the offline list"), plain(card.status_index)),
        )

    def _offered(self, asked: Asked, state: CardState) -> tuple[Button, ...]:
        names = {CardState.ACTIVE: ("suspend", "revoke"), CardState.SUSPENDED: ("reinstate", "revoke")}.get(state, ())
        return allowed(asked.viewer, *(self.button(name, asked.target) for name in names))

    async def _one(self, target: str) -> Card | None:
        holder, _, card = target.partition("~")
        return next((one for one in await self._cards.held_by(holder) if one.id == card), None)

    async def _find(self, asked: Asked) -> str | None:
        found = await self._cards.by_number(asked["number"])
        return self.here(f"{found.holder}~{found.id}") if found else None

    async def _suspend(self, asked: Asked) -> Reply:
        await self._carry_out(asked, CardState.SUSPENDED)
        return Done(Text("已停用，二维码立即失效。", "Suspended: no code of it is accepted."))

    async def _reinstate(self, asked: Asked) -> Reply:
        await self._carry_out(asked, CardState.ACTIVE)
        return Done(Text("已恢复。", "Reinstated."))

    async def _revoke(self, asked: Asked) -> Reply:
        await self._carry_out(asked, CardState.REVOKED)
        return Done(Text("已注销，二维码立即失效。", "Revoked: no code of it is accepted."))

    async def _carry_out(self, asked: Asked, to: CardState) -> None:
        card = await self._one(asked.target)
        if card is None:
            raise NoCard
        await self._cards.act(asked.viewer, card.number, DeskAct(to, asked["because"], asked["reason"]), asked.key)


def _number(viewer: Viewer, card: Card) -> str:
    """In full for those who act on cards; others tell by the end which it is."""
    return card.number if viewer.roles & OPERATORS else f"****{card.number[-4:]}"


def _step(event: CardEvent, names: Mapping[str, str]) -> Row:
    return Row((badge(event.state), plain(word(event.reason)), when(event.at), person(event.actor, names)))
