"""HTTP to addresses that the desk wrote down: public ones only, judged in the moment of the call, never redirected.

As webhooks are sent (`notifications/channels`), but the answer is read, up to a limit: it is what the call is for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore2

from notifications.channels.targets import Resolve, SystemResolver, TargetRules, admitted
from notifications.channels.webhook import Pinned, authorities
from notifications.webhooks.endpoints.errors import TargetFault, WebhookTargetRefused

_LONGEST_ANSWER = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Unanswered(Exception):
    """`outcome` says why in a word."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class PinnedHttp:
    """`time_limit` in seconds holds for the whole of a call, the resolving of the name included."""

    def __init__(self, rules: TargetRules, *, resolve: Resolve | None = None, time_limit: float = 20.0) -> None:
        self._rules = rules
        self._own_resolver = None if resolve else SystemResolver(4)
        self._resolve: Resolve = resolve or self._own_resolver  # type: ignore[assignment]
        self._tls = authorities()
        self._time_limit = time_limit

    async def aclose(self) -> None:
        if self._own_resolver:
            self._own_resolver.close()

    async def check(self, url: str) -> None:
        """Raises WebhookTargetRefused."""
        try:
            async with asyncio.timeout(self._time_limit):
                await admitted(self._rules.parse(url), self._rules, self._resolve)
        except TimeoutError:
            raise WebhookTargetRefused(TargetFault.UNRESOLVABLE) from None

    async def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answered:
        """Raises Unanswered."""
        try:
            async with asyncio.timeout(self._time_limit):
                return await self._ask(method, url, headers, body)
        except WebhookTargetRefused:
            raise Unanswered("target_refused") from None
        except (TimeoutError, httpcore2.TimeoutException):
            raise Unanswered("timeout") from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError):
            raise Unanswered("unreachable") from None

    async def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        target = self._rules.parse(url)
        addresses = await admitted(target, self._rules, self._resolve)
        where = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        fields = [(b"host", target.authority), (b"connection", b"close")]
        fields += [(b"content-length", b"%d" % len(body))] if body else []
        fields += [(name.encode(), value.encode()) for name, value in headers.items()]
        async with (
            httpcore2.AsyncConnectionPool(
                ssl_context=self._tls, network_backend=Pinned(addresses), max_keepalive_connections=0
            ) as pool,
            pool.stream(method, where, headers=fields, content=body) as answer,
        ):
            read = await _read(answer)
            told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            return Answered(answer.status, told, read)


async def _read(answer: httpcore2.Response) -> bytes:
    """Raises Unanswered: who sends more than that is not read at all."""
    body = b""
    async for part in answer.aiter_stream():
        body += part
        if len(body) > _LONGEST_ANSWER:
            raise Unanswered("too_large")
    return body
