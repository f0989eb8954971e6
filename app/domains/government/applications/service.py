"""What an applicant does with an application: hands it in, mends it, withdraws it, follows it.

Whatever stands in for materials is looked up before the transaction; the draft that was looked at is the one that is
handed in, or nothing is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Protocol

from pydantic import TypeAdapter

from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.limits import Limits
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.numbers import new_number, parsed_number
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.government.applications.drafts.model import demand_known
from app.domains.government.applications.drafts.service import DraftService, Offered
from app.domains.government.applications.errors import (
    NotAppliedOnline,
    RealNameMissing,
)
from app.domains.government.applications.forms.errors import FormInvalid, FormVersionChanged
from app.domains.government.applications.forms.model import form_of, parsed_answers
from app.domains.government.applications.history.model import Content, State, worded
from app.domains.government.applications.history.service import Steps
from app.domains.government.applications.materials.errors import MaterialsMissing
from app.domains.government.applications.materials.model import Given, Standing, missing
from app.domains.government.applications.materials.service import Files, MaterialCheck, SharedData
from app.domains.government.applications.model import PER_CITIZEN, WORKER, Application, replaced_by_data
from app.domains.government.applications.store import ApplicationStore
from app.domains.government.catalogue.model import Item
from app.domains.government.catalogue.service import CatalogueService
from app.domains.identity.citizens.store import CitizenStore

_APPLICATION = TypeAdapter(Application)
_TRIES = 20


class BackOffice(Protocol):
    """Departments' own systems, told in the transaction of the change itself."""

    async def enlist(self, *, number: str, citizen: str, item: str, unit: str, system: str, tx: Tx) -> None:
        """It was handed in at an offer that is handled in `system`. Once; a repeat adds nothing."""
        ...

    async def answered(self, number: str, round_: int, tx: Tx) -> None:
        """The applicant has mended what the department asked for, the `round_`th time."""
        ...

    async def withdrawn(self, number: str, tx: Tx) -> None:
        """Nothing happens when it was handed to nobody."""
        ...


