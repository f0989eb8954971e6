"""`/admin/api`: what the ops desk can do. Bearer tokens of ops staff; each endpoint names the roles that may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.context import Context
from app.core.errors import BadInput, Forbidden, PayloadTooLarge, Unauthenticated
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.identity.clients.model import IssuedSecret
from app.domains.identity.organisations.model import Kind, Organisation, OrganisationState
from app.domains.identity.sessions.model import Audience, Device
from app.domains.identity.staff.model import StaffRole
from app.domains.identity.staff.service import StaffSignedIn
from app.viewers import Viewers
from app.wiring import City
from virtual_card.cards.errors import NoCard

_LIMIT = 65_536
_NO_STORE = {"cache-control": "no-store"}
_ANY = frozenset({StaffRole.VIEWER, StaffRole.OPERATOR, StaffRole.AUDITOR, StaffRole.ADMINISTRATOR})
_ADMINISTRATORS = frozenset({StaffRole.ADMINISTRATOR})
_OPERATORS = frozenset({StaffRole.OPERATOR, StaffRole.ADMINISTRATOR})


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignIn(Body):
    login: str = Field(max_length=100)
    password: str = Field(max_length=200)
    code: str = Field(max_length=10)
    device_id: str = Field(min_length=8, max_length=64)
    idempotency_key: str = Field(min_length=8, max_length=64)


class Refresh(Body):
    refresh_token: str = Field(max_length=300)
    device_id: str = Field(min_length=8, max_length=64)


class NewClient(Body):
    organisation: str = Field(max_length=40)
    name: str = Field(min_length=1, max_length=100)
    scopes: tuple[str, ...] = Field(max_length=50)
    test_mode: bool = False


class NewStaff(Body):
    organisation: str = Field(max_length=40)
    login: str = Field(min_length=3, max_length=100)
    name: str = Field(min_length=1, max_length=100)
    password: str = Field(max_length=200)
    roles: tuple[StaffRole, ...]


class NewOrganisation(Body):
    code: str = Field(pattern=r"^[0-9A-Za-z._-]{2,40}$")
    name: str = Field(min_length=1, max_length=100)
    kind: Kind
    parent: str | None = Field(default=None, max_length=40)
    scopes: tuple[str, ...] = Field(default=(), max_length=50)
    test_mode: bool = False


class ClientState(Body):
    suspended: bool


class NewState(Body):
    state: OrganisationState


class Revocation(Body):
    number: str = Field(max_length=40)
    reason: str = Field(min_length=2, max_length=40, pattern=r"^[a-z_]+$")


B = TypeVar("B", bound=Body)
Handler = Callable[[Request, Viewer], Awaitable[Response]]


def routes(city: City) -> list[Route]:
    desk = Desk(city)
    return [
        Route("/session", desk.sign_in, methods=["POST"]),
        Route("/session/refresh", desk.refresh, methods=["POST"]),
        Route("/me", desk.guarded(_ANY, desk.me)),
        Route("/clients", desk.guarded(_ADMINISTRATORS, desk.new_client), methods=["POST"]),
        Route("/clients/{client}/secrets", desk.guarded(_ADMINISTRATORS, desk.new_secret), methods=["POST"]),
        Route(
            "/clients/{client}/secrets/{secret}",
            desk.guarded(_ADMINISTRATORS, desk.withdraw_secret),
            methods=["DELETE"],
        ),
        Route("/staff", desk.guarded(_ADMINISTRATORS, desk.new_staff), methods=["POST"]),
        Route("/clients/{client}/state", desk.guarded(_ADMINISTRATORS, desk.set_client_state), methods=["PUT"]),
        Route("/organisations", desk.guarded(_ADMINISTRATORS, desk.put_organisation), methods=["PUT"]),
        Route("/organisations/{code}/state", desk.guarded(_ADMINISTRATORS, desk.set_state), methods=["PUT"]),
        Route("/cards/revocations", desk.guarded(_OPERATORS, desk.revoke_card), methods=["POST"]),
    ]


class Desk:
    def __init__(self, city: City) -> None:
        self._city = city
        self._services = city.services
        self._viewers = Viewers(city, Audience.ADMIN)

    def guarded(self, roles: frozenset[StaffRole], handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """The handler for ops staff with one of these roles. Raises Unauthenticated, Forbidden."""

        async def endpoint(request: Request) -> Response:
            context: Context = await self._viewers.context(request, None)
            if context.viewer.role is not Role.OPS:
                raise Unauthenticated
            if not context.viewer.roles & {role.value for role in roles}:
                raise Forbidden
            return await handler(request, context.viewer)

        return endpoint

    async def sign_in(self, request: Request) -> Response:
        body = await _read(request, SignIn)
        device = Device.parse(body.device_id, "ops desk", "api")
        address = request.client.host if request.client else "unknown"
        done = await self._services.staff.sign_in(
            None, body.login, body.password, body.code, device, address, body.idempotency_key
        )
        return _signed_in(done)

    async def refresh(self, request: Request) -> Response:
        body = await _read(request, Refresh)
        return _signed_in(await self._services.staff.refresh(body.refresh_token, body.device_id, Audience.ADMIN))

    async def me(self, request: Request, viewer: Viewer) -> Response:
        return JSONResponse({"staff": viewer.actor, "roles": sorted(viewer.roles)})

    async def new_client(self, request: Request, viewer: Viewer) -> Response:
        body = await _read(request, NewClient)
        made = await self._services.clients.create(
            viewer, body.organisation, body.name, body.scopes, test_mode=body.test_mode
        )
        return _secret(made)

    async def new_secret(self, request: Request, viewer: Viewer) -> Response:
        return _secret(await self._services.clients.add_secret(viewer, request.path_params["client"]))

    async def withdraw_secret(self, request: Request, viewer: Viewer) -> Response:
        await self._services.clients.withdraw_secret(
            viewer, request.path_params["client"], request.path_params["secret"]
        )
        return Response(status_code=204)

    async def new_staff(self, request: Request, viewer: Viewer) -> Response:
        body = await _read(request, NewStaff)
        made = await self._services.staff.enrol(
            viewer, body.organisation, body.login, body.name, body.password, body.roles
        )
        return JSONResponse({"staff": made.staff, "totp_uri": made.totp_uri}, 201, headers=_NO_STORE)

    async def set_client_state(self, request: Request, viewer: Viewer) -> Response:
        body, client = await _read(request, ClientState), request.path_params["client"]
        await self._services.clients.suspend(viewer, client, body.suspended)
        return JSONResponse({"client_id": client, "suspended": body.suspended})

    async def put_organisation(self, request: Request, viewer: Viewer) -> Response:
        """Add one, or change it; repeating is safe, the code being its key."""
        body = await _read(request, NewOrganisation)
        known = self._services.organisations.tree.get(body.code)
        wanted = Organisation(
            code=body.code,
            name=body.name,
            kind=body.kind,
            level=known.level if known else None,
            parent=body.parent,
            scopes=frozenset(body.scopes),
            test_mode=body.test_mode,
        )
        made = await self._services.organisations.put(viewer, wanted)
        return JSONResponse({"code": made.code, "path": list(made.path), "scopes": sorted(made.scopes)})

    async def set_state(self, request: Request, viewer: Viewer) -> Response:
        body = await _read(request, NewState)
        changed = await self._services.organisations.set_state(viewer, request.path_params["code"], body.state)
        return JSONResponse({"code": changed.code, "state": changed.state.value})

    async def revoke_card(self, request: Request, viewer: Viewer) -> Response:
        body = await _read(request, Revocation)
        card = await self._city.cards.by_number(body.number.replace(" ", ""))
        if card is None:
            raise NoCard

        async def work(tx: Tx) -> Response:
            revoked = await self._services.cards.revoke(viewer, card.holder, body.reason, tx)
            return JSONResponse({"number": revoked.number, "state": revoked.state.value})

        return await self._city.db.transaction(work)


async def _read(request: Request, form: type[B]) -> B:
    """The body in this form. Raises PayloadTooLarge, BadInput (which field)."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LIMIT:
            raise PayloadTooLarge(_LIMIT)
    try:
        return form.model_validate_json(body)
    except ValidationError as error:
        raise BadInput(field=".".join(str(part) for part in error.errors()[0]["loc"]) or "body") from None


def _signed_in(done: StaffSignedIn) -> Response:
    reply = {"access_token": done.tokens.access, "refresh_token": done.tokens.refresh, "name": done.staff.name}
    return JSONResponse(reply, headers=_NO_STORE)


def _secret(made: IssuedSecret) -> Response:
    body = {"client_id": made.client, "secret_id": made.id, "client_secret": made.secret}
    return JSONResponse(body, 201, headers=_NO_STORE)
