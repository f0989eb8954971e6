"""What one change of an activity means for many people: each of them is told that it is cancelled, or is at another
time or place; who waits has a place when there are more of them.

The change itself writes one event, in its transaction; this makes of it one for each person. Whatever dies on the way,
the event is taken again, and nobody is told twice.
"""

from __future__ import annotations

import hashlib

from app.core.clock import Clock
from app.core.events import Event
from app.core.outbox import Outbox
from app.domains.community.volunteers.activities.model import Activity, ActivityState
from app.domains.community.volunteers.activities.service import CALLED_OFF, MOVED, ROOMIER, facts_of
from app.domains.community.volunteers.activities.signing.service import Signing
from app.domains.community.volunteers.activities.store import ActivityStore


class ActivityNews:
    def __init__(self, activities: ActivityStore, signing: Signing, outbox: Outbox, clock: Clock) -> None:
        self._activities = activities
        self._signing = signing
        self._outbox = outbox
        self._clock = clock

    async def take(self, event: Event) -> None:
        """Safe to repeat."""
        if event.type == ROOMIER:
            await self._signing.fill(event.facts["activity"])
        elif event.type == CALLED_OFF:
            await self._tell_all(event.facts["activity"], "activity.cancelled")
        elif event.type == MOVED:
            await self._tell_all(event.facts["activity"], "activity.changed")

    async def _tell_all(self, activity: str, what: str) -> None:
        found = await self._activities.get(activity)
        if found is None or (found.state is ActivityState.CANCELLED) is not (what == "activity.cancelled"):
            return
        async for one in self._activities.with_place(activity):
            await self._outbox.later(_told(found, what, one.citizen, self._clock), self._clock.now())


def _told(one: Activity, what: str, citizen: str, clock: Clock) -> Event:
    """The event that tells one person of it, once, however often it is made: of each change as it is by then."""
    which = "" if one.state is ActivityState.CANCELLED else f"\0{one.rev}"
    id_ = hashlib.sha256(f"{what}\0{one.id}\0{citizen}{which}".encode()).hexdigest()[:36]
    return Event(id_, what, citizen, facts_of(one), clock.now())
