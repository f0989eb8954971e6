"""Places at who runs them: hours, single days, answers to reviews, corrections that people propose."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.life.directory.corrections.model import CorrectionState
from app.domains.life.directory.hours.model import SpecialDay
from app.domains.life.directory.hours.notation import parsed_hours, parsed_spans
from app.domains.life.directory.places import model as places
from app.domains.life.directory.places.keeping.service import SCOPE
from app.domains.life.directory.places.model import Found
from app.domains.life.directory.reviews.store import turn_of
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.life.place_errors import (
    HoursInvalid,
    PlaceCorrectionDecided,
    PlaceCorrectionInvalid,
    PlaceCorrectionUnknown,
    PlaceFieldInvalid,
    PlaceGone,
    PlaceUnknown,
    ReviewUnknown,
)
from graphql_schema.types.life.place_reviews import (
    PlaceCorrection,
    PlaceCorrectionSettled,
    PlaceReview,
    PlaceReviewAnswered,
    PlaceSaved,
)
from graphql_schema.types.life.places import Place
from graphql_schema.types.place_errors import OutsideCity
from graphql_schema.types.voice.conversation_errors import (
    LinkNotAllowed,
    PersonalDataFound,
    PostWordsMissing,
    PostWordsTooLong,
)

_Own = PlaceUnknown | PlaceGone | IdempotencyConflict
SavePlaceHoursResult = Annotated[PlaceSaved | HoursInvalid | _Own, strawberry.union("SavePlaceHoursResult")]
SavePlaceDayResult = Annotated[PlaceSaved | HoursInvalid | _Own, strawberry.union("SavePlaceDayResult")]
DescribePlaceResult = Annotated[PlaceSaved | PlaceFieldInvalid | _Own, strawberry.union("DescribePlaceResult")]
AnswerPlaceReviewResult = Annotated[
    PlaceReviewAnswered
    | ReviewUnknown
    | PostWordsMissing
    | PostWordsTooLong
    | PersonalDataFound
    | LinkNotAllowed
    | IdempotencyConflict,
    strawberry.union("AnswerPlaceReviewResult"),
]
SettlePlaceCorrectionResult = Annotated[
    PlaceCorrectionSettled
    | PlaceCorrectionUnknown
    | PlaceCorrectionDecided
    | PlaceCorrectionInvalid
    | PlaceFieldInvalid
    | OutsideCity
    | _Own,
    strawberry.union("SettlePlaceCorrectionResult"),
]


def _shown(info: Info, place: places.Place) -> Place:
    services = info.context.services
    return Place.of(Found(place), services.life.directory.places, services.organisations.tree, info.context.locale)


@strawberry.type
class ProviderPlaceQuery:
    @strawberry.field(
        metadata=providers(scope=SCOPE, live=True), description="That your organisation runs, and all below it."
    )
    async def own_places(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Place]:
        keeping, request = info.context.services.life.directory.keeping, PageRequest.of(first, after)
        page = await keeping.run_by(info.context.viewer, request)
        return connection(page, lambda one: one.id, lambda one: _shown(info, one))

    @strawberry.field(
        metadata=providers(scope=SCOPE, live=True),
        description="What people read of a place of yours; none of another's.",
    )
    async def own_place_reviews(
        self, info: Info, place_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[PlaceReview]:
        services, request = info.context.services, PageRequest.of(first, after)
        replies, key = services.life.directory.replies, key_of(place_id, "Place")
        page = await replies.of_place(info.context.viewer, key, request)
        return connection(page, turn_of, lambda one: PlaceReview.of(one, services.organisations.tree))

    @strawberry.field(
        metadata=providers(scope=SCOPE, live=True), description="Of places that your organisation runs, by age."
    )
    async def proposed_place_corrections(
        self,
        info: Info,
        state: CorrectionState = CorrectionState.OPEN,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[PlaceCorrection]:
        service, request = info.context.services.life.directory.corrections, PageRequest.of(first, after)
        page = await service.run_by(info.context.viewer, state, request)
        return connection(page, lambda one: one.id, PlaceCorrection.of)


@strawberry.type
class ProviderPlaceMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE, live=True),
        description="Written as `Place.hours`. Single days that were said before stay, unless some are written here.",
    )
    async def save_place_hours(
        self, info: Info, place_id: strawberry.ID, hours: str, idempotency_key: IdempotencyKey
    ) -> SavePlaceHoursResult:
        keeping, key = info.context.services.life.directory.keeping, key_of(place_id, "Place")
        saved = await keeping.say_hours(info.context.viewer, key, parsed_hours(hours), idempotency_key)
        return PlaceSaved(place=_shown(info, saved))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE, live=True),
        description="One day differs: `hours` as `09:00-12:00,14:00-18:00`, or `off`. Null: as any such day again.",
    )
    async def save_place_day(
        self,
        info: Info,
        place_id: strawberry.ID,
        day: date,
        idempotency_key: IdempotencyKey,
        hours: str | None = None,
        note: str = "",
    ) -> SavePlaceDayResult:
        keeping, key = info.context.services.life.directory.keeping, key_of(place_id, "Place")
        special = None if hours is None else SpecialDay(day, parsed_spans(hours), note.strip())
        saved = await keeping.say_day(info.context.viewer, key, day, special, idempotency_key)
        return PlaceSaved(place=_shown(info, saved))

    @strawberry.mutation(metadata=providers(scope=SCOPE, live=True), description="How to ring it up, and what it is.")
    async def describe_place(
        self,
        info: Info,
        place_id: strawberry.ID,
        phone: str,
        about: str,
        idempotency_key: IdempotencyKey,
        about_en: str = "",
    ) -> DescribePlaceResult:
        keeping, key = info.context.services.life.directory.keeping, key_of(place_id, "Place")
        saved = await keeping.describe(info.context.viewer, key, phone, Said(about, about_en), idempotency_key)
        return PlaceSaved(place=_shown(info, saved))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE, live=True),
        description="In place of what was answered before; without words the answer is taken back.",
    )
    async def answer_place_review(
        self, info: Info, review_id: strawberry.ID, words: str, idempotency_key: IdempotencyKey
    ) -> AnswerPlaceReviewResult:
        services, key = info.context.services, key_of(review_id, "PlaceReview")
        answered = await services.life.directory.replies.reply(info.context.viewer, key, words, idempotency_key)
        return PlaceReviewAnswered(review=PlaceReview.of(answered, services.organisations.tree))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE, live=True), description="Accepted, the place is put right; a refusal says why."
    )
    async def settle_place_correction(
        self,
        info: Info,
        correction_id: strawberry.ID,
        accepted: bool,
        idempotency_key: IdempotencyKey,
        reason: str = "",
    ) -> SettlePlaceCorrectionResult:
        service, key = info.context.services.life.directory.corrections, key_of(correction_id, "PlaceCorrection")
        done = await service.decide(info.context.viewer, key, accepted, reason, idempotency_key)
        return PlaceCorrectionSettled(correction=PlaceCorrection.of(done))
