"""Health, for hospitals and health centres: reading a record by consent, telling of a dose, follow-ups of patients."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.life.health.follow_ups.model import FollowUpKind
from app.domains.life.health.records.model import SCOPE, RecordKind
from graphql_schema.types.card_errors import NotVerified
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.life.follow_ups import (
    FollowUp,
    FollowUpPlan,
    FollowUpPlanEnded,
    FollowUpPlanMade,
    FollowUpRecorded,
    OverdueFollowUp,
)
from graphql_schema.types.life.health import HealthRecordRead, HealthSubjectInput, VaccinationNoted
from graphql_schema.types.life.health_errors import (
    FollowUpChanged,
    FollowUpInvalid,
    FollowUpNotYours,
    FollowUpPlanned,
    FollowUpUnknown,
    HealthConsentMissing,
    HealthKindsMissing,
    HealthRecordMissing,
    HealthRecordUnavailable,
    HealthSubjectUnknown,
    PatientNotInCare,
)

FetchHealthRecordResult = Annotated[
    HealthRecordRead
    | HealthSubjectUnknown
    | HealthConsentMissing
    | HealthKindsMissing
    | NotVerified
    | HealthRecordMissing
    | HealthRecordUnavailable
    | IdempotencyConflict,
    strawberry.union("FetchHealthRecordResult"),
]
NoteVaccinationResult = Annotated[
    VaccinationNoted | HealthSubjectUnknown | IdempotencyConflict, strawberry.union("NoteVaccinationResult")
]
PlanFollowUpResult = Annotated[
    FollowUpPlanMade | FollowUpInvalid | PatientNotInCare | FollowUpNotYours | FollowUpPlanned | IdempotencyConflict,
    strawberry.union("PlanFollowUpResult"),
]
RecordFollowUpResult = Annotated[
    FollowUpRecorded | FollowUpInvalid | FollowUpUnknown | FollowUpNotYours | FollowUpChanged | IdempotencyConflict,
    strawberry.union("RecordFollowUpResult"),
]
EndFollowUpResult = Annotated[
    FollowUpPlanEnded | FollowUpUnknown | FollowUpNotYours | FollowUpChanged | IdempotencyConflict,
    strawberry.union("EndFollowUpResult"),
]
_MOST_KINDS = 10


@strawberry.type
class ProviderHealthQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="What is looked at with one of your patients.")
    async def follow_up_plans(self, info: Info, contract_id: strawberry.ID) -> list[FollowUpPlan]:
        services, rooms = info.context.services, info.context.services.life.health.follow_ups
        plans = await rooms.of_patient(info.context.viewer, key_of(contract_id, "FamilyDoctorContract"))
        return [FollowUpPlan.of(one, services.organisations.tree, rooms.today) for one in plans]

    @strawberry.field(metadata=providers(scope=SCOPE), description="What came of a plan of yours, newest first.")
    async def follow_ups(
        self, info: Info, plan_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[FollowUp]:
        context, request = info.context, PageRequest.of(first, after)
        rooms, plan = context.services.life.health.follow_ups, key_of(plan_id, "FollowUpPlan")
        page = await rooms.results_of(context.viewer, plan, request)
        return connection(page, lambda one: one.id, lambda one: FollowUp.of(one, context.locale))

    @strawberry.field(
        metadata=providers(scope=SCOPE), description="What your patients have missed; the oldest plan first."
    )
    async def overdue_follow_ups(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[OverdueFollowUp]:
        services, rooms = info.context.services, info.context.services.life.health.follow_ups
        page, tree = await rooms.overdue(info.context.viewer, PageRequest.of(first, after)), services.organisations.tree
        return connection(page, lambda one: one.plan.id, lambda one: OverdueFollowUp.of(one, tree, rooms.today))


@strawberry.type
class ProviderHealthMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Read these parts of the record of somebody who has agreed to it, and who sees that you did.",
    )
    async def fetch_health_record(
        self, info: Info, subject: HealthSubjectInput, kinds: list[RecordKind], idempotency_key: IdempotencyKey
    ) -> FetchHealthRecordResult:
        if len(kinds) > _MOST_KINDS:
            raise BadInput(field="kinds")
        records, (verification, number) = info.context.services.life.health.records, subject.named()
        read = await records.fetch(
            info.context.viewer, kinds, idempotency_key, verification=verification, card_number=number
        )
        return HealthRecordRead.of(read)

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Somebody was given a dose: his certificate, if he keeps one up to date, is drawn up anew.",
    )
    async def note_vaccination(
        self, info: Info, subject: HealthSubjectInput, idempotency_key: IdempotencyKey
    ) -> NoteVaccinationResult:
        rooms, (verification, number) = info.context.services.life.health.certificates, subject.named()
        viewer = info.context.viewer
        noted = await rooms.dose_given(viewer, idempotency_key, verification=verification, card_number=number)
        return VaccinationNoted(noted=noted)

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Look at this with a patient every so many days. He is told."
    )
    async def plan_follow_up(
        self,
        info: Info,
        contract_id: strawberry.ID,
        kind: FollowUpKind,
        every_days: int,
        first: date,
        idempotency_key: IdempotencyKey,
    ) -> PlanFollowUpResult:
        services, contract = info.context.services, key_of(contract_id, "FamilyDoctorContract")
        rooms = services.life.health.follow_ups
        made = await rooms.plan(info.context.viewer, contract, kind, every_days, first, idempotency_key)
        return FollowUpPlanMade(plan=FollowUpPlan.of(made, services.organisations.tree, rooms.today))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="It was done today, with this result; the patient reads it."
    )
    async def record_follow_up(
        self, info: Info, plan_id: strawberry.ID, result: str, idempotency_key: IdempotencyKey
    ) -> RecordFollowUpResult:
        context, plan = info.context, key_of(plan_id, "FollowUpPlan")
        done = await context.services.life.health.follow_ups.enter(context.viewer, plan, result, idempotency_key)
        return FollowUpRecorded(follow_up=FollowUp.of(done, context.locale))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Nothing more is due by this plan.")
    async def end_follow_up(
        self, info: Info, plan_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> EndFollowUpResult:
        services, plan = info.context.services, key_of(plan_id, "FollowUpPlan")
        rooms = services.life.health.follow_ups
        ended = await rooms.end(info.context.viewer, plan, idempotency_key)
        return FollowUpPlanEnded(plan=FollowUpPlan.of(ended, services.organisations.tree, rooms.today))
