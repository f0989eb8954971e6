"""Public cases: reading them, offering what is alike, publishing one's own, joining, supporting and following."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.domains.voice.public.following.model import Tie
from app.domains.voice.public.publishing.model import Wanted
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
from graphql_schema.types.voice.case_errors import (
    CaseChanged,
    CaseFull,
    CaseStateWrong,
    CaseUnknown,
    CaseWordsMissing,
    CaseWordsTooLong,
    GradeInvalid,
)
from graphql_schema.types.voice.cases import Case, Seen
from graphql_schema.types.voice.public_cases import (
    CasePreview,
    CaseTied,
    CaseUntied,
    JoinedCaseRated,
    NearbyCase,
    PublicCase,
    SimilarPublicCase,
    TiedCase,
    TiesToCase,
)
from graphql_schema.types.voice.public_errors import (
    CaseNotPublic,
    CaseOver,
    CasePublicAlready,
    JoinRatedAlready,
    NotJoined,
    OwnCase,
    PreviewChanged,
)
from resolvers.citizen.voice.cases import MANAGE

_MOST_ASKED = 100


@strawberry.type
class CasePublished:
    case: Case


@strawberry.type
class CaseUnpublished:
    case: Case


_Step = CaseUnknown | CaseChanged | CaseFull | IdempotencyConflict
PublishCaseResult = Annotated[
    CasePublished | PreviewChanged | CasePublicAlready | CaseWordsMissing | _Step, strawberry.union("PublishCaseResult")
]
UnpublishCaseResult = Annotated[
    CaseUnpublished | CaseNotPublic | CaseWordsTooLong | _Step, strawberry.union("UnpublishCaseResult")
]
TieCaseResult = Annotated[
    CaseTied | CaseNotPublic | OwnCase | CaseOver | IdempotencyConflict, strawberry.union("TieCaseResult")
]
UntieCaseResult = Annotated[CaseUntied | IdempotencyConflict, strawberry.union("UntieCaseResult")]
RateJoinedCaseResult = Annotated[
    JoinedCaseRated
    | NotJoined
    | JoinRatedAlready
    | GradeInvalid
    | CaseStateWrong
    | CaseWordsTooLong
    | IdempotencyConflict,
    strawberry.union("RateJoinedCaseResult"),
]


def _public(case_id: strawberry.ID) -> str:
    return key_of(case_id, "PublicCase")


def _point(latitude: float, longitude: float) -> Point:
    """Raises BadInput."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise BadInput(field="latitude")
    return Point(latitude, longitude)


@strawberry.type
class PublicCaseQuery:
    @strawberry.field(
        metadata=everyone(), description="The case that was filed last comes first; `district` is six digits."
    )
    async def public_cases(
        self, info: Info, district: str | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[PublicCase]:
        service, seen = info.context.services.voice.publishing, Seen.of(info)
        page = await service.listed(Wanted(district), PageRequest.of(first, after))
        return connection(page, lambda one: one.id, lambda one: PublicCase.of(one, seen))

    @strawberry.field(metadata=everyone(), description="With what the unit replied. Null when it is not public.")
    async def public_case(self, info: Info, case_id: strawberry.ID) -> PublicCase | None:
        found = await info.context.services.voice.publishing.one(_public(case_id))
        return PublicCase.of(found, Seen.of(info)) if found else None

    @strawberry.field(metadata=everyone(), description="The nearest first, of the newest around; 5,000 metres at most.")
    async def public_cases_near(
        self, info: Info, latitude: float, longitude: float, metres: int = 1_000
    ) -> list[NearbyCase]:
        found = await info.context.services.voice.publishing.near(_point(latitude, longitude), metres)
        seen = Seen.of(info)
        return [NearbyCase.of(one, seen) for one in found]

    @strawberry.field(
        metadata=citizens(ward_scope=MANAGE),
        description="Public cases within 250 m and 14 days that are like this: to join one of them instead.",
    )
    async def similar_cases(
        self, info: Info, latitude: float, longitude: float, words: str, category: str | None = None
    ) -> list[SimilarPublicCase]:
        service, point = info.context.services.voice.likeness, _point(latitude, longitude)
        found = await service.public_like(point, category, words)
        seen = Seen.of(info)
        return [SimilarPublicCase.of(one, seen) for one in found]

    @strawberry.field(
        metadata=citizens(ward_scope=MANAGE),
        description="One's own case as everybody would read it; `alsoStrike`: words that go besides.",
    )
    async def preview_publication(
        self, info: Info, case_id: strawberry.ID, also_strike: list[str] | None = None
    ) -> CasePreview | None:
        service, key = info.context.services.voice.publishing, key_of(case_id, "Case")
        found = await service.preview(info.context.viewer, key, also_strike or [])
        return CasePreview.of(found) if found else None

    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="The newest tie first.")
    async def tied_cases(
        self, info: Info, tie: Tie, first: int | None = None, after: str | None = None
    ) -> Connection[TiedCase]:
        service, seen = info.context.services.voice.ties, Seen.of(info)
        page = await service.mine(info.context.viewer, tie, PageRequest.of(first, after))
        return connection(page, lambda one: one.tied.at.isoformat(), lambda one: TiedCase.of(one, seen))

    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="How one is tied to these cases, 100 at most.")
    async def ties_to_cases(self, info: Info, case_ids: list[strawberry.ID]) -> list[TiesToCase]:
        if len(case_ids) > _MOST_ASKED:
            raise BadInput(field="caseIds")
        cases = [_public(one) for one in case_ids]
        return TiesToCase.all(cases, await info.context.services.voice.ties.among(info.context.viewer, cases))


