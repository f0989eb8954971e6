"""How the stand-in of the payment gateway tells by itself: signed, repeated until it is heard, and wrong on demand."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
from pydantic import BaseModel, ConfigDict, Field

_AT_ONCE = 16
_WAITS = (0.2, 1.0, 5.0)
_STALE = timedelta(minutes=20)


class NoticeFaults(BaseModel):
    """With `next`, for the next n notices; then all is well again. `pace_ms` passes before each, always."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pace_ms: int = Field(default=20, ge=0, le=60_000)
    lost: bool = False
    doubled: bool = False
    late_ms: int = Field(default=0, ge=0, le=600_000)
    early: bool = False
    wrong_fen: int = 0
    forged: bool = False
    stale: bool = False
    next: int | None = Field(default=None, ge=0)


class Notices:
    """Sent in the background; belong to one event loop."""

    def __init__(self, key: str, now: Callable[[], datetime]) -> None:
        self.faults = NoticeFaults()
        self.sent = 0
        self._key = key
        self._now = now
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._client: httpx2.AsyncClient | None = None

    def tell(self, url: str, told: dict[str, Any]) -> None:
        if url:
            task = asyncio.get_running_loop().create_task(self.told(url, told))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def told(self, url: str, told: dict[str, Any]) -> None:
        """Returns when it was heard, or given up."""
        faults = self._strike()
        await asyncio.sleep((faults.pace_ms + faults.late_ms) / 1000)
        if faults.lost:
            return
        body = json.dumps({**told, "amount_fen": told["amount_fen"] + faults.wrong_fen}).encode()
        for _ in range(2 if faults.doubled else 1):
            async with self._slots:
                await self._deliver(url, body, faults)

    def take_early(self) -> bool:
        """Whether the next order is to be paid, and told of, before its call is answered."""
        if not self.faults.early:
            return False
        if self.faults.next is not None:
            self.faults = NoticeFaults() if self.faults.next <= 1 else _one_less(self.faults)
        return True

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _strike(self) -> NoticeFaults:
        faults = self.faults
        if faults.next is None or faults.early:
            return faults
        self.faults = _one_less(faults)
        return faults if faults.next > 0 else NoticeFaults(pace_ms=faults.pace_ms)

    async def _deliver(self, url: str, body: bytes, faults: NoticeFaults) -> None:
        message, key = f"notice-{uuid4().hex}", "forged" if faults.forged else self._key
        for wait in (*_WAITS, None):
            at = self._now() - (_STALE if faults.stale else timedelta())
            status = await self._post(url, body, signed(body, message, key, int(at.timestamp())))
            if wait is None or (status is not None and (200 <= status < 300 or status == 401)):
                return
            await asyncio.sleep(wait)

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int | None:
        if self._client is None:
            self._client = httpx2.AsyncClient(timeout=5.0, trust_env=False)
        self.sent += 1
        try:
            return (await self._client.post(url, content=body, headers=headers)).status_code
        except httpx2.RequestError:
            return None


def signed(body: bytes, message: str, key: str, at: int) -> dict[str, str]:
    """The headers under which the gateway is believed."""
    mac = hmac.new(key.encode(), f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def _one_less(faults: NoticeFaults) -> NoticeFaults:
    return faults.model_copy(update={"next": max(0, (faults.next or 0) - 1)})
