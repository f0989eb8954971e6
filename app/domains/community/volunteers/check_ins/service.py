"""Checking in and out. Nothing here is shared by those who come at the same time: three hundred within a minute write
three hundred rows, and none of them waits for another.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.sealed import KeyRing
from app.core.viewer import Viewer
from app.domains.community.volunteers.activities.errors import ActivityUnknown, NotSignedUp
from app.domains.community.volunteers.activities.model import Activity, ActivityState, SignUpState
from app.domains.community.volunteers.activities.service import ActivityService
from app.domains.community.volunteers.activities.store import ActivityStore
from app.domains.community.volunteers.check_ins.errors import AlreadyElsewhere, CheckInOver, NotCheckedIn
from app.domains.community.volunteers.check_ins.flags.service import FlagService
from app.domains.community.volunteers.check_ins.model import (
    CheckIn,
    Fix,
    Presence,
    ReadCode,
    ShownCode,
    Way,
    demand_time,
    read,
    show,
)
from app.domains.community.volunteers.check_ins.store import CheckInStore
from app.domains.community.volunteers.store import VolunteerStore

_ID = TypeAdapter(str)
_CODE, _DEVICE, _SPOT = "activity code", "check-in device", "check-in spot"


class Devices(Protocol):
    async def of(self, session: str) -> str | None:
        """Which phone a session was opened on."""
        ...


class CheckInService:
    def __init__(
        self,
        check_ins: CheckInStore,
        activities: ActivityStore,
        keeping: ActivityService,
        flags: FlagService,
        volunteers: VolunteerStore,
        devices: Devices,
        ring: KeyRing,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._check_ins = check_ins
        self._activities = activities
        self._keeping = keeping
        self._flags = flags
        self._volunteers = volunteers
        self._devices = devices
        self._ring = ring
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    # The organiser's screen

    async def code(self, viewer: Viewer, activity: str, way: Way) -> ShownCode:
        """What is to be shown until its end. Raises ActivityUnknown, ActivityNotOpen, CheckInTooEarly, CheckInOver."""
        return self.shown(await self._keeping.own(viewer, activity), way)

    @property
    def now(self) -> datetime:
        return self._clock.now()

    def shown(self, activity: Activity, way: Way) -> ShownCode:
        """By whoever may show it. Raises ActivityNotOpen, CheckInTooEarly, CheckInOver."""
        demand_time(activity, way, self.now)
        return show(activity.id, way, self.now, self._signed)

    async def count(self, activity: str) -> int:
        return await self._check_ins.count(activity)

    async def among(self, activity: str, citizens: Collection[str]) -> dict[str, CheckIn]:
        return await self._check_ins.among(activity, citizens)

    async def send_out(self, viewer: Viewer, activity: str, number: str, at: datetime | None, key: str) -> CheckIn:
        """By the organiser, of the volunteer of this number, who forgot it or has no phone any more.

        Raises ActivityUnknown, ActivityNotOpen, NotCheckedIn, CheckInOver, IdempotencyConflict.
        """
        volunteer = await self._volunteers.by_number(number)
        if volunteer is None:
            raise NotCheckedIn
        citizen = volunteer.id

        async def work(tx: Tx) -> str:
            found, now = await self._keeping.own(viewer, activity, tx), self._clock.now()
            found.demand(now, ActivityState.PUBLISHED, ActivityState.RUNNING, ActivityState.ENDED)
            was = await self._there(activity, citizen, tx)
            left = min(at or now, now)
            if left > found.closes_at:
                raise CheckInOver(found.closes_at)
            await self._check_ins.set_out(was.out(left, viewer.acting()), tx)
            await self._check_ins.leave(citizen, activity, tx)
            await self._audit.record(viewer, "check_in.sent_out", was.id, tx, subject=citizen)
            return activity

        call = Call.of(viewer, "checkOutVolunteer", key, activity, number, at)
        await self._idempotency.once(call, _ID, work)
        return await self._there(activity, citizen)

    # The volunteer's phone

    async def of_citizen(self, viewer: Viewer, activities: Collection[str]) -> dict[str, CheckIn]:
        """One's own, by activity."""
        return await self._check_ins.of_citizen(viewer.self_only(), activities)

    async def check_in(self, viewer: Viewer, code: str, fix: Fix, key: str) -> CheckIn:
        """Who is in already finds his check-in. Raises RealNameNeeded, CheckInCodeUnknown, CheckInCodeStale,
        ActivityNotOpen, CheckInTooEarly, CheckInOver, NotSignedUp, FixTooCoarse, CheckInTooFar, AlreadyElsewhere,
        IdempotencyConflict.
        """
        citizen, call = viewer.by_name(), Call.of(viewer, "checkIntoActivity", key, code, fix)
        device = await self._device(viewer)

        async def work(tx: Tx) -> str:
            seen, found = await self._behind(code, Way.IN, tx)
            if await self._check_ins.get(seen.activity, citizen, tx) is not None:
                return seen.activity
            now = self._clock.now()
            demand_time(found, Way.IN, now)
            metres = fix.checked().demand_near(found)
            await self._demand_place(seen.activity, citizen, tx)
            was = await self._check_ins.presence(citizen, tx)
            if was is not None and was.elsewhere(seen.activity, now):
                raise AlreadyElsewhere(await self._title(was.activity))
            spot = self._ring.keyed_hash(f"{seen.activity}:{fix.spot}", kind=_SPOT)
            fast = was is not None and was.too_fast(fix, now)
            organisation = found.organisation
            one = CheckIn(seen.activity, citizen, organisation, now, metres, device, spot, fix, too_fast=fast)
            await self._check_ins.add(one, tx)
            await self._check_ins.be(Presence(citizen, seen.activity, found.closes_at, now, fix), tx)
            await self._audit.record(viewer, "check_in.in", one.id, tx, metres=metres)
            return seen.activity

        activity = await self._idempotency.once(call, _ID, work)
        one = await self._there(activity, citizen)
        await self._flags.look_at(one)
        return one

    async def check_out(self, viewer: Viewer, code: str, fix: Fix, key: str) -> CheckIn:
        """Who is out already finds when. Raises as `check_in`, and NotCheckedIn."""
        citizen, call = viewer.by_name(), Call.of(viewer, "checkOutOfActivity", key, code, fix)

        async def work(tx: Tx) -> str:
            seen, found = await self._behind(code, Way.OUT, tx)
            was, now = await self._there(seen.activity, citizen, tx), self._clock.now()
            if was.out_at is not None:
                return seen.activity
            demand_time(found, Way.OUT, now)
            fix.checked().demand_near(found)
            await self._check_ins.set_out(was.out(now, citizen), tx)
            await self._check_ins.be(Presence(citizen, None, now, now, fix), tx)
            await self._audit.record(viewer, "check_in.out", was.id, tx)
            return seen.activity

        return await self._there(await self._idempotency.once(call, _ID, work), citizen)

    async def _behind(self, code: str, way: Way, tx: Tx) -> tuple[ReadCode, Activity]:
        """Raises CheckInCodeUnknown, CheckInCodeStale, ActivityUnknown."""
        seen = read(code, way, self._clock.now(), self._signed)
        found = await self._activities.get(seen.activity, tx)
        if found is None:
            raise ActivityUnknown
        return seen, found

    async def _demand_place(self, activity: str, citizen: str, tx: Tx) -> None:
        """Raises NotSignedUp."""
        place = await self._activities.sign_up(activity, citizen, tx)
        if place is None or place.state is not SignUpState.SIGNED_UP:
            raise NotSignedUp

    async def _there(self, activity: str, citizen: str, tx: Tx | None = None) -> CheckIn:
        """Raises NotCheckedIn."""
        found = await self._check_ins.get(activity, citizen, tx)
        if found is None:
            raise NotCheckedIn
        return found

    async def _device(self, viewer: Viewer) -> str:
        """A session without a phone is one of its own."""
        session = viewer.session or ""
        return self._ring.keyed_hash(await self._devices.of(session) or session or viewer.acting(), kind=_DEVICE)

    async def _title(self, activity: str | None) -> str:
        found = await self._activities.get(activity) if activity else None
        return found.terms.title.zh if found else ""

    def _signed(self, text: str) -> str:
        return self._ring.keyed_hash(text, kind=_CODE)
