"""Living somewhere: asking for a home, being let in by its head, moving out. What the estate does is in `verifying`.

Other rooms ask here who lives where (`living`, `resident`), and hear of who moves out (`follow`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.said import Said
from app.core.viewer import Assurance, Viewer
from app.domains.community.estates.model import Estate
from app.domains.community.estates.service import EstateService
from app.domains.community.residents.errors import (
    HouseholdFull,
    NotResident,
    ResidencyAsked,
    ResidencyStateWrong,
    ResidencyUnknown,
    ResidentNeedsRealName,
    TooManyHomes,
)
from app.domains.community.residents.model import (
    ASKED,
    LIVED,
    MOST_HOMES,
    MOST_PEOPLE,
    OPEN,
    Household,
    Residency,
    ResidencyState,
    Wish,
)
from app.domains.community.residents.store import ResidentStore

_ID = TypeAdapter(str)


class Names(Protocol):
    """Of whom it is known."""

    async def of(self, citizens: Collection[str]) -> Mapping[str, str]:
        """Their names by the civil registry; none of who has none."""
        ...


class MovingOut(Protocol):
    """A room in which something ends when somebody moves out."""

    async def moved_out(self, one: Residency, tx: Tx) -> None: ...


@dataclass(frozen=True, slots=True)
class SeenResidency:
    """As its citizen sees it: in which estate, who lives with him, and (of a head) who asks to."""

    residency: Residency
    head: bool
    estate: Said
    people: tuple[Residency, ...] = ()
    names: Mapping[str, str] | None = None
    head_id: str | None = None


class ResidentService:
    def __init__(
        self,
        db: Database,
        residents: ResidentStore,
        estates: EstateService,
        names: Names,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._residents = residents
        self._estates = estates
        self._names = names
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock
        self._followers: list[MovingOut] = []

    def follow(self, room: MovingOut) -> None:
        """To be told of whoever moves out, in the transaction of it."""
        self._followers.append(room)

    # What other rooms ask

    async def living(self, citizen: str, tx: Tx | None = None) -> list[Residency]:
        """Where somebody lives."""
        return await self._residents.of_citizen(citizen, {ResidencyState.RESIDENT}, tx)

    async def resident(self, citizen: str, residency: str, tx: Tx | None = None) -> Residency:
        """One by which somebody lives somewhere. Raises NotResident."""
        found = await self._residents.get(residency, citizen, tx)
        if found is None or not found.lives:
            raise NotResident
        return found

    async def at_estate(self, citizen: str, estate: str, tx: Tx | None = None) -> Residency:
        """Any by which somebody lives in that estate. Raises NotResident."""
        for one in await self.living(citizen, tx):
            if one.estate == estate:
                return one
        raise NotResident

    async def lived_at(self, citizen: str, estate: str, at: datetime, tx: Tx | None = None) -> Residency:
        """Any by which somebody lived in that estate at that moment. Raises NotResident."""
        for one in await self._residents.of_citizen(citizen, LIVED, tx):
            if one.estate == estate and one.lived_at(at):
                return one
        raise NotResident

    async def household(self, household: str, tx: Tx | None = None) -> Household | None:
        return await self._residents.household(household, tx)

    # The citizen's own

    async def mine(self, viewer: Viewer) -> list[SeenResidency]:
        """Open ones with their households, the newest first."""
        found = await self._residents.of_citizen(viewer.citizen(), OPEN)
        estates = await self._estates.many({one.estate for one in found})
        return [await self._seen(one, estates) for one in found]

    async def one(self, viewer: Viewer, residency: str) -> SeenResidency | None:
        found = await self._residents.get(residency, viewer.citizen())
        return await self._seen(found) if found else None

    async def ask(self, viewer: Viewer, wish: Wish, key: str) -> SeenResidency:
        """Raises ResidentNeedsRealName, EstateUnknown, HomeUnknown, ResidencyAsked, TooManyHomes, RateLimited,
        IdempotencyConflict.
        """
        citizen, id_ = viewer.citizen(), new_id()
        if viewer.assurance is not Assurance.REAL_NAME:
            raise ResidentNeedsRealName

        async def work(tx: Tx) -> str:
            home = await self._estates.home(wish.estate, wish.building, wish.room, tx)
            there = await self._residents.of_citizen(citizen, OPEN, tx)
            household = self._residents.household_of(home)
            if any(one.household == household for one in there):
                raise ResidencyAsked
            if len(there) >= MOST_HOMES:
                raise TooManyHomes(MOST_HOMES)
            await self._limits.count(ASKED, citizen, tx)
            now, court = self._clock.now(), self._residents.court_of(home.estate, home.building)
            asked, by = ResidencyState.ASKED, viewer.acting()
            made = Residency(id_, citizen, home.estate, household, court, home, wish.relation, asked, by, now, now)
            await self._residents.add(made, tx)
            await self._tell_head(made, tx)
            await self._audit.record(viewer, "residency.asked", id_, tx, subject=citizen, estate=home.estate)
            return id_

        done = await self._once.once(Call.of(viewer, "askResidency", key, wish), _ID, work)
        return await self._own(viewer, done)

    async def settle(self, viewer: Viewer, residency: str, accept: bool, reason: str, key: str) -> SeenResidency:
        """The head lets somebody in, or not; the head's own residency, with the household as it is then. Raises
        ResidencyUnknown, ResidencyStateWrong, ResidencyReasonMissing, HouseholdFull, IdempotencyConflict.
        """
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            found = await self._residents.any(residency, tx)
            own = await self._residents.at(citizen, found.household, tx) if found else None
            if found is None or own is None or not await self._heads(own, tx):
                raise ResidencyUnknown
            await self.decide(viewer, found, accept, reason, tx)
            return own.id

        call = Call.of(viewer, "settleResidency", key, residency, accept, reason)
        return await self._own(viewer, await self._once.once(call, _ID, work))

    async def hand_on(self, viewer: Viewer, residency: str, key: str) -> SeenResidency:
        """The head hands that on to another owner or tenant of the home. Raises ResidencyUnknown, ResidencyStateWrong,
        IdempotencyConflict.
        """
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            found = await self._residents.any(residency, tx)
            own = await self._residents.at(citizen, found.household, tx) if found else None
            if found is None or own is None or not await self._heads(own, tx):
                raise ResidencyUnknown
            if not (found.lives and found.may_head):
                raise ResidencyStateWrong(found.state.value)
            await self._residents.set_head(own.household, found.id, own.id, tx)
            await self._outbox.add("household.headed", found.citizen, tx, residency=found.id)
            await self._audit.record(viewer, "household.handed_on", own.household, tx, to=found.id)
            return own.id

        return await self._own(
            viewer, await self._once.once(Call.of(viewer, "handOnHousehold", key, residency), _ID, work)
        )

    async def leave(self, viewer: Viewer, residency: str, key: str) -> SeenResidency:
        """The citizen moves out, or takes back what he asked; a head has somebody of his home moved out. Raises
        ResidencyUnknown, ResidencyStateWrong, IdempotencyConflict.
        """
        citizen = viewer.citizen()

        async def work(tx: Tx) -> str:
            found = await self._residents.any(residency, tx)
            if found is None or not await self._may_end(citizen, found, tx):
                raise ResidencyUnknown
            await self.end(viewer, found, tx)
            return found.id

        done = await self._once.once(Call.of(viewer, "leaveHome", key, residency), _ID, work)
        found = await self._residents.any(done)
        assert found is not None
        return SeenResidency(found, False, _named(found, await self._estates.many({found.estate})))

    # Steps, in the caller's transaction

    async def decide(self, viewer: Viewer, found: Residency, accept: bool, reason: str, tx: Tx) -> Residency:
        """Raises ResidencyStateWrong, ResidencyReasonMissing, HouseholdFull."""
        now = self._clock.now()
        moved = found.accepted(now) if accept else found.refused(reason, now)
        await self._save(moved, found, tx)
        if accept and not await self._residents.move_in(moved, tx):
            raise HouseholdFull(MOST_PEOPLE)
        if accept:
            await self._outbox.add("residency.accepted", found.citizen, tx, residency=found.id)
        else:
            await self._outbox.add("residency.refused", found.citizen, tx, residency=found.id)
        await self._audit.record(viewer, f"residency.{moved.state.value}", found.id, tx, subject=found.citizen)
        return moved

    async def end(self, viewer: Viewer, found: Residency, tx: Tx) -> Residency:
        """Raises ResidencyStateWrong."""
        moved = found.left(self._clock.now())
        await self._save(moved, found, tx)
        if found.lives:
            if await self._residents.move_out(found, tx):
                await self._succeed(viewer, found.household, tx)
            for room in self._followers:
                await room.moved_out(found, tx)
        if viewer.actor != found.citizen:
            await self._outbox.add("residency.ended", found.citizen, tx, residency=found.id)
        await self._audit.record(viewer, "residency.left", found.id, tx, subject=found.citizen)
        return moved

    async def headed(self, found: Residency, was: str | None, tx: Tx) -> None:
        """He is the head instead of `was`."""
        if was != found.id and await self._residents.set_head(found.household, found.id, was, tx):
            await self._outbox.add("household.headed", found.citizen, tx, residency=found.id)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """When he leaves the city. Safe to repeat."""

        async def work(tx: Tx) -> None:
            for one in await self._residents.of_citizen(citizen, OPEN, tx):
                await self.end(viewer, one, tx)

        await self._db.transaction(work)

    async def _succeed(self, viewer: Viewer, household: str, tx: Tx) -> None:
        """No home is left without a head while an owner or a tenant lives there."""
        heir = await self._residents.heir(household, tx)
        if heir is not None and await self._residents.set_head(household, heir.id, None, tx):
            await self._outbox.add("household.headed", heir.citizen, tx, residency=heir.id)
            await self._audit.record(viewer, "household.succeeded", household, tx, subject=heir.citizen)

    async def _save(self, moved: Residency, was: Residency, tx: Tx) -> None:
        if not await self._residents.save(moved, was, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats

    async def _may_end(self, citizen: str, found: Residency, tx: Tx) -> bool:
        if found.citizen == citizen:
            return True
        own = await self._residents.at(citizen, found.household, tx)
        return own is not None and found.lives and await self._heads(own, tx)

    async def _heads(self, own: Residency, tx: Tx | None = None) -> bool:
        found = await self._residents.household(own.household, tx)
        return found is not None and found.head == own.id

    async def _tell_head(self, made: Residency, tx: Tx) -> None:
        household = await self._residents.household(made.household, tx)
        head = await self._residents.any(household.head, tx) if household and household.head else None
        if head is not None and head.citizen != made.by:
            await self._outbox.add("residency.asked", head.citizen, tx, residency=head.id)

    async def _own(self, viewer: Viewer, residency: str) -> SeenResidency:
        found = await self._residents.get(residency, viewer.citizen())
        assert found is not None
        return await self._seen(found)

    async def _seen(self, one: Residency, known: Mapping[str, Estate] | None = None) -> SeenResidency:
        """Who only asks sees nobody; who lives there sees who else does; the head sees who asks, too. `known`: estates
        that were read before.
        """
        estate = _named(one, await self._estates.many({one.estate}) if known is None else known)
        if not one.lives:
            return SeenResidency(one, False, estate)
        found = await self._residents.household(one.household)
        head = found is not None and found.head == one.id
        states = OPEN if head else {ResidencyState.RESIDENT}
        people = await self._residents.of_household(one.household, states)
        names = await self._names.of({other.citizen for other in people})
        return SeenResidency(one, head, estate, tuple(people), names, found.head if found else None)


def _named(one: Residency, known: Mapping[str, Estate]) -> Said:
    """What its estate is called."""
    return known[one.estate].name if one.estate in known else Said(one.estate)
