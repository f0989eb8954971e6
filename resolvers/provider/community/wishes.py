"""Micro-wishes at the committee that screens them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.volunteers.groups.service import SCOPE
from app.domains.community.wishes.model import WishState
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.community.volunteer_errors import MicroWishInvalid, MicroWishNotOpen, MicroWishUnknown
from graphql_schema.types.community.wishes import MicroWish, MicroWishChanged, MicroWishInput
from graphql_schema.types.voice.conversation_errors import (
    LinkNotAllowed,
    PersonalDataFound,
    PostWordsMissing,
    PostWordsTooLong,
)

_MINE = providers(scope=SCOPE)

MakeWishForSomebodyResult = Annotated[
    MicroWishChanged
    | MicroWishInvalid
    | PostWordsMissing
    | PostWordsTooLong
    | PersonalDataFound
    | LinkNotAllowed
    | IdempotencyConflict,
    strawberry.union("MakeWishForSomebodyResult"),
]
ScreenMicroWishResult = Annotated[
    MicroWishChanged | MicroWishUnknown | MicroWishNotOpen | MicroWishInvalid | IdempotencyConflict,
    strawberry.union("ScreenMicroWishResult"),
]
MoveWishOfCommitteeResult = Annotated[
    MicroWishChanged | MicroWishUnknown | MicroWishNotOpen | IdempotencyConflict,
    strawberry.union("MoveWishOfCommitteeResult"),
]


@strawberry.type
class ProviderWishQuery:
    @strawberry.field(description="Of the committee, the newest first; in one state, or all.", metadata=_MINE)
    async def micro_wishes(
        self, info: Info, state: WishState | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[MicroWish]:
        services, viewer = info.context.services, info.context.viewer
        wishes, tree = services.community.volunteering.wishes, services.organisations.tree
        page = await wishes.kept_by(viewer, state, PageRequest.of(first, after))
        pictures = await wishes.pictures(page.items)
        return connection(page, lambda one: one.id, lambda one: MicroWish.of(one, tree, pictures[one.id]))


@strawberry.type
class ProviderWishMutation:
    @strawberry.mutation(
        description="For somebody who has no phone: open at once. Nothing in it may say who that is.", metadata=_MINE
    )
    async def make_micro_wish(
        self, info: Info, wish: MicroWishInput, idempotency_key: IdempotencyKey
    ) -> MakeWishForSomebodyResult:
        services = info.context.services
        made = await services.community.volunteering.wishes.make(info.context.viewer, wish.parsed(), idempotency_key)
        return MicroWishChanged.of(made, services.organisations.tree)

    @strawberry.mutation(description="Publish it, or refuse it and say why.", metadata=_MINE)
    async def screen_micro_wish(
        self, info: Info, wish_id: strawberry.ID, publish: bool, answer: str, idempotency_key: IdempotencyKey
    ) -> ScreenMicroWishResult:
        services, key = info.context.services, key_of(wish_id, "MicroWish")
        wishes, viewer = services.community.volunteering.wishes, info.context.viewer
        done = await wishes.screen(viewer, key, answer, idempotency_key, publish=publish)
        return MicroWishChanged.of(done, services.organisations.tree)

    @strawberry.mutation(description="For the wisher: whether it was fulfilled.", metadata=_MINE)
    async def confirm_micro_wish(
        self, info: Info, wish_id: strawberry.ID, fulfilled: bool, idempotency_key: IdempotencyKey
    ) -> MoveWishOfCommitteeResult:
        services, key = info.context.services, key_of(wish_id, "MicroWish")
        wishes, viewer = services.community.volunteering.wishes, info.context.viewer
        done = await wishes.judge(viewer, key, idempotency_key, fulfilled=fulfilled)
        return MicroWishChanged.of(done, services.organisations.tree)

    @strawberry.mutation(description="Until it is done.", metadata=_MINE)
    async def withdraw_micro_wish(
        self, info: Info, wish_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveWishOfCommitteeResult:
        services, key = info.context.services, key_of(wish_id, "MicroWish")
        done = await services.community.volunteering.wishes.withdraw(info.context.viewer, key, idempotency_key)
        return MicroWishChanged.of(done, services.organisations.tree)
