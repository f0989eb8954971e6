"""Who files by Open311: clients, their keys and terms, and what came from each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ADMINISTRATORS, ANY, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.channels.open311.keys.model import Delivery, IssuedKey, Open311Client

router = desk_router("open311-clients")


class NewOpen311Client(Body):
    name: str = Field(min_length=1, max_length=100)
    contact: str = Field(min_length=1, max_length=200)
    an_hour: int = Field(default=60, ge=1, le=10_000)
    delivery: Delivery = Delivery.REALTIME
    test_mode: bool = False


class Open311Terms(Body):
    an_hour: int = Field(ge=1, le=10_000)
    delivery: Delivery


class Open311State(Body):
    suspended: bool


class ApiKeyShown(Reply):
    """`api_key` is shown this once (and to a repeat under the same key, for ten minutes)."""

    client: str
    key: str
    api_key: str


class KeyShown(Reply):
    """Of a key only this is known."""

    id: str
    made_at: datetime


class Open311ClientShown(Reply):
    """`an_hour`: so many requests he may file. `delivery`: whether he gets a number or a token."""

    id: str
    name: str
    contact: str
    keys: list[KeyShown]
    made_at: datetime
    an_hour: int
    delivery: Delivery
    suspended: bool
    test_mode: bool


class FiledShown(Reply):
    """What a client filed is his reporter's: here it is a number and a state."""

    number: str
    state: CaseState
    service: str
    requested_at: datetime
    updated_at: datetime


class FiledBy(Reply):
    """The newest fifty. `waiting`: tokens behind which there is no case yet; `failed`: those tried in vain."""

    items: list[FiledShown]
    waiting: int
    failed: int


@router.get("/open311-clients")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)], first: First = 20, after: After = None
) -> Rows[Open311ClientShown]:
    """In the order in which they were made."""
    found = await desk.services.voice.open311_keys.page(PageRequest.of(first, after))
    return Rows[Open311ClientShown].of(found, _shown)


@router.get("/open311-clients/{client}")
async def look(client: Id, desk: Annotated[Desk, allowed("look", *ANY)]) -> Open311ClientShown:
    """One client, without its keys."""
    return _shown(await desk.services.voice.open311_keys.one(client))


@router.get("/open311-clients/{client}/requests")
async def filed(client: Id, desk: Annotated[Desk, allowed("filed", *ANY)]) -> FiledBy:
    """What came from it."""
    found, backlog = await desk.services.voice.open311_filing.filed_by(client)
    return FiledBy(
        items=[FiledShown.model_validate(one) for one in found], waiting=backlog.waiting, failed=backlog.failed
    )


@router.post("/open311-clients", status_code=201)
async def create(
    body: NewOpen311Client, key: Key, desk: Annotated[Desk, allowed("create", *ADMINISTRATORS)]
) -> ApiKeyShown:
    """A client, with its first key."""
    made = await desk.services.voice.open311_keys.create(
        desk.viewer,
        body.name,
        body.contact,
        an_hour=body.an_hour,
        delivery=body.delivery,
        test_mode=body.test_mode,
        key=key,
    )
    return _issued(made)


@router.post("/open311-clients/{client}/keys", status_code=201)
async def add_key(client: Id, key: Key, desk: Annotated[Desk, allowed("add_key", *ADMINISTRATORS)]) -> ApiKeyShown:
    """A second key; both are good until one is withdrawn."""
    return _issued(await desk.services.voice.open311_keys.add_key(desk.viewer, client, key=key))


@router.delete("/open311-clients/{client}/keys/{key}", status_code=204)
async def withdraw_key(client: Id, key: Id, desk: Annotated[Desk, allowed("withdraw_key", *ADMINISTRATORS)]) -> None:
    """Withdraw one of two keys: it opens nothing any more."""
    await desk.services.voice.open311_keys.withdraw_key(desk.viewer, client, key)


@router.put("/open311-clients/{client}/terms")
async def set_terms(
    client: Id, body: Open311Terms, desk: Annotated[Desk, allowed("set_terms", *ADMINISTRATORS)]
) -> Open311ClientShown:
    """How much it may file, and whether it waits for the number."""
    keys = desk.services.voice.open311_keys
    return _shown(await keys.set_terms(desk.viewer, client, body.an_hour, body.delivery))


@router.put("/open311-clients/{client}/state")
async def set_state(
    client: Id, body: Open311State, desk: Annotated[Desk, allowed("set_state", *ADMINISTRATORS)]
) -> Open311ClientShown:
    """Suspend or reinstate: nothing is taken from a suspended one, and nothing shown to it alone."""
    keys = desk.services.voice.open311_keys
    await keys.suspend(desk.viewer, client, body.suspended)
    return _shown(await keys.one(client))


def _issued(made: IssuedKey) -> ApiKeyShown:
    return ApiKeyShown(client=made.client, key=made.key, api_key=made.api_key)


def _shown(one: Open311Client) -> Open311ClientShown:
    return Open311ClientShown(
        id=one.id,
        name=one.name,
        contact=one.contact,
        keys=[KeyShown(id=key.id, made_at=key.made_at) for key in one.keys],
        made_at=one.made_at,
        an_hour=one.an_hour,
        delivery=one.delivery,
        suspended=one.suspended,
        test_mode=one.test_mode,
    )
