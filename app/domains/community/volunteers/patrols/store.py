"""Routes in MongoDB, their points with them."""

from __future__ import annotations

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.said import said_of, said_row
from app.domains.community.volunteers.patrols.model import Route, RoutePoint


class RouteStore:
    def __init__(self, db: Database) -> None:
        self._routes = db["volunteer_routes"]

    async def get(self, route: str, tx: Tx | None = None) -> Route | None:
        row = await self._routes.find_one({"_id": route}, session=tx)
        return _route(row) if row else None

    async def put(self, one: Route, tx: Tx) -> bool:
        """A new one, or the next version of one; False when it was changed meanwhile."""
        if one.rev == 1:
            try:
                await self._routes.insert_one(_row(one), session=tx)
            except DuplicateKey:
                return False
            return True
        before = {"_id": one.id, "rev": one.rev - 1}
        return bool((await self._routes.replace_one(before, _row(one), session=tx)).modified_count)

    async def of_organisation(self, organisation: str, request: PageRequest, *, test: bool) -> Page[Route]:
        """The newest first."""
        rows = await page_rows(self._routes, {"organisation": organisation, "test": test}, request)
        return Page.cut([_route(row) for row in rows], request)


def _row(one: Route) -> Document:
    return {
        "_id": one.id,
        "organisation": one.organisation,
        "group": one.group,
        "name": said_row(one.name),
        "points": [
            {
                "id": point.id,
                "name": said_row(point.name),
                "latitude": point.point.latitude,
                "longitude": point.point.longitude,
                "within": point.within,
                "guarded": point.guarded,
            }
            for point in one.points
        ],
        "made_at": one.made_at,
        "open": one.open,
        "test": one.test,
        "rev": one.rev,
    }


def _route(row: Document) -> Route:
    points = tuple(
        RoutePoint(
            point["id"],
            said_of(point["name"]),
            Point(point["latitude"], point["longitude"]),
            point["within"],
            point["guarded"],
        )
        for point in row["points"]
    )
    return Route(
        id=row["_id"],
        organisation=row["organisation"],
        group=row["group"],
        name=said_of(row["name"]),
        points=points,
        made_at=row["made_at"],
        open=row["open"],
        test=row["test"],
        rev=row["rev"],
    )
