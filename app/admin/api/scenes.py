"""The everyday scenes of the home page."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from app.admin.api.desk import ADMINISTRATORS, ANY, Body, Desk, Id, Reply, allowed, desk_router
from app.core.said import Said
from app.domains.life.home.model import Entry, Scene

router = desk_router("scenes")


class EntryWritten(BaseModel):
    """`to` is an address within the app, such as `/bills`."""

    zh: str = Field(min_length=1, max_length=20)
    en: str = Field(default="", max_length=60)
    to: str = Field(min_length=1, max_length=200)


class SceneWritten(Body):
    zh: str = Field(min_length=1, max_length=20)
    en: str = Field(default="", max_length=60)
    place: int = Field(ge=1, le=12)
    entries: list[EntryWritten] = Field(min_length=1, max_length=12)


class SceneShown(Reply):
    code: str
    zh: str
    en: str
    place: int
    entries: list[EntryWritten]


class ScenesShown(Reply):
    items: list[SceneShown]


@router.get("/scenes")
async def scenes(desk: Annotated[Desk, allowed("scenes", *ANY)]) -> ScenesShown:
    """In the order in which people see them."""
    return ScenesShown(items=[_shown(one) for one in desk.services.life.home.scenes.all])


@router.put("/scenes/{code}")
async def put_scene(
    code: Id, body: SceneWritten, desk: Annotated[Desk, allowed("put_scene", *ADMINISTRATORS)]
) -> SceneShown:
    """Make it, or as it is to be from now on. Repeating is safe."""
    entries = tuple(Entry(Said(one.zh, one.en), one.to) for one in body.entries)
    scene = Scene(code, Said(body.zh, body.en), body.place, entries)
    return _shown(await desk.services.life.home.scenes.put(desk.viewer, scene))


def _shown(one: Scene) -> SceneShown:
    entries = [EntryWritten(zh=entry.name.zh, en=entry.name.en, to=entry.to) for entry in one.entries]
    return SceneShown(code=one.code, zh=one.name.zh, en=one.name.en, place=one.place, entries=entries)
