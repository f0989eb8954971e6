"""Data keys and person keys: shared by all processes, rotated with a lead, destroyed when nothing is left."""

from __future__ import annotations

import asyncio
import base64
import os
from datetime import timedelta
from random import Random

import pytest

from app.core.data_keys import LEAD, DataKeys, RootKeyMissing
from app.core.mongo import Database, Tx
from app.core.person_keys import PersonKeys
from app.core.resealing import QUIET, Resealing
from app.core.sealed import KeyRing, PersonErased, SealBroken, key_of
from tests.conftest import settings_for
from tests.stores.support import bytes_of, shaped, stored
from tests.support.fakes import MovableClock

ROOT, OTHER = (f"k{n}:{base64.b64encode(os.urandom(32)).decode()}" for n in (1, 2))
PLACE = {"record": "r", "field": "f"}


class Process:
    """The keys of one process, on its own clock and settings."""

    def __init__(self, db: Database, clock: MovableClock, roots: str = ROOT) -> None:
        self.ring = KeyRing.from_settings(settings_for("mongodb://nowhere.test", "x", data_keys=roots), clock)
        self.data = DataKeys(db, self.ring, clock)
        self.persons = PersonKeys(db, self.ring, clock)
        self.resealing = Resealing(db, self.ring, self.data, self.persons, clock, pause=0)


async def begun(db: Database, clock: MovableClock, roots: str = ROOT) -> Process:
    process = Process(await shaped(db, "data_keys", "person_keys", "staff"), clock, roots)
    await process.data.load()
    return process


async def keep(db: Database, process: Process, staff: str, text: str = "林晓梅") -> bytes:
    sealed = process.ring.seal_text(text, record=staff, field="name")
    await db["staff"].insert_one({"_id": staff, "name": sealed})
    return sealed


async def keep_many(db: Database, process: Process, texts: dict[str, str]) -> None:
    sealed = {staff: process.ring.seal_text(text, record=staff, field="name") for staff, text in texts.items()}
    await db["staff"].insert_many([{"_id": staff, "name": name} for staff, name in sealed.items()])


async def name_of(db: Database, process: Process, staff: str) -> str:
    row = await db["staff"].find_one({"_id": staff})
    assert row is not None
    return process.ring.open_text(row["name"], record=staff, field="name")


async def test_processes_that_start_first_share_one_key(db: Database, clock: MovableClock) -> None:
    await shaped(db, "data_keys")
    processes = [Process(db, clock) for _ in range(4)]
    await asyncio.gather(*(process.data.load() for process in processes))
    sealed = processes[0].ring.seal(b"value", **PLACE)
    assert key_of(sealed) == "data-0001"
    assert [process.ring.open(sealed, **PLACE) for process in processes] == [b"value"] * 4
    assert len(await stored(db, "data_keys")) == 1


async def test_a_new_key_seals_after_its_lead_when_every_process_has_heard_of_it(
    db: Database, clock: MovableClock
) -> None:
    one, other = await begun(db, clock), await begun(db, clock)
    made = await one.data.rotate()
    other.data.changed(next(row for row in await stored(db, "data_keys") if row["_id"] == made.id))
    assert {one.ring.sealing, other.ring.sealing} == {"data-0001"}
    clock.advance(seconds=LEAD.total_seconds())
    assert {one.ring.sealing, other.ring.sealing} == {"data-0002"}
    assert other.ring.open(one.ring.seal(b"value", **PLACE), **PLACE) == b"value"


async def test_a_process_that_is_behind_opens_what_the_new_key_sealed(db: Database, clock: MovableClock) -> None:
    one, behind_clock = await begun(db, clock), MovableClock()
    behind = await begun(db, behind_clock)
    await one.data.rotate()
    await behind.data.load()
    clock.advance(seconds=LEAD.total_seconds())
    assert behind.ring.open(one.ring.seal(b"value", **PLACE), **PLACE) == b"value"
    assert one.ring.open(behind.ring.seal(b"value", **PLACE), **PLACE) == b"value"


async def test_a_data_key_that_cannot_be_noted_is_not_made(db: Database, clock: MovableClock) -> None:
    process = await begun(db, clock)

    async def refuses(key: str, tx: Tx) -> None:
        raise ValueError(key)

    with pytest.raises(ValueError, match="data-0002"):
        await process.data.rotate(refuses)
    assert [(key.id, key.retired_at) for key in await process.data.known()] == [("data-0001", None)]


async def test_rotating_twice_at_once_makes_keys_in_one_order(db: Database, clock: MovableClock) -> None:
    processes = [await begun(db, clock) for _ in range(3)]
    await asyncio.gather(*(process.data.rotate() for process in processes))
    keys = await processes[0].data.known()
    assert [key.id for key in keys] == [f"data-{n:04d}" for n in range(1, len(keys) + 1)]
    assert [key.retired_at is None for key in keys] == [False] * (len(keys) - 1) + [True]


