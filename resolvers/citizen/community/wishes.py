"""Micro-wishes: made, taken up, done, thanked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

import strawberry

from app.context.volunteers import Volunteering
from app.core.paging import PageRequest
from app.core.viewer import Viewer
from app.domains.community.wishes import model as wishes
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    everyone,
    key_of,
)
from graphql_schema.types.community.volunteer_errors import (
    MicroWishInvalid,
    MicroWishNotOpen,
    MicroWishOwn,
    MicroWishTaken,
    MicroWishUnknown,
    TooManyMicroWishes,
    VolunteersOnly,
)
from graphql_schema.types.community.wishes import MicroWish, MicroWishChanged, MicroWishInput
from graphql_schema.types.identity_errors import RealNameNeeded
from graphql_schema.types.uploads import UploadClaimed, UploadNotReady, UploadUnknown
from graphql_schema.types.voice.conversation_errors import (
    LinkNotAllowed,
    PersonalDataFound,
    PostWordsMissing,
    PostWordsTooLong,
)

MakeMicroWishResult = Annotated[
    MicroWishChanged
    | RealNameNeeded
    | MicroWishInvalid
    | TooManyMicroWishes
    | PostWordsMissing
    | PostWordsTooLong
    | PersonalDataFound
    | LinkNotAllowed
    | IdempotencyConflict,
    strawberry.union("MakeMicroWishResult"),
]
MoveMicroWishResult = Annotated[
    MicroWishChanged | MicroWishUnknown | MicroWishNotOpen | IdempotencyConflict,
    strawberry.union("MoveMicroWishResult"),
]
ClaimMicroWishResult = Annotated[
    MicroWishChanged
    | RealNameNeeded
    | VolunteersOnly
    | MicroWishUnknown
    | MicroWishOwn
    | MicroWishTaken
    | MicroWishNotOpen
    | TooManyMicroWishes
    | IdempotencyConflict,
    strawberry.union("ClaimMicroWishResult"),
]
TellOfMicroWishResult = Annotated[
    MicroWishChanged
    | MicroWishUnknown
    | MicroWishNotOpen
    | MicroWishInvalid
    | PostWordsMissing
    | PostWordsTooLong
    | PersonalDataFound
    | LinkNotAllowed
    | UploadUnknown
    | UploadNotReady
    | UploadClaimed
    | IdempotencyConflict,
    strawberry.union("TellOfMicroWishResult"),
]


@strawberry.type
class WishQuery:
    @strawberry.field(description="Wishes that can be taken up, the newest first.", metadata=everyone())
    async def micro_wishes(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[MicroWish]:
        services = info.context.services
        page = await services.community.volunteering.wishes.open(PageRequest.of(first, after))
        tree = services.organisations.tree
        return connection(page, lambda one: one.id, lambda one: MicroWish.of(one, tree))

    @strawberry.field(description="Wishes one made, or took up, the newest first.", metadata=citizens(live=True))
    async def my_micro_wishes(
        self, info: Info, held: bool = False, first: int | None = None, after: str | None = None
    ) -> Connection[MicroWish]:
        services, viewer, request = info.context.services, info.context.viewer, PageRequest.of(first, after)
        ours, tree = services.community.volunteering.wishes, services.organisations.tree
        page = await (ours.held(viewer, request) if held else ours.made(viewer, request))
        pictures = await ours.pictures(page.items)
        return connection(page, lambda one: one.id, lambda one: MicroWish.of(one, tree, pictures[one.id]))


@strawberry.type
class WishMutation:
    @strawberry.mutation(
        description="For oneself or somebody near; a committee screens it. Nothing in it may say who that is.",
        metadata=citizens(live=True),
    )
    async def make_micro_wish(
        self, info: Info, wish: MicroWishInput, idempotency_key: IdempotencyKey
    ) -> MakeMicroWishResult:
        made = await _ours(info).wishes.make(info.context.viewer, wish.parsed(), idempotency_key)
        return MicroWishChanged.of(made, info.context.services.organisations.tree)

    @strawberry.mutation(description="One's own, until it is done.", metadata=citizens(live=True))
    async def withdraw_micro_wish(
        self, info: Info, wish_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveMicroWishResult:
        return await _moved(info, _ours(info).wishes.withdraw, wish_id, idempotency_key)

    @strawberry.mutation(description="Of all who reach for it, one gets it.", metadata=citizens(live=True))
    async def claim_micro_wish(
        self, info: Info, wish_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ClaimMicroWishResult:
        return await _moved(info, _ours(info).wish_holding.claim, wish_id, idempotency_key)

    @strawberry.mutation(description="Somebody else may take it up.", metadata=citizens(live=True))
    async def give_up_micro_wish(
        self, info: Info, wish_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveMicroWishResult:
        return await _moved(info, _ours(info).wish_holding.give_up, wish_id, idempotency_key)

    @strawberry.mutation(description="It is done: in words and pictures, how.", metadata=citizens(live=True))
    async def finish_micro_wish(
        self,
        info: Info,
        wish_id: strawberry.ID,
        words: str,
        upload_ids: list[strawberry.ID],
        idempotency_key: IdempotencyKey,
    ) -> TellOfMicroWishResult:
        return await _told(info, _ours(info).wish_holding.finish, wish_id, words, upload_ids, idempotency_key)

    @strawberry.mutation(
        description="Whether one's wish was fulfilled; after fourteen days without a word it was.",
        metadata=citizens(live=True),
    )
    async def confirm_micro_wish(
        self, info: Info, wish_id: strawberry.ID, fulfilled: bool, idempotency_key: IdempotencyKey
    ) -> MoveMicroWishResult:
        judge = partial(_ours(info).wishes.judge, fulfilled=fulfilled)
        return await _moved(info, judge, wish_id, idempotency_key)

    @strawberry.mutation(description="Once, in words and pictures.", metadata=citizens(live=True))
    async def thank_for_micro_wish(
        self,
        info: Info,
        wish_id: strawberry.ID,
        words: str,
        upload_ids: list[strawberry.ID],
        idempotency_key: IdempotencyKey,
    ) -> TellOfMicroWishResult:
        return await _told(info, _ours(info).wishes.thank, wish_id, words, upload_ids, idempotency_key)


async def _moved(
    info: Info, step: Callable[[Viewer, str, str], Awaitable[wishes.MicroWish]], wish: strawberry.ID, key: str
) -> MicroWishChanged:
    done = await step(info.context.viewer, key_of(wish, "MicroWish"), key)
    return MicroWishChanged.of(done, info.context.services.organisations.tree)


async def _told(
    info: Info,
    step: Callable[[Viewer, str, str, list[str], str], Awaitable[wishes.MicroWish]],
    wish: strawberry.ID,
    words: str,
    uploads: list[strawberry.ID],
    key: str,
) -> MicroWishChanged:
    files = [key_of(one, "Upload") for one in uploads]
    done = await step(info.context.viewer, key_of(wish, "MicroWish"), words, files, key)
    return MicroWishChanged.of(done, info.context.services.organisations.tree)


def _ours(info: Info) -> Volunteering:
    return info.context.services.community.volunteering
