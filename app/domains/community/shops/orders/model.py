"""An order and its life.

placed ── paid ──> paid ── accepted ──> accepted ──> ready ───────> delivered
   │                │                      ├──────> delivering ───────┘
   │                ├── by the citizen ──> cancelled   (the money goes back)
   │                └── by the shop, not taken up in an hour, or not sent in a day ──> refused   (the money goes back)
   ├── not in time ──> lapsed      (money that comes later goes back)
   └── not paid ─────> given_up

What was taken from the shelf goes back with the step into lapsed, given_up, cancelled or refused: that step is one
write over the revision that was read, so it goes back once. It is handed over against the citizen's code, or he says
that he has it; what nobody said anything about in three days counts as delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.said import Said
from app.core.tills.model import Means
from app.domains.community.shops.orders.errors import CartInvalid, ShopOrderStateWrong, ShopReasonMissing

HOLD, TAKE_UP, SENT, SETTLED = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1), timedelta(days=3)
STUCK = timedelta(minutes=10)
"""After its moment: then something is in its way."""
MOST_LINES, MOST_COUNT, LONGEST_NOTE, MOST_TRIES = 30, 99, 100, 5


class OrderState(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    ACCEPTED = "accepted"
    READY = "ready"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    LAPSED = "lapsed"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class Unasked(StrEnum):
    """Why one ended without anybody saying so in words; as `reason` has it."""

    NOT_PAID_IN_TIME = "NOT_PAID_IN_TIME"
    GIVEN_UP = "GIVEN_UP"
    NOT_TAKEN_UP = "NOT_TAKEN_UP"
    NOT_SENT = "NOT_SENT"
    GIVEN_BACK = "GIVEN_BACK"
    LEFT = "LEFT"


class FetchWay(StrEnum):
    PICK_UP = "pick_up"
    DELIVERY = "delivery"


OPEN = frozenset({OrderState.PLACED, OrderState.PAID, OrderState.ACCEPTED, OrderState.READY, OrderState.DELIVERING})
AT_WORK = OPEN - {OrderState.PLACED}
_REFUSABLE = frozenset({OrderState.PAID, OrderState.ACCEPTED, OrderState.READY})
_ON_ITS_WAY = frozenset({OrderState.READY, OrderState.DELIVERING})


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a cart: `fen` as it was shown."""

    item: str
    count: int
    fen: int


@dataclass(frozen=True, slots=True)
class Cart:
    """`residency`: where it is brought. `total` as it was shown, with what bringing costs. `parcels` of a station."""

    shop: str
    lines: tuple[Wanted, ...]
    way: FetchWay
    total: int
    residency: str | None = None
    note: str = ""
    parcels: tuple[str, ...] = ()

    def checked(self) -> Cart:
        """Raises CartInvalid."""
        items = [line.item for line in self.lines]
        if not (items or self.parcels) or len(items) + len(self.parcels) > MOST_LINES:
            raise CartInvalid("lines")
        if len(set(items)) != len(items) or not all(1 <= line.count <= MOST_COUNT for line in self.lines):
            raise CartInvalid("lines")
        if (self.way is FetchWay.DELIVERY) is (self.residency is None):
            raise CartInvalid("residency")
        if self.parcels and self.way is FetchWay.PICK_UP:
            raise CartInvalid("parcels")
        note = " ".join(self.note.split())
        if len(note) > LONGEST_NOTE or not note.isprintable():
            raise CartInvalid("note")
        return replace(self, note=note, parcels=tuple(dict.fromkeys(self.parcels)))


@dataclass(frozen=True, slots=True)
class Line:
    """`name` and `name_en` as they were then; `counted`: taken from a stock."""

    item: str
    name: str
    fen: int
    count: int
    counted: bool
    name_en: str = ""

    @property
    def said(self) -> Said:
        return Said(self.name, self.name_en)


@dataclass(frozen=True, slots=True)
class Private:
    """What is sealed under the citizen's key; none once he has left."""

    address: str = ""
    note: str = ""
    code: str = ""
    address_en: str = ""

    @property
    def to(self) -> Said:
        """Where it is brought; empty where it is fetched."""
        return Said(self.address, self.address_en)


@dataclass(frozen=True, slots=True)
class OrderStep:
    state: OrderState
    at: datetime


