"""Handling applications: the work list, opening one, and each step up to its delivery."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.government.applications.handling.service import SCOPE
from app.domains.government.applications.history.model import State
from app.domains.government.applications.model import Application
from app.domains.government.applications.store import turn_of
from graphql_schema.types.card_errors import NotVerified
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.government.application_errors import (
    ApplicationChanged,
    ApplicationStateWrong,
    ApplicationWordsMissing,
    CorrectionAlreadyAsked,
    CorrectionPointUnknown,
    ExtensionRefused,
    HeldByAnother,
    LicenceFactUnfit,
    LicenceKindUnknown,
    NotAppliedOnline,
    NotHeld,
    ServiceApplicationUnknown,
)
from graphql_schema.types.government.applications import Seen
from graphql_schema.types.government.handled_applications import (
    ApplicationHandled,
    ApplicationOpened,
    CorrectionPointInput,
    HandledApplication,
    LicenceFactInput,
)

_MOST_FACTS, _MOST_POINTS = 30, 50
_Step = (
    ServiceApplicationUnknown
    | ApplicationStateWrong
    | ApplicationChanged
    | HeldByAnother
    | NotHeld
    | IdempotencyConflict
)
OpenApplicationResult = Annotated[
    ApplicationOpened | ServiceApplicationUnknown | IdempotencyConflict, strawberry.union("OpenApplicationResult")
]
ApplicationStepResult = Annotated[ApplicationHandled | _Step, strawberry.union("ApplicationStepResult")]
RefuseApplicationResult = Annotated[
    ApplicationHandled | ApplicationWordsMissing | _Step, strawberry.union("RefuseApplicationResult")
]
AskCorrectionResult = Annotated[
    ApplicationHandled
    | CorrectionAlreadyAsked
    | CorrectionPointUnknown
    | ApplicationWordsMissing
    | NotAppliedOnline
    | _Step,
    strawberry.union("AskCorrectionResult"),
]
ExtendApplicationResult = Annotated[
    ApplicationHandled | ExtensionRefused | _Step, strawberry.union("ExtendApplicationResult")
]
DecideApplicationResult = Annotated[
    ApplicationHandled | ApplicationWordsMissing | _Step, strawberry.union("DecideApplicationResult")
]
DeliverApplicationResult = Annotated[
    ApplicationHandled | LicenceKindUnknown | LicenceFactUnfit | NotVerified | NotAppliedOnline | _Step,
    strawberry.union("DeliverApplicationResult"),
]


async def seen(info: Info, applications: Collection[Application]) -> Seen:
    services = info.context.services
    items = await services.government.catalogue.items({one.item for one in applications})
    calendar, now = services.government.drafts.time()
    return Seen(services.organisations.tree, items, calendar, now, info.context.locale)


async def handled(info: Info, one: Application) -> ApplicationHandled:
    return ApplicationHandled(application=HandledApplication.of(one, await seen(info, [one])))


def _key(application_id: strawberry.ID) -> str:
    return key_of(application_id, "ServiceApplication")


@strawberry.type
class ProviderApplicationQuery:
    @strawberry.field(
        metadata=providers(scope=SCOPE),
        description="Applications in the hands of your organisation and those below it, by the day they are due. "
        "`mine`: those you have taken over. `dueBy`: due no later than this day.",
    )
    async def applications_to_handle(
        self,
        info: Info,
        state: State,
        mine: bool = False,
        due_by: date | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[HandledApplication]:
        service, request = info.context.services.government.handling, PageRequest.of(first, after)
        page = await service.desk(info.context.viewer, state, request, mine=mine, due_by=due_by)
        words = await seen(info, page.items)
        return connection(page, turn_of, lambda one: HandledApplication.of(one, words))

    @strawberry.field(
        metadata=providers(scope=SCOPE), description="By the number that the applicant quotes, typed as it may be."
    )
    async def application_to_handle(self, info: Info, number: str) -> HandledApplication | None:
        found = await info.context.services.government.handling.by_number(info.context.viewer, number)
        return HandledApplication.of(found, await seen(info, [found])) if found else None


@strawberry.type
class ProviderApplicationMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Read all that was handed in. The applicant sees in his ledger that you did.",
    )
    async def open_application(
        self, info: Info, application_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> OpenApplicationResult:
        service = info.context.services.government.handling
        opened = await service.open(info.context.viewer, _key(application_id), idempotency_key)
        return ApplicationOpened.of(opened, await seen(info, [opened.application]))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Take it over: nobody else acts on it then.")
    async def claim_application(
        self, info: Info, application_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ApplicationStepResult:
        service = info.context.services.government.handling
        return await handled(info, await service.claim(info.context.viewer, _key(application_id), idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Give it back. A supervisor may take it from another."
    )
    async def release_application(
        self, info: Info, application_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ApplicationStepResult:
        service = info.context.services.government.handling
        return await handled(info, await service.release(info.context.viewer, _key(application_id), idempotency_key))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Take it in (受理).")
    async def accept_application(
        self, info: Info, application_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ApplicationStepResult:
        service = info.context.services.government.handling
        return await handled(info, await service.accept(info.context.viewer, _key(application_id), idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Do not take it in (不予受理): why, and how to appeal."
    )
    async def refuse_application(
        self, info: Info, application_id: strawberry.ID, reason: str, remedy: str, idempotency_key: IdempotencyKey
    ) -> RefuseApplicationResult:
        service, key = info.context.services.government.handling, _key(application_id)
        return await handled(info, await service.refuse(info.context.viewer, key, reason, remedy, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Say all that is to be mended (一次性告知), once. The clocks stand still until the answer.",
    )
    async def ask_correction(
        self,
        info: Info,
        application_id: strawberry.ID,
        points: list[CorrectionPointInput],
        idempotency_key: IdempotencyKey,
    ) -> AskCorrectionResult:
        if len(points) > _MOST_POINTS:
            raise BadInput(field="points")
        service, wanted = info.context.services.government.handling, [point.parsed() for point in points]
        key = _key(application_id)
        return await handled(info, await service.ask_correction(info.context.viewer, key, wanted, idempotency_key))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="It is being reviewed.")
    async def begin_review(
        self, info: Info, application_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ApplicationStepResult:
        service, key = info.context.services.government.handling, _key(application_id)
        return await handled(info, await service.begin_review(info.context.viewer, key, idempotency_key))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="More working days, once; the applicant is told.")
    async def extend_application(
        self, info: Info, application_id: strawberry.ID, days: int, idempotency_key: IdempotencyKey
    ) -> ExtendApplicationResult:
        service, key = info.context.services.government.handling, _key(application_id)
        return await handled(info, await service.extend(info.context.viewer, key, days, idempotency_key))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Grant it or turn it down, with the reason; who is turned down is told how to appeal.",
    )
    async def decide_application(
        self,
        info: Info,
        application_id: strawberry.ID,
        granted: bool,
        reason: str,
        idempotency_key: IdempotencyKey,
        remedy: str | None = None,
    ) -> DecideApplicationResult:
        service, key = info.context.services.government.handling, _key(application_id)
        done = await service.decide(info.context.viewer, key, granted, reason, remedy, idempotency_key)
        return await handled(info, done)

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="What was granted has reached the applicant; a licence is issued into his wallet.",
    )
    async def deliver_application(
        self,
        info: Info,
        application_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        facts: list[LicenceFactInput] | None = None,
    ) -> DeliverApplicationResult:
        said = {fact.name: fact.value for fact in facts or ()}
        if len(said) != len(facts or ()) or len(said) > _MOST_FACTS:
            raise BadInput(field="facts")
        service, key = info.context.services.government.handling, _key(application_id)
        return await handled(info, await service.deliver(info.context.viewer, key, said, idempotency_key))
