"""The list of a large estate for its gates: in parts, then only what has changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.bridges.estates import CardPlaces
from app.core.errors import BadInput
from app.core.ids import new_id
from app.core.paging import encode_cursor
from app.core.passwords import Passwords
from app.domains.community.estates.gates.errors import GateInvalid
from app.domains.community.estates.gates.model import MOST_GATES
from app.domains.community.gates.errors import GateListUnfit
from app.domains.community.gates.lists.service import LONGEST_CHANGE, PART, Kit, ListService
from app.domains.community.gates.offline import GateList, OfflineGate, Told, decode, encode
from app.domains.community.residents.store import ResidentStore
from app.domains.community.visitors.errors import PassRevoked
from app.domains.community.visitors.store import PassStore
from app.settings import Settings
from app.wiring import City, build
from tests.conftest import QUICK, Fakes
from tests.support.estates import Grounds, carded, code_of, grounds, invited, moved_in, named
from tests.support.fakes import MovableClock
from virtual_card.codes.keys import KeySet, SigningKey


@pytest.fixture
async def city(settings: Settings, fakes: Fakes, clock: MovableClock) -> AsyncIterator[City]:
    city = build(settings, beyond=fakes.outside, clock=clock, passwords=Passwords(QUICK))
    await city.start(follow=False)
    yield city
    await city.stop()


async def fetched(city: City, where: Grounds, since: datetime | None = None, after: str | None = None) -> Kit:
    lists = city.services.community.neighbourhood.gates.lists
    kit = await lists.kit(where.keeper, where.gate(), since=since, after=after)
    assert kit is not None
    return kit


def read(kit: Kit) -> GateList:
    return decode(kit.data, KeySet.from_jwks(kit.keys))


async def test_what_has_changed_since_is_told_without_the_rest(city: City, fakes: Fakes, clock: MovableClock) -> None:
    where, neighbourhood = await grounds(city), city.services.community.neighbourhood
    stays, leaves, comes, barred = [await carded(city, fakes) for _ in range(4)]
    residency = (await moved_in(city, where, leaves.subject, "102"))[1]
    home = await moved_in(city, where, stays.subject)
    await moved_in(city, where, barred.subject, "104")
    seen = await invited(city, *home, ends=clock.now() + timedelta(hours=9))
    clock.advance(minutes=5)
    first = await fetched(city, where)
    keys, known = KeySet.from_jwks(first.keys), read(first)
    gate = OfflineGate(where.code, "east", keys, known)
    assert (len(known.cards), known.used, known.whole) == (3, {}, True)
    clock.advance(minutes=5)
    await neighbourhood.residents.leave(leaves, residency, new_id())
    await moved_in(city, where, comes.subject, "103")
    await city.services.cards.report_loss(barred, new_id())
    await neighbourhood.gates.visitors.revoke(named(home[0]), seen.one.id, new_id())
    change = read(await fetched(city, where, known.issued_at))
    assert (len(change.cards), len(change.gone), change.revoked) == (1, 2, {seen.one.id})
    gate.refresh(keys, change)
    anew = read(await fetched(city, where))
    assert (gate.list.cards, gate.list.revoked, gate.list.issued_at) == (anew.cards, anew.revoked, anew.issued_at)
    with pytest.raises(PassRevoked):
        gate.check(code_of(city, seen), clock.now())
    clock.advance(minutes=5)
    gate.refresh(keys, read(await fetched(city, where, gate.list.issued_at)))  # what lies just before is told twice
    quiet = read(await fetched(city, where, gate.list.issued_at))
    assert (quiet.cards, quiet.gone, quiet.used) == (frozenset(), frozenset(), {})


async def test_what_changed_too_long_ago_is_told_whole_and_a_place_in_no_list_is_bad_input(
    city: City, clock: MovableClock
) -> None:
    where = await grounds(city)
    for since in (clock.now() - LONGEST_CHANGE - timedelta(seconds=1), clock.now() + timedelta(hours=1)):
        assert read(await fetched(city, where, since)).whole
    for after in ("nonsense!", encode_cursor("v:123"), encode_cursor("v:9e9:1"), encode_cursor("x:1:2")):
        with pytest.raises(BadInput):
            await fetched(city, where, after=after)


async def test_the_list_of_a_large_estate_comes_in_parts_that_follow_on_each_other(city: City, fakes: Fakes) -> None:
    where = await grounds(city)
    people = [await carded(city, fakes) for _ in range(5)]
    homes = [await moved_in(city, where, one.subject, f"10{at + 1}") for at, one in enumerate(people)]
    passes = [await invited(city, *homes[0]) for _ in range(3)]
    visitors = city.services.community.neighbourhood.gates.visitors
    for one in passes:
        await visitors.revoke(people[0], one.one.id, new_id())
    parts, after = list[GateList](), None
    for _ in range(9):
        kit = await _by_twos(city).kit(where.keeper, where.gate(), after=after)
        assert kit is not None
        parts.append(read(kit))
        after = kit.after
        if after is None:
            break
    assert [(len(one.revoked), len(one.cards)) for one in parts] == [(2, 0), (1, 2), (0, 2), (0, 1)]
    whole = parts[0]
    for one in parts[1:]:
        with pytest.raises(GateListUnfit):
            OfflineGate(where.code, "east", KeySet(()), whole)
        whole = whole.followed_by(one)
    at_once = read(await fetched(city, where))
    assert (whole.cards, whole.revoked, whole.whole) == (at_once.cards, at_once.revoked, True)
    with pytest.raises(GateListUnfit):
        parts[0].followed_by(parts[2])
    with pytest.raises(GateListUnfit):
        parts[0].followed_by(read(await fetched(city, where, whole.issued_at)))


def _by_twos(city: City) -> ListService:
    passes = PassStore(city.db, city.persons, city.ring)
    residents = ResidentStore(city.db, city.persons, city.ring)
    keeping = city.services.community.neighbourhood.gates.keeping
    return ListService(keeping, passes, residents, CardPlaces(city.cards), city.keys, city.clock, part=2)


def test_an_estate_of_ten_thousand_homes_is_told_in_less_than_eighty_kilobytes() -> None:
    key, now = SigningKey.new("card-0001"), MovableClock().now()
    places = range(0, 8_000_000, 320)  # 25,000 residents' cards among those of eight million people
    parts = [encode("e-1", Told((), places[at::13]), key, now) for at in range(13)]
    assert len(places[0::13]) <= PART
    assert sum(map(len, parts)) < 80_000
    keys = KeySet([key.public])
    assert sorted(place for one in parts for place in decode(one, keys).cards) == list(places)


async def test_an_estate_has_as_many_gates_as_its_lists_show(city: City) -> None:
    where, keeping = await grounds(city), city.services.community.neighbourhood.gates.keeping
    (cars, _) = await keeping.kept(where.keeper, where.code)
    row = await city.db["estate_gates"].find_one({"_id": cars.id})
    assert row is not None
    more = [{**row, "_id": f"{where.code}:g{at}", "code": f"g{at}"} for at in range(MOST_GATES - 2)]
    await city.db["estate_gates"].insert_many(more)
    with pytest.raises(GateInvalid):
        await keeping.save(where.keeper, replace(cars, code="more"), new_id())
    assert not (await keeping.save(where.keeper, replace(cars, active=False), new_id())).active
