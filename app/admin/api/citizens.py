"""Citizens as the desk sees them: masked, found by what an index answers; one field revealed for a reason."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.cards import CardShown, shown
from app.admin.api.desk import (
    ANY,
    OPERATORS,
    After,
    Body,
    CitizenId,
    Desk,
    First,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.core.paging import PageRequest
from app.core.viewer import Assurance
from virtual_card.lookups.model import FindBy, Revealed, RevealField

router = desk_router("citizens")


class Find(Body):
    """`text` is a phone, an ID number, a card's number or a citizen's id, in full: parts are not searchable."""

    by: FindBy
    text: str = Field(min_length=1, max_length=80)


class Reveal(Body):
    """`reason` is kept, sealed, with the record; the citizen is told of the look."""

    field: RevealField
    reason: str = Field(max_length=1000, description="2 to 500 characters.")


class Tags(Body):
    tags: tuple[Annotated[str, Field(max_length=40)], ...] = Field(max_length=50)


class CitizenShown(Reply):
    """Name, phone and ID number are masked. `test_of`: a test citizen of that organisation."""

    id: str
    created_at: datetime
    assurance: Assurance
    name: str | None
    phone: str | None
    id_number: str | None
    division: str | None
    verified_at: datetime | None
    test_of: str | None
    tags: tuple[str, ...]


class FieldShown(Reply):
    """`text`, or for a photo `data` (base64) of `media_type`. `disclosure` is the row of the look in the ledger."""

    disclosure: str
    field: RevealField
    text: str | None = None
    media_type: str | None = None
    data: str | None = None


class SessionShown(Reply):
    """Where a citizen is signed in."""

    id: str
    device: str
    platform: str
    created_at: datetime
    rotated_at: datetime
    expires_at: datetime


class PhoneShown(Reply):
    """A phone that pushes reach; its address is not shown."""

    session: str
    kind: str
    locale: str


class MessageShown(Reply):
    """What a citizen was told of; not the words."""

    id: str
    event: str
    source: str
    urgency: str
    at: datetime
    read_at: datetime | None


@router.get("/citizens")
async def newest(
    desk: Annotated[Desk, allowed("list", *ANY)], first: First = 20, after: After = None
) -> Rows[CitizenShown]:
    """The newest first."""
    page = await desk.services.lookups.newest(PageRequest.of(first, after))
    return Rows[CitizenShown].of(page, CitizenShown.model_validate)


@router.post("/citizens/search")
async def find(body: Find, desk: Annotated[Desk, allowed("find", *ANY)]) -> CitizenShown:
    """The one citizen with this phone, ID number, card or id. Personal data travels in no address."""
    return CitizenShown.model_validate(await desk.services.lookups.find(desk.viewer, body.by, body.text))


@router.get("/citizens/{citizen}")
async def look(citizen: CitizenId, desk: Annotated[Desk, allowed("look", *ANY, about="citizen")]) -> CitizenShown:
    """One citizen, masked."""
    return CitizenShown.model_validate(await desk.services.lookups.one(citizen))


@router.post("/citizens/{citizen}/reveals", status_code=201)
async def reveal(
    citizen: CitizenId, body: Reveal, key: Key, desk: Annotated[Desk, allowed("reveal", *OPERATORS, about="citizen")]
) -> FieldShown:
    """One field, in full. It enters the ledger of look-ups, and the citizen is told; fifty a day for one member."""
    seen = await desk.services.lookups.reveal(desk.viewer, citizen, body.field, body.reason, key)
    return _field(seen)


@router.put("/citizens/{citizen}/tags")
async def tag(
    citizen: CitizenId, body: Tags, desk: Annotated[Desk, allowed("tag", *OPERATORS, about="citizen")]
) -> CitizenShown:
    """These tags and no others: a broadcast can be for the people of a tag. Repeating is safe."""
    return CitizenShown.model_validate(await desk.services.lookups.tag(desk.viewer, citizen, body.tags))


@router.get("/citizens/{citizen}/cards")
async def cards(citizen: CitizenId, desk: Annotated[Desk, allowed("cards", *ANY, about="citizen")]) -> Rows[CardShown]:
    """All cards of a citizen, the newest first."""
    held = await desk.services.cards.held_by(citizen)
    return Rows[CardShown](items=[shown(desk, card) for card in held])


@router.get("/citizens/{citizen}/sessions")
async def sessions(
    citizen: CitizenId, desk: Annotated[Desk, allowed("sessions", *OPERATORS, about="citizen")]
) -> Rows[SessionShown]:
    """Where a citizen is signed in, the newest first. Phones send names such as “Lin's phone”: not for all to see."""
    live = await desk.services.sessions.live_of(citizen)
    rows = [
        SessionShown(
            id=one.id,
            device=one.device.name,
            platform=one.device.platform,
            created_at=one.created_at,
            rotated_at=one.rotated_at,
            expires_at=one.expires_at,
        )
        for one in live
    ]
    return Rows[SessionShown](items=rows)


@router.get("/citizens/{citizen}/devices")
async def devices(
    citizen: CitizenId, desk: Annotated[Desk, allowed("devices", *ANY, about="citizen")]
) -> Rows[PhoneShown]:
    """The phones that pushes reach."""
    reached = await desk.services.devices.of(citizen)
    rows = [PhoneShown(session=one.session, kind=one.target.kind.value, locale=one.locale) for one in reached]
    return Rows[PhoneShown](items=rows)


@router.get("/citizens/{citizen}/messages")
async def messages(
    citizen: CitizenId,
    desk: Annotated[Desk, allowed("messages", *ANY, about="citizen")],
    first: First = 20,
    after: After = None,
) -> Rows[MessageShown]:
    """What a citizen was told of, the newest first."""
    page = await desk.services.messages.of(citizen, PageRequest.of(first, after))
    return Rows[MessageShown].of(page, MessageShown.model_validate)


def _field(seen: Revealed) -> FieldShown:
    if seen.photo is None:
        return FieldShown(disclosure=seen.disclosure, field=seen.field, text=seen.text)
    data = base64.b64encode(seen.photo).decode()
    return FieldShown(disclosure=seen.disclosure, field=seen.field, media_type="image/jpeg", data=data)
