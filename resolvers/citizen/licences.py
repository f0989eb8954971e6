"""The wallet of licences, and showing one."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens, key_of
from graphql_schema.types.licences import (
    Licence,
    LicenceNotActive,
    LicenceShown,
    LicenceUnknown,
    PurposeNotForLicence,
)
from virtual_card.licences import model
from virtual_card.licences.model import LicencePurpose

_SCOPE = "card:show"
ShowLicenceResult = Annotated[
    LicenceShown | LicenceUnknown | LicenceNotActive | PurposeNotForLicence | IdempotencyConflict,
    strawberry.union("ShowLicenceResult"),
]


def in_wallet(licence: model.Licence, info: Info) -> Licence:
    return Licence.of(licence, info.context.services, info.context.locale)


@strawberry.type
class LicenceQuery:
    @strawberry.field(metadata=citizens(ward_scope=_SCOPE), description="Newest first, without what was replaced.")
    async def licences(self, info: Info) -> list[Licence]:
        return [in_wallet(one, info) for one in await info.context.services.licences.mine(info.context.viewer)]

    @strawberry.field(metadata=citizens(ward_scope=_SCOPE), description="Null for what is not there or not yours.")
    async def licence(self, info: Info, id: strawberry.ID) -> Licence | None:
        found = await info.context.services.licences.one(info.context.viewer, key_of(id, "Licence"))
        return in_wallet(found, info) if found else None


@strawberry.type
class LicenceMutation:
    @strawberry.mutation(
        metadata=citizens(ward_scope=_SCOPE), description="A one-use code for a verifier, good for 60 seconds."
    )
    async def show_licence(
        self, info: Info, id: strawberry.ID, purpose: LicencePurpose, idempotency_key: IdempotencyKey
    ) -> ShowLicenceResult:
        viewer, licence = info.context.viewer, key_of(id, "Licence")
        code = await info.context.services.licence_showing.show(viewer, licence, purpose, idempotency_key)
        return LicenceShown.of(code)
