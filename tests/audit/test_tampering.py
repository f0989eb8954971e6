"""Whatever is changed among the sealed records, directly in the database, `verify` finds it: every time.

Random tampering over a chain of forty records: edits of any field, removals, exchanged places and contents, insertions,
chains written anew with every hash right, alone and on top of one another.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Int64, MaxKey, ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.audit.model import FIRST_PREV, sealed
from app.core.audit.verify import Fault, Wrong
from app.core.ids import new_id
from app.core.mongo import Document
from tests.support.ledger import Ledger, Photograph

RECORDS = 40
Tamper = Callable[[Ledger, list[Document], random.Random], Awaitable[object]]


@pytest.fixture
async def photograph(ledger: Ledger) -> AsyncIterator[Photograph]:
    await ledger.written(RECORDS // 2)
    await ledger.written(RECORDS // 2)
    assert await ledger.fault() is None
    photograph = await Photograph(ledger).take()
    yield photograph
    await photograph.put_back()
    assert await ledger.fault() is None, "what was put back is not what was there: faults found since may be its own"


def _other(value: Any, chance: random.Random) -> Any:
    """A value of the same kind or of another, that is not the same."""
    values = [None, True, 0, 1, -7, 2.5, 1.0, "", "x", b"x", [], ["a"], {}, {"a": 1}, ObjectId(), MaxKey()]
    values += [datetime(2026, 1, 1, tzinfo=UTC), new_id(), "0" * 64, float("nan"), float("inf")]
    if isinstance(value, datetime):
        values.append(value + timedelta(milliseconds=1))
    if isinstance(value, str) and value:
        values += [value + " ", value[:-1], value.swapcase()]
    if isinstance(value, int):
        values += [value + 1, float(value), str(value)]
    return chance.choice([one for one in values if (type(one), one) != (type(value), value)])


async def edits_a_field(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    row = chance.choice(rows)
    field = chance.choice([name for name in row if name not in ("_id", "reason")])
    changed = _other(row[field], chance)
    if field == "facts":
        field, changed = "facts.count", _other(row["facts"]["count"], chance)
    return await ledger.db["audit"].update_one({"_id": row["_id"]}, {"$set": {field: changed}})


async def adds_a_field(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    field = chance.choice(["note", "facts.more", "tidy_at", "seq2"])
    return await ledger.db["audit"].update_one({"_id": chance.choice(rows)["_id"]}, {"$set": {field: 1}})


async def takes_a_field_away(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    row = chance.choice(rows)
    field = chance.choice([name for name in row if name != "_id"])
    return await ledger.db["audit"].update_one({"_id": row["_id"]}, {"$unset": {field: ""}})


async def removes_some(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    gone = chance.sample(rows, chance.randint(1, len(rows)))
    return await ledger.db["audit"].delete_many({"_id": {"$in": [row["_id"] for row in gone]}})


async def removes_the_end(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    return await ledger.db["audit"].delete_many({"seq": {"$gt": chance.randint(0, RECORDS - 1)}})


async def removes_the_beginning(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    return await ledger.db["audit"].delete_many({"seq": {"$lte": chance.randint(1, RECORDS)}})


async def exchanges_places(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    """Some or all of what says where a record stands."""
    one, other = chance.sample(rows, 2)
    fields = chance.choice([("seq",), ("seq", "prev"), ("seq", "prev", "hash"), ("prev",), ("hash",), ("prev", "hash")])
    for row, of in ((one, other), (other, one)):
        change = {name: of[name] for name in fields}
        await ledger.db["audit"].update_one({"_id": row["_id"]}, {"$set": change})
    return None


async def exchanges_contents(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    one, other = chance.sample(rows, 2)
    fields = chance.choice([("target",), ("facts",), ("target", "facts"), ("at",), ("target", "facts", "mark")])
    if fields == ("at",) and one["at"] == other["at"]:
        fields = ("target",)
    for row, of in ((one, other), (other, one)):
        await ledger.db["audit"].update_one({"_id": row["_id"]}, {"$set": {name: of[name] for name in fields}})
    return None


async def inserts_one(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    forged = {**deepcopy(chance.choice(rows)), "_id": new_id(), "action": "card.revoked"}
    forged["seq"] = chance.choice([*range(-2, RECORDS + 3), 2.5, float("nan"), float("inf"), "7", [7], True])
    return await ledger.db["audit"].insert_one(forged)


async def inserts_one_among_those_that_wait(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    forged = {**deepcopy(chance.choice(rows)), "_id": new_id(), "seq": None}
    await ledger.db["audit"].insert_one({name: value for name, value in forged.items() if name not in ("prev", "hash")})
    return await ledger.another().seal()


async def puts_one_back_among_those_that_wait(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    await ledger.db["audit"].update_one({"_id": chance.choice(rows)["_id"]}, {"$set": {"seq": None}})
    return await ledger.another().seal()


async def writes_the_chain_anew(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    """One record edited, removed or moved, and every hash from there on made right."""
    rows = deepcopy(rows)
    n = chance.randrange(len(rows))
    match chance.choice(["edit", "remove", "move"]):
        case "edit":
            rows[n]["actor"] = "somebody-else"
        case "remove":
            del rows[n]
        case "move":
            rows.insert((n + chance.randint(1, len(rows) - 1)) % len(rows), rows.pop(n))
    prev = FIRST_PREV
    for seq, row in enumerate(rows, 1):
        rows[seq - 1] = sealed({name: value for name, value in row.items() if name != "hash"}, seq, prev)
        prev = rows[seq - 1]["hash"]
    await ledger.db["audit"].delete_many({})
    await ledger.db["audit"].insert_many(rows)
    if chance.random() < 0.7:
        await ledger.db["audit_heads"].delete_many({})
        await ledger.db["audit_chain"].update_one({"_id": "head"}, {"$set": {"seq": len(rows), "hash": prev}})
    return None


async def tampers_with_a_head(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    where = chance.choice([("audit_heads", {"_id": RECORDS // 2}), ("audit_chain", {"_id": "head"})])
    field = chance.choice(["seq", "hash", "at", "key", "signature"])
    value = {
        "seq": chance.choice([1, 3, RECORDS, RECORDS + 1, Int64(0), "x", None]) if where[0] == "audit_heads" else 1,
        "hash": rows[chance.randrange(3)]["hash"],
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "key": chance.choice(["audit-0002", "session-0001", 7]),
        "signature": bytes(64),
    }[field]
    return await ledger.db[where[0]].update_one(where[1], {"$set": {field: value}})


async def takes_the_head_away(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    return await ledger.db["audit_chain"].delete_one({"_id": "head"})


async def takes_a_reason_away(ledger: Ledger, rows: list[Document], chance: random.Random) -> object:
    one, other = chance.sample(await ledger.db["audit_reasons"].find({}).to_list(None), 2)
    if chance.random() < 0.5:
        return await ledger.db["audit_reasons"].delete_one({"_id": one["_id"]})
    change = {"reason": other["reason"] if chance.random() < 0.5 else "x"}
    return await ledger.db["audit_reasons"].update_one({"_id": one["_id"]}, {"$set": change})


TAMPERING: tuple[Tamper, ...] = (
    edits_a_field,
    adds_a_field,
    takes_a_field_away,
    removes_some,
    removes_the_end,
    removes_the_beginning,
    exchanges_places,
    exchanges_contents,
    inserts_one,
    inserts_one_among_those_that_wait,
    puts_one_back_among_those_that_wait,
    writes_the_chain_anew,
    tampers_with_a_head,
    takes_the_head_away,
    takes_a_reason_away,
)


@pytest.mark.timeout(400)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(TAMPERING), st.integers(0, 2**32))
async def test_tampering_is_found_every_time(ledger: Ledger, photograph: Photograph, tamper: Tamper, seed: int) -> None:
    await tamper(ledger, await ledger.rows(), random.Random(seed))
    try:
        assert await ledger.fault() is not None
    finally:
        await photograph.put_back()


async def test_what_was_done_and_where_it_begins_is_named(ledger: Ledger, photograph: Photograph) -> None:
    async def named(found: Fault | None, wrong: Wrong, seq: int | None) -> None:
        assert found is not None
        assert (found.wrong, found.seq) == (wrong, seq)
        await photograph.put_back()

    rows, records = await ledger.rows(), ledger.db["audit"]
    await records.update_one({"seq": 11}, {"$set": {"actor": "somebody-else"}})
    await named(await ledger.fault(), Wrong.EDITED, 11)
    await records.delete_one({"seq": 12})
    await named(await ledger.fault(), Wrong.REMOVED, 12)
    await records.delete_many({"seq": {"$gt": 38}})
    await named(await ledger.fault(), Wrong.REMOVED, 39)
    for row, of in ((rows[4], rows[20]), (rows[20], rows[4])):
        await records.update_one({"_id": row["_id"]}, {"$set": {"seq": of["seq"], "prev": of["prev"]}})
    await named(await ledger.fault(), Wrong.REORDERED, 5)
    await records.insert_one({**rows[8], "_id": "0"})
    found = await ledger.fault()
    await named(found, Wrong.EDITED, 9)  # of the two at that place, the one that comes first
    await records.insert_one({**rows[8], "_id": "zz"})
    await named(await ledger.fault(), Wrong.INSERTED, 9)
    await records.insert_one({**rows[8], "_id": "zz", "seq": RECORDS + 1})
    await named(await ledger.fault(), Wrong.INSERTED, RECORDS + 1)
    await ledger.db["audit_heads"].update_one({"_id": 20}, {"$set": {"hash": rows[3]["hash"]}})
    await named(await ledger.fault(), Wrong.HEAD_FALSE, 20)
    await ledger.db["audit_reasons"].delete_one({"_id": rows[3]["_id"]})
    await named(await ledger.fault(), Wrong.REASON_GONE, 4)
