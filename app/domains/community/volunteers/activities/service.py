"""Keeping activities: writing, publishing and cancelling them, by the organisation of their group."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import CITY_TIME, Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.viewer import Role, Viewer
from app.domains.community.volunteers.activities.errors import ActivityUnknown
from app.domains.community.volunteers.activities.model import Activity, ActivityState, Terms
from app.domains.community.volunteers.activities.store import ActivityStore
from app.domains.community.volunteers.groups.errors import VolunteerGroupClosed
from app.domains.community.volunteers.groups.service import SCOPE, GroupService

_ID = TypeAdapter(str)
_FARTHEST = 20_000.0
CALLED_OFF, MOVED, ROOMIER = "activity.called_off", "activity.moved", "activity.roomier"
"""Events of the city's own, about everybody who has a place or waits for one."""


class InCity(Protocol):
    def demand(self, point: Point) -> None:
        """Raises OutsideCity."""
        ...


class Routes(Protocol):
    async def demand(self, viewer: Viewer, route: str, tx: Tx) -> None:
        """Raises VolunteerRouteUnknown: none of the organisation's."""
        ...


class ActivityService:
    def __init__(
        self,
        activities: ActivityStore,
        groups: GroupService,
        city: InCity,
        routes: Routes,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._activities = activities
        self._groups = groups
        self._city = city
        self._routes = routes
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    @property
    def now(self) -> datetime:
        return self._clock.now()

    # For everybody

    async def coming(self, request: PageRequest) -> Page[Activity]:
        """What one can sign up for or take part in, the next to end first."""
        return await self._activities.coming(self._clock.now(), request)

    async def near(self, point: Point, metres: float) -> list[Activity]:
        """The nearest first. Raises OutsideCity."""
        self._city.demand(point)
        return await self._activities.near(point, min(metres, _FARTHEST), self._clock.now())

    async def shown(self, activity: str) -> Activity | None:
        """Not while it is written."""
        found = await self._activities.get(activity)
        return None if found is None or found.test or found.state is ActivityState.DRAFT else found

    async def many(self, activities: Collection[str]) -> dict[str, Activity]:
        return await self._activities.many(activities)

    # For organisers and the desk

    async def kept_by(self, viewer: Viewer, request: PageRequest) -> Page[Activity]:
        return await self._activities.of_organisation(viewer.provider(SCOPE), request, test=viewer.test_mode)

    async def of_city(self, request: PageRequest) -> Page[Activity]:
        return await self._activities.page(request)

    async def owns(self, viewer: Viewer, activity: str) -> bool:
        found = await self._activities.get(activity)
        return found is not None and self._keeps(viewer, found)

    async def own(self, viewer: Viewer, activity: str, tx: Tx | None = None) -> Activity:
        """One of the organisation's; for the desk, any. Raises ActivityUnknown."""
        found = await self._activities.get(activity, tx)
        if found is None or not self._keeps(viewer, found):
            raise ActivityUnknown
        return found

    async def save(self, viewer: Viewer, activity: str | None, terms: Terms, key: str) -> Activity:
        """A draft, or one of yours as it is from now on; who signed up is told of another time or place.

        Raises ActivityUnknown, ActivityInvalid, ActivityNotOpen, VolunteerGroupUnknown, VolunteerGroupClosed,
        VolunteerRouteUnknown, OutsideCity, IdempotencyConflict.
        """
        mine, id_, now = viewer.provider(SCOPE), activity or new_id(), self._clock.now()
        self._city.demand(terms.checked().point)
        made = Activity(id_, mine, terms, ActivityState.DRAFT, now, test=viewer.test_mode)

        async def work(tx: Tx) -> str:
            if not (await self._groups.own(viewer, terms.group, tx)).active:
                raise VolunteerGroupClosed
            if terms.route:
                await self._routes.demand(viewer, terms.route, tx)
            was = await self.own(viewer, activity, tx) if activity else None
            more = terms.places - was.terms.places if was else 0
            await self._keep(was.with_terms(terms, now) if was else made, tx, more=more)
            if was and was.waiting and more > 0:
                await self._outbox.add(ROOMIER, "", tx, activity=id_)
            if was and (was.taken or was.waiting) and terms.elsewhere(was.terms):
                await self._outbox.add(MOVED, "", tx, activity=id_)
            await self._audit.record(viewer, "activity.saved", id_, tx, places=terms.places)
            return id_

        call = Call.of(viewer, "saveActivity", key, activity, terms)
        return await self.own(viewer, await self._idempotency.once(call, _ID, work))

    async def publish(self, viewer: Viewer, activity: str, key: str) -> Activity:
        """Raises ActivityUnknown, ActivityNotOpen, ActivityInvalid, IdempotencyConflict."""
        return await self._step(viewer, "publishActivity", activity, Activity.published, key)

    async def cancel(self, viewer: Viewer, activity: str, key: str) -> Activity:
        """All who have a place or wait for one are told. Raises ActivityUnknown, ActivityNotOpen,
        IdempotencyConflict.
        """
        return await self._step(viewer, "cancelActivity", activity, Activity.cancelled, key, CALLED_OFF)

    async def end(self, viewer: Viewer, activity: str, key: str) -> Activity:
        """Before its time. Raises ActivityUnknown, ActivityNotOpen, IdempotencyConflict."""
        return await self._step(viewer, "endActivity", activity, Activity.ended, key)

    async def settle(self, viewer: Viewer, activity: str, tx: Tx) -> Activity:
        """Its hours are being confirmed: nothing of it changes any more. Raises ActivityUnknown, ActivityNotOpen."""
        was = await self.own(viewer, activity, tx)
        now = was.settled(self._clock.now())
        await self._keep(now, tx)
        return now

    async def _step(
        self,
        viewer: Viewer,
        operation: str,
        activity: str,
        change: Callable[[Activity, datetime], Activity],
        key: str,
        tells: str | None = None,
    ) -> Activity:
        async def work(tx: Tx) -> str:
            was = await self.own(viewer, activity, tx)
            now = change(was, self._clock.now())
            await self._keep(now, tx)
            if tells is not None:
                await self._outbox.add(tells, "", tx, activity=activity)
            await self._audit.record(viewer, f"activity.{now.state.value}", activity, tx)
            return activity

        call = Call.of(viewer, operation, key, activity)
        return await self.own(viewer, await self._idempotency.once(call, _ID, work))

    async def _keep(self, one: Activity, tx: Tx, *, more: int = 0) -> None:
        if not await self._activities.put(one, tx, more=more):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats

    def _keeps(self, viewer: Viewer, one: Activity) -> bool:
        if viewer.role is Role.OPS:
            return True
        return one.organisation == viewer.provider(SCOPE) and one.test is viewer.test_mode


def facts_of(one: Activity) -> dict[str, Any]:
    """What a message about it is filled with."""
    title, local = one.terms.title, one.terms.span.starts_at.astimezone(CITY_TIME)
    when = {"day": local.date().isoformat(), "time": f"{local:%H:%M}"}
    named = {"title": {"zh": title.zh, "en": title.en or title.zh}, "address": one.terms.address}
    return {"activity": one.id, **named, **when}
