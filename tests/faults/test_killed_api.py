"""A hundred calls under one key on two API processes; one is killed midway, and its clients turn to the other."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from tests.faults.conftest import Found
from tests.support.processes import Process
from tests.support.remote import Door, door, tally

CALLS = 100


class _Volley:
    """Parallel calls; the first process is killed when so many replies have come."""

    def __init__(self, victim: Process, doors: list[Door], kill_after: int) -> None:
        self._victim, self._doors, self._kill_after = victim, doors, kill_after
        self._replies = 0
        self.turned_away = 0
        self.asked_to_wait = 0

    async def fire(self, operation: str, token: str, schema: str, **variables: Any) -> list[dict[str, Any]]:
        calls = [self._call(n, operation, token, schema, variables) for n in range(CALLS)]
        replies, _ = await asyncio.gather(asyncio.gather(*calls), self._kill())
        return list(replies)

    async def _call(self, n: int, operation: str, token: str, schema: str, variables: dict[str, Any]) -> dict[str, Any]:
        try:
            told = (await self._doors[n % 2].raw(operation, variables, token, schema)).json()
        except httpx2.TransportError:
            self.turned_away += 1
            told = (await self._doors[1].raw(operation, variables, token, schema)).json()
        while told.get("errors"):
            # A transaction that the victim had begun holds its documents until the database ends it.
            assert [error["extensions"]["code"] for error in told["errors"]] == ["UNAVAILABLE"]
            self.asked_to_wait += 1
            told = (await self._doors[1].raw(operation, variables, token, schema)).json()
        self._replies += 1
        return dict(next(iter(told["data"].values())))

    async def _kill(self) -> None:
        await asyncio.sleep(0.01)
        while self._replies < self._kill_after:  # noqa: ASYNC110  (on another process)
            await asyncio.sleep(0.001)
        self._victim.kill()


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
    volley = _Volley(victim, doors, kill_after)

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
