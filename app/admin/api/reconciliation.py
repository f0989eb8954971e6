"""Days of the payment gateway: comparing them, putting right what differs, closing them.

A difference is put right by a transfer of the ledger: to `wallet` (the payer's), `suspense` or `losses`; `none` only
where no money is missing. From 1,000 yuan on somebody else approves. A closed day stays closed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Path
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.payment.reconciliation.differences.errors import GatewayDifferenceUnknown
from app.domains.payment.reconciliation.differences.model import Difference, DifferenceState, Remedy
from app.domains.payment.reconciliation.errors import DayUnknown
from app.domains.payment.reconciliation.matching.model import Booked, EntryKind, What
from app.domains.payment.reconciliation.model import DayState
from app.domains.payment.reconciliation.service import DayFigures

router = desk_router("reconciliation")
Day = Annotated[date, Path(ge=date(2020, 1, 1), le=date(2100, 12, 31))]


class TallyShown(Reply):
    """Of one kind: lines of the file, entries of our books, in fen; `fees_fen` is what the gateway says it charges."""

    kind: EntryKind
    theirs: int
    theirs_fen: int
    fees_fen: int
    ours: int
    ours_fen: int
    matched: int


class DayShown(Reply):
    """`theirs_net_fen` less `ours_net_fen` is what the differences come to. `fault`: why it could not be compared."""

    day: date
    state: DayState
    tallies: list[TallyShown]
    theirs_net_fen: int
    ours_net_fen: int
    late: int
    differences: int
    unresolved: int
    compared_at: datetime | None
    fault: str | None
    closed_at: datetime | None
    closed_by: str | None


class ResolutionShown(Reply):
    remedy: Remedy
    reason: str
    by: str
    at: datetime
    transfer: str | None
    approved_by: str | None


class DifferenceShown(Reply):
    """`gap`: by how many fen the gateway has more of our money than our books say."""

    id: str
    day: date
    what: What
    kind: EntryKind
    reference: str
    gap: int
    theirs_fen: int | None
    theirs_state: str | None
    gateway_id: str | None
    ours_fen: int | None
    ours_state: Booked | None
    citizen: str | None
    state: DifferenceState
    owner: str | None
    found_at: datetime
    remedies: list[Remedy]
    needs_two: bool
    resolution: ResolutionShown | None


class Resolving(Body):
    remedy: Remedy
    reason: str = Field(min_length=2, max_length=500)


class Declining(Body):
    reason: str = Field(min_length=2, max_length=500)


@router.get("/gateway-days")
async def days(desk: Annotated[Desk, allowed("list", *ANY)], first: First = 31, after: After = None) -> Rows[DayShown]:
    """Newest first."""
    page = await desk.services.payment.settlement.days.page(PageRequest.of(first, after))
    return Rows[DayShown].of(page, day_shown)


@router.get("/gateway-days/{day}")
async def one_day(day: Day, desk: Annotated[Desk, allowed("read", *ANY)]) -> DayShown:
    found = await desk.services.payment.settlement.days.one(day)
    if found is None:
        raise DayUnknown
    return day_shown(found)


@router.post("/gateway-days/{day}/comparison")
async def compare(day: Day, desk: Annotated[Desk, allowed("compare", *OPERATORS)]) -> DayShown:
    """Fetch the gateway's file of the day and compare it, also anew."""
    return day_shown(await desk.services.payment.settlement.days.compare(desk.viewer, day))


@router.post("/gateway-days/{day}/close")
async def close(day: Day, key: Key, desk: Annotated[Desk, allowed("close", *OPERATORS)]) -> DayShown:
    """For good; not while a difference has no resolution."""
    return day_shown(await desk.services.payment.settlement.days.close(desk.viewer, day, key))


@router.get("/gateway-days/{day}/differences")
async def differences_of(
    day: Day, desk: Annotated[Desk, allowed("differences", *ANY)], first: First = 50, after: After = None
) -> Rows[DifferenceShown]:
    page = await desk.services.payment.settlement.differences.of_day(day, PageRequest.of(first, after))
    return Rows[DifferenceShown].of(page, shown)


