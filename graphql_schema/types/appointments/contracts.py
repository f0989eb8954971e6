"""Family doctors: teams, and contracts with them."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.money import Currency
from app.core.money import Money as Sum
from app.core.said import UNSAID
from app.domains.appointments.contracts import model
from app.domains.appointments.contracts.model import ContractState, EndedBy, MemberRole
from app.domains.appointments.contracts.service import Wished
from app.domains.appointments.times.venues.model import Directory, Venue, id_of
from graphql_schema.types.common import Money, Node, global_id, key_of
from graphql_schema.types.government.catalogue import SaidInput

_MOST_PACKAGES = 50
_MOST_MEMBERS = 50
strawberry.enum(MemberRole, name="FamilyDoctorMemberRole")
strawberry.enum(ContractState, name="FamilyDoctorContractState")
strawberry.enum(EndedBy, name="FamilyDoctorContractEndedBy")


@strawberry.type(description="A doctor of a team.")
class FamilyDoctor:
    resource_id: strawberry.ID
    name: str
    title: str


@strawberry.type(description="Somebody who works in a team.")
class FamilyDoctorMember:
    name: str
    role: MemberRole
    follows_up: bool = strawberry.field(description="Plans follow-ups of the team's patients, and enters results.")

    @classmethod
    def of(cls, one: model.Member, locale: str) -> FamilyDoctorMember:
        return cls(name=one.name.within(locale), role=one.role, follows_up=one.follows_up)


@strawberry.type(description="What a team does for whoever signs.")
class FamilyDoctorPackage:
    code: str
    name: str
    about: str
    fee: Money = strawberry.field(description="A year, as it is asked at the centre.")

    @classmethod
    def of(cls, one: model.Package, locale: str) -> FamilyDoctorPackage:
        fee = Money.of(Sum(one.fee, Currency.CNY))
        return cls(code=one.code, name=one.name.within(locale), about=one.about.within(locale), fee=fee)


@strawberry.type(description="A team of family doctors at a community health centre.")
class FamilyDoctorTeam(Node):
    venue_id: strawberry.ID
    venue: str
    name: str
    about: str
    doctors: list[FamilyDoctor]
    places: int = strawberry.field(description="How many more people it takes.")
    answers: bool = strawberry.field(description="It answers each proposal; else one has a contract at once.")
    packages: list[FamilyDoctorPackage] = strawberry.field(description="One of them is chosen; empty: there are none.")
    members: list[FamilyDoctorMember] = strawberry.field(
        description="Where none are named, any of the centre's staff follows its patients up."
    )

    @classmethod
    def of(cls, team: model.Team, directory: Directory, locale: str) -> FamilyDoctorTeam:
        venue = directory.venues.get(team.venue)
        doctors = (directory.resources.get(doctor) for doctor in team.doctors)
        return cls(
            id=global_id("FamilyDoctorTeam", team.id),
            venue_id=global_id("Venue", team.venue),
            venue=venue.name.within(locale) if venue else "",
            name=team.name.within(locale),
            about=team.about.within(locale),
            doctors=[
                FamilyDoctor(
                    resource_id=global_id("VenueResource", one.id),
                    name=one.name.within(locale),
                    title=one.title.within(locale),
                )
                for one in doctors
                if one is not None
            ],
            places=max(team.capacity - team.signed, 0),
            answers=team.answers,
            packages=[FamilyDoctorPackage.of(one, locale) for one in team.packages],
            members=[FamilyDoctorMember.of(one, locale) for one in team.members],
        )


@strawberry.type(description="With a team of family doctors, for a year. Its venue's times open a day earlier.")
class FamilyDoctorContract(Node):
    team_id: strawberry.ID
    signed_at: datetime
    since: date
    until: date = strawberry.field(description="The last day.")
    state: ContractState
    ended_by: EndedBy | None
    package: str | None = strawberry.field(description="The code of what was chosen.")

    @classmethod
    def of(cls, contract: model.Contract, today: date) -> FamilyDoctorContract:
        return cls(
            id=global_id("FamilyDoctorContract", contract.id),
            team_id=global_id("FamilyDoctorTeam", contract.team),
            signed_at=contract.signed_at,
            since=contract.since,
            until=contract.until,
            state=contract.state_on(today),
            ended_by=contract.ended_by,
            package=contract.package,
        )


@strawberry.type(description="A contract as the centre sees it.")
class FamilyDoctorPatient:
    masked_name: str
    contract: FamilyDoctorContract

    @classmethod
    def of(cls, patient: model.Patient, today: date) -> FamilyDoctorPatient:
        return cls(masked_name=patient.masked_name, contract=FamilyDoctorContract.of(patient.contract, today))


@strawberry.type
class MyFamilyDoctor:
    contract: FamilyDoctorContract
    team: FamilyDoctorTeam


@strawberry.type
class FamilyDoctorSigned:
    contract: FamilyDoctorContract


@strawberry.type
class FamilyDoctorContractEnded:
    contract: FamilyDoctorContract


@strawberry.type
class FamilyDoctorTeamSaved:
    team: FamilyDoctorTeam


@strawberry.type
class FamilyDoctorContractChanged:
    contract: FamilyDoctorContract


@strawberry.input
class FamilyDoctorPackageInput:
    code: str
    name: SaidInput
    about: SaidInput | None = None
    fee: int = strawberry.field(default=0, description="In fen a year.")

    def parsed(self) -> model.Package:
        """Raises BadInput."""
        return model.Package(self.code, self.name.parsed(), self.about.parsed() if self.about else UNSAID, self.fee)


@strawberry.input(description="One of your staff, by the login he signs in with.")
class FamilyDoctorMemberInput:
    login: str
    name: SaidInput
    role: MemberRole
    follows_up: bool = False

    def parsed(self) -> Wished:
        """Raises BadInput."""
        return Wished(self.login, self.name.parsed(), self.role, self.follows_up)


@strawberry.input(description="The team of this code (small letters, digits, hyphens), written whole.")
class FamilyDoctorTeamInput:
    venue_id: strawberry.ID
    code: str
    name: SaidInput
    doctor_ids: list[strawberry.ID]
    about: SaidInput | None = None
    capacity: int = 2000
    active: bool = True
    answers: bool = strawberry.field(default=False, description="It answers each proposal.")
    packages: list[FamilyDoctorPackageInput] = strawberry.field(default_factory=list)
    members: list[FamilyDoctorMemberInput] = strawberry.field(default_factory=list)

    def crew(self) -> list[Wished]:
        """Raises BadInput."""
        return [one.parsed() for one in self.members[:_MOST_MEMBERS]]

    def parsed(self, venue: Venue) -> model.Team:
        """Raises BadInput, TeamInvalid, VenueCodeInvalid."""
        return model.Team(
            id=id_of(venue.organisation, self.code, test=venue.test),
            venue=venue.id,
            organisation=venue.organisation,
            name=self.name.parsed(),
            doctors=tuple(key_of(one, "VenueResource") for one in self.doctor_ids),
            about=self.about.parsed() if self.about else UNSAID,
            capacity=self.capacity,
            test=venue.test,
            active=self.active,
            answers=self.answers,
            packages=tuple(one.parsed() for one in self.packages[:_MOST_PACKAGES]),
        )
