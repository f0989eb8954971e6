"""Health, for the citizen or his guardian: the record, who may read it, the certificate of vaccination, follow-ups."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.life.health.records.model import WARD_SCOPE, RecordKind
from graphql_schema.types.card_errors import NotVerified
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    key_of,
)
from graphql_schema.types.licences import Licence
from graphql_schema.types.life.follow_ups import FollowUp, FollowUpPlan
from graphql_schema.types.life.health import (
    HealthConsent,
    HealthRecordAllowed,
    HealthRecordRead,
    HealthRecordStopped,
    HealthSharing,
    VaccinationCertificateIssued,
)
from graphql_schema.types.life.health_errors import (
    HealthConsentTimeInvalid,
    HealthConsentUnknown,
    HealthKindsMissing,
    HealthReaderUnknown,
    HealthRecordMissing,
    HealthRecordUnavailable,
    NothingVaccinated,
)

ReadHealthRecordResult = Annotated[
    HealthRecordRead
    | NotVerified
    | HealthKindsMissing
    | HealthRecordMissing
    | HealthRecordUnavailable
    | IdempotencyConflict,
    strawberry.union("ReadHealthRecordResult"),
]
AllowHealthRecordResult = Annotated[
    HealthRecordAllowed | HealthKindsMissing | HealthReaderUnknown | HealthConsentTimeInvalid | IdempotencyConflict,
    strawberry.union("AllowHealthRecordResult"),
]
StopHealthRecordResult = Annotated[
    HealthRecordStopped | HealthConsentUnknown | IdempotencyConflict, strawberry.union("StopHealthRecordResult")
]
IssueVaccinationCertificateResult = Annotated[
    VaccinationCertificateIssued
    | NotVerified
    | NothingVaccinated
    | HealthRecordMissing
    | HealthRecordUnavailable
    | IdempotencyConflict,
    strawberry.union("IssueVaccinationCertificateResult"),
]
_MOST_KINDS = 10


@strawberry.type
class HealthQuery:
    @strawberry.field(
        metadata=citizens(ward_scope=WARD_SCOPE, live=True),
        description="Who may ask for the record, and what was agreed to.",
    )
    async def health_sharing(self, info: Info) -> HealthSharing:
        services, viewer = info.context.services, info.context.viewer
        health = services.life.health
        found, upkeep = await health.records.readers(viewer), await health.certificates.kept(viewer)
        return HealthSharing.of(found, upkeep, services.organisations.tree, health.records.now)

    @strawberry.field(
        metadata=citizens(ward_scope=WARD_SCOPE, live=True), description="Plans of the family doctor; open ones first."
    )
    async def follow_up_plans(self, info: Info) -> list[FollowUpPlan]:
        services, rooms = info.context.services, info.context.services.life.health.follow_ups
        tree = services.organisations.tree
        return [FollowUpPlan.of(one, tree, rooms.today) for one in await rooms.mine(info.context.viewer)]

    @strawberry.field(
        metadata=citizens(ward_scope=WARD_SCOPE, live=True),
        description="What came of one of these plans, newest first.",
    )
    async def follow_ups(
        self, info: Info, plan_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[FollowUp]:
        context, request = info.context, PageRequest.of(first, after)
        rooms, plan = context.services.life.health.follow_ups, key_of(plan_id, "FollowUpPlan")
        page = await rooms.results(context.viewer, plan, request)
        return connection(page, lambda one: one.id, lambda one: FollowUp.of(one, context.locale))


@strawberry.type
class HealthMutation:
    @strawberry.mutation(
        metadata=citizens(ward_scope=WARD_SCOPE, live=True),
        description="Read these parts of the record from the hospitals. The look stands in the record of look-ups.",
    )
    async def read_health_record(
        self, info: Info, kinds: list[RecordKind], idempotency_key: IdempotencyKey
    ) -> ReadHealthRecordResult:
        records, wanted = info.context.services.life.health.records, _few(kinds)
        return HealthRecordRead.of(await records.read_own(info.context.viewer, wanted, idempotency_key))

    @strawberry.mutation(
        metadata=citizens(ward_scope=WARD_SCOPE, live=True),
        description="Let this organisation read these parts until then, in place of what it was allowed before.",
    )
    async def allow_health_record(
        self,
        info: Info,
        organisation: str,
        kinds: list[RecordKind],
        until: datetime,
        idempotency_key: IdempotencyKey,
    ) -> AllowHealthRecordResult:
        services, viewer = info.context.services, info.context.viewer
        records = services.life.health.records
        given = await records.allow(viewer, organisation, _few(kinds), until, idempotency_key)
        return HealthRecordAllowed(consent=HealthConsent.of(given, services.organisations.tree))

    @strawberry.mutation(
        metadata=citizens(ward_scope=WARD_SCOPE, live=True),
        description="From the next request on nothing is read by it.",
    )
    async def stop_health_record(
        self, info: Info, consent_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> StopHealthRecordResult:
        services, key = info.context.services, key_of(consent_id, "Consent")
        gone = await services.life.health.records.stop(info.context.viewer, key, idempotency_key)
        return HealthRecordStopped(consent=HealthConsent.of(gone, services.organisations.tree))

    @strawberry.mutation(
        metadata=citizens(ward_scope=WARD_SCOPE, live=True),
        description="Draw up a certificate of all doses that the hospitals know of, into the wallet; with `renews`, it "
        "is drawn up anew when there is a new dose.",
    )
    async def issue_vaccination_certificate(
        self, info: Info, idempotency_key: IdempotencyKey, renews: bool = True
    ) -> IssueVaccinationCertificateResult:
        services, locale = info.context.services, info.context.locale
        rooms = services.life.health.certificates
        made = await rooms.issue(info.context.viewer, idempotency_key, renews=renews)
        return VaccinationCertificateIssued(licence=Licence.of(made, services, locale))


def _few(kinds: list[RecordKind]) -> list[RecordKind]:
    """Raises BadInput."""
    if len(kinds) > _MOST_KINDS:
        raise BadInput(field="kinds")
    return kinds