@dataclass(frozen=True, slots=True)
class ShopOrder:
    """`look_at`: when it moves by itself. `refunded` of its total went back, `owed` shall, `failed` could not. `tries`
    with wrong codes.
    """

    id: str
    number: str
    citizen: str
    shop: str
    organisation: str
    lines: tuple[Line, ...]
    fee: int
    way: FetchWay
    state: OrderState
    made_at: datetime
    steps: tuple[OrderStep, ...]
    look_at: datetime | None
    private: Private | None = None
    parcels: tuple[str, ...] = ()
    sale: str | None = None
    means: Means | None = None
    refunded: int = 0
    owed: int = 0
    failed: int = 0
    tries: int = 0
    reason: str = ""
    rev: int = 1

    @property
    def total(self) -> int:
        return self.fee + sum(line.fen * line.count for line in self.lines)

    @property
    def taken(self) -> Mapping[str, int]:
        """What it took from stocks."""
        return {line.item: line.count for line in self.lines if line.counted}

    def paid(self, now: datetime) -> ShopOrder:
        """Raises ShopOrderStateWrong."""
        return self._moved(OrderState.PAID, now, {OrderState.PLACED}, look_at=now + TAKE_UP)

    def accepted(self, now: datetime) -> ShopOrder:
        """Raises ShopOrderStateWrong."""
        return self._moved(OrderState.ACCEPTED, now, {OrderState.PAID}, look_at=now + SENT)

    def sent(self, now: datetime) -> ShopOrder:
        """On its way, or ready to be fetched. Raises ShopOrderStateWrong."""
        to = OrderState.DELIVERING if self.way is FetchWay.DELIVERY else OrderState.READY
        return self._moved(to, now, {OrderState.ACCEPTED}, look_at=now + SETTLED)

    def delivered(self, now: datetime) -> ShopOrder:
        """Raises ShopOrderStateWrong."""
        return self._moved(OrderState.DELIVERED, now, _ON_ITS_WAY)

    def refused(self, reason: str, now: datetime) -> ShopOrder:
        """By the shop. Raises ShopOrderStateWrong, ShopReasonMissing."""
        return replace(self._moved(OrderState.REFUSED, now, _REFUSABLE), reason=_why(reason))

    def taken_back(self, reason: str, now: datetime) -> ShopOrder:
        """By the city's desk, also from on its way. Raises ShopOrderStateWrong, ShopReasonMissing."""
        return replace(self._moved(OrderState.REFUSED, now, AT_WORK), reason=_why(reason))

    def cancelled(self, now: datetime) -> ShopOrder:
        """By the citizen, as long as nobody has begun. Raises ShopOrderStateWrong."""
        return self._moved(OrderState.CANCELLED, now, {OrderState.PAID})

    def unpaid(self, state: OrderState, reason: str, now: datetime) -> ShopOrder:
        """Lapsed or given up. Raises ShopOrderStateWrong."""
        return replace(self._moved(state, now, {OrderState.PLACED}), reason=reason)

    def undone(self, reason: str, now: datetime) -> ShopOrder:
        """All of its money went back by another way. Raises ShopOrderStateWrong."""
        return replace(self._moved(OrderState.CANCELLED, now, AT_WORK), reason=reason)

    def owing(self, fen: int) -> ShopOrder:
        return replace(self, owed=fen, rev=self.rev + 1)

    def given_back(self, fen: int) -> ShopOrder:
        """Negative: what was to go back could not."""
        owed, failed = max(0, self.owed - max(0, fen)), max(0, self.failed - fen)
        return replace(self, refunded=self.refunded + fen, owed=owed, failed=failed, rev=self.rev + 1)

    def tried(self) -> ShopOrder:
        return replace(self, tries=self.tries + 1, rev=self.rev + 1)

    def _moved(
        self, to: OrderState, now: datetime, within: frozenset[OrderState] | set[OrderState], **more: datetime
    ) -> ShopOrder:
        if self.state not in within:
            raise ShopOrderStateWrong(self.state.value)
        steps = (*self.steps, OrderStep(to, now))
        return replace(self, state=to, steps=steps, look_at=more.get("look_at"), rev=self.rev + 1)


def _why(reason: str) -> str:
    """Raises ShopReasonMissing."""
    text = " ".join(reason.split())[:LONGEST_NOTE]
    if not text or not text.isprintable():
        raise ShopReasonMissing
    return text
