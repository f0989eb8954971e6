"""Idempotency, outbox, limits, signing keys, changes and slots: what holds when processes race and die."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from pydantic import TypeAdapter
from pymongo.errors import AutoReconnect, OperationFailure

from app.core.changes import Changes
from app.core.errors import Outcome, RateLimited
from app.core.idempotency import Call, Idempotency, IdempotencyConflict
from app.core.keys import TIMING, KeyUse, SigningKeys
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.outbox import MOST_ATTEMPTS, Claim, Outbox
from app.core.viewer import Role, Viewer
from app.jobs.slots import Slots
from tests.stores.support import RING, at_once, bytes_of, shaped, stored
from tests.support.api import soon
from tests.support.fakes import MovableClock

TEXT = TypeAdapter(str)
CITIZEN = Viewer(role=Role.CITIZEN, actor="c", subject="c")
CALL = Call.of(CITIZEN, "op", "key-00001", "content")


class Refused(Outcome):
    pass


class Work:
    """Leaves one row each time it is done."""

    def __init__(self, db: Database, reply: str = "done") -> None:
        self.db, self.reply = db, reply

    async def __call__(self, tx: Tx) -> str:
        await self.db["audit"].insert_one({}, session=tx)
        return self.reply

    async def times(self) -> int:
        return len(await stored(self.db, "audit"))


@pytest.fixture
async def once(db: Database, clock: MovableClock) -> Idempotency:
    await shaped(db, "idempotency", "audit")
    return Idempotency(db, RING, clock)


async def test_a_repeated_call_is_answered_without_being_done_again(db: Database, once: Idempotency) -> None:
    work = Work(db)
    assert [await once.once(CALL, TEXT, work) for _ in range(3)] == ["done"] * 3
    assert await once.replay(CALL, TEXT) == "done"
    assert await work.times() == 1


async def test_twenty_calls_at_once_are_done_once(db: Database, once: Idempotency) -> None:
    work = Work(db)
    assert await at_once(20, lambda _: once.once(CALL, TEXT, work)) == ["done"] * 20
    assert await work.times() == 1


async def test_other_content_under_the_same_key_is_a_conflict(db: Database, once: Idempotency) -> None:
    work = Work(db)
    await once.once(CALL, TEXT, work)
    with pytest.raises(IdempotencyConflict):
        await once.once(Call.of(CITIZEN, "op", "key-00001", "other"), TEXT, work)
    assert await work.times() == 1


async def test_what_fails_leaves_nothing_and_may_be_tried_again(db: Database, once: Idempotency) -> None:
    work = Work(db)

    async def failing(tx: Tx) -> str:
        await work(tx)
        raise Refused

    with pytest.raises(Refused):
        await once.once(CALL, TEXT, failing)
    assert (await work.times(), await stored(db, "idempotency")) == (0, [])
    assert await once.once(CALL, TEXT, work) == "done"


async def test_an_expired_record_is_replaced(db: Database, once: Idempotency, clock: MovableClock) -> None:
    await once.once(CALL, TEXT, Work(db, "first"), kept=timedelta(minutes=5))
    clock.advance(minutes=5)
    assert await once.replay(CALL, TEXT) is None
    assert await once.once(CALL, TEXT, Work(db, "second"), kept=timedelta(minutes=5)) == "second"
    assert len(await stored(db, "idempotency")) == 1


async def test_a_forgotten_call_may_be_done_again(db: Database, once: Idempotency) -> None:
    work = Work(db)
    await once.once(CALL, TEXT, work)
    await once.forget(CALL)
    await once.once(CALL, TEXT, work)
    assert await work.times() == 2


async def test_kept_replies_and_contents_cannot_be_read(db: Database, once: Idempotency) -> None:
    await once.once(Call.of(CITIZEN, "op", "key-00002", "林晓梅"), TEXT, Work(db, "refresh-token-in-clear"))
    kept = bytes_of(await stored(db, "idempotency"))
    assert b"refresh-token" not in kept
    assert "林晓梅".encode() not in kept


@pytest.fixture
async def outbox(db: Database, clock: MovableClock) -> Outbox:
    await shaped(db, "outbox")
    return Outbox(db, clock)


async def add(db: Database, outbox: Outbox, count: int = 1) -> list[str]:
    async def work(tx: Tx) -> list[str]:
        return [await outbox.add("card.issued", "c", tx, card=f"card-{n}") for n in range(count)]

    return await db.transaction(work)


async def test_an_event_is_claimed_once_until_its_lease_ends(db: Database, outbox: Outbox, clock: MovableClock) -> None:
    (event,) = await add(db, outbox)
    (claim,) = await outbox.claim()
    assert (claim.event.id, claim.event.type, claim.event.citizen) == (event, "card.issued", "c")
    assert (claim.event.facts, claim.attempt) == ({"card": "card-0"}, 1)
    assert await outbox.claim() == []
    clock.advance(seconds=31)
    (again,) = await outbox.claim()
    assert (again.event, again.attempt) == (claim.event, 2)
    assert again.fence != claim.fence


async def test_an_event_of_a_change_that_failed_is_not_there(db: Database, outbox: Outbox) -> None:
    async def work(tx: Tx) -> None:
        await outbox.add("card.issued", "c", tx)
        raise Refused

    with pytest.raises(Refused):
        await db.transaction(work)
    assert await outbox.claim() == []
    assert await outbox.oldest() is None


async def test_of_many_workers_each_row_is_held_by_one(db: Database, outbox: Outbox) -> None:
    events = await add(db, outbox, 30)
    rounds: list[Any] = await at_once(6, lambda _: outbox.claim(30))
    held = [claim.event.id for claims in rounds for claim in claims]
    assert sorted(held) == sorted(events)


async def test_a_worker_that_lost_its_lease_settles_nothing(db: Database, outbox: Outbox, clock: MovableClock) -> None:
    await add(db, outbox)
    (late,) = await outbox.claim()
    clock.advance(seconds=31)
    (holder,) = await outbox.claim()
    assert not await outbox.done(late)
    assert not await outbox.again(late, timedelta(0), "late")
    assert await outbox.done(holder)
    assert not await outbox.done(holder)
    clock.advance(days=1)
    assert await outbox.claim() == []


async def test_a_row_put_off_comes_again_after_its_wait_and_dies_after_the_last(
    db: Database, outbox: Outbox, clock: MovableClock
) -> None:
    await add(db, outbox)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        (claim,) = await outbox.claim()
        assert claim.attempt == attempt
        assert await outbox.again(claim, timedelta(seconds=5), "Unavailable")
        clock.advance(seconds=4)
        assert await outbox.claim() == []
        clock.advance(seconds=2)
    assert await outbox.claim() == []
    (row,) = await stored(db, "outbox")
    assert (row["state"], row["reason"], row["attempt"]) == ("dead", "Unavailable", MOST_ATTEMPTS)


async def test_older_events_are_claimed_first(db: Database, outbox: Outbox, clock: MovableClock) -> None:
    events = []
    for _ in range(4):
        events += await add(db, outbox)
        clock.advance(seconds=1)
    claims: list[Claim] = await outbox.claim(3)
    assert [claim.event.id for claim in claims] == events[:3]


FIVE = Limit("five", 5, timedelta(minutes=10))


async def test_of_fifty_at_once_exactly_the_limit_passes(db: Database, clock: MovableClock) -> None:
    limits = Limits(await shaped(db, "limits"), RING, clock)
    done = await at_once(50, lambda _: limits.take(FIVE, "phone"))
    assert sum(result is None for result in done) == 5
    assert {type(result) for result in done if result is not None} == {RateLimited}
    assert all(0 < result.retry_after <= 600 for result in done if isinstance(result, RateLimited))
    assert await limits.take(FIVE, "other phone") is None


class FixedClock:
    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 8, 9, 59, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


async def test_a_new_window_has_room_again(db: Database) -> None:
    clock = FixedClock()
    limits = Limits(await shaped(db, "limits"), RING, clock)
    one = Limit("one", 1, timedelta(minutes=10))
    await limits.take(one, "s")
    with pytest.raises(RateLimited) as full:
        await limits.take(one, "s")
    assert full.value.retry_after == 1
    clock.at += timedelta(seconds=1)
    await limits.take(one, "s")


async def test_two_processes_that_start_first_share_one_key_of_each_use(db: Database, clock: MovableClock) -> None:
    await shaped(db, "signing_keys")
    processes = [SigningKeys(db, RING, clock) for _ in range(2)]
    assert await asyncio.gather(*(keys.load() for keys in processes)) == [None, None]
    assert len(await stored(db, "signing_keys")) == len(KeyUse)
    for use in KeyUse:
        one, other = (keys.signing(use) for keys in processes)
        assert one.private.private_bytes_raw() == other.private.private_bytes_raw()


async def test_private_keys_are_sealed(db: Database, clock: MovableClock) -> None:
    keys = SigningKeys(await shaped(db, "signing_keys"), RING, clock)
    await keys.load()
    kept = bytes_of(await stored(db, "signing_keys"))
    assert all(keys.signing(use).private.private_bytes_raw() not in kept for use in KeyUse)


@pytest.mark.parametrize("use", KeyUse)
async def test_a_new_key_is_known_before_it_signs_and_the_old_one_after(
    db: Database, clock: MovableClock, use: KeyUse
) -> None:
    keys = SigningKeys(await shaped(db, "signing_keys"), RING, clock)
    await keys.load()
    old = keys.signing(use)
    new = await keys.rotate(use)
    assert keys.signing(use).id == old.id
    assert {key.id for key in keys.published(use)} == {old.id, new.id}
    clock.advance(seconds=TIMING[use].lead.total_seconds())
    assert keys.signing(use).id == new.id
    clock.advance(seconds=TIMING[use].overlap.total_seconds() - 1)
    found = keys.find(use, old.id)
    assert found is not None
    found.public.verify(old.private.sign(b"a token of yesterday"), b"a token of yesterday")
    clock.advance(seconds=1)
    assert keys.find(use, old.id) is None
    assert keys.find(use, new.id) is not None


async def test_a_key_put_in_at_once_is_the_one_that_is_named_and_signs(db: Database, clock: MovableClock) -> None:
    keys = SigningKeys(await shaped(db, "signing_keys"), RING, clock)
    await keys.load()
    await keys.rotate(KeyUse.CARD)  # one that waits a day
    urgent = await keys.rotate(KeyUse.CARD, at_once=True)
    assert keys.signing(KeyUse.CARD).id == urgent.id


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_key_that_cannot_be_noted_is_not_made(db: Database, clock: MovableClock, at_once: bool) -> None:
    keys = SigningKeys(await shaped(db, "signing_keys"), RING, clock)
    await keys.load()

    async def refuses(key: str, tx: Tx) -> None:
        raise ValueError(key)

    with pytest.raises(ValueError, match="card-0002"):
        await keys.rotate(KeyUse.CARD, at_once=at_once, noted=refuses)
    cards = [row for row in await stored(db, "signing_keys") if row["use"] == "card"]
    assert [(row["_id"], row.get("withdrawn", False)) for row in cards] == [("card-0001", False)]


async def test_the_first_key_serves_a_process_whose_clock_is_behind(db: Database, clock: MovableClock) -> None:
    await SigningKeys(await shaped(db, "signing_keys"), RING, clock).load()
    behind = MovableClock()
    behind.advance(seconds=-5)
    keys = SigningKeys(db, RING, behind)
    await keys.load()
    assert keys.signing(KeyUse.SESSION).id == "session-0001"


class Watched:
    """A started `Changes`, and what its callbacks were told."""

    def __init__(self, db: Database) -> None:
        self.changes = Changes(db, {"inbox": "citizen"})
        self.rows: list[Any] = []
        self.reloads, self.reloaded, self.heard = 0, asyncio.Event(), asyncio.Event()
        self.changes.on("revocations", self._changed, self._reload)

    def _changed(self, row: Any) -> None:
        self.rows.append(row)
        self.heard.set()

    async def _reload(self) -> None:
        self.reloads += 1
        if self.reloads > 1:
            self.reloaded.set()


@pytest.fixture
async def watched(db: Database) -> AsyncIterator[Watched]:
    await shaped(db, "inbox", "revocations")
    watched = Watched(db)
    await watched.changes.start()
    yield watched
    await watched.changes.stop()


def letter(citizen: str, number: int) -> dict[str, Any]:
    return {"_id": f"{citizen}-{number}", "citizen": citizen, "message": str(number)}


async def test_an_owner_sees_his_rows_and_nobody_elses(db: Database, watched: Watched) -> None:
    async with watched.changes.of("inbox", "a") as mine, watched.changes.of("inbox", "b") as theirs:
        await db["inbox"].insert_many([letter("a", 1), letter("b", 1), letter("c", 1), letter("a", 2)])
        seen = [(await asyncio.wait_for(anext(mine), 20))["_id"] for _ in range(2)]
        assert (await asyncio.wait_for(anext(theirs), 20))["_id"] == "b-1"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(theirs), 0.1)
    assert seen == ["a-1", "a-2"]


async def test_a_cache_reads_all_at_the_start_and_hears_each_change(db: Database, watched: Watched) -> None:
    await db["revocations"].insert_one({"_id": "s"})
    await asyncio.wait_for(watched.heard.wait(), 20)
    assert (watched.reloads, watched.rows) == (1, [{"_id": "s"}])


async def test_a_reader_too_slow_is_cut_off(db: Database, watched: Watched) -> None:
    async with watched.changes.of("inbox", "slow") as slow, watched.changes.of("inbox", "quick") as quick:
        await db["inbox"].insert_many([letter("slow", n) for n in range(150)])
        await db["inbox"].insert_one(letter("quick", 1))
        assert (await asyncio.wait_for(anext(quick), 10))["_id"] == "quick-1"  # the rows before it were handed on
        got = [row async for row in slow]
    assert len(got) < 150, "it was cut off, and ends"


async def test_stopping_ends_the_subscriptions(watched: Watched) -> None:
    async with watched.changes.of("inbox", "a") as mine:
        await watched.changes.stop()
        assert [row async for row in mine] == []


class BreakingStream:
    def __init__(self, stream: Any, database: BreakingDatabase) -> None:
        self._stream, self._database = stream, database

    @property
    def alive(self) -> bool:
        return bool(self._stream.alive)

    async def try_next(self) -> Any:
        if self._database.breaks:
            self._database.breaks = False
            await self._database.gap()
            raise OperationFailure("the history is gone", 286) if self._database.lost else AutoReconnect("stepped down")
        return await self._stream.try_next()


class BreakingDatabase:
    """Stands before a database whose stream breaks when told; a row is written in the gap. `lost`: history is gone."""

    def __init__(self, db: Database) -> None:
        self._db, self.breaks, self.lost = db, False, False

    async def gap(self) -> None:
        await self._db["inbox"].insert_one(letter("a", 2))

    @asynccontextmanager
    async def watch(self, pipeline: Any, resume: Any = None) -> AsyncIterator[BreakingStream]:
        async with self._db.watch(pipeline, resume) as stream:
            yield BreakingStream(stream, self)


@pytest.fixture
async def breaking(db: Database) -> AsyncIterator[tuple[BreakingDatabase, Watched]]:
    breaking = BreakingDatabase(await shaped(db, "inbox", "revocations"))
    watched = Watched(breaking)  # type: ignore[arg-type]
    await watched.changes.start()
    yield breaking, watched
    await watched.changes.stop()


async def test_a_broken_stream_goes_on_after_the_last_change_seen(
    db: Database, breaking: tuple[BreakingDatabase, Watched]
) -> None:
    database, watched = breaking
    async with asyncio.timeout(20), watched.changes.of("inbox", "a") as mine:
        await db["inbox"].insert_one(letter("a", 1))
        seen = [(await anext(mine))["_id"]]
        database.breaks = True
        seen.append((await anext(mine))["_id"])
    assert (seen, watched.reloads) == (["a-1", "a-2"], 1)


@pytest.mark.parametrize("lost", [True, False], ids=["history lost", "no change was seen yet"])
async def test_after_a_gap_caches_read_again_and_subscriptions_end(
    db: Database, breaking: tuple[BreakingDatabase, Watched], lost: bool
) -> None:
    database, watched = breaking
    async with asyncio.timeout(20), watched.changes.of("inbox", "a") as mine:
        if lost:
            await db["inbox"].insert_one(letter("a", 1))
            await anext(mine)
        database.lost, database.breaks = lost, True
        assert [row async for row in mine] == [], "it ends, so that the client asks for what it missed"
        await watched.reloaded.wait()
    assert watched.reloads == 2


NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


async def test_of_many_workers_one_runs_a_slot(db: Database, clock: MovableClock) -> None:
    await shaped(db, "slots")
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)

    workers = [Slots(db, clock) for _ in range(5)]
    done = await at_once(5, lambda n: workers[n].run_once("job", NINE, work))
    assert sorted(done, key=bool) == [False] * 4 + [True]
    assert await workers[0].run_once("job", NINE + timedelta(days=1), work)
    assert not await workers[0].run_once("job", NINE, work)
    assert runs == [1, 1]


async def test_a_slot_whose_worker_died_is_taken_over_by_one_when_the_lease_ends(
    db: Database, clock: MovableClock
) -> None:
    await shaped(db, "slots")
    runs: list[int] = []

    async def dies() -> None:
        await asyncio.Event().wait()

    async def work() -> None:
        runs.append(1)

    owner = asyncio.create_task(Slots(db, clock).run_once("job", NINE, dies))
    await soon(lambda: db["slots"].count_documents({}))
    workers = [Slots(db, clock) for _ in range(4)]
    assert await workers[0].abandoned() == []
    assert not await workers[0].run_once("job", NINE, work)
    clock.advance(minutes=2)
    assert await workers[0].abandoned() == [("job", NINE)]
    assert sorted(await at_once(4, lambda n: workers[n].run_once("job", NINE, work)), key=bool)[-1] is True
    assert runs == [1]
    assert await workers[0].abandoned() == []
    owner.cancel()
    await asyncio.gather(owner, return_exceptions=True)
    assert [row["outcome"] for row in await stored(db, "slots")] == ["done"], "who comes too late settles nothing"


async def test_a_late_riser_does_not_settle_what_was_taken_over(db: Database, clock: MovableClock) -> None:
    await shaped(db, "slots")
    begun, finish = asyncio.Event(), asyncio.Event()

    async def at_it() -> None:
        begun.set()
        await finish.wait()

    async def sleeps_until_another_has_begun() -> None:
        clock.advance(minutes=3)
        takers.append(asyncio.create_task(Slots(db, clock).run_once("job", NINE, at_it)))
        await begun.wait()

    takers: list[asyncio.Task[bool]] = []
    await Slots(db, clock).run_once("job", NINE, sleeps_until_another_has_begun)
    assert [row["done_at"] for row in await stored(db, "slots")] == [None], "the late one settled it"
    finish.set()
    assert await takers[0] is True
    assert [row["done_at"] is None for row in await stored(db, "slots")] == [False]


async def test_a_stream_stops_also_when_its_cancellation_is_lost(db: Database) -> None:
    """As Python 3.11's wait_for loses it, when it comes in the moment in which the driver has its answer."""

    class Deaf:
        def __init__(self) -> None:
            self.alive, self.cancelled = True, 0

        async def try_next(self) -> None:
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                self.cancelled += 1

    stream = Deaf()

    class Streams:
        @asynccontextmanager
        async def watch(self, *_: object) -> AsyncIterator[Deaf]:
            yield stream

    changes = Changes(cast(Database, Streams()), {"inbox": "citizen"})
    await changes.start()
    await asyncio.sleep(0.02)
    async with asyncio.timeout(20):
        await changes.stop()
    assert stream.cancelled == 1
