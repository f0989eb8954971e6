"""How an outside system is called over HTTP: with a limit in time, retried under one idempotency key, behind a circuit
breaker, counted. A gateway's own file says what is asked and how the answers are read.

Bodies and answers carry names, numbers and phones: they are never logged, nor is anything an exception says of them.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Self

import httpx2
import stamina
import structlog
from prometheus_client import Counter, Gauge, Histogram
from pydantic import SecretStr

from app.core.errors import Unavailable
from app.gateways.breaker import CircuitBreaker, CircuitOpen, CircuitState

log = structlog.get_logger(__name__)

ATTEMPTS = Counter("rong_gateway_attempts", "Calls to outside systems, by outcome", ["gateway", "outcome"])
SECONDS = Histogram(
    "rong_gateway_seconds",
    "How long an outside system took to answer one attempt",
    ["gateway"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
OPEN = Gauge(
    "rong_gateway_circuit_open", "1 while an outside system is not called because it kept failing", ["gateway"]
)

_RESTING = "circuit_open"
_TRANSIENT = frozenset({429, 500, 502, 503, 504})
MOST_BYTES = 4 << 20  # of an answer
_PART = 64 << 10
_PACKED = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})  # no longer so once unpacked


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: `attempt` bounds one attempt, `overall` is when no further attempt begins, `retry_after` is the longest
    a gateway's wish to wait is followed while a person waits too."""

    attempt: float = 5.0
    overall: float = 12.0
    attempts: int = 3
    first_wait: float = 0.1
    retry_after: float = 3.0


class NotNow(Exception):
    """Worth another attempt, under the same idempotency key. `retry_after` is in seconds, when it was told."""

    def __init__(self, outcome: str, retry_after: float | None = None) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.retry_after = retry_after


@cache
def tls() -> ssl.SSLContext:
    """Whom all gateways of the process trust: the certificates are read once, and a megabyte is kept of them."""
    return httpx2.create_ssl_context(trust_env=False)


class TooLong(httpx2.RequestError):
    """An answer that does not end, or grows beyond what such answers are."""