@router.get("/gateway-differences")
async def still_open(
    desk: Annotated[Desk, allowed("list-open", *ANY)], first: First = 50, after: After = None
) -> Rows[DifferenceShown]:
    """Those of all days without a resolution, the oldest first."""
    page = await desk.services.payment.settlement.differences.still_open(PageRequest.of(first, after))
    return Rows[DifferenceShown].of(page, shown)


@router.get("/gateway-differences/{difference}")
async def difference(difference: Id, desk: Annotated[Desk, allowed("read-difference", *ANY)]) -> DifferenceShown:
    found = await desk.services.payment.settlement.differences.one(difference)
    if found is None:
        raise GatewayDifferenceUnknown
    return shown(found)


@router.post("/gateway-differences/{difference}/take")
async def take(difference: Id, key: Key, desk: Annotated[Desk, allowed("take", *OPERATORS)]) -> DifferenceShown:
    """Take it in hand, also over from another."""
    return shown(await desk.services.payment.settlement.differences.take(desk.viewer, difference, key))


@router.post("/gateway-differences/{difference}/look")
async def look(difference: Id, desk: Annotated[Desk, allowed("look", *OPERATORS)]) -> DifferenceShown:
    """Ask the gateway how this entry stands, and compare it anew."""
    return shown(await desk.services.payment.settlement.differences.look_again(desk.viewer, difference))


@router.post("/gateway-differences/{difference}/resolve")
async def resolve(
    difference: Id, body: Resolving, key: Key, desk: Annotated[Desk, allowed("resolve", *OPERATORS)]
) -> DifferenceShown:
    """Put it right, or propose to when it is 1,000 yuan or more; by who has taken it in hand."""
    service = desk.services.payment.settlement.differences
    return shown(await service.resolve(desk.viewer, difference, body.remedy, body.reason, key))


@router.post("/gateway-differences/{difference}/approve")
async def approve(difference: Id, key: Key, desk: Annotated[Desk, allowed("approve", *OPERATORS)]) -> DifferenceShown:
    """What somebody else proposed."""
    return shown(await desk.services.payment.settlement.differences.approve(desk.viewer, difference, key))


@router.post("/gateway-differences/{difference}/decline")
async def decline(
    difference: Id, body: Declining, key: Key, desk: Annotated[Desk, allowed("decline", *OPERATORS)]
) -> DifferenceShown:
    """A proposal goes back to who made it."""
    service = desk.services.payment.settlement.differences
    return shown(await service.decline(desk.viewer, difference, body.reason, key))


def day_shown(one: DayFigures) -> DayShown:
    day = one.day
    tallies = [
        TallyShown(
            kind=kind,
            theirs=tally.theirs,
            theirs_fen=tally.theirs_fen,
            fees_fen=tally.fees_fen,
            ours=tally.ours,
            ours_fen=tally.ours_fen,
            matched=tally.matched,
        )
        for kind, tally in sorted(day.tallies.items())
    ]
    return DayShown(
        day=day.day,
        state=day.state,
        tallies=tallies,
        theirs_net_fen=day.theirs_net,
        ours_net_fen=day.ours_net,
        late=day.late,
        differences=one.differences,
        unresolved=one.unresolved,
        compared_at=day.compared_at,
        fault=day.fault,
        closed_at=day.closed_at,
        closed_by=day.closed_by,
    )


def shown(one: Difference) -> DifferenceShown:
    return DifferenceShown(
        id=one.id,
        day=one.day,
        what=one.what,
        kind=one.kind,
        reference=one.reference,
        gap=one.gap,
        theirs_fen=one.theirs_fen,
        theirs_state=one.theirs_state,
        gateway_id=one.gateway_id,
        ours_fen=one.ours_fen,
        ours_state=one.ours_state,
        citizen=one.citizen,
        state=one.state,
        owner=one.owner,
        found_at=one.found_at,
        remedies=list(one.remedies),
        needs_two=one.needs_two,
        resolution=ResolutionShown.model_validate(one.resolution) if one.resolution else None,
    )
