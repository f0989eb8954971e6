"""A hundred parallel calls under one key on two processes: one effect, one reply; other content is a conflict."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from app.core.ids import new_id
from tests.support.remote import Door, Resident, Town, tally

CALLS = 100


async def _hundred(
    doors: list[Door], operation: str, token: str, schema: str = "citizen", **variables: Any
) -> list[Any]:
    return await asyncio.gather(*(doors[n % 2].data(operation, token, schema, **variables) for n in range(CALLS)))


def _different(replies: Iterable[Any]) -> int:
    return len({json.dumps(reply, sort_keys=True) for reply in replies})


async def test_a_card_is_issued_once(town: Town, doors: list[Door]) -> None:
    person, key = await town.account(), new_id()

    replies = await _hundred(doors, "IssueCard", person.token, key=key)

    assert tally(replies) == {"CardIssued": CALLS}
    assert len({reply["card"]["id"] for reply in replies}) == 1  # links to its picture are signed anew each time
    assert await town.city.db["cards"].count_documents({"holder": person.id}) == 1
    assert await town.city.db["outbox"].count_documents({"citizen": person.id, "type": "card.issued"}) == 1
    assert await town.city.db["audit"].count_documents({"actor": person.id, "action": "card.issued"}) == 1


async def test_a_code_is_shown_once(town: Town, doors: list[Door]) -> None:
    person, key = await town.with_card(), new_id()
    half, rest = [doors[0], doors[1]], CALLS // 2

    replies = await asyncio.gather(
        *(half[n % 2].data("ShowCode", person.token, purpose="GATE", key=key) for n in range(rest))
    )
    other = await doors[1].data("ShowCode", person.token, purpose="TRANSIT", key=key)

    assert tally(replies) == {"CodeShown": rest}
    assert _different(replies) == 1
    assert other["__typename"] == "IdempotencyConflict"
    assert await town.city.db["codes"].count_documents({"holder": person.id}) == 1


async def test_a_code_is_verified_once(town: Town, doors: list[Door], provider: str) -> None:
    person, key = await town.with_card(), new_id()
    code, other_code = await doors[0].code(person), await doors[0].code(person)

    replies = await _hundred(doors, "VerifyCode", provider, "provider", code=code, purpose="SERVICE_HALL", key=key)
    other = await doors[1].verify(other_code, provider, key)

    assert tally(replies) == {"CodeVerified": CALLS}
    assert _different(replies) == 1
    assert other["__typename"] == "IdempotencyConflict"
    assert len(await town.disclosures(person)) == 1
    assert await town.city.db["outbox"].count_documents({"citizen": person.id, "type": "disclosure.made"}) == 1


async def test_a_look_up_is_disputed_once(town: Town, doors: list[Door], provider: str) -> None:
    person, key = await town.with_card(), new_id()
    made = await doors[0].verify(await doors[0].code(person), provider)
    same = {"disclosureId": made["id"], "reason": "not me", "key": key}

    replies = await _hundred(doors, "DisputeDisclosure", person.token, **same)
    other = await doors[0].data("DisputeDisclosure", person.token, **{**same, "reason": "another reason"})

    assert tally(replies) == {"DisclosureDisputed": CALLS}
    assert _different(replies) == 1
    assert other["__typename"] == "IdempotencyConflict"
    assert await town.city.db["outbox"].count_documents({"citizen": person.id, "type": "disclosure.disputed"}) == 1


async def test_rivals_with_other_content_under_one_key_share_one_effect(
    town: Town, doors: list[Door], provider: str
) -> None:
    person, key = await town.with_card(), new_id()
    made = await doors[0].verify(await doors[0].code(person), provider)

    replies = await asyncio.gather(
        *(
            doors[n % 2].data(
                "DisputeDisclosure", person.token, disclosureId=made["id"], reason=f"reason {n % 2}", key=key
            )
            for n in range(40)
        )
    )

    assert tally(replies) == {"DisclosureDisputed": 20, "IdempotencyConflict": 20}


async def test_a_key_is_one_persons_own(town: Town, doors: list[Door]) -> None:
    people: list[Resident] = [await town.account() for _ in range(2)]
    key = new_id()

    replies = [await doors[n].data("IssueCard", person.token, key=key) for n, person in enumerate(people)]

    assert tally(replies) == {"CardIssued": 2}
    assert len({reply["card"]["id"] for reply in replies}) == 2
