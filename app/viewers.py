"""Who asks: from a connection's access token, and the ward it names, to the context of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cachetools import LRUCache
from starlette.requests import HTTPConnection

from app.context import Context
from app.core.errors import BadInput, Unauthenticated
from app.core.messages import negotiate
from app.core.viewer import ANONYMOUS, Assurance, Origin, Role, Viewer
from app.domains.identity.sessions.model import Audience
from app.wiring import City
from graphql_schema.endpoint.context import request_id_of
from graphql_schema.types.common import key_of

SUBJECT_HEADER = "rong-subject"
_TOKENS_KEPT = 5_000


class Viewers:
    """Makes contexts for one door: citizens', providers' or the ops desk's tokens, and no others."""

    def __init__(self, city: City, audience: Audience) -> None:
        self._city = city
        self._audience = audience
        self._known: LRUCache[bytes, dict[str, Any]] = LRUCache(_TOKENS_KEPT)
        city.changes.on("signing_keys", self._key_changed, self._forget)

    async def context(self, connection: HTTPConnection, hello: Mapping[str, Any] | None) -> Context:
        """`hello` is a WebSocket's connection_init payload; browsers cannot set its headers.

        Raises Unauthenticated (a token that is not good), Forbidden (no guardian of that ward), BadInput.
        """
        claims = self._claims(_said("authorization", connection, hello))
        address = connection.client.host if connection.client else "unknown"
        origin = Origin(address, request_id_of(connection.scope))
        viewer = replace(self._viewer(claims) if claims else ANONYMOUS, origin=origin)
        ward = _said(SUBJECT_HEADER, connection, hello)
        if ward:
            viewer = await self._city.services.guardians.acting_for(viewer, key_of(ward, "Citizen"))
        return Context(
            viewer=viewer,
            locale=negotiate(_said("accept-language", connection, hello) or ""),
            request_id=origin.request,
            address=address,
            services=self._city.services,
            expires_at=datetime.fromtimestamp(claims["exp"], UTC) if claims else None,
        )

    def _claims(self, authorization: str | None) -> dict[str, Any] | None:
        if not authorization:
            return None
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        return self._read(token.strip())

    def _read(self, token: str) -> dict[str, Any]:
        """The claims of an access token. Raises Unauthenticated.

        Checking the signature costs more than a small query, so a token that was good is known again until it ends;
        whether its session was ended meanwhile is asked each time. A change of keys makes all be read anew.
        """
        name = sha256(token.encode(errors="surrogatepass")).digest()
        claims = self._known.get(name)
        if claims is None or not claims["iat"] <= self._city.clock.now().timestamp() < claims["exp"]:
            claims = self._known[name] = self._city.services.sessions.read(token, self._audience)
        elif claims.get("sid") in self._city.revocations:
            raise Unauthenticated
        return claims

    def _key_changed(self, row: Mapping[str, Any]) -> None:
        self._known.clear()

    async def _forget(self) -> None:
        self._known.clear()

    def _viewer(self, claims: Mapping[str, Any]) -> Viewer:
        match self._audience:
            case Audience.CITIZEN:
                return _citizen(claims)
            case Audience.PROVIDER:
                return self._provider(claims)
            case Audience.ADMIN:
                return _ops(claims)

    def _provider(self, claims: Mapping[str, Any]) -> Viewer:
        tree = self._city.services.organisations.tree
        organisation = tree.get(claims["org"])
        if organisation is None or not tree.active(claims["org"]):
            raise Unauthenticated
        # Scopes taken from the organisation are gone at once, not when the token ends.
        scopes = frozenset(str(claims["scope"]).split()) & organisation.scopes
        role = Role.PROVIDER_STAFF if claims["role"] == "staff" else Role.PROVIDER_CLIENT
        viewer = _holder(role, claims)
        return replace(
            viewer,
            organisation=organisation.code,
            scopes=scopes,
            roles=frozenset(claims.get("roles", ())),
            # In an organisation in test mode everybody is; a client made for tests stays so.
            test_mode=organisation.test_mode or (role is Role.PROVIDER_CLIENT and bool(claims.get("test"))),
        )


def _citizen(claims: Mapping[str, Any]) -> Viewer:
    viewer = replace(_holder(Role.CITIZEN, claims), subject=claims["sub"], assurance=Assurance(claims["aal"]))
    return replace(viewer, organisation=claims.get("test"), test_mode="test" in claims)


def _ops(claims: Mapping[str, Any]) -> Viewer:
    return replace(_holder(Role.OPS, claims), roles=frozenset(claims.get("roles", ())))


def _holder(role: Role, claims: Mapping[str, Any]) -> Viewer:
    return Viewer(role=role, actor=claims["sub"], session=claims.get("sid"))


def _said(name: str, connection: HTTPConnection, hello: Mapping[str, Any] | None) -> str | None:
    """A header, or the entry of the same name (in any case) in a WebSocket's hello. Raises BadInput."""
    said = {key.lower(): value for key, value in (hello or {}).items()}.get(name)
    if said is not None and not isinstance(said, str):
        raise BadInput(field=name)
    return said or connection.headers.get(name)
