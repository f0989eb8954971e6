"""Keeping places: the desk says what and where they are and who runs them; who runs one, when it is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.life.directory.hours.model import Hours, SpecialDay
from app.domains.life.directory.places.bringing.service import Bring, Bringing
from app.domains.life.directory.places.errors import OperatorUnknown, PlaceUnknown
from app.domains.life.directory.places.model import BY_HAND, Change, Place, PlaceDraft, Source, differences
from app.domains.life.directory.places.service import InCity
from app.domains.life.directory.places.store import PlaceStore

SCOPE = "places"
_ID = TypeAdapter(str)
Changing = Callable[[Place], Place]


class Reading(Protocol):
    async def get(self, id_: str) -> Place | None: ...


class PlaceKeeping:
    def __init__(
        self,
        places: PlaceStore,
        reading: Reading,
        bringing: Bringing,
        city: InCity,
        tree: Tree,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._places = places
        self._reading = reading
        self._bringing = bringing
        self._city = city
        self._tree = tree
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    # The desk

    async def add(self, viewer: Viewer, draft: PlaceDraft, key: str) -> Place:
        """By hand; what is there already without doubt is given back with what is new of it. Raises PlaceFieldInvalid,
        PlaceKindUnknown, OutsideCity, IdempotencyConflict.
        """
        tidy, source = self._sound(draft), Source(BY_HAND, new_id())

        async def work(tx: Tx) -> str:
            made = (await self._bringing.write(viewer.acting(), [Bring(source, tidy)], tx)).places[0]
            await self._audit.record(viewer, "place.added", made.id, tx, kind=made.kind)
            return made.id

        return await self._there(await self._idempotency.once(Call.of(viewer, "addPlace", key, tidy), _ID, work))

    async def amend(self, viewer: Viewer, id_: str, draft: PlaceDraft, key: str) -> Place:
        """Raises as `add`, PlaceUnknown, and PlaceGone (it was merged)."""
        tidy, now = self._sound(draft), self._clock.now()
        return await self._change(viewer, "amendPlace", id_, (tidy,), lambda place: place.amended(tidy, now), key)

    async def assign(self, viewer: Viewer, id_: str, operator: str | None, key: str) -> Place:
        """It is run by that organisation, or by none that is known. Raises PlaceUnknown, PlaceGone (it was merged),
        OperatorUnknown, IdempotencyConflict.
        """
        if operator is not None and self._tree.get(operator) is None:
            raise OperatorUnknown
        now = self._clock.now()
        return await self._change(viewer, "assignPlace", id_, (operator,), lambda p: p.run_by(operator, now), key)

    async def close(self, viewer: Viewer, id_: str, reason: str, key: str) -> Place:
        """For good. Raises PlaceUnknown, PlaceGone, PlaceFieldInvalid, IdempotencyConflict."""
        now = self._clock.now()
        return await self._change(viewer, "closePlace", id_, (reason,), lambda place: place.closed(reason, now), key)

    # Who runs it

    async def own(self, viewer: Viewer, id_: str) -> Place:
        """Raises PlaceUnknown."""
        found = await self._reading.get(id_)
        if found is None or not self.runs(viewer, found):
            raise PlaceUnknown
        return found

    async def run_by(self, viewer: Viewer, request: PageRequest) -> Page[Place]:
        """By id: of one's organisation and all below it."""
        mine = viewer.provider(SCOPE)
        below = {code for code, node in self._tree.nodes.items() if mine in node.path}
        return await self._places.run_by({mine, *below}, request)

    def runs(self, viewer: Viewer, place: Place) -> bool:
        """Test clients run nothing that people see."""
        mine = viewer.provider(SCOPE)
        node = self._tree.get(place.operator) if place.operator else None
        return node is not None and not viewer.test_mode and mine in (node.code, *node.path)

    async def say_hours(self, viewer: Viewer, id_: str, hours: Hours, key: str) -> Place:
        """The week and the holidays anew; single days stay unless some are named. Raises PlaceUnknown, PlaceGone,
        IdempotencyConflict.
        """

        def changing(place: Place) -> Place:
            special = hours.special or place.hours.special
            return self._opened(place, Hours(hours.week, hours.holidays, hours.make_up, special))

        return await self._own_change(viewer, "savePlaceHours", id_, (hours,), changing, key)

    async def say_day(self, viewer: Viewer, id_: str, day: date, special: SpecialDay | None, key: str) -> Place:
        """One day differs, or does not any more. Raises PlaceUnknown, PlaceGone, HoursInvalid, IdempotencyConflict."""
        today = civil_day(self._clock.now())

        def changing(place: Place) -> Place:
            return self._opened(place, place.hours.with_day(special, day, today))

        return await self._own_change(viewer, "savePlaceDay", id_, (day, special), changing, key)

    async def describe(self, viewer: Viewer, id_: str, phone: str, about: Said, key: str) -> Place:
        """Raises PlaceUnknown, PlaceGone, PlaceFieldInvalid, IdempotencyConflict."""
        now = self._clock.now()

        def changing(place: Place) -> Place:
            said = place.demand_active().said
            draft = PlaceDraft(said.kind, said.name, said.point, said.address, phone, about, said.hours)
            return place.amended(draft.checked(), now)

        return await self._own_change(viewer, "describePlace", id_, (phone, about), changing, key)

    # Both, and what citizens propose

    async def put_right(self, viewer: Viewer, id_: str, changing: Changing, tx: Tx) -> Place:
        """In the caller's transaction. Raises PlaceUnknown, PlaceGone, DuplicateKey (changed meanwhile: once more)."""
        was = await self._places.get(id_, tx)
        if was is None:
            raise PlaceUnknown
        now = changing(was.demand_active())
        if now is not was:
            await self._save(viewer, was, now, tx)
        return now

    def _opened(self, place: Place, hours: Hours) -> Place:
        said = place.demand_active().said
        draft = PlaceDraft(said.kind, said.name, said.point, said.address, said.phone, said.about, hours)
        return place.amended(draft, self._clock.now())

    def _sound(self, draft: PlaceDraft) -> PlaceDraft:
        tidy = draft.checked()
        self._city.demand(tidy.point)
        return tidy

    async def _own_change(
        self, viewer: Viewer, what: str, id_: str, content: tuple[object, ...], changing: Changing, key: str
    ) -> Place:
        place = await self.own(viewer, id_)
        return await self._change(viewer, what, place.id, content, changing, key)

    async def _change(
        self, viewer: Viewer, what: str, id_: str, content: tuple[object, ...], changing: Changing, key: str
    ) -> Place:
        async def work(tx: Tx) -> str:
            was = await self._places.get(id_, tx)
            if was is None or (viewer.role is not Role.OPS and not self.runs(viewer, was)):
                raise PlaceUnknown
            now = changing(was)
            if now is not was:
                await self._save(viewer, was, now, tx)
            await self._audit.record(viewer, f"place.{what}", id_, tx)
            return id_

        return await self._there(await self._idempotency.once(Call.of(viewer, what, key, id_, *content), _ID, work))

    async def _save(self, viewer: Viewer, was: Place, now: Place, tx: Tx) -> None:
        if not await self._places.save(now, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
        fields = differences(was.said, now.said)
        beside = tuple(name for name in ("operator", "state") if getattr(was, name) != getattr(now, name))
        by = viewer.acting() if viewer.role is Role.OPS else viewer.organisation or viewer.acting()
        await self._places.note([Change(now.id, self._clock.now(), by, (*fields, *beside))], tx)

    async def _there(self, id_: str) -> Place:
        found = await self._places.get(id_)
        if found is None:
            raise PlaceUnknown
        return found
