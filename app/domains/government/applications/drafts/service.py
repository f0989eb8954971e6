"""Beginning an application and filling it in: what is asked, what is known already, what is still wrong or missing.

A draft may be as unfinished as it likes; what is wrong in it is said each time it is saved, and stops nobody before
he hands it in.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from app.core.calendar.model import WorkingCalendar
from app.core.calendar.service import CalendarService
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.government.applications.drafts.model import Draft, demand_known
from app.domains.government.applications.errors import (
    NotAppliedOnline,
    NotOfferedHere,
    ServiceApplicationUnknown,
    TooManyDrafts,
)
from app.domains.government.applications.forms.errors import FormVersionChanged
from app.domains.government.applications.forms.model import Filled, form_of, parsed_answers
from app.domains.government.applications.forms.service import Prefilling
from app.domains.government.applications.history.model import Content, State
from app.domains.government.applications.history.service import Steps
from app.domains.government.applications.materials.model import Given, Standing
from app.domains.government.applications.materials.service import Files, MaterialCheck
from app.domains.government.applications.model import MOST_DRAFTS, Application, begun
from app.domains.government.applications.store import ApplicationStore
from app.domains.government.catalogue.model import Item, Offer
from app.domains.government.catalogue.service import CatalogueService
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.model import Tree

_DRAFT = TypeAdapter(Draft)
_ID = TypeAdapter(str)


@dataclass(frozen=True, slots=True)
class Offered:
    """An item to be applied for, and where: the unit that was named, or the nearest to where the applicant lives."""

    item: Item
    offer: Offer


@dataclass(frozen=True, slots=True)
class Asked:
    offered: Offered
    filled: tuple[Filled, ...]


class DraftService:
    def __init__(
        self,
        applications: ApplicationStore,
        catalogue: CatalogueService,
        citizens: CitizenStore,
        tree: Tree,
        check: MaterialCheck,
        prefilling: Prefilling,
        files: Files,
        steps: Steps,
        calendar: CalendarService,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._applications = applications
        self._catalogue = catalogue
        self._citizens = citizens
        self._tree = tree
        self._check = check
        self._prefilling = prefilling
        self._files = files
        self._steps = steps
        self._calendar = calendar
        self._idempotency = idempotency
        self._clock = clock

    async def offered(self, viewer: Viewer, item: str, unit: str | None) -> Offered:
        """Raises NotAppliedOnline, NotOfferedHere."""
        found = await self._catalogue.item(item)
        if found is None or not found.applied_for_online:
            raise NotAppliedOnline
        offer = await self._offer(viewer, item, unit)
        if offer is None:
            raise NotOfferedHere
        return Offered(found, offer)

    async def form(self, viewer: Viewer, item: str, unit: str | None) -> Asked | None:
        """What is asked, and what can be filled in for this citizen; None when it is not applied for here."""
        offered = await self._found(viewer, item, unit)
        if offered is None:
            return None
        return Asked(offered, await self._prefilling.of(viewer, offered.item, offered.offer.unit))

    async def before(self, viewer: Viewer, item: str, unit: str | None, answers: Any) -> tuple[Standing, ...] | None:
        """How the materials would stand, before anything is begun; None when it is not applied for here."""
        offered = await self._found(viewer, item, unit)
        if offered is None:
            return None
        return await self._check.of(
            offered.item,
            citizen=viewer.citizen(),
            unit=offered.offer.unit,
            answers=parsed_answers(answers),
            by_agent=viewer.is_guardian,
        )

    async def begin(self, viewer: Viewer, item: str, unit: str | None, key: str) -> Draft:
        """A draft, filled in with what is known. Raises NotAppliedOnline, NotOfferedHere, TooManyDrafts,
        IdempotencyConflict.
        """
        call = Call.of(viewer, "beginApplication", key, item, unit)
        if (before := await self._idempotency.replay(call, _DRAFT)) is not None:
            return before
        citizen, offered = viewer.citizen(), await self.offered(viewer, item, unit)
        made = await self._made(viewer, citizen, offered)

        async def work(tx: Tx) -> Draft:
            if not await self._applications.add(made, MOST_DRAFTS, tx):
                raise TooManyDrafts(MOST_DRAFTS)
            return Draft(made, ())

        return await self._idempotency.once(call, _DRAFT, work)

    async def save(
        self, viewer: Viewer, draft: str, version: int, answers: Any, given: Collection[Given], key: str
    ) -> Draft:
        """As it is filled in now, whole: what is left out is empty again.

        Raises ServiceApplicationUnknown, ApplicationStateWrong, FormVersionChanged, MaterialUnknown, BadInput,
        IdempotencyConflict, and what the files are refused for.
        """
        written, files = parsed_answers(answers), tuple(dict.fromkeys(given))
        call = Call.of(viewer, "saveDraft", key, draft, version, written, files)

        async def work(tx: Tx) -> Draft:
            was = await self.mine(viewer, draft, tx)
            was.demand(State.DRAFT)
            if was.version != version:
                raise FormVersionChanged(was.version)
            item = await self._item(was)
            demand_known(files, item)
            await self.claim(was, files, tx)
            filled = was.filled(Content(written, files), self._clock.now())
            saved = await self._steps.keep(viewer, filled, was, tx)
            return Draft(saved, form_of(item.form).faults(written, unfinished=True, today=self._today()))

        return await self._idempotency.once(call, _DRAFT, work)

    async def move(self, viewer: Viewer, draft: str, key: str) -> Draft:
        """To the version of the form that holds now, with what of it still fits.

        Raises ServiceApplicationUnknown, ApplicationStateWrong, NotAppliedOnline, IdempotencyConflict.
        """

        async def work(tx: Tx) -> Draft:
            was = await self.mine(viewer, draft, tx)
            item = await self._catalogue.item(was.item)
            if item is None or not item.applied_for_online:
                raise NotAppliedOnline
            form, asked = form_of(item.form), {material.key for material in item.materials}
            kept = form.fitting(was.content.answers)
            files = tuple(one for one in was.content.given if one.key in asked)
            await self.claim(was, files, tx)
            moved = was.moved_to(item.version, Content(kept, files), viewer, self._clock.now())
            return Draft(
                await self._steps.keep(viewer, moved, was, tx), form.faults(kept, unfinished=True, today=self._today())
            )

        return await self._idempotency.once(Call.of(viewer, "moveDraft", key, draft), _DRAFT, work)

    async def discard(self, viewer: Viewer, draft: str, key: str) -> str:
        """For good, with its files. Raises ServiceApplicationUnknown, ApplicationStateWrong, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self.mine(viewer, draft, tx)
            was.demand(State.DRAFT)
            await self.drop(was, tx)
            return was.id

        return await self._idempotency.once(Call.of(viewer, "discardDraft", key, draft), _ID, work)

    async def drop(self, draft: Application, tx: Tx) -> bool:
        await self._files.release(draft.record, draft.citizen, {one.upload for one in draft.content.given}, tx)
        return await self._applications.drop(draft, tx)

    async def mine(self, viewer: Viewer, application: str, tx: Tx | None = None) -> Application:
        """Raises ServiceApplicationUnknown."""
        found = await self._applications.get(application, viewer.citizen(), tx)
        if found is None:
            raise ServiceApplicationUnknown
        return found

    async def claim(self, of: Application, files: Collection[Given], tx: Tx) -> None:
        """These files belong to the application, and no others do any more."""
        uploads = {one.upload for one in files}
        await self._files.claim(of.record, of.citizen, uploads, tx)
        before = {one.upload for one in of.content.given}
        await self._files.release(of.record, of.citizen, before - uploads, tx)

    def time(self) -> tuple[WorkingCalendar, datetime]:
        """By which the days of applications are told."""
        return self._calendar.current, self._clock.now()

    def _today(self) -> date:
        return civil_day(self._clock.now())

    async def _found(self, viewer: Viewer, item: str, unit: str | None) -> Offered | None:
        try:
            return await self.offered(viewer, item, unit)
        except (NotAppliedOnline, NotOfferedHere):
            return None

    async def _offer(self, viewer: Viewer, item: str, unit: str | None) -> Offer | None:
        if unit is not None:
            return await self._catalogue.offer(item, unit)
        division = await self._catalogue.division_of(viewer)
        return await self._catalogue.offer_near(item, division) if division else None

    async def _made(self, viewer: Viewer, citizen: str, offered: Offered) -> Application:
        unit, item = offered.offer.unit, offered.item
        person = await self._citizens.get(citizen)
        made = begun(new_id(), viewer, citizen, item, unit, self._beside(unit, item.owner), self._clock.now())
        filled = {one.field: one.value for one in await self._prefilling.of(viewer, item, unit)}
        return made.prefilled(filled, offered.offer.system, person.test_of if person else None)

    def _beside(self, unit: str, owner: str) -> tuple[str, ...]:
        """Who may handle it beside the unit: the governments above it, and the department whose item it is, when that
        is a department of one of them and not of another city.
        """
        node, department = self._tree.get(unit), self._tree.get(owner)
        above = node.path if node else ()
        near = department is not None and owner not in (unit, *above) and department.parent in (unit, *above)
        return (*above, owner) if near else above

    async def _item(self, of: Application) -> Item:
        """The version it is made under. Raises NotAppliedOnline."""
        found = await self._catalogue.item(of.item, of.version)
        if found is None:
            raise NotAppliedOnline
        return found
