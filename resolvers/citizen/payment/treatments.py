"""Treatments that are paid later, for the citizen in person."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    key_of,
)
from graphql_schema.types.payment.code_errors import PinLocked, PinNeeded, PinNotSet, PinWrong
from graphql_schema.types.payment.credit_errors import CreditLineMissing, TreatmentNotInState, TreatmentUnknown
from graphql_schema.types.payment.errors import AccountFrozen, InsufficientBalance, PayerBlocked, PaymentRefused
from graphql_schema.types.payment.treatments import Treatment, TreatmentChanged

ConfirmTreatmentResult = Annotated[
    TreatmentChanged
    | TreatmentUnknown
    | TreatmentNotInState
    | CreditLineMissing
    | InsufficientBalance
    | AccountFrozen
    | PaymentRefused
    | PayerBlocked
    | PinNeeded
    | PinNotSet
    | PinWrong
    | PinLocked
    | IdempotencyConflict,
    strawberry.union("ConfirmTreatmentResult"),
]
DeclineTreatmentResult = Annotated[
    TreatmentChanged | TreatmentUnknown | TreatmentNotInState | IdempotencyConflict,
    strawberry.union("DeclineTreatmentResult"),
]


@strawberry.type
class TreatmentQuery:
    @strawberry.field(metadata=citizens(), description="One's own, newest first.")
    async def treatments(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Treatment]:
        services, request = info.context.services, PageRequest.of(first, after)
        rooms, tree = services.payment.treatments, services.organisations.tree
        page = await rooms.mine(info.context.viewer, request)
        return connection(page, lambda one: one.id, lambda one: Treatment.of(one, tree, rooms.now))

    @strawberry.field(metadata=citizens(), description="One of one's own, with the lines of its bill.")
    async def treatment(self, info: Info, treatment_id: strawberry.ID) -> Treatment | None:
        services, key = info.context.services, key_of(treatment_id, "Treatment")
        found = await services.payment.treatments.one(info.context.viewer, key)
        return Treatment.of(found, services.organisations.tree, services.payment.treatments.now) if found else None


@strawberry.type
class TreatmentMutation:
    @strawberry.mutation(
        metadata=citizens(),
        description="Hold the estimate on one's credit line, for thirty days; by the payment PIN above 1,000 yuan.",
    )
    async def confirm_treatment(
        self, info: Info, treatment_id: strawberry.ID, idempotency_key: IdempotencyKey, pin: str | None = None
    ) -> ConfirmTreatmentResult:
        services, key = info.context.services, key_of(treatment_id, "Treatment")
        done = await services.payment.treatments.confirm(info.context.viewer, key, idempotency_key, pin)
        shown = Treatment.of(done, services.organisations.tree, services.payment.treatments.now)
        return TreatmentChanged(treatment=shown)

    @strawberry.mutation(metadata=citizens(), description="The hospital learns that it is not confirmed, not why.")
    async def decline_treatment(
        self, info: Info, treatment_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> DeclineTreatmentResult:
        services, key = info.context.services, key_of(treatment_id, "Treatment")
        done = await services.payment.treatments.decline(info.context.viewer, key, idempotency_key)
        shown = Treatment.of(done, services.organisations.tree, services.payment.treatments.now)
        return TreatmentChanged(treatment=shown)
