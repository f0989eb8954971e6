"""The care list: who is on it by number, which check-ins were missed, what was done. Whom it is about is seen one by
one, for a reason, and told to him.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.community.care.errors import CareUnknown
from app.domains.community.care.model import CareEntry, CareState, CareStep, Sign
from app.domains.community.care.service import SeenCare

router = desk_router("care-entries")


class SignSaid(Body):
    """How it is known that he is well: `phone` or `visit`."""

    sign: Sign


class Reason(Body):
    reason: str = Field(min_length=2, max_length=200)


class CareRow(Reply):
    """`told`: how far a missed check-in was told."""

    id: str
    estate: str
    committee: str
    state: CareState
    due_at: datetime | None
    told: str
    sign: Sign | None
    sign_at: datetime | None

    @classmethod
    def of(cls, one: CareEntry) -> CareRow:
        return cls(
            id=one.id,
            estate=one.estate,
            committee=one.organisation,
            state=one.state,
            due_at=one.due_at,
            told=one.told.name.lower(),
            sign=one.sign,
            sign_at=one.sign_at,
        )


class StepShown(Reply):
    due_at: datetime
    told: str
    at: datetime
    case: str | None

    @classmethod
    def of(cls, one: CareStep) -> StepShown:
        return cls(due_at=one.due_at, told=one.told.name.lower(), at=one.at, case=one.case)


class CareShown(CareRow):
    weekdays: list[int]
    minute: int
    made_at: datetime
    steps: list[StepShown]

    @classmethod
    def seen(cls, one: SeenCare) -> CareShown:
        entry = one.entry
        return cls(
            **CareRow.of(entry).model_dump(),
            weekdays=list(entry.rhythm.weekdays),
            minute=entry.rhythm.minute,
            made_at=entry.made_at,
            steps=[StepShown.of(step) for step in one.steps],
        )


class Revealed(Reply):
    name: str
    home: str
    contact: str
    phone: str
    note: str


@router.get("/care-entries")
async def entries(
    desk: Annotated[Desk, allowed("list", *ANY)],
    first: First = 20,
    after: After = None,
    state: CareState | None = None,
) -> Rows[CareRow]:
    """Newest first; those that are open when no state is named."""
    keeping = desk.services.community.together.caring.keeping
    return Rows[CareRow].of(await keeping.listed(desk.viewer, state, PageRequest.of(first, after)), CareRow.of)


@router.get("/care-entries/missed")
async def missed(
    desk: Annotated[Desk, allowed("list_missed", *ANY)], first: First = 20, after: After = None
) -> Rows[CareRow]:
    """Of whom nobody knows yet whether they are well."""
    keeping = desk.services.community.together.caring.keeping
    return Rows[CareRow].of(await keeping.missed(desk.viewer, PageRequest.of(first, after)), CareRow.of)


@router.get("/care-entries/{entry}")
async def entry(entry: Id, desk: Annotated[Desk, allowed("show", *ANY)]) -> CareShown:
    """With the steps that were taken, the newest first."""
    found = await desk.services.community.together.caring.keeping.one(desk.viewer, entry)
    if found is None:
        raise CareUnknown
    return CareShown.seen(found)


@router.post("/care-entries/{entry}/signs")
async def note(entry: Id, body: SignSaid, key: Key, desk: Annotated[Desk, allowed("note", *OPERATORS)]) -> CareRow:
    """Somebody spoke to him, or was there: what was missed is over."""
    keeping = desk.services.community.together.caring.keeping
    return CareRow.of(await keeping.note(desk.viewer, entry, body.sign, key))


@router.post("/care-entries/{entry}/reveals")
async def reveal(entry: Id, body: Reason, key: Key, desk: Annotated[Desk, allowed("reveal", *OPERATORS)]) -> Revealed:
    """Whom it is about and whom to call; he reads in his ledger that it was looked at, and why."""
    found = await desk.services.community.together.caring.keeping.reveal(desk.viewer, entry, body.reason, key)
    said = found.private
    return Revealed(name=found.name, home=found.home, contact=said.contact, phone=said.phone, note=said.note)


@router.post("/care-entries/{entry}/ending")
async def end(entry: Id, key: Key, desk: Annotated[Desk, allowed("end", *OPERATORS)]) -> CareRow:
    """He is told."""
    return CareRow.of(await desk.services.community.together.caring.keeping.end(desk.viewer, entry, key))
