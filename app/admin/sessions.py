"""Who sits at the ops desk: a browser by its cookie, a script by its bearer token; both the same member of staff.

The cookie is random, its hash names the row that knows the session, and the row dies of half an hour's idleness, of
age, or with the session. Roles and suspension are read from the staff's own row with each request: what was taken
away is gone with the next one. What changes something and comes with the cookie must prove that our own page sent it:
the session's CSRF token, which only a page that may read our answers can know, and no other origin named.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from app.core.errors import Forbidden, Unauthenticated
from app.core.ids import new_id, new_secret
from app.core.mongo import Document, Tx
from app.core.viewer import Origin, Role, Viewer
from app.domains.identity.sessions.model import Audience, Device
from app.domains.identity.staff.model import Staff, StaffRole
from app.viewers import Viewers
from app.wiring import City
from graphql_schema.endpoint.context import request_id_of

COOKIE = "rong_desk"
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
_PATH = "/admin"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SEEN_EACH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DeskSession:
    """What was opened: `token` goes into the cookie and nowhere else."""

    token: str
    csrf: str
    staff: str
    name: str
    roles: frozenset[StaffRole]
    until: datetime


class DeskSessions:
    """One for the API and the console; made before the city starts."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._rows = city.db["desk_sessions"]
        self._bearers = Viewers(city, Audience.ADMIN)

    async def viewer(self, request: Request, *, proof: str | None = None, by_hand: bool = True) -> Viewer:
        """Ops staff with the roles of this moment. `proof` is the CSRF token of a form (else the header's). What a page
        asks for by itself, and not somebody `by_hand`, leaves the session as idle as it was.

        Raises Unauthenticated, Forbidden (a cookie without its CSRF token, or sent from another site).
        """
        if "authorization" in request.headers:
            return await self._by_bearer(request)
        token = _token_of(request)
        row = await self._rows.find_one({"_id": _hashed(token), "idle_until": {"$gt": self._city.clock.now()}})
        if row is None or await self._city.services.sessions.live(row["session"]) is None:
            raise Unauthenticated
        if request.method not in _SAFE:
            self.demand_own_page(request)
            _demand_proof(token, proof or request.headers.get(CSRF_HEADER, ""))
        if by_hand:
            await self._seen(row)
        viewer = Viewer(role=Role.OPS, actor=row["staff"], session=row["session"], origin=origin_of(request))
        return await self._in_office(viewer)

    async def open(self, login: str, password: str, code: str, request: Request) -> DeskSession:
        """Raises CredentialsWrong, StaffLocked, PasswordChangeNeeded, RateLimited, Forbidden (another site's form)."""
        self.demand_own_page(request)
        staff = await self._city.services.staff.prove(None, login, password, code, origin_of(request))
        token, until = new_secret(), self._city.clock.now() + LONGEST
        device = Device(new_id(), "ops desk", "browser")

        async def work(tx: Tx) -> None:
            begun = await self._city.services.sessions.begin(staff.id, Audience.ADMIN, device, tx, origin_of(request))
            await self._rows.insert_one(self._row(token, staff, begun.id, until), session=tx)

        await self._city.db.transaction(work)
        return DeskSession(token, _csrf(token), staff.id, staff.name, staff.roles, until)

    def attach(self, response: Response, session: DeskSession) -> None:
        """Put the cookie on the answer to the sign-in."""
        response.set_cookie(
            COOKIE,
            session.token,
            max_age=int(LONGEST.total_seconds()),
            path=_PATH,
            secure=not self._city.settings.development,
            httponly=True,
            samesite="strict",
        )

    async def close(self, request: Request, response: Response) -> None:
        """Sign out, and take the cookie back. Closing twice, or what is not open, is no fault."""
        token = request.cookies.get(COOKIE, "")
        row = await self._rows.find_one({"_id": _hashed(token)})
        if row is not None:
            await self._rows.delete_one({"_id": row["_id"]})
            viewer = Viewer(role=Role.OPS, actor=row["staff"], session=row["session"], origin=origin_of(request))
            await self._city.services.sessions.end(viewer)
        response.delete_cookie(
            COOKIE, path=_PATH, secure=not self._city.settings.development, httponly=True, samesite="strict"
        )

    def csrf_of(self, request: Request) -> str:
        """The token for this browser's forms and headers; empty when it has no cookie."""
        token = request.cookies.get(COOKIE, "")
        return _csrf(token) if token else ""

    async def _by_bearer(self, request: Request) -> Viewer:
        viewer = (await self._bearers.context(request, None)).viewer
        if viewer.role is not Role.OPS:
            raise Unauthenticated
        return await self._in_office(viewer)

    async def _in_office(self, viewer: Viewer) -> Viewer:
        staff = await self._city.services.staff.in_office(viewer.acting())
        if staff is None or staff.organisation is not None:
            raise Unauthenticated
        return replace(viewer, roles=frozenset(role.value for role in staff.roles))

    async def _seen(self, row: Document) -> None:
        """Idleness starts anew, written at most once a minute."""
        now = self._city.clock.now()
        if row["idle_until"] - now < IDLE - _SEEN_EACH:
            live = {"_id": row["_id"], "idle_until": {"$gt": now}}
            await self._rows.update_one(live, {"$set": {"idle_until": min(now + IDLE, row["until"])}})

    def demand_own_page(self, request: Request) -> None:
        """Raises Forbidden. Browsers say where a request comes from; a client that says nothing is no browser."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        ours = site == "same-origin" if site else origin is None or origin in self._own_origins(request)
        if not ours:
            raise Forbidden

    def _own_origins(self, request: Request) -> frozenset[str]:
        base = urlsplit(str(self._city.settings.base_url))
        known = {f"{base.scheme}://{base.netloc}"}
        if self._city.settings.development:  # a laptop is met by many names
            known.add(f"{request.url.scheme}://{request.url.netloc}")
        return frozenset(known)

    def _row(self, token: str, staff: Staff, session: str, until: datetime) -> Document:
        now = self._city.clock.now()
        return {
            "_id": _hashed(token),
            "staff": staff.id,
            "session": session,
            "opened_at": now,
            "idle_until": now + IDLE,
            "until": until,
            "tidy_at": until,
        }


def _token_of(request: Request) -> str:
    token = request.cookies.get(COOKIE)
    if not token:
        raise Unauthenticated
    return token


def _demand_proof(token: str, given: str) -> None:
    if not hmac.compare_digest(given.encode(errors="replace"), _csrf(token).encode()):
        raise Forbidden


def _hashed(token: str) -> str:
    """256 random bits need no slow hash, and the database never holds what opens the desk."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _csrf(token: str) -> str:
    """Follows from the cookie, which no script can read; tells nothing of it."""
    return hmac.new(token.encode(errors="replace"), b"rong desk csrf", hashlib.sha256).hexdigest()


def origin_of(request: Request) -> Origin:
    return Origin(request.client.host if request.client else "unknown", request_id_of(request.scope))
