"""Providers' machine clients and their secrets."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ADMINISTRATORS, Body, Desk, Id, Key, Reply, allowed, desk_router
from app.domains.identity.clients.model import IssuedSecret

router = desk_router("clients")


class NewClient(Body):
    organisation: str = Field(max_length=40)
    name: str = Field(min_length=1, max_length=100)
    scopes: tuple[str, ...] = Field(max_length=50)
    test_mode: bool = False


class ClientState(Body):
    suspended: bool


class Secret(Reply):
    """`client_secret` is shown this once (and to a repeat under the same key, for ten minutes)."""

    client_id: str
    secret_id: str
    client_secret: str


class Suspended(Reply):
    client_id: str
    suspended: bool


@router.post("/clients", status_code=201)
async def create(body: NewClient, key: Key, desk: Annotated[Desk, allowed("create", *ADMINISTRATORS)]) -> Secret:
    """A client of an organisation, with its first secret."""
    made = await desk.services.clients.create(
        desk.viewer, body.organisation, body.name, body.scopes, test_mode=body.test_mode, key=key
    )
    return _secret(made)


@router.post("/clients/{client}/secrets", status_code=201)
async def add_secret(client: Id, key: Key, desk: Annotated[Desk, allowed("add_secret", *ADMINISTRATORS)]) -> Secret:
    """A second secret; both are good until one is withdrawn."""
    return _secret(await desk.services.clients.add_secret(desk.viewer, client, key=key))


@router.delete("/clients/{client}/secrets/{secret}", status_code=204)
async def withdraw_secret(
    client: Id, secret: Id, desk: Annotated[Desk, allowed("withdraw_secret", *ADMINISTRATORS)]
) -> None:
    """Withdraw one of two secrets; the tokens it got are void at once."""
    await desk.services.clients.withdraw_secret(desk.viewer, client, secret)


@router.put("/clients/{client}/state")
async def set_state(
    client: Id, body: ClientState, desk: Annotated[Desk, allowed("set_state", *ADMINISTRATORS)]
) -> Suspended:
    """Suspend or reinstate; tokens given before a suspension are void at once."""
    await desk.services.clients.suspend(desk.viewer, client, body.suspended)
    return Suspended(client_id=client, suspended=body.suspended)


def _secret(made: IssuedSecret) -> Secret:
    return Secret(client_id=made.client, secret_id=made.id, client_secret=made.secret)