async def test_what_a_root_key_sealed_before_there_were_data_keys_opens_and_is_sealed_anew(
    db: Database, clock: MovableClock
) -> None:
    before = Process(db, clock)
    old = await keep(db, before, "chen")
    assert key_of(old) == "k1"
    after = await begun(db, clock)
    assert await name_of(db, after, "chen") == "林晓梅"
    await after.resealing.run()
    (row,) = await stored(db, "staff")
    assert key_of(row["name"]) == "data-0001"
    assert await name_of(db, after, "chen") == "林晓梅"


async def test_a_root_key_leaves_the_settings_when_another_wraps_the_data_keys(
    db: Database, clock: MovableClock
) -> None:
    sealed = (await begun(db, clock)).ring.seal(b"value", **PLACE)
    both = await begun(db, clock, f"{OTHER},{ROOT}")
    assert [key.wrapped_by for key in await both.data.known()] == ["k2"]
    assert (await begun(db, clock, OTHER)).ring.open(sealed, **PLACE) == b"value"
    with pytest.raises(RootKeyMissing, match="'k2'"):
        await begun(db, clock, ROOT)


async def test_an_old_key_is_destroyed_when_nothing_is_left_under_it(db: Database, clock: MovableClock) -> None:
    process = await begun(db, clock)
    await keep_many(db, process, {f"s{n:04d}": f"林{n}" for n in range(450)})
    copy = {row["_id"]: row["name"] for row in await stored(db, "staff")}
    await process.data.rotate()
    clock.advance(seconds=LEAD.total_seconds())
    soon = await process.resealing.run()
    assert (soon.rows, soon.clean, soon.destroyed) == (450, True, ())
    assert process.ring.open(copy["s0000"], record="s0000", field="name"), "who has not heard yet may seal under it"
    clock.advance(seconds=QUIET.total_seconds())
    assert (await process.resealing.run()).destroyed == ("data-0001",)
    assert [await name_of(db, process, f"s{n:04d}") for n in (0, 449)] == ["林0", "林449"]
    fresh = await begun(db, clock)
    with pytest.raises(SealBroken):
        fresh.ring.open(copy["s0000"], record="s0000", field="name")
    first, _ = await fresh.data.known()
    assert (first.wrapped_by, first.destroyed_at is not None) == (None, True)


async def test_what_was_sealed_late_under_the_old_key_is_found_before_it_is_destroyed(
    db: Database, clock: MovableClock
) -> None:
    process, cut_off = await begun(db, clock), await begun(db, clock)
    await process.data.rotate()
    clock.advance(seconds=LEAD.total_seconds())
    assert (await process.resealing.run()).clean
    late = await keep(db, cut_off, "late")
    assert key_of(late) == "data-0001"
    clock.advance(seconds=QUIET.total_seconds())
    done = await process.resealing.run()
    assert (done.rows, done.destroyed) == (1, ("data-0001",))
    assert await name_of(db, process, "late") == "林晓梅"


async def test_a_value_that_no_key_opens_keeps_the_old_keys(db: Database, clock: MovableClock) -> None:
    process = await begun(db, clock)
    await db["staff"].insert_one({"_id": "moved", "name": process.ring.seal_text("林", record="other", field="name")})
    await process.data.rotate()
    clock.advance(seconds=(LEAD + QUIET).total_seconds())
    done = await process.resealing.run()
    assert (done.clean, done.stuck, done.destroyed) == (False, 1, ())


async def test_a_run_that_is_cut_off_is_gone_on_with(db: Database, clock: MovableClock) -> None:
    process = await begun(db, clock)
    await keep_many(db, process, {f"s{n:04d}": "林晓梅" for n in range(500)})
    await process.data.rotate()
    clock.advance(seconds=(LEAD + QUIET).total_seconds())
    first = await process.resealing.run(within=timedelta(0))
    assert not first.clean
    left = await process.data.progress("data-0002")
    assert left is not None
    assert left.ended_at is None
    rest = await (await begun(db, clock)).resealing.run()
    assert first.rows + rest.rows == 500
    assert rest.destroyed == ("data-0001",)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_done_in_whatever_order_all_that_was_kept_opens(
    db: Database, clock: MovableClock, seed: int
) -> None:
    chance = Random(seed)
    processes = [await begun(db, clock) for _ in range(2)]
    said: dict[str, str] = {}

    async def write() -> None:
        staff, said_now = f"s{chance.randrange(30)}", str(chance.random())
        sealed = chance.choice(processes).ring.seal_text(said_now, record=staff, field="name")
        await db["staff"].update_one({"_id": staff}, {"$set": {"name": sealed}}, upsert=True)
        said[staff] = said_now

    async def rotate() -> None:
        await chance.choice(processes).data.rotate()
        for process in processes:
            await process.data.load()

    async def reseal() -> None:
        await chance.choice(processes).resealing.run(within=timedelta(seconds=chance.choice((0, 60))))
        for process in processes:
            await process.data.load()

    async def time_passes() -> None:
        clock.advance(seconds=chance.choice((30, 90, 3700)))

    for _ in range(50):
        await chance.choices((write, rotate, reseal, time_passes), (6, 1, 2, 2))[0]()
        assert {staff: await name_of(db, chance.choice(processes), staff) for staff in said} == said


