"""Signing in at the desk: a bearer token for scripts, a cookie for browsers; who I am; signing out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from app.admin.api.desk import ANY, Body, Desk, Reply, allowed, desk_router, opening, said
from app.admin.sessions import DeskSessions, origin_of
from app.domains.identity.sessions.model import Audience, Device
from app.domains.identity.staff.service import StaffSignedIn
from app.wiring import City

router = desk_router("session")


class SignIn(Body):
    login: str = Field(max_length=100)
    password: str = Field(max_length=200)
    code: str = Field(max_length=10, description="The one-time code of the authenticator, good once.")
    device_id: str = Field(min_length=8, max_length=64)
    idempotency_key: str = Field(min_length=8, max_length=64)


class Refresh(Body):
    refresh_token: str = Field(max_length=300)
    device_id: str = Field(min_length=8, max_length=64)


class BrowserSignIn(Body):
    login: str = Field(max_length=100)
    password: str = Field(max_length=200)
    code: str = Field(max_length=10, description="The one-time code of the authenticator, good once.")


class OwnPassword(Body):
    """The present password and a one-time code, and the password wanted."""

    login: str = Field(max_length=100)
    password: str = Field(max_length=200)
    code: str = Field(max_length=10)
    new_password: str = Field(max_length=200)


class Tokens(Reply):
    access_token: str
    refresh_token: str
    name: str


class BrowserSession(Reply):
    """`csrf` goes into the header X-CSRF-Token of all that changes something."""

    name: str
    roles: list[str]
    csrf: str
    until: datetime


class Me(Reply):
    """`csrf` is given to a browser only."""

    staff: str
    roles: list[str]
    csrf: str | None = None


@router.post("/session")
@opening
async def sign_in(body: SignIn, request: Request) -> Tokens:
    """A bearer token for a quarter of an hour, and the refresh token that gives the next one."""
    city: City = request.app.state.city
    device = Device.parse(body.device_id, "ops desk", "api")
    done = await city.services.staff.sign_in(
        None, body.login, body.password, body.code, device, origin_of(request), body.idempotency_key
    )
    return _tokens(done)


@router.post("/session/refresh")
@opening
async def refresh(body: Refresh, request: Request) -> Tokens:
    """The next pair of tokens. Each refresh token is good once."""
    city: City = request.app.state.city
    turn = (body.refresh_token, body.device_id, Audience.ADMIN, origin_of(request))
    return _tokens(await city.services.staff.refresh(*turn))


@router.post("/session/browser", status_code=201)
@opening
async def open_in_browser(body: BrowserSignIn, request: Request, response: Response) -> BrowserSession:
    """A session of at most ten hours, ended by half an hour's idleness, in a cookie that no script can read."""
    sessions: DeskSessions = request.app.state.sessions
    opened = await sessions.open(body.login, body.password, body.code, request)
    sessions.attach(response, opened)
    return BrowserSession(name=opened.name, roles=said(opened.roles), csrf=opened.csrf, until=opened.until)


@router.post("/session/password", status_code=204)
@opening
async def change_password(body: OwnPassword, request: Request) -> None:
    """Choose a password of one's own; asked for of who was given one, enrolled or reset. Ends all of one's sessions."""
    city: City = request.app.state.city
    given = (body.login, body.password, body.code, body.new_password)
    await city.services.staff.change_password(None, *given, origin_of(request))


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response, desk: Annotated[Desk, allowed("end", *ANY)]) -> None:
    """End this session, at once and everywhere."""
    sessions: DeskSessions = request.app.state.sessions
    if "authorization" in request.headers:
        await desk.services.sessions.end(desk.viewer)
    else:
        await sessions.close(request, response)


@router.get("/me")
async def me(request: Request, desk: Annotated[Desk, allowed("look", *ANY)]) -> Me:
    """Who is signed in, with the roles of this moment."""
    sessions: DeskSessions = request.app.state.sessions
    csrf = None if "authorization" in request.headers else sessions.csrf_of(request)
    return Me(staff=desk.viewer.acting(), roles=sorted(desk.viewer.roles), csrf=csrf)


def _tokens(done: StaffSignedIn) -> Tokens:
    return Tokens(access_token=done.tokens.access, refresh_token=done.tokens.refresh, name=done.staff.name)
