"""Passwords, hashed with argon2id: slow and large on purpose, so never on the event loop and never many at once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeVar

from pwdlib import PasswordHash

T = TypeVar("T")
_AT_ONCE = 2
# No letter or digit that is taken for another when it is read aloud or copied by hand.
_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


class Passwords:
    def __init__(self, hasher: PasswordHash | None = None) -> None:
        """As slow as argon2id is recommended, unless a `hasher` is given."""
        self._hasher = hasher or PasswordHash.recommended()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="argon2")

    async def hash(self, password: str) -> str:
        return await self._in_pool(lambda: self._hasher.hash(password))

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Nobody's hash takes as long as somebody's: an unknown login cannot be told by the time it takes."""
        return await self._in_pool(lambda: self._verified(password, hashed))

    def _verified(self, password: str, hashed: str | None) -> bool:
        nobody = self._nobody  # made by the first who asks, whether he is known or not
        return self._hasher.verify(password, hashed or nobody)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def temporary_password() -> str:
    """Sixteen characters in four groups: 79 bits, good to be read out once and then changed."""
    drawn = "".join(secrets.choice(_LEGIBLE) for _ in range(16))
    return "-".join(drawn[n : n + 4] for n in range(0, 16, 4))
