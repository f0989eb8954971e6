"""Activities and the places in them, in MongoDB. A place is taken by the filter of one update."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.places.model import AREA, Point, cell_of, rings
from app.core.said import said_of, said_row
from app.domains.community.volunteers.activities.model import (
    Activity,
    ActivityState,
    SignUp,
    SignUpState,
    Span,
    Terms,
    sign_up_id,
)

_MOST_NEAR, _AT_ONCE = 200, 500
_RINGS = (2_000.0, 6_000.0)


class ActivityStore:
    def __init__(self, db: Database) -> None:
        self._activities = db["volunteer_activities"]
        self._sign_ups = db["volunteer_sign_ups"]

    async def get(self, activity: str, tx: Tx | None = None) -> Activity | None:
        row = await self._activities.find_one({"_id": activity}, session=tx)
        return _activity(row) if row else None

    async def many(self, activities: Collection[str]) -> dict[str, Activity]:
        which = {"_id": {"$in": sorted(set(activities))}}
        rows = await self._activities.find(which).to_list(None) if activities else []
        return {row["_id"]: _activity(row) for row in rows}

    async def put(self, one: Activity, tx: Tx, *, more: int = 0) -> bool:
        """A new one, or the next version of one with so many places more; False when it was changed meanwhile, or fewer
        are free than it would lose. Who signs up does not make another version.
        """
        row = _row(one)
        if one.rev == 1:
            try:
                await self._activities.insert_one(row, session=tx)
            except DuplicateKey:
                return False
            return True
        change = {name: value for name, value in row.items() if name not in ("_id", "free", "waiting")}
        before = {"_id": one.id, "rev": one.rev - 1, "free": {"$gte": -more}}
        both = {"$set": change, "$inc": {"free": more}}
        return bool((await self._activities.update_one(before, both, session=tx)).modified_count)

    async def coming(self, now: datetime, request: PageRequest) -> Page[Activity]:
        """What is not over, the next first; the cursor is `turn_of`."""
        which = {"state": ActivityState.PUBLISHED.value, "test": False, "turn": {"$gt": now.isoformat()}}
        if request.after is not None:
            which["turn"] = {"$gt": max(request.after, now.isoformat())}
        rows = await self._activities.find(which).sort("turn", 1).limit(request.first + 1).to_list(None)
        return Page.cut([_activity(row) for row in rows], request)

    async def near(self, point: Point, metres: float, now: datetime) -> list[Activity]:
        """What is not over and not farther, the nearest first: two hundred at most, and none nearer than these."""
        open_ = {"state": ActivityState.PUBLISHED.value, "test": False, "turn": {"$gt": now.isoformat()}}
        found = dict[str, tuple[float, Activity]]()
        for limit, cells in rings(point, metres, AREA, _RINGS):
            async for row in self._activities.find({"cell": {"$in": cells}, **open_}, batch_size=_AT_ONCE):
                one = _activity(row)
                if (far := one.terms.point.metres_to(point)) <= metres:
                    found[one.id] = far, one
            if sum(far <= limit for far, _ in found.values()) >= _MOST_NEAR:
                break
        nearest = sorted(found.values(), key=lambda pair: pair[0])
        return [one for _, one in nearest[:_MOST_NEAR]]

    async def open_of_groups(self, groups: Collection[str], now: datetime, most: int = 50) -> list[Activity]:
        """What is not over, the next to end first."""
        which = {"group": {"$in": sorted(groups)}, "state": ActivityState.PUBLISHED.value}
        found = self._activities.find({**which, "turn": {"$gt": now.isoformat()}}).sort("turn", 1).limit(most)
        return [_activity(row) for row in await found.to_list(None)]

    async def of_organisation(self, organisation: str, request: PageRequest, *, test: bool) -> Page[Activity]:
        """The newest first."""
        rows = await page_rows(self._activities, {"organisation": organisation, "test": test}, request)
        return Page.cut([_activity(row) for row in rows], request)

    async def page(self, request: PageRequest) -> Page[Activity]:
        """For the desk, the newest first."""
        return Page.cut([_activity(row) for row in await page_rows(self._activities, {}, request)], request)

    # Places

    async def take(self, activity: str, now: datetime, tx: Tx) -> bool:
        """A free place, while it is published and has not ended."""
        free = {**_open(activity, now), "free": {"$gt": 0}}
        return bool((await self._activities.update_one(free, {"$inc": {"free": -1}}, session=tx)).modified_count)

    async def wait(self, one: Activity, now: datetime, tx: Tx) -> bool:
        """A place in the line, while there is room in it."""
        room = {**_open(one.id, now), "waiting": {"$lt": one.most_waiting}}
        return bool((await self._activities.update_one(room, {"$inc": {"waiting": 1}}, session=tx)).modified_count)

    async def give_back(self, activity: str, tx: Tx, *, taken: int = 0, waiting: int = 0) -> None:
        change = {"$inc": {"free": taken, "waiting": -waiting}}
        await self._activities.update_one({"_id": activity}, change, session=tx)

    async def promote(self, activity: str, tx: Tx) -> bool:
        """A free place for the first in line."""
        free = {"_id": activity, "waiting": {"$gt": 0}, "free": {"$gt": 0}}
        change = {"$inc": {"free": -1, "waiting": -1}}
        return bool((await self._activities.update_one(free, change, session=tx)).modified_count)

    # Who signed up

    async def sign_up(self, activity: str, citizen: str, tx: Tx | None = None) -> SignUp | None:
        row = await self._sign_ups.find_one({"_id": sign_up_id(activity, citizen)}, session=tx)
        return _sign_up(row) if row else None

    async def keep(self, one: SignUp, tx: Tx) -> None:
        row = _sign_up_row(one)
        await self._sign_ups.replace_one({"_id": one.id}, row, upsert=True, session=tx)

    async def first_waiting(self, activity: str, tx: Tx) -> SignUp | None:
        which = {"activity": activity, "state": SignUpState.WAITING.value}
        row = await self._sign_ups.find_one(which, sort=[("turn", 1)], session=tx)
        return _sign_up(row) if row else None

    async def ahead_of(self, one: SignUp) -> int:
        """How many wait before him."""
        which = {"activity": one.activity, "state": SignUpState.WAITING.value, "turn": {"$lt": one.turn}}
        return await self._sign_ups.count_documents(which)

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[SignUp]:
        """The newest first; the cursor is `turn`."""
        rows = await page_rows(self._sign_ups, {"citizen": citizen}, request, by="turn")
        return Page.cut([_sign_up(row) for row in rows], request)

    async def of_activity(self, activity: str, request: PageRequest) -> Page[SignUp]:
        """Who signed up first comes first; the cursor is `turn`."""
        rows = await page_rows(self._sign_ups, {"activity": activity}, request, by="turn", newest=False)
        return Page.cut([_sign_up(row) for row in rows], request)

    async def with_place(self, activity: str) -> AsyncIterator[SignUp]:
        """All who have a place or wait for one."""
        after, open_ = "", {"$ne": SignUpState.CANCELLED.value}
        while True:
            which = {"activity": activity, "turn": {"$gt": after}, "state": open_}
            rows = await self._sign_ups.find(which).sort("turn", 1).limit(_AT_ONCE).to_list(None)
            for row in rows:
                yield _sign_up(row)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1]["turn"]

    async def open_of(self, citizen: str, most: int = 500) -> list[SignUp]:
        """All of a citizen's that were not cancelled."""
        which = {"citizen": citizen, "state": {"$ne": SignUpState.CANCELLED.value}}
        return [_sign_up(row) for row in await self._sign_ups.find(which).sort("turn", 1).limit(most).to_list(None)]


