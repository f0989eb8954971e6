"""Asking billers: for an account's open bills, when a citizen looks; for one bill again, before it is paid.

A biller that does not answer spoils nothing but its own part: what is known of its bills stays as it is, and is not
paid until it answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.errors import Outcome, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.viewer import Viewer
from app.domains.payment.bills.accounts.model import Account
from app.domains.payment.bills.accounts.store import AccountStore
from app.domains.payment.bills.asking.errors import BillChanged
from app.domains.payment.bills.billers.model import Biller
from app.domains.payment.bills.billers.store import BillerStore
from app.domains.payment.bills.bound.store import BoundStore
from app.domains.payment.bills.errors import BillBeingPaid, BillerSilent, BillWithdrawn
from app.domains.payment.bills.model import Bill
from app.domains.payment.bills.pushing.model import Answer, TakenIn, ToldBill
from app.domains.payment.bills.pushing.service import Intake
from app.domains.payment.bills.store import BillStore

log = structlog.get_logger()
# A biller is asked for an account once in this time, whoever looks.
REST = timedelta(minutes=2)
_AT_ONCE = 8
_SILENT = TypeAdapter(frozenset[str])


class BillerDesk(Protocol):
    """The systems of billers that are asked. Every call may be repeated. All raise Unavailable."""

    async def open_bills(self, system: str, account: str, holder: str) -> Sequence[ToldBill] | None:
        """All that is owed on the account; None when there is no such account of this holder."""
        ...

    async def bill(self, system: str, number: str) -> ToldBill | None:
        """As it stands now; None when it is not owed any more."""
        ...

    async def paid(self, system: str, reference: str, number: str, fen: int, at: datetime) -> bool:
        """Tell of a payment. False when the biller refuses it."""
        ...


class AskService:
    def __init__(
        self,
        db: Database,
        desk: BillerDesk,
        billers: BillerStore,
        accounts: AccountStore,
        bound: BoundStore,
        bills: BillStore,
        intake: Intake,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._desk = desk
        self._billers = billers
        self._accounts = accounts
        self._bound = bound
        self._bills = bills
        self._intake = intake
        self._once = once
        self._clock = clock

    async def prove(self, biller: Biller, number: str, holder: str) -> Sequence[ToldBill] | None:
        """Of an account that somebody wants to bind: its open bills, or None. Raises BillerSilent."""
        assert biller.system is not None
        try:
            return await self._desk.open_bills(biller.system, number, holder)
        except Unavailable:
            raise BillerSilent from None

    async def refresh(self, viewer: Viewer, key: str) -> frozenset[str]:
        """Ask for all accounts that the citizen has bound, where it is time to; who did not answer, by their codes.

        Raises IdempotencyConflict.
        """
        call = Call.of(viewer, "refreshBills", key)

        async def attempt() -> frozenset[str]:
            silent = await self._refresh(viewer)

            async def kept(tx: Tx) -> frozenset[str]:
                return silent

            return await self._once.once(call, _SILENT, kept)

        return await self._once.alike(call, _SILENT, attempt)

    async def _refresh(self, viewer: Viewer) -> frozenset[str]:
        accounts = await self._accounts.many(await self._bound.accounts(viewer.citizen()))
        billers = {one.id: one for one in await self._billers.all() if one.asked and one.active}
        wanted = [(billers[one.biller], one) for one in accounts.values() if one.biller in billers]
        return await self._ask_all(wanted, REST)

    async def ask_about(self, biller: Biller) -> int:
        """Ask for every account of this biller, whoever bound it: the daily round. How many were asked."""
        after, asked = "", 0
        while accounts := await self._accounts.of_biller(biller.id, after):
            binders = await self._bound.binders([one.id for one in accounts])
            wanted = [(biller, one) for one in accounts if one.id in binders]
            await self._ask_all(wanted, timedelta(hours=1))
            after, asked = accounts[-1].id, asked + len(wanted)
        return asked

    async def look_again(self, bill: Bill) -> None:
        """Before it is paid. Raises BillerSilent (or what it tells cannot stand), BillWithdrawn, BillBeingPaid,
        BillChanged (with the bill as it stands now).
        """
        biller = await self._billers.get(bill.biller)
        if biller is None or not biller.asked or biller.system is None:
            return
        try:
            told = await self._desk.bill(biller.system, bill.number)
        except Unavailable:
            raise BillerSilent from None
        if told is None:
            await self._withdraw(biller, bill)
            raise BillWithdrawn
        (answer,) = await self.take(biller, [told])
        if answer.outcome is TakenIn.REFUSED:  # what it asks for now cannot stand: what was known is not owed either
            raise BillBeingPaid if answer.code == BillBeingPaid.code else BillerSilent
        now = await self._bills.get(bill.id)
        assert now is not None
        if now.terms != bill.terms:
            raise BillChanged(now)

    async def take(self, biller: Biller, told: Sequence[ToldBill]) -> tuple[Answer, ...]:
        """What a biller answered, written where it is news."""

        async def work(tx: Tx) -> tuple[Answer, ...]:
            answers = await self._intake.take(biller, told, tx)
            for answer in answers:
                if answer.code is not None:
                    log.warning("bill refused", biller=biller.id, code=answer.code, field=answer.field)
            return answers

        try:
            return await self._db.transaction(work)
        except DuplicateKey:  # another look wrote it a moment ago: now it is known
            return await self._db.transaction(work)

    async def _ask_all(self, wanted: Sequence[tuple[Biller, Account]], rest: timedelta) -> frozenset[str]:
        room = asyncio.Semaphore(_AT_ONCE)

        async def ask(biller: Biller, account: Account) -> str | None:
            async with room:
                return None if await self._ask(biller, account, rest) else biller.id

        silent = await asyncio.gather(*(ask(biller, account) for biller, account in wanted))
        return frozenset(one for one in silent if one)

    async def _ask(self, biller: Biller, account: Account, rest: timedelta) -> bool:
        """False when the biller did not answer."""
        now = self._clock.now()
        if not await self._accounts.claim_asking(account, now, rest):
            return True
        assert biller.system is not None
        try:
            told = await self._desk.open_bills(biller.system, account.number, account.holder)
        except Unavailable:
            await self._accounts.unasked(account, now)
            return False
        if told is not None:
            with suppress(BillBeingPaid):  # somebody pays at this moment: the next look sees the rest
                await self.take(biller, told)
                await self._drop_missing(biller, account, {one.number for one in told}, now)
        return True

    async def _drop_missing(self, biller: Biller, account: Account, there: set[str], asked_at: datetime) -> None:
        """What the biller does not list any more is owed no more: it was withdrawn, or the rest was paid elsewhere."""
        for bill in await self._bills.payable_of(account.id):
            if bill.number not in there and bill.engaged is None and bill.changed_at < asked_at:
                await self._withdraw(biller, bill)

    async def _withdraw(self, biller: Biller, bill: Bill) -> None:
        async def work(tx: Tx) -> None:
            current = await self._bills.get(bill.id, tx)
            if current is not None and current.payable and current.rev == bill.rev:
                await self._intake.miss(biller, current, tx)

        try:
            await self._db.transaction(work)
        except (Outcome, DuplicateKey):  # somebody pays it at this moment: it is looked at again when that is over
            raise BillBeingPaid from None
