"""A hundred calls under one key on two API processes; one is killed midway, and its clients turn to the other."""

from __future__ import annotations

import json
import time

import pytest

from app.core.ids import new_id
from tests.faults.conftest import Found
from tests.support.remote import door, tally
from tests.support.volley import CALLS, Volley


@pytest.mark.parametrize("kill_after", [0, 1, 30])
async def test_a_killed_process_leaves_one_effect_and_one_reply(
    found: Found, database_uri: str, kill_after: int
) -> None:
    processes, town = await found(database_uri)
    victim, survivor = await processes.apis(2)
    doors = [door(victim.url), door(survivor.url)]
    provider = await town.provider("killed", doors)
    person, key = await town.with_card(), new_id()
    code = await doors[1].code(person)
    volley = Volley(victim, doors, kill_after)

    began = time.monotonic()
    replies = await volley.fire("VerifyCode", provider, "provider", code=code, purpose="SERVICE_HALL", key=key)
    disputes = [
        await doors[1].data(
            "DisputeDisclosure", person.token, disclosureId=replies[0]["id"], reason=reason, key="same-key"
        )
        for reason in ("not me", "not me", "somebody else")
    ]

    print(
        f"\nkilled after {kill_after} replies: {volley.turned_away} of {CALLS} calls turned to the other process, "
        f"which asked {volley.asked_to_wait} times to wait; all answered after {time.monotonic() - began:.1f} s"
    )
    assert volley.turned_away > 0
    assert tally(replies) == {"CodeVerified": CALLS}
    assert len({json.dumps(reply, sort_keys=True) for reply in replies}) == 1
    assert len(await town.disclosures(person)) == 1
    assert await town.city.db["outbox"].count_documents({"citizen": person.id, "type": "disclosure.made"}) == 1
    assert [one["__typename"] for one in disputes] == ["DisclosureDisputed"] * 2 + ["IdempotencyConflict"]
