"""Broadcasts of the city, from draft to end; those of providers are seen here too."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from notifications.broadcasts.errors import BroadcastUnknown
from notifications.broadcasts.model import FASTEST, Audience, Broadcast, BroadcastState
from notifications.broadcasts.service import NewBroadcast
from notifications.preferences.model import Urgency
from notifications.templates.model import Texts

router = desk_router("broadcasts")
_Code = Annotated[str, Field(max_length=40)]


class AudienceBody(Body):
    """Everybody who fits all that is said; what is left out does not narrow it."""

    districts: tuple[_Code, ...] = Field(default=(), max_length=100, description="Codes of GB/T 2260: 350102000000.")
    age_from: int | None = Field(default=None, ge=0, le=150)
    age_to: int | None = Field(default=None, ge=0, le=150)
    tags: tuple[_Code, ...] = Field(default=(), max_length=100)
    services: tuple[_Code, ...] = Field(default=(), max_length=100, description="Used a service of any of these.")

    def parsed(self) -> Audience:
        return Audience(self.districts, self.age_from, self.age_to, self.tags, self.services)


class TextsBody(Body):
    title: str = Field(max_length=200)
    body: str = Field(max_length=5_000)
    push: str = Field(max_length=500, description="On a lock screen: nothing personal.")


class Draft(Body):
    """`texts` by language: zh-CN and en. `pace` in messages a second."""

    title: str = Field(min_length=2, max_length=100, description="Its name at the desk; told to nobody.")
    audience: AudienceBody
    texts: dict[str, TextsBody] = Field(max_length=5)
    pace: int = Field(ge=1, le=FASTEST)
    urgency: Urgency = Urgency.NORMAL

    def parsed(self) -> NewBroadcast:
        texts = {locale: Texts(one.title, one.body, one.push) for locale, one in self.texts.items()}
        return NewBroadcast(self.title, self.audience.parsed(), self.pace, self.urgency, texts)


class Question(Body):
    audience: AudienceBody
    pace: int = Field(ge=1, le=FASTEST)


class EstimateShown(Reply):
    people: int
    seconds: float


class ChangeShown(Reply):
    state: BroadcastState
    at: datetime
    by: str | None


class AudienceShown(Reply):
    districts: tuple[str, ...]
    age_from: int | None
    age_to: int | None
    tags: tuple[str, ...]
    services: tuple[str, ...]


class BroadcastShown(Reply):
    """`sent` of `total` people have it in their inbox; `seconds_left` at its pace, while it runs."""

    id: str
    owner: str | None
    title: str
    state: BroadcastState
    audience: AudienceShown
    urgency: Urgency
    pace: int
    total: int
    sent: int
    seconds_left: float
    made_by: str
    made_at: datetime
    history: list[ChangeShown]

    @classmethod
    def of(cls, one: Broadcast) -> Self:
        shown = {name: getattr(one, name) for name in cls.model_fields if hasattr(one, name)}
        return cls.model_validate({**shown, "seconds_left": one.remaining.total_seconds()})


@router.get("/broadcasts")
async def broadcasts(
    desk: Annotated[Desk, allowed("list", *ANY)], first: First = 20, after: After = None
) -> Rows[BroadcastShown]:
    """Newest first."""
    page = await desk.services.broadcasts.page(desk.viewer, PageRequest.of(first, after))
    return Rows[BroadcastShown].of(page, BroadcastShown.of)


@router.get("/broadcasts/{broadcast}")
async def broadcast(broadcast: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> BroadcastShown:
    """How far it has come."""
    found = await desk.services.broadcasts.one(desk.viewer, broadcast)
    if found is None:
        raise BroadcastUnknown
    return BroadcastShown.of(found)


@router.post("/broadcasts/estimate")
async def estimate(body: Question, desk: Annotated[Desk, allowed("estimate", *OPERATORS)]) -> EstimateShown:
    """How many people an audience has now, and how long the pace takes. Nothing is made."""
    found = await desk.services.broadcasts.estimate(desk.viewer, body.audience.parsed(), body.pace)
    return EstimateShown(people=found.people, seconds=found.duration.total_seconds())


@router.post("/broadcasts", status_code=201)
async def create(body: Draft, key: Key, desk: Annotated[Desk, allowed("create", *OPERATORS)]) -> BroadcastShown:
    """A draft: nothing is sent until it is started."""
    return BroadcastShown.of(await desk.services.broadcasts.create(desk.viewer, body.parsed(), key))


@router.post("/broadcasts/{broadcast}/start")
async def start(broadcast: Id, key: Key, desk: Annotated[Desk, allowed("start", *OPERATORS)]) -> BroadcastShown:
    """To everybody who is in the audience now."""
    return BroadcastShown.of(await desk.services.broadcasts.start(desk.viewer, broadcast, key))


@router.post("/broadcasts/{broadcast}/pause")
async def pause(broadcast: Id, key: Key, desk: Annotated[Desk, allowed("pause", *OPERATORS)]) -> BroadcastShown:
    """Within two seconds nobody more gets it."""
    return BroadcastShown.of(await desk.services.broadcasts.pause(desk.viewer, broadcast, key))


@router.post("/broadcasts/{broadcast}/resume")
async def resume(broadcast: Id, key: Key, desk: Annotated[Desk, allowed("resume", *OPERATORS)]) -> BroadcastShown:
    """After the last who has it."""
    return BroadcastShown.of(await desk.services.broadcasts.resume(desk.viewer, broadcast, key))


@router.post("/broadcasts/{broadcast}/cancel")
async def cancel(broadcast: Id, key: Key, desk: Annotated[Desk, allowed("cancel", *OPERATORS)]) -> BroadcastShown:
    """For good, within two seconds. Who has it keeps it."""
    return BroadcastShown.of(await desk.services.broadcasts.cancel(desk.viewer, broadcast, key))
