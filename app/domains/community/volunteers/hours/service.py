"""Confirming hours and publishing them.

Confirming writes one entry for each who was there, all in one transaction; publishing takes them one by one, each in
its own, and whatever a dead process left ready is published by the next round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.community.volunteers.activities.model import Activity
from app.domains.community.volunteers.activities.service import ActivityService
from app.domains.community.volunteers.activities.store import ActivityStore
from app.domains.community.volunteers.check_ins.flags.model import Flag, FlagState
from app.domains.community.volunteers.check_ins.flags.service import FlagService
from app.domains.community.volunteers.check_ins.store import CheckInStore
from app.domains.community.volunteers.groups.service import SCOPE
from app.domains.community.volunteers.hours.errors import VolunteerHoursUnknown
from app.domains.community.volunteers.hours.model import MOST_A_DAY, Entry, HoursState, entry_of
from app.domains.community.volunteers.hours.store import HoursStore
from app.domains.community.volunteers.hours.thanks.service import Thanking
from app.domains.community.volunteers.model import stars_of
from app.domains.community.volunteers.store import VolunteerStore

_ID = TypeAdapter(str)
_AT_ONCE, IN_A_CALL = 200, 50
"""In a round; and while the organiser waits: the next round publishes the others."""


@dataclass(frozen=True, slots=True)
class HoursStores:
    """What is read and written when hours are counted."""

    hours: HoursStore
    check_ins: CheckInStore
    activities: ActivityStore
    volunteers: VolunteerStore


class HoursService:
    def __init__(
        self,
        db: Database,
        stores: HoursStores,
        keeping: ActivityService,
        flags: FlagService,
        thanking: Thanking,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._hours = stores.hours
        self._stores = stores
        self._keeping = keeping
        self._flags = flags
        self._thanking = thanking
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Entry]:
        """The newest day first."""
        return await self._hours.of_citizen(viewer.self_only(), request)

    async def of_activity(self, viewer: Viewer, activity: str, request: PageRequest) -> Page[Entry]:
        """Empty when it is not one of yours."""
        if not await self._keeping.owns(viewer, activity):
            return Page((), False)
        return await self._hours.of_activity(activity, request)

    async def of_city(self, state: HoursState, request: PageRequest) -> Page[Entry]:
        return await self._hours.page(state, request)

    async def confirm(self, viewer: Viewer, activity: str, key: str) -> Activity:
        """Of all who were there. What makes one look twice is held; so many hours that one person's word is not enough
        wait for another's. Raises ActivityUnknown, ActivityNotOpen, IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            found, now = await self._keeping.settle(viewer, activity, tx), self._clock.now()
            flags = defaultdict[str, list[Flag]](list)
            for flag in await self._flags.look(activity, tx):
                flags[flag.citizen].append(flag)
            entries = [
                entry_of(found, one, flags[one.citizen], viewer.acting(), now)
                async for one in self._stores.check_ins.all_of(activity, tx)
            ]
            await self._hours.add(entries, tx)
            await self._audit.record(viewer, "hours.confirmed", activity, tx, entries=len(entries))
            return activity

        await self._idempotency.once(Call.of(viewer, "confirmHours", key, activity), _ID, work)
        for one in await self._hours.in_state(HoursState.READY, "", IN_A_CALL, activity):
            await self._publish(one)
        return await self._keeping.own(viewer, activity)

    async def approve(self, viewer: Viewer, entry: str, key: str) -> Entry:
        """As a second person; `entry` is named as others know it (`shown_id`). Raises VolunteerHoursUnknown,
        VolunteerHoursNotReady, VolunteerHoursNeedAnother, IdempotencyConflict.
        """
        id_ = await self._behind(entry)

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, id_, tx)
            await self._keep(was.approved(viewer.acting()), tx)
            await self._audit.record(viewer, "hours.approved", id_, tx, subject=was.citizen, minutes=was.minutes)
            return id_

        return await self._published(viewer, await self._once(viewer, "approveHours", entry, key, work))

    async def correct(self, viewer: Viewer, entry: str, minutes: int, reason: str, key: str) -> Entry:
        """Raises VolunteerHoursUnknown, VolunteerHoursNotReady, VolunteerHoursInvalid, IdempotencyConflict."""
        id_ = await self._behind(entry)

        async def work(tx: Tx) -> str:
            was, now = await self._own(viewer, id_, tx), self._clock.now()
            await self._keep(was.corrected(minutes, reason, viewer.acting(), now), tx)
            target = ("hours.corrected", id_, tx)
            await self._audit.record(viewer, *target, subject=was.citizen, was=was.minutes, minutes=minutes)
            return id_

        done = await self._once(viewer, "correctHours", entry, key, work, minutes, reason)
        return await self._published(viewer, done)

    async def decide_flag(self, viewer: Viewer, flag: str, state: FlagState, words: str, key: str) -> Flag:
        """And what was held for it goes on. Raises CheckInFlagUnknown, BadInput, IdempotencyConflict."""
        found = await self._flags.decide(viewer, flag, state, words, key)
        held = await self._hours.get(f"{found.activity}:{found.citizen}")
        if held is not None and held.state is HoursState.HELD:
            await self._go_on(held)
            ready = await self._hours.get(held.id)
            if ready is not None and ready.state is HoursState.READY:
                await self._publish(ready)
        return found

    # Rounds

    async def look(self) -> int:
        """Publish what is ready, and go on with what was held and is decided; how many. Safe to repeat."""
        after = ""
        while held := await self._hours.in_state(HoursState.HELD, after, _AT_ONCE):
            for one in held:
                await self._go_on(one)
            after = held[-1].id
        return await self.publish_ready()

    async def publish_ready(self, activity: str | None = None) -> int:
        """All that are ready, or those of one activity; how many. Safe to repeat."""
        after, count = "", 0
        while ready := await self._hours.in_state(HoursState.READY, after, _AT_ONCE, activity):
            for one in ready:
                await self._publish(one)
            after, count = ready[-1].id, count + len(ready)
        return count

    async def recount(self, viewer: Viewer, citizen: str) -> int:
        """The sum anew from the entries, which it follows from; how many minutes it is. For the desk."""

        async def work(tx: Tx) -> int:
            minutes = await self._hours.sum_of(citizen, tx)
            if await self._stores.volunteers.set_minutes(citizen, minutes, tx):
                await self._audit.record(viewer, "hours.recounted", citizen, tx, subject=citizen, minutes=minutes)
            return minutes

        return await self._db.transaction(work)

    async def _publish(self, one: Entry) -> None:
        activity, now = await self._stores.activities.get(one.activity), self._clock.now()
        assert activity is not None

        async def work(tx: Tx) -> None:
            was = await self._hours.get(one.id, tx)
            if was is None or was.state is not HoursState.READY:
                return
            on_day = await self._hours.on_day(was.citizen, was.day, tx)
            counted = was.counted(MOST_A_DAY - on_day + was.published, now)
            more = counted.published - was.published
            await self._hours.set_day(was.citizen, was.day, on_day + more, tx)
            await self._keep(counted, tx)
            await self._tell(activity, counted, more, tx)
            await self._thanking.owe(activity, counted, tx)

        await self._db.transaction(work)
        await self._thanking.pay(one.id)

    async def _tell(self, activity: Activity, one: Entry, more: int, tx: Tx) -> None:
        sum_ = await self._stores.volunteers.count(one.citizen, more, tx)
        title = activity.terms.title
        facts = {"activity": one.activity, "title": {"zh": title.zh, "en": title.en or title.zh}}
        told = {**facts, "minutes": one.published, "organisation": one.organisation}
        await self._outbox.add("volunteer.hours_published", one.citizen, tx, **told)
        if stars_of(sum_) > stars_of(sum_ - more):
            await self._outbox.add("volunteer.star", one.citizen, tx, stars=stars_of(sum_), hours=sum_ // 60)

    async def _go_on(self, held: Entry) -> None:
        flags = await self._flags.of_check_in(held.activity, held.citizen)

        async def work(tx: Tx) -> None:
            was = await self._hours.get(held.id, tx)
            now = was.after_flags(flags) if was else None
            if was is None or now is None or now is was:
                return
            await self._keep(now, tx)
            if now.state is HoursState.REFUSED:
                facts = {"activity": was.activity, "organisation": was.organisation}
                await self._outbox.add("volunteer.hours_refused", was.citizen, tx, **facts)

        await self._db.transaction(work)

    async def _once(
        self,
        viewer: Viewer,
        operation: str,
        entry: str,
        key: str,
        work: Callable[[Tx], Awaitable[str]],
        *content: object,
    ) -> str:
        return await self._idempotency.once(Call.of(viewer, operation, key, entry, *content), _ID, work)

    async def _published(self, viewer: Viewer, entry: str) -> Entry:
        found = await self._own(viewer, entry)
        if found.state is HoursState.READY:
            await self._publish(found)
        return await self._own(viewer, entry)

    async def _behind(self, shown: str) -> str:
        """Raises VolunteerHoursUnknown."""
        activity, _, number = shown.partition(":")
        volunteer = await self._stores.volunteers.by_number(number)
        if volunteer is None:
            raise VolunteerHoursUnknown
        return f"{activity}:{volunteer.id}"

    async def _own(self, viewer: Viewer, entry: str, tx: Tx | None = None) -> Entry:
        """Raises VolunteerHoursUnknown."""
        found = await self._hours.get(entry, tx)
        if found is None or not _keeps(viewer, found):
            raise VolunteerHoursUnknown
        return found

    async def _keep(self, one: Entry, tx: Tx) -> None:
        if not await self._hours.save(one, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats


def _keeps(viewer: Viewer, one: Entry) -> bool:
    """In test mode nobody: only real people have hours."""
    if viewer.role is Role.OPS:
        return True
    return one.organisation == viewer.provider(SCOPE) and not viewer.test_mode
