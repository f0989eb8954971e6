"""Volunteers: groups, activities, findings at check-ins, hours; micro-wishes; calls to responders."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field
from starlette.exceptions import HTTPException

from app.admin.api.desk import (
    ANY,
    OPERATORS,
    After,
    Body,
    CitizenId,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.core.paging import PageRequest
from app.domains.community.responders.calls.model import CallEnd, CallKind, HelpCall, ReplyState
from app.domains.community.volunteers.activities.model import Activity, ActivityState
from app.domains.community.volunteers.check_ins.flags.model import Flag, FlagState
from app.domains.community.volunteers.check_ins.model import FlagKind
from app.domains.community.volunteers.groups.model import Group, GroupState
from app.domains.community.volunteers.hours.thanks.model import Thanks, ThanksState
from app.domains.community.volunteers.model import Volunteer
from app.domains.community.wishes.model import MicroWish, WishKind, WishState

router = desk_router("volunteers")


class VolunteerRow(Reply):
    """By number, without the name."""

    id: str
    number: str
    minutes: int
    stars: int
    active: bool


class Minutes(Reply):
    minutes: int


class GroupRow(Reply):
    id: str
    organisation: str
    name: str
    state: GroupState
    founded: bool
    made_at: datetime


class ActivityRow(Reply):
    id: str
    organisation: str
    title: str
    address: str
    starts_at: datetime
    ends_at: datetime
    state: ActivityState
    places: int
    taken: int
    waiting: int


class FlagRow(Reply):
    """`id` names it in the decision; empty when the volunteer has left the city."""

    id: str
    kind: FlagKind
    activity: str
    organisation: str
    number: str
    others: int
    state: FlagState
    at: datetime


class ThanksRow(Reply):
    """`fault`: the code of what it waits for."""

    organisation: str
    points: int
    state: ThanksState
    fault: str | None
    at: datetime
    due_at: datetime


class WishRow(Reply):
    """Without its words, which the committee reads."""

    id: str
    organisation: str
    kind: WishKind
    state: WishState
    made_at: datetime
    due_at: datetime | None
    lapses: int


class CallRow(Reply):
    """Without places of people."""

    id: str
    organisation: str
    kind: CallKind
    at: datetime
    called: int
    ended_at: datetime | None
    end: CallEnd | None


class CallShown(Reply):
    call: CallRow
    replies: dict[ReplyState, int]


class Decision(Body):
    """`words` are told to whom it is about, or kept with it."""

    yes: bool
    words: str = Field(default="", max_length=300)


@router.get("/volunteers")
async def volunteers(
    desk: Annotated[Desk, allowed("list", *ANY)], first: First = 20, after: After = None
) -> Rows[VolunteerRow]:
    page = await desk.services.community.volunteering.register.of_city(PageRequest.of(first, after))
    return Rows[VolunteerRow].of(page, _volunteer)


@router.post("/volunteers/{citizen}/recount")
async def recount(citizen: CitizenId, desk: Annotated[Desk, allowed("recount", *OPERATORS)]) -> Minutes:
    """The sum of his hours anew, from the entries. Repeating is safe."""
    return Minutes(minutes=await desk.services.community.volunteering.hours.recount(desk.viewer, citizen))


@router.get("/volunteer-groups")
async def groups(
    desk: Annotated[Desk, allowed("list_groups", *ANY)],
    state: GroupState | None = None,
    first: First = 20,
    after: After = None,
) -> Rows[GroupRow]:
    page = await desk.services.community.volunteering.groups.of_city(state, PageRequest.of(first, after))
    return Rows[GroupRow].of(page, _group)


@router.post("/volunteer-groups/{group}/decision")
async def decide_group(
    group: Id, body: Decision, key: Key, desk: Annotated[Desk, allowed("decide_group", *OPERATORS)]
) -> GroupRow:
    """Let it in, or not: then `words` say why."""
    service = desk.services.community.volunteering.groups
    return _group(await service.decide(desk.viewer, group, body.words, key, let_in=body.yes))


@router.post("/volunteer-groups/{group}/closing")
async def close_group(group: Id, key: Key, desk: Annotated[Desk, allowed("close_group", *OPERATORS)]) -> GroupRow:
    return _group(await desk.services.community.volunteering.groups.close(desk.viewer, group, key))


@router.get("/volunteer-activities")
async def activities(
    desk: Annotated[Desk, allowed("list_activities", *ANY)], first: First = 20, after: After = None
) -> Rows[ActivityRow]:
    service = desk.services.community.volunteering.activities
    page, now = await service.of_city(PageRequest.of(first, after)), service.now
    return Rows[ActivityRow].of(page, lambda one: _activity(one, now))


@router.get("/check-in-flags")
async def flags(
    desk: Annotated[Desk, allowed("list_flags", *ANY)], open: bool = True, first: First = 20, after: After = None
) -> Rows[FlagRow]:
    """What makes one look twice at check-ins."""
    ours = desk.services.community.volunteering
    page = await ours.flags.of_city(PageRequest.of(first, after), open_=open)
    known = await ours.register.many([one.citizen for one in page.items])
    return Rows[FlagRow].of(page, lambda one: _flag(one, known))


@router.post("/check-in-flags/{flag}/decision")
async def decide_flag(
    flag: Id, body: Decision, key: Key, desk: Annotated[Desk, allowed("decide_flag", *OPERATORS)]
) -> FlagRow:
    """`yes`: all right, the hours count."""
    ours, state = desk.services.community.volunteering, FlagState.CLEARED if body.yes else FlagState.UPHELD
    done = await ours.hours.decide_flag(desk.viewer, flag, state, body.words, key)
    return _flag(done, await ours.register.many([done.citizen]))


@router.get("/volunteer-points")
async def thanks(
    desk: Annotated[Desk, allowed("list_points", *ANY)],
    state: ThanksState = ThanksState.WAITING,
    first: First = 20,
    after: After = None,
) -> Rows[ThanksRow]:
    """Points for hours: what waits, and for what."""
    page = await desk.services.community.volunteering.thanking.of_city(state, PageRequest.of(first, after))
    return Rows[ThanksRow].of(page, _thanks)


@router.get("/micro-wishes")
async def wishes(
    desk: Annotated[Desk, allowed("list_wishes", *ANY)],
    state: WishState | None = None,
    first: First = 20,
    after: After = None,
) -> Rows[WishRow]:
    page = await desk.services.community.volunteering.wishes.of_city(state, PageRequest.of(first, after))
    return Rows[WishRow].of(page, _wish)


@router.post("/micro-wishes/{wish}/screening")
async def screen(
    wish: Id, body: Decision, key: Key, desk: Annotated[Desk, allowed("screen_wish", *OPERATORS)]
) -> WishRow:
    """In place of its committee."""
    service = desk.services.community.volunteering.wishes
    return _wish(await service.screen(desk.viewer, wish, body.words, key, publish=body.yes))


@router.post("/micro-wishes/{wish}/withdrawal")
async def withdraw(wish: Id, key: Key, desk: Annotated[Desk, allowed("withdraw_wish", *OPERATORS)]) -> WishRow:
    return _wish(await desk.services.community.volunteering.wishes.withdraw(desk.viewer, wish, key))


@router.get("/responder-calls")
async def calls(
    desk: Annotated[Desk, allowed("list_calls", *ANY)], first: First = 20, after: After = None
) -> Rows[CallRow]:
    page = await desk.services.community.volunteering.calls.of_city(PageRequest.of(first, after))
    return Rows[CallRow].of(page, _call)


@router.get("/responder-calls/{call}")
async def one_call(call: Id, desk: Annotated[Desk, allowed("read_call", *ANY)]) -> CallShown:
    """How many said what."""
    found = await desk.services.community.volunteering.calls.at_desk(call)
    if found is None:
        raise HTTPException(404)
    return CallShown(call=_call(found.call), replies={state: found.count(state) for state in ReplyState})


def _volunteer(one: Volunteer) -> VolunteerRow:
    return VolunteerRow(id=one.id, number=one.number, minutes=one.minutes, stars=one.stars, active=one.active)


def _group(one: Group) -> GroupRow:
    return GroupRow(
        id=one.id,
        organisation=one.organisation,
        name=one.name.zh,
        state=one.state,
        founded=one.founder is not None,
        made_at=one.made_at,
    )


def _activity(one: Activity, now: datetime) -> ActivityRow:
    terms = one.terms
    return ActivityRow(
        id=one.id,
        organisation=one.organisation,
        title=terms.title.zh,
        address=terms.address,
        starts_at=terms.span.starts_at,
        ends_at=terms.span.ends_at,
        state=one.state_on(now),
        places=terms.places,
        taken=one.taken,
        waiting=one.waiting,
    )


def _flag(one: Flag, known: dict[str, Volunteer]) -> FlagRow:
    volunteer = known.get(one.citizen)
    return FlagRow(
        id=one.shown_id(volunteer.number) if volunteer else "",
        kind=one.kind,
        activity=one.activity,
        organisation=one.organisation,
        number=volunteer.number if volunteer else "",
        others=one.others,
        state=one.state,
        at=one.at,
    )


def _thanks(one: Thanks) -> ThanksRow:
    return ThanksRow(
        organisation=one.organisation,
        points=one.points,
        state=one.state,
        fault=one.fault,
        at=one.at,
        due_at=one.due_at,
    )


def _wish(one: MicroWish) -> WishRow:
    return WishRow(
        id=one.id,
        organisation=one.organisation,
        kind=one.kind,
        state=one.state,
        made_at=one.made_at,
        due_at=one.due_at,
        lapses=one.lapses,
    )


def _call(one: HelpCall) -> CallRow:
    return CallRow(
        id=one.id,
        organisation=one.organisation,
        kind=one.wish.kind,
        at=one.at,
        called=one.called,
        ended_at=one.ended_at,
        end=one.end,
    )
