"""Passing points, by who has checked in: by the place, and at a guarded point by the code on its screen. Who is faster
from point to point than anybody can be is looked at twice, as at check-ins.
"""

from __future__ import annotations

from collections.abc import Collection

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.sealed import KeyRing
from app.core.viewer import Viewer
from app.domains.community.volunteers.activities.errors import ActivityUnknown
from app.domains.community.volunteers.activities.model import Activity, ActivityState
from app.domains.community.volunteers.activities.service import ActivityService
from app.domains.community.volunteers.activities.store import ActivityStore
from app.domains.community.volunteers.check_ins.errors import NotCheckedIn
from app.domains.community.volunteers.check_ins.flags.service import FlagService
from app.domains.community.volunteers.check_ins.model import CheckIn, Fix, Presence, read_point
from app.domains.community.volunteers.check_ins.store import CheckInStore
from app.domains.community.volunteers.patrols.errors import VolunteerRouteUnknown
from app.domains.community.volunteers.patrols.model import Route
from app.domains.community.volunteers.patrols.service import POINT_CODE
from app.domains.community.volunteers.patrols.store import RouteStore
from app.domains.community.volunteers.patrols.walks.model import Passed, Walk
from app.domains.community.volunteers.patrols.walks.store import WalkStore

_ID = TypeAdapter(str)


class WalkService:
    def __init__(
        self,
        walks: WalkStore,
        routes: RouteStore,
        activities: ActivityStore,
        keeping: ActivityService,
        check_ins: CheckInStore,
        flags: FlagService,
        ring: KeyRing,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._walks = walks
        self._routes = routes
        self._activities = activities
        self._keeping = keeping
        self._check_ins = check_ins
        self._flags = flags
        self._ring = ring
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer, activity: str) -> Walk | None:
        """None: the activity has no route."""
        citizen, found = viewer.self_only(), await self._keeping.shown(activity)
        route = await self._routes.get(found.terms.route) if found and found.terms.route else None
        return Walk(route, citizen, tuple(await self._walks.of(activity, [citizen]))) if route else None

    async def among(self, viewer: Viewer, activity: str, citizens: Collection[str]) -> list[Walk]:
        """For the organiser: what these people have passed. Raises ActivityUnknown."""
        if not citizens:
            return []
        found = await self._keeping.own(viewer, activity)
        route = await self._routes.get(found.terms.route) if found.terms.route else None
        if route is None:
            return []
        passed = await self._walks.of(activity, citizens)
        return [Walk(route, who, tuple(one for one in passed if one.citizen == who)) for who in citizens]

    async def pass_point(self, viewer: Viewer, activity: str, point: str, fix: Fix, code: str | None, key: str) -> Walk:
        """Who has passed it finds so. Raises RealNameNeeded, ActivityUnknown, ActivityNotOpen, VolunteerRouteUnknown,
        VolunteerPointUnknown, NotCheckedIn, FixTooCoarse, CheckInTooFar, CheckInCodeUnknown, CheckInCodeStale,
        IdempotencyConflict.
        """
        citizen = viewer.by_name()

        async def work(tx: Tx) -> str:
            found, route, came = await self._going(activity, citizen, tx)
            if not await self._walks.has(activity, citizen, point, tx):
                passed = self._checked(found, route, citizen, point, fix, code)
                await self._walks.add(passed, tx)
                await self._be_there(found, came, fix, tx)
                await self._audit.record(viewer, "volunteer_point.passed", point, tx, metres=passed.metres)
            return activity

        call = Call.of(viewer, "passVolunteerPoint", key, activity, point, fix, code)
        await self._idempotency.once(call, _ID, work)
        walk = await self.mine(viewer, activity)
        if walk is None:
            raise VolunteerRouteUnknown
        return walk

    async def _going(self, activity: str, citizen: str, tx: Tx) -> tuple[Activity, Route, CheckIn]:
        """Raises NotCheckedIn, ActivityUnknown, ActivityNotOpen, VolunteerRouteUnknown."""
        came = await self._check_ins.get(activity, citizen, tx)
        if came is None or came.out_at is not None:
            raise NotCheckedIn  # first of all: whoever is not there learns nothing of what is
        found = await self._activities.get(activity, tx)
        if found is None:
            raise ActivityUnknown
        route = await self._routes.get(found.terms.route, tx) if found.terms.route else None
        if route is None:
            raise VolunteerRouteUnknown
        found.demand(self._clock.now(), ActivityState.PUBLISHED, ActivityState.RUNNING)
        return found, route, came

    def _checked(self, found: Activity, route: Route, citizen: str, point: str, fix: Fix, code: str | None) -> Passed:
        wanted, now = route.point(point), self._clock.now()
        metres = fix.checked().demand_within(wanted.point, wanted.within)
        if wanted.guarded:
            read_point(code or "", point, now, lambda text: self._ring.keyed_hash(text, kind=POINT_CODE))
        return Passed(found.id, citizen, point, now, metres)

    async def _be_there(self, found: Activity, came: CheckIn, fix: Fix, tx: Tx) -> None:
        """The last place he was at is this point now; nobody flies."""
        now = self._clock.now()
        was = await self._check_ins.presence(came.citizen, tx)
        if was is not None and was.too_fast(fix, now):
            await self._flags.note_fast(came, tx)
        await self._check_ins.be(Presence(came.citizen, found.id, found.closes_at, now, fix), tx)
