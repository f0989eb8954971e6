"""A payment's way: begun, confirmed where that is asked for, captured, or ended without money.

    payment = await payments.pay(new, tx)         begin and capture at once: what is refused is rolled back, by name
    payment = await payments.begin(new, tx)       written first (a merchant's charge), then
    payment = await payments.charge(payment.id)   captured, or failed by name: never raises what the payer lacks

Paid at the gateway it is begun, and captured when the gateway says that it was paid. The room a payment belongs to
hears of its end in the same transaction (`follow`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.money import Money
from app.core.mongo import Database, Tx, is_unreachable
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.gateway.orders.model import Order, OrderPurpose, OrderWanted
from app.domains.payment.gateway.orders.service import Orders
from app.domains.payment.ledger.errors import AccountUnknown, InsufficientBalance
from app.domains.payment.ledger.model import Transfer
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.payments.errors import MethodNotPossible, PaymentNotOpen, PaymentTooLate, PaymentUnknown
from app.domains.payment.payments.model import (
    Method,
    NewPayment,
    Payee,
    Payment,
    PaymentState,
    Purpose,
    attempt,
    attempt_of,
    facts_of,
    new_payment,
    number_of,
)
from app.domains.payment.payments.store import PaymentStore
from app.domains.payment.risk.model import Decision, Verdict
from app.domains.payment.risk.rules.model import Attempt
from app.domains.payment.risk.service import Risk

log = structlog.get_logger()
CONFIRM_WITHIN = timedelta(seconds=60)
_AT_ONCE = 50
_LEFT_AT_MOST = 500  # of what cannot be finished, in one round
_ENDED = {
    PaymentState.FAILED: "payment.failed",
    PaymentState.CANCELLED: "payment.cancelled",
    PaymentState.EXPIRED: "payment.expired",
}
_DIED_AFTER = timedelta(seconds=30)


class Follower(Protocol):
    """The room a payment belongs to. All run in the transaction of the change; what they raise undoes it."""

    async def captured(self, payment: Payment, tx: Tx) -> None: ...

    async def ended(self, payment: Payment, tx: Tx) -> None:
        """It failed, was cancelled, or expired."""
        ...

    async def refunded(self, payment: Payment, fen: int, tx: Tx) -> None:
        """`fen` of it went back; `payment.refunded` is the sum of all that did."""
        ...


class Payments:
    def __init__(
        self,
        db: Database,
        store: PaymentStore,
        ledger: Ledger,
        risk: Risk,
        orders: Orders,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._db = db
        self._store = store
        self._ledger = ledger
        self._risk = risk
        self._orders = orders
        self._outbox = outbox
        self._clock = clock
        self._rooms: dict[Purpose, Follower] = {}
        self._means: dict[Method, Follower] = {}
        orders.register(OrderPurpose.PAYMENT, self)

    def follow(self, purpose: Purpose, room: Follower) -> None:
        """Once for each purpose, while the city is put together."""
        self._rooms[purpose] = room

    def follow_method(self, method: Method, room: Follower) -> None:
        """As `follow`, for the room that keeps what paying in this way leaves behind: what is due on a credit line."""
        self._means[method] = room

    async def pay(self, new: NewPayment, tx: Tx) -> Payment:
        """Begin, and capture at once what needs no gateway and no confirmation. A repeat finds it. Raises what the
        ledger and risk raise.
        """
        payment = await self.begin(new, tx)
        return await self.capture(payment, tx) if payment.state is PaymentState.PROCESSING else payment

    async def begin(self, new: NewPayment, tx: Tx) -> Payment:
        """Write it. What is to be paid at the gateway has its order written, too: after the commit `to_gateway` asks
        for it. Raises MethodNotPossible, PaymentRefused, PayerBlocked, PaymentGatewayMissing.
        """
        now = self._clock.now()
        before = await self._store.get(new.id, tx)
        if before is not None:
            return before
        waits = new.confirm_until is not None and not new.confirmed
        decision = await self._decide(attempt(new, now), tx, counts=not waits)  # what waits counts when confirmed
        confirm = new.confirm_until or (now + CONFIRM_WITHIN if decision.verdict is Verdict.CONFIRM else None)
        payment = new_payment(new, now, number_of(new.id, now), confirm_until=None if new.confirmed else confirm)
        await self._store.add(payment, tx)
        if payment.state is PaymentState.WAITING_FOR_GATEWAY:
            await self._orders.begin(_order(payment), tx)
        if payment.state is PaymentState.WAITING_FOR_CONFIRMATION:
            await self._tell("payment.confirmation_asked", payment, tx)
        return payment

    async def to_gateway(self, payment: Payment) -> str | None:
        """Where it is paid, asked for when it was begun and committed. Raises Unavailable (ask again)."""
        return (await self._orders.open(payment.id)).pay_at

    async def charge(self, id_: str) -> Payment:
        """Capture what is in work; when that is refused it has failed, by name. Raises PaymentUnknown."""

        async def attempt(tx: Tx) -> Payment:
            payment = await self._known(id_, tx)
            return await self.capture(payment, tx) if payment.state is PaymentState.PROCESSING else payment

        try:
            return await self._db.transaction(attempt)
        except PaymentUnknown:
            raise
        except Outcome as refused:
            return await self.end(id_, PaymentState.FAILED, refused.code)

    async def demand_allowed(self, new: NewPayment, tx: Tx) -> None:
        """For what is held in the ledger now and captured later. Raises PaymentRefused, PayerBlocked."""
        await self._decide(attempt(new, self._clock.now()), tx)

    async def capture_held(self, new: NewPayment, held: str, tx: Tx) -> Payment:
        """A payment whose money was promised before (`Ledger.hold`, two lines of one amount): as much of it as `new`
        says is entered, whatever has become of the payer's account. Raises TransferUnknown, TransferSettled,
        TransferTooLate.
        """
        now = self._clock.now()
        payment = new_payment(new, now, number_of(new.id, now), confirm_until=None)
        await self._store.add(payment, tx)
        return await self.capture(payment, tx, held=held)

    async def capture(self, payment: Payment, tx: Tx, *, held: str | None = None) -> Payment:
        """Move the money. Raises PaymentNotOpen, MethodNotPossible, and what the ledger refuses."""
        await self._ledger.meet(payment.payee.account(payment.amount.currency))
        if held is None:
            transfer = await self._moved(payment, tx)
        else:
            transfer = await self._ledger.capture(held, tx, payment.amount.fen)
        now = payment.captured(transfer.id, self._clock.now())
        await self._save(now, payment, tx)
        await self._heard(now, tx, lambda room: room.captured(now, tx))
        await self._tell("payment.captured", now, tx)
        return now

    async def confirm(self, viewer: Viewer, id_: str) -> Payment:
        """By the payer in person: it is charged then. A repeat finds it charged. Raises PaymentUnknown,
        PaymentNotOpen, PaymentTooLate.
        """
        payer = viewer.self_only()

        async def confirmed(tx: Tx) -> None:
            payment = await self._mine(payer, id_, tx)
            if payment.confirmed and payment.state is not PaymentState.WAITING_FOR_CONFIRMATION:
                return
            now = payment.confirmed_at(self._clock.now())
            await self._decide(replace(attempt_of(now), confirmed=True), tx)
            await self._save(now, payment, tx)

        await self._db.transaction(confirmed)
        return await self.charge(id_)

    async def decline(self, viewer: Viewer, id_: str) -> Payment:
        """By the payer. A repeat finds it cancelled. Raises PaymentUnknown, PaymentNotOpen."""
        payment = await self._mine(viewer.self_only(), id_)
        if payment.state is PaymentState.CANCELLED:
            return payment
        if payment.state is not PaymentState.WAITING_FOR_CONFIRMATION:
            raise PaymentNotOpen(payment.state.value)
        return await self.end(id_, PaymentState.CANCELLED, "DECLINED")

    async def end(self, id_: str, state: PaymentState, reason: str, tx: Tx | None = None) -> Payment:
        """Without money: failed, cancelled, expired. One that has ended is given as it is: look at its state."""

        async def ended(tx: Tx) -> Payment:
            payment = await self._known(id_, tx)
            if not payment.is_open:
                return payment
            now = payment.ended(state, reason, self._clock.now())
            await self._save(now, payment, tx)
            await self._heard(now, tx, lambda room: room.ended(now, tx))
            await self._tell(_ENDED[state], now, tx)
            return now

        return await ended(tx) if tx is not None else await self._db.transaction(ended)

    async def take_refund(self, id_: str, fen: int, tx: Tx) -> Payment | None:
        """Count `fen` as given back and tell its room; the money is the caller's to move. None: so much is not left."""
        if not await self._store.take_refund(id_, fen, tx):
            return None
        payment = await self._known(id_, tx)
        await self._heard(payment, tx, lambda room: room.refunded(payment, fen, tx))
        return payment

    async def still_as(self, payment: Payment, tx: Tx) -> bool:
        """What somebody does because so much of it has gone back, and no more. False: something went back meanwhile."""
        return await self._store.touch(payment.id, payment.refunded, tx)

    async def untake_refund(self, id_: str, fen: int, tx: Tx) -> None:
        """A refund that was counted did not come about."""
        await self._store.untake_refund(id_, fen, tx)
        payment = await self._known(id_, tx)
        await self._heard(payment, tx, lambda room: room.refunded(payment, -fen, tx))

    # What the gateway tells of an order for a payment

    async def paid(self, order: Order, tx: Tx) -> None:
        payment = await self._known(order.about, tx)
        await self.capture(payment, tx)

    async def failed(self, order: Order, tx: Tx) -> None:
        await self.end(order.about, PaymentState.FAILED, f"GATEWAY_{order.state.value.upper()}", tx)

    # Reading

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Payment]:
        return await self._store.page_of_payer(viewer.citizen(), request)

    async def one(self, viewer: Viewer, id_: str) -> Payment | None:
        """The viewer's own; a lapsed one that nobody ended yet is told as expired."""
        found = await self._store.of_payer(viewer.citizen(), id_)
        return found and self._as_of_now(found)

    async def waiting(self, payer: str) -> list[Payment]:
        """What asks him for an answer now, newest first."""
        return await self._store.waiting(payer, self._clock.now())

    async def of_payee(self, payee: Payee, id_: str) -> Payment | None:
        found = await self._store.of_payee(payee, id_)
        return found and self._as_of_now(found)

    async def page_of_payee(self, payee: Payee, request: PageRequest) -> Page[Payment]:
        return await self._store.page_of_payee(payee, request)

    async def page(self, states: frozenset[PaymentState], request: PageRequest) -> Page[Payment]:
        """For the desk, newest first."""
        return await self._store.page(states, request)

    async def get(self, id_: str, tx: Tx | None = None) -> Payment | None:
        """Of whomever: for rooms that know it by themselves."""
        return await self._store.get(id_, tx)

    async def about(self, about: str) -> list[Payment]:
        return await self._store.about(about)

    async def captured_between(
        self, payee: Payee, since: datetime, until: datetime, most: int = 100_000
    ) -> list[Payment]:
        return await self._store.captured_between(payee, since, until, most)

    async def sweep(self) -> int:
        """End what lapsed, and finish what a process died upon; how many. What one of them stumbles over is logged, and
        the others are not to wait for it. Safe to run anywhere at any time.
        """
        now = self._clock.now()
        lapsed = await self._each(
            lambda but: self._store.lapsed(now, _AT_ONCE, but),
            lambda id_: self.end(id_, PaymentState.EXPIRED, "NOT_CONFIRMED"),
        )
        return lapsed + await self._each(
            lambda but: self._store.stuck(now - _DIED_AFTER, _AT_ONCE, but), self._take_up_again
        )

    async def _take_up_again(self, id_: str) -> Payment:
        log.warning("payment taken up again", payment=id_)
        return await self.charge(id_)

    async def _each(
        self, found: Callable[[list[str]], Awaitable[list[Payment]]], finish: Callable[[str], Awaitable[Payment]]
    ) -> int:
        """Finish all that are found but those that could not be finished in this round; how many were."""
        left: list[str] = []
        finished = 0
        while len(left) < _LEFT_AT_MOST and (some := await found(left)):
            for payment in some:
                if await self._finished(payment.id, finish):
                    finished += 1
                else:
                    left.append(payment.id)
        return finished

    async def _finished(self, id_: str, finish: Callable[[str], Awaitable[Payment]]) -> bool:
        try:
            return not (await finish(id_)).is_open
        except Exception as error:
            if is_unreachable(error):
                raise
            log.exception("payment not finished", payment=id_)
            return False

    def _as_of_now(self, payment: Payment) -> Payment:
        late = payment.until is not None and payment.until <= self._clock.now()
        if payment.state is PaymentState.WAITING_FOR_CONFIRMATION and late:
            return replace(payment, state=PaymentState.EXPIRED, reason="NOT_CONFIRMED")
        return payment

    async def _decide(self, attempt: Attempt, tx: Tx, *, counts: bool = True) -> Decision:
        decision = await self._risk.check(attempt, tx, counts=counts)
        if decision.verdict is Verdict.REFUSE:
            # What follows rolls this transaction back; the desk shall know all the same.
            await self._risk.noted(attempt, decision)
            raise decision.outcome
        return decision

    async def _mine(self, payer: str, id_: str, tx: Tx | None = None) -> Payment:
        found = await self._store.get(id_, tx)
        if found is None or found.payer != payer:
            raise PaymentUnknown
        return found

    async def _known(self, id_: str, tx: Tx) -> Payment:
        found = await self._store.get(id_, tx)
        if found is None:
            raise PaymentUnknown
        return found

    async def _save(self, now: Payment, was: Payment, tx: Tx) -> None:
        if not await self._store.save(now, was, tx):
            raise PaymentNotOpen(was.state.value)

    async def _moved(self, payment: Payment, tx: Tx) -> Transfer:
        """Who never topped up has nothing, and who has no line cannot pay by it: no account is named to him."""
        try:
            return await self._ledger.post(payment.transfer_wanted, tx)
        except AccountUnknown:
            if payment.method is Method.CREDIT:
                raise MethodNotPossible(Method.CREDIT.value) from None
            if payment.method is Method.WALLET:
                raise InsufficientBalance(Money(0)) from None
            raise

    async def _heard(self, payment: Payment, tx: Tx, say: Callable[[Follower], Awaitable[None]]) -> None:
        for room in (self._rooms.get(payment.purpose), self._means.get(payment.method)):
            if room is not None:
                await say(room)

    async def _tell(self, type_: str, payment: Payment, tx: Tx) -> None:
        await self._outbox.add(type_, payment.payer, tx, **facts_of(payment))


def _order(payment: Payment) -> OrderWanted:
    what = f"融 · {payment.number}"
    return OrderWanted(payment.id, OrderPurpose.PAYMENT, payment.id, payment.payer, payment.amount.fen, what)


__all__ = ["CONFIRM_WITHIN", "Follower", "Method", "Payee", "PaymentTooLate", "Payments"]
