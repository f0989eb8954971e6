"""One's own cases: filing, following, adding something, taking back, rating; and by number and receipt."""

from __future__ import annotations

from collections.abc import AsyncGenerator
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
    everyone,
    key_of,
)
from graphql_schema.types.place_errors import OutsideCity, PlaceNotOnEarth
from graphql_schema.types.uploads import UploadClaimed, UploadNotReady, UploadUnknown
from graphql_schema.types.voice.asset_errors import AssetRetired, AssetUnknown
from graphql_schema.types.voice.case_errors import (
    AlreadyRated,
    CaseChanged,
    CaseFull,
    CaseStateWrong,
    CaseUnknown,
    CaseWordsMissing,
    CaseWordsTooLong,
    CategoryUnknown,
    GradeInvalid,
    ReceiptWrong,
    TooManyCases,
)
from graphql_schema.types.voice.cases import (
    Case,
    CaseCategory,
    CaseCommented,
    CaseFiled,
    CaseInput,
    CaseLine,
    CaseRated,
    CaseRatingInput,
    CaseWithdrawn,
    Seen,
)
from graphql_schema.types.voice.clocks import CaseClock
from graphql_schema.types.voice.place_errors import DivisionUnknown

MANAGE = "voice:manage"
_Words = CaseWordsMissing | CaseWordsTooLong
_Files = UploadUnknown | UploadNotReady | UploadClaimed
_Mine = CaseUnknown | CaseStateWrong | CaseChanged | CaseFull | IdempotencyConflict
FileCaseResult = Annotated[
    CaseFiled
    | _Words
    | CategoryUnknown
    | PlaceNotOnEarth
    | OutsideCity
    | DivisionUnknown
    | AssetUnknown
    | AssetRetired
    | TooManyCases
    | _Files
    | IdempotencyConflict,
    strawberry.union("FileCaseResult"),
]
CommentOnCaseResult = Annotated[CaseCommented | _Words | _Files | _Mine, strawberry.union("CommentOnCaseResult")]
WithdrawCaseResult = Annotated[CaseWithdrawn | _Mine, strawberry.union("WithdrawCaseResult")]
RateCaseResult = Annotated[CaseRated | AlreadyRated | GradeInvalid | _Words | _Mine, strawberry.union("RateCaseResult")]
RateCaseByReceiptResult = Annotated[
    CaseRated
    | AlreadyRated
    | GradeInvalid
    | _Words
    | ReceiptWrong
    | CaseStateWrong
    | CaseChanged
    | CaseFull
    | IdempotencyConflict,
    strawberry.union("RateCaseByReceiptResult"),
]


@strawberry.type
class CaseQuery:
    @strawberry.field(metadata=everyone(), description="What cases are about, the whole tree, in order.")
    async def case_categories(self, info: Info) -> list[CaseCategory]:
        tree, locale = info.context.services.voice.categories.tree, info.context.locale
        return [CaseCategory.of(one, locale) for one in tree.nodes.values() if not one.retired]

    @strawberry.field(
        metadata=citizens(ward_scope=MANAGE), description="Newest first; `open` null: all. Anonymous ones are not here."
    )
    async def my_cases(
        self, info: Info, open: bool | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[CaseLine]:
        service, seen = info.context.services.voice.cases, Seen.of(info)
        page = await service.mine(info.context.viewer, open, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, lambda one: CaseLine.of(one, seen))

    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="By its id, or by the number that is quoted.")
    async def case(self, info: Info, case_id: strawberry.ID | None = None, number: str | None = None) -> Case | None:
        service, viewer = info.context.services.voice.cases, info.context.viewer
        if case_id:
            found = await service.one(viewer, key_of(case_id, "Case"))
        else:
            found = await service.by_number(viewer, number or "")
        return Case.of(found, Seen.of(info)) if found else None

    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="The clock of a case. Null: it has none yet.")
    async def case_clock(self, info: Info, case_id: strawberry.ID) -> CaseClock | None:
        found = await info.context.services.voice.cases.one(info.context.viewer, key_of(case_id, "Case"))
        seen = Seen.of(info)
        return CaseClock.of(found.clock, seen.calendar, seen.now) if found and found.clock else None

    @strawberry.field(
        metadata=everyone(single=True),
        description="For whoever filed it without a name or an account. Null when they do not belong together.",
    )
    async def case_by_receipt(self, info: Info, number: str, receipt: str) -> Case | None:
        found = await info.context.services.voice.cases.by_receipt(number, receipt, info.context.address)
        return Case.of(found, Seen.of(info)) if found else None


@strawberry.type
class CaseMutation:
    @strawberry.mutation(metadata=citizens(ward_scope=MANAGE), description="What the city is asked.")
    async def file_case(self, info: Info, input: CaseInput, idempotency_key: IdempotencyKey) -> FileCaseResult:
        service = info.context.services.voice.cases
        filed = await service.file(info.context.viewer, input.parsed(), idempotency_key)
        return CaseFiled.of(filed, Seen.of(info))

    @strawberry.mutation(metadata=citizens(ward_scope=MANAGE), description="While it is open. It moves no clock.")
    async def comment_on_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        text: str,
        idempotency_key: IdempotencyKey,
        upload_ids: list[strawberry.ID] | None = None,
    ) -> CommentOnCaseResult:
        service, key = info.context.services.voice.cases, key_of(case_id, "Case")
        files = [key_of(one, "Upload") for one in upload_ids or ()]
        done = await service.comment(info.context.viewer, key, text, files, idempotency_key)
        return CaseCommented(case=Case.of(done, Seen.of(info)))

    @strawberry.mutation(metadata=citizens(ward_scope=MANAGE), description="Until it is handled.")
    async def withdraw_case(
        self, info: Info, case_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawCaseResult:
        service, key = info.context.services.voice.cases, key_of(case_id, "Case")
        done = await service.withdraw(info.context.viewer, key, idempotency_key)
        return CaseWithdrawn(case=Case.of(done, Seen.of(info)))

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="Once for each handling. Not solved, or 1 or 2: it is reopened, once, and goes to somebody else.",
    )
    async def rate_case(
        self, info: Info, case_id: strawberry.ID, rating: CaseRatingInput, idempotency_key: IdempotencyKey
    ) -> RateCaseResult:
        service, key = info.context.services.voice.cases, key_of(case_id, "Case")
        done = await service.rate(info.context.viewer, key, rating.parsed(), idempotency_key)
        return CaseRated(case=Case.of(done, Seen.of(info)))

    @strawberry.mutation(
        metadata=everyone(single=True), description="As `rateCase`, for whoever has the number and the receipt."
    )
    async def rate_case_by_receipt(
        self, info: Info, number: str, receipt: str, rating: CaseRatingInput, idempotency_key: IdempotencyKey
    ) -> RateCaseByReceiptResult:
        context, service = info.context, info.context.services.voice.cases
        done = await service.rate_by_receipt(number, receipt, rating.parsed(), context.address, idempotency_key)
        return CaseRated(case=Case.of(done, Seen.of(info)))


@strawberry.type
class CaseSubscription:
    @strawberry.subscription(metadata=citizens(ward_scope=MANAGE), description="A case of one's own as it changes.")
    async def case_changed(self, info: Info, case_id: strawberry.ID) -> AsyncGenerator[Case, None]:
        async with info.context.services.voice.cases.live(info.context.viewer, key_of(case_id, "Case")) as changed:
            async for case in changed:
                yield Case.of(case, Seen.of(info))


async def case_node(info: Info, key: str) -> Node | None:
    found = await info.context.services.voice.cases.one(info.context.viewer, key)
    return Case.of(found, Seen.of(info)) if found else None
