"""Delivery reports of the SMS stand-in: what becomes of a message, told to the sender's callback over real HTTP.

Signed like the real gateway's: `Sms-Signature: v1=` and the hex HMAC-SHA256 of `{Sms-Timestamp}.{body}`. A report is
repeated until it is answered with 2xx, with growing waits, five times at most. What can go wrong is set at
`POST /control/sms/reports`; what becomes of a number's messages, at `POST /control/sms/numbers`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from mocks.standin import Journal

State = Literal["submitted", "delivered", "undeliverable", "expired"]
_AT_ONCE = 32
_MOST_WAITING = 20_000
_WAITS = (0.2, 0.4, 0.8, 1.6)


class ReportFaults(BaseModel):
    """`next` limits losing and forging to so many reports. Out of order, the last state is told first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delay_ms: int = Field(default=0, ge=0, le=600_000)
    doubled: bool = False
    out_of_order: bool = False
    lost: bool = False
    forged: bool = False
    next: int | None = Field(default=None, ge=0)


@dataclass(frozen=True, slots=True)
class Story:
    """How a message ends; a `bounce` is an `undeliverable` that follows a delivery."""

    state: State = "delivered"
    code: str | None = None
    bounce: bool = False

    def reports(self) -> list[tuple[State, str | None]]:
        told: list[tuple[State, str | None]] = [("submitted", None)]
        if self.state != "submitted":
            told.append((self.state, self.code if self.state == "undeliverable" else None))
        return [*told, ("undeliverable", self.code or "BOUNCED")] if self.bounce else told


@dataclass(frozen=True, slots=True)
class Report:
    """`status` is the last answer to it (None: none yet); `sent` counts how often it was told."""

    message_id: str
    state: State
    code: str | None
    at: str
    status: int | None = None
    sent: int = 0

    def body(self) -> bytes:
        fields = {"message_id": self.message_id, "state": self.state, "at": self.at}
        return json.dumps({"reports": [fields | ({"code": self.code} if self.code else {})]}).encode()


class Reporter:
    """Tells stories in the background; belongs to one event loop."""

    def __init__(self, key: str) -> None:
        self.faults = ReportFaults()
        self.told: Journal[Report] = Journal()
        self.latest: Journal[Report] = Journal()
        self._key = key
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._client: httpx2.AsyncClient | None = None

    def tell(self, url: str, message_id: str, story: Story) -> None:
        if len(self._tasks) >= _MOST_WAITING:
            return
        task = asyncio.get_running_loop().create_task(self._told(url, message_id, story))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    async def _told(self, url: str, message_id: str, story: Story) -> None:
        """In order and one after the other, unless it was asked otherwise; each with the time it happened at."""
        faults, reports = self.faults, [_report(message_id, *one) for one in story.reports()]
        await asyncio.sleep(faults.delay_ms / 1000)
        for report in reversed(reports) if faults.out_of_order else reports:
            for _ in range(2 if faults.doubled else 1):
                async with self._slots:
                    await self._deliver(url, report)

    async def _deliver(self, url: str, report: Report) -> None:
        struck = self._strike()
        if struck and struck.lost:
            return
        key = "forged" if struck and struck.forged else self._key
        name = uuid4().hex
        for sent, wait in enumerate((*_WAITS, None), start=1):
            status = await self._post(url, report.body(), key)
            self.told.put(name, replace(report, status=status, sent=sent))
            self._heard(report, status)
            if wait is None or (status is not None and (200 <= status < 300 or status == 401)):
                return
            await asyncio.sleep(wait)

    def _heard(self, report: Report, status: int | None) -> None:
        """Remember the last state that the sender has taken in, by the time it happened at."""
        known = self.latest.get(report.message_id)
        if status is not None and status < 300 and (known is None or known.at <= report.at):
            self.latest.put(report.message_id, report)

    def _strike(self) -> ReportFaults | None:
        faults = self.faults
        if not (faults.lost or faults.forged) or faults.next == 0:
            return None
        if faults.next is not None:
            self.faults = faults.model_copy(update={"next": faults.next - 1})
        return faults

    async def _post(self, url: str, body: bytes, key: str) -> int | None:
        if self._client is None:
            self._client = httpx2.AsyncClient(timeout=5.0, trust_env=False)
        try:
            answer = await self._client.post(url, content=body, headers=signed(body, key, int(time.time())))
        except httpx2.RequestError:
            return None
        return answer.status_code


def signed(body: bytes, key: str, at: int) -> dict[str, str]:
    """The headers under which a report is believed."""
    signature = hmac.new(key.encode(), str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "sms-timestamp": str(at), "sms-signature": f"v1={signature}"}


def _report(message_id: str, state: State, code: str | None) -> Report:
    return Report(message_id, state, code, datetime.now(UTC).isoformat(timespec="microseconds"))
