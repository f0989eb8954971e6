"""Family doctors (家庭医生签约服务): a person signs with one team of a community health centre, for a year.

proposed to a team that answers each one ── accepted by the centre ──> active      ── refused, taken back ──> ended
active ── ended by the citizen, by the centre, by moving to another team, or by leaving the city ──> ended
active, within thirty days of its last day ── renewed ──> active for a year more
active, past its last day: lapsed (by the calendar; a job gives its place in the team to somebody else)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.said import UNSAID, Said
from app.domains.appointments.contracts.errors import (
    ContractNotProposed,
    ContractNotYetRenewable,
    ContractUnknown,
    TeamInvalid,
)

EARLIER = timedelta(days=1)
MOST_IN_CARE = 5_000
RENEWED_WITHIN = timedelta(days=30)
ANSWERED_WITHIN = timedelta(days=30)
_MOST_PACKAGES = 12
_MOST_MEMBERS = 30


class ContractState(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    ENDED = "ended"
    LAPSED = "lapsed"


class EndedBy(StrEnum):
    CITIZEN = "citizen"
    PROVIDER = "provider"
    ERASURE = "erasure"
    RENEWED = "renewed"
    REFUSED = "refused"
    MOVED = "moved"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Package:
    """What a team does for whoever signs (签约服务包): for all, for the old, for a chronic illness. `fee` is asked at
    the centre, in fen a year.
    """

    code: str
    name: Said
    about: Said = UNSAID
    fee: int = 0


class MemberRole(StrEnum):
    DOCTOR = "doctor"
    NURSE = "nurse"
    PHARMACIST = "pharmacist"
    PUBLIC_HEALTH = "public_health"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the centre's staff. Who `follows_up` plans follow-ups of the team's patients and enters results."""

    staff: str
    name: Said
    role: MemberRole
    follows_up: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """`doctors` are resources of the venue: with whom one has an appointment. `members` are those who work in the team;
    where none are named, any of the centre's staff may do what a member may. `capacity`: how many people it looks
    after; `signed`: how many it does. A team that `answers` each proposal takes nobody by itself.
    """

    id: str
    venue: str
    organisation: str
    name: Said
    doctors: tuple[str, ...]
    about: Said = UNSAID
    capacity: int = 2_000
    signed: int = 0
    test: bool = False
    active: bool = True
    answers: bool = False
    packages: tuple[Package, ...] = ()
    members: tuple[Member, ...] = ()

    def __post_init__(self) -> None:
        """Raises TeamInvalid."""
        named = 1 <= len(self.name.zh.strip()) <= 40 and len(self.name.en) <= 80 and len(self.about.zh) <= 300
        if not named or not self.doctors or not 1 <= self.capacity <= MOST_IN_CARE:
            raise TeamInvalid
        codes = [one.code for one in self.packages]
        if len(codes) > _MOST_PACKAGES or len(set(codes)) != len(codes) or not all(map(_is_whole, self.packages)):
            raise TeamInvalid
        staff = {one.staff for one in self.members}
        if (
            len(self.members) > _MOST_MEMBERS
            or len(staff) != len(self.members)
            or not all(map(_is_named, self.members))
        ):
            raise TeamInvalid

    def member(self, staff: str) -> Member | None:
        return next((one for one in self.members if one.staff == staff), None)

    def offers(self, package: str | None) -> bool:
        """One of a team with packages is named; of a team without, none."""
        return package in {one.code for one in self.packages} if self.packages else package is None


def _is_named(member: Member) -> bool:
    return 1 <= len(member.name.zh.strip()) <= 40 and len(member.name.en) <= 80


def _is_whole(package: Package) -> bool:
    named = 1 <= len(package.code) <= 40 and 1 <= len(package.name.zh) <= 40 and len(package.about.zh) <= 300
    return named and 0 <= package.fee <= 1_000_000


@dataclass(frozen=True, slots=True)
class Contract:
    """`until` is its last day, `told_for` the last day that he was told of. One that is `waiting` for the
    centre's answer (for thirty days at most) holds a place in the team already.
    """

    id: str
    citizen: str
    team: str
    venue: str
    organisation: str
    signed_at: datetime
    since: date
    until: date
    open: bool = True
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    test: bool = False
    waiting: bool = False
    package: str | None = None
    told_for: date | None = None

    @property
    def tells_on(self) -> date | None:
        """The day from which he is to be told that it ends; None where there is nothing to tell (any more)."""
        tells = self.open and not self.waiting and self.told_for != self.until
        return self.until - RENEWED_WITHIN if tells else None

    def state_on(self, day: date) -> ContractState:
        if not self.open:
            return ContractState.LAPSED if self.ended_by is EndedBy.LAPSED else ContractState.ENDED
        if day > self.until:
            return ContractState.LAPSED
        return ContractState.PROPOSED if self.waiting else ContractState.ACTIVE

    def accepted(self, today: date) -> Contract:
        """In force for a year from today. Raises ContractNotProposed."""
        if self.state_on(today) is not ContractState.PROPOSED:
            raise ContractNotProposed
        return replace(self, waiting=False, since=today, until=last_day(today))

    def renewed(self, today: date) -> Contract:
        """A year more, after its last day. Raises ContractUnknown (not in force), ContractNotYetRenewable."""
        if self.state_on(today) is not ContractState.ACTIVE:
            raise ContractUnknown
        first = self.until - RENEWED_WITHIN
        if today < first:
            raise ContractNotYetRenewable(first=first)
        return replace(self, until=last_day(self.until + timedelta(days=1)))

    def ended(self, by: EndedBy, at: datetime) -> Contract:
        """Raises ContractUnknown (it has ended before)."""
        if not self.open:
            raise ContractUnknown
        return replace(self, open=False, ended_at=at, ended_by=by)


@dataclass(frozen=True, slots=True)
class Patient:
    """A contract as the centre sees it: with the name, but for its first character hidden."""

    contract: Contract
    masked_name: str


def last_day(since: date) -> date:
    """Of a year that begins then; one that begins on 29 February ends on 28 February."""
    try:
        return since.replace(year=since.year + 1) - timedelta(days=1)
    except ValueError:
        return date(since.year + 1, 2, 28)