def turn_of(one: Activity) -> str:
    """Orders activities by their end."""
    return f"{one.terms.span.ends_at.isoformat()}/{one.id}"


def _open(activity: str, now: datetime) -> Document:
    return {"_id": activity, "state": ActivityState.PUBLISHED.value, "ends_at": {"$gt": now}}


def _row(one: Activity) -> Document:
    terms = one.terms
    return {
        "_id": one.id,
        "organisation": one.organisation,
        "group": terms.group,
        "title": said_row(terms.title),
        "words": said_row(terms.words),
        "latitude": terms.point.latitude,
        "longitude": terms.point.longitude,
        "cell": cell_of(terms.point, AREA),
        "address": terms.address,
        "starts_at": terms.span.starts_at,
        "ends_at": terms.span.ends_at,
        "turn": turn_of(one),
        "places": terms.places,
        "within": terms.within,
        "points": terms.points,
        "route": terms.route,
        "state": one.state.value,
        "made_at": one.made_at,
        "free": terms.places - one.taken,
        "waiting": one.waiting,
        "test": one.test,
        "rev": one.rev,
    }


def _activity(row: Document) -> Activity:
    terms = Terms(
        group=row["group"],
        title=said_of(row["title"]),
        words=said_of(row["words"]),
        point=Point(row["latitude"], row["longitude"]),
        address=row["address"],
        span=Span(row["starts_at"], row["ends_at"]),
        places=row["places"],
        within=row["within"],
        points=row["points"],
        route=row.get("route", ""),
    )
    return Activity(
        id=row["_id"],
        organisation=row["organisation"],
        terms=terms,
        state=ActivityState(row["state"]),
        made_at=row["made_at"],
        taken=row["places"] - row["free"],
        waiting=row["waiting"],
        test=row["test"],
        rev=row["rev"],
    )


def _sign_up_row(one: SignUp) -> Document:
    return {
        "_id": one.id,
        "activity": one.activity,
        "citizen": one.citizen,
        "organisation": one.organisation,
        "state": one.state.value,
        "turn": one.turn,
        "at": one.at,
        "promoted_at": one.promoted_at,
    }


def _sign_up(row: Document) -> SignUp:
    return SignUp(
        activity=row["activity"],
        citizen=row["citizen"],
        organisation=row["organisation"],
        state=SignUpState(row["state"]),
        turn=row["turn"],
        at=row["at"],
        promoted_at=row["promoted_at"],
    )
