"""Identity's stores: what is kept comes back, only to its owner, personal data sealed, and stale changes lose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.viewer import Assurance
from app.domains.identity.citizens.errors import AlreadyVerified, IdentityTaken
from app.domains.identity.citizens.model import Citizen, IdNumber, Sex
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.clients.model import Client, ClientSecret
from app.domains.identity.clients.store import ClientStore
from app.domains.identity.guardians.model import Guardianship, GuardianshipState, WardScope
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.identity.organisations.model import Kind, Level, Organisation, OrganisationState
from app.domains.identity.organisations.store import OrganisationStore
from app.domains.identity.sessions.model import Audience, Device, EndReason, Session
from app.domains.identity.sessions.store import SessionStore
from app.domains.identity.sign_in.model import MOST_TRIES, Challenge
from app.domains.identity.sign_in.store import ChallengeStore
from app.domains.identity.staff.errors import LoginTaken
from app.domains.identity.staff.model import MOST_ADDRESSES, Staff, StaffRole, TryLimit
from app.domains.identity.staff.store import StaffStore, TryStore
from app.domains.identity.verification import model as verification
from app.domains.identity.verification.errors import VerificationLocked
from app.domains.identity.verification.store import VerificationStore
from mocks.people import id_number
from tests.stores.support import RING, at_once, bytes_of, persons_of, shaped, stored

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
NUMBER = IdNumber.parse(id_number("350102", date(1990, 5, 20), "102"))
PHONE = "+8619900000001"


def citizen(id_: str = "a", phone: str | None = PHONE) -> Citizen:
    return Citizen(id_, AT, phone=phone)


async def add_citizen(db: Database, store: CitizenStore, new: Citizen) -> None:
    await db.transaction(lambda tx: store.add(new, tx))


async def verify(db: Database, store: CitizenStore, who: str, number: IdNumber = NUMBER) -> None:
    await db.transaction(lambda tx: store.give_real_name(who, "林晓梅", number, "household", "350102", LATER, tx))


@pytest.fixture
async def citizens(db: Database) -> CitizenStore:
    return CitizenStore(
        await shaped(db, "citizens", "phones", "real_names", "photos", "person_keys"), RING, persons_of(db)
    )


async def test_a_citizen_comes_back_and_is_found_by_phone_and_number(db: Database, citizens: CitizenStore) -> None:
    await add_citizen(db, citizens, citizen())
    assert await citizens.get("a") == citizen()
    assert await citizens.id_by_phone(PHONE) == "a"
    await verify(db, citizens, "a")
    verified = replace(
        citizen(),
        assurance=Assurance.REAL_NAME,
        name="林晓梅",
        sex=Sex.FEMALE,
        birth_month="1990-05",
        household="household",
        division="350102",
        verified_at=LATER,
    )
    assert await citizens.get("a") == verified
    assert await citizens.many(["a", "b"]) == {"a": verified}
    assert await citizens.id_by_real_name(NUMBER) == "a"
    assert await citizens.id_number("a") == NUMBER
    assert (await citizens.get("b"), await citizens.id_number("b"), await citizens.photo("b")) == (None, None, None)


async def test_nothing_personal_of_a_citizen_can_be_read(db: Database, citizens: CitizenStore) -> None:
    await add_citizen(db, citizens, citizen())
    await verify(db, citizens, "a")
    await db.transaction(lambda tx: citizens.keep_photo("a", b"the photo", tx))
    assert await citizens.photo("a") == b"the photo"
    rows = [row for name in ("citizens", "phones", "real_names", "photos") for row in await stored(db, name)]
    kept = bytes_of(rows)
    for personal in (PHONE, PHONE[3:], "林晓梅", NUMBER.text, "19900520", "the photo"):
        assert personal.encode() not in kept, personal


async def test_of_two_accounts_at_once_one_gets_the_phone(db: Database, citizens: CitizenStore) -> None:
    done = await at_once(5, lambda n: add_citizen(db, citizens, citizen(f"c{n}")))
    assert sum(result is None for result in done) == 1
    assert {type(result) for result in done} - {type(None)} == {DuplicateKey}
    assert len(await stored(db, "citizens")) == 1


async def test_a_real_name_is_given_to_one_account_once(db: Database, citizens: CitizenStore) -> None:
    for n in range(4):
        await add_citizen(db, citizens, citizen(f"c{n}", phone=f"+861991199000{n}"))
    done = await at_once(4, lambda n: verify(db, citizens, f"c{n}"))
    assert sorted(type(result).__name__ for result in done) == ["IdentityTaken"] * 3 + ["NoneType"]
    (holder,) = [f"c{n}" for n, result in enumerate(done) if result is None]
    with pytest.raises(IdentityTaken):
        await verify(db, citizens, holder)
    other = IdNumber.parse(id_number("350102", date(1991, 5, 20), "102"))
    with pytest.raises(AlreadyVerified):
        await verify(db, citizens, holder, other)
    assert await citizens.id_by_real_name(other) is None, "the refused number stays free"


async def test_a_wards_record_gives_way_to_the_persons_own_account(db: Database, citizens: CitizenStore) -> None:
    await add_citizen(db, citizens, citizen("ward", phone=None))
    assert await verify(db, citizens, "ward") is None
    await add_citizen(db, citizens, citizen("own", phone="+8619911990009"))
    assert await verify(db, citizens, "own") is None
    await add_citizen(db, citizens, citizen("late", phone="+8619911990008"))
    with pytest.raises(IdentityTaken):
        await verify(db, citizens, "late")


def session(id_: str = "s", holder: str = "a", device: str = "device-1") -> Session:
    end = AT + timedelta(days=60)
    return Session(id_, holder, Audience.CITIZEN, Device(device, "Phone", "ios"), "salt", 1, AT, AT, end)


@pytest.fixture
async def sessions(db: Database) -> SessionStore:
    store = SessionStore(await shaped(db, "sessions", "revocations"))
    await db.transaction(lambda tx: store.add(session(), tx))
    return store


async def test_a_session_comes_back_and_is_listed_to_its_holder(db: Database, sessions: SessionStore) -> None:
    assert await sessions.get("s") == session()
    assert await sessions.live_of("a", AT) == [session()]
    assert await sessions.live_of("b", AT) == []
    assert await sessions.live_of("a", session().expires_at) == []
    assert await db.transaction(lambda tx: sessions.knows_device("a", "device-1", tx)) == (True, True)
    assert await db.transaction(lambda tx: sessions.knows_device("a", "device-2", tx)) == (True, False)
    assert await db.transaction(lambda tx: sessions.knows_device("b", "device-1", tx)) == (False, False)


async def test_of_parallel_refreshes_one_moves_the_session(sessions: SessionStore) -> None:
    moved = await at_once(8, lambda _: sessions.next_generation(session(), LATER))
    assert sorted(moved, key=bool) == [False] * 7 + [True]
    assert await sessions.get("s") == replace(session(), generation=2, rotated_at=LATER)


async def test_a_session_is_ended_by_its_holder_once_and_moves_no_more(db: Database, sessions: SessionStore) -> None:
    async def end(holder: str, at: datetime = LATER) -> bool:
        return await db.transaction(lambda tx: sessions.end("s", holder, EndReason.SIGNED_OUT, at, tx))

    assert [await end("b"), await end("a"), await end("a", LATER + timedelta(days=1))] == [False, True, False]
    assert (await sessions.get("s") or session()).ended_at == LATER
    assert await sessions.revoked_since(AT) == ["s"]
    assert not await sessions.next_generation(session(), LATER)
    assert await sessions.live_of("a", AT) == []


async def test_a_challenge_has_so_many_tries_in_parallel_too_and_is_used_once(db: Database) -> None:
    challenges = ChallengeStore(await shaped(db, "otp_challenges"), RING)
    challenge = Challenge(new_id(), AT + timedelta(minutes=5))
    await db.transaction(lambda tx: challenges.add(challenge, PHONE, "123456", tx))
    kept = bytes_of(await stored(db, "otp_challenges"))
    assert PHONE.encode() not in kept
    assert b"123456" not in kept
    assert await challenges.spend_try(challenge.id, challenge.expires_at) is None, "it is over"
    tries: list[Any] = await at_once(12, lambda _: challenges.spend_try(challenge.id, AT))
    opened = [one for one in tries if one is not None]
    assert len(opened) == MOST_TRIES
    assert {one.phone for one in opened} == {PHONE}
    assert {one.code_hash for one in opened} == {challenges.code_hash(challenge.id, "123456")}
    moments = [AT + timedelta(milliseconds=n) for n in range(4)]
    used = await at_once(4, lambda n: db.transaction(lambda tx: challenges.use(challenge.id, moments[n], tx)))
    assert sorted(used, key=bool) == [False] * 3 + [True]


async def test_a_void_challenge_takes_no_try(db: Database) -> None:
    challenges = ChallengeStore(await shaped(db, "otp_challenges"), RING)
    challenge = Challenge(new_id(), AT + timedelta(minutes=5))
    await db.transaction(lambda tx: challenges.add(challenge, PHONE, "123456", tx))
    await challenges.void(challenge.id, AT)
    assert await challenges.spend_try(challenge.id, AT) is None


async def test_failures_at_the_registry_are_counted_in_parallel_and_lock_for_a_day(db: Database) -> None:
    store = VerificationStore(await shaped(db, "verifications", "verification_locks"))
    done = await at_once(12, lambda n: store.count_failure("a", f"attempt-{n}", AT))
    counted = [n for n, result in enumerate(done) if isinstance(result, int)]
    assert len(counted) == verification.MOST_FAILURES
    assert {type(r) for r in done if not isinstance(r, int)} == {VerificationLocked}
    assert await store.count_failure("a", f"attempt-{counted[0]}", AT) == 0, "a repeat is not counted again"
    await store.give_back("a", f"attempt-{counted[0]}")
    assert await store.count_failure("a", "another", AT) == 0
    with pytest.raises(VerificationLocked) as locked:
        await store.count_failure("a", "yet another", AT + timedelta(hours=23))
    assert locked.value.until == AT + verification.LOCK
    assert await store.count_failure("b", "of another", AT) == 2
    assert await store.count_failure("a", "next day", AT + verification.LOCK) == 2


async def test_an_attempt_is_begun_once_and_settled_once(db: Database) -> None:
    store = VerificationStore(await shaped(db, "verifications", "verification_locks"))
    attempt = verification.Attempt("v", "a", AT)
    assert await store.begin(attempt, "content") == (attempt, "content")
    assert await store.begin(replace(attempt, at=LATER), "other") == (attempt, "content")
    matched, missed = verification.AttemptState.MATCHED, verification.AttemptState.NOT_MATCHED
    assert await store.settle("v", verification.AttemptState.UNAVAILABLE, 3)
    assert await store.settle("v", missed, 1)
    assert not await store.settle("v", matched, 3)
    assert await store.begin(attempt, "content") == (replace(attempt, state=missed, remaining=1), "content")


GUARDIANSHIP = Guardianship(
    "g1",
    "guardian",
    "ward",
    "parent",
    frozenset({WardScope.CARD_SHOW, WardScope.INBOX_READ}),
    GuardianshipState.PROPOSED,
    date(2026, 12, 31),
    AT,
)


async def test_a_guardianship_is_seen_by_both_sides_and_nobody_else(db: Database) -> None:
    store = GuardianshipStore(await shaped(db, "guardianships"))
    await db.transaction(lambda tx: store.add(GUARDIANSHIP, tx))
    assert await store.between("guardian", "ward") == GUARDIANSHIP
    assert await store.between("ward", "guardian") is None
    for party in ("guardian", "ward"):
        assert await store.party_to("g1", party) == GUARDIANSHIP
    assert await store.party_to("g1", "stranger") is None
    assert (await store.of_guardian("guardian"), await store.of_ward("ward")) == ([GUARDIANSHIP], [GUARDIANSHIP])
    assert (await store.of_guardian("ward"), await store.of_ward("guardian")) == ([], [])


async def test_a_change_of_a_guardianship_loses_when_the_state_moved(db: Database) -> None:
    store = GuardianshipStore(await shaped(db, "guardianships"))
    await db.transaction(lambda tx: store.add(GUARDIANSHIP, tx))
    revoked = GUARDIANSHIP.revoked(LATER)
    assert await db.transaction(lambda tx: store.save(revoked, GUARDIANSHIP, tx))
    assert not await db.transaction(lambda tx: store.save(GUARDIANSHIP.accepted(), GUARDIANSHIP, tx))
    assert await store.party_to(GUARDIANSHIP.id, "ward") == revoked
    assert await store.between("guardian", "ward") is None
    assert await store.of_guardian("guardian") == []


async def test_organisations_come_back_and_put_replaces(db: Database) -> None:
    store = OrganisationStore(await shaped(db, "organisations"))
    city = Organisation("city", "福州市", Kind.GOVERNMENT, Level.CITY)
    hall = Organisation("hall", "大厅", Kind.SERVICE_HALL, None, "city", ("city",), frozenset({"s"}), test_mode=True)
    await store.put([city, hall])
    await store.put([replace(city, name="福州")])
    assert sorted(await store.all(), key=lambda o: o.code) == [replace(city, name="福州"), hall]
    suspended = OrganisationState.SUSPENDED
    assert await db.transaction(lambda tx: store.set_state("hall", suspended, tx))
    assert not await db.transaction(lambda tx: store.set_state("none", suspended, tx))
    assert replace(hall, state=suspended) in await store.all()


async def test_an_organisation_keeps_its_english_name_and_one_of_before_has_none(db: Database) -> None:
    store = OrganisationStore(await shaped(db, "organisations"))
    library = Organisation("library", "图书馆", Kind.LIBRARY, name_en="Library")
    await store.put([library])
    assert await store.get("library") == library
    await db["organisations"].update_one({"_id": "library"}, {"$unset": {"name_en": ""}})
    assert await store.get("library") == replace(library, name_en="")
    await store.place([library])
    assert await store.get("library") == library


async def test_a_client_has_two_secrets_at_most_and_never_none(db: Database) -> None:
    store = ClientStore(await shaped(db, "clients", "revocations"))
    secrets = [ClientSecret(f"secret-{n}", f"hash-{n}", AT) for n in range(5)]
    client = Client("c", "library", "Gate", frozenset({"verify:library"}), (secrets[0],), test_mode=True)
    await db.transaction(lambda tx: store.add(client, tx))
    assert await store.get("c") == client
    assert (await store.of("library"), await store.of("other")) == ([client], [])
    added = await at_once(4, lambda n: db.transaction(lambda tx: store.add_secret("c", secrets[n + 1], tx)))
    assert sorted(added, key=bool) == [False] * 3 + [True]

    async def withdraw(secret: ClientSecret) -> bool:
        return await db.transaction(lambda tx: store.withdraw_secret(client, secret, AT, tx))

    unknown = ClientSecret("unknown", "", AT)
    assert [await withdraw(unknown), await withdraw(secrets[0])] == [False, True]
    (kept,) = (await store.get("c") or client).secrets
    assert not await withdraw(kept)


async def test_a_client_is_suspended_once_and_all_its_grants_are_void(db: Database) -> None:
    store = ClientStore(await shaped(db, "clients", "revocations"))
    client = Client("c", "library", "Gate", frozenset(), (ClientSecret("s1", "h", AT), ClientSecret("s2", "h", AT)))
    await db.transaction(lambda tx: store.add(client, tx))
    assert await db.transaction(lambda tx: store.suspend(client, True, AT, tx))
    suspended = await store.get("c") or client
    assert (suspended.suspended, suspended.epoch) == (True, 1)
    assert not await db.transaction(lambda tx: store.suspend(suspended, True, AT, tx))
    assert await db.transaction(lambda tx: store.suspend(suspended, False, AT, tx))
    void = {row["_id"] for row in await db["revocations"].find({}).to_list(None)}
    assert void == {client.grant(secret) for secret in client.secrets} == {"s1.0", "s2.0"}


async def test_staff_come_back_sealed_and_a_login_is_taken_once(db: Database) -> None:
    store = StaffStore(await shaped(db, "staff"), RING)
    assert store.id_of(None, " Chen ") == store.id_of(None, "chen") != store.id_of("library", "chen")
    chen = Staff(store.id_of(None, "chen"), None, "陈静", "$argon2id$", "TOTPSECRET", frozenset({StaffRole.AUDITOR}))
    await db.transaction(lambda tx: store.add(chen, tx))
    assert await store.get(chen.id) == chen
    with pytest.raises(LoginTaken):
        await db.transaction(lambda tx: store.add(chen, tx))
    kept = bytes_of(await stored(db, "staff"))
    assert "陈静".encode() not in kept
    assert b"TOTPSECRET" not in kept
    assert b"chen" not in kept


async def test_a_one_time_code_is_used_once_and_its_place_is_known_then(db: Database) -> None:
    store = StaffStore(await shaped(db, "staff"), RING)
    await db.transaction(lambda tx: store.add(Staff("s", None, "n", "h", "t", frozenset({StaffRole.VIEWER})), tx))
    used = await at_once(6, lambda _: store.use_step("s", 100, "hall"))
    assert sorted(used, key=bool) == [False] * 5 + [True]
    assert [await store.use_step("s", step, "home") for step in (99, 100, 101)] == [False, False, True]
    for step in range(102, 102 + MOST_ADDRESSES - 1):
        await store.use_step("s", step, f"place {step}")
    found = await store.get("s")
    assert found is not None
    assert (found.places[0], len(found.places)) == ("home", MOST_ADDRESSES)


async def test_of_many_tries_at_once_as_many_as_allowed_are_counted(db: Database) -> None:
    tries, limit = TryStore(await shaped(db, "staff_tries")), TryLimit(5, timedelta(minutes=15))
    taken = await at_once(20, lambda _: tries.take("s", "hall", limit, AT))
    assert sorted(taken, key=str) == sorted([None] * 5 + [AT + limit.window] * 15, key=str)
    assert await tries.take("s", "home", limit, AT) is None
    later = AT + limit.window
    assert await tries.take("s", "hall", limit, later) is None
    assert await tries.take("s", "hall", limit, AT + timedelta(minutes=1)) is None
    await tries.forget("s", "hall")
    assert [await tries.take("s", "hall", limit, AT) for _ in range(6)][-1] == AT + limit.window


async def test_two_who_ask_for_the_administrators_at_once_ask_one_after_the_other(db: Database) -> None:
    store = StaffStore(await shaped(db, "staff", "counters"), RING)
    for name in ("a", "b"):
        one = Staff(name, None, "n", "h", "t", frozenset({StaffRole.ADMINISTRATOR}))
        await db.transaction(lambda tx, one=one: store.add(one, tx))  # type: ignore[misc]

    async def retire(name: str, tx: Tx) -> bool:
        others = await store.administrators(tx) - {name}
        return bool(others) and await store.set_suspended(name, True, tx)

    retired = await at_once(2, lambda n: db.transaction(lambda tx: retire("ab"[n], tx)))
    assert sorted(retired) == [False, True]
