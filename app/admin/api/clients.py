"""Providers' machine clients and their secrets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ADMINISTRATORS, ANY, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.identity.clients.model import Client, IssuedSecret

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


class SecretShown(Reply):
    """Of a secret only this is known."""

    id: str
    created_at: datetime


class ClientShown(Reply):
    id: str
    organisation: str
    name: str
    scopes: list[str]
    secrets: list[SecretShown]
    test_mode: bool
    suspended: bool


class Suspended(Reply):
    client_id: str
    suspended: bool


@router.get("/clients")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)],
    organisation: Annotated[str | None, Query(max_length=40, description="Only those of this one.")] = None,
    first: First = 20,
    after: After = None,
) -> Rows[ClientShown]:
    """By id, which is the order in which they were made."""
    found = await desk.services.clients.page(organisation, PageRequest.of(first, after))
    return Rows[ClientShown].of(found, _shown)


@router.get("/clients/{client}")
async def look(client: Id, desk: Annotated[Desk, allowed("look", *ANY)]) -> ClientShown:
    """One client, without its secrets."""
    return _shown(await desk.services.clients.one(client))


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


def _shown(client: Client) -> ClientShown:
    return ClientShown(
        id=client.id,
        organisation=client.organisation,
        name=client.name,
        scopes=sorted(client.scopes),
        secrets=[SecretShown(id=secret.id, created_at=secret.created_at) for secret in client.secrets],
        test_mode=client.test_mode,
        suspended=client.suspended,
    )
