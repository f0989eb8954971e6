"""Stores of the card: what is kept comes back to its owner, sealed where personal; stale changes lose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.mongo import Database, DuplicateKey
from app.core.paging import PageRequest
from tests.stores.support import at_once, bytes_of, persons_of, shaped, stored
from virtual_card.cards.errors import CardExists
from virtual_card.cards.model import Card, CardEvent, CardKind, CardState
from virtual_card.cards.store import CardStore
from virtual_card.codes.model import ONLINE_LIFE, OVERLAP, KeptCode, Purpose
from virtual_card.codes.store import CodeStore
from virtual_card.disclosures.model import Channel, Disclosure, Dispute
from virtual_card.disclosures.store import DisclosureStore

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


def card(id_: str = "card-1", holder: str = "a", number: str = "3501000000000001", index: int = 0) -> Card:
    issued = CardEvent(CardState.ACTIVE, AT, holder, "issued")
    until = date(2031, 3, 1)
    return Card(id_, number, holder, CardKind.PERSONAL, CardState.ACTIVE, AT, until, index, (issued,))


SUSPENSION = CardEvent(CardState.SUSPENDED, LATER, "a", "loss_reported")


@pytest.fixture
async def cards(db: Database) -> CardStore:
    store = CardStore(await shaped(db, "cards", "card_numbers", "counters"))
    await db.transaction(lambda tx: store.add(card(), tx))
    return store


async def test_a_card_comes_back_to_its_holder_only(cards: CardStore) -> None:
    assert await cards.newest_of("a") == await cards.get("card-1", "a") == card()
    assert await cards.by_number(card().number) == card()
    assert (await cards.get("card-1", "b"), await cards.newest_of("b")) == (None, None)
    assert await cards.by_number("3501000000000002") is None


async def test_a_person_has_one_live_card_and_a_number_one_card(db: Database, cards: CardStore) -> None:
    second = card("card-2", number="3501000000000002")
    with pytest.raises(CardExists):
        await db.transaction(lambda tx: cards.add(second, tx))
    with pytest.raises(DuplicateKey):
        await db.transaction(lambda tx: cards.add(card("card-3", holder="b"), tx))
    revoked = card().revoked(CardEvent(CardState.REVOKED, LATER, "ops", "fraud"))
    assert await db.transaction(lambda tx: cards.save(revoked, card(), tx))
    await db.transaction(lambda tx: cards.add(second, tx))
    assert await cards.newest_of("a") == second
    assert await cards.get("card-1", "a") == revoked


async def test_a_change_of_a_card_loses_when_the_card_moved(db: Database, cards: CardStore) -> None:
    suspended = card().suspended(AT.date(), SUSPENSION)
    done = await at_once(4, lambda _: db.transaction(lambda tx: cards.save(suspended, card(), tx)))
    assert sorted(done, key=bool) == [False] * 3 + [True]
    found = suspended.reinstated(AT.date(), CardEvent(CardState.ACTIVE, LATER, "a", "found"))
    assert await db.transaction(lambda tx: cards.save(found, suspended, tx))
    # Active again, yet with more history than this stale change has seen.
    assert not await db.transaction(lambda tx: cards.save(suspended, card(), tx))
    assert await cards.newest_of("a") == found


async def test_places_in_the_status_list_are_handed_out_once(db: Database, cards: CardStore) -> None:
    assert await cards.places() == 0
    places = await at_once(12, lambda _: cards.next_status_index())
    assert sorted(p for p in places if isinstance(p, int)) == list(range(12))
    assert await cards.places() == 12
    assert await cards.barred() == []
    suspended = card().suspended(AT.date(), SUSPENSION)
    await db.transaction(lambda tx: cards.save(suspended, card(), tx))
    assert await cards.barred() == [0]


async def test_a_holder_is_told_of_the_expiry_once_whatever_happens_to_the_card(db: Database, cards: CardStore) -> None:
    last = card().valid_until
    before, after = last - timedelta(days=1), last + timedelta(days=1)
    for today, day in ((last, last), (before, last), (before, after)):
        assert [found async for found in cards.expiring_by(today, day)] == [card()]
    assert [found async for found in cards.expiring_by(before, before)] == []
    assert [found async for found in cards.expiring_by(after, after)] == []
    assert await db.transaction(lambda tx: cards.mark_told_of_expiry(card(), tx))
    suspended = card().suspended(AT.date(), SUSPENSION)
    await db.transaction(lambda tx: cards.save(suspended, card(), tx))
    assert [found async for found in cards.expiring_by(before, after)] == []
    assert not await db.transaction(lambda tx: cards.mark_told_of_expiry(card(), tx))


def code(hash_: str, purpose: Purpose = Purpose.TRANSIT) -> KeptCode:
    return KeptCode(hash_, "card-1", "a", purpose, AT + ONLINE_LIFE, None)


async def test_a_code_is_used_once_for_its_purpose_and_in_time(db: Database) -> None:
    store = CodeStore(await shaped(db, "codes"))
    await db.transaction(lambda tx: store.add(code("h1"), tx))
    assert await store.get("h1") == code("h1")
    assert await store.get("h2") is None

    async def use(purpose: Purpose = Purpose.TRANSIT, at: datetime = AT) -> bool:
        return await db.transaction(lambda tx: store.use("h1", purpose, None, at, tx))

    assert [await use(Purpose.GATE), await use(at=AT + ONLINE_LIFE)] == [False, False]
    done = await at_once(10, lambda n: use(at=AT + timedelta(milliseconds=n)))
    assert sorted(done, key=bool) == [False] * 9 + [True]
    winner = AT + timedelta(milliseconds=done.index(True))
    assert await store.get("h1") == replace(code("h1"), used_at=winner)


async def test_a_renewed_code_shortens_the_ones_before_for_the_same_purpose(db: Database) -> None:
    store = CodeStore(await shaped(db, "codes"))
    for one in (code("old"), code("gate", Purpose.GATE), code("new")):
        await db.transaction(lambda tx, one=one: store.add(one, tx))
    await db.transaction(lambda tx: store.shorten_others(code("new"), AT, tx))
    ends = {row["_id"]: row["expires_at"] for row in await stored(db, "codes")}
    assert ends == {"old": AT + OVERLAP, "gate": AT + ONLINE_LIFE, "new": AT + ONLINE_LIFE}


def look_up(n: int, who: str = "a", organisation: str = "library") -> Disclosure:
    return Disclosure(f"d{n}", who, organisation, "gate-1", "library", ("resident",), Channel.ONLINE_CODE, AT)


@pytest.fixture
async def disclosures(db: Database) -> DisclosureStore:
    store = DisclosureStore(await shaped(db, "disclosures", "person_keys"), persons_of(db))
    for made in (look_up(1), look_up(2), look_up(3), look_up(4, who="b"), look_up(5, organisation="bus")):
        await db.transaction(lambda tx, made=made: store.add(made, tx))
    return store


async def test_look_ups_are_paged_to_the_citizen_and_to_the_provider_newest_first(
    disclosures: DisclosureStore,
) -> None:
    first = await disclosures.of_citizen("a", PageRequest(3))
    assert ([d.id for d in first.items], first.has_next) == (["d5", "d3", "d2"], True)
    rest = await disclosures.of_citizen("a", PageRequest(3, first.items[-1].id))
    assert (rest.items, rest.has_next) == ((look_up(1),), False)
    by_library = await disclosures.of_organisation("library", False, PageRequest(9))
    assert [d.id for d in by_library.items] == ["d4", "d3", "d2", "d1"]
    assert (await disclosures.get("d1", "a"), await disclosures.get("d1", "b")) == (look_up(1), None)
    assert (await disclosures.of_citizen("c", PageRequest())).items == ()


async def test_a_look_up_is_disputed_once_and_the_reason_is_sealed(db: Database, disclosures: DisclosureStore) -> None:
    dispute = Dispute("我当时不在福州", LATER)
    done = await at_once(4, lambda _: db.transaction(lambda tx: disclosures.dispute(look_up(1), dispute, tx)))
    assert sorted(done, key=bool) == [False] * 3 + [True]
    assert await disclosures.get("d1", "a") == replace(look_up(1), dispute=dispute)
    assert dispute.reason.encode() not in bytes_of(await stored(db, "disclosures"))
    stolen = replace(look_up(2), citizen="b")
    assert not await db.transaction(lambda tx: disclosures.dispute(stolen, dispute, tx)), "another owner's"
