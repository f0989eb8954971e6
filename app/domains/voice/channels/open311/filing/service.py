"""Filing by Open311: a case for a form, at once or by a worker, once however often the form arrives.

GeoReport v2 knows no idempotency key. Whoever sends one (`Idempotency-Key`) is repeated by it; of all others the same
form of the same client is the same request for a day.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Protocol

import structlog

from app.core.clock import Clock
from app.core.errors import Outcome, Refusal
from app.core.idempotency import IdempotencyConflict
from app.core.limits import Limits
from app.core.mongo import DatabaseFault, is_unreachable
from app.core.traces import frames_of
from app.domains.voice.channels.open311.errors import TokenRefused, TokenUnknown
from app.domains.voice.channels.open311.filing.model import (
    Form,
    NewRequest,
    Token,
    TokenState,
    new_request,
    service_code,
)
from app.domains.voice.channels.open311.filing.store import Backlog, TokenStore, Waiting
from app.domains.voice.channels.open311.keys.model import Delivery, Open311Client
from app.domains.voice.channels.open311.keys.service import Open311KeyService
from app.domains.voice.channels.open311.model import ServiceRequest
from app.domains.voice.channels.open311.service import Open311Service

log = structlog.get_logger()
_LEASE = timedelta(minutes=2)
_AT_ONCE = 20
_SAME = timedelta(days=1)
_MOST_TRIES = 5
_NOT_CONTENT = frozenset({"api_key"})


class Cases(Protocol):
    async def file(self, client: Open311Client, wanted: NewRequest, key: str) -> str:
        """Its number; once for each key of this client. Raises what filing a case raises: OutsideCity, …"""
        ...


class Open311FilingService:
    def __init__(
        self,
        door: Open311Service,
        keys: Open311KeyService,
        tokens: TokenStore,
        cases: Cases,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._door = door
        self._keys = keys
        self._tokens = tokens
        self._cases = cases
        self._limits = limits
        self._clock = clock

    async def file(self, form: Form, api_key: str, key: str | None, address: str) -> tuple[str | None, str | None]:
        """The number, or a token that leads to it.

        Raises ApiKeyRefused, RateLimited, IdempotencyConflict, and what is wrong with the form or with the case.
        """
        client = await self._keys.known(api_key, address)
        wanted = new_request(form, self._door.services.get(service_code(form)))
        await self._limits.take(client.limit, client.id)
        named = f"k:{key}" if key else f"c:{_fingerprint(form)}"
        if client.delivery is Delivery.REALTIME:
            return await self._cases.file(client, wanted, _digest(named)), None
        return None, await self._promise(client, named, form, repr(wanted) if key else named)

    async def delivery(self, api_key: str, address: str) -> Delivery:
        """What whoever asks gets for what he files. Raises ApiKeyRefused."""
        return (await self._keys.known(api_key, address)).delivery if api_key else Delivery.REALTIME

    async def filed_by(self, client: str) -> tuple[list[ServiceRequest], Backlog]:
        """For the desk: what came from this client, and what became of no case. Raises Open311ClientUnknown."""
        one = await self._keys.one(client)
        return await self._door.filed_by(one.origin), await self._tokens.backlog_of(client)

    async def redeem(self, token: str) -> Token:
        """Raises TokenUnknown, TokenRefused."""
        found = await self._tokens.get(token) if len(token) <= 64 else None
        if found is None:
            raise TokenUnknown
        if found.state in (TokenState.REFUSED, TokenState.FAILED):
            raise TokenRefused(found.reason or "")
        return found

    async def round(self) -> int:
        """Make cases of what waits behind tokens; how many were looked at."""
        waiting = await self._tokens.claim(self._clock.now(), _LEASE, _AT_ONCE)
        for one in waiting:
            await self._settle(one)
        return len(waiting)

    async def _promise(self, client: Open311Client, named: str, form: Form, content: str) -> str:
        """The token of a day's same request. Raises IdempotencyConflict.

        A token leads to its number for longer than that: after a day the same request gets another, made of the one
        before, so that those who repeat it at once get the same one.
        """
        now, token = self._clock.now(), _digest(f"{client.id}\0{named}")[:32]
        while (before := await self._tokens.get(token)) is not None and before.made_at <= now - _SAME:
            token = _digest(f"{token}\0{before.made_at.isoformat()}")[:32]
        kept = {name: values for name, values in form.items() if name not in _NOT_CONTENT}
        if not await self._tokens.add(Token(token, client.id, TokenState.WAITING, now), kept, content):
            raise IdempotencyConflict
        return token

    async def _settle(self, one: Waiting) -> None:
        try:
            number = await self._made(one)
        except Outcome as refused:
            await self._tokens.settle(one, TokenState.REFUSED, None, refused.code)
        except Refusal as refused:
            log.warning("open311 token waits", code=refused.code, attempt=one.attempt)
            await self._tokens.later(one, self._clock.now() + _wait(one))
        except Exception as fault:
            if isinstance(fault, DatabaseFault) and is_unreachable(fault):
                raise  # the next would fare no better, and this one is not to blame
            await self._tried(one, fault)
        else:
            await self._tokens.settle(one, TokenState.FILED, number, None)

    async def _made(self, one: Waiting) -> str:
        form = self._tokens.form(one)
        client = await self._keys.one(one.token.client)
        wanted = new_request(form, self._door.services.get(service_code(form)))
        return await self._cases.file(client, wanted, one.token.id)

    async def _tried(self, one: Waiting, fault: Exception) -> None:
        tries = one.token.tries + 1
        log.error("open311 token not filed", tries=tries, traceback=frames_of(fault))
        if tries < _MOST_TRIES:
            await self._tokens.tried(one, self._clock.now() + _wait(one))
        else:
            await self._tokens.fail(one)


def _wait(one: Waiting) -> timedelta:
    return timedelta(seconds=min(5 * 2 ** min(one.attempt, 8), 600))


def _fingerprint(form: Form) -> str:
    return repr(sorted((name, list(values)) for name, values in form.items() if name not in _NOT_CONTENT))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:48]
