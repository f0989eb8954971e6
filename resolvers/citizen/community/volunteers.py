"""Volunteers, their groups and their hours."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.community.volunteers.hours.store import turn_of
from app.domains.community.volunteers.model import Skill
from graphql_schema.types.card import OrganisationName
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
    VolunteerConsentMissing,
    VolunteerGroupClosed,
    VolunteerGroupInvalid,
    VolunteerGroupUnknown,
    VolunteerInvalid,
    VolunteersOnly,
)
from graphql_schema.types.community.volunteers import (
    MyVolunteerGroups,
    Volunteer,
    VolunteerCertificate,
    VolunteerGroup,
    VolunteerGroupChanged,
    VolunteerHours,
    VolunteerSaved,
    VolunteersLeft,
)
from graphql_schema.types.identity_errors import RealNameNeeded

SaveVolunteerResult = Annotated[
    VolunteerSaved | RealNameNeeded | VolunteerConsentMissing | VolunteerInvalid | IdempotencyConflict,
    strawberry.union("SaveVolunteerResult"),
]
LeaveVolunteersResult = Annotated[
    VolunteersLeft | VolunteersOnly | IdempotencyConflict, strawberry.union("LeaveVolunteersResult")
]
FoundVolunteerGroupResult = Annotated[
    VolunteerGroupChanged | RealNameNeeded | VolunteersOnly | VolunteerGroupInvalid | IdempotencyConflict,
    strawberry.union("FoundVolunteerGroupResult"),
]
JoinVolunteerGroupResult = Annotated[
    VolunteerGroupChanged | VolunteersOnly | VolunteerGroupUnknown | VolunteerGroupClosed | IdempotencyConflict,
    strawberry.union("JoinVolunteerGroupResult"),
]
LeaveVolunteerGroupResult = Annotated[
    VolunteerGroupChanged | VolunteerGroupUnknown | IdempotencyConflict, strawberry.union("LeaveVolunteerGroupResult")
]


@strawberry.type
class VolunteerQuery:
    @strawberry.field(description="Oneself as a volunteer; null: one is none.", metadata=citizens(live=True))
    async def volunteer(self, info: Info) -> Volunteer | None:
        found = await info.context.services.community.volunteering.register.mine(info.context.viewer)
        return Volunteer.of(found) if found else None

    @strawberry.field(description="Groups that can be joined, the newest first.", metadata=everyone())
    async def volunteer_groups(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[VolunteerGroup]:
        services, locale = info.context.services, info.context.locale
        page = await services.community.volunteering.groups.listed(PageRequest.of(first, after))
        tree = services.organisations.tree
        return connection(page, lambda one: one.id, lambda one: VolunteerGroup.of(one, tree, locale))

    @strawberry.field(description="Groups one has joined, and founded.", metadata=citizens(live=True))
    async def my_volunteer_groups(self, info: Info) -> MyVolunteerGroups:
        services, locale = info.context.services, info.context.locale
        joined, founded = await services.community.volunteering.groups.mine(info.context.viewer)
        tree = services.organisations.tree
        return MyVolunteerGroups(
            joined=[VolunteerGroup.of(one, tree, locale) for one in joined],
            founded=[VolunteerGroup.of(one, tree, locale) for one in founded],
        )

    @strawberry.field(description="One's hours, the newest day first.", metadata=citizens(live=True))
    async def volunteer_hours(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[VolunteerHours]:
        services, locale = info.context.services, info.context.locale
        ours, tree = services.community.volunteering, services.organisations.tree
        page = await ours.hours.mine(info.context.viewer, PageRequest.of(first, after))
        known = await ours.activities.many([one.activity for one in page.items])
        return connection(page, turn_of, lambda one: VolunteerHours.of(one, known.get(one.activity), tree, locale))

    @strawberry.field(
        description="Of all published hours; null: one never was a volunteer.", metadata=citizens(live=True)
    )
    async def volunteer_certificate(self, info: Info) -> VolunteerCertificate | None:
        found = await info.context.services.community.volunteering.certificates.link(info.context.viewer)
        return VolunteerCertificate(link=found[0], expires_at=found[1]) if found else None

    @strawberry.field(description="Who keeps volunteers and screens wishes.", metadata=everyone())
    async def volunteer_keepers(self, info: Info) -> list[OrganisationName]:
        services = info.context.services
        tree = services.organisations.tree
        return [OrganisationName.of(code, tree) for code in services.community.volunteering.groups.keepers()]


@strawberry.type
class VolunteerMutation:
    @strawberry.mutation(
        description="Register as a volunteer by one's real name, or change what one offers.",
        metadata=citizens(live=True),
    )
    async def save_volunteer(
        self, info: Info, skills: list[Skill], areas: list[str], agreed: bool, idempotency_key: IdempotencyKey
    ) -> SaveVolunteerResult:
        register = info.context.services.community.volunteering.register
        saved = await register.save(info.context.viewer, skills, areas, idempotency_key, agreed=agreed)
        return VolunteerSaved(volunteer=Volunteer.of(saved))

    @strawberry.mutation(
        description="Be no volunteer any more; hours that were published stay one's own.", metadata=citizens(live=True)
    )
    async def leave_volunteers(self, info: Info, idempotency_key: IdempotencyKey) -> LeaveVolunteersResult:
        register = info.context.services.community.volunteering.register
        return VolunteersLeft(number=(await register.leave(info.context.viewer, idempotency_key)).number)

    @strawberry.mutation(
        description="Propose a group to an organisation that keeps volunteers.", metadata=citizens(live=True)
    )
    async def found_volunteer_group(
        self, info: Info, organisation: str, name: str, words: str, idempotency_key: IdempotencyKey
    ) -> FoundVolunteerGroupResult:
        services = info.context.services
        groups, viewer = services.community.volunteering.groups, info.context.viewer
        made = await groups.found(viewer, organisation, Said(name), Said(words), idempotency_key)
        return VolunteerGroupChanged(group=VolunteerGroup.of(made, services.organisations.tree, info.context.locale))

    @strawberry.mutation(metadata=citizens(live=True))
    async def join_volunteer_group(
        self, info: Info, group_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> JoinVolunteerGroupResult:
        services, key = info.context.services, key_of(group_id, "VolunteerGroup")
        done = await services.community.volunteering.groups.join(info.context.viewer, key, idempotency_key)
        return VolunteerGroupChanged(group=VolunteerGroup.of(done, services.organisations.tree, info.context.locale))

    @strawberry.mutation(metadata=citizens(live=True))
    async def leave_volunteer_group(
        self, info: Info, group_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> LeaveVolunteerGroupResult:
        services, key = info.context.services, key_of(group_id, "VolunteerGroup")
        done = await services.community.volunteering.groups.leave(info.context.viewer, key, idempotency_key)
        return VolunteerGroupChanged(group=VolunteerGroup.of(done, services.organisations.tree, info.context.locale))
