"""Treatments that are paid later, for the hospital: asking, charging, giving up."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.money import Currency
from app.core.paging import PageRequest
from app.domains.payment.treatments.model import TreatmentState, TreatmentWanted
from graphql_schema.types.card_errors import (
    CardNotActive,
    CodeExpired,
    CodeForOtherPurpose,
    CodeMalformed,
    CodeUnknown,
    CodeUsed,
    NoCard,
)
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.payment.credit_errors import (
    TreatmentAboveHeld,
    TreatmentInvalid,
    TreatmentNotInState,
    TreatmentUnknown,
)
from graphql_schema.types.payment.money import AmountInvalid, CurrencyWrong, MoneyInput
from graphql_schema.types.payment.treatments import (
    Treatment,
    TreatmentAsked,
    TreatmentBillLineInput,
    TreatmentChanged,
)

AuthoriseTreatmentResult = Annotated[
    TreatmentAsked
    | TreatmentInvalid
    | AmountInvalid
    | CurrencyWrong
    | CodeMalformed
    | CodeUnknown
    | CodeUsed
    | CodeExpired
    | CodeForOtherPurpose
    | NoCard
    | CardNotActive
    | IdempotencyConflict,
    strawberry.union("AuthoriseTreatmentResult"),
]
ChargeTreatmentResult = Annotated[
    TreatmentChanged
    | TreatmentUnknown
    | TreatmentNotInState
    | TreatmentInvalid
    | TreatmentAboveHeld
    | AmountInvalid
    | CurrencyWrong
    | IdempotencyConflict,
    strawberry.union("ChargeTreatmentResult"),
]
CancelTreatmentResult = Annotated[
    TreatmentChanged | TreatmentUnknown | TreatmentNotInState | IdempotencyConflict,
    strawberry.union("CancelTreatmentResult"),
]
_SCOPE = "treatments"


@strawberry.type
class ProviderTreatmentQuery:
    @strawberry.field(metadata=providers(scope=_SCOPE), description="What this hospital asked for, newest first.")
    async def treatments(
        self,
        info: Info,
        states: list[TreatmentState] | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Treatment]:
        services, request = info.context.services, PageRequest.of(first, after)
        rooms, tree = services.payment.treatments, services.organisations.tree
        page = await rooms.at_hospital(info.context.viewer, states or (), request)
        return connection(page, lambda one: one.id, lambda one: Treatment.of(one, tree, rooms.now))

    @strawberry.field(metadata=providers(scope=_SCOPE), description="One of them.")
    async def treatment(self, info: Info, treatment_id: strawberry.ID) -> Treatment | None:
        services, key = info.context.services, key_of(treatment_id, "Treatment")
        found = await services.payment.treatments.one_at_hospital(info.context.viewer, key)
        return Treatment.of(found, services.organisations.tree, services.payment.treatments.now) if found else None


@strawberry.type
class ProviderTreatmentMutation:
    @strawberry.mutation(
        metadata=providers(scope=_SCOPE),
        description="For whoever shows a code of his card for a hospital (which takes verify:hospital, too): he is "
        "asked to confirm, within 15 minutes. `treatment(id)` tells when he has.",
    )
    async def authorise_treatment(
        self,
        info: Info,
        code: str,
        reference: str,
        about: str,
        estimate: MoneyInput,
        idempotency_key: IdempotencyKey,
    ) -> AuthoriseTreatmentResult:
        services = info.context.services
        wanted = TreatmentWanted(reference, about, estimate.read(Currency.CNY).fen)
        asked = await services.payment.treatments.ask(info.context.viewer, code, wanted, idempotency_key)
        shown = Treatment.of(asked, services.organisations.tree, services.payment.treatments.now)
        return TreatmentAsked(treatment=shown)

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE),
        description="The medical bill, once: up to what was authorised; the rest is let go. It is due in 30 days.",
    )
    async def charge_treatment(
        self,
        info: Info,
        treatment_id: strawberry.ID,
        bill: list[TreatmentBillLineInput],
        idempotency_key: IdempotencyKey,
    ) -> ChargeTreatmentResult:
        services, key = info.context.services, key_of(treatment_id, "Treatment")
        lines = [line.read() for line in bill]
        done = await services.payment.treatments.charge(info.context.viewer, key, lines, idempotency_key)
        shown = Treatment.of(done, services.organisations.tree, services.payment.treatments.now)
        return TreatmentChanged(treatment=shown)

    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="It is not needed: what is held is let go.")
    async def cancel_treatment(
        self, info: Info, treatment_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CancelTreatmentResult:
        services, key = info.context.services, key_of(treatment_id, "Treatment")
        done = await services.payment.treatments.cancel(info.context.viewer, key, idempotency_key)
        shown = Treatment.of(done, services.organisations.tree, services.payment.treatments.now)
        return TreatmentChanged(treatment=shown)