async def received(
    client: httpx2.AsyncClient, method: str, url: str, *, most: int = MOST_BYTES, seconds: float, **sent: Any
) -> httpx2.Response:
    """The whole answer, of at most `most` bytes once unpacked, within `seconds`: the client's own limits are of each
    read, and whoever sends a byte now and then would hold us for good. Raises httpx2.RequestError.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(seconds), client.stream(method, url, **sent) as answer:
            async for part in answer.aiter_bytes(_PART):
                body += part
                if len(body) > most:
                    raise TooLong(f"longer than {most} bytes", request=answer.request)
    except TimeoutError as error:
        raise httpx2.ReadTimeout("not whole in time") from error
    headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in _PACKED]
    return httpx2.Response(answer.status_code, headers=headers, content=bytes(body), request=answer.request)


class HttpGateway:
    """A JSON API behind a bearer key. Subclasses give it a name and words for its answers."""

    name = "gateway"

    def __init__(
        self,
        url: str,
        key: SecretStr,
        *,
        patience: Patience | None = None,
        breaker: CircuitBreaker | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._patience = patience or Patience()
        self._breaker = breaker or CircuitBreaker()
        self._client = httpx2.AsyncClient(
            base_url=url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {key.get_secret_value()}", "Accept-Encoding": "gzip"},
            timeout=httpx2.Timeout(self._patience.attempt),
            limits=httpx2.Limits(max_connections=64, max_keepalive_connections=16),
            transport=transport,
            verify=tls(),
            trust_env=False,  # a proxy in the environment is not to see what is sent
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _post(self, path: str, body: Mapping[str, Any], *, idempotency_key: str) -> httpx2.Response:
        """The first answer that is not a passing failure; 2xx or 4xx. Raises Unavailable.

        Every attempt carries the same key, so that one whose answer was lost has no second effect.
        """
        return await self._call("POST", path, json=dict(body), headers={"Idempotency-Key": idempotency_key})

    async def _call(self, method: str, path: str, **sent: Any) -> httpx2.Response:
        """As `_post`, for a question in another form: `sent` is what the client is to send. Raises Unavailable."""
        patience = self._patience
        attempts = stamina.retry_context(
            on=self._worth_retrying,
            attempts=patience.attempts,
            timeout=timedelta(seconds=patience.overall),
            wait_initial=patience.first_wait,
            wait_jitter=patience.first_wait,
            wait_max=patience.retry_after,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    return await self._sent(method, path, **sent)
        except NotNow as error:
            raise Unavailable from error
        raise AssertionError("the retries ended without an answer")

    def _worth_retrying(self, error: Exception) -> bool | float:
        if not isinstance(error, NotNow) or error.outcome == _RESTING:
            return False
        if error.retry_after is None:
            return True
        return error.retry_after if error.retry_after <= self._patience.retry_after else False

    async def _attempt(self, path: str, body: Mapping[str, Any], key: str) -> httpx2.Response:
        """One try, for who repeats it by himself. Raises NotNow."""
        return await self._sent("POST", path, json=dict(body), headers={"Idempotency-Key": key})

    async def _sent(self, method: str, path: str, **sent: Any) -> httpx2.Response:
        self._admit()
        began = time.perf_counter()
        try:
            answer = await received(self._client, method, path, seconds=self._patience.attempt, **sent)
        except httpx2.RequestError as error:
            raise self._failed(_broken(error)) from error
        finally:
            SECONDS.labels(self.name).observe(time.perf_counter() - began)
        self._judge(answer)
        return answer

    def _admit(self) -> None:
        try:
            self._breaker.admit()
        except CircuitOpen:
            ATTEMPTS.labels(self.name, _RESTING).inc()
            raise NotNow(_RESTING) from None

    def _judge(self, answer: httpx2.Response) -> None:
        """Raises NotNow. Too many requests is no sign of ill health: the circuit stays closed."""
        if answer.status_code in _TRANSIENT:
            throttled = answer.status_code == 429
            passing = NotNow("throttled" if throttled else "failed", _retry_after(answer))
            raise self._throttled(passing) if throttled else self._failed(passing)
        self._breaker.succeeded()
        OPEN.labels(self.name).set(0)
        ATTEMPTS.labels(self.name, "ok" if answer.is_success else "refused").inc()

    def _throttled(self, error: NotNow) -> NotNow:
        self._breaker.succeeded()
        ATTEMPTS.labels(self.name, error.outcome).inc()
        return error

    def _failed(self, error: NotNow) -> NotNow:
        self._breaker.failed()
        is_open = self._breaker.state is not CircuitState.CLOSED
        OPEN.labels(self.name).set(is_open)
        ATTEMPTS.labels(self.name, error.outcome).inc()
        log.warning("gateway_failed", gateway=self.name, outcome=error.outcome, circuit_open=is_open)
        return error

    def _not_understood(self, answer: httpx2.Response) -> Unavailable:
        """An answer this client has no word for: a wrong key, another version. Retrying would not help."""
        log.error("gateway_answer_not_understood", gateway=self.name, status=answer.status_code)
        ATTEMPTS.labels(self.name, "not_understood").inc()
        return Unavailable()


def _broken(error: httpx2.RequestError) -> NotNow:
    if isinstance(error, httpx2.TimeoutException):
        return NotNow("timeout")
    if isinstance(error, TooLong):
        return NotNow("too_long")
    return NotNow("unreachable")


def _retry_after(answer: httpx2.Response) -> float | None:
    """Seconds only; gateways that answer with a date are treated as silent about it."""
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else None


def fields_of(answer: httpx2.Response) -> dict[str, Any]:
    """The answer's JSON object. Raises ValueError when it is none."""
    value = answer.json()
    if not isinstance(value, dict):
        raise ValueError("a JSON object was expected")
    return value
