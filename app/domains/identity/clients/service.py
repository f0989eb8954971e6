"""Provider clients: made by ops, authenticated by `client_credentials` (RFC 6749 §4.4)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id, new_secret
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.identity.clients.errors import (
    ClientUnknown,
    InvalidClient,
    ScopeNotGranted,
    SecretUnknown,
    TwoSecretsAlready,
)
from app.domains.identity.clients.model import Client, ClientSecret, IssuedSecret
from app.domains.identity.clients.store import ClientStore
from app.domains.identity.organisations.errors import OrganisationUnknown
from app.domains.identity.organisations.model import Organisation
from app.domains.identity.organisations.service import OrganisationService
from app.domains.identity.sessions.model import ACCESS_LIFE, Audience
from app.domains.identity.sessions.service import SessionService

_FAILURES = Limit("client-secret-failures", 50, timedelta(minutes=10))
_ISSUED = TypeAdapter(IssuedSecret)
# A lost reply is asked for again soon; a secret is kept (sealed) no longer than that.
_SECRET_KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ClientToken:
    """`expires_in` in seconds."""

    access_token: str
    expires_in: int
    scopes: tuple[str, ...]


class ClientService:
    def __init__(
        self,
        db: Database,
        clients: ClientStore,
        organisations: OrganisationService,
        sessions: SessionService,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._clients = clients
        self._organisations = organisations
        self._sessions = sessions
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def create(
        self,
        viewer: Viewer,
        organisation: str,
        name: str,
        scopes: Collection[str],
        *,
        test_mode: bool = False,
        key: str | None = None,
    ) -> IssuedSecret:
        """A client and its first secret, shown this once (and to a repeat under `key`, for ten minutes).

        Raises OrganisationUnknown, ScopeNotGranted, IdempotencyConflict.
        """
        owner = self._organisations.tree.get(organisation)
        if owner is None:
            raise OrganisationUnknown
        for scope in sorted(set(scopes) - owner.scopes):
            raise ScopeNotGranted(scope)

        async def work(tx: Tx) -> IssuedSecret:
            return await self.add(viewer, owner, name, scopes, tx, test_mode=test_mode)

        wish = (organisation, name, tuple(sorted(scopes)), test_mode)
        return await self._issued(viewer, "createClient", key, wish, work)

    async def add(
        self,
        viewer: Viewer,
        owner: Organisation,
        name: str,
        scopes: Collection[str],
        tx: Tx,
        *,
        test_mode: bool = False,
    ) -> IssuedSecret:
        """As `create`, in the caller's transaction, for an organisation that may be made in it too."""
        client_id, secret, text = f"c-{new_id()}", *self._new_secret()
        client = Client(client_id, owner.code, name, frozenset(scopes), (secret,), test_mode or owner.test_mode)
        await self._clients.add(client, tx)
        facts: dict[str, Any] = {"organisation": owner.code, "scopes": client.scopes, "test_mode": client.test_mode}
        await self._audit.record(viewer, "client.created", client_id, tx, **facts)
        return IssuedSecret(client_id, secret.id, text)

    async def add_secret(self, viewer: Viewer, client: str, *, key: str | None = None) -> IssuedSecret:
        """A second secret; both are valid until one is withdrawn.

        Raises ClientUnknown, TwoSecretsAlready, IdempotencyConflict.
        """
        await self._known(client)
        secret, text = self._new_secret()

        async def work(tx: Tx) -> IssuedSecret:
            if not await self._clients.add_secret(client, secret, tx):
                raise TwoSecretsAlready
            await self._audit.record(viewer, "client.secret_added", client, tx, secret=secret.id)
            return IssuedSecret(client, secret.id, text)

        return await self._issued(viewer, "addSecret", key, (client,), work)

    async def withdraw_secret(self, viewer: Viewer, client: str, secret: str) -> None:
        """The tokens it got are void at once. Raises ClientUnknown, SecretUnknown."""

        async def work(tx: Tx) -> None:
            was = await self._known(client, tx)
            kept = next((one for one in was.secrets if one.id == secret), None)
            if kept is None or not await self._clients.withdraw_secret(was, kept, self._clock.now(), tx):
                raise SecretUnknown
            await self._audit.record(viewer, "client.secret_withdrawn", client, tx, secret=secret)

        await self._db.transaction(work)

    async def suspend(self, viewer: Viewer, client: str, suspended: bool) -> None:
        """No token is given any more (or again), and those given before are void. Raises ClientUnknown."""

        async def work(tx: Tx) -> None:
            await self.write_suspended(viewer, client, suspended, tx)

        await self._db.transaction(work)

    async def write_suspended(self, viewer: Viewer, client: str, suspended: bool, tx: Tx) -> None:
        """As `suspend`, in the caller's transaction."""
        was = await self._known(client, tx)
        if await self._clients.suspend(was, suspended, self._clock.now(), tx):
            action = "client.suspended" if suspended else "client.reinstated"
            await self._audit.record(viewer, action, client, tx)

    async def token(self, client_id: str, secret: str, scopes: Collection[str] | None, address: str) -> ClientToken:
        """An access token for the asked scopes (all, when none are asked). Raises InvalidClient, ScopeNotGranted,
        RateLimited (too many wrong secrets from one address).
        """
        client = await self._clients.get(client_id)
        used = _secret_of(client, secret) if client else None
        if client is None or used is None:
            await self._limits.take(_FAILURES, address)
            raise InvalidClient
        organisation = self._organisations.tree.get(client.organisation)
        if client.suspended or organisation is None or not self._organisations.tree.active(client.organisation):
            raise InvalidClient
        granted = client.scopes & organisation.scopes
        for scope in sorted(set(scopes or ()) - granted):
            raise ScopeNotGranted(scope)
        wanted = tuple(sorted(scopes or granted))
        claims = {
            "org": client.organisation,
            "scope": " ".join(wanted),
            "role": "client",
            "test": client.test_mode,
            "sid": client.grant(used),
        }
        token, _ = self._sessions.access_token(client.id, Audience.PROVIDER, claims)
        return ClientToken(token, int(ACCESS_LIFE.total_seconds()), wanted)

    async def page(self, organisation: str | None, request: PageRequest) -> Page[Client]:
        """Of one organisation or of all, by id."""
        return await self._clients.page(organisation, request)

    async def one(self, client: str) -> Client:
        """Raises ClientUnknown."""
        return await self._known(client)

    async def of(self, organisation: str) -> list[Client]:
        return await self._clients.of(organisation)

    async def _issued(
        self,
        viewer: Viewer,
        operation: str,
        key: str | None,
        wish: tuple[object, ...],
        work: Callable[[Tx], Awaitable[IssuedSecret]],
    ) -> IssuedSecret:
        """Once under this key; without one (the shell, the seed) as often as it is asked for."""
        if key is None:
            return await self._db.transaction(work)
        call = Call.of(viewer, operation, key, *wish)
        return await self._idempotency.once(call, _ISSUED, work, kept=_SECRET_KEPT)

    async def _known(self, client: str, tx: Tx | None = None) -> Client:
        found = await self._clients.get(client, tx)
        if found is None:
            raise ClientUnknown
        return found

    def _new_secret(self) -> tuple[ClientSecret, str]:
        text = new_secret()
        return ClientSecret(new_id(), _hash(text), self._clock.now()), text


def _secret_of(client: Client, secret: str) -> ClientSecret | None:
    given = _hash(secret)
    return next((kept for kept in client.secrets if hmac.compare_digest(given, kept.hash)), None)


def _hash(secret: str) -> str:
    """A random secret of 256 bits needs no slow hash: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