@strawberry.type
class PublicCaseMutation:
    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE), description="As it was previewed, with the same `alsoStrike`."
    )
    async def publish_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        digest: str,
        idempotency_key: IdempotencyKey,
        also_strike: list[str] | None = None,
    ) -> PublishCaseResult:
        service, key = info.context.services.voice.publishing, key_of(case_id, "Case")
        done = await service.publish(info.context.viewer, key, digest, also_strike or [], idempotency_key)
        return CasePublished(case=Case.of(done, Seen.of(info)))

    @strawberry.mutation(metadata=citizens(ward_scope=MANAGE), description="The case itself stays as it is.")
    async def unpublish_case(
        self, info: Info, case_id: strawberry.ID, idempotency_key: IdempotencyKey, reason: str | None = None
    ) -> UnpublishCaseResult:
        service, key = info.context.services.voice.publishing, key_of(case_id, "Case")
        done = await service.unpublish(info.context.viewer, key, reason or "", idempotency_key)
        return CaseUnpublished(case=Case.of(done, Seen.of(info)))

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="Support, follow or join a public case; once, however often it is asked for.",
    )
    async def tie_case(
        self, info: Info, case_id: strawberry.ID, tie: Tie, idempotency_key: IdempotencyKey
    ) -> TieCaseResult:
        service = info.context.services.voice.ties
        tied = await service.tie(info.context.viewer, tie, _public(case_id), idempotency_key)
        return CaseTied(case=PublicCase.of(tied, Seen.of(info)))

    @strawberry.mutation(metadata=citizens(ward_scope=MANAGE), description="Support, follow, be part of it no longer.")
    async def untie_case(
        self, info: Info, case_id: strawberry.ID, tie: Tie, idempotency_key: IdempotencyKey
    ) -> UntieCaseResult:
        service = info.context.services.voice.ties
        await service.untie(info.context.viewer, tie, _public(case_id), idempotency_key)
        return CaseUntied(case_id=case_id)

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="Having joined: was it solved for oneself? Counted beside the reporter's word; it reopens nothing.",
    )
    async def rate_joined_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        solved: bool,
        grade: int,
        idempotency_key: IdempotencyKey,
        reason: str | None = None,
    ) -> RateJoinedCaseResult:
        service, key = info.context.services.voice.ties, _public(case_id)
        done = await service.rate(info.context.viewer, key, solved, grade, reason, idempotency_key)
        return JoinedCaseRated(case=PublicCase.of(done, Seen.of(info)) if done else None)


async def public_case_node(info: Info, key: str) -> Node | None:
    found = await info.context.services.voice.publishing.one(key)
    return PublicCase.of(found, Seen.of(info)) if found else None
