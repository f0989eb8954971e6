"""Offering data, asking for access to it, answering, and fetching what is told of a citizen."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.government.shared_data.accesses.model import AccessState
from app.domains.government.shared_data.sets.model import SCOPE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.government.shared_data import (
    DataAccess,
    DataAccessAnswered,
    DataAccessInput,
    DataAccessRequested,
    DataSet,
    DataSetInput,
    DataSetOffered,
    DataSetWithdrawn,
    DataSubjectInput,
    SharedDataFetched,
)
from graphql_schema.types.government.shared_data_errors import (
    DataAccessClosed,
    DataAccessInvalid,
    DataAccessUnknown,
    DataFieldUnknown,
    DataSetInvalid,
    DataSetTaken,
    DataSetUnknown,
    ExchangeUnavailable,
    NoConsent,
    NoDataAccess,
    PurposeNotOffered,
    SubjectNotVerified,
    SubjectUnknown,
)

_MOST_FIELDS = 40
OfferDataSetResult = Annotated[
    DataSetOffered | DataSetInvalid | DataSetTaken | IdempotencyConflict, strawberry.union("OfferDataSetResult")
]
WithdrawDataSetResult = Annotated[
    DataSetWithdrawn | DataSetUnknown | DataSetTaken | IdempotencyConflict, strawberry.union("WithdrawDataSetResult")
]
RequestDataAccessResult = Annotated[
    DataAccessRequested
    | DataSetUnknown
    | DataFieldUnknown
    | PurposeNotOffered
    | DataAccessInvalid
    | IdempotencyConflict,
    strawberry.union("RequestDataAccessResult"),
]
AnswerDataAccessResult = Annotated[
    DataAccessAnswered | DataAccessUnknown | DataAccessClosed | DataAccessInvalid | IdempotencyConflict,
    strawberry.union("AnswerDataAccessResult"),
]
FetchSharedDataResult = Annotated[
    SharedDataFetched
    | DataSetUnknown
    | DataFieldUnknown
    | SubjectUnknown
    | SubjectNotVerified
    | NoDataAccess
    | NoConsent
    | ExchangeUnavailable
    | IdempotencyConflict,
    strawberry.union("FetchSharedDataResult"),
]


@strawberry.type
class ProviderSharedDataQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="What departments offer.")
    async def data_sets(self, info: Info) -> list[DataSet]:
        services, locale = info.context.services, info.context.locale
        offered = await services.government.data_sets.on_offer()
        return [DataSet.of(one, services.organisations.tree, locale) for one in offered.values()]

    @strawberry.field(
        metadata=providers(scope=SCOPE),
        description="What your organisation asked for, newest first; with `ofMine`, what others ask of your data.",
    )
    async def data_accesses(
        self, info: Info, of_mine: bool = False, first: int | None = None, after: str | None = None
    ) -> Connection[DataAccess]:
        services, request = info.context.services, PageRequest.of(first, after)
        accesses, tree = services.government.data_accesses, services.organisations.tree
        page = await (accesses.of_mine if of_mine else accesses.asked)(info.context.viewer, request)
        return connection(page, lambda one: one.id, lambda one: DataAccess.of(one, tree))


@strawberry.type
class ProviderSharedDataMutation:
    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Offer data, or amend your offer of it.")
    async def offer_data_set(
        self, info: Info, data_set: DataSetInput, idempotency_key: IdempotencyKey
    ) -> OfferDataSetResult:
        services, viewer = info.context.services, info.context.viewer
        made = await services.government.data_sets.offer(viewer, data_set.wanted(), idempotency_key)
        return DataSetOffered(data_set=DataSet.of(made, services.organisations.tree, info.context.locale))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Nothing is fetched from it from now on, whoever had leave."
    )
    async def withdraw_data_set(self, info: Info, code: str, idempotency_key: IdempotencyKey) -> WithdrawDataSetResult:
        services = info.context.services
        gone = await services.government.data_sets.withdraw(info.context.viewer, code, idempotency_key)
        return DataSetWithdrawn(data_set=DataSet.of(gone, services.organisations.tree, info.context.locale))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Ask who offers data for leave to ask for these fields."
    )
    async def request_data_access(
        self, info: Info, access: DataAccessInput, idempotency_key: IdempotencyKey
    ) -> RequestDataAccessResult:
        services, viewer = info.context.services, info.context.viewer
        made = await services.government.data_accesses.request(viewer, access.wanted(), idempotency_key)
        return DataAccessRequested(data_access=DataAccess.of(made, services.organisations.tree))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Grant or refuse what is asked of your data, or end what was granted. The answer says why.",
    )
    async def answer_data_access(
        self, info: Info, access_id: strawberry.ID, state: AccessState, answer: str, idempotency_key: IdempotencyKey
    ) -> AnswerDataAccessResult:
        services, key = info.context.services, key_of(access_id, "DataAccess")
        accesses = services.government.data_accesses
        done = await accesses.answer(info.context.viewer, key, state, answer, idempotency_key)
        return DataAccessAnswered(data_access=DataAccess.of(done, services.organisations.tree))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Be told these fields of a citizen, who sees it. Within an application under the consent given for "
        "it; else by an access your organisation was granted, with his consent or by law.",
    )
    async def fetch_shared_data(
        self,
        info: Info,
        subject: DataSubjectInput,
        data_set: str,
        fields: list[str],
        purpose: str,
        idempotency_key: IdempotencyKey,
    ) -> FetchSharedDataResult:
        if len(fields) > _MOST_FIELDS:
            raise BadInput(field="fields")
        fetching, (by, which) = info.context.services.government.data_fetches, subject.named()
        done = await fetching.fetch(
            info.context.viewer, by, which, data_set, list(dict.fromkeys(fields)), purpose, idempotency_key
        )
        return SharedDataFetched.of(done)
