"""Settling a day, and what becomes of its payouts.

    for each payee with postings since the last round, or with something left over, and each partner that takes points:
        read what was entered since his last settlement, and the points he took
        ──> one transaction: settlement, what it takes up, points for yuan, payout
    after that the payout is sent; a later round of the gateway sends what did not get through

A round that is killed midway is taken up by the next: what is settled is settled (one row a payee and day), and the day
counts as done at the end only. The money leaves the payee's account when the bank has it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import Outcome, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, DuplicateKey, Tx, is_unreachable
from app.core.paging import PageRequest
from app.core.traces import frames_of
from app.core.viewer import Viewer
from app.domains.payment.gateway.errors import GatewayRefused, PaymentGatewayMissing
from app.domains.payment.gateway.model import BankAccount
from app.domains.payment.gateway.payouts.model import Payout, PayoutPurpose, PayoutWanted
from app.domains.payment.gateway.payouts.service import Payouts
from app.domains.payment.ledger.folding.service import BEHIND
from app.domains.payment.ledger.folding.store import FoldStore
from app.domains.payment.ledger.model import TransferKind
from app.domains.payment.ledger.service import Ledger, cursor_of
from app.domains.payment.ledger.store import StatementFilter
from app.domains.payment.payments.model import PayeeKind
from app.domains.payment.reconciliation.model import bounds
from app.domains.payment.settlement.errors import (
    PayeeAccountMissing,
    SettlementDayNotOver,
    SettlementStateWrong,
    SettlementUnknown,
)
from app.domains.payment.settlement.model import (
    BEGINNING,
    Payee,
    Settlement,
    SettlementLine,
    SettlementState,
    is_own,
    line_of,
    settled,
)
from app.domains.payment.settlement.payees.store import PayeeStore
from app.domains.payment.settlement.redemptions.model import Redemption
from app.domains.payment.settlement.redemptions.service import Redeeming
from app.domains.payment.settlement.store import SettlementStore
from app.domains.payment.settlement.telling.service import PayeesTold

log = structlog.get_logger(__name__)
_DONE = TypeAdapter(bool)
_AT_ONCE = 1_000
_MOST_BACK = 31
NO_GATEWAY = "NO_GATEWAY"
STRAY = "STRAY"


@dataclass(slots=True)
class Round:
    """What a round did: how many settlements it made, how many fen are on their way by them, and how many payees could
    not be settled.
    """

    day: date
    made: int = 0
    paying: int = 0
    fen: int = 0
    failed: int = 0


class Settling:
    def __init__(
        self,
        db: Database,
        settlements: SettlementStore,
        payees: PayeeStore,
        folds: FoldStore,
        ledger: Ledger,
        payouts: Payouts,
        redeeming: Redeeming,
        told: PayeesTold,
        idempotency: Idempotency,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._settlements = settlements
        self._payees = payees
        self._folds = folds
        self._ledger = ledger
        self._payouts = payouts
        self._redeeming = redeeming
        self._told = told
        self._idempotency = idempotency
        self._audit = audit
        self._clock = clock
        payouts.register(PayoutPurpose.SETTLEMENT, self)

    async def run(self) -> list[Round]:
        """Yesterday, and the days before it that were missed."""
        yesterday = civil_day(self._clock.now() - BEHIND) - timedelta(days=1)
        last = await self._settlements.last_day()
        first = max(last + timedelta(days=1), yesterday - timedelta(days=_MOST_BACK)) if last else yesterday
        days = (first + timedelta(days=ahead) for ahead in range((yesterday - first).days + 1))
        return [await self.settle(day) for day in days]

    async def settle(self, day: date) -> Round:
        """All payees. A repeat settles what was left out. A day is over when nothing can be entered on it any more:
        its last transactions may commit a little after midnight. Raises SettlementDayNotOver.
        """
        if bounds(day)[1] + BEHIND > self._clock.now():
            raise SettlementDayNotOver
        done = Round(day)
        for payee in await self._to_settle(day):
            try:
                await self._in_round(payee, done)
            except Exception as fault:
                if is_unreachable(fault):
                    raise
                done.failed += 1  # the others are not to wait for what is wrong with this one
                log.error("payee not settled", payee=payee.id, day=day.isoformat(), traceback=frames_of(fault))
        if not done.failed:
            await self._settlements.day_done(day, self._clock.now())
        return done

    async def pay(self, viewer: Viewer, id_: str, key: str) -> Settlement:
        """Try again to pay out what was returned or held. Raises SettlementUnknown, SettlementStateWrong,
        PayeeAccountMissing, PaymentGatewayMissing, IdempotencyConflict.
        """

        async def work(tx: Tx) -> bool:
            was = await self._known(id_, tx)
            if (await self._payees.get(was.payee, tx)).hindrance:
                raise PayeeAccountMissing
            now = was.sent(new_id())
            await self._begin(now, tx)
            await self._save(now, was, tx)
            await self._audit.record(viewer, "settlement.paid_again", id_, tx, fen=was.total)
            return True

        await self._idempotency.once(Call.of(viewer, "paySettlement", key, id_), _DONE, work)
        await self._send(await self._known(id_))
        return await self._known(id_)

    # What the gateway's payouts ask of a room

    async def account(self, payout: Payout) -> BankAccount | None:
        """Asked for right before it is sent. Raises GatewayRefused: it is not to be sent, and fails for that reason."""
        one = await self._settlements.get(payout.about)
        if one is None:
            return None
        payee = await self._payees.get(one.payee)
        if not one.waits_for(payout.id):
            raise GatewayRefused(STRAY)
        if payee.stopped is not None:
            raise GatewayRefused(payee.hindrance)
        found = payee.account
        return BankAccount(found.number, found.holder) if found else None

    async def done(self, payout: Payout, tx: Tx) -> None:
        """The bank has it: it is owed to the payee no more. Of a payout that is not waited for nobody knows that."""
        was = await self._known(payout.about, tx)
        if not was.waits_for(payout.id):
            log.error("stray payout of a settlement", settlement=was.id, payout=payout.id)
            await self._ledger.post(was.stray(payout.id, payout.fen), tx)
            return
        await self._save(was.paid(self._clock.now()), was, tx)
        await self._ledger.post(was.wanted, tx)

    async def failed(self, payout: Payout, tx: Tx) -> None:
        """Tried again, or held back as its payee is by now, or left to the next settlement."""
        was, at = await self._known(payout.about, tx), self._clock.now()
        if not was.waits_for(payout.id):
            log.warning("stray payout of a settlement failed", settlement=was.id, payout=payout.id)
            return
        again, hindrance = was.tries_again(payout.reason), (await self._payees.get(was.payee, tx)).hindrance
        if hindrance and (again or hindrance == payout.reason):
            now = was.held(hindrance, at)
        elif again:
            now = was.sent_again(new_id())
            await self._begin(now, tx)
        else:
            now = was.returned(payout.reason, at)
            log.warning("settlement returned", settlement=was.id, reason=payout.reason)
        await self._save(now, was, tx)

    # One payee

    async def _in_round(self, payee: Payee, done: Round) -> None:
        try:
            made = await self._one(payee, done.day)
        except (DuplicateKey, SettlementStateWrong):
            return  # another worker settles this payee just now, or the desk pays what was left over
        if made is not None:
            done.made += 1
            done.paying += made.state is SettlementState.PAYING
            done.fen += made.total if made.state is SettlementState.PAYING else 0
            await self._send(made)

    async def _to_settle(self, day: date) -> list[Payee]:
        last, until = await self._settlements.last_day(), bounds(day)[1]
        # A repeat of the last day looks at it again; and a day before it was begun by whoever did not end it.
        since = bounds(min(last, day - timedelta(days=1)) if last else day)[0] if last else BEGINNING
        moved = await self._folds.sums({"busy": True, "at": {"$gte": since, "$lt": until}})
        found = {payee for one in moved if (payee := Payee.of(one.account))}
        found |= {Payee(PayeeKind.MERCHANT, one) for one in await self._redeeming.partners()}
        return sorted(found | set(await self._settlements.waiting()), key=lambda payee: payee.id)

    async def _one(self, payee: Payee, day: date) -> Settlement | None:
        last, until = await self._settlements.newest(payee), bounds(day)[1]
        if last is not None and last.day >= day:
            return None
        since = last.until if last else BEGINNING
        lines, redeemed = await self._lines(payee, since, until), await self._redeemed(payee, day)
        if redeemed is not None:
            lines.append(redeemed.line)
        seq = last.seq + 1 if last else 1

        async def work(tx: Tx) -> Settlement | None:
            left = await self._settlements.left_over(payee, tx)
            carried = sum(one.total for one in left)
            if not lines and carried <= 0:
                return None  # what is owed to the city stays with the last one until something comes
            new = settled(payee, day, seq, (since, until), lines, carried, self._clock.now())
            ready = await self._ready(new, tx)
            await self._settlements.add(ready, tx)
            if redeemed is not None:
                await self._redeeming.enter(redeemed, tx)
            await self._told.tell(ready, tx)
            for one in left:
                if not await self._settlements.carry(one, new.id, tx):
                    raise SettlementStateWrong(one.state.value)
            return ready

        return await self._db.transaction(work)

    async def _ready(self, new: Settlement, tx: Tx) -> Settlement:
        """With its payout, or held back, or carried over."""
        if new.total <= 0:
            return new
        hindrance = (await self._payees.get(new.payee, tx)).hindrance
        if hindrance:
            return replace(new, state=SettlementState.HELD, reason=hindrance)
        try:
            sent = new.sent(new_id())
            await self._begin(sent, tx)
        except PaymentGatewayMissing:
            return replace(new, state=SettlementState.HELD, reason=NO_GATEWAY)
        return sent

    async def _begin(self, one: Settlement, tx: Tx) -> None:
        """The payout of one on its way. Raises PaymentGatewayMissing."""
        assert one.payout is not None
        what = f"结算 {one.day.isoformat()}"
        owner = one.payee.organisation
        await self._payouts.begin(
            PayoutWanted(one.payout, PayoutPurpose.SETTLEMENT, owner, one.id, one.total, what), tx
        )

    async def _redeemed(self, payee: Payee, day: date) -> Redemption | None:
        return await self._redeeming.due(payee.organisation, day) if payee.kind is PayeeKind.MERCHANT else None

    async def _lines(self, payee: Payee, since: datetime, until: datetime) -> list[SettlementLine]:
        """What was entered on his account in that time, by kind."""
        sums: dict[TransferKind, SettlementLine] = {}
        within, after = StatementFilter(since, until), None
        while True:
            page = await self._ledger.statement(payee.account, PageRequest(_AT_ONCE, after), within)
            postings = [one for one in page.items if not is_own(one)]
            transfers = await self._ledger.transfers({one.transfer for one in postings})
            for one in postings:
                line = line_of(one, transfers.get(one.transfer))
                before = sums.get(line.kind)
                sums[line.kind] = before + line if before else line
            if not page.has_next:
                return [sums[kind] for kind in sorted(sums)]
            after = cursor_of(page.items[-1])

    async def _send(self, one: Settlement) -> None:
        """What does not get through now, a later round of the gateway sends."""
        if one.state is not SettlementState.PAYING or one.payout is None:
            return
        try:
            await self._payouts.send(one.payout)
        except (Outcome, Unavailable) as fault:
            log.warning("settlement not sent", settlement=one.id, fault=fault.code)

    async def _known(self, id_: str, tx: Tx | None = None) -> Settlement:
        found = await self._settlements.get(id_, tx)
        if found is None:
            raise SettlementUnknown
        return found

    async def _save(self, now: Settlement, was: Settlement, tx: Tx) -> None:
        """Raises SettlementStateWrong."""
        if not await self._settlements.save(now, was, tx):
            raise SettlementStateWrong(was.state.value)
        await self._told.tell(now, tx)
