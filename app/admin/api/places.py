"""The directory of places: what stands in it, files of it, what may stand twice, reviews, corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field
from starlette.exceptions import HTTPException

from app.admin.api.desk import (
    ADMINISTRATORS,
    ANY,
    OPERATORS,
    After,
    Body,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.admin.api.files import LARGEST_FILE, RowsFile, RowsImported
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.directory.corrections.model import CorrectedField, CorrectionState, PlaceCorrection
from app.domains.life.directory.doubles.model import Double, DoubleState, Doubt
from app.domains.life.directory.hours.notation import parsed_hours, written_hours
from app.domains.life.directory.kinds.model import PlaceClass
from app.domains.life.directory.places.model import Place, PlaceDraft, PlaceState, Which
from app.domains.life.directory.reviews.model import Review, Standing
from app.domains.life.directory.reviews.store import turn_of

router = desk_router("places")
DoubleId = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[0-9A-Za-z._:~-]+$")]


class PlaceRow(Reply):
    """`hours` as the directory writes them; `sources` are those that brought it, as `source/reference`."""

    id: str
    kind: str
    place_class: PlaceClass
    name: str
    name_en: str
    latitude: float
    longitude: float
    address: str
    phone: str
    hours: str
    operator: str | None
    state: PlaceState
    reason: str
    into: str | None
    sources: list[str]
    ratings: list[int]
    changed_at: datetime

    @classmethod
    def of(cls, one: Place) -> PlaceRow:
        return cls(
            id=one.id,
            kind=one.kind,
            place_class=one.group,
            name=one.name.zh,
            name_en=one.name.en,
            latitude=one.point.latitude,
            longitude=one.point.longitude,
            address=one.said.address,
            phone=one.said.phone,
            hours=written_hours(one.hours),
            operator=one.operator,
            state=one.state,
            reason=one.reason,
            into=one.into,
            sources=[source.key for source in one.sources],
            ratings=list(one.ratings.counts),
            changed_at=one.changed_at,
        )


class PlaceSaid(Body):
    """`hours`: `Mo-Fr 08:00-12:00,14:00-18:00; PH off`."""

    kind: str = Field(max_length=40)
    name: str = Field(max_length=60)
    name_en: str = Field(default="", max_length=60)
    latitude: float
    longitude: float
    address: str = Field(default="", max_length=120)
    phone: str = Field(default="", max_length=30)
    about: str = Field(default="", max_length=500)
    about_en: str = Field(default="", max_length=500)
    hours: str = Field(default="", max_length=2_000)

    @property
    def draft(self) -> PlaceDraft:
        name, about = Said(self.name, self.name_en), Said(self.about, self.about_en)
        point, hours = Point(self.latitude, self.longitude), parsed_hours(self.hours)
        return PlaceDraft(self.kind, name, point, self.address, self.phone, about, hours)


class Operator(Body):
    """Code of the organisation that runs it; null: of none that is known."""

    operator: str | None = Field(default=None, max_length=80)


class Closing(Body):
    reason: str = Field(min_length=1, max_length=120)


class DoubleRow(Reply):
    """`place` came later than `other`."""

    id: str
    place: str
    other: str
    doubt: Doubt
    metres: int
    at: datetime
    state: DoubleState

    @classmethod
    def of(cls, one: Double) -> DoubleRow:
        return cls(
            id=one.id,
            place=one.place,
            other=one.other,
            doubt=one.doubt,
            metres=one.metres,
            at=one.at,
            state=one.state,
        )


class DoubleDecision(Body):
    """`one`: they are the same place, and the later goes into the other."""

    one: bool


class ReviewRow(Reply):
    """What may be read of it in public; who wrote it is not told."""

    id: str
    place: str
    name: str
    stars: int
    standing: Standing
    at: datetime
    answered: bool

    @classmethod
    def of(cls, one: Review) -> ReviewRow:
        return cls(
            id=one.id,
            place=one.place,
            name=one.name,
            stars=one.stars,
            standing=one.standing,
            at=one.changed_at,
            answered=one.reply is not None,
        )


class CorrectionRow(Reply):
    """`was`: how the place had it when this was proposed."""

    id: str
    place: str
    field: CorrectedField
    value: str
    was: str
    note: str
    at: datetime
    state: CorrectionState
    decided_by: str | None
    reason: str

    @classmethod
    def of(cls, one: PlaceCorrection) -> CorrectionRow:
        return cls(
            id=one.id,
            place=one.place,
            field=one.proposed.field,
            value=one.proposed.value,
            was=one.was,
            note=one.proposed.note,
            at=one.at,
            state=one.state,
            decided_by=one.decided_by,
            reason=one.reason,
        )


class CorrectionDecision(Body):
    """A refusal says why: it is told to who proposed it."""

    accepted: bool
    reason: str = Field(default="", max_length=200)


@router.get("/places")
async def places(
    desk: Annotated[Desk, allowed("list", *ANY)],
    place_class: PlaceClass | None = None,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    state: PlaceState | None = None,
    first: First = 20,
    after: After = None,
) -> Rows[PlaceRow]:
    """By id."""
    request = PageRequest.of(first, after)
    page = await desk.services.life.directory.places.of_city(Which(place_class, kind), state, request)
    return Rows[PlaceRow].of(page, PlaceRow.of)


@router.post("/places", status_code=201)
async def add(body: PlaceSaid, key: Key, desk: Annotated[Desk, allowed("add", *OPERATORS)]) -> PlaceRow:
    """By hand. What is there already without doubt is given back."""
    return PlaceRow.of(await desk.services.life.directory.keeping.add(desk.viewer, body.draft, key))


@router.get("/places/{place}")
async def place(place: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> PlaceRow:
    """Of one that was another one twice, that other one."""
    found = await desk.services.life.directory.places.get(place)
    if found is None:
        raise HTTPException(404)
    return PlaceRow.of(found)


@router.put("/places/{place}")
async def amend(place: Id, body: PlaceSaid, key: Key, desk: Annotated[Desk, allowed("amend", *OPERATORS)]) -> PlaceRow:
    """As it is from now on; a closed one is there again."""
    return PlaceRow.of(await desk.services.life.directory.keeping.amend(desk.viewer, place, body.draft, key))


@router.put("/places/{place}/operator")
async def assign(place: Id, body: Operator, key: Key, desk: Annotated[Desk, allowed("assign", *OPERATORS)]) -> PlaceRow:
    """Who runs it: it answers reviews and says when it is open."""
    return PlaceRow.of(await desk.services.life.directory.keeping.assign(desk.viewer, place, body.operator, key))


@router.post("/places/{place}/closing")
async def close(place: Id, body: Closing, key: Key, desk: Annotated[Desk, allowed("close", *OPERATORS)]) -> PlaceRow:
    """It is there no more."""
    return PlaceRow.of(await desk.services.life.directory.keeping.close(desk.viewer, place, body.reason, key))


@router.post("/place-imports")
async def import_places(
    body: RowsFile,
    desk: Annotated[Desk, allowed("import", *ADMINISTRATORS, most=2 * LARGEST_FILE)],
    dry: Annotated[bool, Query(description="What it would do; nothing is kept.")] = False,
) -> RowsImported:
    """Read a file of places (csv or geojson; `unit` is its source): all of its lines, or none."""
    imports = desk.services.life.directory.imports
    run = imports.rehearse if dry else imports.run
    return RowsImported.of(await run(desk.viewer, body.file))


@router.get("/place-doubles")
async def doubles(
    desk: Annotated[Desk, allowed("list_doubles", *ANY)],
    state: DoubleState = DoubleState.OPEN,
    first: First = 20,
    after: After = None,
) -> Rows[DoubleRow]:
    """Pairs that may be one place."""
    page = await desk.services.life.directory.doubles.page(state, PageRequest.of(first, after))
    return Rows[DoubleRow].of(page, DoubleRow.of)


@router.post("/place-doubles/{double}/decision")
async def decide_double(
    double: DoubleId, body: DoubleDecision, key: Key, desk: Annotated[Desk, allowed("decide_double", *OPERATORS)]
) -> DoubleRow:
    return DoubleRow.of(await desk.services.life.directory.doubles.decide(desk.viewer, double, body.one, key))


@router.get("/place-reviews")
async def reviews(
    desk: Annotated[Desk, allowed("list_reviews", *ANY)],
    standing: Standing = Standing.SHOWN,
    first: First = 20,
    after: After = None,
) -> Rows[ReviewRow]:
    """The newest first. They are hidden and shown where all posts are: `/moderations`."""
    page = await desk.services.life.directory.reviews.of_city(standing, PageRequest.of(first, after))
    return Rows[ReviewRow].of(page, ReviewRow.of, key=turn_of)


@router.get("/place-corrections")
async def corrections(
    desk: Annotated[Desk, allowed("list_corrections", *ANY)],
    state: CorrectionState = CorrectionState.OPEN,
    first: First = 20,
    after: After = None,
) -> Rows[CorrectionRow]:
    page = await desk.services.life.directory.corrections.page(state, PageRequest.of(first, after))
    return Rows[CorrectionRow].of(page, CorrectionRow.of)


@router.post("/place-corrections/{correction}/decision")
async def decide_correction(
    correction: Id,
    body: CorrectionDecision,
    key: Key,
    desk: Annotated[Desk, allowed("decide_correction", *OPERATORS)],
) -> CorrectionRow:
    """Accepted, the place is put right in the same moment."""
    service = desk.services.life.directory.corrections
    return CorrectionRow.of(await service.decide(desk.viewer, correction, body.accepted, body.reason, key))
