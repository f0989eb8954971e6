"""Health at the desk: teams of family doctors, follow-ups that were missed, and who reads records. Never a record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from app.admin.api.desk import ANY, After, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.appointments.contracts.model import Team
from app.domains.life.health.follow_ups.model import FollowUpKind, Plan
from app.domains.life.health.records.model import RecordKind
from virtual_card.disclosures.model import Disclosure

router = desk_router("health")


class TeamShown(Reply):
    """`answers`: it answers each proposal. `packages` by code."""

    id: str
    organisation: str
    venue: str
    name: str
    doctors: int
    capacity: int
    signed: int
    answers: bool
    packages: list[str]

    @classmethod
    def of(cls, one: Team) -> TeamShown:
        return cls(
            id=one.id,
            organisation=one.organisation,
            venue=one.venue,
            name=one.name.zh,
            doctors=len(one.doctors),
            capacity=one.capacity,
            signed=one.signed,
            answers=one.answers,
            packages=[package.code for package in one.packages],
        )


class MissedShown(Reply):
    """`missed`: how often a day of this plan went by."""

    id: str
    citizen: str
    organisation: str
    kind: FollowUpKind
    due: date
    done: int
    missed: int

    @classmethod
    def of(cls, one: Plan) -> MissedShown:
        return cls(
            id=one.id,
            citizen=one.citizen,
            organisation=one.organisation,
            kind=one.kind,
            due=one.due,
            done=one.done,
            missed=one.missed,
        )


class ReaderShown(Reply):
    organisation: str
    kinds: list[RecordKind]


class ReadShown(Reply):
    """`parts` are names of what was read, never values."""

    id: str
    citizen: str
    verifier: str
    parts: list[str]
    at: datetime

    @classmethod
    def of(cls, one: Disclosure) -> ReadShown:
        return cls(id=one.id, citizen=one.citizen, verifier=one.verifier, parts=list(one.attributes), at=one.at)


@router.get("/health/teams")
async def teams(
    desk: Annotated[Desk, allowed("read", *ANY)], first: First = 20, after: After = None
) -> Rows[TeamShown]:
    found = await desk.services.appointments.contracts.teams_of_city(PageRequest.of(first, after))
    return Rows[TeamShown].of(found, TeamShown.of)


@router.get("/health/missed-follow-ups")
async def missed(
    desk: Annotated[Desk, allowed("read", *ANY)], first: First = 20, after: After = None
) -> Rows[MissedShown]:
    """Of all centres, the oldest plan first."""
    found = await desk.services.life.health.follow_ups.missed(PageRequest.of(first, after))
    return Rows[MissedShown].of(found, MissedShown.of)


@router.get("/health/readers")
async def readers(desk: Annotated[Desk, allowed("read", *ANY)]) -> list[ReaderShown]:
    """Which organisations may ask for records, of whoever agrees."""
    asking = await desk.services.life.health.records.asking()
    return [ReaderShown(organisation=code, kinds=list(kinds)) for code, kinds in sorted(asking.items())]


@router.get("/health/readers/{organisation}/reads")
async def reads(
    organisation: Id, desk: Annotated[Desk, allowed("read", *ANY)], first: First = 20, after: After = None
) -> Rows[ReadShown]:
    """Newest first; of a page of this organisation's look-ups, those that were of records."""
    found = await desk.services.life.health.records.reads_of(organisation, PageRequest.of(first, after))
    return Rows[ReadShown].of(found, ReadShown.of)
