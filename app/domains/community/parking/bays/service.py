"""Bays with numbers: the estate enters them and lets each to one home at a time; whoever lives there sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.estates.model import Estate, Home
from app.domains.community.estates.service import EstateService
from app.domains.community.parking.bays.model import Bay, BayLet, number_of, numbers_of
from app.domains.community.parking.bays.store import BayStore
from app.domains.community.parking.errors import BayInvalid, BayTaken, BayUnknown, NoCarPark
from app.domains.community.residents.service import ResidentService
from app.domains.community.residents.store import ResidentStore

_COUNT, _ID, _BOTH = TypeAdapter(int), TypeAdapter(str), TypeAdapter(tuple[str, str])


@dataclass(frozen=True, slots=True)
class BayWish:
    """To which home, from when to when; `since` none is from today."""

    building: str
    room: str
    since: date | None = None
    until: date | None = None


class BayService:
    def __init__(
        self,
        bays: BayStore,
        estates: EstateService,
        residents: ResidentService,
        homes: ResidentStore,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._bays = bays
        self._estates = estates
        self._residents = residents
        self._homes = homes
        self._audit = audit
        self._once = once
        self._clock = clock

    async def of_estate(self, viewer: Viewer, estate: str, request: PageRequest) -> Page[Bay]:
        """By number; none of an estate that is not one's own."""
        if not await self._estates.keeps(viewer, estate):
            return Page((), False)
        return await self._bays.page(estate, self._today(), request)

    async def counted(self, estate: str) -> tuple[int, int]:
        """(with numbers, let today)."""
        return await self._bays.count(estate), await self._bays.let_on(estate, self._today())

    async def mine(self, viewer: Viewer) -> list[BayLet]:
        """Of the homes where one lives: in force and to come."""
        homes = await self._residents.living(viewer.citizen())
        return await self._bays.of_homes({one.household for one in homes}, self._today()) if homes else []

    async def add(self, viewer: Viewer, estate: str, numbers: Sequence[str], key: str) -> int:
        """How many were not there yet. Raises EstateUnknown, NoCarPark, BayInvalid, IdempotencyConflict."""
        named = numbers_of(list(numbers))

        async def work(tx: Tx) -> int:
            found = await self._estates.managed(viewer, estate, tx=tx)
            await self._bays.alone(estate, tx)
            fresh = await self._bays.add(estate, named, tx)
            _demand_room(found, await self._bays.count(estate, tx))
            await self._audit.record(viewer, "bays.added", estate, tx, fresh=fresh)
            return fresh

        return await self._once.once(Call.of(viewer, "addBays", key, estate, tuple(named)), _COUNT, work)

    async def remove(self, viewer: Viewer, estate: str, number: str, key: str) -> str:
        """One that is nobody's. Raises EstateUnknown, BayUnknown, BayTaken, BayInvalid, IdempotencyConflict."""
        named = number_of(number)

        async def work(tx: Tx) -> str:
            bay = await self._kept(viewer, estate, named, tx)
            if bay.lets:
                raise BayTaken(bay.lets[-1].until)
            if not await self._bays.remove(bay, tx):
                raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
            await self._audit.record(viewer, "bay.removed", f"{estate}:{named}", tx)
            return named

        return await self._once.once(Call.of(viewer, "removeBay", key, estate, named), _ID, work)

    async def let(self, viewer: Viewer, estate: str, number: str, wish: BayWish, key: str) -> Bay:
        """Raises EstateUnknown, HomeUnknown, BayUnknown, BayInvalid, BayTaken, IdempotencyConflict."""
        named, id_ = number_of(number), new_id()

        async def work(tx: Tx) -> str:
            bay, today = await self._kept(viewer, estate, named, tx), self._today()
            home = await self._estates.home(estate, wish.building, wish.room, tx)
            since, household = wish.since or today, self._homes.household_of(home)
            made = BayLet(id_, estate, named, household, home, since, wish.until).checked(today)
            bay.demand_free(made)
            await self._change(bay, tx)
            await self._bays.let(made, tx)
            await self._audit.record(viewer, "bay.let", f"{estate}:{named}", tx, let=id_)
            return named

        done = await self._once.once(Call.of(viewer, "letBay", key, estate, named, wish), _ID, work)
        return await self._known(estate, done)

    async def end(self, viewer: Viewer, let: str, key: str) -> Bay:
        """Yesterday was its last day; one to come is taken back. Raises BayUnknown, IdempotencyConflict."""

        async def work(tx: Tx) -> tuple[str, str]:
            found, today = await self._bays.one_let(let, tx), self._today()
            if found is None or not await self._estates.keeps(viewer, found.estate):
                raise BayUnknown
            if found.until is not None and found.until < today:
                raise BayUnknown
            await self._free(found, tx)
            await self._audit.record(viewer, "bay.freed", f"{found.estate}:{found.number}", tx, let=let)
            return found.estate, found.number

        return await self._known(*await self._once.once(Call.of(viewer, "endBayLet", key, let), _BOTH, work))

    async def home_ended(self, household: str, tx: Tx) -> None:
        """Fulfils `residents.doors.service.OfHomes`."""
        for one in await self._bays.of_homes({household}, self._today(), tx):
            await self._free(one, tx)

    async def home_renamed(self, household: str, now: Home, to: str, tx: Tx) -> None:
        for one in await self._bays.of_homes({household}, self._today(), tx):
            await self._bays.rename(one, now, to, tx)

    async def _free(self, one: BayLet, tx: Tx) -> None:
        """Yesterday was its last day."""
        await self._change(await self._known(one.estate, one.number, tx), tx)
        if one.since < self._today():
            await self._bays.end(one.id, self._today() - timedelta(days=1), tx)
        else:
            await self._bays.take_back(one.id, tx)

    async def _kept(self, viewer: Viewer, estate: str, number: str, tx: Tx) -> Bay:
        await self._estates.managed(viewer, estate, tx=tx)
        found = await self._bays.get(estate, number, self._today(), tx)
        if found is None:
            raise BayUnknown
        return found

    async def _change(self, bay: Bay, tx: Tx) -> None:
        if not await self._bays.touch(bay, tx):
            raise DuplicateKey("changed meanwhile")

    async def _known(self, estate: str, number: str, tx: Tx | None = None) -> Bay:
        found = await self._bays.get(estate, number, self._today(), tx)
        return found or Bay(estate, number)

    def _today(self) -> date:
        return civil_day(self._clock.now())


def _demand_room(estate: Estate, numbered: int) -> None:
    """What visitors may take is left to them. Raises NoCarPark, BayInvalid."""
    if not estate.bays:
        raise NoCarPark
    if numbered > estate.bays - (estate.rules.visitor_bays or 0):
        raise BayInvalid("numbers")
