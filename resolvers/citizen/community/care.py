"""One's place on the care list, or one's ward's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from app.domains.community.care.model import Pause
from app.domains.identity.guardians.model import WardScope
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens, key_of
from graphql_schema.types.community.care import CareContactInput, CareEntry, CareRhythmInput, CareSaved
from graphql_schema.types.community.estate_errors import EstateUnknown, NotResident
from graphql_schema.types.community.vote_errors import CareEntered, CareInvalid, CareStateWrong, CareUnknown
from graphql_schema.types.identity_errors import PhoneInvalid

_WARD = WardScope.VOICE_MANAGE.value
EnterCareListResult = Annotated[
    CareSaved | CareInvalid | PhoneInvalid | NotResident | EstateUnknown | CareEntered | IdempotencyConflict,
    strawberry.union("EnterCareListResult"),
]
AnswerCareProposalResult = Annotated[
    CareSaved | CareInvalid | PhoneInvalid | CareUnknown | CareStateWrong | IdempotencyConflict,
    strawberry.union("AnswerCareProposalResult"),
]
ChangeCareResult = Annotated[
    CareSaved | CareInvalid | CareUnknown | CareStateWrong | IdempotencyConflict,
    strawberry.union("ChangeCareResult"),
]


@strawberry.type
class CareQuery:
    @strawberry.field(description="Null when one is not on the list.", metadata=citizens(ward_scope=_WARD, live=True))
    async def care_entry(self, info: Info) -> CareEntry | None:
        found = await info.context.services.community.together.caring.entries.mine(info.context.viewer)
        return CareEntry.own(found) if found else None


@strawberry.type
class CareMutation:
    @strawberry.mutation(metadata=citizens(ward_scope=_WARD, live=True))
    async def enter_care_list(
        self,
        info: Info,
        residency_id: strawberry.ID,
        rhythm: CareRhythmInput,
        contact: CareContactInput,
        idempotency_key: IdempotencyKey,
    ) -> EnterCareListResult:
        service, home = info.context.services.community.together.caring.entries, key_of(residency_id, "Residency")
        parts = (rhythm.parsed(), contact.parsed(), idempotency_key)
        return CareSaved(entry=CareEntry.own(await service.enter(info.context.viewer, home, *parts)))

    @strawberry.mutation(description="To what the committee proposed.", metadata=citizens(ward_scope=_WARD, live=True))
    async def answer_care_proposal(
        self, info: Info, accept: bool, contact: CareContactInput, idempotency_key: IdempotencyKey
    ) -> AnswerCareProposalResult:
        service = info.context.services.community.together.caring.entries
        done = await service.answer(info.context.viewer, accept, contact.parsed(), idempotency_key)
        return CareSaved(entry=CareEntry.own(done))

    @strawberry.mutation(description="One is well.", metadata=citizens(ward_scope=_WARD, live=True))
    async def check_in_care(self, info: Info, idempotency_key: IdempotencyKey) -> ChangeCareResult:
        service = info.context.services.community.together.caring.entries
        return CareSaved(entry=CareEntry.own(await service.check_in(info.context.viewer, idempotency_key)))

    @strawberry.mutation(
        description="In hospital, travelling, with family.", metadata=citizens(ward_scope=_WARD, live=True)
    )
    async def pause_care(
        self, info: Info, why: Pause, until: datetime, idempotency_key: IdempotencyKey
    ) -> ChangeCareResult:
        service = info.context.services.community.together.caring.entries
        return CareSaved(entry=CareEntry.own(await service.pause(info.context.viewer, why, until, idempotency_key)))

    @strawberry.mutation(metadata=citizens(ward_scope=_WARD, live=True))
    async def resume_care(self, info: Info, idempotency_key: IdempotencyKey) -> ChangeCareResult:
        service = info.context.services.community.together.caring.entries
        return CareSaved(entry=CareEntry.own(await service.resume(info.context.viewer, idempotency_key)))

    @strawberry.mutation(metadata=citizens(ward_scope=_WARD, live=True))
    async def leave_care_list(self, info: Info, idempotency_key: IdempotencyKey) -> ChangeCareResult:
        service = info.context.services.community.together.caring.entries
        return CareSaved(entry=CareEntry.own(await service.leave(info.context.viewer, idempotency_key)))
