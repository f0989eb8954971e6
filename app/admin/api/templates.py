"""What messages say: the city's own texts, and providers' templates that wait for the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ADMINISTRATORS, ANY, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import Page, PageRequest
from notifications.templates import model
from notifications.templates.facts import FactKind
from notifications.templates.model import TemplateState

router = desk_router("templates")


class Texts(Reply):
    """Placeholders are written as `{name}`. `push` is read on lock screens and in text messages."""

    title: str = Field(max_length=500)
    body: str = Field(max_length=5_000)
    push: str = Field(max_length=500)


class NewTexts(Body):
    """By language: `zh-CN` and `en`."""

    texts: dict[str, Texts] = Field(max_length=2)

    def parsed(self) -> dict[str, model.Texts]:
        return {locale: model.Texts(said.title, said.body, said.push) for locale, said in self.texts.items()}


class Values(Body):
    """Values to fill in; for those left out some are invented."""

    facts: dict[str, str] = Field(default={}, max_length=20)


class Why(Body):
    reason: str = Field(max_length=500, description="2 to 500 characters; the provider reads it.")


class Fact(Reply):
    kind: FactKind
    personal: bool
    host: str | None


class Step(Reply):
    state: TemplateState
    by: str
    at: datetime
    reason: str | None


class TemplateShown(Reply):
    """`version` 0 is the city text that is built in; it has no `id`. `owner` is null for the city."""

    id: str | None
    owner: str | None
    code: str
    version: int
    state: TemplateState
    texts: dict[str, Texts]
    facts: dict[str, Fact]
    made_by: str | None
    made_at: datetime | None
    history: list[Step]

    @classmethod
    def of(cls, template: model.Template) -> TemplateShown:
        return cls.model_validate(
            {**{name: getattr(template, name) for name in cls.model_fields}, "id": template.id or None}
        )


class CityTexts(Reply):
    items: list[TemplateShown]


class Preview(Reply):
    """Filled, by language."""

    texts: dict[str, Texts]


@router.get("/templates")
async def waiting(
    desk: Annotated[Desk, allowed("waiting", *ANY)], first: First = 20, after: After = None
) -> Rows[TemplateShown]:
    """Providers' templates that wait for the desk, newest first."""
    page = await desk.services.templates.in_state(TemplateState.SUBMITTED, PageRequest.of(first, after))
    return _rows(page)


@router.get("/templates/city")
async def city(desk: Annotated[Desk, allowed("city", *ANY)]) -> CityTexts:
    """What each of the city's texts says now."""
    return CityTexts(items=[TemplateShown.of(template) for template in await desk.services.templates.city()])


@router.get("/templates/city/versions")
async def city_versions(
    desk: Annotated[Desk, allowed("city_versions", *ANY)], first: First = 20, after: After = None
) -> Rows[TemplateShown]:
    """All that was ever published, newest first."""
    return _rows(await desk.services.templates.of_owner(None, PageRequest.of(first, after)))


@router.post("/templates/city/{code}/versions", status_code=201)
async def publish(
    code: Id, body: NewTexts, key: Key, desk: Annotated[Desk, allowed("publish", *ADMINISTRATORS)]
) -> TemplateShown:
    """What this text of the city says from now on; messages sent before keep what they said."""
    return TemplateShown.of(await desk.services.templates.publish(desk.viewer, code, body.parsed(), key))


@router.post("/templates/city/{code}/preview")
async def preview_city(code: Id, body: NewTexts, desk: Annotated[Desk, allowed("preview_city", *ANY)]) -> Preview:
    """How such texts would look; nothing is published."""
    return _preview(desk.services.templates.preview_city(code, body.parsed()))


@router.get("/templates/providers/{organisation}")
async def of_provider(
    organisation: Id, desk: Annotated[Desk, allowed("of_provider", *ANY)], first: First = 20, after: After = None
) -> Rows[TemplateShown]:
    """All versions of a provider's templates, newest first."""
    return _rows(await desk.services.templates.of_owner(organisation, PageRequest.of(first, after)))


@router.get("/templates/{template}")
async def one(template: Id, desk: Annotated[Desk, allowed("one", *ANY)]) -> TemplateShown:
    """One version, with who wrote it and what became of it."""
    return TemplateShown.of(await desk.services.templates.one(template))


@router.post("/templates/{template}/preview")
async def preview(template: Id, body: Values, desk: Annotated[Desk, allowed("preview", *ANY)]) -> Preview:
    """How it looks in both languages."""
    found = await desk.services.templates.one(template)
    return _preview(desk.services.templates.preview(found, body.facts))


@router.post("/templates/{template}/approval")
async def approve(template: Id, key: Key, desk: Annotated[Desk, allowed("approve", *ADMINISTRATORS)]) -> TemplateShown:
    """It may be sent to citizens from now on."""
    return TemplateShown.of(await desk.services.templates.approve(desk.viewer, template, key))


@router.post("/templates/{template}/rejection")
async def reject(
    template: Id, body: Why, key: Key, desk: Annotated[Desk, allowed("reject", *ADMINISTRATORS)]
) -> TemplateShown:
    """It may not be sent; the provider reads why, and writes a new version."""
    return TemplateShown.of(await desk.services.templates.reject(desk.viewer, template, body.reason, key))


@router.post("/templates/{template}/withdrawal")
async def retract(
    template: Id, body: Why, key: Key, desk: Annotated[Desk, allowed("retract", *ADMINISTRATORS)]
) -> TemplateShown:
    """Not sent any more, a provider's or the city's; the approved version before it counts again."""
    return TemplateShown.of(await desk.services.templates.retract(desk.viewer, template, body.reason, key))


def _rows(page: Page[model.Template]) -> Rows[TemplateShown]:
    rows: Rows[TemplateShown] = Rows[TemplateShown].of(page, TemplateShown.of)
    return rows


def _preview(texts: dict[str, model.Texts]) -> Preview:
    return Preview.model_validate({"texts": texts})
