"""The home page, what one chooses of it, and the scenes."""

from __future__ import annotations

import asyncio
from typing import Annotated

import strawberry

from app.domains.life.home.model import Turn
from graphql_schema.types.card import Card
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens, everyone
from graphql_schema.types.life.home import Home, LifeEventsChosen, OpenHome, SuggestionDismissed, SuggestionUnknown
from graphql_schema.types.places import PositionInput

ChooseLifeEventsResult = Annotated[LifeEventsChosen | IdempotencyConflict, strawberry.union("ChooseLifeEventsResult")]
DismissSuggestionResult = Annotated[
    SuggestionDismissed | SuggestionUnknown | IdempotencyConflict, strawberry.union("DismissSuggestionResult")
]


@strawberry.type
class HomeQuery:
    @strawberry.field(
        metadata=citizens(), description="The first screen. `near`: where the viewer is, if he says so; it is not kept."
    )
    async def home(self, info: Info, near: PositionInput | None = None) -> Home:
        at, services, viewer = near.sought("near") if near else None, info.context.services, info.context.viewer
        seen, held = await asyncio.gather(services.life.home.pages.look(viewer, at), services.cards.mine(viewer))
        card = Card.of(held, services.cards) if held else None
        return Home.of(seen, card, services.life.home.scenes.all, info.context.locale)

    @strawberry.field(metadata=everyone(), description="The first screen of who has not signed in.")
    async def open_home(self, info: Info, near: PositionInput | None = None) -> OpenHome:
        at, home = near.sought("near") if near else None, info.context.services.life.home
        return OpenHome.of(*await home.pages.around(at), home.scenes.all, info.context.locale)


@strawberry.type
class HomeMutation:
    @strawberry.mutation(
        metadata=citizens(),
        description="Turns of life one is at, three at most; services for them are suggested. None takes them back.",
    )
    async def choose_life_events(
        self, info: Info, turns: list[Turn], idempotency_key: IdempotencyKey
    ) -> ChooseLifeEventsResult:
        pages = info.context.services.life.home.pages
        return LifeEventsChosen(turns=list(await pages.choose(info.context.viewer, turns, idempotency_key)))

    @strawberry.mutation(metadata=citizens(), description="Not to be suggested again for ninety days.")
    async def dismiss_suggestion(
        self, info: Info, key: str, idempotency_key: IdempotencyKey
    ) -> DismissSuggestionResult:
        await info.context.services.life.home.pages.wave_away(info.context.viewer, key, idempotency_key)
        return SuggestionDismissed(key=key)
