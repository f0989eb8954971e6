"""What volunteers do: signing up, and checking in by the organiser's code."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.volunteers.activities.store import turn_of
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
    ActivityListFull,
    ActivityNotOpen,
    ActivityUnknown,
    AlreadyElsewhere,
    CheckInCodeStale,
    CheckInCodeUnknown,
    CheckInOver,
    CheckInTooEarly,
    CheckInTooFar,
    FixTooCoarse,
    NotCheckedIn,
    NotSignedUp,
    VolunteersOnly,
)
from graphql_schema.types.community.volunteers import (
    CheckInFixInput,
    VolunteerActivitiesNear,
    VolunteerActivity,
    VolunteerCheckedIn,
    VolunteerPlace,
    VolunteerPlaceChanged,
)
from graphql_schema.types.identity_errors import RealNameNeeded
from graphql_schema.types.place_errors import OutsideCity, PlaceNotOnEarth
from graphql_schema.types.places import PositionInput

VolunteerActivitiesNearResult = Annotated[
    VolunteerActivitiesNear | OutsideCity | PlaceNotOnEarth, strawberry.union("VolunteerActivitiesNearResult")
]
SignUpForActivityResult = Annotated[
    VolunteerPlaceChanged
    | RealNameNeeded
    | VolunteersOnly
    | ActivityUnknown
    | ActivityNotOpen
    | ActivityListFull
    | IdempotencyConflict,
    strawberry.union("SignUpForActivityResult"),
]
CancelSignUpResult = Annotated[
    VolunteerPlaceChanged | ActivityUnknown | ActivityNotOpen | NotSignedUp | IdempotencyConflict,
    strawberry.union("CancelSignUpResult"),
]
CheckIntoActivityResult = Annotated[
    VolunteerCheckedIn
    | RealNameNeeded
    | CheckInCodeUnknown
    | CheckInCodeStale
    | ActivityUnknown
    | ActivityNotOpen
    | CheckInTooEarly
    | CheckInOver
    | NotSignedUp
    | FixTooCoarse
    | CheckInTooFar
    | AlreadyElsewhere
    | PlaceNotOnEarth
    | IdempotencyConflict,
    strawberry.union("CheckIntoActivityResult"),
]
CheckOutOfActivityResult = Annotated[
    VolunteerCheckedIn
    | RealNameNeeded
    | CheckInCodeUnknown
    | CheckInCodeStale
    | ActivityUnknown
    | ActivityNotOpen
    | CheckInTooEarly
    | CheckInOver
    | NotCheckedIn
    | FixTooCoarse
    | CheckInTooFar
    | PlaceNotOnEarth
    | IdempotencyConflict,
    strawberry.union("CheckOutOfActivityResult"),
]


@strawberry.type
class ActivityQuery:
    @strawberry.field(description="What is to come and goes on, the next to end first.", metadata=everyone())
    async def volunteer_activities(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[VolunteerActivity]:
        services, locale = info.context.services, info.context.locale
        activities, tree = services.community.volunteering.activities, services.organisations.tree
        page, now = await activities.coming(PageRequest.of(first, after)), activities.now
        return connection(page, turn_of, lambda one: VolunteerActivity.of(one, now, tree, locale))

    @strawberry.field(description="The nearest first; up to 20 km.", metadata=everyone())
    async def volunteer_activities_near(
        self, info: Info, position: PositionInput, metres: int = 5_000
    ) -> VolunteerActivitiesNearResult:
        services, locale = info.context.services, info.context.locale
        activities, tree = services.community.volunteering.activities, services.organisations.tree
        found = await activities.near(position.parsed(), metres)
        shown = [VolunteerActivity.of(one, activities.now, tree, locale) for one in found]
        return VolunteerActivitiesNear(activities=shown)

    @strawberry.field(metadata=everyone())
    async def volunteer_activity(self, info: Info, activity_id: strawberry.ID) -> VolunteerActivity | None:
        services = info.context.services
        activities, tree = services.community.volunteering.activities, services.organisations.tree
        found = await activities.shown(key_of(activity_id, "VolunteerActivity"))
        return VolunteerActivity.of(found, activities.now, tree, info.context.locale) if found else None

    @strawberry.field(description="What one signed up for, the newest first.", metadata=citizens(live=True))
    async def my_volunteer_places(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[VolunteerPlace]:
        viewer, locale, tree = info.context.viewer, info.context.locale, info.context.services.organisations.tree
        ours = info.context.services.community.volunteering
        page, now = await ours.signing.mine(viewer, PageRequest.of(first, after)), ours.activities.now
        came = await ours.check_ins.of_citizen(viewer, [one.activity.id for one in page.items])
        return connection(
            page,
            lambda one: one.sign_up.turn,
            lambda one: VolunteerPlace.of(one, came.get(one.activity.id), now, tree, locale),
        )


@strawberry.type
class ActivityMutation:
    @strawberry.mutation(
        description="Take a place, or one in the line for a place, as a registered volunteer.",
        metadata=citizens(live=True),
    )
    async def sign_up_for_activity(
        self, info: Info, activity_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> SignUpForActivityResult:
        services, key = info.context.services, key_of(activity_id, "VolunteerActivity")
        ours, tree = services.community.volunteering, services.organisations.tree
        place = await ours.signing.sign_up(info.context.viewer, key, idempotency_key)
        shown = VolunteerPlace.of(place, None, ours.activities.now, tree, info.context.locale)
        return VolunteerPlaceChanged(place=shown)

    @strawberry.mutation(description="Who waits longest has the place.", metadata=citizens(live=True))
    async def cancel_sign_up(
        self, info: Info, activity_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CancelSignUpResult:
        services, key = info.context.services, key_of(activity_id, "VolunteerActivity")
        ours, tree = services.community.volunteering, services.organisations.tree
        place = await ours.signing.cancel(info.context.viewer, key, idempotency_key)
        shown = VolunteerPlace.of(place, None, ours.activities.now, tree, info.context.locale)
        return VolunteerPlaceChanged(place=shown)

    @strawberry.mutation(
        description="By the code that the organiser's screen shows just now, at the place.",
        metadata=citizens(live=True),
    )
    async def check_into_activity(
        self, info: Info, code: str, fix: CheckInFixInput, idempotency_key: IdempotencyKey
    ) -> CheckIntoActivityResult:
        check_ins = info.context.services.community.volunteering.check_ins
        return VolunteerCheckedIn.of(await check_ins.check_in(info.context.viewer, code, fix.parsed(), idempotency_key))

    @strawberry.mutation(
        description="By the code for leaving that the organiser's screen shows, at the place.",
        metadata=citizens(live=True),
    )
    async def check_out_of_activity(
        self, info: Info, code: str, fix: CheckInFixInput, idempotency_key: IdempotencyKey
    ) -> CheckOutOfActivityResult:
        check_ins = info.context.services.community.volunteering.check_ins
        return VolunteerCheckedIn.of(
            await check_ins.check_out(info.context.viewer, code, fix.parsed(), idempotency_key)
        )
