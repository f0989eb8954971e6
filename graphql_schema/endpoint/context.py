"""What the transport needs to know of a request's context; the app's own context holds much more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from starlette.requests import HTTPConnection

from app.core.ids import new_id
from app.core.viewer import Viewer


class RequestContext(Protocol):
    """May also have `expires_at: datetime | None` (when the viewer's token ends) and `fresh() -> RequestContext`
    (a context with empty loaders, asked for at each event of a subscription)."""

    @property
    def viewer(self) -> Viewer: ...

    @property
    def locale(self) -> str: ...

    @property
    def request_id(self) -> str: ...


MakeContext = Callable[[HTTPConnection, Mapping[str, Any] | None], Awaitable[Any]]
"""Connection and, for a WebSocket, the payload of connection_init → a RequestContext. May raise a Refusal."""


def request_id_of(scope: Mapping[str, Any]) -> str:
    """The id the server gave this request (`scope["state"]["request_id"]`), or a new one."""
    given = scope.get("state", {}).get("request_id")
    return given if isinstance(given, str) else new_id()


def expiry_of(context: RequestContext) -> datetime | None:
    return getattr(context, "expires_at", None)


def fresh_of(context: RequestContext) -> RequestContext:
    renew: Callable[[], RequestContext] | None = getattr(context, "fresh", None)
    return renew() if renew is not None else context
