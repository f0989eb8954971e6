"""Issuing a card, reporting its loss, finding it again, and its history."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.core.ids import new_id
from tests.support.api import Api, Person
from tests.support.fakes import MovableClock


async def test_a_card_is_issued_once_and_a_repeat_is_answered_alike(shared_api: Api) -> None:
    person, key = await shared_api.verified(), new_id()
    first = await shared_api.data("IssueCard", person.token, key=key)
    again = await shared_api.data("IssueCard", person.token, key=key)
    shown = await shared_api.data("Card", person.token)
    same = ("id", "number", "kind", "state", "issuedAt", "validUntil")
    assert (first["card"]["kind"], first["card"]["state"]) == ("PERSONAL", "ACTIVE")
    assert [first["card"][name] for name in same] == [again["card"][name] for name in same]
    assert [first["card"][name] for name in same] == [shown[name] for name in same]
    assert [event.type for event in await shared_api.events(person)] == ["citizen.verified", "card.issued"]


async def test_parallel_wishes_with_one_key_issue_one_card(shared_api: Api) -> None:
    person, key = await shared_api.verified(), new_id()
    answers = await asyncio.gather(*(shared_api.data("IssueCard", person.token, key=key) for _ in range(5)))
    assert len({answer["card"]["number"] for answer in answers}) == 1


async def test_a_person_without_real_name_gets_no_card(spoken: Api) -> None:
    person = await spoken.sign_in(spoken.person())
    assert await spoken.refused("NotVerified", "IssueCard", person.token, key=new_id()) == {}
    assert await spoken.data("Card", person.token) is None


async def test_a_second_card_is_refused(spoken: Api, holder: Person) -> None:
    assert await spoken.refused("CardExists", "IssueCard", holder.token, key=new_id()) == {}


async def test_the_key_of_one_operation_is_free_for_another(shared_api: Api) -> None:
    person, key = await shared_api.with_card(), new_id()
    await shared_api.data("ReportCardLoss", person.token, key=key)
    assert (await shared_api.data("ReinstateCard", person.token, key=key))["__typename"] == "CardReinstated"


async def test_a_lost_card_is_suspended_and_found_again(spoken: Api) -> None:
    person, key = await spoken.with_card(), new_id()
    lost = await spoken.data("ReportCardLoss", person.token, key=key)
    assert lost["card"]["state"] == "SUSPENDED"
    assert (await spoken.data("ReportCardLoss", person.token, key=key))["card"]["state"] == "SUSPENDED"
    again = await spoken.refused("CardNotActive", "ReportCardLoss", person.token, key=new_id())
    assert again == {"state": "SUSPENDED"}
    for operation in ("ShowCode", "ShowOfflineCode"):
        told = await spoken.refused("CardNotActive", operation, person.token, purpose="GATE", key=new_id())
        assert told == {"state": "SUSPENDED"}

    found = await spoken.data("ReinstateCard", person.token, key=new_id())
    assert found["card"]["state"] == "ACTIVE"
    told = await spoken.refused("CardNotSuspended", "ReinstateCard", person.token, key=new_id())
    assert told == {"state": "ACTIVE"}
    history = (await spoken.data("CardHistory", person.token))["history"]
    steps = [("ACTIVE", "issued"), ("SUSPENDED", "loss_reported"), ("ACTIVE", "found")]
    assert [(event["state"], event["reason"]) for event in history] == steps
    told_of = [event.type for event in await spoken.events(person)]
    assert told_of == ["citizen.verified", "card.issued", "card.suspended", "card.reinstated"]


@pytest.mark.parametrize("operation", ["ReportCardLoss", "ReinstateCard"])
async def test_without_a_card_there_is_nothing_to_change(spoken: Api, operation: str) -> None:
    person = await spoken.verified()
    assert await spoken.refused("NoCard", operation, person.token, key=new_id()) == {}


async def test_a_card_past_its_last_day_is_expired_and_makes_room_for_the_next(api: Api, clock: MovableClock) -> None:
    person = await api.with_card()
    old = await api.data("Card", person.token)
    clock.advance(days=5 * 366)
    await api.sign_in(person)
    assert (await api.data("Card", person.token))["state"] == "EXPIRED"
    told = await api.refused("CardNotActive", "ShowCode", person.token, purpose="GATE", key=new_id())
    assert told == {"state": "EXPIRED"}
    assert await api.refused("CardNotActive", "ReportCardLoss", person.token, key=new_id()) == {"state": "EXPIRED"}
    new = await api.data("IssueCard", person.token, key=new_id())
    assert new["__typename"] == "CardIssued"
    assert new["card"]["number"] != old["number"]


async def test_a_reply_is_kept_for_a_day(api: Api, clock: MovableClock) -> None:
    person, key = await api.verified(), new_id()
    await api.data("IssueCard", person.token, key=key)
    clock.ahead += timedelta(hours=24, seconds=1)
    await api.sign_in(person)
    assert (await api.data("IssueCard", person.token, key=key))["__typename"] == "CardExists"
