"""Agreeing to be counted, being counted, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Protocol

import structlog
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import CITY_TIME, Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx, is_unreachable
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.credit.rules.model import FactorCode, RuleSet, Share
from app.domains.payment.credit.rules.service import RuleBook
from app.domains.payment.credit.score.errors import (
    CreditForAdultsOnly,
    CreditJoined,
    CreditNotJoined,
    CreditTermsOutdated,
)
from app.domains.payment.credit.score.model import (
    TERMS,
    Adjustment,
    Cause,
    Counted,
    PastScore,
    Score,
    month_of,
    months_before,
    reckoned,
)
from app.domains.payment.credit.score.store import ScoreStore
from virtual_card.cards.errors import NotVerified

log = structlog.get_logger()
_SCORE = TypeAdapter(Score)
_GONE = TypeAdapter(bool)
_RECOUNTS = Limit("credit-recounts", 5, timedelta(days=1))
_AT_ONCE = 200
ADULT = 18


class Facts(Protocol):
    """What is known of a citizen by the published factors, one question each: nothing else can be asked."""

    async def identity(self, citizen: str) -> bool:
        """Whether his name was checked at the civil registry."""
        ...

    async def bills(self, citizen: str, since: datetime, until: datetime) -> Share:
        """Bills that he paid in that time: by their due day, or after it."""
        ...

    async def dues(self, citizen: str, since: datetime, until: datetime) -> Share:
        """What he paid by credit and was due in that time: repaid by then, or not."""
        ...

    async def appointments(self, citizen: str, since: datetime, until: datetime) -> Share:
        """Appointments of that time: kept, or missed."""
        ...

    async def volunteering(self, citizen: str, since: datetime, until: datetime) -> int:
        """How often in that time, as an organiser confirmed."""
        ...


class People(Protocol):
    async def of_age(self, citizen: str, years: int, on: date) -> bool:
        """Whether this citizen is at least so old."""
        ...


class Lines(Protocol):
    """The credit line that hangs on a score."""

    async def follow(self, citizen: str, fen: int, tx: Tx) -> None:
        """The score gives so much now."""
        ...

    async def end(self, by: Viewer, citizen: str, tx: Tx) -> None:
        """Close it, if there is one. Raises CreditStillOwed."""
        ...


class Appeals(Protocol):
    async def withdraw(self, citizen: str, at: datetime, tx: Tx) -> None:
        """What he appealed against is gone: an open appeal waits for no answer any more."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """A score with the rules it was made by, and what the line may be of."""

    score: Score
    rules: RuleSet
    fen: int


class ScoreService:
    def __init__(
        self,
        db: Database,
        scores: ScoreStore,
        rules: RuleBook,
        facts: Facts,
        people: People,
        lines: Lines,
        appeals: Appeals,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._scores = scores
        self._rules = rules
        self._facts = facts
        self._people = people
        self._lines = lines
        self._appeals = appeals
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer) -> Standing | None:
        """None for who never agreed to be counted."""
        score = await self._scores.get(viewer.self_only())
        if score is None:
            return None
        rules = await self._rules.version(score.reckoning.version) or await self._rules.in_force()
        return Standing(score, rules, rules.limit_of(score.value))

    async def history(self, viewer: Viewer, request: PageRequest) -> Page[PastScore]:
        return await self._scores.history(viewer.self_only(), request)

    async def join(self, viewer: Viewer, terms: int, key: str) -> Score:
        """Agree to be counted; he is counted at once. Raises CreditTermsOutdated, NotVerified, CreditForAdultsOnly,
        CreditJoined, IdempotencyConflict.
        """
        citizen = viewer.self_only()
        if terms != TERMS:
            raise CreditTermsOutdated(TERMS)
        rules, now = await self._rules.in_force(), self._clock.now()
        await self._demand_grown(citizen)
        counted = await self._count(citizen, rules, now)

        async def work(tx: Tx) -> Score:
            if await self._scores.get(citizen, tx) is not None:
                raise CreditJoined
            first = reckoned(counted, rules, (), now, Cause.JOINED)
            score = Score(citizen, terms, now, month_of(civil_day(now)), first)
            await self._scores.add(score, tx)
            await self._audit.record(viewer, "credit.joined", citizen, tx, subject=citizen, terms=terms)
            return score

        return await self._idempotency.once(Call.of(viewer, "joinCredit", key, terms), _SCORE, work)

    async def leave(self, viewer: Viewer, key: str) -> bool:
        """Take the consent back: score, history and line end. Raises CreditNotJoined, CreditStillOwed,
        IdempotencyConflict.
        """
        citizen = viewer.self_only()

        async def work(tx: Tx) -> bool:
            if await self._scores.get(citizen, tx) is None:
                raise CreditNotJoined
            await self._end(viewer, citizen, tx)
            return True

        return await self._idempotency.once(Call.of(viewer, "leaveCredit", key), _GONE, work)

    async def recount(self, viewer: Viewer, key: str) -> Score:
        """On demand, five times a day. Raises CreditNotJoined, RateLimited, IdempotencyConflict."""
        citizen, call = viewer.self_only(), Call.of(viewer, "recountCredit", key)
        before = await self._idempotency.replay(call, _SCORE)
        if before is not None:
            return before
        counted, rules, now = await self._counted(citizen)

        async def work(tx: Tx) -> Score:
            await self._limits.count(_RECOUNTS, citizen, tx)
            return await self._entered(citizen, counted, rules, now, Cause.ASKED, tx)

        return await self._idempotency.once(call, _SCORE, work)

    async def count_month(self) -> int:
        """Everybody who agreed, once a month; how many. Safe to repeat and to break off."""
        done, after = 0, ""
        month = month_of(civil_day(self._clock.now()))
        while citizens := await self._scores.to_count(month, after, _AT_ONCE):
            for citizen in citizens:
                done += await self._counted_in_turn(citizen)
            after = citizens[-1]
        return done

    async def _counted_in_turn(self, citizen: str) -> bool:
        """What one of them stumbles over is logged, and the others do not wait: a later round counts him."""
        try:
            counted, rules, now = await self._counted(citizen)
            entered = await self._db.transaction(partial(self._entered_if_there, citizen, counted, rules, now))
        except CreditNotJoined:  # he took his consent back since the list was read
            return False
        except Exception as error:
            if is_unreachable(error):
                raise
            log.exception("score not counted")
            return False
        return entered is not None

    async def adjust(self, citizen: str, adjustment: Adjustment | None, tx: Tx) -> Score:
        """After an appeal: counted again, with the points it brought. Raises CreditNotJoined."""
        counted, rules, now = await self._counted(citizen)
        return await self._entered(citizen, counted, rules, now, Cause.APPEAL, tx, adjustment)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city is not counted any more. What he owes stays owed. Safe to repeat."""

        async def work(tx: Tx) -> None:
            await self._scores.drop(citizen, tx)

        await self._db.transaction(work)

    async def _end(self, viewer: Viewer, citizen: str, tx: Tx) -> None:
        await self._lines.end(viewer, citizen, tx)
        await self._appeals.withdraw(citizen, self._clock.now(), tx)
        await self._scores.drop(citizen, tx)
        await self._audit.record(viewer, "credit.left", citizen, tx, subject=citizen)

    async def _entered_if_there(
        self, citizen: str, counted: Counted, rules: RuleSet, now: datetime, tx: Tx
    ) -> Score | None:
        """He may have taken his consent back since the list was read."""
        if await self._scores.get(citizen, tx) is None:
            return None
        return await self._entered(citizen, counted, rules, now, Cause.MONTHLY, tx)

    async def _entered(
        self,
        citizen: str,
        counted: Counted,
        rules: RuleSet,
        now: datetime,
        cause: Cause,
        tx: Tx,
        adjustment: Adjustment | None = None,
    ) -> Score:
        was = await self._scores.get(citizen, tx)
        if was is None:
            raise CreditNotJoined
        base, today = was.adjusted(adjustment) if adjustment else was, civil_day(now)
        fresh = reckoned(counted, rules, base.standing_on(today), now, cause)
        score = base.reckoned(fresh, month_of(today))
        # Rivals meet at this row: one of them is turned back by the database, and reads again.
        await self._scores.save(score, was, tx)
        await self._lines.follow(citizen, rules.limit_of(score.value), tx)
        if cause is Cause.MONTHLY and score.value != was.value:
            await self._outbox.add("credit.score_changed", citizen, tx, score=score.value, before=was.value)
        return score

    async def _counted(self, citizen: str) -> tuple[Counted, RuleSet, datetime]:
        """Read beforehand: what other rooms know is no part of the transaction."""
        rules, now = await self._rules.in_force(), self._clock.now()
        if await self._scores.get(citizen) is None:
            raise CreditNotJoined
        return await self._count(citizen, rules, now), rules, now

    async def _count(self, citizen: str, rules: RuleSet, now: datetime) -> Counted:
        def since(code: FactorCode) -> datetime:
            first = months_before(civil_day(now), rules.rule(code).months)
            return datetime.combine(first, time(), CITY_TIME)

        facts = self._facts
        return Counted(
            identity=await facts.identity(citizen),
            bills=await facts.bills(citizen, since(FactorCode.BILLS), now),
            dues=await facts.dues(citizen, since(FactorCode.DUES), now),
            appointments=await facts.appointments(citizen, since(FactorCode.APPOINTMENTS), now),
            volunteering=await facts.volunteering(citizen, since(FactorCode.VOLUNTEERING), now),
        )

    async def _demand_grown(self, citizen: str) -> None:
        """Raises NotVerified, CreditForAdultsOnly."""
        if not await self._facts.identity(citizen):
            raise NotVerified
        if not await self._people.of_age(citizen, ADULT, civil_day(self._clock.now())):
            raise CreditForAdultsOnly
