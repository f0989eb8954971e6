"""What can be made to go wrong with a stand-in: slow, refusing, down, flapping, answers lost on the way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Faults(BaseModel):
    """Every call is delayed; the fault itself strikes the next `next` calls, or else that `share` of all calls.

    With `after`, the work is done and only the answer is lost, which is what idempotency is for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    delay_ms: int = Field(default=0, ge=0, le=60_000)
    status: int | None = Field(default=None, ge=300, le=599)
    drop: bool = False
    share: float = Field(default=1.0, ge=0, le=1)
    next: int | None = Field(default=None, ge=0)
    retry_after: int | None = Field(default=None, ge=0)
    after: bool = False


class DroppedConnection(Response):
    """Begins an answer and never ends it: the server closes the connection, and the client sees it break off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})


class FaultSwitch:
    def __init__(self) -> None:
        self.faults = Faults()

    def set(self, faults: Faults) -> None:
        self.faults = faults

    def clear(self) -> None:
        self.faults = Faults()

    async def guard(self, work: Callable[[], Awaitable[Response]], refusal: Callable[[Faults], Response]) -> Response:
        """Run `work`, unless a fault strikes; then answer with `refusal`, or not at all."""
        await asyncio.sleep(self.faults.delay_ms / 1000)
        struck = self._strike()
        if struck is None:
            return await work()
        if struck.after:
            await work()
        return DroppedConnection() if struck.drop else refusal(struck)

    def _strike(self) -> Faults | None:
        faults = self.faults
        if faults.status is None and not faults.drop:
            return None
        if faults.next is None:
            return faults if random.random() < faults.share else None
        if faults.next == 0:
            return None
        self.faults = faults.model_copy(update={"next": faults.next - 1})
        return faults
