"""Taking in what billers tell: each row is judged by itself, and telling the same again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import BadInput, Forbidden, Outcome
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.bills.accounts.model import Account
from app.domains.payment.bills.accounts.store import AccountStore
from app.domains.payment.bills.billers.errors import BillerUnknown
from app.domains.payment.bills.billers.model import SCOPE, Biller
from app.domains.payment.bills.billers.store import BillerStore
from app.domains.payment.bills.bound.store import BoundStore
from app.domains.payment.bills.errors import BillBeingPaid, BillNotPayable, BillTermsUnfit, BillUnknown
from app.domains.payment.bills.model import Bill, BillState, Terms, bill_id, demand_number, issued
from app.domains.payment.bills.pushing.model import MOST_AT_ONCE, Answer, TakenIn, ToldBill
from app.domains.payment.bills.store import BillStore

_ANSWERS = TypeAdapter(tuple[Answer, ...])
_NUMBER = TypeAdapter(str)


@dataclass(slots=True)
class _Batch:
    """What is known at the beginning, and what it becomes row by row."""

    was: dict[str, Bill]
    accounts: dict[str, Account]
    now: dict[str, Bill] = field(default_factory=dict)
    holders: dict[str, Account] = field(default_factory=dict)

    def bill(self, id_: str) -> Bill | None:
        return self.now.get(id_) or self.was.get(id_)


class Intake:
    """Writes what billers tell, in a caller's transaction, and tells who has bound the accounts."""

    def __init__(
        self, bills: BillStore, accounts: AccountStore, bound: BoundStore, outbox: Outbox, clock: Clock
    ) -> None:
        self._bills = bills
        self._accounts = accounts
        self._bound = bound
        self._outbox = outbox
        self._clock = clock

    async def take(self, biller: Biller, told: Sequence[ToldBill], tx: Tx) -> tuple[Answer, ...]:
        ids = {bill_id(biller.id, number) for one in told for number in (one.number, one.replaces) if number}
        rows = [self._read(biller, one) for one in told]
        accounts = {row[0].id for row in rows if not isinstance(row, Answer)}
        batch = _Batch(await self._bills.many(ids, tx), await self._accounts.many(accounts, tx))
        answers = tuple(
            row if isinstance(row, Answer) else self._judge(biller, batch, one, *row)
            for one, row in zip(told, rows, strict=True)
        )
        await self._write(biller, batch, tx)
        return answers

    async def withdraw(self, biller: Biller, bill: Bill, tx: Tx) -> Bill:
        """Raises BillNotPayable, BillBeingPaid."""
        return await self._end(biller, bill.withdrawn(self._clock.now()), bill, tx)

    async def miss(self, biller: Biller, bill: Bill, tx: Tx) -> Bill:
        """It is listed no more. Raises BillNotPayable, BillBeingPaid."""
        return await self._end(biller, bill.missing(self._clock.now()), bill, tx)

    async def _end(self, biller: Biller, gone: Bill, was: Bill, tx: Tx) -> Bill:
        await self._save(gone, was, tx)
        event = "bill.cleared" if gone.state is BillState.CLEARED else "bill.withdrawn"
        await self._tell(biller, [(event, gone)], tx)
        return gone

    def _read(self, biller: Biller, told: ToldBill) -> tuple[Account, Terms] | Answer:
        try:
            demand_number(told.number)
            if not 1 <= len(told.holder.strip()) <= 60:
                raise BillTermsUnfit("holder")
            number = biller.number.parsed(told.account)
            return self._accounts.new(biller.id, number, told.holder.strip()), told.terms
        except Outcome as wrong:
            return _refused(told, wrong)

    def _judge(self, biller: Biller, batch: _Batch, told: ToldBill, account: Account, terms: Terms) -> Answer:
        try:
            return self._applied(biller, batch, told, account, terms)
        except Outcome as wrong:
            return _refused(told, wrong)

    def _applied(self, biller: Biller, batch: _Batch, told: ToldBill, account: Account, terms: Terms) -> Answer:
        now, known = self._clock.now(), batch.bill(bill_id(biller.id, told.number))
        if known is None:
            old = batch.bill(bill_id(biller.id, told.replaces)) if told.replaces else None
            if old is not None and old.paid:  # else what was paid would be asked for again
                raise BillNotPayable(old.state.value)
            if old is not None and old.payable:
                batch.now[old.id] = old.superseded(now)
            new = issued(biller.id, biller.kind, account.id, told.number, terms, now, civil_day(now))
            batch.now[new.id] = new
            batch.holders[account.id] = account
            return Answer(told.number, TakenIn.ISSUED)
        if known.account != account.id:
            raise BillTermsUnfit("account")
        if not known.follows(terms):
            same = terms.version == known.terms.version
            return Answer(told.number, TakenIn.UNCHANGED if same else TakenIn.OUTDATED)
        batch.now[known.id] = known.changed(terms, now)
        batch.holders[account.id] = account
        return Answer(told.number, TakenIn.CHANGED)

    async def _write(self, biller: Biller, batch: _Batch, tx: Tx) -> None:
        named = [one for one in batch.holders.values() if not _same(batch.accounts.get(one.id), one)]
        await self._accounts.put(named, tx)
        await self._bills.add([bill for id_, bill in batch.now.items() if id_ not in batch.was], tx)
        for id_, was in batch.was.items():
            if id_ in batch.now:
                await self._save(batch.now[id_], was, tx)
        await self._tell(biller, _news(batch), tx)

    async def _save(self, changed: Bill, was: Bill, tx: Tx) -> None:
        """However many rows of a batch are of one bill, it is written once."""
        if not await self._bills.save(replace(changed, rev=was.rev + 1), was, tx):
            raise BillBeingPaid

    async def _tell(self, biller: Biller, news: Iterable[tuple[str, Bill]], tx: Tx) -> None:
        told = list(news)
        binders = await self._bound.binders({bill.account for _, bill in told}, tx)
        for event, bill in told:
            facts = {"bill": bill.id, "organisation": biller.id, "day": bill.terms.due.isoformat()}
            for citizen in binders.get(bill.account, ()):
                await self._outbox.add(event, citizen, tx, **facts)


