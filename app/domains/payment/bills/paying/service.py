"""Paying bills: each bill is a payment of its own, and those that are paid together are paid all or not at all.

A bill is engaged by its payment in the transaction that begins it, under the revision that was read: of two who pay at
once, one pays. What asks billers first does so before any transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.errors import Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Assurance, Viewer
from app.domains.payment.bills.asking.service import AskService
from app.domains.payment.bills.billers.service import BillerService
from app.domains.payment.bills.bound.store import BoundStore
from app.domains.payment.bills.errors import BillBeingPaid
from app.domains.payment.bills.model import Bill
from app.domains.payment.bills.paying.errors import BillMethodUnfit, BillRealNameNeeded
from app.domains.payment.bills.paying.model import Choice, Paying, demand_all, demand_choices
from app.domains.payment.bills.receipts.service import ReceiptService
from app.domains.payment.bills.store import BillStore
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Payment, PaymentState, Purpose
from app.domains.payment.payments.service import Payments
from app.domains.payment.pins.service import PinService

_IDS = TypeAdapter(tuple[str, ...])
_WITH = frozenset({Method.WALLET, Method.CREDIT, Method.GATEWAY})


class PayService:
    def __init__(
        self,
        db: Database,
        billers: BillerService,
        bills: BillStore,
        bound: BoundStore,
        asking: AskService,
        payments: Payments,
        pins: PinService,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._billers = billers
        self._bills = bills
        self._bound = bound
        self._asking = asking
        self._payments = payments
        self._pins = pins
        self._once = once
        self._clock = clock

    async def pay(
        self, viewer: Viewer, choices: Sequence[Choice], method: Method, key: str, pin: str | None = None
    ) -> list[Paying]:
        """From wallet or credit line by the PIN when they are much together. Raises BadInput, TooManyBills,
        BillMethodUnfit, BillRealNameNeeded, BillUnknown, BillerUnknown, BillChanged, BillWithdrawn, BillerSilent,
        BillNotPayable, BillBeingPaid, MoreThanOwed, PartNotAllowed, PartTooSmall, PinNeeded, PinNotSet, PinWrong,
        PinLocked, what the ledger and risk refuse, IdempotencyConflict.
        """
        citizen = viewer.citizen()
        demand_choices(choices)
        _demand_means(viewer, method)
        call = Call.of(viewer, "payBills", key, tuple(choices), method, pin)

        async def attempt() -> tuple[str, ...]:
            fen = await self._look_again(citizen, choices)
            if method is not Method.GATEWAY:  # where the bank asks in its own way
                await self._pins.demand_above(citizen, fen, pin)
            ids = [new_id() for _ in choices]
            return await self._once.once(call, _IDS, lambda tx: self._begin(citizen, choices, ids, method, tx))

        return [await self._shown(id_) for id_ in await self._once.alike(call, _IDS, attempt)]

    async def pay_one(
        self, citizen: str, choice: Choice, method: Method, payment: str, first: Callable[[Tx], Awaitable[None]]
    ) -> Payment:
        """For who has allowed it beforehand. Under the same id of a payment it is paid once. `first` runs in the paying
        transaction and stops it by raising. Raises as `pay`.
        """
        found = await self._payments.get(payment)
        if found is not None:
            return found
        await self._look_again(citizen, [choice])

        async def work(tx: Tx) -> tuple[str, ...]:
            await first(tx)
            return await self._begin(citizen, [choice], [payment], method, tx)

        await self._db.transaction(work)
        made = await self._payments.get(payment)
        assert made is not None
        return made

    async def made(self, payment: str) -> bool:
        """Whether this payment of somebody was captured."""
        found = await self._payments.get(payment)
        return found is not None and found.state is PaymentState.CAPTURED

    async def pay_at(self, viewer: Viewer, payment: str) -> Paying | None:
        """A payment of one's own again, with where it is paid."""
        found = await self._payments.one(viewer, payment)
        return await self._shown(found.id) if found and found.purpose is Purpose.BILL else None

    async def _look_again(self, citizen: str, choices: Sequence[Choice]) -> int:
        """How many fen they are together. What would be refused is refused before a biller is asked."""
        bills = await self._mine(citizen, choices)
        fen = sum(choice.of(bills[choice.bill]) for choice in choices)
        await asyncio.gather(*(self._asking.look_again(bill) for bill in bills.values()))
        return fen

    async def _begin(
        self, citizen: str, choices: Sequence[Choice], ids: Sequence[str], method: Method, tx: Tx
    ) -> tuple[str, ...]:
        bills = await self._mine(citizen, choices, tx)
        await self._billers.demand_open((bill.biller for bill in bills.values()), tx)
        for choice, id_ in zip(choices, ids, strict=True):
            bill = bills[choice.bill]
            fen = choice.of(bill)
            engaged = bill.engaged_by(id_, fen, self._clock.now())
            if not await self._bills.save(engaged, bill, tx):
                raise BillBeingPaid
            await self._payments.pay(_new(id_, citizen, bill, fen, method), tx)
        return tuple(ids)

    async def _mine(self, citizen: str, choices: Sequence[Choice], tx: Tx | None = None) -> dict[str, Bill]:
        accounts = await self._bound.accounts(citizen, tx)
        found = await self._bills.among([one.bill for one in choices], accounts, tx) if accounts else {}
        demand_all(choices, found)
        return found

    async def _shown(self, id_: str) -> Paying:
        payment = await self._payments.get(id_)
        assert payment is not None
        if payment.state is not PaymentState.WAITING_FOR_GATEWAY:
            return Paying(payment)
        try:
            return Paying(payment, await self._payments.to_gateway(payment))
        except Unavailable:  # a later look opens it
            return Paying(payment)


