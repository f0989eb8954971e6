"""Visiting somebody who stays at a care home or on a ward, and has named one: whom, when, asking, taking back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Assurance, Viewer
from app.domains.community.family_visits.ending.service import VisitEnding
from app.domains.community.family_visits.errors import (
    FamilyVisitUnknown,
    NotNamed,
    VisitedEnough,
    VisitingTimeFull,
)
from app.domains.community.family_visits.houses.model import AHEAD, NOT_SOONER, CareHouse
from app.domains.community.family_visits.houses.service import HouseService
from app.domains.community.family_visits.model import FamilyVisit, VisitWish
from app.domains.community.family_visits.stays.model import Kinship, Relative, Stay
from app.domains.community.family_visits.stays.service import Names
from app.domains.community.family_visits.stays.store import StayStore
from app.domains.community.family_visits.store import FamilyVisitStore
from app.domains.community.residents.errors import ResidentNeedsRealName

_ID = TypeAdapter(str)
_ASKED = Limit("family visits asked", 20, timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Visitable:
    """Somebody who has named the viewer."""

    stay: Stay
    house: CareHouse
    name: str
    kinship: Kinship


@dataclass(frozen=True, slots=True)
class VisitTime:
    """`free`: so many visits more at that time; 0, too, when he is visited often enough that day."""

    starts_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class SeenVisit:
    """`name`: of whom it is to; `visitor`: of who asks."""

    visit: FamilyVisit
    house: CareHouse | None
    name: str
    visitor: str = ""
    kinship: Kinship | None = None


class FamilyVisitService:
    def __init__(
        self,
        visits: FamilyVisitStore,
        stays: StayStore,
        houses: HouseService,
        ending: VisitEnding,
        names: Names,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._visits = visits
        self._stays = stays
        self._houses = houses
        self._ending = ending
        self._names = names
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    async def to_visit(self, viewer: Viewer) -> list[Visitable]:
        """Who has named one, the newest first."""
        named = await self._stays.named_in(viewer.self_only())
        stays = await self._stays.many({one.stay for one in named})
        houses = await self._houses.many({one.house for one in stays.values()})
        names = await self._names.of({one.resident for one in named})
        return [shown for one in named if (shown := _visitable(one, stays, houses, names)) is not None]

    async def times(self, viewer: Viewer, stay: str, day: date) -> list[VisitTime]:
        """Of a day, those that can still be asked for; none to whom one was not named."""
        relative, found = await self._stays.relative(stay, viewer.self_only()), await self._stays.get(stay)
        house = await self._houses.one(found.house) if found else None
        if relative is None or found is None or not found.stays or house is None or not house.active:
            return []
        now = self._clock.now()
        if not now.date() - timedelta(days=1) <= day <= (now + AHEAD).date() + timedelta(days=1):
            raise BadInput(field="day")
        starts = [one for one in house.slots(day) if now + NOT_SOONER <= one <= now + AHEAD]
        places = {one: _made(found, house, one).places for one in starts}
        taken = await self._visits.taken({place for both in places.values() for place in both})
        return [_time(house, one, [taken.get(place, 0) for place in places[one]]) for one in starts]

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[SeenVisit]:
        """What one asked for, the newest first."""
        page = await self._visits.mine(viewer.self_only(), request)
        return Page(tuple(await self.seen(page.items)), page.has_next)

    async def to_me(self, viewer: Viewer, request: PageRequest) -> Page[SeenVisit]:
        """Who comes to see one, or one's ward; the newest first. What they wrote to the house is theirs."""
        page = await self._visits.of_resident(viewer.citizen(), request)
        return Page(tuple(await self.seen(page.items)), page.has_next)

    async def one(self, viewer: Viewer, visit: str) -> SeenVisit | None:
        found = await self._visits.own(visit, viewer.self_only())
        return (await self.seen([found]))[0] if found else None

    async def ask(self, viewer: Viewer, wish: VisitWish, key: str) -> SeenVisit:
        """Raises ResidentNeedsRealName, NotNamed, CareHouseUnknown, FamilyVisitInvalid, VisitingTimeFull,
        VisitedEnough, RateLimited, IdempotencyConflict.
        """
        citizen, id_ = viewer.self_only(), new_id()
        if viewer.assurance is not Assurance.REAL_NAME:
            raise ResidentNeedsRealName

        async def work(tx: Tx) -> str:
            named, stay = await self._stays.relative(wish.stay, citizen, tx), await self._stays.get(wish.stay, tx)
            if named is None or stay is None or not stay.stays:
                raise NotNamed
            house, now = await self._houses.open(stay.house, tx), self._clock.now()
            tidy = wish.checked(house, now)
            ends = tidy.starts_at + timedelta(minutes=house.rules.minutes)
            made = FamilyVisit(
                *(id_, house.code, stay.id, stay.citizen, citizen, tidy.starts_at, ends, tidy.people, tidy.words, now)
            )
            await self._take(made, house, tx)
            await self._limits.count(_ASKED, citizen, tx)
            await self._visits.add(made, tx)
            facts = {"visit": id_, "house": house.code, "organisation": house.organisation}
            await self._outbox.add("family_visit.asked", stay.citizen, tx, **facts, at=tidy.starts_at.isoformat())
            await self._audit.record(viewer, "family_visit.asked", id_, tx, subject=stay.citizen, house=house.code)
            return id_

        return await self._own(viewer, await self._once.once(Call.of(viewer, "askFamilyVisit", key, wish), _ID, work))

    async def withdraw(self, viewer: Viewer, visit: str, key: str) -> SeenVisit:
        """Raises FamilyVisitUnknown, FamilyVisitStateWrong, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            was = await self._visits.own(visit, citizen, tx)
            if was is None:
                raise FamilyVisitUnknown
            await self._ending.move(was.withdrawn(), was, tx)
            await self._audit.record(viewer, "family_visit.withdrawn", visit, tx, subject=was.resident)
            return visit

        return await self._own(
            viewer, await self._once.once(Call.of(viewer, "withdrawFamilyVisit", key, visit), _ID, work)
        )

    async def seen(self, visits: list[FamilyVisit] | tuple[FamilyVisit, ...]) -> list[SeenVisit]:
        """With the names of both, and what they are to each other as long as it is said."""
        houses = await self._houses.many({one.house for one in visits})
        names = await self._names.of({one.resident for one in visits} | {one.citizen for one in visits})
        kin = await self._stays.kin({one.stay for one in visits}, {one.citizen for one in visits})
        return [
            SeenVisit(
                one,
                houses.get(one.house),
                names.get(one.resident, ""),
                names.get(one.citizen, ""),
                kin.get((one.stay, one.citizen)),
            )
            for one in visits
        ]

    async def _take(self, one: FamilyVisit, house: CareHouse, tx: Tx) -> None:
        time, day = one.places
        if not await self._visits.take(time, house.rules.at_once, one.ends_at, tx):
            raise VisitingTimeFull
        if not await self._visits.take(day, house.rules.a_day, one.ends_at, tx):
            raise VisitedEnough(house.rules.a_day)

    async def _own(self, viewer: Viewer, visit: str) -> SeenVisit:
        found = await self.one(viewer, visit)
        assert found is not None
        return found


def _visitable(
    one: Relative, stays: Mapping[str, Stay], houses: Mapping[str, CareHouse], names: Mapping[str, str]
) -> Visitable | None:
    stay = stays.get(one.stay)
    house = houses.get(stay.house) if stay else None
    if stay is None or house is None or not stay.stays:
        return None
    return Visitable(stay, house, names.get(one.resident, ""), one.kinship)


def _made(stay: Stay, house: CareHouse, at: datetime) -> FamilyVisit:
    return FamilyVisit("", house.code, stay.id, stay.citizen, "", at, at, 1, "", at)


def _time(house: CareHouse, at: datetime, taken: list[int]) -> VisitTime:
    here, today = taken
    left = house.rules.at_once - here if today < house.rules.a_day else 0
    return VisitTime(at, max(0, left))
