"""Cards issued and reported lost in parallel."""

from __future__ import annotations

import asyncio

from app.core.ids import new_id
from tests.support.remote import Door, Town, tally


async def test_parallel_issues_under_different_keys_make_one_card(town: Town, doors: list[Door]) -> None:
    person = await town.account()

    results = await asyncio.gather(*(doors[n % 4].data("IssueCard", person.token, key=new_id()) for n in range(20)))

    assert tally(results) == {"CardIssued": 1, "CardExists": 19}
    assert await town.city.db["cards"].count_documents({"holder": person.id}) == 1
    assert await town.city.db["card_numbers"].count_documents({"holder": person.id}) == 1


async def test_two_reports_of_one_loss_suspend_the_card_once(town: Town, doors: list[Door]) -> None:
    person = await town.with_card()

    results = await asyncio.gather(*(doors[n % 2].data("ReportCardLoss", person.token, key=new_id()) for n in range(2)))

    card = await town.city.db["cards"].find_one({"holder": person.id})
    assert tally(results) == {"CardSuspended": 1, "CardNotActive": 1}
    assert card is not None
    assert [event["state"] for event in card["history"]] == ["active", "suspended"]
    events = {"citizen": person.id, "type": "card.suspended"}
    assert await town.city.db["outbox"].count_documents(events) == 1
