"""What departments hold of a citizen, and what he agrees to."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    Node,
    citizens,
    connection,
    key_of,
)
from graphql_schema.types.government.shared_data import (
    Consent,
    ConsentGiven,
    ConsentInput,
    ConsentTakenBack,
    DataAboutMe,
)
from graphql_schema.types.government.shared_data_errors import (
    ConsentTimeInvalid,
    ConsentUnknown,
    ConsentWithdrawn,
    DataFieldUnknown,
    DataSetUnknown,
    NobodyAsks,
)

GiveConsentResult = Annotated[
    ConsentGiven | DataSetUnknown | DataFieldUnknown | NobodyAsks | ConsentTimeInvalid | IdempotencyConflict,
    strawberry.union("GiveConsentResult"),
]
WithdrawConsentResult = Annotated[
    ConsentTakenBack | ConsentUnknown | ConsentWithdrawn | IdempotencyConflict,
    strawberry.union("WithdrawConsentResult"),
]


@strawberry.type
class SharedDataQuery:
    @strawberry.field(
        metadata=citizens(), description="What departments hold of you, and who may ask for it on which ground."
    )
    async def data_sets(self, info: Info) -> list[DataAboutMe]:
        services, locale = info.context.services, info.context.locale
        known = await services.government.consents.known_of_me(info.context.viewer)
        return [DataAboutMe.of(one, services.organisations.tree, locale) for one in known]

    @strawberry.field(
        metadata=citizens(ward_scope="applications:manage"), description="What you agreed to, newest first."
    )
    async def consents(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Consent]:
        services, request = info.context.services, PageRequest.of(first, after)
        page, now = await services.government.consents.mine(info.context.viewer, request)
        tree = services.organisations.tree
        return connection(page, lambda one: one.id, lambda one: Consent.of(one, tree, now))


@strawberry.type
class SharedDataMutation:
    @strawberry.mutation(
        metadata=citizens(ward_scope="applications:manage"),
        description="Agree that an organisation is told these fields, in place of what you agreed to before for the "
        "same. A guardian agrees for a ward's applications only.",
    )
    async def give_consent(
        self, info: Info, consent: ConsentInput, idempotency_key: IdempotencyKey
    ) -> GiveConsentResult:
        services = info.context.services
        given = await services.government.consents.give(info.context.viewer, consent.wish(), idempotency_key)
        return ConsentGiven(consent=Consent.of(given, services.organisations.tree, given.given_at))

    @strawberry.mutation(
        metadata=citizens(ward_scope="applications:manage"),
        description="From the next request on nothing is told by it.",
    )
    async def withdraw_consent(
        self, info: Info, consent_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawConsentResult:
        services, key = info.context.services, key_of(consent_id, "Consent")
        gone = await services.government.consents.withdraw(info.context.viewer, key, idempotency_key)
        return ConsentTakenBack(consent=Consent.of(gone, services.organisations.tree, gone.given_at))


async def consent_node(info: Info, key: str) -> Node | None:
    services = info.context.services
    found = await services.government.consents.one(info.context.viewer, key)
    return Consent.of(found[0], services.organisations.tree, found[1]) if found else None
