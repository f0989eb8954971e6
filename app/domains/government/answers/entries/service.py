"""What a unit does with the entries it owns: draft, publish, amend, review, withdraw; and reading them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Final

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import CITY_TIME, Clock
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.government.answers.entries.checks import demand_fit, parsed_reason
from app.domains.government.answers.entries.errors import (
    AnswerChangedMeanwhile,
    AnswerCodeTaken,
    AnswerFault,
    AnswerMisfit,
    AnswerUnfit,
    AnswerUnitUnknown,
    AnswerUnknown,
)
from app.domains.government.answers.entries.model import Answer, AnswerState
from app.domains.government.answers.entries.store import AnswerStore
from app.domains.government.catalogue.reach import demand_live, is_own
from app.domains.government.catalogue.service import CatalogueService
from app.domains.identity.organisations.model import Tree

SCOPE: Final = "answers"
SAVED = Limit("answer_saved", 2_000, timedelta(days=1))
_REF: TypeAdapter[tuple[str, int]] = TypeAdapter(tuple[str, int])
Change = Callable[[Tx], Awaitable[Answer]]


class EntryService:
    def __init__(
        self,
        answers: AnswerStore,
        catalogue: CatalogueService,
        tree: Tree,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        told: Callable[[Answer], None] = lambda answer: None,
    ) -> None:
        """`told` hears of each entry that was written here."""
        self._answers = answers
        self._catalogue = catalogue
        self._tree = tree
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._told = told

    async def save(self, viewer: Viewer, content: Answer, key: str) -> Answer:
        """Write the draft of an entry: a new one, or the next version of a published one. Nobody is told it yet.

        `content.unit` is a unit of the viewer's; empty means the viewer's own.
        Raises AnswerUnfit, AnswerUnitUnknown, AnswerCodeTaken, AnswerChangedMeanwhile, RateLimited,
        IdempotencyConflict.
        """
        content = replace(content, unit=content.unit or viewer.provider(SCOPE))
        if not self._owns(viewer, content.unit) or self._tree.get(content.unit) is None:
            raise AnswerUnitUnknown(content.unit[:60])
        await self._demand_fit(content)
        if viewer.role is not Role.OPS:
            await self._limits.take(SAVED, viewer.provider(SCOPE))

        async def work(tx: Tx) -> Answer:
            newest = await self._answers.newest(content.code, tx)
            if newest is not None and not self._owns(viewer, newest.unit):
                raise AnswerCodeTaken(content.code)
            made = content.drafted(newest, viewer.acting(), self._clock.now())
            if newest is not None and newest.state is AnswerState.DRAFT:
                await self._save(made, tx)
            else:
                await self._answers.add([made], tx)
            await self._audit.record(viewer, "answer.drafted", made.code, tx, version=made.version)
            return made

        return await self._once(Call.of(viewer, "saveAnswer", key, _spelled(content)), work)

    async def publish(self, viewer: Viewer, code: str, key: str) -> Answer:
        """Its draft becomes what people are told; it is to be reviewed within a year.

        Raises NotInTestMode, AnswerUnknown, AnswerNotInState, AnswerUnfit, AnswerChangedMeanwhile, IdempotencyConflict.
        """

        demand_live(viewer)

        async def work(tx: Tx) -> Answer:
            draft = await self._own(viewer, code, tx, newest=True)
            published = draft.published(viewer.acting(), self._clock.now())
            await self._demand_fit(published)
            await self._answers.retire([code], tx)
            await self._save(published, tx)
            await self._audit.record(viewer, "answer.published", code, tx, version=published.version)
            return published

        return await self._once(Call.of(viewer, "publishAnswer", key, code), work)

    async def review(self, viewer: Viewer, code: str, key: str) -> Answer:
        """What people are told still holds, for another year.

        Raises NotInTestMode, AnswerUnknown, AnswerNotInState, AnswerChangedMeanwhile, IdempotencyConflict.
        """

        demand_live(viewer)

        async def work(tx: Tx) -> Answer:
            was = await self._own(viewer, code, tx)
            reviewed = was.reviewed(viewer.acting(), self._clock.now())
            await self._save(reviewed, tx)
            await self._audit.record(viewer, "answer.reviewed", code, tx, version=was.version)
            return reviewed

        return await self._once(Call.of(viewer, "reviewAnswer", key, code), work)

    async def withdraw(self, viewer: Viewer, code: str, reason: str, key: str) -> Answer:
        """Nobody is told it any more. Raises AnswerReasonMissing, and as `review` does."""
        demand_live(viewer)
        why = parsed_reason(reason)

        async def work(tx: Tx) -> Answer:
            was = await self._own(viewer, code, tx)
            withdrawn = was.withdrawn(viewer.acting(), self._clock.now(), why)
            await self._save(withdrawn, tx)
            await self._audit.record(viewer, "answer.withdrawn", code, tx, reason=why, version=was.version)
            return withdrawn

        return await self._once(Call.of(viewer, "withdrawAnswer", key, code, why), work)

    async def found(self, code: str, version: int | None = None) -> Answer | None:
        """What people are told now, or were told once by this version."""
        if version is None:
            now = await self._answers.current(code)
            return now if now is not None and now.shown else None
        then = await self._answers.version(code, version)
        return then if then is not None and then.published_at is not None else None

    async def every(self) -> AsyncIterator[Answer]:
        """Each that people are told, by code, in batches from the database."""
        after = ""
        while batch := await self._answers.shown_after(after):
            for answer in batch:
                yield answer
            after = batch[-1].code

    async def mine(self, viewer: Viewer, state: AnswerState | None, request: PageRequest) -> Page[Answer]:
        """All versions of what the viewer's unit owns itself; the cursor is the version's id."""
        return await self._answers.of_unit(viewer.provider(SCOPE), state, request)

    async def overdue_mine(self, viewer: Viewer, request: PageRequest) -> Page[Answer]:
        """What the viewer's unit has to review, the longest due first."""
        return await self._answers.overdue(viewer.provider(SCOPE), self.today(), request)

    async def versions(self, viewer: Viewer, code: str) -> list[Answer]:
        """Of an entry of the viewer's units, drafts too, newest first; empty when it is not theirs."""
        found = await self._answers.versions(code)
        return found if found and self._owns(viewer, found[0].unit) else []

    async def of_unit(self, unit: str, state: AnswerState | None, request: PageRequest) -> Page[Answer]:
        """For the desk."""
        return await self._answers.of_unit(unit, state, request)

    async def in_state(self, state: AnswerState, request: PageRequest) -> Page[Answer]:
        """For the desk."""
        return await self._answers.in_state(state, request)

    async def overdue(self, request: PageRequest) -> Page[Answer]:
        """For the desk: of all units."""
        return await self._answers.overdue(None, self.today(), request)

    async def counts(self) -> tuple[int, int]:
        """How many people are told, and how many of these are overdue for review."""
        return await self._answers.shown_count(), await self._answers.overdue_count(self.today())

    def today(self) -> date:
        return self._clock.now().astimezone(CITY_TIME).date()

    async def _demand_fit(self, content: Answer) -> None:
        demand_fit(content)
        known = await self._catalogue.items(content.items) if content.items else {}
        if unknown := [n for n, item in enumerate(content.items) if item not in known]:
            raise AnswerUnfit(tuple(AnswerFault(f"items.{n}", AnswerMisfit.UNKNOWN) for n in unknown))

    def _owns(self, viewer: Viewer, unit: str) -> bool:
        return viewer.role is Role.OPS or is_own(self._tree, viewer.provider(SCOPE), unit)

    async def _own(self, viewer: Viewer, code: str, tx: Tx, *, newest: bool = False) -> Answer:
        found = await (self._answers.newest(code, tx) if newest else self._answers.current(code, tx))
        if found is None or not self._owns(viewer, found.unit):
            raise AnswerUnknown(code[:60])
        return found

    async def _save(self, answer: Answer, tx: Tx) -> None:
        if not await self._answers.save(answer, tx):
            raise AnswerChangedMeanwhile

    async def _once(self, call: Call, work: Change) -> Answer:
        """The reply that is kept is which version it became: the entry itself is read again."""

        async def noted(tx: Tx) -> tuple[str, int]:
            answer = await work(tx)
            return answer.code, answer.version

        code, version = await self._idempotency.once(call, _REF, noted)
        found = await self._answers.version(code, version)
        assert found is not None  # versions are never deleted
        self._told(found)
        return found


def _spelled(content: Answer) -> list[tuple[str, object]]:
    return [(one.name, getattr(content, one.name)) for one in fields(content)]
