"""A hundred calls under one key on two API processes, of which one is killed midway: its clients turn to the other."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from tests.support.processes import Process
from tests.support.remote import Door

CALLS = 100


class Volley:
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
