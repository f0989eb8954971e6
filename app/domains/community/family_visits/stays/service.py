"""Staying somewhere, and letting people visit: the house asks, he or his guardian answers and names who may come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.family_visits.ending.service import VisitEnding
from app.domains.community.family_visits.errors import (
    RelativeUnknown,
    StayEntered,
    StayUnknown,
    TooManyRelatives,
)
from app.domains.community.family_visits.houses.model import CareHouse
from app.domains.community.family_visits.houses.service import HouseService
from app.domains.community.family_visits.stays.model import (
    MOST_RELATIVES,
    Kinship,
    Relative,
    Stay,
    StayState,
    beginning,
    tidy_label,
)
from app.domains.community.family_visits.stays.store import StayStore

_ID = TypeAdapter(str)
# Whoever says phones that nobody has learns who is in the app.
_STRANGERS = Limit("phones of relatives", 20, timedelta(hours=1))


class People(Protocol):
    """Whom a phone belongs to."""

    async def by_phone(self, phone: str, tx: Tx) -> str | None:
        """Raises PhoneInvalid."""
        ...


class Names(Protocol):
    async def of(self, citizens: Collection[str]) -> Mapping[str, str]:
        """Their names by the civil registry; none of who has none."""
        ...


@dataclass(frozen=True, slots=True)
class SeenStay:
    """With its house and who may visit; `names` by citizen."""

    stay: Stay
    house: CareHouse | None
    relatives: tuple[Relative, ...] = ()
    names: Mapping[str, str] | None = None


class StayService:
    def __init__(
        self,
        db: Database,
        stays: StayStore,
        houses: HouseService,
        ending: VisitEnding,
        people: People,
        names: Names,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._stays = stays
        self._houses = houses
        self._ending = ending
        self._people = people
        self._names = names
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    # Who stays there, or his guardian

    async def mine(self, viewer: Viewer) -> list[SeenStay]:
        """Open ones, the newest first."""
        return await self._seen(await self._stays.of_citizen(viewer.citizen()))

    async def answer(self, viewer: Viewer, stay: str, accept: bool, key: str) -> SeenStay:
        """Raises StayUnknown, StayStateWrong, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, stay, tx)
            now = was.answered(accept)
            await self._save(now, was, tx)
            await self._audit.record(viewer, f"family_stay.{now.state.value}", stay, tx, subject=was.citizen)
            return stay

        return await self._again(
            viewer, await self._once.once(Call.of(viewer, "answerStay", key, stay, accept), _ID, work)
        )

    async def name(self, viewer: Viewer, stay: str, phone: str, kinship: Kinship, key: str) -> SeenStay:
        """Somebody may visit him. Raises StayUnknown, PhoneInvalid, RelativeUnknown, TooManyRelatives, RateLimited (too
        many phones that nobody has), IdempotencyConflict.
        """
        id_, who = new_id(), viewer.acting()
        await self._limits.demand_room(_STRANGERS, who)

        async def work(tx: Tx) -> str:
            found = await self._own(viewer, stay, tx)
            if not found.stays:
                raise StayUnknown
            citizen = await self._people.by_phone(phone, tx)
            if citizen is None or citizen == found.citizen:
                raise RelativeUnknown
            there = await self._stays.relatives({stay}, tx)
            if len(there) >= MOST_RELATIVES and all(one.citizen != citizen for one in there):
                raise TooManyRelatives(MOST_RELATIVES)
            named = Relative(id_, stay, found.citizen, citizen, kinship, who, self._clock.now())
            await self._stays.name(named, tx)
            # Two who name somebody at a time meet at the stay.
            await self._save(found.touched(), found, tx)
            await self._outbox.add("family_stay.named", citizen, tx, stay=stay)
            await self._audit.record(viewer, "family_stay.named", stay, tx, subject=found.citizen)
            return stay

        call = Call.of(viewer, "nameRelative", key, stay, phone, kinship)
        try:
            return await self._again(viewer, await self._once.once(call, _ID, work))
        except RelativeUnknown:
            await self._limits.take(_STRANGERS, who)
            raise

    async def unname(self, viewer: Viewer, relative: str, key: str) -> SeenStay:
        """He may come no more; what he had asked for is cancelled. Raises RelativeUnknown, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._stays.unname(relative, viewer.citizen(), tx)
            if was is None:
                raise RelativeUnknown
            await self._ending.cancel_all({"stay": was.stay, "citizen": was.citizen}, tx)
            await self._audit.record(viewer, "family_stay.unnamed", was.stay, tx, subject=was.resident)
            return was.stay

        return await self._again(
            viewer, await self._once.once(Call.of(viewer, "removeRelative", key, relative), _ID, work)
        )

    # The house

    async def of_house(
        self, viewer: Viewer, house: str, state: StayState | None, request: PageRequest
    ) -> Page[SeenStay]:
        if not await self._houses.keeps(viewer, house):
            return Page((), False)
        page = await self._stays.of_house(house, state, request)
        return Page(tuple(await self._seen(list(page.items), to_house=True)), page.has_next)

    async def propose(self, viewer: Viewer, house: str, phone: str, label: str, key: str) -> SeenStay:
        """Raises CareHouseUnknown, StayInvalid, PhoneInvalid, RelativeUnknown, StayEntered, RateLimited (too many
        phones that nobody has), IdempotencyConflict.
        """
        id_, room, who = new_id(), tidy_label(label), viewer.acting()
        await self._limits.demand_room(_STRANGERS, who)

        async def work(tx: Tx) -> str:
            await self._houses.managed(viewer, house, tx)
            citizen = await self._people.by_phone(phone, tx)
            if citizen is None:
                raise RelativeUnknown
            if await self._stays.at(house, citizen, tx) is not None:
                raise StayEntered
            made = Stay(id_, house, citizen, room, StayState.ASKED, who, self._clock.now())
            await self._stays.add(made, tx)
            await self._outbox.add("family_stay.asked", citizen, tx, stay=id_)
            await self._audit.record(viewer, "family_stay.asked", id_, tx, subject=citizen, house=house)
            return id_

        try:
            done = await self._once.once(Call.of(viewer, "proposeStay", key, house, phone, label), _ID, work)
        except RelativeUnknown:
            await self._limits.take(_STRANGERS, who)
            raise
        return await self._known(done)

    async def end(self, viewer: Viewer, stay: str, key: str) -> SeenStay:
        """He has gone home, or elsewhere: visits that were agreed are cancelled. Raises StayUnknown, StayStateWrong,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            was = await self._stays.get(stay, tx)
            if was is None or not await self._houses.keeps(viewer, was.house):
                raise StayUnknown
            await self._ended(was, tx)
            await self._audit.record(viewer, "family_stay.ended", stay, tx, subject=was.citizen)
            return stay

        return await self._known(await self._once.once(Call.of(viewer, "endStay", key, stay), _ID, work))

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city stays nowhere, visits nobody and is visited by nobody. Safe to repeat."""

        async def work(tx: Tx) -> None:
            for stay in await self._stays.of_citizen(citizen, tx):
                await self._ended(stay, tx)
            await self._ending.cancel_all({"citizen": citizen}, tx)

        await self._db.transaction(work)

    async def _ended(self, was: Stay, tx: Tx) -> None:
        await self._save(was.ended(), was, tx)
        await self._ending.cancel_all({"stay": was.id}, tx)
        await self._stays.forget_relatives(was.id, tx)

    async def _own(self, viewer: Viewer, stay: str, tx: Tx) -> Stay:
        found = await self._stays.own(stay, viewer.citizen(), tx)
        if found is None:
            raise StayUnknown
        return found

    async def _save(self, now: Stay, was: Stay, tx: Tx) -> None:
        if not await self._stays.save(now, was, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats

    async def _again(self, viewer: Viewer, stay: str) -> SeenStay:
        found = await self._stays.own(stay, viewer.citizen())
        assert found is not None
        return (await self._seen([found]))[0]

    async def _known(self, stay: str) -> SeenStay:
        """To the house."""
        found = await self._stays.get(stay)
        assert found is not None
        return (await self._seen([found], to_house=True))[0]

    async def _seen(self, stays: list[Stay], *, to_house: bool = False) -> list[SeenStay]:
        relatives = await self._stays.relatives({one.id for one in stays if one.stays})
        houses = await self._houses.many({one.house for one in stays})
        names = await self._names.of({*(one.citizen for one in stays), *(one.citizen for one in relatives)})
        seen = []
        for stay in stays:
            mine = tuple(one for one in relatives if one.stay == stay.id)
            seen.append(SeenStay(stay, houses.get(stay.house), mine, _shown(stay, mine, names, to_house=to_house)))
        return seen


def _shown(stay: Stay, relatives: Sequence[Relative], names: Mapping[str, str], *, to_house: bool) -> dict[str, str]:
    """A phone is no way to a name: whoever was only named by it is shown by its beginning, and to a house, too, who
    has not agreed that he stays there.
    """
    shown = {one.citizen: beginning(names.get(one.citizen, "")) for one in relatives}
    own = names.get(stay.citizen, "")
    return {**shown, stay.citizen: own if stay.stays or not to_house else beginning(own)}
