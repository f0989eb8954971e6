"""Giving back, in the transaction of whoever decides it; and what the gateway says of what goes back by it.

    refund = await refunds.give(RefundWanted(new_id(), payment, fen, cause, reason, viewer), tx)
    await refunds.send(refund)        after the commit; what is not sent here a later round sends

What is given back is counted at the payment by one guarded update, so that any number of rivals together never give
back more than was captured; the money moves in the same transaction.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Unavailable
from app.core.money import Currency, Money
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.payment.gateway.refunds.model import GatewayRefund, RefundPurpose
from app.domains.payment.gateway.refunds.service import GatewayRefunds
from app.domains.payment.ledger.errors import AccountUnknown
from app.domains.payment.ledger.model import (
    BANK,
    CITY,
    GATEWAY,
    Account,
    AccountKind,
    Balance,
    Transfer,
    TransferKind,
    Wanted,
    credit,
    debit,
    points,
    wallet,
)
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.payments.errors import PaymentUnknown
from app.domains.payment.payments.model import Payment, PaymentState, facts_of
from app.domains.payment.payments.service import Payments
from app.domains.payment.refunds.errors import PaymentNotRefundable, RefundNotStranded, RefundTooHigh, RefundUnknown
from app.domains.payment.refunds.model import (
    Cause,
    Part,
    Refund,
    RefundReason,
    RefundState,
    Way,
    source_of,
    state_of,
    taken_back,
    takes,
    transfer_kind,
    way_of,
)
from app.domains.payment.refunds.store import RefundStore

Target = tuple[Account, int]
_EVENTS = {
    RefundState.DONE: "payment.refunded",
    RefundState.UNDER_WAY: "payment.refund_begun",
    RefundState.STRANDED: "payment.refund_waits",
}


@dataclass(frozen=True, slots=True)
class RefundWanted:
    """`id` is made beforehand. `fen` None means all that is left."""

    id: str
    payment: str
    fen: int | None
    cause: Cause
    reason: RefundReason
    by: Viewer


class Taker(Protocol):
    """A room that keeps more of an account than the ledger does: when debts are due, when points lapse."""

    async def returning(self, payment: Payment, fen: int, tx: Tx) -> int:
        """`fen` of this payment go back to the account that paid: how much of it the account takes (0 to `fen`); the
        rest goes to the payer's wallet. Runs in the transaction of the refund, before the ledger is told.
        """
        ...


class Hears(Protocol):
    """Whoever has to know, in the transaction of the refund, that something of a payment went back."""

    async def given_back(self, refund: Refund, payment: Payment, by: Viewer, tx: Tx) -> None:
        """`payment` with this refund counted."""
        ...


class Refunds:
    def __init__(
        self,
        refunds: RefundStore,
        payments: Payments,
        ledger: Ledger,
        at_gateway: GatewayRefunds,
        outbox: Outbox,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._refunds = refunds
        self._payments = payments
        self._ledger = ledger
        self._at_gateway = at_gateway
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._takers: dict[AccountKind, Taker] = {}
        self._hearing: list[Hears] = []
        at_gateway.register(RefundPurpose.REFUND, self)

    def takes(self, kind: AccountKind, taker: Taker) -> None:
        """Who decides what accounts of this kind take back; once each, while the city is put together."""
        self._takers[kind] = taker

    def tells(self, hearing: Hears) -> None:
        """Once each, while the city is put together."""
        self._hearing.append(hearing)

    async def give(self, wanted: RefundWanted, tx: Tx) -> Refund:
        """Raises PaymentUnknown, PaymentNotRefundable, RefundTooHigh, PaymentGatewayMissing."""
        payment, fen = await self._counted(wanted, tx)
        captured = await self._captured(payment, tx)
        source = source_of(captured)
        targets = await self._targets(payment, source, fen, tx)
        refund = self._made(wanted, payment, fen, targets)
        if source.kind is AccountKind.GATEWAY:
            await self._at_gateway.begin(payment.id, refund.id, fen, tx)
        await self._enter(refund, captured, targets, tx)
        await self._refunds.add(refund, tx)
        facts: dict[str, Any] = {"fen": fen, "cause": wanted.cause, "why": wanted.reason, "refund": refund.id}
        await self._audit.record(wanted.by, "payment.refunded", payment.id, tx, subject=payment.payer, **facts)
        await self._tell(refund, payment, tx)
        for one in self._hearing:
            await one.given_back(refund, payment, wanted.by, tx)
        return refund

    async def send(self, refund: Refund) -> None:
        """Ask the gateway for what goes back by it, after the commit. What does not answer is asked again later."""
        if refund.under_way:
            with suppress(Unavailable):
                await self._at_gateway.send(refund.id)

    async def under_way(self, payer: str, tx: Tx | None = None) -> bool:
        """Whether something that goes back to him has not arrived yet."""
        return await self._refunds.under_way(payer, tx)

    async def take_in_hand(self, refund: str, to_bank: bool, note: str, tx: Tx) -> Refund:
        """What nobody could take: into the payer's wallet now, or paid out to him by hand; points always to his points.
        Raises RefundUnknown, RefundNotStranded, AccountClosed, AccountUnknown, BalanceTooHigh.
        """
        was = await self._known(refund, tx)
        own = _own(was.payer, was.amount.currency)
        target = BANK if to_bank and own.currency is Currency.CNY else own
        now = was.taken_in_hand(way_of(target), note, self._clock.now())
        await self._move(was, "in hand", was.stranded, target, tx, TransferKind.CORRECTION)
        await self._settle(now, was, tx)
        return now

    # What the gateway says of it

    async def done(self, refund: GatewayRefund, tx: Tx) -> None:
        was = await self._known(refund.id, tx)
        await self._move(was, "given back", was.amount.fen, GATEWAY, tx)
        await self._settle(was.given_back(self._clock.now()), was, tx)

    async def failed(self, refund: GatewayRefund, tx: Tx) -> None:
        """It is the payer's all the same: it goes to his wallet, or waits for the desk."""
        was = await self._known(refund.id, tx)
        own, fen = wallet(was.payer), was.amount.fen
        way = Way.WALLET if takes(await self._balance(own, tx), fen) else Way.SUSPENSE
        if way is Way.WALLET:
            await self._move(was, "not given back", fen, own, tx)
        await self._settle(was.turned(way, refund.reason or "UNKNOWN", self._clock.now()), was, tx)

    # How it is entered

    async def _counted(self, wanted: RefundWanted, tx: Tx) -> tuple[Payment, int]:
        """The payment with this refund counted, and how much it is."""
        found = await self._payments.get(wanted.payment, tx)
        if found is None:
            raise PaymentUnknown
        if found.state is not PaymentState.CAPTURED:
            raise PaymentNotRefundable(found.state.value)
        fen = found.left.fen if wanted.fen is None else wanted.fen
        counted = await self._payments.take_refund(found.id, fen, tx) if 0 < fen <= found.left.fen else None
        if counted is None:
            raise RefundTooHigh(found.left)
        return counted, fen

    async def _captured(self, payment: Payment, tx: Tx) -> Transfer:
        found = await self._ledger.transfer(payment.transfer, tx) if payment.transfer else None
        if found is None:
            raise PaymentNotRefundable(payment.state.value)
        return found

    async def _targets(self, payment: Payment, source: Account, fen: int, tx: Tx) -> list[Target]:
        """To which accounts it goes, and how much to each: first to where it came from, the rest to the payer's own
        account, and what that cannot take to where the desk finds it.
        """
        if source.kind is AccountKind.GATEWAY:
            return [(GATEWAY, fen)]
        taker = self._takers.get(source.kind)
        back = await (taker.returning(payment, fen, tx) if taker else self._taken(source, fen, tx))
        targets = [(source, back)] if back else []
        if rest := fen - back:
            own = _own(payment.payer, source.currency)
            other = own if own != source and takes(await self._balance(own, tx), rest) else _nobodys(own.currency)
            targets.append((other, rest))
        return targets

    async def _taken(self, source: Account, fen: int, tx: Tx) -> int:
        found = await self._balance(source, tx)
        if source.kind is AccountKind.CREDIT:
            return min(fen, found.posted.fen) if takes(found, 0) and found else 0
        return fen if takes(found, fen) else 0

    def _made(self, wanted: RefundWanted, payment: Payment, fen: int, targets: list[Target]) -> Refund:
        return Refund(
            id=wanted.id,
            payment=payment.id,
            payer=payment.payer,
            payee_kind=payment.payee.kind.value,
            payee=payment.payee.id,
            amount=Money(fen, payment.amount.currency),
            before=payment.refunded - fen,
            cause=wanted.cause,
            reason=wanted.reason,
            by=wanted.by.acting(),
            at=self._clock.now(),
            state=state_of([way_of(account) for account, _ in targets]),
            parts=tuple(Part(way_of(account), part) for account, part in targets),
        )

    async def _enter(self, refund: Refund, captured: Transfer, targets: list[Target], tx: Tx) -> None:
        """What goes back by the gateway is nobody's until the gateway has done it."""
        back = taken_back(captured, refund.before, refund.amount.fen)
        nobodys = _nobodys(refund.amount.currency)
        into = [credit(nobodys if account == GATEWAY else account, fen) for account, fen in targets]
        if any(line.account == nobodys for line in into):
            await self._ledger.meet(nobodys)
        kind = transfer_kind(refund.cause)
        await self._ledger.post(Wanted(f"refund:{refund.id}", kind, (*back, *into), refund.payment), tx)

    async def _move(
        self, refund: Refund, what: str, fen: int, to: Account, tx: Tx, kind: TransferKind = TransferKind.REFUND
    ) -> None:
        """From nobody to where it belongs."""
        lines = (debit(_nobodys(to.currency), fen), credit(to, fen))
        await self._ledger.post(Wanted(f"refund:{refund.id}:{what}", kind, lines, refund.payment), tx)

    async def _settle(self, now: Refund, was: Refund, tx: Tx) -> None:
        payment = await self._payments.get(was.payment, tx)
        if payment is None or not await self._refunds.settle(now, was, tx):
            raise RefundNotStranded
        await self._tell(now, payment, tx)

    async def _tell(self, refund: Refund, payment: Payment, tx: Tx) -> None:
        sum_ = {"fen": refund.amount.fen, "amount": refund.amount.spoken}
        facts = {**facts_of(payment), "refund": refund.id, "cause": refund.cause.value, **sum_}
        await self._outbox.add(_EVENTS[refund.state], payment.payer, tx, **facts)

    async def _balance(self, account: Account, tx: Tx) -> Balance | None:
        try:
            return await self._ledger.balance(account, tx)
        except AccountUnknown:
            return None

    async def _known(self, refund: str, tx: Tx) -> Refund:
        found = await self._refunds.get(refund, tx)
        if found is None:
            raise RefundUnknown
        return found


def _own(payer: str, currency: Currency) -> Account:
    return points(payer) if currency is Currency.POINTS else wallet(payer)


def _nobodys(currency: Currency) -> Account:
    return Account(AccountKind.SUSPENSE, CITY, currency)
