"""Leading a group on one's own phone, and walking a route."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domains.community.volunteers.check_ins.model import Way
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens, key_of
from graphql_schema.types.community.patrols import VolunteerWalk, VolunteerWalked
from graphql_schema.types.community.volunteer_errors import (
    ActivityNotOpen,
    ActivityUnknown,
    CheckInCodeStale,
    CheckInCodeUnknown,
    CheckInOver,
    CheckInTooEarly,
    CheckInTooFar,
    FixTooCoarse,
    NotCheckedIn,
    VolunteerPointUnknown,
    VolunteerRouteUnknown,
)
from graphql_schema.types.community.volunteers import ActivityCode, CheckInFixInput, VolunteerActivity
from graphql_schema.types.identity_errors import RealNameNeeded
from graphql_schema.types.place_errors import PlaceNotOnEarth

LedActivityCodeResult = Annotated[
    ActivityCode | RealNameNeeded | ActivityUnknown | ActivityNotOpen | CheckInTooEarly | CheckInOver,
    strawberry.union("LedActivityCodeResult"),
]
PassVolunteerPointResult = Annotated[
    VolunteerWalked
    | RealNameNeeded
    | ActivityUnknown
    | ActivityNotOpen
    | VolunteerRouteUnknown
    | VolunteerPointUnknown
    | NotCheckedIn
    | FixTooCoarse
    | CheckInTooFar
    | CheckInCodeUnknown
    | CheckInCodeStale
    | PlaceNotOnEarth
    | IdempotencyConflict,
    strawberry.union("PassVolunteerPointResult"),
]


@strawberry.type
class LeadingQuery:
    @strawberry.field(
        description="To come and going on, in the groups one leads; the next first.", metadata=citizens(live=True)
    )
    async def led_activities(self, info: Info) -> list[VolunteerActivity]:
        services, locale = info.context.services, info.context.locale
        ours, tree = services.community.volunteering, services.organisations.tree
        found = await ours.leading.led(info.context.viewer)
        return [VolunteerActivity.of(one, ours.activities.now, tree, locale) for one in found]

    @strawberry.field(
        description="For who leads the group: to be shown as a QR code until its end, then asked for again.",
        metadata=citizens(live=True),
    )
    async def led_activity_code(self, info: Info, activity_id: strawberry.ID, way: Way) -> LedActivityCodeResult:
        leading, key = info.context.services.community.volunteering.leading, key_of(activity_id, "VolunteerActivity")
        shown, came = await leading.code(info.context.viewer, key, way)
        return ActivityCode.of(shown, way, came)

    @strawberry.field(
        description="Of an activity that goes along a route; null: it has none.", metadata=citizens(live=True)
    )
    async def volunteer_walk(self, info: Info, activity_id: strawberry.ID) -> VolunteerWalk | None:
        walks, key = info.context.services.community.volunteering.walks, key_of(activity_id, "VolunteerActivity")
        found = await walks.mine(info.context.viewer, key)
        return VolunteerWalk.of(found, info.context.locale) if found else None


@strawberry.type
class LeadingMutation:
    @strawberry.mutation(
        description="A point of the route, by the place; at a guarded one by the code on its screen, too.",
        metadata=citizens(live=True),
    )
    async def pass_volunteer_point(
        self,
        info: Info,
        activity_id: strawberry.ID,
        point_id: strawberry.ID,
        fix: CheckInFixInput,
        idempotency_key: IdempotencyKey,
        code: str | None = None,
    ) -> PassVolunteerPointResult:
        walks, key = info.context.services.community.volunteering.walks, key_of(activity_id, "VolunteerActivity")
        wish = (key, key_of(point_id, "VolunteerRoutePoint"), fix.parsed(), code, idempotency_key)
        done = await walks.pass_point(info.context.viewer, *wish)
        return VolunteerWalked(walk=VolunteerWalk.of(done, info.context.locale))
