"""Teams of family doctors, and whom they look after."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.appointments.contract_errors import (
    ContractNotProposed,
    ContractUnknown,
    TeamInvalid,
    TeamMemberUnknown,
)
from graphql_schema.types.appointments.contracts import (
    FamilyDoctorContract,
    FamilyDoctorContractChanged,
    FamilyDoctorContractEnded,
    FamilyDoctorPatient,
    FamilyDoctorTeam,
    FamilyDoctorTeamInput,
    FamilyDoctorTeamSaved,
)
from graphql_schema.types.appointments.venue_errors import VenueCodeInvalid, VenueUnknown
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)

SaveFamilyDoctorTeamResult = Annotated[
    FamilyDoctorTeamSaved | VenueUnknown | VenueCodeInvalid | TeamInvalid | TeamMemberUnknown | IdempotencyConflict,
    strawberry.union("SaveFamilyDoctorTeamResult"),
]
EndContractResult = Annotated[
    FamilyDoctorContractEnded | ContractUnknown | IdempotencyConflict, strawberry.union("EndContractResult")
]
AcceptContractResult = Annotated[
    FamilyDoctorContractChanged | ContractUnknown | ContractNotProposed | IdempotencyConflict,
    strawberry.union("AcceptContractResult"),
]
RefuseContractResult = Annotated[
    FamilyDoctorContractEnded | ContractUnknown | ContractNotProposed | IdempotencyConflict,
    strawberry.union("RefuseContractResult"),
]
_SCOPE = "appointments"


@strawberry.type
class ProviderContractQuery:
    @strawberry.field(metadata=providers(scope=_SCOPE), description="The teams of a venue of yours.")
    async def family_doctor_teams(self, info: Info, venue_id: strawberry.ID) -> list[FamilyDoctorTeam]:
        context, rooms = info.context, info.context.services.appointments
        teams = await rooms.contracts.own_teams(context.viewer, key_of(venue_id, "Venue"))
        return [FamilyDoctorTeam.of(team, rooms.venues.directory, context.locale) for team in teams]

    @strawberry.field(
        metadata=providers(scope=_SCOPE), description="Open contracts of a team of yours, the newest first."
    )
    async def family_doctor_contracts(
        self, info: Info, team_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[FamilyDoctorPatient]:
        contracts, request = info.context.services.appointments.contracts, PageRequest.of(first, after)
        page = await contracts.of_team(info.context.viewer, key_of(team_id, "FamilyDoctorTeam"), request)
        return connection(page, lambda one: one.contract.id, lambda one: FamilyDoctorPatient.of(one, contracts.today))


@strawberry.type
class ProviderContractMutation:
    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="Make a team, or write it anew.")
    async def save_family_doctor_team(
        self, info: Info, team: FamilyDoctorTeamInput, idempotency_key: IdempotencyKey
    ) -> SaveFamilyDoctorTeamResult:
        context, rooms = info.context, info.context.services.appointments
        venue = rooms.venues.own(context.viewer, key_of(team.venue_id, "Venue"))
        saved = await rooms.contracts.save_team(context.viewer, team.parsed(venue), idempotency_key, team.crew())
        return FamilyDoctorTeamSaved(team=FamilyDoctorTeam.of(saved, rooms.venues.directory, context.locale))

    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="The citizen is told.")
    async def end_family_doctor_contract(
        self, info: Info, contract_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> EndContractResult:
        contracts, contract = info.context.services.appointments.contracts, key_of(contract_id, "FamilyDoctorContract")
        ended = await contracts.end_by_provider(info.context.viewer, contract, idempotency_key)
        return FamilyDoctorContractEnded(contract=FamilyDoctorContract.of(ended, contracts.today))

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE), description="What was proposed is in force for a year from today."
    )
    async def accept_family_doctor_contract(
        self, info: Info, contract_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> AcceptContractResult:
        rooms, contract = info.context.services.appointments, key_of(contract_id, "FamilyDoctorContract")
        taken = await rooms.contract_changes.accept(info.context.viewer, contract, idempotency_key)
        return FamilyDoctorContractChanged(contract=FamilyDoctorContract.of(taken, rooms.contracts.today))

    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="What was proposed does not come to be.")
    async def refuse_family_doctor_contract(
        self, info: Info, contract_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> RefuseContractResult:
        rooms, contract = info.context.services.appointments, key_of(contract_id, "FamilyDoctorContract")
        ended = await rooms.contract_changes.refuse(info.context.viewer, contract, idempotency_key)
        return FamilyDoctorContractEnded(contract=FamilyDoctorContract.of(ended, rooms.contracts.today))
