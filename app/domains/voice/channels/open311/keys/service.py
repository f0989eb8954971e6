"""Clients of the Open311 door: made at the desk, known at the door by their API keys."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id, new_secret
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.voice.channels.open311.keys.errors import (
    ApiKeyRefused,
    Open311ClientUnknown,
    Open311KeyUnknown,
    TwoKeysAlready,
)
from app.domains.voice.channels.open311.keys.model import (
    LEAST_AN_HOUR,
    MOST_AN_HOUR,
    ApiKey,
    Delivery,
    IssuedKey,
    Open311Client,
)
from app.domains.voice.channels.open311.keys.store import Open311KeyStore

_FAILURES = Limit("open311-key-failures", 50, timedelta(minutes=10))
_ISSUED = TypeAdapter(IssuedKey)
# A lost reply is asked for again soon; a secret is kept (sealed) no longer than that.
_KEY_KEPT = timedelta(minutes=10)
_LONGEST = 200


class Open311KeyService:
    def __init__(
        self, db: Database, keys: Open311KeyStore, limits: Limits, audit: Audit, once: Idempotency, clock: Clock
    ) -> None:
        self._db = db
        self._keys = keys
        self._limits = limits
        self._audit = audit
        self._once = once
        self._clock = clock

    # At the door.

    async def known(self, api_key: str, address: str) -> Open311Client:
        """Whose key it is. Raises ApiKeyRefused, RateLimited (too many wrong keys from one address)."""
        which, _, secret = api_key.partition(".")
        if not api_key:
            raise ApiKeyRefused
        client = await self._keys.get(which) if secret and len(api_key) <= _LONGEST else None
        if client is None or not _opens(client, secret):
            await self._limits.take(_FAILURES, address)
            raise ApiKeyRefused
        if client.suspended:
            raise ApiKeyRefused
        return client

    # At the desk.

    async def create(
        self,
        viewer: Viewer,
        name: str,
        contact: str,
        *,
        an_hour: int = 60,
        delivery: Delivery = Delivery.REALTIME,
        test_mode: bool = False,
        key: str | None = None,
    ) -> IssuedKey:
        """A client and his first key, shown this once (and to a repeat under `key`, for ten minutes).

        Raises BadInput (`an_hour`), IdempotencyConflict.
        """
        _demand_terms(an_hour)
        made, text = self._new_key()
        id_, now = f"o-{new_id()}", self._clock.now()
        client = Open311Client(id_, name, contact, (made,), now, an_hour, delivery, test_mode=test_mode)

        async def work(tx: Tx) -> IssuedKey:
            await self._keys.add(client, tx)
            await self._audit.record(viewer, "open311.client_made", id_, tx, delivery=delivery.value, an_hour=an_hour)
            return IssuedKey(id_, made.id, f"{id_}.{text}")

        return await self._issued(viewer, "createOpen311Client", key, (name, contact, an_hour, delivery.value), work)

    async def add_key(self, viewer: Viewer, client: str, *, key: str | None = None) -> IssuedKey:
        """A second key; both are valid until one is withdrawn.

        Raises Open311ClientUnknown, TwoKeysAlready, IdempotencyConflict.
        """
        await self.one(client)
        made, text = self._new_key()

        async def work(tx: Tx) -> IssuedKey:
            if not await self._keys.add_key(client, made, tx):
                raise TwoKeysAlready
            await self._audit.record(viewer, "open311.key_added", client, tx, key=made.id)
            return IssuedKey(client, made.id, f"{client}.{text}")

        return await self._issued(viewer, "addOpen311Key", key, (client,), work)

    async def withdraw_key(self, viewer: Viewer, client: str, key: str) -> None:
        """It opens nothing any more. Raises Open311ClientUnknown, Open311KeyUnknown."""
        await self.one(client)

        async def work(tx: Tx) -> None:
            if not await self._keys.withdraw_key(client, key, tx):
                raise Open311KeyUnknown
            await self._audit.record(viewer, "open311.key_withdrawn", client, tx, key=key)

        await self._db.transaction(work)

    async def suspend(self, viewer: Viewer, client: str, suspended: bool) -> None:
        """Nothing is taken from him (or again). Raises Open311ClientUnknown."""
        await self.one(client)
        action = "open311.client_suspended" if suspended else "open311.client_reinstated"

        async def work(tx: Tx) -> None:
            if await self._keys.suspend(client, suspended, tx):
                await self._audit.record(viewer, action, client, tx)

        await self._db.transaction(work)

    async def set_terms(self, viewer: Viewer, client: str, an_hour: int, delivery: Delivery) -> Open311Client:
        """How much he may file, and whether he waits for the number. Raises BadInput, Open311ClientUnknown."""
        _demand_terms(an_hour)

        async def work(tx: Tx) -> None:
            if not await self._keys.set_terms(client, an_hour, delivery, tx):
                raise Open311ClientUnknown
            facts: dict[str, Any] = {"an_hour": an_hour, "delivery": delivery.value}
            await self._audit.record(viewer, "open311.terms_set", client, tx, **facts)

        await self._db.transaction(work)
        return await self.one(client)

    async def page(self, request: PageRequest) -> Page[Open311Client]:
        return await self._keys.page(request)

    async def one(self, client: str) -> Open311Client:
        """Raises Open311ClientUnknown."""
        found = await self._keys.get(client)
        if found is None:
            raise Open311ClientUnknown
        return found

    async def _issued(
        self,
        viewer: Viewer,
        operation: str,
        key: str | None,
        wish: tuple[object, ...],
        work: Callable[[Tx], Awaitable[IssuedKey]],
    ) -> IssuedKey:
        """Once under this key; without one (the seed) as often as it is asked for."""
        if key is None:
            return await self._db.transaction(work)
        return await self._once.once(Call.of(viewer, operation, key, *wish), _ISSUED, work, kept=_KEY_KEPT)

    def _new_key(self) -> tuple[ApiKey, str]:
        text = new_secret()
        return ApiKey(new_id(), _hash(text), self._clock.now()), text


def _demand_terms(an_hour: int) -> None:
    if not LEAST_AN_HOUR <= an_hour <= MOST_AN_HOUR:
        raise BadInput(field="an_hour")


def _opens(client: Open311Client, secret: str) -> bool:
    given = _hash(secret)
    return any(hmac.compare_digest(given, kept.hash) for kept in client.keys)


def _hash(secret: str) -> str:
    """A random secret of 256 bits needs no slow hash: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
