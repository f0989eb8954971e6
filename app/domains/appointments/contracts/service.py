"""Teams of family doctors, signing with one, ending it, and what comes of it: bookings open earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.appointments.contracts.errors import (
    ContractExists,
    ContractUnknown,
    PackageUnknown,
    TeamFull,
    TeamInvalid,
    TeamMemberUnknown,
    TeamUnknown,
)
from app.domains.appointments.contracts.model import (
    ANSWERED_WITHIN,
    EARLIER,
    Contract,
    ContractState,
    EndedBy,
    Member,
    MemberRole,
    Patient,
    Team,
    last_day,
)
from app.domains.appointments.contracts.store import ContractStore, TeamStore
from app.domains.appointments.times.venues.errors import ResourceUnknown
from app.domains.appointments.times.venues.service import VenueService
from app.domains.identity.citizens.model import mask_name
from app.domains.identity.citizens.store import CitizenStore
from virtual_card.cards.errors import NotVerified

_TEAM, _CONTRACT = TypeAdapter(Team), TypeAdapter(Contract)


class Follows(Protocol):
    """What hangs on a contract."""

    async def contract_over(self, citizen: str, contract: str, now: datetime, tx: Tx) -> None:
        """It ends with it, in the same transaction."""
        ...


class Staff(Protocol):
    async def of_login(self, organisation: str, login: str) -> str | None:
        """The account of who signs in so at this organisation; None where nobody does (any more)."""
        ...


@dataclass(frozen=True, slots=True)
class Wished:
    """A member as the centre names him: by his login."""

    login: str
    name: Said
    role: MemberRole
    follows_up: bool = False


class ContractService:
    def __init__(
        self,
        db: Database,
        teams: TeamStore,
        contracts: ContractStore,
        follows: Follows,
        venues: VenueService,
        staff: Staff,
        citizens: CitizenStore,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._teams = teams
        self._contracts = contracts
        self._follows = follows
        self._venues = venues
        self._staff = staff
        self._citizens = citizens
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    @property
    def today(self) -> date:
        return civil_day(self._clock.now())

    async def save_team(self, viewer: Viewer, team: Team, key: str, crew: Sequence[Wished] | None = None) -> Team:
        """`crew` becomes its members; without it they are those of `team`.

        Raises VenueUnknown, TeamInvalid, TeamMemberUnknown, IdempotencyConflict.
        """
        venue = self._venues.own(viewer, team.venue)
        for doctor in team.doctors:
            try:
                found = self._venues.own_resource(viewer, doctor)
            except ResourceUnknown:
                raise TeamInvalid from None
            if found.venue != venue.id:
                raise TeamInvalid
        if crew is not None:
            team = replace(team, members=tuple([await self._member(venue.organisation, one) for one in crew]))

        async def work(tx: Tx) -> Team:
            await self._teams.save(team, tx)
            await self._audit.record(viewer, "family_team.saved", team.id, tx)
            return team

        return await self._idempotency.once(Call.of(viewer, "saveFamilyDoctorTeam", key, team), _TEAM, work)

    async def _member(self, organisation: str, wished: Wished) -> Member:
        """Raises TeamMemberUnknown."""
        found = await self._staff.of_login(organisation, wished.login)
        if found is None:
            raise TeamMemberUnknown(login=wished.login[:60])
        return Member(found, wished.name, wished.role, wished.follows_up)

    async def teams(self, viewer: Viewer, venue: str | None) -> list[Team]:
        """Of a health centre, or (a hundred at most) of the city, for the citizen who looks for a doctor."""
        citizen = await self._citizens.get(viewer.citizen())
        if citizen is None:
            return []
        if venue is not None:
            return await self._teams.at(venue) if self._venues.venue(venue, citizen.test_of) else []
        found = await self._teams.open_to(citizen.test_of)
        return [one for one in found if self._venues.venue(one.venue, citizen.test_of)]

    async def team(self, viewer: Viewer, team: str) -> Team | None:
        """One that this citizen may look at."""
        found, citizen = await self._teams.get(team), await self._citizens.get(viewer.citizen())
        seen = found and citizen and self._venues.venue(found.venue, citizen.test_of)
        return found if seen else None

    async def find(self, team: str) -> Team | None:
        """Whatever team it is."""
        return await self._teams.get(team)

    async def own_teams(self, viewer: Viewer, venue: str) -> list[Team]:
        """None of a venue that is not the provider's."""
        mine = any(one.id == venue for one in self._venues.kept_by(viewer))
        return await self._teams.at(venue) if mine else []

    async def sign(self, viewer: Viewer, team: str, key: str, package: str | None = None) -> Contract:
        """For a year from today; or proposed, to a team that answers each one.

        Raises NotVerified, TeamUnknown, PackageUnknown, TeamFull, ContractExists, IdempotencyConflict.
        """
        contract, found = await self.drawn_up(viewer, team, package)

        async def work(tx: Tx) -> Contract:
            await self._make_room(viewer, contract.citizen, tx)
            return await self.enter(viewer, contract, found, tx)

        call = Call.of(viewer, "signFamilyDoctor", key, team, *((package,) if package else ()))
        return await self._idempotency.once(call, _CONTRACT, work)

    async def drawn_up(self, viewer: Viewer, team: str, package: str | None) -> tuple[Contract, Team]:
        """A contract that is to be entered. Raises NotVerified, TeamUnknown, PackageUnknown."""
        citizen = await self._citizens.get(viewer.citizen())
        if citizen is None or not citizen.verified:
            raise NotVerified
        found = await self._teams.get(team)
        if found is None or not found.active or self._venues.venue(found.venue, citizen.test_of) is None:
            raise TeamUnknown
        if not found.offers(package):
            raise PackageUnknown
        return self._new(citizen.id, found, package), found

    async def enter(self, viewer: Viewer, contract: Contract, team: Team, tx: Tx) -> Contract:
        """Raises TeamFull; DuplicateKey."""
        if not await self._teams.admit(team, tx):
            raise TeamFull
        await self._contracts.add(contract, tx)
        await self.record(viewer, contract, "contract.proposed" if contract.waiting else "contract.signed", tx)
        return contract

    async def end(self, viewer: Viewer, key: str) -> Contract:
        """Raises ContractUnknown, IdempotencyConflict."""

        async def work(tx: Tx) -> Contract:
            found = await self._contracts.open_of(viewer.citizen(), tx)
            if found is None:
                raise ContractUnknown
            return await self.close(viewer, found, EndedBy.CITIZEN, tx)

        return await self._idempotency.once(Call.of(viewer, "endFamilyDoctorContract", key), _CONTRACT, work)

    async def end_by_provider(self, viewer: Viewer, contract: str, key: str) -> Contract:
        """The centre ends it (the person moved away, the doctor retires). Raises ContractUnknown."""

        async def work(tx: Tx) -> Contract:
            found = await self._contracts.get(contract, viewer.provider("appointments"), tx)
            if found is None or found.test is not viewer.test_mode:
                raise ContractUnknown
            return await self.close(viewer, found, EndedBy.PROVIDER, tx)

        return await self._idempotency.once(Call.of(viewer, "endContract", key, contract), _CONTRACT, work)

    async def mine(self, viewer: Viewer) -> tuple[Contract, Team] | None:
        """The subject's contract, while it lasts or waits for the centre."""
        found = await self._contracts.open_of(viewer.citizen())
        if found is None or found.state_on(self.today) is ContractState.LAPSED:
            return None
        team = await self._teams.get(found.team)
        return (found, team) if team else None

    async def active_of(self, citizen: str) -> Contract | None:
        found = await self._contracts.open_of(citizen)
        today = civil_day(self._clock.now())
        return found if found is not None and found.state_on(today) is ContractState.ACTIVE else None

    async def of_organisation(self, contract: str, organisation: str) -> Contract | None:
        """One of this organisation's, in whatever state."""
        return await self._contracts.get(contract, organisation)

    async def of_team(self, viewer: Viewer, team: str, request: PageRequest) -> Page[Patient]:
        """Whom a team of the provider's looks after, newest first; of another's team nobody."""
        found = await self._teams.get(team)
        mine = found is not None and found.organisation == viewer.provider("appointments")
        if found is None or not mine or found.test is not viewer.test_mode:
            return Page((), has_next=False)
        page = await self._contracts.of_team(team, request)
        people = await self._citizens.many([one.citizen for one in page.items])
        names = {key: mask_name(one.name or " ") for key, one in people.items()}
        return Page(tuple(Patient(one, names.get(one.citizen, "")) for one in page.items), page.has_next)

    async def teams_of_city(self, request: PageRequest) -> Page[Team]:
        """For the desk."""
        return await self._teams.all(request)

    async def earlier(self, citizen: str, venue: str) -> timedelta:
        """How much earlier what is booked at this venue opens for this person."""
        found = await self.active_of(citizen)
        return EARLIER if found is not None and found.venue == venue else timedelta(0)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city has no doctor here any more. Safe to repeat."""

        async def work(tx: Tx) -> None:
            if (found := await self._contracts.open_of(citizen, tx)) is not None:
                await self.close(by, found, EndedBy.ERASURE, tx)

        await self._db.transaction(work)

    async def _make_room(self, viewer: Viewer, citizen: str, tx: Tx) -> None:
        """A contract past its last day gives way to the next. Raises ContractExists."""
        found = await self._contracts.open_of(citizen, tx)
        if found is None:
            return
        if found.state_on(civil_day(self._clock.now())) is not ContractState.LAPSED:
            raise ContractExists(until=found.until)
        now = self._clock.now()
        await self._contracts.save(found.ended(EndedBy.RENEWED, now), tx)
        await self._teams.release(found.team, tx)
        await self._follows.contract_over(citizen, found.id, now, tx)

    async def close(self, viewer: Viewer, found: Contract, by: EndedBy, tx: Tx) -> Contract:
        """Its place in the team is free, and what hangs on it ends. Raises ContractUnknown; DuplicateKey."""
        now = self._clock.now()
        ended = found.ended(by, now)
        await self._contracts.save(ended, tx)
        await self._teams.release(ended.team, tx)
        await self._follows.contract_over(ended.citizen, ended.id, now, tx)
        await self.record(viewer, ended, "contract.refused" if by is EndedBy.REFUSED else "contract.ended", tx)
        return ended

    async def extended(self, viewer: Viewer, contract: Contract, tx: Tx) -> None:
        """It lasts a year more, and the citizen is told."""
        await self.record(viewer, contract, "contract.renewed", tx)

    async def record(self, viewer: Viewer, contract: Contract, event: str, tx: Tx) -> None:
        await self._audit.record(viewer, event, contract.id, tx, subject=contract.citizen)
        facts = {"contract": contract.id, "organisation": contract.organisation, "until": contract.until.isoformat()}
        await self._outbox.add(event, contract.citizen, tx, **facts, test=contract.test)

    def _new(self, citizen: str, team: Team, package: str | None) -> Contract:
        now = self._clock.now()
        today = civil_day(now)
        return Contract(
            id=new_id(),
            citizen=citizen,
            team=team.id,
            venue=team.venue,
            organisation=team.organisation,
            signed_at=now,
            since=today,
            until=today + ANSWERED_WITHIN if team.answers else last_day(today),
            test=team.test,
            waiting=team.answers,
            package=package,
        )
