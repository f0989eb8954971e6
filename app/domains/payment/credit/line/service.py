"""Opening and closing a line, and what the score and what is overdue do to it.

The ledger guards its use: nothing is taken beyond the limit, and nothing from a line that is frozen or closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.money import Money
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.credit.line.errors import CreditLineMissing, CreditLineOpen, CreditScoreTooLow
from app.domains.payment.credit.line.model import AGREEMENT, CreditLine, LineState, own_limit, within
from app.domains.payment.credit.line.store import LineStore
from app.domains.payment.credit.rules.model import RuleSet
from app.domains.payment.credit.rules.service import RuleBook
from app.domains.payment.credit.score.errors import CreditNotJoined, CreditStillOwed, CreditTermsOutdated
from app.domains.payment.credit.score.model import Score
from app.domains.payment.credit.score.store import ScoreStore
from app.domains.payment.ledger.model import Balance, FreezeReason, credit_line
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.pins.service import PinService

_LINE = TypeAdapter(CreditLine)


@dataclass(frozen=True, slots=True)
class LineStanding:
    """A line with what is owed on it, held for treatments, and free."""

    line: CreditLine
    balance: Balance


class LineService:
    def __init__(
        self,
        db: Database,
        lines: LineStore,
        scores: ScoreStore,
        rules: RuleBook,
        ledger: Ledger,
        pins: PinService,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._lines = lines
        self._scores = scores
        self._rules = rules
        self._ledger = ledger
        self._pins = pins
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer) -> LineStanding | None:
        """None for who never had one."""
        line = await self._lines.get(viewer.self_only())
        return LineStanding(line, await self._ledger.balance(credit_line(line.citizen))) if line else None

    async def standing(self, line: CreditLine) -> LineStanding:
        return LineStanding(line, await self._ledger.balance(credit_line(line.citizen)))

    async def open(
        self, viewer: Viewer, agreement: int, most: int | None, key: str, pin: str | None = None
    ) -> CreditLine:
        """By agreement; `most` is a limit of one's own below what the score gives. By the PIN of who has one; for a
        limit beyond `NEEDED_ABOVE` one has to have one. Raises CreditTermsOutdated, CreditNotJoined, CreditScoreTooLow,
        CreditLimitInvalid, CreditLineOpen, PinNeeded, PinNotSet, PinWrong, PinLocked, IdempotencyConflict.
        """
        citizen = viewer.self_only()
        if agreement != AGREEMENT:
            raise CreditTermsOutdated(AGREEMENT)
        call = Call.of(viewer, "openCreditLine", key, agreement, most, pin)

        async def attempt() -> CreditLine:
            seen = await self._openable(citizen, most)
            await self._pins.demand_above(citizen, within(seen, most), pin, least=0)
            return await self._idempotency.once(call, _LINE, partial(work, seen))

        async def work(seen: int, tx: Tx) -> CreditLine:
            # A score that rose since is followed by the next count: the PIN was asked for by what was seen.
            given = min(await self._given(citizen, tx), seen)
            line = await self._opened(citizen, given, own_limit(most, given), tx)
            await self._ledger.open(credit_line(citizen), tx, limit=line.fen)
            await self._ledger.limit(credit_line(citizen), line.fen, tx)
            await self._audit.record(viewer, "credit_line.opened", citizen, tx, subject=citizen, agreement=agreement)
            return line

        return await self._idempotency.alike(call, _LINE, attempt)

    async def close(self, viewer: Viewer, key: str) -> CreditLine:
        """When nothing is owed or held. Raises CreditLineMissing, CreditStillOwed, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> CreditLine:
            line = await self._live(citizen, tx)
            return await self._closed(viewer, line, tx)

        return await self._idempotency.once(Call.of(viewer, "closeCreditLine", key), _LINE, work)

    async def follow(self, citizen: str, fen: int, tx: Tx) -> None:
        """The score gives so much now. What is used beyond a lower limit stays due as it was."""
        line = await self._lines.get(citizen, tx)
        if line is None or line.state is LineState.CLOSED or within(fen, line.most) == line.fen:
            return
        now = line.following(fen)
        await self._lines.save(now, line, tx)
        await self._ledger.limit(credit_line(citizen), now.fen, tx)
        await self._outbox.add("credit.limit_changed", citizen, tx, limit=Money(now.fen).spoken)

    async def end(self, by: Viewer, citizen: str, tx: Tx) -> None:
        """Close it, if there is one. Raises CreditStillOwed."""
        line = await self._lines.get(citizen, tx)
        if line is not None and line.state is not LineState.CLOSED:
            await self._closed(by, line, tx)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city uses no credit any more; what he owes stays owed. Safe to repeat."""

        async def work(tx: Tx) -> None:
            line = await self._lines.get(citizen, tx)
            if line is not None and line.state is not LineState.CLOSED:
                await self._lines.save(line.closed(self._clock.now()), line, tx)
                await self._ledger.limit(credit_line(citizen), 0, tx)
                await self._audit.record(by, "credit_line.closed", citizen, tx, subject=citizen)

        await self._db.transaction(work)

    async def freeze(self, citizen: str, tx: Tx) -> bool:
        """Nothing is used of it until what is overdue is repaid. False when it is not open."""
        line = await self._lines.get(citizen, tx)
        if line is None or line.state is not LineState.OPEN:
            return False
        await self._lines.save(line.frozen(self._clock.now()), line, tx)
        await self._ledger.freeze(credit_line(citizen), FreezeReason.OVERDUE, tx)
        await self._outbox.add("credit.frozen", citizen, tx)
        return True

    async def thaw(self, citizen: str, tx: Tx) -> bool:
        """What was overdue is repaid. False when it is not frozen."""
        line = await self._lines.get(citizen, tx)
        if line is None or line.state is not LineState.FROZEN:
            return False
        await self._lines.save(line.thawed(), line, tx)
        await self._ledger.unfreeze(credit_line(citizen), FreezeReason.OVERDUE, tx)
        await self._outbox.add("credit.unfrozen", citizen, tx)
        return True

    async def demand_live(self, citizen: str, tx: Tx) -> CreditLine:
        """Raises CreditLineMissing."""
        return await self._live(citizen, tx)

    async def in_state(self, state: LineState, request: PageRequest) -> Page[CreditLine]:
        """For the desk, by citizen."""
        return await self._lines.in_state(state, request)

    async def _openable(self, citizen: str, most: int | None) -> int:
        """What the score gives, before the PIN is looked at. Raises CreditNotJoined, CreditScoreTooLow,
        CreditLimitInvalid, CreditLineOpen.
        """
        given = _by(await self._scores.get(citizen), await self._rules.in_force())
        own_limit(most, given)
        line = await self._lines.get(citizen)
        if line is not None and line.state is not LineState.CLOSED:
            raise CreditLineOpen
        return given

    async def _given(self, citizen: str, tx: Tx) -> int:
        """What the score gives. Raises CreditNotJoined, CreditScoreTooLow."""
        # Written, not read alone: consent taken back at the same time would see no line, and leave this one open.
        return _by(await self._scores.touch(citizen, tx), await self._rules.in_force(tx))

    async def _opened(self, citizen: str, given: int, most: int | None, tx: Tx) -> CreditLine:
        """Raises CreditLineOpen."""
        was, now = await self._lines.get(citizen, tx), self._clock.now()
        if was is None:
            line = CreditLine(citizen, LineState.OPEN, within(given, most), most, AGREEMENT, now)
            await self._lines.add(line, tx)
            return line
        if was.state is not LineState.CLOSED:
            raise CreditLineOpen
        again = was.reopened(given, most, AGREEMENT, now)
        await self._lines.save(again, was, tx)
        return again

    async def _live(self, citizen: str, tx: Tx) -> CreditLine:
        line = await self._lines.get(citizen, tx)
        if line is None or line.state is LineState.CLOSED:
            raise CreditLineMissing
        return line

    async def _closed(self, by: Viewer, line: CreditLine, tx: Tx) -> CreditLine:
        """The account stays, at a limit of nothing: a line may be agreed to again. Raises CreditStillOwed."""
        account = credit_line(line.citizen)
        balance = await self._ledger.balance(account, tx)
        if balance.posted.fen or balance.held.fen:
            raise CreditStillOwed(Money(balance.posted.fen + balance.held.fen))
        closed = line.closed(self._clock.now())
        await self._lines.save(closed, line, tx)
        await self._ledger.limit(account, 0, tx)
        await self._audit.record(by, "credit_line.closed", line.citizen, tx, subject=line.citizen)
        return closed


def _by(score: Score | None, rules: RuleSet) -> int:
    """Raises CreditNotJoined, CreditScoreTooLow."""
    if score is None:
        raise CreditNotJoined
    if not (given := rules.limit_of(score.value)):
        raise CreditScoreTooLow(rules.least_for_a_line)
    return given
