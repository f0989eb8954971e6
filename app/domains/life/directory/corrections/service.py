"""Proposing corrections, and deciding on them: by the desk, or by who runs the place. Who was right is thanked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.life.directory.corrections.errors import (
    PlaceCorrectionDecided,
    PlaceCorrectionInvalid,
    PlaceCorrectionUnknown,
)
from app.domains.life.directory.corrections.model import (
    LONGEST_NOTE,
    LONGEST_REASON,
    CorrectedField,
    CorrectionState,
    PlaceCorrection,
    Proposed,
    corrected,
    current,
)
from app.domains.life.directory.corrections.store import CorrectionStore
from app.domains.life.directory.places.errors import PlaceFieldInvalid
from app.domains.life.directory.places.keeping.service import SCOPE, PlaceKeeping
from app.domains.life.directory.places.model import Place, tidy
from app.domains.life.directory.places.service import InCity, PlaceService
from app.domains.life.directory.reviews.model import Reviewer

PROPOSED = Limit("place_correction", 20, timedelta(days=1))
_SAID_CLOSED = "据市民反映，已停业"
_ID = TypeAdapter(str)


class Proposers(Protocol):
    async def of(self, viewer: Viewer) -> Reviewer:
        """A real person with a verified name. Raises what stands against it."""
        ...


class CorrectionService:
    def __init__(
        self,
        db: Database,
        corrections: CorrectionStore,
        places: PlaceService,
        keeping: PlaceKeeping,
        proposers: Proposers,
        city: InCity,
        tree: Tree,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._corrections = corrections
        self._places = places
        self._keeping = keeping
        self._proposers = proposers
        self._city = city
        self._tree = tree
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    # Citizens

    async def propose(self, viewer: Viewer, place: str, proposed: Proposed, key: str) -> PlaceCorrection:
        """Raises PlaceUnknown, PlaceGone, PlaceCorrectionInvalid, PlaceCorrectionWaiting, OutsideCity, what `Proposers`
        raises, RateLimited, IdempotencyConflict.
        """
        citizen = (await self._proposers.of(viewer)).citizen
        call = Call.of(viewer, "proposeCorrection", key, place, proposed)

        async def attempt() -> str:
            at = await self._places.active(place)
            sound = self._sound(at, proposed)
            await self._limits.take(PROPOSED, citizen)
            was, now = current(at, sound.field), self._clock.now()
            made = PlaceCorrection(new_id(), at.id, citizen, sound, was, at.operator, now)
            return await self._idempotency.once(call, _ID, lambda tx: self._add(viewer, made, tx))

        return await self._there(await self._idempotency.alike(call, _ID, attempt))

    async def withdraw(self, viewer: Viewer, id_: str, key: str) -> PlaceCorrection:
        """Raises PlaceCorrectionUnknown, PlaceCorrectionDecided, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            was = await self._corrections.get(id_, tx)
            if was is None or was.citizen != citizen:
                raise PlaceCorrectionUnknown
            await self._decide(was.decided(CorrectionState.WITHDRAWN, citizen, "", self._clock.now()), tx)
            return id_

        await self._idempotency.once(Call.of(viewer, "withdrawPlaceCorrection", key, id_), _ID, work)
        return await self._there(id_)

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[PlaceCorrection]:
        return await self._corrections.of_citizen(viewer.self_only(), request)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """What who leaves has proposed is not looked at any more. Safe to repeat."""

        async def work(tx: Tx) -> int:
            theirs = await self._corrections.open_of(citizen, tx)
            for one in theirs:
                await self._decide(one.decided(CorrectionState.WITHDRAWN, citizen, "", self._clock.now()), tx)
            return len(theirs)

        while await self._db.transaction(work):
            pass

    # Who decides

    async def page(self, state: CorrectionState, request: PageRequest) -> Page[PlaceCorrection]:
        return await self._corrections.page(state, request)

    async def get(self, id_: str) -> PlaceCorrection | None:
        return await self._corrections.get(id_)

    async def of_place(self, place: str, request: PageRequest) -> Page[PlaceCorrection]:
        return await self._corrections.of_place(place, request)

    async def run_by(self, viewer: Viewer, state: CorrectionState, request: PageRequest) -> Page[PlaceCorrection]:
        """Of the places that one's organisation runs, and all below it."""
        mine = viewer.provider(SCOPE)
        below = {code for code, node in self._tree.nodes.items() if mine in node.path}
        return await self._corrections.run_by({mine, *below}, state, request)

    async def decide(self, viewer: Viewer, id_: str, accepted: bool, reason: str, key: str) -> PlaceCorrection:
        """The place is put right in the same moment; a refusal says why. Raises PlaceCorrectionUnknown,
        PlaceCorrectionDecided, PlaceCorrectionInvalid (of its time, no more), PlaceUnknown, PlaceGone,
        PlaceFieldInvalid (reason), OutsideCity, IdempotencyConflict.
        """
        words = tidy(reason, "reason", LONGEST_REASON, 0 if accepted else 1)
        state = CorrectionState.ACCEPTED if accepted else CorrectionState.REFUSED

        async def work(tx: Tx) -> str:
            was, at = await self._demand(viewer, id_, tx)
            by = viewer.acting() if viewer.role is Role.OPS else viewer.organisation or viewer.acting()
            now = was.decided(state, by, words, self._clock.now())
            if accepted:
                await self._keeping.put_right(viewer, at.id, lambda place: self._applied(place, was), tx)
            await self._decide(now, tx)
            event = "place.correction_accepted" if accepted else "place.correction_refused"
            await self._outbox.add(event, was.citizen, tx, correction=id_)
            await self._audit.record(viewer, "place.correction_decided", id_, tx, state=state.value)
            return id_

        await self._idempotency.once(Call.of(viewer, "decidePlaceCorrection", key, id_, accepted, words), _ID, work)
        return await self._there(id_)

    def _applied(self, place: Place, one: PlaceCorrection) -> Place:
        now = self._clock.now()
        if one.proposed.field is CorrectedField.CLOSED:
            return place.closed(_SAID_CLOSED, now)
        draft = corrected(place.said, one.proposed.field, one.proposed.value)
        self._city.demand(draft.point)
        return place.amended(draft, now)

    def _sound(self, place: Place, proposed: Proposed) -> Proposed:
        """As it would be written. Raises PlaceCorrectionInvalid, OutsideCity."""
        try:
            note = tidy(proposed.note, "note", LONGEST_NOTE, proposed.field is CorrectedField.CLOSED)
        except PlaceFieldInvalid:
            raise PlaceCorrectionInvalid("note") from None
        if proposed.field is CorrectedField.CLOSED:
            return Proposed(proposed.field, "", note)
        now = corrected(place.said, proposed.field, proposed.value)
        self._city.demand(now.point)
        if now == place.said:
            raise PlaceCorrectionInvalid("value")
        return Proposed(proposed.field, current(replace(place, said=now), proposed.field), note)

    async def _add(self, viewer: Viewer, made: PlaceCorrection, tx: Tx) -> str:
        await self._corrections.add(made, tx)
        await self._audit.record(viewer, "place.correction_proposed", made.id, tx, field=made.proposed.field.value)
        return made.id

    async def _demand(self, viewer: Viewer, id_: str, tx: Tx) -> tuple[PlaceCorrection, Place]:
        """Of a place that the viewer may put right; of one that was merged since, the place that it is now.

        Raises PlaceCorrectionUnknown.
        """
        found = await self._corrections.get(id_, tx)
        place = await self._places.get(found.place) if found else None
        if found is None or place is None or (viewer.role is not Role.OPS and not self._keeping.runs(viewer, place)):
            raise PlaceCorrectionUnknown
        return found, place

    async def _decide(self, now: PlaceCorrection, tx: Tx) -> None:
        if not await self._corrections.decide(now, tx):
            raise PlaceCorrectionDecided

    async def _there(self, id_: str) -> PlaceCorrection:
        found = await self._corrections.get(id_)
        if found is None:
            raise PlaceCorrectionUnknown
        return found
