"""Patrol routes of volunteers, and who has passed what of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import strawberry

from app.core.said import Said
from app.domains.community.volunteers import model as volunteers
from app.domains.community.volunteers.activities.model import SignUp
from app.domains.community.volunteers.check_ins.model import ShownCode
from app.domains.community.volunteers.patrols import model as patrols
from app.domains.community.volunteers.patrols.walks import model as walks
from graphql_schema.types.common import global_id, key_of
from graphql_schema.types.community.volunteers import number_of
from graphql_schema.types.places import Position, PositionInput
from virtual_card.codes import qr


@strawberry.type(description="A guarded point has a screen with a code that changes every 15 seconds.")
class VolunteerRoutePoint:
    id: strawberry.ID
    name: str
    position: Position
    within: int
    guarded: bool

    @classmethod
    def of(cls, one: patrols.RoutePoint, locale: str) -> VolunteerRoutePoint:
        id_, name = global_id("VolunteerRoutePoint", one.id), one.name.within(locale)
        return cls(id=id_, name=name, position=Position.of(one.point), within=one.within, guarded=one.guarded)


@strawberry.type(description="A way that volunteers walk. One that is not open is taken by no new activity.")
class VolunteerRoute:
    id: strawberry.ID
    group_id: strawberry.ID
    name: str
    open: bool
    route_points: list[VolunteerRoutePoint]

    @classmethod
    def of(cls, one: patrols.Route, locale: str) -> VolunteerRoute:
        return cls(
            id=global_id("VolunteerRoute", one.id),
            group_id=global_id("VolunteerGroup", one.group),
            name=one.name.within(locale),
            open=one.open,
            route_points=[VolunteerRoutePoint.of(point, locale) for point in one.points],
        )


@strawberry.type
class VolunteerPointPassed:
    point_id: strawberry.ID
    at: datetime
    metres: int

    @classmethod
    def of(cls, one: walks.Passed) -> VolunteerPointPassed:
        return cls(point_id=global_id("VolunteerRoutePoint", one.point), at=one.at, metres=one.metres)


@strawberry.type(description="One's own part of the route of an activity. `whole`: all its points were passed.")
class VolunteerWalk:
    route: VolunteerRoute
    passed: list[VolunteerPointPassed]
    whole: bool

    @classmethod
    def of(cls, one: walks.Walk, locale: str) -> VolunteerWalk:
        passed = [VolunteerPointPassed.of(point) for point in one.passed]
        return cls(route=VolunteerRoute.of(one.route, locale), passed=passed, whole=one.whole)


@strawberry.type(description="Somebody's walk, as the organiser sees it: by his volunteer's number.")
class VolunteerWalkOf:
    number: str
    passed: list[VolunteerPointPassed]
    whole: bool

    @classmethod
    def of(
        cls, one: SignUp, all_: Mapping[str, walks.Walk], known: Mapping[str, volunteers.Volunteer]
    ) -> VolunteerWalkOf:
        number, walk = number_of(one.citizen, known), all_.get(one.citizen)
        if walk is None:
            return cls(number=number, passed=[], whole=False)
        passed = [VolunteerPointPassed.of(point) for point in walk.passed]
        return cls(number=number, passed=passed, whole=walk.whole)


@strawberry.type(description="For the screen of a guarded point, until then; the next one comes after it.")
class VolunteerPointCode:
    text: str
    until: datetime

    @strawberry.field(description="As a QR code: an `<svg>` element without fixed size.")
    def svg(self) -> str:
        return qr.svg(self.text)

    @classmethod
    def of(cls, one: ShownCode) -> VolunteerPointCode:
        return cls(text=one.text, until=one.until)


@strawberry.input(description="Without `id` it is a new one. `within`: how near, in metres, somebody is who passes it.")
class VolunteerRoutePointInput:
    name: str
    position: PositionInput
    name_en: str = ""
    within: int = 60
    guarded: bool = False
    id: strawberry.ID | None = None

    def parsed(self) -> patrols.RoutePoint:
        """Raises PlaceNotOnEarth, BadInput (id)."""
        id_ = key_of(self.id, "VolunteerRoutePoint") if self.id else ""
        name, point = Said(self.name, self.name_en), self.position.parsed()
        return patrols.RoutePoint(id_, name, point, self.within, self.guarded)


@strawberry.input(description="Without `id` it is a new one. 2 to 30 points, in the order of the way.")
class VolunteerRouteInput:
    group_id: strawberry.ID
    name: str
    route_points: list[VolunteerRoutePointInput]
    name_en: str = ""
    open: bool = True
    id: strawberry.ID | None = None


@strawberry.type
class VolunteerRouteChanged:
    route: VolunteerRoute


@strawberry.type
class VolunteerWalked:
    walk: VolunteerWalk
