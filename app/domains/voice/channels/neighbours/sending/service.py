"""The messenger: sends cases that are due to neighbouring cities, and makes what they say true here.

Any number of workers may run one. A case is held under a lease that outlives the slowest call; each city has its own
share of what goes on at once and its own circuit breaker, so that one that is dead stalls no other.

Before a case is posted that is noted. Posted once and not noted as taken, it may have arrived: then the city is asked
for it by the mark that ends its description, and it is posted again only when it is not there. A city that lists
nothing though it has some of ours is not asked twice in this way: somebody looks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from app.core.clock import Clock
from app.core.tallies import Counting, uncounted
from app.core.traces import frames_of
from app.domains.voice.channels.neighbours.model import MAYBE_THERE, OVERLAP, Neighbour, Pace, SentCase, SentState
from app.domains.voice.channels.neighbours.sending.model import Doors, Letter, Posted, Remote, Verdict
from app.domains.voice.channels.neighbours.store import Lease, NeighbourStore, SentCaseStore

log = structlog.get_logger()
LEASE = timedelta(seconds=120)
_AT_ONCE = 32
_MOST_PAGES = 10
_LOOK_BACK = timedelta(minutes=15)
_LONG_BACK = timedelta(days=80)  # GeoReport v2 lets ninety be asked for at once


class Cases(Protocol):
    async def letter(self, sent: SentCase) -> Letter | None:
        """What is told of it; None when it is not with the neighbouring city any more, or its words are gone."""
        ...

    async def taken(self, sent: SentCase, by: Neighbour) -> bool:
        """The city has begun with it. False when it cannot be so here."""
        ...


class Messenger:
    def __init__(
        self,
        neighbours: NeighbourStore,
        sent: SentCaseStore,
        doors: Doors,
        cases: Cases,
        clock: Clock,
        pace: Pace,
        count: Counting = uncounted,
    ) -> None:
        self._neighbours = neighbours
        self._sent = sent
        self._doors = doors
        self._cases = cases
        self._clock = clock
        self._pace = pace
        self._count = count

    async def round(self) -> int:
        """What is due, as much as there is room for; how much that was."""
        cities = {one.code: one for one in await self._neighbours.all() if not one.suspended}
        if not cities:
            return 0

        def free(code: str) -> int:
            return self._doors.room(code) if code in cities else 0

        leases = await self._sent.claim(self._clock.now(), LEASE, _AT_ONCE, free)
        await asyncio.gather(*(self._guarded(lease, cities[lease.sent.neighbour]) for lease in leases))
        return len(leases)

    async def _guarded(self, lease: Lease, city: Neighbour) -> None:
        try:
            await self._serve(lease, city)
        except Exception as error:  # the database is away: the lease ends, and somebody takes it up again
            log.warning("neighbour not served", error=type(error).__name__, traceback=frames_of(error))

    async def _serve(self, lease: Lease, city: Neighbour) -> None:
        key = await self._neighbours.key(city.code)
        if lease.sent.state is SentState.PROMISED:
            await self._settle(lease, await self._doors.redeem(city, key, lease.sent.token or ""), city)
            return
        letter = await self._cases.letter(lease.sent)
        if letter is None:
            await self._sent.note(lease, lease.sent.settled(self._clock.now(), "gone"), self._clock.now())
            return
        if lease.sent.attempt:
            found = await self._search(lease.sent, city, key)
            if found.verdict is not Verdict.REFUSED or found.code:  # there it is, or nobody knows
                await self._settle(lease, found, city)
                return
        begun = await self._sent.note(lease, lease.sent.begun())
        if begun is not None:
            form = letter.form(city, begun.sent.mark)
            await self._settle(begun, await self._doors.post(city, key, form, begun.sent.key), city)

    async def _search(self, sent: SentCase, city: Neighbour, key: str) -> Posted:
        """By its mark, among all that was filed there since: TAKEN, NOT_NOW, or REFUSED when it is not there; with a
        code when that means nothing.
        """
        since = sent.made_at - _LOOK_BACK
        for page in range(1, _MOST_PAGES + 1):
            heard = await self._doors.filed_since(city, key, since, page)
            if not heard.ok:
                return Posted(Verdict.NOT_NOW, code=heard.code)
            for one in heard.requests:
                if one.description.rstrip().endswith(sent.mark):
                    return Posted(Verdict.TAKEN, remote=one.id)
            if not heard.more:
                return Posted(Verdict.REFUSED) if heard.requests or page > 1 else await self._unlisted(city, key)
        return Posted(Verdict.NOT_NOW, code="too_many_to_search")

    async def _unlisted(self, city: Neighbour, key: str) -> Posted:
        """Nothing new is listed: because nothing new is there, or because it is not shown."""
        if not await self._sent.has_any(city.code):
            return Posted(Verdict.REFUSED)
        heard = await self._doors.filed_since(city, key, self._clock.now() - _LONG_BACK, 1)
        if not heard.ok:
            return Posted(Verdict.NOT_NOW, code=heard.code)
        return Posted(Verdict.REFUSED, code=None if heard.requests else MAYBE_THERE)

    async def _settle(self, lease: Lease, answer: Posted, city: Neighbour) -> None:
        self._count("neighbours", outcome=answer.verdict.value)
        now, sent = self._clock.now(), lease.sent
        match answer.verdict:
            case Verdict.TAKEN if answer.remote:
                taken = sent.taken(answer.remote, now)
                true_here = await self._cases.taken(taken, city)
                await self._sent.note(lease, taken if true_here else taken.apart("not_with_them"), now)
            case Verdict.PROMISED if answer.token or sent.token:
                promised = sent.promised(answer.token or sent.token or "", sent.sent_at or now)
                waited = now - (promised.sent_at or now)
                await self._sent.note(lease, promised, now + max(self._pace.backoff(1), waited / 10))
            case Verdict.REFUSED:
                await self._sent.note(lease, sent.refused(answer.code or "refused"), now)
            case _:
                tried = sent if sent.attempt else sent.begun()
                await self._sent.note(lease, tried.unheard(answer.code), now + self._pace.backoff(_tries(sent, now)))


def _tries(sent: SentCase, now: datetime) -> int:
    """Waits grow with how long it has been due: a city that is away for an hour is not asked every five seconds."""
    waited = max((now - sent.made_at).total_seconds(), 0.0)
    return 1 + min(int(waited // 10), 6)


class Listening(Protocol):
    async def say(self, sent: SentCase, remote: Remote, by: Neighbour) -> SentCase | None:
        """Make what the city says true here, with the row, in one transaction. None: somebody did meanwhile."""
        ...

    async def lost(self, sent: SentCase) -> None:
        """The city does not know it any more."""
        ...


class Listener:
    """Asks each city for what changed, one worker at a time."""

    def __init__(
        self,
        neighbours: NeighbourStore,
        sent: SentCaseStore,
        doors: Doors,
        cases: Listening,
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._neighbours = neighbours
        self._sent = sent
        self._doors = doors
        self._cases = cases
        self._clock = clock
        self._pace = pace

    async def round(self) -> int:
        """One city, if one is due."""
        now = self._clock.now()
        city = await self._neighbours.take_for_news(now, now + LEASE)
        if city is None:
            return 0
        heard_until: datetime | None = None
        try:
            if self._doors.room(city.code):
                heard_until = await self._hear(city, now)
        finally:
            await self._neighbours.heard(city.code, heard_until, now + self._pace.between_polls)
        return 1

    async def _hear(self, city: Neighbour, now: datetime) -> datetime | None:
        """Up to which moment everything is known; None when it is not."""
        key = await self._neighbours.key(city.code)
        whole = await self._changed(city, key, now) if city.asking is city.asking.CHANGED else None
        await self._unheard(city, key, now)
        return whole

    async def _changed(self, city: Neighbour, key: str, now: datetime) -> datetime | None:
        since = (city.heard_until or now - timedelta(days=1)) - OVERLAP
        for page in range(1, _MOST_PAGES + 1):
            heard = await self._doors.changed_since(city, key, since, page)
            if not heard.ok:
                return None
            await self._take({one.id: one for one in heard.requests}, city)
            if not heard.more:
                return now
        latest = [one.updated_at for one in heard.requests if one.updated_at]
        return max(latest) if latest else None  # the rest at the next time

    async def _unheard(self, city: Neighbour, key: str, now: datetime) -> None:
        """Those it said nothing of for long, by their numbers: a city may not say by itself that something changed."""
        quiet = self._pace.between_polls * (10 if city.asking is city.asking.CHANGED else 1)
        waiting = await self._sent.longest_unheard(city.code, now - quiet, 50)
        if not waiting:
            return
        heard = await self._doors.these(city, key, [one.remote for one in waiting if one.remote])
        if not heard.ok:
            return
        told = {one.id: one for one in heard.requests}
        await self._take(told, city)
        missing = [one for one in waiting if one.remote not in told]
        for one in missing:
            if one.lost_at_this_look:
                await self._cases.lost(one)
        await self._sent.silent([one.case for one in missing], now)
        await self._sent.touch([one.case for one in waiting if one.remote in told], now)

    async def _take(self, told: Mapping[str, Remote], city: Neighbour) -> None:
        ours: Collection[SentCase] = (await self._sent.known(city.code, list(told))).values()
        for sent in ours:
            remote = told[sent.remote or ""]
            if remote.said != sent.said:
                await self._cases.say(sent, remote, city)
            elif sent.silent:
                await self._sent.touch([sent.case], self._clock.now())
