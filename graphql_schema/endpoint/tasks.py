"""Tasks that end together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from app.core.errors import RateLimited

_TRY_AGAIN_S = 10


async def first_of(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Run all until one ends, then cancel the others and wait for them to clean up. Raises what the first raised."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        endings = await asyncio.gather(*tasks, return_exceptions=True)
    for ending in endings:
        if isinstance(ending, Exception):
            raise ending


class Places:
    """How many long-lived connections one viewer may hold in this process."""

    def __init__(self, each: int) -> None:
        self._each = each
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one_for(self, holder: str) -> Iterator[None]:
        """Raises RateLimited when the holder has all its places."""
        if self._taken[holder] >= self._each:
            raise RateLimited(retry_after=_TRY_AGAIN_S)
        self._taken[holder] += 1
        try:
            yield
        finally:
            self._taken[holder] -= 1
            if not self._taken[holder]:
                del self._taken[holder]
