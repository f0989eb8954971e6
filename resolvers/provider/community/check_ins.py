"""The organiser's screen: the rotating code, who came, what makes one look twice, and the hours of all."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from app.context.volunteers import Volunteering
from app.core.paging import PageRequest
from app.domains.community.volunteers.check_ins.flags.model import FlagState
from app.domains.community.volunteers.check_ins.model import Way
from app.domains.community.volunteers.groups.service import SCOPE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.community.volunteer_errors import (
    ActivityNotOpen,
    ActivityUnknown,
    CheckInFlagUnknown,
    CheckInOver,
    CheckInTooEarly,
    NotCheckedIn,
    VolunteerHoursInvalid,
    VolunteerHoursNeedAnother,
    VolunteerHoursNotReady,
    VolunteerHoursUnknown,
)
from graphql_schema.types.community.volunteers import (
    ActivityCode,
    ActivityVolunteer,
    CheckInFlag,
    CheckInFlagDecided,
    ConfirmedHours,
    VolunteerActivityChanged,
    VolunteerCheckedIn,
    VolunteerHoursChanged,
)
from resolvers.provider.community.volunteers import changed

_MINE = providers(scope=SCOPE)

ActivityCodeResult = Annotated[
    ActivityCode | ActivityUnknown | ActivityNotOpen | CheckInTooEarly | CheckInOver,
    strawberry.union("ActivityCodeResult"),
]
CheckOutVolunteerResult = Annotated[
    VolunteerCheckedIn | ActivityUnknown | ActivityNotOpen | NotCheckedIn | CheckInOver | IdempotencyConflict,
    strawberry.union("CheckOutVolunteerResult"),
]
ConfirmVolunteerHoursResult = Annotated[
    VolunteerActivityChanged | ActivityUnknown | ActivityNotOpen | IdempotencyConflict,
    strawberry.union("ConfirmVolunteerHoursResult"),
]
ApproveVolunteerHoursResult = Annotated[
    VolunteerHoursChanged
    | VolunteerHoursUnknown
    | VolunteerHoursNotReady
    | VolunteerHoursNeedAnother
    | IdempotencyConflict,
    strawberry.union("ApproveVolunteerHoursResult"),
]
CorrectVolunteerHoursResult = Annotated[
    VolunteerHoursChanged
    | VolunteerHoursUnknown
    | VolunteerHoursNotReady
    | VolunteerHoursInvalid
    | IdempotencyConflict,
    strawberry.union("CorrectVolunteerHoursResult"),
]
DecideCheckInFlagResult = Annotated[
    CheckInFlagDecided | CheckInFlagUnknown | IdempotencyConflict, strawberry.union("DecideCheckInFlagResult")
]


@strawberry.type
class ProviderCheckInQuery:
    @strawberry.field(
        description="To be shown as a QR code until its end, then asked for again: it changes every 15 seconds.",
        metadata=_MINE,
    )
    async def activity_code(self, info: Info, activity_id: strawberry.ID, way: Way) -> ActivityCodeResult:
        check_ins, key = _ours(info).check_ins, key_of(activity_id, "VolunteerActivity")
        shown = await check_ins.code(info.context.viewer, key, way)
        return ActivityCode.of(shown, way, await check_ins.count(key))

    @strawberry.field(description="Who has a place, by when they signed up.", metadata=_MINE)
    async def activity_volunteers(
        self, info: Info, activity_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[ActivityVolunteer]:
        ours, key = _ours(info), key_of(activity_id, "VolunteerActivity")
        page = await ours.roster.of(info.context.viewer, key, PageRequest.of(first, after))
        citizens = [one.citizen for one in page.items]
        known, came = await ours.register.many(citizens), await ours.check_ins.among(key, citizens)
        return connection(page, lambda one: one.turn, lambda one: ActivityVolunteer.of(one, known, came))

    @strawberry.field(description="Check-ins to look at twice; or those that were decided.", metadata=_MINE)
    async def check_in_flags(
        self, info: Info, open: bool = True, first: int | None = None, after: str | None = None
    ) -> Connection[CheckInFlag]:
        ours = _ours(info)
        page = await ours.flags.kept_by(info.context.viewer, PageRequest.of(first, after), open_=open)
        known = await ours.register.many([one.citizen for one in page.items])
        return connection(page, lambda one: one.id, lambda one: CheckInFlag.of(one, known))

    @strawberry.field(description="Of an activity whose hours were confirmed.", metadata=_MINE)
    async def activity_hours(
        self, info: Info, activity_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[ConfirmedHours]:
        ours, key = _ours(info), key_of(activity_id, "VolunteerActivity")
        page = await ours.hours.of_activity(info.context.viewer, key, PageRequest.of(first, after))
        known = await ours.register.many([one.citizen for one in page.items])
        return connection(page, lambda one: one.citizen, lambda one: ConfirmedHours.of(one, known))


@strawberry.type
class ProviderCheckInMutation:
    @strawberry.mutation(description="By the organiser, of whoever forgot it: at that time, or now.", metadata=_MINE)
    async def check_out_volunteer(
        self,
        info: Info,
        activity_id: strawberry.ID,
        number: str,
        idempotency_key: IdempotencyKey,
        at: datetime | None = None,
    ) -> CheckOutVolunteerResult:
        check_ins, key = _ours(info).check_ins, key_of(activity_id, "VolunteerActivity")
        done = await check_ins.send_out(info.context.viewer, key, number, at, idempotency_key)
        return VolunteerCheckedIn.of(done)

    @strawberry.mutation(
        description="Of all who were there, once it has ended. What makes one look twice is held; more than six hours "
        "are confirmed by a second person.",
        metadata=_MINE,
    )
    async def confirm_volunteer_hours(
        self, info: Info, activity_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ConfirmVolunteerHoursResult:
        key = key_of(activity_id, "VolunteerActivity")
        return changed(info, await _ours(info).hours.confirm(info.context.viewer, key, idempotency_key))

    @strawberry.mutation(description="As the second person.", metadata=_MINE)
    async def approve_volunteer_hours(
        self, info: Info, hours_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ApproveVolunteerHoursResult:
        ours, key = _ours(info), key_of(hours_id, "VolunteerHours")
        done = await ours.hours.approve(info.context.viewer, key, idempotency_key)
        return VolunteerHoursChanged(hours=ConfirmedHours.of(done, await ours.register.many([done.citizen])))

    @strawberry.mutation(description="With a reason that the volunteer reads.", metadata=_MINE)
    async def correct_volunteer_hours(
        self, info: Info, hours_id: strawberry.ID, minutes: int, reason: str, idempotency_key: IdempotencyKey
    ) -> CorrectVolunteerHoursResult:
        ours, key = _ours(info), key_of(hours_id, "VolunteerHours")
        done = await ours.hours.correct(info.context.viewer, key, minutes, reason, idempotency_key)
        return VolunteerHoursChanged(hours=ConfirmedHours.of(done, await ours.register.many([done.citizen])))

    @strawberry.mutation(description="CLEARED: the hours count; UPHELD: they do not. `words` say why.", metadata=_MINE)
    async def decide_check_in_flag(
        self, info: Info, flag_id: strawberry.ID, state: FlagState, words: str, idempotency_key: IdempotencyKey
    ) -> DecideCheckInFlagResult:
        ours, key = _ours(info), key_of(flag_id, "CheckInFlag")
        done = await ours.hours.decide_flag(info.context.viewer, key, state, words, idempotency_key)
        return CheckInFlagDecided(flag=CheckInFlag.of(done, await ours.register.many([done.citizen])))


def _ours(info: Info) -> Volunteering:
    return info.context.services.community.volunteering