class BillPayments:
    """What becomes of bills by their payments: runs in the transaction of the payment's change."""

    def __init__(self, bills: BillStore, receipts: ReceiptService, outbox: Outbox, clock: Clock) -> None:
        self._bills = bills
        self._receipts = receipts
        self._outbox = outbox
        self._clock = clock

    async def captured(self, payment: Payment, tx: Tx) -> None:
        bill = await self._known(payment, tx)
        settled = bill.settled(payment.id, payment.amount.fen, self._clock.now())
        await self._save(settled, bill, tx)
        await self._receipts.write(settled, payment, tx)
        await self._outbox.add(
            "bill.paid",
            payment.payer,
            tx,
            bill=bill.id,
            organisation=bill.biller,
            number=bill.number,
            payment=payment.id,
            reference=payment.number,
            amount=str(payment.amount.amount),
            state=settled.state.value,
        )

    async def ended(self, payment: Payment, tx: Tx) -> None:
        bill = await self._known(payment, tx)
        released = bill.released(payment.id, self._clock.now())
        if released is not bill:
            await self._save(released, bill, tx)

    async def refunded(self, payment: Payment, fen: int, tx: Tx) -> None:
        bill = await self._known(payment, tx)
        await self._save(bill.given_back(fen, self._clock.now()), bill, tx)

    async def _known(self, payment: Payment, tx: Tx) -> Bill:
        found = await self._bills.get(payment.about, tx)
        assert found is not None
        return found

    async def _save(self, changed: Bill, was: Bill, tx: Tx) -> None:
        if not await self._bills.save(changed, was, tx):
            raise BillBeingPaid


def _demand_means(viewer: Viewer, method: Method) -> None:
    """Raises BillMethodUnfit, BillRealNameNeeded."""
    if method not in _WITH:
        raise BillMethodUnfit
    if method is not Method.GATEWAY and viewer.assurance is not Assurance.REAL_NAME:
        raise BillRealNameNeeded


def _new(id_: str, citizen: str, bill: Bill, fen: int, method: Method) -> NewPayment:
    return NewPayment(
        id=id_,
        payer=citizen,
        payee=Payee(PayeeKind.BILLER, bill.biller),
        amount=Money(fen),
        method=method,
        purpose=Purpose.BILL,
        about=bill.id,
        order=bill.number,
        confirmed=True,
    )
