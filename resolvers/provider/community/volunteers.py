"""Groups of volunteers and their activities, for the organisations that keep them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.community.volunteers.activities.model import Activity
from app.domains.community.volunteers.groups.model import Group
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
from graphql_schema.types.community.volunteer_errors import (
    ActivityInvalid,
    ActivityNotOpen,
    ActivityUnknown,
    VolunteerGroupClosed,
    VolunteerGroupInvalid,
    VolunteerGroupSettled,
    VolunteerGroupUnknown,
    VolunteerRouteUnknown,
)
from graphql_schema.types.community.volunteers import (
    VolunteerActivity,
    VolunteerActivityChanged,
    VolunteerActivityInput,
    VolunteerGroup,
    VolunteerGroupChanged,
)
from graphql_schema.types.place_errors import OutsideCity, PlaceNotOnEarth

_MINE = providers(scope=SCOPE)

SaveVolunteerGroupResult = Annotated[
    VolunteerGroupChanged | VolunteerGroupUnknown | VolunteerGroupInvalid | IdempotencyConflict,
    strawberry.union("SaveVolunteerGroupResult"),
]
DecideVolunteerGroupResult = Annotated[
    VolunteerGroupChanged | VolunteerGroupUnknown | VolunteerGroupSettled | VolunteerGroupInvalid | IdempotencyConflict,
    strawberry.union("DecideVolunteerGroupResult"),
]
SaveVolunteerActivityResult = Annotated[
    VolunteerActivityChanged
    | ActivityUnknown
    | ActivityInvalid
    | ActivityNotOpen
    | VolunteerGroupUnknown
    | VolunteerGroupClosed
    | VolunteerRouteUnknown
    | OutsideCity
    | PlaceNotOnEarth
    | IdempotencyConflict,
    strawberry.union("SaveVolunteerActivityResult"),
]
MoveVolunteerActivityResult = Annotated[
    VolunteerActivityChanged | ActivityUnknown | ActivityNotOpen | ActivityInvalid | IdempotencyConflict,
    strawberry.union("MoveVolunteerActivityResult"),
]


@strawberry.type
class ProviderVolunteerQuery:
    @strawberry.field(description="Of the organisation, the newest first.", metadata=_MINE)
    async def volunteer_groups(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[VolunteerGroup]:
        services, locale = info.context.services, info.context.locale
        groups, tree = services.community.volunteering.groups, services.organisations.tree
        page = await groups.kept_by(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, lambda one: VolunteerGroup.of(one, tree, locale))

    @strawberry.field(description="Of the organisation, the newest first.", metadata=_MINE)
    async def volunteer_activities(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[VolunteerActivity]:
        services, locale = info.context.services, info.context.locale
        activities, tree = services.community.volunteering.activities, services.organisations.tree
        page, now = await activities.kept_by(info.context.viewer, PageRequest.of(first, after)), activities.now
        return connection(page, lambda one: one.id, lambda one: VolunteerActivity.of(one, now, tree, locale))


@strawberry.type
class ProviderVolunteerMutation:
    @strawberry.mutation(
        description="The organisation's own group, active at once; with `groupId`: other words for one it has.",
        metadata=_MINE,
    )
    async def save_volunteer_group(
        self,
        info: Info,
        name: str,
        words: str,
        idempotency_key: IdempotencyKey,
        group_id: strawberry.ID | None = None,
        name_en: str = "",
        words_en: str = "",
    ) -> SaveVolunteerGroupResult:
        key = key_of(group_id, "VolunteerGroup") if group_id else None
        said, groups = (Said(name, name_en), Said(words, words_en)), info.context.services.community.volunteering.groups
        return _group(info, await groups.save(info.context.viewer, key, *said, idempotency_key))

    @strawberry.mutation(description="About a group that volunteers founded: `answer` is told them.", metadata=_MINE)
    async def decide_volunteer_group(
        self, info: Info, group_id: strawberry.ID, let_in: bool, answer: str, idempotency_key: IdempotencyKey
    ) -> DecideVolunteerGroupResult:
        groups, key = info.context.services.community.volunteering.groups, key_of(group_id, "VolunteerGroup")
        return _group(info, await groups.decide(info.context.viewer, key, answer, idempotency_key, let_in=let_in))

    @strawberry.mutation(metadata=_MINE)
    async def close_volunteer_group(
        self, info: Info, group_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> DecideVolunteerGroupResult:
        groups, key = info.context.services.community.volunteering.groups, key_of(group_id, "VolunteerGroup")
        return _group(info, await groups.close(info.context.viewer, key, idempotency_key))

    @strawberry.mutation(
        description="A draft, or one as it is from now on; who waits has a place when there are more.", metadata=_MINE
    )
    async def save_volunteer_activity(
        self, info: Info, activity: VolunteerActivityInput, idempotency_key: IdempotencyKey
    ) -> SaveVolunteerActivityResult:
        key = key_of(activity.id, "VolunteerActivity") if activity.id else None
        roster, viewer = info.context.services.community.volunteering.roster, info.context.viewer
        return changed(info, await roster.save(viewer, key, activity.parsed(), idempotency_key))

    @strawberry.mutation(description="From now on people can sign up.", metadata=_MINE)
    async def publish_volunteer_activity(
        self, info: Info, activity_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveVolunteerActivityResult:
        activities, key = (
            info.context.services.community.volunteering.activities,
            key_of(activity_id, "VolunteerActivity"),
        )
        return changed(info, await activities.publish(info.context.viewer, key, idempotency_key))

    @strawberry.mutation(description="One that is running, before its time.", metadata=_MINE)
    async def end_volunteer_activity(
        self, info: Info, activity_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveVolunteerActivityResult:
        activities, key = (
            info.context.services.community.volunteering.activities,
            key_of(activity_id, "VolunteerActivity"),
        )
        return changed(info, await activities.end(info.context.viewer, key, idempotency_key))

    @strawberry.mutation(description="All who have a place or wait for one are told.", metadata=_MINE)
    async def cancel_volunteer_activity(
        self, info: Info, activity_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveVolunteerActivityResult:
        activities, key = (
            info.context.services.community.volunteering.activities,
            key_of(activity_id, "VolunteerActivity"),
        )
        return changed(info, await activities.cancel(info.context.viewer, key, idempotency_key))


def changed(info: Info, one: Activity) -> VolunteerActivityChanged:
    services = info.context.services
    now, tree = services.community.volunteering.activities.now, services.organisations.tree
    return VolunteerActivityChanged(activity=VolunteerActivity.of(one, now, tree, info.context.locale))


def _group(info: Info, one: Group) -> VolunteerGroupChanged:
    tree = info.context.services.organisations.tree
    return VolunteerGroupChanged(group=VolunteerGroup.of(one, tree, info.context.locale))