class PushService:
    """The biller's side: his bills in batches, what he takes back, and how they stand."""

    def __init__(self, billers: BillerStore, bills: BillStore, intake: Intake, audit: Audit, once: Idempotency) -> None:
        self._billers = billers
        self._bills = bills
        self._intake = intake
        self._audit = audit
        self._once = once

    async def push(self, viewer: Viewer, told: Sequence[ToldBill], key: str) -> tuple[Answer, ...]:
        """Raises Forbidden, BadInput (more than 100, or none), BillerUnknown, IdempotencyConflict."""
        biller = await self._biller(viewer)
        if not 1 <= len(told) <= MOST_AT_ONCE:
            raise BadInput(field="bills")

        async def work(tx: Tx) -> tuple[Answer, ...]:
            answers = await self._intake.take(biller, told, tx)
            taken = sum(answer.outcome in (TakenIn.ISSUED, TakenIn.CHANGED) for answer in answers)
            await self._audit.record(viewer, "bills.pushed", biller.id, tx, rows=len(told), taken=taken)
            return answers

        return await self._once.once(Call.of(viewer, "pushBills", key, tuple(told)), _ANSWERS, work)

    async def withdraw(self, viewer: Viewer, number: str, key: str) -> Bill:
        """What a citizen has paid of it is given back first. Raises Forbidden, BillerUnknown, BillUnknown,
        BillNotPayable, BillBeingPaid, IdempotencyConflict.
        """
        biller = await self._biller(viewer)

        async def work(tx: Tx) -> str:
            bill = await self._bills.get(bill_id(biller.id, number), tx)
            if bill is None:
                raise BillUnknown
            if bill.paid > bill.refunded:
                raise BillNotPayable(bill.state.value)
            await self._intake.withdraw(biller, bill, tx)
            await self._audit.record(viewer, "bill.withdrawn", bill.id, tx)
            return bill.id

        id_ = await self._once.once(Call.of(viewer, "withdrawBill", key, number), _NUMBER, work)
        return await self._known(id_)

    async def mine(self, viewer: Viewer, state: BillState, request: PageRequest) -> Page[Bill]:
        """None of who is no biller (any more). Raises Forbidden."""
        try:
            return await self._bills.of_biller((await self._biller(viewer)).id, state, request)
        except BillerUnknown:
            return Page((), False)

    async def one(self, viewer: Viewer, number: str) -> Bill | None:
        """By the biller's own number. Raises Forbidden."""
        try:
            return await self._bills.get(bill_id((await self._biller(viewer)).id, number))
        except BillerUnknown:
            return None

    async def _biller(self, viewer: Viewer) -> Biller:
        """Who tries the interface out sends nobody a bill."""
        if viewer.test_mode:
            raise Forbidden
        found = await self._billers.get(viewer.provider(SCOPE))
        if found is None or not found.active:
            raise BillerUnknown
        return found

    async def _known(self, id_: str) -> Bill:
        found = await self._bills.get(id_)
        assert found is not None
        return found


def _news(batch: _Batch) -> Iterable[tuple[str, Bill]]:
    for id_, bill in batch.now.items():
        if id_ not in batch.was:
            yield "bill.issued", bill
        elif bill.payable:
            yield "bill.changed", bill


def _same(known: Account | None, told: Account) -> bool:
    return known is not None and known.holder == told.holder


def _refused(told: ToldBill, wrong: Outcome) -> Answer:
    return Answer(
        told.number[:64], TakenIn.REFUSED, wrong.code, str(wrong.data["field"]) if "field" in wrong.data else None
    )