class ApplicationService:
    def __init__(
        self,
        db: Database,
        applications: ApplicationStore,
        drafts: DraftService,
        catalogue: CatalogueService,
        citizens: CitizenStore,
        check: MaterialCheck,
        files: Files,
        data: SharedData,
        back_office: BackOffice,
        steps: Steps,
        limits: Limits,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._applications = applications
        self._drafts = drafts
        self._catalogue = catalogue
        self._citizens = citizens
        self._check = check
        self._files = files
        self._data = data
        self._back_office = back_office
        self._steps = steps
        self._limits = limits
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer, states: Collection[State], request: PageRequest) -> Page[Application]:
        """Newest first, of all states when none is named; without what was written in them."""
        return await self._applications.of_citizen(viewer.citizen(), states, request)

    async def one(self, viewer: Viewer, application: str) -> Application | None:
        """With all that is written in it. Null when it is not there or another's."""
        return await self._applications.get(application, viewer.citizen())

    async def by_number(self, viewer: Viewer, number: str) -> Application | None:
        """By the number that is quoted, typed as it may be."""
        wanted = parsed_number(number)
        found = await self._applications.id_of(wanted) if wanted else None
        return await self.one(viewer, found) if found else None

    async def links(self, of: Application) -> Mapping[str, str]:
        """Where its files are fetched in the next minutes; asked with an application that the viewer may read."""
        return await self._files.links(of.record, of.citizen)

    async def check(self, viewer: Viewer, application: str) -> tuple[Standing, ...] | None:
        """How each material stands now, or stood when it was handed in. None for what is not there or another's."""
        found = await self.one(viewer, application)
        if found is None:
            return None
        if found.state is not State.DRAFT and found.state is not State.RETURNED:
            return found.content.standing
        return await self._standing(viewer, found, await self._item(found), found.content)

    async def submit(self, viewer: Viewer, application: str, version: int, key: str) -> Application:
        """Hand it in, as it was saved last.

        Raises ServiceApplicationUnknown, ApplicationStateWrong, ApplicationChanged, NotAppliedOnline, NotOfferedHere,
        RealNameMissing, FormVersionChanged, FormInvalid, MaterialsMissing, RateLimited, IdempotencyConflict.
        """
        call = Call.of(viewer, "submitApplication", key, application, version)
        return await self._idempotency.alike(
            call, _APPLICATION, lambda: self._submit(viewer, application, version, call)
        )

    async def _submit(self, viewer: Viewer, application: str, version: int, call: Call) -> Application:
        was = await self._drafts.mine(viewer, application)
        was.demand(State.DRAFT)
        offered = await self._ready(viewer, was, version)
        standing = await self._whole(viewer, was, offered.item, was.content)
        await self._limits.take(PER_CITIZEN, was.citizen)
        number, days = await self._number(), offered.offer.promised_days
        promised = offered.item.promised_days if days is None else days
        content = Content(was.content.answers, was.content.given, standing)

        today = replace(was, system=offered.offer.system)  # a draft may lie for weeks, and the unit be joined meanwhile

        async def work(tx: Tx) -> Application:
            handed_in = today.submitted(number, content, offered.item, promised, viewer, self._clock.now())
            return await self._hand_in(viewer, handed_in, was, tx)

        return await self._idempotency.once(call, _APPLICATION, work)

    async def mend(
        self, viewer: Viewer, application: str, answers: Any, given: Collection[Given], remark: str | None, key: str
    ) -> Application:
        """Answer what the department asked for: the form and the files anew, whole.

        Raises ServiceApplicationUnknown, ApplicationStateWrong, ApplicationChanged, FormInvalid, MaterialUnknown,
        MaterialsMissing, ApplicationWordsMissing, BadInput, IdempotencyConflict, and what files are refused for.
        """
        written, files = parsed_answers(answers), tuple(dict.fromkeys(given))
        said = None if remark is None else worded(remark, "remark")
        call = Call.of(viewer, "answerCorrection", key, application, written, files, said)
        return await self._idempotency.alike(
            call, _APPLICATION, lambda: self._mend(viewer, application, Content(written, files), said, call)
        )

    async def _mend(
        self, viewer: Viewer, application: str, content: Content, said: str | None, call: Call
    ) -> Application:
        was = await self._drafts.mine(viewer, application)
        was.demand(State.RETURNED)
        item = await self._item(was)
        demand_known(content.given, item)
        whole = replace(content, standing=await self._whole(viewer, was, item, content))

        async def work(tx: Tx) -> Application:
            await self._drafts.claim(was, content.given, tx)
            mended = was.mended(whole, said, viewer, self._clock.now())
            kept = await self._steps.keep(viewer, mended, was, tx)
            if was.system and was.number:
                await self._back_office.answered(was.number, 1, tx)
            return kept

        return await self._idempotency.once(call, _APPLICATION, work)

    async def withdraw(self, viewer: Viewer, application: str, key: str) -> Application:
        """Until it is decided. Raises ServiceApplicationUnknown, ApplicationStateWrong, IdempotencyConflict."""

        async def work(tx: Tx) -> Application:
            return await self._end(viewer, await self._drafts.mine(viewer, application, tx), tx)

        return await self._idempotency.once(
            Call.of(viewer, "withdrawApplication", key, application), _APPLICATION, work
        )

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city applies for nothing any more. Safe to repeat."""

        async def work(tx: Tx) -> int:
            drafts = await self._applications.drafts(citizen, tx)
            for draft in drafts:
                await self._drafts.drop(draft, tx)
            under_way = await self._applications.under_way(citizen, tx)
            for open_ in under_way:
                await self._end(by, open_, tx, words=False)
            return len(drafts) + len(under_way)

        while await self._db.transaction(work):  # so many at once as are read at once
            pass

    async def count_visit(self, citizen: str, item: str | None, booking: str, application: str | None = None) -> bool:
        """He came for it, by this booking; once. False when there is nothing that he can have come for."""

        async def work(tx: Tx) -> bool:
            was = await self._visited(citizen, item, application, tx)
            if was is None:
                return False
            now = was.visited(booking, WORKER, self._clock.now())
            if now is not was:
                await self._steps.keep(WORKER, now, was, tx, words=False)
            return True

        return await self._db.transaction(work)

    async def _ready(self, viewer: Viewer, draft: Application, version: int) -> Offered:
        """The item as it is offered now; the draft is for this very version of it, and so is what the caller saw."""
        offered = await self._drafts.offered(viewer, draft.item, draft.unit)
        if not draft.version == version == offered.item.version:
            raise FormVersionChanged(offered.item.version)
        person = await self._citizens.get(draft.citizen)
        if person is None or not person.verified:
            raise RealNameMissing
        return offered

    async def _whole(self, viewer: Viewer, of: Application, item: Item, content: Content) -> tuple[Standing, ...]:
        """Raises FormInvalid, MaterialsMissing."""
        today = civil_day(self._clock.now())
        if faults := form_of(item.form).faults(content.answers, today=today):
            raise FormInvalid(faults)
        standing = await self._standing(viewer, of, item, content)
        if lacking := missing(standing):
            raise MaterialsMissing(lacking)
        return standing

    async def _standing(self, viewer: Viewer, of: Application, item: Item, content: Content) -> tuple[Standing, ...]:
        return await self._check.of(
            item,
            citizen=of.citizen,
            unit=of.unit,
            answers=content.answers,
            given=content.given,
            by=of.record,
            by_agent=viewer.is_guardian,
        )

    async def _hand_in(self, viewer: Viewer, now: Application, was: Application, tx: Tx) -> Application:
        assert now.number is not None
        await self._applications.take_number(now.number, now, tx)
        kept = await self._steps.keep(viewer, now, was, tx)
        spared = replaced_by_data(now.content.standing)
        if spared:
            await self._data.spared(now.citizen, item=now.item, unit=now.unit, data=spared, tx=tx)
        if now.system:
            where = {"number": now.number, "citizen": now.citizen, "item": now.item, "unit": now.unit}
            await self._back_office.enlist(**where, system=now.system, tx=tx)
        return kept

    async def _end(self, by: Viewer, was: Application, tx: Tx, *, words: bool = True) -> Application:
        gone = await self._steps.keep(by, was.withdrawn(by, self._clock.now()), was, tx, words=words)
        if was.system and was.number:
            await self._back_office.withdrawn(was.number, tx)
        return gone

    async def _visited(self, citizen: str, item: str | None, application: str | None, tx: Tx) -> Application | None:
        if application is not None:
            found = await self._applications.bare(application, tx)
            return found if found is not None and found.citizen == citizen else None
        return await self._applications.newest_for(citizen, item, tx) if item else None

    async def _item(self, of: Application) -> Item:
        found = await self._catalogue.item(of.item, of.version)
        if found is None:
            raise NotAppliedOnline
        return found

    async def _number(self) -> str:
        """One that nobody has; that it stays so until it is taken, its row sees to."""
        year = civil_day(self._clock.now()).year
        for _ in range(_TRIES):
            number = new_number(year)
            if await self._applications.is_free(number):
                return number
        raise DuplicateKey("no free number")
