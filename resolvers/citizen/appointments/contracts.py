"""Family doctors: teams of a health centre, signing with one, ending it."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graphql_schema.types.appointments.contract_errors import (
    ContractExists,
    ContractNotYetRenewable,
    ContractUnknown,
    PackageUnknown,
    TeamFull,
    TeamUnknown,
)
from graphql_schema.types.appointments.contracts import (
    FamilyDoctorContract,
    FamilyDoctorContractChanged,
    FamilyDoctorContractEnded,
    FamilyDoctorSigned,
    FamilyDoctorTeam,
    MyFamilyDoctor,
)
from graphql_schema.types.card_errors import NotVerified
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens, key_of

SignFamilyDoctorResult = Annotated[
    FamilyDoctorSigned | TeamUnknown | PackageUnknown | TeamFull | ContractExists | NotVerified | IdempotencyConflict,
    strawberry.union("SignFamilyDoctorResult"),
]
EndFamilyDoctorResult = Annotated[
    FamilyDoctorContractEnded | ContractUnknown | IdempotencyConflict, strawberry.union("EndFamilyDoctorResult")
]
RenewFamilyDoctorResult = Annotated[
    FamilyDoctorContractChanged | ContractUnknown | ContractNotYetRenewable | IdempotencyConflict,
    strawberry.union("RenewFamilyDoctorResult"),
]
MoveFamilyDoctorResult = Annotated[
    FamilyDoctorContractChanged
    | TeamUnknown
    | PackageUnknown
    | TeamFull
    | ContractUnknown
    | NotVerified
    | IdempotencyConflict,
    strawberry.union("MoveFamilyDoctorResult"),
]
_MANAGE = "appointments:manage"


@strawberry.type
class ContractQuery:
    @strawberry.field(
        metadata=citizens(ward_scope=_MANAGE),
        description="The teams of a community health centre; without a venue of the city, a hundred at most.",
    )
    async def family_doctor_teams(self, info: Info, venue_id: strawberry.ID | None = None) -> list[FamilyDoctorTeam]:
        context, rooms = info.context, info.context.services.appointments
        teams = await rooms.contracts.teams(context.viewer, key_of(venue_id, "Venue") if venue_id else None)
        return [FamilyDoctorTeam.of(team, rooms.venues.directory, context.locale) for team in teams]

    @strawberry.field(metadata=citizens(ward_scope=_MANAGE), description="Null for who has none.")
    async def my_family_doctor(self, info: Info) -> MyFamilyDoctor | None:
        context, rooms = info.context, info.context.services.appointments
        mine = await rooms.contracts.mine(context.viewer)
        if mine is None:
            return None
        contract, team = mine
        return MyFamilyDoctor(
            contract=FamilyDoctorContract.of(contract, rooms.contracts.today),
            team=FamilyDoctorTeam.of(team, rooms.venues.directory, context.locale),
        )


@strawberry.type
class ContractMutation:
    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE),
        description="For a year; one has one contract. A team that `answers` is asked: it is in force once accepted.",
    )
    async def sign_family_doctor(
        self, info: Info, team_id: strawberry.ID, idempotency_key: IdempotencyKey, package: str | None = None
    ) -> SignFamilyDoctorResult:
        contracts, team = info.context.services.appointments.contracts, key_of(team_id, "FamilyDoctorTeam")
        signed = await contracts.sign(info.context.viewer, team, idempotency_key, package)
        return FamilyDoctorSigned(contract=FamilyDoctorContract.of(signed, contracts.today))

    @strawberry.mutation(metadata=citizens(ward_scope=_MANAGE), description="End the contract from today on.")
    async def end_family_doctor(self, info: Info, idempotency_key: IdempotencyKey) -> EndFamilyDoctorResult:
        contracts = info.context.services.appointments.contracts
        ended = await contracts.end(info.context.viewer, idempotency_key)
        return FamilyDoctorContractEnded(contract=FamilyDoctorContract.of(ended, contracts.today))

    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE), description="For a year more, within thirty days of its last day."
    )
    async def renew_family_doctor(self, info: Info, idempotency_key: IdempotencyKey) -> RenewFamilyDoctorResult:
        rooms = info.context.services.appointments
        renewed = await rooms.contract_changes.renew(info.context.viewer, idempotency_key)
        return FamilyDoctorContractChanged(contract=FamilyDoctorContract.of(renewed, rooms.contracts.today))

    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE),
        description="From the present team to this one, in one step: where it is full, nothing changes.",
    )
    async def move_family_doctor(
        self, info: Info, team_id: strawberry.ID, idempotency_key: IdempotencyKey, package: str | None = None
    ) -> MoveFamilyDoctorResult:
        rooms, team = info.context.services.appointments, key_of(team_id, "FamilyDoctorTeam")
        moved = await rooms.contract_changes.move(info.context.viewer, team, package, idempotency_key)
        return FamilyDoctorContractChanged(contract=FamilyDoctorContract.of(moved, rooms.contracts.today))
