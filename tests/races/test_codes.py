"""One code, many verifiers in many processes."""

from __future__ import annotations

import asyncio

from app.core.ids import new_id
from tests.support.remote import Door, Town, tally


async def test_of_fifty_verifiers_on_four_processes_one_gets_the_code(
    town: Town, doors: list[Door], provider: str
) -> None:
    person = await town.with_card()
    code = await doors[0].code(person)

    results = await asyncio.gather(*(doors[n % 4].verify(code, provider) for n in range(50)))

    assert tally(results) == {"CodeVerified": 1, "CodeUsed": 49}
    accepted = next(result for result in results if result["__typename"] == "CodeVerified")
    assert len(await town.disclosures(person)) == 1
    seen = await doors[1].data("Disclosures", person.token)
    assert [edge["node"]["id"] for edge in seen["edges"]] == [accepted["id"]]


async def test_a_card_reported_lost_at_one_process_is_refused_at_another_at_once(
    town: Town, doors: list[Door], provider: str
) -> None:
    person = await town.with_card()
    code = await doors[0].code(person)

    reported = await doors[0].data("ReportCardLoss", person.token, key=new_id())
    refused = await asyncio.gather(*(one.verify(code, provider) for one in doors[1:]))

    assert reported["__typename"] == "CardSuspended"
    assert tally(refused) == {"CardNotActive": 3}
    assert await town.disclosures(person) == []


async def test_a_code_renewed_at_another_process_ends_the_ones_before(town: Town, doors: list[Door]) -> None:
    person = await town.with_card()

    shown = [await one.data("ShowCode", person.token, purpose="GATE", key=new_id()) for one in doors]

    rows = await town.city.db["codes"].find({"holder": person.id}).to_list(None)
    now = town.city.clock.now()
    assert tally(shown) == {"CodeShown": 4}
    assert sum((row["expires_at"] - now).total_seconds() > 11 for row in rows) == 1
