"""What becomes of an application at a department's stand-in, step by step, and how the city is told of it.

A step is pushed to the address the application came with, signed as Standard Webhooks has it: `v1,` and base64 of
HMAC-SHA256 over `id.timestamp.body`, under the key that the department has of the city: HMAC-SHA256 of its name under
the city's callback key.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
from pydantic import BaseModel, ConfigDict, Field

_WAITS = (0.2, 0.4, 0.8, 1.6)
_AT_ONCE = 32
_SIX_MONTHS = "不服本决定的，可在收到之日起六十日内申请行政复议，或在六个月内向人民法院起诉。"
_DONE = ("accepted", "in_review", "granted", "delivered")


class StoryFaults(BaseModel):
    """`pace_ms` lies between two steps. `share` of the pushes are lost, doubled, out of order or forged as asked;
    `wrong` puts a step first that cannot be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pace_ms: int = Field(default=1_500, ge=0, le=600_000)
    lost: bool = False
    doubled: bool = False
    out_of_order: bool = False
    forged: bool = False
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    seq: int
    step: str
    at: str
    reason: str | None = None
    remedy: str | None = None
    points: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        said: dict[str, Any] = {"seq": self.seq, "step": self.step, "at": self.at}
        words = {"reason": self.reason, "remedy": self.remedy, "points": list(self.points)}
        return said | {name: value for name, value in words.items() if value}


@dataclass(slots=True)
class Matter:
    """One application. `tries` counts by idempotency key how often it came, `errands` when each was taken first."""

    system: str
    number: str
    item: str
    unit: str
    report_to: str
    since: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    tries: dict[str, int] = field(default_factory=dict)
    errands: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """The department's own number."""
        return f"{self.system.upper()}-{hashlib.sha256(self.number.encode()).hexdigest()[:8].upper()}"

    def shown(self) -> dict[str, Any]:
        return {
            "system": self.system,
            "number": self.number,
            "item": self.item,
            "reference": self.reference,
            "at": self.steps[-1].at if self.steps else self.since,
            "submitted": sum(self.tries.values()),
            "errands": list(self.errands),
            "text": " → ".join(("submitted", *(one.step for one in self.steps))),
        }


class Stories:
    """Go on in the background; belong to one event loop."""

    def __init__(self, callback_key: str) -> None:
        self.faults = StoryFaults()
        self._key = callback_key
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._client: httpx2.AsyncClient | None = None

    def goes_on(self, matter: Matter, errand: str, written: str) -> None:
        task = asyncio.get_running_loop().create_task(self._told(matter, errand, written))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    async def _told(self, matter: Matter, errand: str, written: str) -> None:
        faults, pushed = self.faults, []
        for name, words in _chapter(matter, errand, written, wrong=faults.wrong):
            await asyncio.sleep(faults.pace_ms / 1000)
            if errand != "withdraw" and "withdraw" in matter.errands:
                return
            step = Step(len(matter.steps) + 1, name, datetime.now(UTC).isoformat(), **words)
            matter.steps.append(step)
            pushed.append(step)
            if not faults.out_of_order:
                await self._push(matter, step, faults)
        for step in reversed(pushed) if faults.out_of_order else ():
            await self._push(matter, step, faults)

    async def _push(self, matter: Matter, step: Step, faults: StoryFaults) -> None:
        if faults.lost or not matter.report_to:
            return
        for _ in range(2 if faults.doubled else 1):
            async with self._slots:
                await self._deliver(matter, step, "forged" if faults.forged else self._key)

    async def _deliver(self, matter: Matter, step: Step, key: str) -> None:
        body = json.dumps({"number": matter.number, "reference": matter.reference, **step.told()}).encode()
        for wait in (*_WAITS, None):
            status = await self._post(matter, body, f"{matter.number}-{step.seq}", key)
            if wait is None or (status is not None and (200 <= status < 300 or status == 401)):
                return
            await asyncio.sleep(wait)

    async def _post(self, matter: Matter, body: bytes, message: str, key: str) -> int | None:
        if self._client is None:
            self._client = httpx2.AsyncClient(timeout=5.0, trust_env=False)
        headers = signed(body, message, matter.system, key, int(time.time()))
        try:
            return (await self._client.post(matter.report_to, content=body, headers=headers)).status_code
        except httpx2.RequestError:
            return None


def signed(body: bytes, message: str, system: str, callback_key: str, at: int) -> dict[str, str]:
    """The headers under which a department is believed."""
    key = hmac.new(callback_key.encode(), f"department:{system}".encode(), hashlib.sha256).digest()
    mac = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def _chapter(matter: Matter, errand: str, written: str, *, wrong: bool) -> Sequence[tuple[str, dict[str, Any]]]:
    """The steps that follow from an errand, each with its words."""
    if errand == "withdraw":
        return [("withdrawn", {})]
    if errand.startswith("answer-"):
        return [_worded(name) for name in _DONE[1:]]
    if "不受理" in written:
        return [("refused", {"reason": "不属于本单位受理范围。", "remedy": _SIX_MONTHS})]
    if "补正" in written:
        return [("accepted", {}), ("returned", {"points": ("请补正所填内容，并重新提交。",)})]
    ending = ("rejected", {"reason": "不符合办理条件。", "remedy": _SIX_MONTHS})
    if "不予" in written:
        return [("accepted", {}), ("in_review", {}), ending]
    steps = [_worded(name) for name in _DONE]
    return [("delivered", {}), *steps] if wrong else steps


def _worded(name: str) -> tuple[str, dict[str, Any]]:
    return (name, {"reason": "符合办理条件，予以办理。"}) if name == "granted" else (name, {})
