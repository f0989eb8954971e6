"""Keeping routes, by the organisation of their group, and the codes of their guarded points."""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.sealed import KeyRing
from app.core.viewer import Role, Viewer
from app.domains.community.volunteers.activities.service import InCity
from app.domains.community.volunteers.check_ins.model import ShownCode, show_point
from app.domains.community.volunteers.groups.errors import VolunteerGroupClosed
from app.domains.community.volunteers.groups.service import SCOPE, GroupService
from app.domains.community.volunteers.patrols.errors import VolunteerPointUnknown, VolunteerRouteUnknown
from app.domains.community.volunteers.patrols.model import Route, RoutePoint
from app.domains.community.volunteers.patrols.store import RouteStore

POINT_CODE = "route point code"
_ID = TypeAdapter(str)


class RouteService:
    def __init__(
        self,
        routes: RouteStore,
        groups: GroupService,
        city: InCity,
        ring: KeyRing,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._routes = routes
        self._groups = groups
        self._city = city
        self._ring = ring
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def kept_by(self, viewer: Viewer, request: PageRequest) -> Page[Route]:
        return await self._routes.of_organisation(viewer.provider(SCOPE), request, test=viewer.test_mode)

    async def own(self, viewer: Viewer, route: str, tx: Tx | None = None) -> Route:
        """One of the organisation's. Raises VolunteerRouteUnknown."""
        found = await self._routes.get(route, tx)
        if found is None or not _keeps(viewer, found):
            raise VolunteerRouteUnknown
        return found

    async def demand(self, viewer: Viewer, route: str, tx: Tx) -> None:
        """For an activity that is to go along it. Raises VolunteerRouteUnknown: also of one that is closed."""
        if not (await self.own(viewer, route, tx)).open:
            raise VolunteerRouteUnknown

    async def save(
        self,
        viewer: Viewer,
        route: str | None,
        group: str,
        name: Said,
        points: tuple[RoutePoint, ...],
        key: str,
        *,
        open_: bool,
    ) -> Route:
        """A new one, or one as it is from now on; a point without an id is a new one. Raises VolunteerRouteUnknown,
        VolunteerRouteInvalid, VolunteerPointUnknown, VolunteerGroupUnknown, VolunteerGroupClosed, OutsideCity,
        IdempotencyConflict.
        """
        mine, id_ = viewer.provider(SCOPE), route or new_id()
        known = tuple(one if one.id else replace(one, id=new_id()) for one in points)
        made = Route(id_, mine, group, name, known, self._clock.now(), open_, viewer.test_mode).checked()
        for one in known:
            self._city.demand(one.point)
        old = {one.id for one in points if one.id}

        async def work(tx: Tx) -> str:
            if not (await self._groups.own(viewer, group, tx)).active:
                raise VolunteerGroupClosed
            was = await self.own(viewer, route, tx) if route else None
            if not old <= {one.id for one in (was.points if was else ())}:
                raise VolunteerPointUnknown
            if not await self._routes.put(was.written(made) if was else made, tx):
                raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
            await self._audit.record(viewer, "volunteer_route.saved", id_, tx, points=len(known))
            return id_

        call = Call.of(viewer, "saveVolunteerRoute", key, route, group, name, points, open_)
        return await self.own(viewer, await self._idempotency.once(call, _ID, work))

    async def code(self, viewer: Viewer, route: str, point: str) -> ShownCode:
        """For the screen of a guarded point, to be shown until its end. Raises VolunteerRouteUnknown,
        VolunteerPointUnknown (also when nothing is to be shown there).
        """
        found = (await self.own(viewer, route)).point(point)
        if not found.guarded:
            raise VolunteerPointUnknown
        return show_point(point, self._clock.now(), lambda text: self._ring.keyed_hash(text, kind=POINT_CODE))


def _keeps(viewer: Viewer, one: Route) -> bool:
    if viewer.role is Role.OPS:
        return True
    return one.organisation == viewer.provider(SCOPE) and one.test is viewer.test_mode
