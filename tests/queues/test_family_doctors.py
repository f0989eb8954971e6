"""Contracts with family doctors, over the year that they last."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.appointments.contracts.errors import (
    ContractExists,
    ContractNotProposed,
    ContractNotYetRenewable,
    PackageUnknown,
    TeamFull,
    TeamInvalid,
)
from app.domains.appointments.contracts.model import ContractState, EndedBy, Package, Team, last_day
from app.domains.appointments.hall.queues.errors import QueueUnknown
from tests.queues.conftest import Hall


async def test_whose_year_is_over_holds_no_place_in_the_team(hall: Hall) -> None:
    contracts, first, second = hall.rooms.contracts, await hall.person(), await hall.person()
    team = Team(f"{hall.venue.id}.t", hall.venue.id, hall.organisation, Said("团队"), (hall.windows[0],), capacity=1)
    await contracts.save_team(hall.clerk, team, new_id())
    await contracts.sign(first, team.id, new_id())
    with pytest.raises(TeamFull):
        await contracts.sign(second, team.id, new_id())

    hall.clock.advance(days=365)
    assert [await hall.rooms.contract_endings.end_lapsed() for _ in range(2)] == [1, 0]

    await contracts.sign(second, team.id, new_id())
    assert await contracts.mine(first) is None


async def test_a_number_is_not_had_for_a_service_of_another_queue(hall: Hall) -> None:
    with pytest.raises(QueueUnknown):
        await hall.rooms.tickets.take(await hall.person(), hall.queues["B"].id, hall.service.id, new_id())


CHRONIC = Package("chronic", Said("慢病服务包"), fee=12_000)


async def team_of(hall: Hall, code: str = "asks", **changed: Any) -> Team:
    given: dict[str, Any] = {"capacity": 1, "answers": True, "packages": (CHRONIC,), **changed}
    team = Team(f"{hall.venue.id}.{code}", hall.venue.id, hall.organisation, Said("团队"), (hall.windows[0],), **given)
    await hall.rooms.contracts.save_team(hall.clerk, team, new_id())
    return team


async def test_a_proposal_holds_a_place_and_is_in_force_when_the_centre_accepts_it(hall: Hall) -> None:
    contracts, changes, first = hall.rooms.contracts, hall.rooms.contract_changes, await hall.person()
    team = await team_of(hall)
    asked = await contracts.sign(first, team.id, new_id(), "chronic")
    assert asked.state_on(contracts.today) is ContractState.PROPOSED
    assert await contracts.active_of(first.citizen()) is None
    with pytest.raises(TeamFull):
        await contracts.sign(await hall.person(), team.id, new_id(), "chronic")
    with pytest.raises(ContractExists):
        await contracts.sign(first, team.id, new_id(), "chronic")
    hall.clock.advance(days=2)
    taken = await changes.accept(hall.clerk, asked.id, new_id())
    assert (taken.since, taken.until) == (contracts.today, last_day(contracts.today))
    assert await contracts.active_of(first.citizen()) == taken
    with pytest.raises(ContractNotProposed):
        await changes.refuse(hall.clerk, asked.id, new_id())


async def test_what_is_refused_or_not_answered_gives_its_place_back(hall: Hall) -> None:
    contracts, changes, team = hall.rooms.contracts, hall.rooms.contract_changes, await team_of(hall)
    asked = await contracts.sign(await hall.person(), team.id, new_id(), "chronic")
    refused = await changes.refuse(hall.clerk, asked.id, new_id())
    assert refused.ended_by is EndedBy.REFUSED
    await contracts.sign(await hall.person(), team.id, new_id(), "chronic")
    hall.clock.advance(days=31)
    assert await hall.rooms.contract_endings.end_lapsed() == 1
    await contracts.sign(await hall.person(), team.id, new_id(), "chronic")


async def test_of_an_acceptance_and_a_refusal_at_once_one_counts(hall: Hall) -> None:
    contracts, changes, team = hall.rooms.contracts, hall.rooms.contract_changes, await team_of(hall)
    person = await hall.person()
    asked = await contracts.sign(person, team.id, new_id(), "chronic")
    both = (changes.accept(hall.clerk, asked.id, new_id()), changes.refuse(hall.clerk, asked.id, new_id()))
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(one, Exception) for one in done) == 1
    row = await hall.rooms.contracts.of_organisation(asked.id, hall.organisation)
    assert row is not None
    assert row.open is (await contracts.active_of(person.citizen()) is not None)


async def test_a_contract_is_renewed_in_its_last_month_only(hall: Hall) -> None:
    contracts, changes, person = hall.rooms.contracts, hall.rooms.contract_changes, await hall.person()
    team = await team_of(hall, "takes", answers=False, packages=())
    signed = await contracts.sign(person, team.id, new_id())
    with pytest.raises(ContractNotYetRenewable) as early:
        await changes.renew(person, new_id())
    assert early.value.first == signed.until - timedelta(days=30)
    hall.clock.advance(days=350)
    renewed = await changes.renew(person, new_id())
    assert renewed.until == last_day(signed.until + timedelta(days=1))
    with pytest.raises(ContractNotYetRenewable):
        await changes.renew(person, new_id())


async def told(hall: Hall, person: Viewer, event: str) -> list[dict[str, Any]]:
    rows = await hall.city.db["outbox"].find({"citizen": person.citizen(), "type": event}).to_list(None)
    return [row["facts"] for row in rows]


async def test_a_month_before_its_end_it_is_told_of_once_and_after_a_renewal_for_the_new_end(hall: Hall) -> None:
    endings, person = hall.rooms.contract_endings, await hall.person()
    team = await team_of(hall, "tells", answers=False, packages=())
    signed = await hall.rooms.contracts.sign(person, team.id, new_id())
    assert await endings.tell() == 0
    hall.clock.advance(days=(signed.until - timedelta(days=30) - hall.rooms.contracts.today).days)
    assert sum(await asyncio.gather(*(endings.tell() for _ in range(3)))) == 1
    (facts,) = await told(hall, person, "contract.ending")
    assert facts["until"] == signed.until.isoformat()
    assert await endings.still_ending(person.citizen(), signed.id, facts["until"])
    renewed = await hall.rooms.contract_changes.renew(person, new_id())
    assert not await endings.still_ending(person.citizen(), signed.id, facts["until"])
    assert await endings.tell() == 0
    hall.clock.advance(days=366)
    assert await endings.tell() == 1
    assert [one["until"] for one in await told(hall, person, "contract.ending")][1:] == [renewed.until.isoformat()]


async def test_nobody_is_told_that_a_proposal_or_an_ended_contract_ends_soon(hall: Hall) -> None:
    endings, first, second = hall.rooms.contract_endings, await hall.person(), await hall.person()
    asks, takes = await team_of(hall), await team_of(hall, "takes", answers=False, packages=())
    await hall.rooms.contracts.sign(first, asks.id, new_id(), "chronic")
    await hall.rooms.contracts.sign(second, takes.id, new_id())
    await hall.rooms.contracts.end(second, new_id())
    hall.clock.advance(days=20)
    assert await endings.tell() == 0
    hall.clock.advance(days=325)
    assert await endings.tell() == 0


async def test_whose_contract_is_over_or_whose_proposal_was_not_answered_is_told_once(hall: Hall) -> None:
    endings, first, second = hall.rooms.contract_endings, await hall.person(), await hall.person()
    asks, takes = await team_of(hall), await team_of(hall, "takes", answers=False, packages=())
    await hall.rooms.contracts.sign(first, asks.id, new_id(), "chronic")
    await hall.rooms.contracts.sign(second, takes.id, new_id())
    hall.clock.advance(days=400)
    assert await endings.tell() == 0, "it is over already: that is told instead"
    assert sum(await asyncio.gather(*(endings.end_lapsed() for _ in range(3)))) == 2
    assert len(await told(hall, first, "contract.unanswered")) == 1
    assert len(await told(hall, second, "contract.lapsed")) == 1
    assert await told(hall, second, "contract.ending") == []


async def test_moving_to_a_full_team_leaves_the_contract_as_it_is(hall: Hall) -> None:
    contracts, changes, person = hall.rooms.contracts, hall.rooms.contract_changes, await hall.person()
    here = await team_of(hall, "here", answers=False, packages=())
    there = await team_of(hall, "there", answers=False, packages=())
    signed = await contracts.sign(person, here.id, new_id())
    other = await contracts.sign(await hall.person(), there.id, new_id())
    with pytest.raises(TeamFull):
        await changes.move(person, there.id, None, new_id())
    assert await contracts.active_of(person.citizen()) == signed
    await contracts.end_by_provider(hall.clerk, other.id, new_id())
    moved = await changes.move(person, there.id, None, new_id())
    assert (await contracts.active_of(person.citizen())) == moved
    await contracts.sign(await hall.person(), here.id, new_id())


async def test_a_team_is_found_by_its_house_or_in_the_city_and_one_that_is_no_more_is_not(hall: Hall) -> None:
    contracts, person = hall.rooms.contracts, await hall.person()
    open_, gone = await team_of(hall, "open"), await team_of(hall, "gone", active=False)
    for venue in (hall.venue.id, None):
        found = {one.id for one in await contracts.teams(person, venue)}
        assert open_.id in found
        assert gone.id not in found


async def test_a_package_is_one_that_the_team_offers(hall: Hall) -> None:
    contracts, team = hall.rooms.contracts, await team_of(hall)
    for wrong in (None, "another"):
        with pytest.raises(PackageUnknown):
            await contracts.sign(await hall.person(), team.id, new_id(), wrong)
    with pytest.raises(TeamInvalid):
        await team_of(hall, packages=(CHRONIC, CHRONIC))
