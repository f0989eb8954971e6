"""Opening, refreshing and ending sessions; minting and reading tokens."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import jwt

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Unauthenticated
from app.core.ids import new_id, new_secret
from app.core.keys import KeyUse, SigningKeys
from app.core.mongo import Database, Document, Tx
from app.core.outbox import Outbox
from app.core.sealed import KeyRing
from app.core.viewer import Origin, Role, Viewer
from app.domains.identity.sessions.errors import DeviceUnknown, SessionEnded
from app.domains.identity.sessions.model import ACCESS_LIFE, Audience, Device, EndReason, Session, Tokens
from app.domains.identity.sessions.store import SessionStore

_LEEWAY = 5  # seconds by which the clocks of our processes may differ


_MANY = 10_000


class Revocations:
    """Sessions ended in the last minutes, in memory, kept current by the change stream of the process."""

    def __init__(self, sessions: SessionStore, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._ended: dict[str, datetime] = {}

    def changed(self, row: Document) -> None:
        self._ended[row["_id"]] = row["at"]
        if len(self._ended) > _MANY:  # what ended before the longest token is of no account any more
            since = self._clock.now() - 2 * ACCESS_LIFE
            self._ended = {session: at for session, at in self._ended.items() if at >= since}

    async def load(self) -> None:
        since = self._clock.now() - ACCESS_LIFE
        ended = {session: self._clock.now() for session in await self._sessions.revoked_since(since)}
        recent = {session: at for session, at in self._ended.items() if at >= since}
        self._ended = recent | ended

    def __contains__(self, session: object) -> bool:
        return session in self._ended


class SessionService:
    def __init__(
        self,
        db: Database,
        sessions: SessionStore,
        revocations: Revocations,
        keys: SigningKeys,
        ring: KeyRing,
        outbox: Outbox,
        audit: Audit,
        clock: Clock,
        issuer: str,
    ) -> None:
        self._db = db
        self._sessions = sessions
        self._revocations = revocations
        self._keys = keys
        self._ring = ring
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._issuer = issuer

    async def open(
        self,
        holder: str,
        audience: Audience,
        device: Device,
        claims: Mapping[str, Any],
        tx: Tx,
        origin: Origin | None = None,
    ) -> Tokens:
        """A new session on this device, and its first tokens."""
        return self._tokens(await self.begin(holder, audience, device, tx, origin), claims)

    async def begin(
        self, holder: str, audience: Audience, device: Device, tx: Tx, origin: Origin | None = None
    ) -> Session:
        """A new session on this device, without tokens. A citizen with other devices is told of a new one."""
        now = self._clock.now()
        session = Session(
            id=new_id(),
            holder=holder,
            audience=audience,
            device=device,
            salt=new_secret(128),
            generation=1,
            created_at=now,
            rotated_at=now,
            expires_at=now + audience.session_life,
        )
        known_holder, known_device = await self._sessions.knows_device(holder, device.id, tx)
        await self._sessions.add(session, tx)
        opener = replace(_holder(audience, holder), session=session.id, origin=origin)
        await self._audit.record(opener, "session.opened", session.id, tx)
        if audience is Audience.CITIZEN and known_holder and not known_device:
            await self._outbox.add("session.opened_on_new_device", holder, tx, session=session.id)
        return session

    async def refresh(
        self, refresh_token: str, device: str, audience: Audience, origin: Origin | None = None
    ) -> Session:
        """Move the session on. Within ten seconds the same device gets the same successor again.

        Raises SessionEnded; a token used a second time by anybody else ends the session for all.
        """
        session, generation = await self._owner_of(refresh_token)
        if session.audience is not audience:  # good at another door: neither taken here nor spent
            raise SessionEnded
        now = self._clock.now()
        if not session.live(now):
            raise SessionEnded
        if generation == session.generation and device == session.device.id:
            if await self._move_on(session, now, origin):
                return await self._again(session.id)
            session = await self._again(session.id)  # a parallel refresh was faster
        if session.live(now) and session.forgives(generation, device, now):
            return session
        await self._end(session, EndReason.TOKEN_REUSED)
        raise SessionEnded

    def tokens_for(self, session: Session, claims: Mapping[str, Any]) -> Tokens:
        return self._tokens(session, claims)

    async def devices(self, viewer: Viewer) -> list[Session]:
        """The live sessions of the viewer in person, newest first."""
        return await self._sessions.live_of(viewer.self_only(), self._clock.now())

    async def end(self, viewer: Viewer, session: str | None = None) -> str:
        """Sign out the present device, or another one of the same holder. Raises DeviceUnknown."""
        holder, target = viewer.acting(), session or viewer.session
        if target is None:
            raise DeviceUnknown

        async def work(tx: Tx) -> bool:
            ended = await self._sessions.end(target, holder, EndReason.SIGNED_OUT, self._clock.now(), tx)
            if ended:
                await self._audit.record(viewer, "session.ended", target, tx)
                await self._outbox.add("session.ended", holder, tx, session=target)
            return ended

        if not await self._db.transaction(work) and await self._not_mine(target, holder):
            raise DeviceUnknown
        return target

    async def live(self, session: str) -> Session | None:
        """The session, unless it was ended or is over."""
        found = await self._sessions.get(session)
        return found if found is not None and found.live(self._clock.now()) else None

    async def live_of(self, holder: str) -> list[Session]:
        """Where this holder is signed in, newest first: for the desk, which looks at it for a reason."""
        return await self._sessions.live_of(holder, self._clock.now())

    async def end_all(self, by: Viewer, holder: str, reason: EndReason, tx: Tx) -> int:
        """Sign a holder out everywhere, in the transaction of what is the cause; how many sessions were ended.

        Their access tokens are void at once in every process.
        """
        ended = await self._sessions.end_all(holder, reason, self._clock.now(), tx)
        for session in ended:
            await self._audit.record(by, f"session.{reason.value}", session, tx)
            await self._outbox.add("session.ended", holder, tx, session=session)
        return len(ended)

    def read(self, access_token: str, audience: Audience) -> dict[str, Any]:
        """The claims of a valid access token for this audience. Raises Unauthenticated."""
        try:
            key = self._keys.find(KeyUse.SESSION, jwt.get_unverified_header(access_token).get("kid", ""))
            if key is None:
                raise Unauthenticated
            claims: dict[str, Any] = jwt.decode(
                access_token,
                key.public,
                algorithms=["EdDSA"],
                audience=audience.value,
                issuer=self._issuer,
                # Its times are judged by the city's clock, below.
                options={
                    "require": ["exp", "iat", "sub", "aud", "type", "jti"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
        except jwt.PyJWTError:
            raise Unauthenticated from None
        now = self._clock.now().timestamp()
        in_time = claims["iat"] <= now + _LEEWAY and now < claims["exp"] + _LEEWAY
        if not in_time or claims["type"] != "access" or claims.get("sid") in self._revocations:
            raise Unauthenticated
        return claims

    def ended(self, session: str | None) -> bool:
        """Whether this session (or guardianship) was ended lately: what was opened by it, and still runs, is void."""
        return session in self._revocations

    def access_token(self, subject: str, audience: Audience, claims: Mapping[str, Any]) -> tuple[str, datetime]:
        """A signed access token (EdDSA) and its end."""
        now = self._clock.now()
        key = self._keys.signing(KeyUse.SESSION)
        body = {
            **claims,
            "iss": self._issuer,
            "sub": subject,
            "aud": audience.value,
            "type": "access",
            "iat": int(now.timestamp()),
            "exp": int((now + ACCESS_LIFE).timestamp()),
            "jti": new_id(),
        }
        return jwt.encode(body, key.private, algorithm="EdDSA", headers={"kid": key.id}), now + ACCESS_LIFE

    def _tokens(self, session: Session, claims: Mapping[str, Any]) -> Tokens:
        access, expires_at = self.access_token(session.holder, session.audience, {**claims, "sid": session.id})
        return Tokens(access, self._refresh_token(session), expires_at)

    def _refresh_token(self, session: Session) -> str:
        return f"{session.id}.{session.generation}.{self._proof(session, session.generation)}"

    def _proof(self, session: Session, generation: int) -> str:
        return self._ring.keyed_hash(f"{session.id}.{generation}.{session.salt}", kind="refresh token")

    async def _owner_of(self, refresh_token: str) -> tuple[Session, int]:
        """Raises SessionEnded on anything that is not a token this city gave."""
        parts = refresh_token.split(".")
        if len(parts) != 3 or not parts[1].isascii() or not parts[1].isdigit() or len(parts[1]) > 9:
            raise SessionEnded
        session, generation = await self._sessions.get(parts[0]), int(parts[1])
        if session is None or not hmac.compare_digest(parts[2].encode(), self._proof(session, generation).encode()):
            raise SessionEnded
        return session, generation

    async def _again(self, session: str) -> Session:
        found = await self._sessions.get(session)
        if found is None:
            raise SessionEnded
        return found

    async def _move_on(self, session: Session, now: datetime, origin: Origin | None) -> bool:
        """False when another refresh was faster. The desk's are recorded, like all it does."""
        if session.audience is not Audience.ADMIN:
            return await self._sessions.next_generation(session, now)
        by = replace(_holder(session.audience, session.holder), session=session.id, origin=origin)

        async def work(tx: Tx) -> bool:
            moved = await self._sessions.next_generation(session, now, tx)
            if moved:
                await self._audit.record(by, "session.refreshed", session.id, tx)
            return moved

        return await self._db.transaction(work)

    async def _end(self, session: Session, reason: EndReason) -> None:
        async def work(tx: Tx) -> None:
            ended = await self._sessions.end(session.id, session.holder, reason, self._clock.now(), tx)
            if ended:
                await self._audit.record(
                    _holder(session.audience, session.holder), f"session.{reason.value}", session.id, tx
                )
                await self._outbox.add("session.ended", session.holder, tx, session=session.id)
            if ended and session.audience is Audience.CITIZEN:
                await self._outbox.add("session.token_reused", session.holder, tx, session=session.id)

        await self._db.transaction(work)

    async def _not_mine(self, session: str, holder: str) -> bool:
        found = await self._sessions.get(session)
        return found is None or found.holder != holder


def _holder(audience: Audience, holder: str) -> Viewer:
    """Who opens a session is its holder, who is no viewer yet."""
    if audience is Audience.CITIZEN:
        return Viewer(role=Role.CITIZEN, actor=holder, subject=holder)
    return Viewer(role=Role.OPS if audience is Audience.ADMIN else Role.PROVIDER_STAFF, actor=holder)
