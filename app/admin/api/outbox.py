"""What could not be told: dead letters, why, and what becomes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.outbox import DeadLetter
from app.core.paging import PageRequest

router = desk_router("outbox")


class Letter(Reply):
    """An event that was given up. `reason` is the kind of the last fault."""

    id: str
    type: str
    citizen: str
    at: datetime
    attempts: int
    reason: str
    dead_at: datetime


class Drop(Body):
    reason: str = Field(min_length=2, max_length=500)


class Settled(Reply):
    id: str


@router.get("/outbox/dead-letters")
async def dead_letters(
    desk: Annotated[Desk, allowed("dead_letters", *ANY)], first: First = 20, after: After = None
) -> Rows[Letter]:
    """Newest event first."""
    page = await desk.services.dead_letters.page(PageRequest.of(first, after))
    return Rows[Letter].of(page, shown, lambda letter: letter.event.id)


@router.post("/outbox/dead-letters/{letter}/revival")
async def revive(letter: Id, desk: Annotated[Desk, allowed("revive", *OPERATORS)]) -> Settled:
    """Have it tried again from the start. A repeat finds it gone."""
    await desk.services.dead_letters.revive(desk.viewer, letter)
    return Settled(id=letter)


@router.post("/outbox/dead-letters/{letter}/drop")
async def drop(letter: Id, body: Drop, desk: Annotated[Desk, allowed("drop", *OPERATORS)]) -> Settled:
    """Give it up for good, with a reason for the record."""
    await desk.services.dead_letters.drop(desk.viewer, letter, body.reason)
    return Settled(id=letter)


def shown(letter: DeadLetter) -> Letter:
    event = letter.event
    return Letter(
        id=event.id,
        type=event.type,
        citizen=event.citizen,
        at=event.at,
        attempts=letter.attempt,
        reason=letter.reason,
        dead_at=letter.dead_at,
    )