async def test_of_a_write_and_a_resealing_at_once_the_write_stays(db: Database, clock: MovableClock) -> None:
    process = await begun(db, clock)
    await keep_many(db, process, {f"s{n:04d}": "old" for n in range(200)})
    await process.data.rotate()
    clock.advance(seconds=(LEAD + QUIET).total_seconds())

    async def write(n: int) -> None:
        new = process.ring.seal_text(f"new {n}", record=f"s{n:04d}", field="name")
        await db["staff"].update_one({"_id": f"s{n:04d}"}, {"$set": {"name": new}})

    await asyncio.gather(process.resealing.run(), process.resealing.run(), *(write(n) for n in range(200)))
    assert [await name_of(db, process, f"s{n:04d}") for n in range(200)] == [f"new {n}" for n in range(200)]


async def test_a_person_s_key_is_made_once_and_is_his_alone(db: Database, clock: MovableClock) -> None:
    one, other = await begun(db, clock), await begun(db, clock)
    keys = await asyncio.gather(*(process.persons.sealing("lin") for process in (one, other) * 4))
    sealed = keys[0].seal_text("林", **PLACE)
    assert {key.open_text(sealed, **PLACE) for key in keys} == {"林"}
    with pytest.raises(SealBroken):
        (await one.persons.sealing("wang")).open(sealed, **PLACE)
    with pytest.raises(SealBroken):
        one.ring.open(sealed, **PLACE)


async def test_a_key_made_in_a_transaction_that_failed_is_not_remembered(db: Database, clock: MovableClock) -> None:
    process = await begun(db, clock)

    async def fails(tx: object) -> None:
        await process.persons.sealing("lin", tx)  # type: ignore[arg-type]
        await process.persons.of("lin", tx)  # type: ignore[arg-type]
        raise KeyError

    with pytest.raises(KeyError):
        await db.transaction(fails)
    sealed = (await process.persons.sealing("lin")).seal(b"value", **PLACE)
    assert (await (await begun(db, clock)).persons.of("lin")).open(sealed, **PLACE) == b"value"


async def test_what_was_sealed_before_there_were_person_keys_moves_under_the_person_s_key(
    db: Database, clock: MovableClock
) -> None:
    process = await begun(db, clock)
    await shaped(db, "citizens")
    sealed = process.ring.seal_text("林晓梅", record="lin", field="name")
    await db["citizens"].insert_one({"_id": "lin", "name": sealed})
    assert (await process.persons.of("lin")).open_text(sealed, record="lin", field="name") == "林晓梅"
    await process.resealing.run()
    (row,) = await stored(db, "citizens")
    with pytest.raises(SealBroken):
        process.ring.open(row["name"], record="lin", field="name")
    assert (await process.persons.of("lin")).shown(row["name"], record="lin", field="name") == "林晓梅"


async def test_nothing_opens_what_an_erased_person_had_whatever_keys_there_are(
    db: Database, clock: MovableClock
) -> None:
    process, other = await begun(db, clock), await begun(db, clock)
    sealed = (await process.persons.sealing("lin")).seal_text("林晓梅", **PLACE)
    assert (await other.persons.of("lin")).open_text(sealed, **PLACE) == "林晓梅"
    at = await db.transaction(lambda tx: process.persons.destroy("lin", "chen", tx))
    clock.advance(seconds=1)
    again = await db.transaction(lambda tx: process.persons.destroy("lin", "wang", tx))
    (row,) = await stored(db, "person_keys")
    other.persons.changed(row)
    assert (again, await process.persons.destruction("lin")) == (at, (at, "chen"))
    assert "key" not in row
    for one in (process, other, await begun(db, clock)):
        key = await one.persons.of("lin")
        assert key.shown(sealed, **PLACE) is None
        with pytest.raises(PersonErased):
            key.open(sealed, **PLACE)
        with pytest.raises(PersonErased):
            await one.persons.sealing("lin")
        with pytest.raises(SealBroken):
            one.ring.open(sealed, **PLACE)
    assert "林晓梅".encode() not in bytes_of(await stored(db, "person_keys"))


async def test_person_keys_are_wrapped_anew_when_data_keys_rotate(db: Database, clock: MovableClock) -> None:
    process = await begun(db, clock)
    sealed = (await process.persons.sealing("lin")).seal(b"value", **PLACE)
    for _ in range(3):
        await process.data.rotate()
        clock.advance(seconds=(LEAD + QUIET).total_seconds())
        assert (await process.resealing.run()).destroyed
    (row,) = await stored(db, "person_keys")
    assert key_of(row["key"]) == "data-0004"
    assert (await (await begun(db, clock)).persons.of("lin")).open(sealed, **PLACE) == b"value"
