"""Visitors' passes at gates with network: each code once, each entry once, and every refusal by its name."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Forbidden, Outcome
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from app.domains.community.estates.gates.errors import GateShut, GateUnknown
from app.domains.community.estates.gates.model import Gate
from app.domains.community.estates.model import EstateRules
from app.domains.community.gates.model import Opened, Way
from app.domains.community.residents.errors import NotResident
from app.domains.community.visitors import offline
from app.domains.community.visitors.errors import (
    GateClockOff,
    PassCodeMalformed,
    PassCodeOver,
    PassForged,
    PassInvalid,
    PassLimitReached,
    PassRevoked,
    PassTooEarly,
    PassTooLate,
    PassUnknown,
    PassUsed,
    PassWrongGate,
)
from app.domains.community.visitors.model import Standing, VisitorPass, parsed_plate
from app.domains.community.visitors.service import SeenPass
from app.wiring import City
from tests.conftest import Fakes
from tests.support.estates import SCOPES, Grounds, code_of, grounds, invitation, invited, moved_in, named
from virtual_card.codes.keys import KeySet, SigningKey

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def city(shared_city: tuple[City, Fakes]) -> City:
    return shared_city[0]


async def opened(city: City, where: Grounds, code: str, gate: str = "east", off: timedelta = timedelta(0)) -> Opened:
    opening = city.services.community.neighbourhood.gates.opening
    read_at = city.clock.now() + off
    return await opening.open(where.keeper, where.gate(gate), code, read_at, new_id())


async def a_pass(city: City, **changed: Any) -> tuple[Grounds, SeenPass]:
    where = await grounds(city)
    citizen, residency = await moved_in(city, where)
    return where, await invited(city, citizen, residency, **changed)


async def tried(city: City, where: Grounds, code: str) -> str:
    try:
        return f"left {(await opened(city, where, code)).left}"
    except Outcome as refused:
        return refused.code


# At the gate


async def test_of_fifty_rivals_with_one_code_one_comes_in(city: City) -> None:
    where, seen = await a_pass(city, entries=10)
    code = code_of(city, seen)
    got = await asyncio.gather(*(tried(city, where, code) for _ in range(50)))
    assert sorted(set(got)) == ["PASS_CODE_SPENT", "left 9"]
    assert got.count("left 9") == 1


async def test_of_fifty_rivals_with_codes_of_their_own_as_many_come_in_as_the_pass_says(city: City) -> None:
    where, seen = await a_pass(city, entries=3)
    codes = [code_of(city, seen) for _ in range(50)]
    assert len(set(codes)) == 50
    got = await asyncio.gather(*(tried(city, where, code) for code in codes))
    assert sorted(one for one in got if one.startswith("left")) == ["left 0", "left 1", "left 2"]
    assert set(got) == {"left 0", "left 1", "left 2", "PASS_USED"}


async def test_a_pass_lets_in_is_logged_and_whoever_made_it_is_told(city: City) -> None:
    where, seen = await a_pass(city, entries=2, plate="闽A12345")
    done = await opened(city, where, code_of(city, seen))
    assert (done.way, done.left, done.plate) == (Way.VISITOR, 1, True)
    log = city.services.community.neighbourhood.gates.log
    mine = (await log.of_home(named(seen.one.citizen), seen.one.residency, PageRequest())).items
    assert [(one.guest, one.entry.gate, one.mine) for one in mine] == [("陈客", "east", True)]
    (told,) = (await log.of_estate(where.keeper, where.code, PageRequest())).items
    assert told.id == done.entry
    (event,) = await city.db["outbox"].find({"citizen": seen.one.citizen, "type": "visitor.arrived"}).to_list(None)
    assert event["facts"] == {"visitor": seen.one.id}


async def test_the_same_call_again_is_answered_as_the_first_time(city: City) -> None:
    where, seen = await a_pass(city)
    opening, key, code = city.services.community.neighbourhood.gates.opening, new_id(), code_of(city, seen)
    keeper, now, gate = where.keeper, city.clock.now(), where.gate()
    first = await opening.open(keeper, gate, code, now, key)
    assert await opening.open(keeper, gate, code, now, key) == first


async def test_every_refusal_at_the_gate_has_its_name(city: City) -> None:
    where, seen = await a_pass(city)
    other, theirs = await a_pass(city)
    now = city.clock.now()
    one = seen.one
    early = await invited(
        city, one.citizen, one.residency, begins=now + timedelta(hours=1), ends=now + timedelta(hours=2)
    )
    at_cars = await invited(city, one.citizen, one.residency, gates=("cars",))
    forged = offline.seal(one, SigningKey.new("card-0001"), now)
    for code, off, refused in (
        (code_of(city, theirs), timedelta(0), PassWrongGate),
        (code_of(city, at_cars), timedelta(0), PassWrongGate),
        (code_of(city, early), timedelta(0), PassTooEarly),
        (code_of(city, seen, now - timedelta(minutes=3)), timedelta(0), PassCodeOver),
        (code_of(city, seen, now + timedelta(minutes=3)), timedelta(0), GateClockOff),
        (code_of(city, seen), timedelta(minutes=5), GateClockOff),
        (code_of(city, seen), timedelta(minutes=-5), GateClockOff),
        (forged, timedelta(0), PassForged),
        ("RONGV1:NOTHING", timedelta(0), PassCodeMalformed),
    ):
        with pytest.raises(refused):
            await opened(city, where, code, off=off)
    await opened(city, where, code_of(city, seen))
    with pytest.raises(PassUsed):
        await opened(city, where, code_of(city, seen))
    assert other.code != where.code


async def test_a_revoked_pass_opens_nothing_from_that_moment(city: City) -> None:
    where, seen = await a_pass(city)
    code, visitors = code_of(city, seen), city.services.community.neighbourhood.gates.visitors
    done = await visitors.revoke(named(seen.one.citizen), seen.one.id, new_id())
    assert (done.standing, done.url) == (Standing.REVOKED, None)
    with pytest.raises(PassRevoked):
        await opened(city, where, code)
    with pytest.raises(PassRevoked):
        await visitors.revoke(named(seen.one.citizen), seen.one.id, new_id())


async def test_of_a_pass_whose_maker_moves_out_nobody_comes_in(city: City) -> None:
    where, seen = await a_pass(city)
    code = code_of(city, seen)
    residents = city.services.community.neighbourhood.residents
    await residents.leave(named(seen.one.citizen), seen.one.residency, new_id())
    with pytest.raises(PassRevoked):
        await opened(city, where, code)


async def test_a_gate_of_others_is_none_and_one_out_of_use_is_shut(city: City) -> None:
    where, seen = await a_pass(city)
    opening, code = city.services.community.neighbourhood.gates.opening, code_of(city, seen)
    stranger = Viewer(role=Role.PROVIDER_STAFF, actor="x", organisation="elsewhere", scopes=frozenset(SCOPES))
    with pytest.raises(GateUnknown):
        await opening.open(stranger, where.gate(), code, city.clock.now(), new_id())
    without = Viewer(role=Role.PROVIDER_STAFF, actor="x", organisation=where.company, scopes=frozenset({"community"}))
    with pytest.raises(Forbidden):
        await opening.open(without, where.gate(), code, city.clock.now(), new_id())
    keeping = city.services.community.neighbourhood.gates.keeping
    (gate,) = [one for one in await keeping.of_estate(where.code) if one.code == "east"]
    await keeping.save(where.keeper, Gate(gate.estate, gate.code, gate.name, gate.kind, active=False), new_id())
    with pytest.raises(GateShut):
        await opened(city, where, code)


# Making one


async def test_a_home_makes_so_many_passes_a_day_whoever_of_it_asks(city: City) -> None:
    where = await grounds(city, rules=EstateRules(passes_a_day=3))
    citizen, residency = await moved_in(city, where)

    async def one() -> str:
        try:
            return (await invited(city, citizen, residency)).standing.value
        except PassLimitReached as reached:
            return f"limit {reached.limit}"

    got = await asyncio.gather(*(one() for _ in range(8)))
    assert (got.count("good"), got.count("limit 3")) == (3, 5)
    tomorrow = city.clock.now() + timedelta(days=1)
    assert await invited(city, citizen, residency, begins=tomorrow, ends=tomorrow + timedelta(hours=1))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"guest": "  "}, "guest"),
        ({"guest": "陈" * 31}, "guest"),
        ({"begins": timedelta(minutes=-10)}, "begins"),
        ({"begins": timedelta(days=31)}, "begins"),
        ({"ends": timedelta(0)}, "ends"),
        ({"ends": timedelta(hours=73)}, "ends"),
        ({"entries": 0}, "entries"),
        ({"entries": 11}, "entries"),
        ({"plate": "NOTAPLATE"}, "plate"),
        ({"gates": ("nowhere",)}, "gates"),
    ],
)
async def test_what_cannot_be_a_pass_is_refused_by_its_field(city: City, changed: dict[str, Any], field: str) -> None:
    where, now = await _here(city), city.clock.now()
    moved = {name: now + value if isinstance(value, timedelta) else value for name, value in changed.items()}
    with pytest.raises(PassInvalid) as refused:
        await invited(city, *where, **moved)
    assert refused.value.field == field


_HERE: dict[int, tuple[str, str]] = {}


async def _here(city: City) -> tuple[str, str]:
    """One home for all rows of the table."""
    if id(city) not in _HERE:
        _HERE[id(city)] = await moved_in(city, await grounds(city))
    return _HERE[id(city)]


async def test_only_who_lives_there_invites_and_nobody_sees_anothers_pass(city: City) -> None:
    where, seen = await a_pass(city)
    visitors, stranger = city.services.community.neighbourhood.gates.visitors, named(new_id())
    with pytest.raises(NotResident):
        await visitors.invite(stranger, seen.one.residency, invitation(city.clock.now()), new_id())
    assert await visitors.one(stranger, seen.one.id) is None
    with pytest.raises(PassUnknown):
        await visitors.revoke(stranger, seen.one.id, new_id())
    assert where.code == seen.one.estate


async def test_what_is_kept_of_a_guest_is_sealed(city: City) -> None:
    _, seen = await a_pass(city, phone="13900005555", plate="闽A54321")
    row = await city.db["visitor_passes"].find_one({"_id": seen.one.id})
    assert row is not None
    text = repr({name: value for name, value in row.items() if not isinstance(value, bytes)})
    assert seen.one.link is not None
    assert not any(word in text for word in ("陈客", "13900005555", "54321", seen.one.link))
    assert all(isinstance(row[name], bytes) for name in ("guest", "phone", "plate", "link"))


# The code


def _one() -> VisitorPass:
    return VisitorPass(new_id(), "c", "r", "e-1", "h", NOW, NOW + timedelta(hours=1), 3, NOW, gates=("east",))


def test_a_code_says_what_the_pass_says_and_is_never_the_same() -> None:
    key, one, now = SigningKey.new("card-0001"), _one(), NOW
    texts = {offline.seal(one, key, now) for _ in range(20)}
    assert len(texts) == 20
    claims = offline.open_(texts.pop(), KeySet([key.public]), now)
    assert (claims.pass_id, claims.estate, claims.gates, claims.entries) == (one.id, "e-1", ("east",), 3)
    assert (claims.begins, claims.ends) == (one.begins, one.ends)


@settings(max_examples=60)
@given(st.data())
def test_a_code_that_was_altered_anywhere_opens_nothing(data: st.DataObject) -> None:
    key, now = SigningKey.new("card-0001"), NOW
    text = offline.seal(_one(), key, now)
    at = data.draw(st.integers(len(offline.PREFIX), len(text) - 1))
    other = data.draw(st.sampled_from([c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:" if c != text[at]]))
    with pytest.raises((PassForged, PassCodeMalformed)):
        offline.open_(text[:at] + other + text[at + 1 :], KeySet([key.public]), now)


@pytest.mark.parametrize(
    ("raw", "plate"),
    [("闽A12345", "闽A12345"), (" 闽a·1234 5 ", "闽A12345"), ("闽AD12345", "闽AD12345"), ("粤Z1234港", "粤Z1234港")],
)
def test_a_plate_is_read_however_it_is_typed(raw: str, plate: str) -> None:
    assert parsed_plate(raw) == plate


def test_a_pass_that_is_over_is_too_late() -> None:
    one = _one()
    with pytest.raises(PassTooLate):
        one.demand_good(one.ends)
