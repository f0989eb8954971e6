"""Visitors of a citizen's homes, who came in, and cars."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.identity.guardians.model import WardScope
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    everyone,
    key_of,
)
from graphql_schema.types.community.bays import BayLet
from graphql_schema.types.community.estate_errors import EstateUnknown, NotResident
from graphql_schema.types.community.gate_errors import (
    CarPlateInvalid,
    CarPlateTaken,
    CarPlateUnknown,
    NoCarPark,
    PassInvalid,
    PassLimitReached,
    PassRevoked,
    PassTooLate,
    PassUnknown,
    PassUsed,
    TooManyPlates,
)
from graphql_schema.types.community.gates import (
    CarPark,
    EstateGate,
    HomeEntry,
    PlatesSaved,
    ResidentPlate,
    VisitorInput,
    VisitorPass,
    VisitorPassSaved,
)
from graphql_schema.types.identity_errors import PhoneInvalid, SmsRefused

_WARD = WardScope.CARD_MANAGE.value
InviteVisitorResult = Annotated[
    VisitorPassSaved
    | NotResident
    | EstateUnknown
    | PassInvalid
    | PhoneInvalid
    | PassLimitReached
    | IdempotencyConflict,
    strawberry.union("InviteVisitorResult"),
]
SendVisitorLinkResult = Annotated[
    VisitorPassSaved
    | PassUnknown
    | PassInvalid
    | PassRevoked
    | PassUsed
    | PassTooLate
    | SmsRefused
    | IdempotencyConflict,
    strawberry.union("SendVisitorLinkResult"),
]
RevokeVisitorPassResult = Annotated[
    VisitorPassSaved | PassUnknown | PassRevoked | IdempotencyConflict, strawberry.union("RevokeVisitorPassResult")
]
RegisterPlateResult = Annotated[
    PlatesSaved
    | NotResident
    | EstateUnknown
    | NoCarPark
    | CarPlateInvalid
    | CarPlateTaken
    | TooManyPlates
    | IdempotencyConflict,
    strawberry.union("RegisterPlateResult"),
]
RemovePlateResult = Annotated[
    PlatesSaved | CarPlateUnknown | IdempotencyConflict, strawberry.union("RemovePlateResult")
]


@strawberry.type
class VisitorQuery:
    @strawberry.field(description="By code.", metadata=citizens(ward_scope=_WARD, live=True))
    async def estate_gates(self, info: Info, estate_id: strawberry.ID) -> list[EstateGate]:
        gates = info.context.services.community.neighbourhood.gates.keeping
        return [EstateGate.of(one, info.context.locale) for one in await gates.of_estate(key_of(estate_id, "Estate"))]

    @strawberry.field(description="Those one made, the newest first.", metadata=citizens(ward_scope=_WARD, live=True))
    async def visitor_passes(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[VisitorPass]:
        service = info.context.services.community.neighbourhood.gates.visitors
        page = await service.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.one.id, VisitorPass.of)

    @strawberry.field(metadata=citizens(ward_scope=_WARD, live=True))
    async def visitor_pass(self, info: Info, pass_id: strawberry.ID) -> VisitorPass | None:
        service = info.context.services.community.neighbourhood.gates.visitors
        found = await service.one(info.context.viewer, key_of(pass_id, "VisitorPass"))
        return VisitorPass.of(found) if found else None

    @strawberry.field(
        description="Who came to one's home, the newest first.", metadata=citizens(ward_scope=_WARD, live=True)
    )
    async def home_entries(
        self, info: Info, residency_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[HomeEntry]:
        log, key = info.context.services.community.neighbourhood.gates.log, key_of(residency_id, "Residency")
        page = await log.of_home(info.context.viewer, key, PageRequest.of(first, after))
        return connection(page, lambda one: one.entry.turn, lambda one: HomeEntry.of(one, info.context.locale))

    @strawberry.field(description="One's own.", metadata=citizens(ward_scope=_WARD, live=True))
    async def resident_plates(self, info: Info) -> list[ResidentPlate]:
        found = await info.context.services.community.neighbourhood.gates.parking.mine(info.context.viewer)
        return [ResidentPlate.of(one) for one in found]

    @strawberry.field(
        description="Bays with numbers that one's homes have, or will have.",
        metadata=citizens(ward_scope=_WARD, live=True),
    )
    async def home_bays(self, info: Info) -> list[BayLet]:
        found = await info.context.services.community.neighbourhood.gates.bays.mine(info.context.viewer)
        return [BayLet.of(one) for one in found]

    @strawberry.field(description="Null where there is none.", metadata=everyone())
    async def car_park(self, info: Info, estate_id: strawberry.ID) -> CarPark | None:
        found = await info.context.services.community.neighbourhood.gates.parking.park(key_of(estate_id, "Estate"))
        return CarPark.of(found) if found else None


@strawberry.type
class VisitorMutation:
    @strawberry.mutation(metadata=citizens(ward_scope=_WARD, live=True))
    async def invite_visitor(
        self, info: Info, input: VisitorInput, idempotency_key: IdempotencyKey
    ) -> InviteVisitorResult:
        service, (residency, wish) = info.context.services.community.neighbourhood.gates.visitors, input.parsed()
        done = await service.invite(info.context.viewer, residency, wish, idempotency_key)
        return VisitorPassSaved(visitor_pass=VisitorPass.of(done))

    @strawberry.mutation(
        description="The link to the guest, by text message.", metadata=citizens(ward_scope=_WARD, live=True)
    )
    async def send_visitor_link(
        self, info: Info, pass_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> SendVisitorLinkResult:
        service, key = info.context.services.community.neighbourhood.gates.visitors, key_of(pass_id, "VisitorPass")
        done = await service.send(info.context.viewer, key, info.context.locale, idempotency_key)
        return VisitorPassSaved(visitor_pass=VisitorPass.of(done))

    @strawberry.mutation(metadata=citizens(ward_scope=_WARD, live=True))
    async def revoke_visitor_pass(
        self, info: Info, pass_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> RevokeVisitorPassResult:
        service = info.context.services.community.neighbourhood.gates.visitors
        done = await service.revoke(info.context.viewer, key_of(pass_id, "VisitorPass"), idempotency_key)
        return VisitorPassSaved(visitor_pass=VisitorPass.of(done))

    @strawberry.mutation(metadata=citizens(ward_scope=_WARD, live=True))
    async def register_plate(
        self, info: Info, residency_id: strawberry.ID, plate: str, idempotency_key: IdempotencyKey
    ) -> RegisterPlateResult:
        service, key = info.context.services.community.neighbourhood.gates.parking, key_of(residency_id, "Residency")
        done = await service.register(info.context.viewer, key, plate, idempotency_key)
        return PlatesSaved(plates=[ResidentPlate.of(one) for one in done])

    @strawberry.mutation(metadata=citizens(ward_scope=_WARD, live=True))
    async def remove_plate(
        self, info: Info, plate_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> RemovePlateResult:
        service = info.context.services.community.neighbourhood.gates.parking
        done = await service.remove(info.context.viewer, key_of(plate_id, "ResidentPlate"), idempotency_key)
        return PlatesSaved(plates=[ResidentPlate.of(one) for one in done])


@strawberry.type
class VisitorSubscription:
    @strawberry.subscription(
        description="The car park now, and whenever a car comes or goes.", metadata=citizens(live=True)
    )
    async def car_park_changed(self, info: Info, estate_id: strawberry.ID) -> AsyncGenerator[CarPark, None]:
        service = info.context.services.community.neighbourhood.gates.parking
        async with service.live(key_of(estate_id, "Estate")) as parks:
            async for one in parks:
                info.context.fresh()
                yield CarPark.of(one)
