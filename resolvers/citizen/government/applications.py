"""Applying: what is asked, drafts, handing in, and following what was handed in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.government.applications.history.model import State
from app.domains.government.applications.materials.model import Given
from app.domains.government.applications.model import Application
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
from graphql_schema.types.government.application_errors import (
    ApplicationChanged,
    ApplicationStateWrong,
    ApplicationWordsMissing,
    FormInvalid,
    FormVersionChanged,
    MaterialsMissing,
    MaterialUnknown,
    NotAppliedOnline,
    NotOfferedHere,
    RealNameMissing,
    ServiceApplicationUnknown,
    TooManyDrafts,
)
from graphql_schema.types.government.applications import (
    ApplicationForm,
    ApplicationHandedIn,
    ApplicationMended,
    DraftDiscarded,
    DraftKept,
    MaterialGivenInput,
    MaterialStanding,
    Seen,
    ServiceApplication,
    ServiceApplicationLine,
    ServiceApplicationWithdrawn,
)
from graphql_schema.types.uploads import UploadClaimed, UploadNotReady, UploadUnknown

MANAGE = "applications:manage"
_MOST_GIVEN = 100
_Mine = ServiceApplicationUnknown | ApplicationStateWrong | IdempotencyConflict
_Files = MaterialUnknown | UploadUnknown | UploadNotReady | UploadClaimed
BeginApplicationResult = Annotated[
    DraftKept | NotAppliedOnline | NotOfferedHere | TooManyDrafts | IdempotencyConflict,
    strawberry.union("BeginApplicationResult"),
]
SaveDraftResult = Annotated[
    DraftKept | FormVersionChanged | NotAppliedOnline | ApplicationChanged | _Files | _Mine,
    strawberry.union("SaveDraftResult"),
]
MoveDraftResult = Annotated[
    DraftKept | NotAppliedOnline | ApplicationChanged | _Mine, strawberry.union("MoveDraftResult")
]
DiscardDraftResult = Annotated[DraftDiscarded | _Mine, strawberry.union("DiscardDraftResult")]
SubmitApplicationResult = Annotated[
    ApplicationHandedIn
    | NotAppliedOnline
    | NotOfferedHere
    | RealNameMissing
    | FormVersionChanged
    | FormInvalid
    | MaterialsMissing
    | ApplicationChanged
    | _Mine,
    strawberry.union("SubmitApplicationResult"),
]
AnswerCorrectionResult = Annotated[
    ApplicationMended
    | NotAppliedOnline
    | FormInvalid
    | MaterialsMissing
    | ApplicationWordsMissing
    | ApplicationChanged
    | _Files
    | _Mine,
    strawberry.union("AnswerCorrectionResult"),
]
WithdrawServiceApplicationResult = Annotated[
    ServiceApplicationWithdrawn | ApplicationChanged | _Mine, strawberry.union("WithdrawServiceApplicationResult")
]


async def seen(info: Info, applications: Collection[Application]) -> Seen:
    """What is needed to say them in words; items are read by one query, or not at all."""
    services = info.context.services
    items = await services.government.catalogue.items({one.item for one in applications})
    calendar, now = services.government.drafts.time()
    return Seen(services.organisations.tree, items, calendar, now, info.context.locale)


async def shown(info: Info, one: Application) -> ServiceApplication:
    return ServiceApplication.of(one, await seen(info, [one]))


def _given(files: list[MaterialGivenInput]) -> list[Given]:
    """Raises BadInput."""
    if len(files) > _MOST_GIVEN:
        raise BadInput(field="given")
    return [one.parsed() for one in files]


@strawberry.type
class ApplicationQuery:
    @strawberry.field(
        metadata=citizens(ward_scope=MANAGE),
        description="What is asked for an item at a unit (without one, at the nearest), and what is known already. "
        "Null when it is not applied for here.",
    )
    async def application_form(self, info: Info, item: str, unit: str | None = None) -> ApplicationForm | None:
        context, drafts = info.context, info.context.services.government.drafts
        found = await drafts.form(context.viewer, item, unit)
        tree = context.services.organisations.tree
        return ApplicationForm.of(found.offered, found.filled, tree, context.locale) if found else None

    @strawberry.field(
        metadata=citizens(ward_scope=MANAGE),
        description="How the materials of an item would stand, before anything is begun; `answers` as far as known.",
    )
    async def material_check(
        self, info: Info, item: str, unit: str | None = None, answers: JSON | None = None
    ) -> list[MaterialStanding] | None:
        drafts = info.context.services.government.drafts
        standing = await drafts.before(info.context.viewer, item, unit, answers or {})
        return None if standing is None else MaterialStanding.all(standing)

    @strawberry.field(
        metadata=citizens(ward_scope=MANAGE), description="How each material of an application stands now."
    )
    async def check_materials(self, info: Info, application_id: strawberry.ID) -> list[MaterialStanding] | None:
        service, key = info.context.services.government.applications, key_of(application_id, "ServiceApplication")
        standing = await service.check(info.context.viewer, key)
        return None if standing is None else MaterialStanding.all(standing)

    @strawberry.field(
        metadata=citizens(ward_scope=MANAGE), description="Newest first; of all states when none is named."
    )
    async def service_applications(
        self, info: Info, states: list[State] | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[ServiceApplicationLine]:
        service, request = info.context.services.government.applications, PageRequest.of(first, after)
        page = await service.mine(info.context.viewer, states or (), request)
        words = await seen(info, page.items)
        return connection(page, lambda one: one.id, lambda one: ServiceApplicationLine.of(one, words))

    @strawberry.field(metadata=citizens(ward_scope=MANAGE), description="By its id, or by the number that is quoted.")
    async def service_application(
        self, info: Info, application_id: strawberry.ID | None = None, number: str | None = None
    ) -> ServiceApplication | None:
        service, viewer = info.context.services.government.applications, info.context.viewer
        if application_id:
            found = await service.one(viewer, key_of(application_id, "ServiceApplication"))
        else:
            found = await service.by_number(viewer, number or "")
        return await shown(info, found) if found else None


@strawberry.type
class ApplicationMutation:
    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE), description="A draft, filled in with what is known; kept for 90 days."
    )
    async def begin_application(
        self, info: Info, item: str, idempotency_key: IdempotencyKey, unit: str | None = None
    ) -> BeginApplicationResult:
        drafts = info.context.services.government.drafts
        begun = await drafts.begin(info.context.viewer, item, unit, idempotency_key)
        return DraftKept.of(begun, await seen(info, [begun.application]))

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="As it is filled in now, whole; what is wrong so far is told and stops nobody.",
    )
    async def save_draft(
        self,
        info: Info,
        application_id: strawberry.ID,
        version: int,
        answers: JSON,
        given: list[MaterialGivenInput],
        idempotency_key: IdempotencyKey,
    ) -> SaveDraftResult:
        drafts, key = info.context.services.government.drafts, key_of(application_id, "ServiceApplication")
        saved = await drafts.save(info.context.viewer, key, version, answers, _given(given), idempotency_key)
        return DraftKept.of(saved, await seen(info, [saved.application]))

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="To the version of the form that holds now, with what of it still fits.",
    )
    async def move_draft(
        self, info: Info, application_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveDraftResult:
        drafts, key = info.context.services.government.drafts, key_of(application_id, "ServiceApplication")
        moved = await drafts.move(info.context.viewer, key, idempotency_key)
        return DraftKept.of(moved, await seen(info, [moved.application]))

    @strawberry.mutation(metadata=citizens(ward_scope=MANAGE), description="For good, with its files.")
    async def discard_draft(
        self, info: Info, application_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> DiscardDraftResult:
        drafts, key = info.context.services.government.drafts, key_of(application_id, "ServiceApplication")
        await drafts.discard(info.context.viewer, key, idempotency_key)
        return DraftDiscarded(id=application_id)

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="Hand it in, as it was saved last; `version` is the one of the form that was filled in.",
    )
    async def submit_application(
        self, info: Info, application_id: strawberry.ID, version: int, idempotency_key: IdempotencyKey
    ) -> SubmitApplicationResult:
        service, key = info.context.services.government.applications, key_of(application_id, "ServiceApplication")
        done = await service.submit(info.context.viewer, key, version, idempotency_key)
        return ApplicationHandedIn(application=await shown(info, done))

    @strawberry.mutation(
        metadata=citizens(ward_scope=MANAGE),
        description="Answer what the department asked for: form and files anew, whole. The clocks go on.",
    )
    async def answer_correction(
        self,
        info: Info,
        application_id: strawberry.ID,
        answers: JSON,
        given: list[MaterialGivenInput],
        idempotency_key: IdempotencyKey,
        remark: str | None = None,
    ) -> AnswerCorrectionResult:
        service, key = info.context.services.government.applications, key_of(application_id, "ServiceApplication")
        done = await service.mend(info.context.viewer, key, answers, _given(given), remark, idempotency_key)
        return ApplicationMended(application=await shown(info, done))

    @strawberry.mutation(metadata=citizens(ward_scope=MANAGE), description="Until it is decided.")
    async def withdraw_service_application(
        self, info: Info, application_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawServiceApplicationResult:
        service, key = info.context.services.government.applications, key_of(application_id, "ServiceApplication")
        done = await service.withdraw(info.context.viewer, key, idempotency_key)
        return ServiceApplicationWithdrawn(application=await shown(info, done))


async def service_application_node(info: Info, key: str) -> Node | None:
    found = await info.context.services.government.applications.one(info.context.viewer, key)
    return await shown(info, found) if found else None
