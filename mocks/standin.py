"""What every stand-in shares: faults with their control endpoints, keys, JSON bodies, and a bounded memory."""

from __future__ import annotations

import os
import secrets
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterator
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.faults import Faults, FaultSwitch

T = TypeVar("T")
Body = TypeVar("Body", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]

# How many entries a stand-in remembers; a test that counts all of them sets it higher.
KEPT = int(os.environ.get("RONG_MOCKS_KEPT", "2000"))


class Journal(Generic[T]):
    """The latest entries by key, oldest forgotten first, so that a long run does not fill the memory."""

    def __init__(self, kept: int = KEPT) -> None:
        self._entries: OrderedDict[str, T] = OrderedDict()
        self._kept = kept

    def get(self, key: str) -> T | None:
        return self._entries.get(key)

    def put(self, key: str, entry: T) -> None:
        self._entries[key] = entry
        while len(self._entries) > self._kept:
            self._entries.popitem(last=False)

    def newest_first(self) -> Iterator[T]:
        return reversed(self._entries.values())

    def clear(self) -> None:
        self._entries.clear()


class StandIn:
    """A subclass names itself, adds its routes through `under_fault`, and says how it refuses."""

    name: ClassVar[str]

    def __init__(self) -> None:
        self.switch = FaultSwitch()
        self.calls: deque[str] = deque(maxlen=KEPT)

    def refusal(self, faults: Faults) -> Response:
        raise NotImplementedError

    def routes(self) -> list[Route]:
        raise NotImplementedError

    async def start(self) -> None:
        """When the stand-ins start: what is spoken otherwise than by HTTP."""

    async def aclose(self) -> None:
        """When the stand-ins stop: end what runs in the background."""

    def under_fault(self, path: str, work: Endpoint) -> Route:
        async def endpoint(request: Request) -> Response:
            self.calls.append(path)
            return await self.switch.guard(lambda: work(request), self.refusal)

        return Route(path, endpoint, methods=["POST"])

    def control_routes(self) -> list[Route]:
        return [
            Route(f"/control/{self.name}/faults", self._show_faults, methods=["GET"]),
            Route(f"/control/{self.name}/faults", self._set_faults, methods=["POST"]),
            Route(f"/control/{self.name}/faults", self._clear_faults, methods=["DELETE"]),
        ]

    async def _show_faults(self, request: Request) -> Response:
        return JSONResponse(self.switch.faults.model_dump() | {"calls": len(self.calls)})

    async def _set_faults(self, request: Request) -> Response:
        self.switch.set(await control_body(request, Faults))
        return await self._show_faults(request)

    async def _clear_faults(self, request: Request) -> Response:
        self.switch.clear()
        self.calls.clear()
        return await self._show_faults(request)


async def control_body(request: Request, shape: type[Body]) -> Body:
    """JSON only: a form on a foreign web page cannot send that without asking first.

    Raises HTTPException 415 and 422.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "application/json, please")
    try:
        return shape.model_validate_json(await request.body())
    except ValidationError as error:
        raise HTTPException(422, error.json(include_url=False, include_input=False)) from error


def bearer_is(request: Request, key: str) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return secrets.compare_digest(given.encode(), key.encode())


def refuse(status: int, code: str, message: str, *, retry_after: int | None = None) -> Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)
