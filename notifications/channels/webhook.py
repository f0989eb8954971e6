"""One signed request to an address that a provider named.

The answer's status is all that is kept. Its body is thrown away: it could quote what was sent, and if the address
were not what it seems, it would show the provider what stands behind it. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

import httpcore2

from notifications.channels.base import DELIVERIES, SECONDS
from notifications.channels.targets import Resolve, SystemResolver, Target, TargetRules, admitted
from notifications.webhooks.endpoints.errors import TargetFault, WebhookTargetRefused

TIME_LIMIT = 10.0
_NAME = "webhook"
_MOST_ADDRESSES = 4
_LONGEST_ANSWER = 65_536


class WebhookOutcome(StrEnum):
    DELIVERED = "delivered"  # any 2xx
    GONE = "gone"  # 410: it wants no more
    THROTTLED = "throttled"  # 429, or any answer with Retry-After
    REFUSED = "refused"  # any other status, redirects among them
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TLS_FAILED = "tls_failed"
    TARGET_REFUSED = "target_refused"  # the name leads to an address that the city does not call


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    outcome: WebhookOutcome
    seconds: float
    status: int | None = None
    retry_after: timedelta | None = None


class WebhookChannel(Protocol):
    async def check(self, url: str) -> None:
        """Raises WebhookTargetRefused."""
        ...

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        """Does not raise for what the other side does, or fails to do."""
        ...

    async def aclose(self) -> None: ...


@cache
def authorities() -> ssl.SSLContext:
    """Who is trusted beyond the city. Read once a process: the file is long."""
    return httpcore2.default_ssl_context()


class HttpWebhooks:
    """`time_limit` in seconds holds for the whole of a call, the resolving of the name included."""

    def __init__(
        self,
        rules: TargetRules,
        *,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self._rules = rules
        self._own_resolver = None if resolve else SystemResolver()
        self._resolve: Resolve = resolve or self._own_resolver  # type: ignore[assignment]
        self._tls = tls or authorities()
        self._time_limit = time_limit

    async def aclose(self) -> None:
        if self._own_resolver:
            self._own_resolver.close()

    async def check(self, url: str) -> None:
        try:
            async with asyncio.timeout(self._time_limit):
                await admitted(self._rules.parse(url), self._rules, self._resolve)
        except TimeoutError:
            raise WebhookTargetRefused(TargetFault.UNRESOLVABLE) from None

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        began = time.perf_counter()
        outcome, status, after = await self._attempt(url, headers, body)
        answer = WebhookAnswer(outcome, time.perf_counter() - began, status, after)
        DELIVERIES.labels(_NAME, outcome.value).inc()
        SECONDS.labels(_NAME).observe(answer.seconds)
        return answer

    async def _attempt(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[WebhookOutcome, int | None, timedelta | None]:
        try:
            async with asyncio.timeout(self._time_limit):
                target = self._rules.parse(url)
                addresses = await admitted(target, self._rules, self._resolve)
                status, after = await self._post(target, addresses, headers, body)
        except WebhookTargetRefused:
            return WebhookOutcome.TARGET_REFUSED, None, None
        except (TimeoutError, httpcore2.TimeoutException):
            return WebhookOutcome.TIMEOUT, None, None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            failed = WebhookOutcome.TLS_FAILED if _is_of_tls(error) else WebhookOutcome.UNREACHABLE
            return failed, None, None
        return _outcome(status, after), status, after

    async def _post(
        self, target: Target, addresses: Sequence[str], headers: Mapping[str, str], body: bytes
    ) -> tuple[int, timedelta | None]:
        """Each call has a connection of its own: an address that was judged an hour ago was judged an hour ago."""
        url = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        fields = [(b"host", target.authority), (b"content-length", b"%d" % len(body)), (b"connection", b"close")]
        fields += [(name.encode(), value.encode()) for name, value in headers.items()]
        async with (
            httpcore2.AsyncConnectionPool(
                ssl_context=self._tls, network_backend=Pinned(addresses), max_keepalive_connections=0
            ) as pool,
            pool.stream("POST", url, headers=fields, content=body) as answer,
        ):
            await _throw_away(answer)
            return answer.status, _retry_after(answer.headers)


class Pinned(httpcore2.AsyncNetworkBackend):
    """Connects to an address that was judged; the name is still what TLS asks for and what the certificate must say."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses[:_MOST_ADDRESSES]
        self._sockets = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failed: httpcore2.ConnectError | None = None
        for address in self._addresses:
            try:
                return await self._sockets.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore2.ConnectError as error:  # a name with two families, of which one leads nowhere
                failed = error
        raise failed or httpcore2.ConnectError("no address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _throw_away(answer: httpcore2.Response) -> None:
    """To its end, so that an answer that breaks off counts as none; of a long one a part is enough."""
    size = 0
    async for part in answer.aiter_stream():
        size += len(part)
        if size > _LONGEST_ANSWER:
            return


def _outcome(status: int, after: timedelta | None) -> WebhookOutcome:
    if 200 <= status < 300:
        return WebhookOutcome.DELIVERED
    if status == 410:
        return WebhookOutcome.GONE
    return WebhookOutcome.THROTTLED if status == 429 or after else WebhookOutcome.REFUSED


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> timedelta | None:
    """Seconds only; who answers with a date is treated as silent about it."""
    said = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    return timedelta(seconds=int(said)) if re.fullmatch(rb"[0-9]{1,6}", said) else None


def _is_of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
