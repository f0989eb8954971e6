"""The chain grows by whole batches, whoever seals; its heads are signed; what is too old is cut under a signed cut."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from bson import ObjectId
from pydantic import ValidationError

from app.core.audit.chain import BATCH, HEAD_EVERY, AuditChain
from app.core.audit.errors import ChainBroken
from app.core.audit.model import FIRST_PREV, hash_of
from app.core.audit.statements import Kind, Standing, head_of
from app.core.audit.store import ChainStore
from app.core.audit.verify import FIRST_HEAD_WITHIN, SEALED_WITHIN, Fault, Wrong
from app.core.errors import Outcome
from app.core.keys import KeyUse
from app.core.mongo import Tx
from app.core.viewer import ANONYMOUS
from tests.conftest import settings_for
from tests.stores.support import bytes_of, stored
from tests.support.fakes import MovableClock
from tests.support.ledger import CITIZEN, CLERK, Ledger


async def test_each_record_holds_the_hash_of_the_one_before(ledger: Ledger) -> None:
    await ledger.written(7)
    rows = await ledger.rows()
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert [row["prev"] for row in rows] == [FIRST_PREV, *(row["hash"] for row in rows[:-1])]
    assert [row["hash"] for row in rows] == [hash_of(row) for row in rows]
    head = await ChainStore(ledger.db).said(Kind.HEAD)
    assert head is not None
    assert (head.seq, head.hash, head.standing(ledger.keys.ever(KeyUse.AUDIT))) == (7, rows[-1]["hash"], Standing.GOOD)
    verdict = await ledger.verifier.verify()
    assert (verdict.sound, verdict.first, verdict.last, verdict.heads) == (True, 1, 7, 1)


async def test_a_record_says_who_for_whom_on_what_from_where_and_why(ledger: Ledger) -> None:
    guardian = replace(CITIZEN, subject="ward-1", guardianship="g-1")
    await ledger.audit.record(guardian, "card.suspended", "card-1", None, reason="钥匙丢了", purpose="gate")
    (row,) = await ledger.rows()
    assert (row["actor"], row["subject"], row["guardianship"], row["session"]) == ("c-1", "ward-1", "g-1", "s-1")
    assert (row["role"], row["action"], row["target"]) == ("citizen", "card.suspended", "card-1")
    assert (row["request"], row["facts"], row["seq"]) == ("r-1", {"purpose": "gate"}, None)
    assert row["address"] == ledger.ring.keyed_hash("203.0.113.7", kind="audit address")
    everything = bytes_of(await stored(ledger.db, "audit") + await stored(ledger.db, "audit_reasons"))
    assert b"203.0.113.7" not in everything
    assert "钥匙".encode() not in everything


@pytest.mark.parametrize("fact", [1.5, b"x", object(), 2**60, [{"a": 0.1}]])
async def test_a_fact_that_has_no_one_form_is_refused_when_it_is_written(ledger: Ledger, fact: object) -> None:
    with pytest.raises(TypeError):
        await ledger.audit.record(CLERK, "card.issued", "x", None, fact=fact)
    assert await ledger.rows() == []


async def test_facts_of_every_kind_come_back_as_they_were_hashed(ledger: Ledger) -> None:
    at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    facts: dict[str, Any] = {"kind": Kind.HEAD, "at": at, "set": {"b", "a"}, "deep": {"x": [None, True, 0, -1, "é"]}}
    await ledger.audit.record(ANONYMOUS, "x", "y", None, **facts)
    await ledger.seal()
    assert await ledger.fault() is None
    (row,) = await ledger.rows()
    assert row["facts"] == {
        **facts,
        "kind": "rong-audit-head",
        "at": "2026-01-05T09:00:00.000+00:00",
        "set": ["a", "b"],
    }


async def test_a_transaction_that_was_given_up_leaves_no_hole(ledger: Ledger) -> None:
    class GivenUp(Outcome):
        pass

    async def work(tx: Tx) -> None:
        await ledger.audit.record(CLERK, "card.revoked", "x", tx)
        raise GivenUp

    await ledger.write(2)
    with pytest.raises(GivenUp):
        await ledger.db.transaction(work)
    await ledger.write(2)
    assert await ledger.seal() == 4
    assert await ledger.fault() is None


async def test_of_many_sealers_at_once_each_record_gets_one_place(ledger: Ledger) -> None:
    sealers = [ledger.another() for _ in range(6)]

    async def write() -> None:
        for _ in range(10):
            await ledger.write(25)

    writing = asyncio.gather(write(), write())
    sealed = 0
    while not writing.done() or sealed < 500:
        sealed += sum(await asyncio.gather(*(one.chain.seal() for one in sealers)))
    rows = await ledger.rows()
    assert (sealed, [row["seq"] for row in rows]) == (500, list(range(1, 501)))
    assert await ledger.fault() is None


async def test_a_sealer_that_is_ended_midway_leaves_a_whole_chain(ledger: Ledger) -> None:
    await ledger.write(300)
    for wait in (0.001, 0.004, 0.008, 0.015, 0.03, 0.06):
        sealing = asyncio.create_task(ledger.another().chain.seal())
        await asyncio.sleep(wait)
        sealing.cancel()
        await asyncio.gather(sealing, return_exceptions=True)
        assert await ledger.fault() is None
    await ledger.seal()
    assert [row["seq"] for row in await ledger.rows()] == list(range(1, 301))
    assert await ledger.fault() is None


async def test_a_batch_is_bounded_and_a_head_is_kept_each_thousand(ledger: Ledger) -> None:
    await ledger.write(1)
    template = (await ledger.rows())[0]
    await ledger.db["audit"].delete_many({})
    await ledger.db["audit"].insert_many([{**template, "_id": f"{n:06d}"} for n in range(HEAD_EVERY + BATCH)])
    assert [await ledger.chain.seal() for _ in range(4)] == [BATCH, BATCH, BATCH, 0]
    assert [row["_id"] for row in await stored(ledger.db, "audit_heads")] == [HEAD_EVERY]


async def test_a_head_as_others_keep_it_reads_back_and_is_checked_with_the_public_key(ledger: Ledger) -> None:
    await ledger.written(3)
    head = await ledger.trail.head()
    assert head is not None
    again = head_of(head.published())
    assert again == head
    keys = ledger.keys.ever(KeyUse.AUDIT)
    assert again.standing(keys) is Standing.GOOD
    assert replace(again, seq=2).standing(keys) is Standing.FALSE
    assert replace(again, kind=Kind.CUT).standing(keys) is Standing.FALSE, "a head is no cut"
    for bad in ({}, {**head.published(), "seq": "x"}, {**head.published(), "signature": "é"}, 3):
        with pytest.raises(ValueError):  # noqa: PT011  (whatever the value, it is no head)
            head_of(bad)  # type: ignore[arg-type]


async def test_the_end_taken_off_with_all_its_heads_is_found_by_a_head_kept_elsewhere(ledger: Ledger) -> None:
    await ledger.written(4)
    store = ChainStore(ledger.db)
    older = await store.said(Kind.HEAD)
    await ledger.written(4)
    elsewhere = await ledger.trail.head()
    assert older is not None
    assert elsewhere is not None
    await ledger.db["audit"].delete_many({"seq": {"$gt": 4}})
    await ledger.db["audit_heads"].delete_many({"_id": {"$gt": 4}})
    await ledger.db["audit_chain"].update_one(
        {"_id": "head"},
        {"$set": {"seq": 4, "hash": older.hash, "at": older.at, "key": older.key, "signature": older.signature}},
    )
    assert await ledger.fault() is None, "this is what who owns the database can do unseen, for want of a witness"
    assert await ledger.fault(known=[elsewhere]) == Fault(Wrong.REMOVED, 8)
    with pytest.raises(ChainBroken):
        await ledger.chain.seal()  # who sealed to 8 goes on from nowhere else


async def test_a_head_of_an_earlier_time_agrees_and_one_of_another_chain_does_not(ledger: Ledger) -> None:
    await ledger.written(4)
    kept = await ledger.trail.head()
    await ledger.written(4)
    assert kept is not None
    verdict = await ledger.verifier.verify(known=[kept])
    assert (verdict.sound, verdict.heads) == (True, 3)
    forged = replace(kept, hash="f" * 64)
    assert await ledger.fault(known=[forged]) == Fault(Wrong.HEAD_FALSE, 4)
    signed = forged.signed(ledger.keys.signing(KeyUse.AUDIT))
    assert await ledger.fault(known=[signed]) == Fault(Wrong.HEAD_NOT_IN_CHAIN, 4)


async def test_nothing_is_added_to_a_head_that_others_wrote(ledger: Ledger) -> None:
    await ledger.written(3)
    await ledger.db["audit_chain"].update_one({"_id": "head"}, {"$set": {"hash": "0" * 64}})
    await ledger.write(1)
    for _ in range(2):
        with pytest.raises(ChainBroken):
            await ledger.another().chain.seal()
    assert await ledger.fault() == Fault(Wrong.HEAD_FALSE, 3)


async def test_a_record_that_waits_too_long_is_told(ledger: Ledger, clock: MovableClock) -> None:
    await ledger.written(2)
    await ledger.write(1)
    assert await ledger.fault() is None
    clock.advance(seconds=SEALED_WITHIN.total_seconds() + 1)
    found = await ledger.fault()
    assert found is not None
    assert (found.wrong, found.seq) == (Wrong.UNSEALED, None)


@pytest.mark.parametrize("people", ["citizens", "staff"])
async def test_a_city_of_people_without_any_audit_is_told(ledger: Ledger, people: str) -> None:
    assert await ledger.fault() is None  # nobody has come yet
    await ledger.db[people].insert_one({"_id": "somebody"})
    await ledger.written(2)
    assert await ledger.fault() is None
    for collection in ("audit", "audit_chain", "audit_heads"):
        await ledger.db[collection].delete_many({})
    assert await ledger.fault() == Fault(Wrong.ALL_GONE)


def born(clock: MovableClock) -> str:
    """The id of somebody who came at this moment of the clock."""
    return str(UUID(f"{int(clock.now().timestamp() * 1000):012x}7{0:03x}8{0:015x}"))


async def test_a_city_that_begins_is_no_city_whose_audit_was_taken_away(ledger: Ledger, clock: MovableClock) -> None:
    await ledger.db["citizens"].insert_one({"_id": born(clock)})
    assert await ledger.fault() is None  # nothing is recorded yet
    await ledger.write(2)
    clock.advance(seconds=SEALED_WITHIN.total_seconds() + 1)
    assert await ledger.fault() is None  # recorded, and no head is signed yet
    await ledger.db["staff"].insert_one({"_id": "clerk", "since": clock.now()})
    clock.advance(seconds=(FIRST_HEAD_WITHIN - SEALED_WITHIN).total_seconds())
    assert await ledger.fault() == Fault(Wrong.ALL_GONE)
    await ledger.seal()
    await ledger.chain.publish_head()
    assert await ledger.fault() is None
    for collection in ("audit", "audit_chain", "audit_heads"):
        await ledger.db[collection].delete_many({})
    await ledger.write(1)  # that somebody did something since does not hide it
    assert await ledger.fault() == Fault(Wrong.ALL_GONE)


async def test_what_no_hash_can_be_made_of_is_put_aside_and_told(ledger: Ledger) -> None:
    await ledger.write(2)
    await ledger.db["audit"].insert_one({"_id": "0", "at": ObjectId(), "seq": None})
    assert await ledger.seal() == 2
    assert await ledger.fault() == Fault(Wrong.INSERTED, None, "0")


async def test_the_chain_is_cut_where_it_is_old_enough_and_walked_from_there(
    ledger: Ledger, clock: MovableClock
) -> None:
    await ledger.written(5)
    clock.advance(days=1000)
    await ledger.written(4)
    assert await ledger.chain.cut() is None
    clock.advance(days=96)
    await ledger.written(3)
    cut = await ledger.chain.cut()
    assert cut is not None
    assert cut.seq == 5
    assert [row["seq"] for row in await ledger.rows()] == [6, 7, 8, 9, 10, 11, 12]
    assert len(await stored(ledger.db, "audit_reasons")) == 2
    verdict = await ledger.verifier.verify()
    assert (verdict.sound, verdict.first, verdict.last) == (True, 6, 12)
    assert await ledger.chain.cut() == cut, "a second time there is nothing to cut"
    await ledger.db["audit"].delete_one({"seq": 6})
    assert await ledger.fault() == Fault(Wrong.REMOVED, 6)


async def test_a_cut_that_was_ended_midway_is_no_fault_and_goes_on(ledger: Ledger, clock: MovableClock) -> None:
    await ledger.written(6)
    rows = await ledger.rows()
    clock.advance(days=1096)
    await ledger.written(2)
    await ledger.chain.cut()
    await ledger.db["audit"].insert_many(rows[3:])
    assert await ledger.fault() is None
    await ledger.chain.cut()
    assert [row["seq"] for row in await ledger.rows()] == [7, 8]
    await ledger.db["audit"].insert_one({**rows[2], "action": "card.revoked"})
    assert await ledger.fault() == Fault(Wrong.INSERTED, 3, rows[2]["_id"])


async def test_a_cut_that_the_city_did_not_make_is_told(ledger: Ledger) -> None:
    await ledger.written(6)
    rows = await ledger.rows()
    forged = {"_id": "cut", "seq": 3, "hash": rows[2]["hash"], "at": rows[2]["at"], "key": "audit-0001"}
    await ledger.db["audit_chain"].insert_one({**forged, "signature": b"x" * 64})
    await ledger.db["audit"].delete_many({"seq": {"$lte": 3}})
    assert await ledger.fault() == Fault(Wrong.CUT_FALSE, 3)


async def test_heads_of_a_retired_key_stay_good_and_those_of_a_leaked_one_are_void(
    ledger: Ledger, clock: MovableClock
) -> None:
    await ledger.written(3)
    await ledger.keys.rotate(KeyUse.AUDIT)
    clock.advance(minutes=6)
    await ledger.written(3)
    verdict = await ledger.verifier.verify()
    assert (verdict.sound, verdict.heads) == (True, 2)
    await ledger.keys.rotate(KeyUse.AUDIT, at_once=True)
    await ledger.chain.seal()
    verdict = await ledger.verifier.verify()
    assert (verdict.sound, verdict.heads) == (True, 0), "the head was signed anew; old ones prove nothing any more"
    await ledger.written(1)
    assert (await ledger.verifier.verify()).sound


async def test_the_newest_part_is_walked_from_a_kept_head(ledger: Ledger, clock: MovableClock) -> None:
    await ledger.written(5)
    clock.advance(days=3)
    await ledger.written(4)
    verdict = await ledger.trail.check(whole=False)
    assert (verdict.sound, verdict.first, verdict.last) == (True, 6, 9)
    await ledger.db["audit"].update_one({"seq": 2}, {"$set": {"target": "other"}})
    assert (await ledger.trail.check(whole=False)).sound
    found = await ledger.trail.check(whole=True)
    assert found.fault is not None
    assert (found.fault.wrong, found.fault.seq) == (Wrong.EDITED, 2)
    stands = await ledger.trail.soundness()
    assert (stands.checked, stands.waiting_since) == (found, None)
    assert stands.head is not None
    assert stands.head.seq == 9


async def test_a_chain_that_grows_while_it_is_walked_is_sound(ledger: Ledger) -> None:
    await ledger.written(50)

    async def grow() -> None:
        for _ in range(15):
            await ledger.written(10)

    growing = asyncio.create_task(grow())
    while not growing.done():
        assert await ledger.fault() is None


async def test_an_empty_audit_is_sound(ledger: Ledger) -> None:
    verdict = await ledger.verifier.verify()
    assert (verdict.sound, verdict.last) == (True, 0)
    assert await ledger.chain.publish_head() is None
    assert await ledger.chain.cut() is None


async def test_the_time_kept_is_at_least_that_asked(ledger: Ledger, clock: MovableClock) -> None:
    chain = AuditChain(ledger.db, ledger.keys, clock, timedelta(days=183))
    await ledger.written(2)
    clock.advance(days=182)
    assert await chain.cut() is None


def test_less_than_six_months_cannot_be_set() -> None:
    assert settings_for("mongodb://nowhere.test", "x").audit_kept_days == 1095
    assert settings_for("mongodb://nowhere.test", "x", audit_kept_days=183).audit_kept_days == 183
    with pytest.raises(ValidationError):
        settings_for("mongodb://nowhere.test", "x", audit_kept_days=182)
