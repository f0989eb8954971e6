"""Seats: filing for a caller, what is like a case, publishing what its reporter wished public."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domains.voice.public.publishing.service import CENTRE
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, key_of, providers
from graphql_schema.types.place_errors import OutsideCity, PlaceNotOnEarth
from graphql_schema.types.voice.asset_errors import AssetRetired, AssetUnknown
from graphql_schema.types.voice.callers import (
    CallerCaseFiled,
    CallerCaseInput,
    CallerNumberInvalid,
    CentreCasePublished,
    ChannelNotSeated,
    SimilarCentreCase,
)
from graphql_schema.types.voice.case_errors import (
    CaseChanged,
    CaseFull,
    CaseUnknown,
    CaseWordsMissing,
    CaseWordsTooLong,
    CategoryUnknown,
)
from graphql_schema.types.voice.office_cases import OfficeWords
from graphql_schema.types.voice.place_errors import DivisionUnknown
from graphql_schema.types.voice.public_cases import CasePreview
from graphql_schema.types.voice.public_errors import (
    CasePublicAlready,
    PreviewChanged,
    PublicationNotWished,
)
from graphql_schema.types.voice.seats import CentreCase

FileCaseForCallerResult = Annotated[
    CallerCaseFiled
    | CallerNumberInvalid
    | ChannelNotSeated
    | CaseWordsMissing
    | CaseWordsTooLong
    | CategoryUnknown
    | PlaceNotOnEarth
    | OutsideCity
    | DivisionUnknown
    | AssetUnknown
    | AssetRetired
    | IdempotencyConflict,
    strawberry.union("FileCaseForCallerResult"),
]
PublishReportedCaseResult = Annotated[
    CentreCasePublished
    | PreviewChanged
    | PublicationNotWished
    | CasePublicAlready
    | CaseWordsMissing
    | CaseUnknown
    | CaseChanged
    | CaseFull
    | IdempotencyConflict,
    strawberry.union("PublishReportedCaseResult"),
]


@strawberry.type
class CallerQuery:
    @strawberry.field(
        metadata=providers(scope=CENTRE),
        description="What was filed within 250 m and 14 days and is like it, public or not. Null: no such case.",
    )
    async def similar_to_case(self, info: Info, case_id: strawberry.ID) -> list[SimilarCentreCase] | None:
        service, key = info.context.services.voice.likeness, key_of(case_id, "Case")
        found = await service.like(info.context.viewer, key)
        words = OfficeWords.of(info)
        return None if found is None else [SimilarCentreCase.of(one, words) for one in found]

    @strawberry.field(
        metadata=providers(scope=CENTRE),
        description="A case as everybody would read it; `alsoStrike`: words that go besides. It is audited.",
    )
    async def preview_publication(
        self, info: Info, case_id: strawberry.ID, also_strike: list[str] | None = None
    ) -> CasePreview | None:
        service, key = info.context.services.voice.publishing, key_of(case_id, "Case")
        found = await service.preview(info.context.viewer, key, also_strike or [])
        return CasePreview.of(found) if found else None


@strawberry.type
class CallerMutation:
    @strawberry.mutation(
        metadata=providers(scope=CENTRE),
        description="For somebody who called: he is texted the number, and a link that opens the case.",
    )
    async def file_case_for_caller(
        self, info: Info, input: CallerCaseInput, idempotency_key: IdempotencyKey
    ) -> FileCaseForCallerResult:
        service = info.context.services.voice.callers
        filed = await service.file(info.context.viewer, input.parsed(), idempotency_key)
        return CallerCaseFiled(case=CentreCase.of(filed, OfficeWords.of(info)))

    @strawberry.mutation(
        metadata=providers(scope=CENTRE), description="As it was previewed, when its reporter wished it to be public."
    )
    async def publish_reported_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        digest: str,
        idempotency_key: IdempotencyKey,
        also_strike: list[str] | None = None,
    ) -> PublishReportedCaseResult:
        service, key = info.context.services.voice.publishing, key_of(case_id, "Case")
        done = await service.publish(info.context.viewer, key, digest, also_strike or [], idempotency_key)
        return CentreCasePublished(case=CentreCase.of(done, OfficeWords.of(info)))
