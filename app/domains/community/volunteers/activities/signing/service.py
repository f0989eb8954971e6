"""Places in activities: taken in the order in which people come; who gives one back gives it to the first in line.

Those who come by one process take turns at an activity, rather than collide in the database and begin anew; between
processes the database decides.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.volunteers.activities.errors import (
    ActivityListFull,
    ActivityUnknown,
    NotSignedUp,
)
from app.domains.community.volunteers.activities.model import Activity, ActivityState, SignUp, SignUpState, Terms
from app.domains.community.volunteers.activities.service import ActivityService, facts_of
from app.domains.community.volunteers.activities.store import ActivityStore
from app.domains.community.volunteers.service import VolunteerService

_ID = TypeAdapter(str)
_TOLD = {SignUpState.SIGNED_UP: "activity.signed_up", SignUpState.WAITING: "activity.waiting"}
_OPEN = (ActivityState.PUBLISHED, ActivityState.RUNNING)


@dataclass(frozen=True, slots=True)
class Place:
    """A sign-up with its activity; `ahead`: how many wait before him."""

    sign_up: SignUp
    activity: Activity
    ahead: int = 0


class Signing:
    def __init__(
        self,
        db: Database,
        activities: ActivityStore,
        volunteers: VolunteerService,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._activities = activities
        self._volunteers = volunteers
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Place]:
        """The newest first."""
        page = await self._activities.of_citizen(viewer.self_only(), request)
        known = await self._activities.many([one.activity for one in page.items])
        return Page(tuple(Place(one, known[one.activity]) for one in page.items), page.has_next)

    async def of(self, viewer: Viewer, activity: str) -> SignUp | None:
        """One's own."""
        return await self._activities.sign_up(activity, viewer.self_only())

    async def sign_up(self, viewer: Viewer, activity: str, key: str) -> Place:
        """Who has signed up before finds his place. Raises RealNameNeeded, VolunteersOnly, ActivityUnknown,
        ActivityNotOpen, ActivityListFull, IdempotencyConflict.
        """
        citizen, turn = viewer.by_name(), new_id()

        async def work(tx: Tx) -> str:
            await self._volunteers.demand(citizen, tx)
            found, now = await self._known(activity, tx), self._clock.now()
            found.demand(now, *_OPEN)
            before = await self._activities.sign_up(activity, citizen, tx)
            if before is None or before.state is SignUpState.CANCELLED:
                state = await self._placed(found, tx)
                await self._activities.keep(SignUp(activity, citizen, found.organisation, state, turn, now), tx)
                await self._outbox.add(_TOLD[state], citizen, tx, **facts_of(found))
                await self._audit.record(viewer, "activity.signed_up", activity, tx, state=state.value)
            return activity

        call = Call.of(viewer, "signUpForActivity", key, activity)
        async with self._turns.setdefault(activity, asyncio.Lock()):
            await self._idempotency.once(call, _ID, work)
        return await self._place(activity, citizen)

    async def cancel(self, viewer: Viewer, activity: str, key: str) -> Place:
        """Before it ends. Raises ActivityUnknown, ActivityNotOpen, NotSignedUp, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            found = await self._known(activity, tx)
            found.demand(self._clock.now(), *_OPEN)
            was = await self._activities.sign_up(activity, citizen, tx)
            if was is None or was.state is SignUpState.CANCELLED:
                raise NotSignedUp
            await self._give_up(found, was, tx)
            await self._audit.record(viewer, "activity.sign_up_cancelled", activity, tx)
            return activity

        call = Call.of(viewer, "cancelSignUp", key, activity)
        async with self._turns.setdefault(activity, asyncio.Lock()):
            await self._idempotency.once(call, _ID, work)
        return await self._place(activity, citizen)

    async def fill(self, activity: str) -> None:
        """There may be more places than before: to those who wait, in their order. Safe to repeat."""
        while await self._db.transaction(lambda tx: self._promoted(activity, tx)):
            pass

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves the city takes part in nothing that is to come. Safe to repeat."""
        for one in await self._activities.open_of(citizen):

            async def work(tx: Tx, activity: str = one.activity) -> None:
                found = await self._activities.get(activity, tx)
                was = await self._activities.sign_up(activity, citizen, tx)
                if found is None or was is None or was.state is SignUpState.CANCELLED:
                    return
                if found.state_on(self._clock.now()) in _OPEN:
                    await self._give_up(found, was, tx)

            await self._db.transaction(work)

    async def _placed(self, found: Activity, tx: Tx) -> SignUpState:
        """Raises ActivityListFull."""
        now = self._clock.now()
        # Whoever waits comes before who comes now.
        if not found.waiting and await self._activities.take(found.id, now, tx):
            return SignUpState.SIGNED_UP
        if await self._activities.wait(found, now, tx):
            return SignUpState.WAITING
        raise ActivityListFull

    async def _give_up(self, found: Activity, was: SignUp, tx: Tx) -> None:
        await self._activities.keep(replace(was, state=SignUpState.CANCELLED), tx)
        if was.state is SignUpState.WAITING:
            await self._activities.give_back(found.id, tx, waiting=1)
            return
        await self._activities.give_back(found.id, tx, taken=1)
        await self._promoted(found.id, tx)

    async def _promoted(self, activity: str, tx: Tx) -> bool:
        """Whether somebody who waited has a place now."""
        found, now = await self._activities.get(activity, tx), self._clock.now()
        first = await self._activities.first_waiting(activity, tx)
        if found is None or first is None or found.state_on(now) not in _OPEN:
            return False
        if not await self._activities.promote(activity, tx):
            return False
        await self._activities.keep(replace(first, state=SignUpState.SIGNED_UP, promoted_at=now), tx)
        await self._outbox.add("activity.promoted", first.citizen, tx, **facts_of(found))
        return True

    async def _known(self, activity: str, tx: Tx) -> Activity:
        found = await self._activities.get(activity, tx)
        if found is None or found.test or found.state is ActivityState.DRAFT:
            raise ActivityUnknown
        return found

    async def _place(self, activity: str, citizen: str) -> Place:
        found, one = await self._activities.get(activity), await self._activities.sign_up(activity, citizen)
        if found is None or one is None:
            raise ActivityUnknown
        ahead = await self._activities.ahead_of(one) if one.state is SignUpState.WAITING else 0
        return Place(one, found, ahead)


class Roster:
    """Who signed up, for the organiser, and for how many there is room."""

    def __init__(self, activities: ActivityStore, keeping: ActivityService, signing: Signing) -> None:
        self._activities = activities
        self._keeping = keeping
        self._signing = signing

    async def save(self, viewer: Viewer, activity: str | None, terms: Terms, key: str) -> Activity:
        """As `ActivityService.save`; where there is more room than before, those who wait have it."""
        saved = await self._keeping.save(viewer, activity, terms, key)
        if saved.waiting:
            await self._signing.fill(saved.id)
        return saved

    async def of(self, viewer: Viewer, activity: str, request: PageRequest) -> Page[SignUp]:
        """Empty when it is not one of yours."""
        if not await self._keeping.owns(viewer, activity):
            return Page((), False)
        return await self._activities.of_activity(activity, request)
