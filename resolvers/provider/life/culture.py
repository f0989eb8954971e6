"""Putting events on, and the door."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.life.culture.events.service import Programme
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.life.culture import (
    CultureEventInput,
    CultureEventKept,
    CultureVenue,
    EventSessionInput,
    StagedEvent,
)
from graphql_schema.types.life.culture_errors import (
    CultureEventEmpty,
    CultureEventNotDraft,
    CultureEventOver,
    CultureEventUnknown,
    CultureInvalid,
    CultureVenueUnknown,
    EventSessionOver,
    EventSessionsFull,
    EventSessionUnknown,
    HallBusy,
    HallUnknown,
)
from graphql_schema.types.life.ticket_errors import (
    AdmissionNotYet,
    AdmissionOver,
    TicketCodeExpired,
    TicketCodeMalformed,
    TicketCodeUnknown,
    TicketCodeUsed,
    TicketNotGood,
    TicketUsed,
)
from graphql_schema.types.life.tickets import TicketAdmitted
from graphql_schema.types.life.tourism import CrowdCounted, Sight, SightInvalid, SightUnknown
from graphql_schema.types.payment.money import AmountInvalid

_CULTURE, _GATE = "culture", "culture:gate"
DraftCultureEventResult = Annotated[
    CultureEventKept
    | CultureInvalid
    | AmountInvalid
    | CultureEventUnknown
    | CultureEventNotDraft
    | IdempotencyConflict,
    strawberry.union("DraftCultureEventResult"),
]
AddEventSessionResult = Annotated[
    CultureEventKept
    | CultureInvalid
    | CultureEventUnknown
    | CultureEventOver
    | CultureVenueUnknown
    | HallUnknown
    | EventSessionsFull
    | HallBusy
    | IdempotencyConflict,
    strawberry.union("AddEventSessionResult"),
]
PublishCultureEventResult = Annotated[
    CultureEventKept | CultureEventUnknown | CultureEventNotDraft | CultureEventEmpty | IdempotencyConflict,
    strawberry.union("PublishCultureEventResult"),
]
CancelCultureEventResult = Annotated[
    CultureEventKept | CultureInvalid | CultureEventUnknown | CultureEventOver | IdempotencyConflict,
    strawberry.union("CancelCultureEventResult"),
]
CancelEventSessionResult = Annotated[
    CultureEventKept | CultureInvalid | EventSessionUnknown | EventSessionOver | IdempotencyConflict,
    strawberry.union("CancelEventSessionResult"),
]
MoveEventSessionResult = Annotated[
    CultureEventKept | CultureInvalid | EventSessionUnknown | EventSessionOver | HallBusy | IdempotencyConflict,
    strawberry.union("MoveEventSessionResult"),
]
AdmitTicketResult = Annotated[
    TicketAdmitted
    | TicketCodeMalformed
    | TicketCodeUnknown
    | TicketCodeExpired
    | TicketCodeUsed
    | TicketUsed
    | TicketNotGood
    | AdmissionNotYet
    | AdmissionOver
    | IdempotencyConflict,
    strawberry.union("AdmitTicketResult"),
]
CountSightCrowdResult = Annotated[CrowdCounted | SightUnknown | SightInvalid, strawberry.union("CountSightCrowdResult")]


@strawberry.type
class ProviderCultureQuery:
    @strawberry.field(description="The sights you run.", metadata=providers(scope=_CULTURE, live=True))
    async def kept_sights(self, info: Info) -> list[Sight]:
        found = await info.context.services.life.culture.tourism.kept(info.context.viewer)
        return [Sight.of(one, info.context.locale) for one in found]

    @strawberry.field(description="The houses you keep.", metadata=providers(scope=_CULTURE, live=True))
    async def kept_culture_venues(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CultureVenue]:
        venues, locale = info.context.services.life.culture.venues, info.context.locale
        page = await venues.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, lambda one: CultureVenue.of(one, locale))

    @strawberry.field(
        description="Your events with how they sell, newest first; drafts too.",
        metadata=providers(scope=_CULTURE, live=True),
    )
    async def staged_events(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[StagedEvent]:
        culture, locale = info.context.services.life.culture, info.context.locale
        page = await culture.events.mine(info.context.viewer, PageRequest.of(first, after))
        sold = await culture.views.sold([s.id for one in page.items for s in one.sessions])
        return connection(page, lambda one: one.event.id, lambda one: StagedEvent.of(one, sold, locale))


@strawberry.type
class ProviderCultureMutation:
    @strawberry.mutation(description="A new draft, or one rewritten.", metadata=providers(scope=_CULTURE, live=True))
    async def draft_culture_event(
        self,
        info: Info,
        input: CultureEventInput,
        idempotency_key: IdempotencyKey,
        event_id: strawberry.ID | None = None,
    ) -> DraftCultureEventResult:
        staging, key = info.context.services.life.culture.staging, event_id and key_of(event_id, "CultureEvent")
        event = await staging.draft(info.context.viewer, input.parsed(), idempotency_key, key or None)
        return await _kept(info, event)

    @strawberry.mutation(
        description="Of a draft, or of what is published.", metadata=providers(scope=_CULTURE, live=True)
    )
    async def add_event_session(
        self, info: Info, event_id: strawberry.ID, session: EventSessionInput, idempotency_key: IdempotencyKey
    ) -> AddEventSessionResult:
        staging, key = info.context.services.life.culture.staging, key_of(event_id, "CultureEvent")
        added = await staging.add_session(info.context.viewer, key, session.parsed(), idempotency_key)
        return await _kept(info, added)

    @strawberry.mutation(description="From then on tickets can be had.", metadata=providers(scope=_CULTURE, live=True))
    async def publish_culture_event(
        self, info: Info, event_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> PublishCultureEventResult:
        staging, key = info.context.services.life.culture.staging, key_of(event_id, "CultureEvent")
        return await _kept(info, await staging.publish(info.context.viewer, key, idempotency_key))

    @strawberry.mutation(
        description="With all its sessions. Who holds tickets is told, and has his money back.",
        metadata=providers(scope=_CULTURE, live=True),
    )
    async def cancel_culture_event(
        self, info: Info, event_id: strawberry.ID, reason: str, idempotency_key: IdempotencyKey
    ) -> CancelCultureEventResult:
        staging, key = info.context.services.life.culture.staging, key_of(event_id, "CultureEvent")
        return await _kept(info, await staging.cancel(info.context.viewer, key, reason, idempotency_key))

    @strawberry.mutation(description="One of several.", metadata=providers(scope=_CULTURE, live=True))
    async def cancel_event_session(
        self, info: Info, session_id: strawberry.ID, reason: str, idempotency_key: IdempotencyKey
    ) -> CancelEventSessionResult:
        staging, key = info.context.services.life.culture.staging, key_of(session_id, "EventSession")
        return await _kept(info, await staging.cancel_session(info.context.viewer, key, reason, idempotency_key))

    @strawberry.mutation(
        description="In the same hall. Tickets stay good, and can be returned until it begins.",
        metadata=providers(scope=_CULTURE, live=True),
    )
    async def move_event_session(
        self,
        info: Info,
        session_id: strawberry.ID,
        starts_at: datetime,
        ends_at: datetime,
        reason: str,
        idempotency_key: IdempotencyKey,
    ) -> MoveEventSessionResult:
        staging, key = info.context.services.life.culture.staging, key_of(session_id, "EventSession")
        to = starts_at, ends_at, reason
        return await _kept(info, await staging.move_session(info.context.viewer, key, *to, idempotency_key))

    @strawberry.mutation(
        description="How many are inside now; say so at least every half hour. Repeating is safe.",
        metadata=providers(scope=_CULTURE, live=True),
    )
    async def count_sight_crowd(self, info: Info, sight_id: strawberry.ID, people: int) -> CountSightCrowdResult:
        tourism, key = info.context.services.life.culture.tourism, key_of(sight_id, "Sight")
        seen = await tourism.count(info.context.viewer, key, people)
        return CrowdCounted(sight=Sight.of(seen, info.context.locale))

    @strawberry.mutation(
        description="Whoever shows the code comes in, once.", metadata=providers(scope=_GATE, live=True)
    )
    async def admit_ticket(self, info: Info, code: str, idempotency_key: IdempotencyKey) -> AdmitTicketResult:
        admission = info.context.services.life.culture.admission
        done = await admission.admit(info.context.viewer, code, idempotency_key)
        return TicketAdmitted.read(done, info.context.locale)


async def _kept(info: Info, event: str) -> CultureEventKept:
    culture = info.context.services.life.culture
    found: Programme = await culture.events.own(info.context.viewer, event)
    sold = await culture.views.sold([one.id for one in found.sessions])
    return CultureEventKept(staged=StagedEvent.of(found, sold, info.context.locale))
