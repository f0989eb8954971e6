"""A gate without network for an hour: whom it lets in, what it cannot know, and what is found when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.passwords import Passwords
from app.core.viewer import Viewer
from app.domains.community.gates.errors import GateListMalformed, GateListUntrusted, HolderNotResident
from app.domains.community.gates.model import Answered, Finding, Reported, Way
from app.domains.community.gates.offline import OfflineGate, Told, decode, encode
from app.domains.community.visitors.errors import (
    GateClockOff,
    GateListStale,
    PassCodeSpent,
    PassRevoked,
    PassUsed,
    PassWrongGate,
)
from app.domains.community.visitors.service import SeenPass
from app.settings import Settings
from app.wiring import City, build
from tests.conftest import QUICK, Fakes
from tests.support.estates import Grounds, carded, code_of, grounds, invited, moved_in, named, offline_gate
from tests.support.fakes import MovableClock
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.model import Purpose

HOUR = timedelta(hours=1)


@pytest.fixture
async def city(settings: Settings, fakes: Fakes, clock: MovableClock) -> AsyncIterator[City]:
    city = build(settings, beyond=fakes.outside, clock=clock, passwords=Passwords(QUICK))
    await city.start(follow=False)
    yield city
    await city.stop()


async def reported(city: City, where: Grounds, gate: OfflineGate) -> list[Finding]:
    told = gate.pending()
    found = await answered(city, where, gate.code, told)
    gate.settled([one.reference for one in found], city.clock.now())
    return [one.finding for one in found]


async def answered(city: City, where: Grounds, gate: str, told: list[Reported]) -> list[Answered]:
    reporting = city.services.community.neighbourhood.gates.reporting
    return await reporting.report(where.keeper, where.gate(gate), told)


async def test_a_gate_without_network_for_an_hour(city: City, clock: MovableClock) -> None:
    where = await grounds(city)
    citizen, residency = await moved_in(city, where)
    gates = city.services.community.neighbourhood.gates
    wish = {"ends": clock.now() + 3 * HOUR}
    twice = await invited(city, citizen, residency, entries=2, **wish)
    once = await invited(city, citizen, residency, **wish)
    revoked = await invited(city, citizen, residency, **wish)
    gate = await offline_gate(city, where)
    clock.advance(hours=1)
    # The network is away. Guests of good passes come in, each code once, no more often than the pass says.
    first = code_of(city, twice)
    assert gate.check(first, clock.now()).left == 1
    with pytest.raises(PassCodeSpent):
        gate.check(first, clock.now())
    let_in = gate.check(code_of(city, twice), clock.now())
    assert (let_in.way, let_in.left, let_in.window.length // HOUR) == (Way.VISITOR, 0, 1)
    assert "3600 s old" in let_in.window.en
    with pytest.raises(PassUsed):
        gate.check(code_of(city, twice), clock.now())
    # What happens elsewhere meanwhile it cannot know: these come in, too, and that is found afterwards.
    await gates.opening.open(where.keeper, where.gate("cars"), code_of(city, once), clock.now(), new_id())
    gate.check(code_of(city, once), clock.now())
    await gates.visitors.revoke(named(citizen), revoked.one.id, new_id())
    gate.check(code_of(city, revoked), clock.now())
    # The network is back.
    clock.advance(minutes=1)
    assert await reported(city, where, gate) == [Finding.FINE, Finding.FINE, Finding.OVERUSED, Finding.REVOKED]
    again = await offline_gate(city, where)
    gate.refresh(again.keys, again.list)
    with pytest.raises(PassRevoked):
        gate.check(code_of(city, revoked), clock.now())
    with pytest.raises(PassUsed):
        gate.check(code_of(city, twice), clock.now())
    odd = await gates.log.of_estate(where.keeper, where.code, PageRequest(), odd=True)
    assert [one.finding for one in odd.items] == [Finding.REVOKED, Finding.OVERUSED]
    told = await city.db["outbox"].find({"citizen": citizen, "type": "visitor.misused"}).to_list(None)
    assert sorted(one["facts"]["visitor"] for one in told) == sorted([once.one.id, revoked.one.id])
    page = await gates.visitors.mine(named(citizen), PageRequest())
    assert {one.one.id: one.one.used for one in page.items} == {twice.one.id: 2, once.one.id: 2, revoked.one.id: 1}


async def test_one_code_at_two_gates_without_network_is_found_to_be_double(city: City, clock: MovableClock) -> None:
    where = await grounds(city)
    seen = await invited(city, *await moved_in(city, where), entries=2)
    east, cars = await offline_gate(city, where), await offline_gate(city, where, "cars")
    code = code_of(city, seen)
    east.check(code, clock.now())
    cars.check(code, clock.now())
    assert await reported(city, where, east) == [Finding.FINE]
    assert await reported(city, where, cars) == [Finding.DOUBLE]


async def test_a_report_is_repeated_safely_and_what_is_no_entry_is_none(city: City, clock: MovableClock) -> None:
    where, elsewhere = await grounds(city), await grounds(city)
    seen = await invited(city, *await moved_in(city, where), entries=9)
    theirs = await invited(city, *await moved_in(city, elsewhere))
    now = clock.now()
    told = [
        Reported("1", code_of(city, seen), now),
        Reported("2", "RONGV1:NONSENSE", now),
        Reported("3", code_of(city, theirs), now),
        Reported("4", code_of(city, seen), now + HOUR),
        Reported("5", code_of(city, seen), now - HOUR),
        Reported("6", "RONG1:NONSENSE", now),
    ]
    findings = [one.finding for one in await answered(city, where, "east", told)]
    forged, ahead = Finding.FORGED, Finding.AHEAD
    assert findings == [Finding.FINE, forged, forged, ahead, forged, forged]
    again = [one.finding for one in await answered(city, where, "east", told)]
    assert again == [Finding.REPEATED] * 6
    log = city.services.community.neighbourhood.gates.log
    page = await log.of_estate(where.keeper, where.code, PageRequest())
    assert len(page.items) == 1


async def test_a_gate_that_was_started_anew_may_count_from_one_again_and_tell_anew_what_it_told(
    city: City, clock: MovableClock
) -> None:
    where = await grounds(city)
    seen = await invited(city, *await moved_in(city, where), entries=9)
    first, second = Reported("1", code_of(city, seen), clock.now()), Reported("1", code_of(city, seen), clock.now())
    assert [one.finding for one in await answered(city, where, "east", [first])] == [Finding.FINE]
    assert [one.finding for one in await answered(city, where, "east", [second])] == [Finding.FINE]
    other_name = replace(first, reference="77")
    assert await answered(city, where, "east", [other_name]) == [Answered("77", Finding.REPEATED)]
    (page,) = (await city.services.community.neighbourhood.gates.visitors.mine(_of(seen), PageRequest())).items
    assert page.one.used == 2


async def test_told_twice_at_once_each_entry_counts_once(city: City, clock: MovableClock) -> None:
    where = await grounds(city)
    seen = await invited(city, *await moved_in(city, where), entries=9)
    told = [Reported(str(at), code_of(city, seen), clock.now()) for at in range(3)]
    got = await asyncio.gather(*(answered(city, where, "east", told) for _ in range(4)))
    findings = [one.finding for batch in got for one in batch]
    assert (findings.count(Finding.FINE), findings.count(Finding.REPEATED)) == (3, 9)
    (page,) = (await city.services.community.neighbourhood.gates.visitors.mine(_of(seen), PageRequest())).items
    assert page.one.used == 3


async def test_what_a_gate_told_in_vain_it_tells_again_and_counts_itself_meanwhile(
    city: City, clock: MovableClock
) -> None:
    where = await grounds(city)
    seen = await invited(city, *await moved_in(city, where), entries=2)
    gate = await offline_gate(city, where)
    gate.check(code_of(city, seen), clock.now())
    lost = gate.pending()  # the answer never came
    gate.refresh(gate.keys, (await offline_gate(city, where)).list)
    gate.check(code_of(city, seen), clock.now())
    with pytest.raises(PassUsed):
        gate.check(code_of(city, seen), clock.now())
    assert gate.pending()[:1] == lost
    clock.advance(seconds=1)
    assert await reported(city, where, gate) == [Finding.FINE, Finding.FINE]
    with pytest.raises(PassUsed):  # by the list from before it was told
        gate.check(code_of(city, seen), clock.now())
    clock.advance(seconds=1)
    gate.refresh(gate.keys, (await offline_gate(city, where)).list)
    assert gate.pending() == []
    with pytest.raises(PassUsed):
        gate.check(code_of(city, seen), clock.now())


async def test_the_entries_of_a_gate_whose_clock_is_off_are_put_right_by_what_it_says_as_it_tells(
    city: City, clock: MovableClock
) -> None:
    where, gates = await grounds(city), city.services.community.neighbourhood.gates
    citizen, residency = await moved_in(city, where)
    seen = await invited(city, citizen, residency, entries=2)
    behind = timedelta(seconds=50)  # as far as codes can be read at all
    code, read_at = code_of(city, seen), clock.now() + behind
    clock.advance(seconds=20)  # by the gate's clock the pass was revoked before the code was read, in truth after
    await gates.visitors.revoke(named(citizen), seen.one.id, new_id())
    clock.advance(seconds=20)
    told = [Reported("1", code, read_at)]
    sent = clock.now() + timedelta(seconds=40)
    (answer,) = await gates.reporting.report(where.keeper, where.gate(), told, sent)
    entry = (await gates.log.of_estate(where.keeper, where.code, PageRequest())).items[0]
    assert answer.finding is Finding.FINE
    assert abs(entry.at - (read_at - timedelta(seconds=40))) < timedelta(seconds=5)


async def test_a_resident_is_judged_by_where_he_lived_and_how_his_card_stood_when_he_came(
    city: City, fakes: Fakes, clock: MovableClock
) -> None:
    where, neighbourhood = await grounds(city), city.services.community.neighbourhood
    left, lost = [await carded(city, fakes) for _ in range(2)]
    residency = (await moved_in(city, where, left.subject))[1]
    await moved_in(city, where, lost.subject, "102")
    clock.advance(minutes=1)
    came = [Reported("a", await _offline_code(city, left), clock.now())]
    clock.advance(minutes=1)
    await neighbourhood.residents.leave(left, residency, new_id())
    code = await _offline_code(city, lost)
    await city.services.cards.report_loss(lost, new_id())
    clock.advance(seconds=10)
    came.append(Reported("b", code, clock.now()))
    clock.advance(minutes=1)
    await city.services.cards.reinstate(lost, new_id())
    assert [one.finding for one in await answered(city, where, "east", came)] == [Finding.FINE, Finding.BARRED]


async def test_a_list_that_is_too_old_lets_nobody_in(city: City, clock: MovableClock) -> None:
    where = await grounds(city)
    seen = await invited(city, *await moved_in(city, where), ends=clock.now() + 9 * HOUR)
    gate = await offline_gate(city, where)
    clock.advance(hours=1, minutes=59, seconds=58)
    gate.check(code_of(city, seen), clock.now())
    clock.advance(seconds=3)
    with pytest.raises(GateListStale) as stale:
        gate.check(code_of(city, seen), clock.now())
    assert stale.value.age > stale.value.limit == 7200


async def test_a_gate_whose_clock_is_off_says_so(city: City, clock: MovableClock) -> None:
    where = await grounds(city)
    seen = await invited(city, *await moved_in(city, where))
    gate = await offline_gate(city, where)
    with pytest.raises(GateClockOff):
        gate.check(code_of(city, seen), clock.now() - timedelta(minutes=10))


async def test_passes_of_another_estate_or_gate_open_nothing(city: City, clock: MovableClock) -> None:
    where, elsewhere = await grounds(city), await grounds(city)
    home = await moved_in(city, where)
    gate = await offline_gate(city, where)
    for code in (
        code_of(city, await invited(city, *await moved_in(city, elsewhere))),
        code_of(city, await invited(city, *home, gates=("cars",))),
    ):
        with pytest.raises(PassWrongGate):
            gate.check(code, clock.now())


async def test_residents_come_in_by_their_cards_and_others_do_not(
    city: City, fakes: Fakes, clock: MovableClock
) -> None:
    where = await grounds(city)
    resident, stranger = [await carded(city, fakes) for _ in range(2)]
    await moved_in(city, where, resident.subject)
    gate = await offline_gate(city, where)
    codes = [await _offline_code(city, one) for one in (resident, stranger)]
    assert gate.check(codes[0], clock.now()).way is Way.CARD
    with pytest.raises(HolderNotResident):
        gate.check(codes[1], clock.now())
    assert await reported(city, where, gate) == [Finding.FINE]
    told = [Reported("s", codes[1], clock.now())]
    assert [one.finding for one in await answered(city, where, "east", told)] == [Finding.NOT_RESIDENT]


def test_a_list_that_another_signed_or_that_is_none_is_not_taken() -> None:
    ours, other = SigningKey.new("card-0001"), SigningKey.new("card-0001")
    now = MovableClock().now()
    data = encode("e-1", Told([(new_id(), 1, False)], [3, 1]), ours, now)
    assert decode(data, KeySet([ours.public])).cards == {1, 3}
    with pytest.raises(GateListUntrusted):
        decode(data, KeySet([other.public]))
    with pytest.raises(GateListMalformed):
        decode(b"no list", KeySet([ours.public]))


def _of(seen: SeenPass) -> Viewer:
    return named(seen.one.citizen)


async def _offline_code(city: City, viewer: Viewer) -> str:
    return (await city.services.codes.show_offline(viewer, Purpose.GATE, new_id())).text
