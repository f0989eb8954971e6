"""Patrol routes and leaders of groups, for the organisations that keep volunteers."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.community.volunteers.groups.service import SCOPE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.community.patrols import (
    VolunteerPointCode,
    VolunteerRoute,
    VolunteerRouteChanged,
    VolunteerRouteInput,
    VolunteerWalkOf,
)
from graphql_schema.types.community.volunteer_errors import (
    VolunteerGroupClosed,
    VolunteerGroupInvalid,
    VolunteerGroupUnknown,
    VolunteerPointUnknown,
    VolunteerRouteInvalid,
    VolunteerRouteUnknown,
)
from graphql_schema.types.community.volunteers import VolunteerGroupLeaders
from graphql_schema.types.place_errors import OutsideCity, PlaceNotOnEarth

_MINE = providers(scope=SCOPE)

SaveVolunteerRouteResult = Annotated[
    VolunteerRouteChanged
    | VolunteerRouteUnknown
    | VolunteerRouteInvalid
    | VolunteerPointUnknown
    | VolunteerGroupUnknown
    | VolunteerGroupClosed
    | OutsideCity
    | PlaceNotOnEarth
    | IdempotencyConflict,
    strawberry.union("SaveVolunteerRouteResult"),
]
VolunteerPointCodeResult = Annotated[
    VolunteerPointCode | VolunteerRouteUnknown | VolunteerPointUnknown, strawberry.union("VolunteerPointCodeResult")
]
GroupLeadersResult = Annotated[VolunteerGroupLeaders | VolunteerGroupUnknown, strawberry.union("GroupLeadersResult")]
NameGroupLeaderResult = Annotated[
    VolunteerGroupLeaders | VolunteerGroupUnknown | VolunteerGroupInvalid | IdempotencyConflict,
    strawberry.union("NameGroupLeaderResult"),
]


@strawberry.type
class ProviderPatrolQuery:
    @strawberry.field(description="Of the organisation, the newest first.", metadata=_MINE)
    async def volunteer_routes(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[VolunteerRoute]:
        routes, locale = info.context.services.community.volunteering.routes, info.context.locale
        page = await routes.kept_by(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, lambda one: VolunteerRoute.of(one, locale))

    @strawberry.field(
        description="For the screen of a guarded point: until its end, then asked for again.", metadata=_MINE
    )
    async def volunteer_point_code(
        self, info: Info, route_id: strawberry.ID, point_id: strawberry.ID
    ) -> VolunteerPointCodeResult:
        routes, route = info.context.services.community.volunteering.routes, key_of(route_id, "VolunteerRoute")
        shown = await routes.code(info.context.viewer, route, key_of(point_id, "VolunteerRoutePoint"))
        return VolunteerPointCode.of(shown)

    @strawberry.field(
        description="Who has a place in an activity, and what he has passed of its route; by when they signed up.",
        metadata=_MINE,
    )
    async def volunteer_walks(
        self, info: Info, activity_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[VolunteerWalkOf]:
        ours, key = info.context.services.community.volunteering, key_of(activity_id, "VolunteerActivity")
        page = await ours.roster.of(info.context.viewer, key, PageRequest.of(first, after))
        citizens = [one.citizen for one in page.items]
        walks = {one.citizen: one for one in await ours.walks.among(info.context.viewer, key, citizens)}
        known = await ours.register.many(citizens)
        return connection(page, lambda one: one.turn, lambda one: VolunteerWalkOf.of(one, walks, known))

    @strawberry.field(description="By their volunteers' numbers.", metadata=_MINE)
    async def group_leaders(self, info: Info, group_id: strawberry.ID) -> GroupLeadersResult:
        leading, key = info.context.services.community.volunteering.leading, key_of(group_id, "VolunteerGroup")
        return VolunteerGroupLeaders(numbers=await leading.of(info.context.viewer, key))


@strawberry.type
class ProviderPatrolMutation:
    @strawberry.mutation(
        description="A new route, or one as it is from now on; with `open` false no new activity takes it.",
        metadata=_MINE,
    )
    async def save_volunteer_route(
        self, info: Info, route: VolunteerRouteInput, idempotency_key: IdempotencyKey
    ) -> SaveVolunteerRouteResult:
        routes = info.context.services.community.volunteering.routes
        key, group = key_of(route.id, "VolunteerRoute") if route.id else None, key_of(route.group_id, "VolunteerGroup")
        wish = (key, group, Said(route.name, route.name_en), tuple(one.parsed() for one in route.route_points))
        saved = await routes.save(info.context.viewer, *wish, idempotency_key, open_=route.open)
        return VolunteerRouteChanged(route=VolunteerRoute.of(saved, info.context.locale))

    @strawberry.mutation(
        description="A member of the group, by his volunteer's number: who leads it shows the code of its activities.",
        metadata=_MINE,
    )
    async def name_group_leader(
        self, info: Info, group_id: strawberry.ID, number: str, leads: bool, idempotency_key: IdempotencyKey
    ) -> NameGroupLeaderResult:
        leading, key = info.context.services.community.volunteering.leading, key_of(group_id, "VolunteerGroup")
        numbers = await leading.name(info.context.viewer, key, number, idempotency_key, leads=leads)
        return VolunteerGroupLeaders(numbers=numbers)
