"""The directory of places: finding them, rating them, keeping them at hand, putting them right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry

from app.core.paging import Page, PageRequest
from app.domains.life.directory.corrections.model import CorrectedField, Proposed
from app.domains.life.directory.kinds.model import PlaceClass
from app.domains.life.directory.places import model as places
from app.domains.life.directory.places.model import NEAREST_FIRST, Found, Which
from app.domains.life.directory.places.service import key_of as place_key
from app.domains.life.directory.reviews.store import turn_of
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    everyone,
    global_id,
    key_of,
)
from graphql_schema.types.life.place_errors import (
    PlaceCorrectionDecided,
    PlaceCorrectionInvalid,
    PlaceCorrectionUnknown,
    PlaceCorrectionWaiting,
    PlaceGone,
    PlaceNeverUsed,
    PlaceUnknown,
    ReviewInvalid,
    ReviewUnknown,
)
from graphql_schema.types.life.place_reviews import (
    OwnPlaceReview,
    PlaceCorrection,
    PlaceCorrectionProposed,
    PlaceCorrectionWithdrawn,
    PlaceKept,
    PlaceReview,
    PlaceReviewed,
    PlaceReviewWithdrawn,
)
from graphql_schema.types.life.places import Place, PlaceClassInfo
from graphql_schema.types.place_errors import OutsideCity
from graphql_schema.types.places import PositionInput
from graphql_schema.types.voice.conversation_errors import (
    LinkNotAllowed,
    OnlyRealPeople,
    PersonalDataFound,
    PostWordsMissing,
    PostWordsTooLong,
    SpeakerUnverified,
)

_Speaks = SpeakerUnverified | OnlyRealPeople | IdempotencyConflict
_Words = PostWordsMissing | PostWordsTooLong | PersonalDataFound | LinkNotAllowed
ReviewPlaceResult = Annotated[
    PlaceReviewed | PlaceUnknown | PlaceGone | PlaceNeverUsed | ReviewInvalid | _Words | _Speaks,
    strawberry.union("ReviewPlaceResult"),
]
WithdrawPlaceReviewResult = Annotated[
    PlaceReviewWithdrawn | ReviewUnknown | IdempotencyConflict, strawberry.union("WithdrawPlaceReviewResult")
]
KeepPlaceResult = Annotated[
    PlaceKept | PlaceUnknown | PlaceGone | IdempotencyConflict, strawberry.union("KeepPlaceResult")
]
ProposePlaceCorrectionResult = Annotated[
    PlaceCorrectionProposed
    | PlaceUnknown
    | PlaceGone
    | PlaceCorrectionInvalid
    | PlaceCorrectionWaiting
    | OutsideCity
    | _Speaks,
    strawberry.union("ProposePlaceCorrectionResult"),
]
WithdrawPlaceCorrectionResult = Annotated[
    PlaceCorrectionWithdrawn | PlaceCorrectionUnknown | PlaceCorrectionDecided | IdempotencyConflict,
    strawberry.union("WithdrawPlaceCorrectionResult"),
]


async def shown(info: Info, found: Sequence[Found]) -> list[Place]:
    """With which of them the viewer keeps at hand."""
    services, locale = info.context.services, info.context.locale
    directory, tree = services.life.directory, services.organisations.tree
    kept = await directory.favourites.among(info.context.viewer, [one.place.id for one in found])
    return [Place.of(one, directory.places, tree, locale, one.place.id in kept) for one in found]


async def _listed(info: Info, page: Page[Found], keys: Sequence[str]) -> Connection[Place]:
    nodes = await shown(info, page.items)
    pairs = Page(tuple(zip(keys, nodes, strict=True)), page.has_next)
    return connection(pairs, lambda pair: pair[0], lambda pair: pair[1])


@strawberry.type
class PlaceQuery:
    @strawberry.field(metadata=everyone(), description="The eight classes, and what sorts of places each has.")
    async def place_classes(self, info: Info) -> list[PlaceClassInfo]:
        return PlaceClassInfo.all(info.context.locale)

    @strawberry.field(
        metadata=everyone(),
        description="From a point the nearest first, within `metres` (5 km unless told, 20 km at most); without one in "
        "no particular order. With `openNow` a page may hold fewer than asked for, and go on.",
    )
    async def places(
        self,
        info: Info,
        near: PositionInput | None = None,
        metres: int = int(NEAREST_FIRST),
        class_: Annotated[PlaceClass | None, strawberry.argument(name="class")] = None,
        kind: str | None = None,
        open_now: bool = False,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Place]:
        service, request = info.context.services.life.directory.places, PageRequest.of(first, after)
        which = Which(class_, kind)
        if near is None:
            page = await service.listed(which, open_now, request)
        else:
            page = await service.near(near.sought("near"), which, metres, open_now, request)
        return await _listed(info, page, [place_key(one) for one in page.items])

    @strawberry.field(
        metadata=everyone(),
        description="By words, pinyin or initials, the best first; from a point, what is nearer of what fits as well.",
    )
    async def search_places(
        self,
        info: Info,
        text: str,
        near: PositionInput | None = None,
        class_: Annotated[PlaceClass | None, strawberry.argument(name="class")] = None,
        kind: str | None = None,
        open_now: bool = False,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Place]:
        search, request = info.context.services.life.directory.search, PageRequest.of(first, after)
        point = near.sought("near") if near else None
        page = await search.search(text, Which(class_, kind), point, open_now, request)
        ranks = [str(rank) for rank, _ in page.items]
        return await _listed(info, Page(tuple(one for _, one in page.items), page.has_next), ranks)

    @strawberry.field(metadata=everyone(), description="What to search for, while somebody types: ten at most.")
    async def suggest_places(self, info: Info, text: str) -> list[str]:
        return await info.context.services.life.directory.search.suggest(text)

    @strawberry.field(metadata=everyone(), description="Null when there is none; a closed one says so.")
    async def place(self, info: Info, id: strawberry.ID) -> Place | None:
        found = await info.context.services.life.directory.places.get(key_of(id, "Place"))
        return (await shown(info, [Found(found)]))[0] if found else None

    @strawberry.field(metadata=everyone(), description="The newest first.")
    async def place_reviews(
        self, info: Info, place_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[PlaceReview]:
        services, request = info.context.services, PageRequest.of(first, after)
        page = await services.life.directory.reviews.shown(key_of(place_id, "Place"), request)
        return connection(page, turn_of, lambda one: PlaceReview.of(one, services.organisations.tree))

    @strawberry.field(metadata=citizens(live=True), description="One's own, the newest first.")
    async def my_place_reviews(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[OwnPlaceReview]:
        services, request = info.context.services, PageRequest.of(first, after)
        page = await services.life.directory.reviews.mine(info.context.viewer, request)
        return connection(page, turn_of, lambda one: OwnPlaceReview.of(one, services.organisations.tree))

    @strawberry.field(metadata=citizens(live=True), description="What one keeps at hand, the newest first.")
    async def favourite_places(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Place]:
        services, request, locale = info.context.services, PageRequest.of(first, after), info.context.locale
        directory, tree = services.life.directory, services.organisations.tree
        page = await directory.favourites.mine(info.context.viewer, request)
        return connection(
            page,
            lambda pair: pair[0].turn,
            lambda pair: Place.of(Found(pair[1]), directory.places, tree, locale, favourite=True),
        )

    @strawberry.field(metadata=citizens(live=True), description="What one proposed, the newest first.")
    async def my_place_corrections(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[PlaceCorrection]:
        request, service = PageRequest.of(first, after), info.context.services.life.directory.corrections
        return connection(await service.mine(info.context.viewer, request), lambda one: one.id, PlaceCorrection.of)


@strawberry.type
class PlaceMutation:
    @strawberry.mutation(
        metadata=citizens(live=True),
        description="One of each person and place: a second one takes the place of the first.",
    )
    async def review_place(
        self, info: Info, place_id: strawberry.ID, stars: int, idempotency_key: IdempotencyKey, words: str = ""
    ) -> ReviewPlaceResult:
        services, place = info.context.services, key_of(place_id, "Place")
        made = await services.life.directory.reviews.write(info.context.viewer, place, stars, words, idempotency_key)
        return PlaceReviewed(review=OwnPlaceReview.of(made, services.organisations.tree))

    @strawberry.mutation(metadata=citizens(live=True), description="It is gone, and counts no more.")
    async def withdraw_place_review(
        self, info: Info, review_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawPlaceReviewResult:
        service, review = info.context.services.life.directory.reviews, key_of(review_id, "PlaceReview")
        await service.withdraw(info.context.viewer, review, idempotency_key)
        return PlaceReviewWithdrawn(review_id=global_id("PlaceReview", review))

    @strawberry.mutation(metadata=citizens(live=True), description="Among what one keeps at hand, or not any more.")
    async def keep_place(
        self, info: Info, place_id: strawberry.ID, kept: bool, idempotency_key: IdempotencyKey
    ) -> KeepPlaceResult:
        service, key = info.context.services.life.directory.favourites, key_of(place_id, "Place")
        place = await service.keep(info.context.viewer, key, kept, idempotency_key)
        return PlaceKept(place=_one(info, place, kept))

    @strawberry.mutation(
        metadata=citizens(live=True), description="Something is not so: who keeps the place looks at it."
    )
    async def propose_place_correction(
        self,
        info: Info,
        place_id: strawberry.ID,
        field: CorrectedField,
        idempotency_key: IdempotencyKey,
        value: str = "",
        note: str = "",
    ) -> ProposePlaceCorrectionResult:
        service, proposed = info.context.services.life.directory.corrections, Proposed(field, value, note)
        place = key_of(place_id, "Place")
        made = await service.propose(info.context.viewer, place, proposed, idempotency_key)
        return PlaceCorrectionProposed(correction=PlaceCorrection.of(made))

    @strawberry.mutation(metadata=citizens(live=True), description="Before anybody has decided.")
    async def withdraw_place_correction(
        self, info: Info, correction_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawPlaceCorrectionResult:
        service, key = info.context.services.life.directory.corrections, key_of(correction_id, "PlaceCorrection")
        done = await service.withdraw(info.context.viewer, key, idempotency_key)
        return PlaceCorrectionWithdrawn(correction=PlaceCorrection.of(done))


def _one(info: Info, place: places.Place, favourite: bool) -> Place:
    services, locale = info.context.services, info.context.locale
    return Place.of(Found(place), services.life.directory.places, services.organisations.tree, locale, favourite)
