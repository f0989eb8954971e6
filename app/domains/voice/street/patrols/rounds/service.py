"""Walking a round. Every step may come late and more than once: the phone's own key tells what came before, as long as
the round is kept; the reply under an idempotency key only saves the way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.voice.street.patrols.errors import RoundUnderWay, RoundUnknown
from app.domains.voice.street.patrols.rounds.model import Fix, Round, Visit
from app.domains.voice.street.patrols.rounds.store import RoundStore
from app.domains.voice.street.patrols.service import SCOPE, PatrolService

_ID = TypeAdapter(str)


class Files(Protocol):
    """Uploads, as rounds need them. `by` names the round: `round:ID`."""

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        """Raises UploadUnknown, UploadNotReady, UploadClaimed."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """What a phone tells of a point: that somebody is there, or why he passes it by (`skipped`)."""

    point: str
    said_at: datetime
    fix: Fix | None = None
    note: str | None = None
    skipped: str | None = None
    files: tuple[str, ...] = field(default=())


class RoundService:
    def __init__(
        self,
        rounds: RoundStore,
        patrols: PatrolService,
        files: Files,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._rounds = rounds
        self._patrols = patrols
        self._files = files
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def start(self, viewer: Viewer, patrol: str, said_at: datetime, key: str) -> Round:
        """Raises PatrolUnknown, RoundUnderWay, IdempotencyConflict."""
        officer, id_ = viewer.acting(), new_id()

        async def work(tx: Tx) -> str:
            route = await self._patrols.walked(viewer, patrol, tx)
            before = await self._rounds.of_key(officer, key, tx)
            if before is not None and before.patrol == patrol:
                return before.id
            now, open_one = self._clock.now(), await self._rounds.open_of(officer, patrol, tx)
            if open_one is not None and open_one.under_way(now):
                raise RoundUnderWay(open_one.id)
            begun = Round(id_, key, route.id, route.unit, officer, route.points, now, said_at, test=viewer.test_mode)
            await self._rounds.add(begun, tx)
            await self._audit.record(viewer, "round.started", id_, tx, patrol=patrol)
            return id_

        call = Call.of(viewer, "startRound", key, patrol, said_at)
        return await self.mine(viewer, await self._idempotency.once(call, _ID, work))

    async def visit(self, viewer: Viewer, round_: str, step: Step, key: str) -> Round:
        """At a point, or past it. Raises RoundUnknown, RoundOver, PatrolPointUnknown, PatrolInvalid, what files are
        refused for, IdempotencyConflict.
        """

        def change(was: Round, now: datetime) -> Round:
            return was.visited(
                Visit(
                    key, step.point, now, step.said_at, step.fix, note=step.note, skipped=step.skipped, files=step.files
                )
            )

        return await self._step(viewer, "visitPoint", round_, change, key, step, files=step.files)

    async def end(self, viewer: Viewer, round_: str, said_at: datetime, key: str) -> Round:
        """Raises RoundUnknown, IdempotencyConflict."""
        return await self._step(viewer, "endRound", round_, lambda was, now: was.ended(now, said_at), key, said_at)

    async def mine(self, viewer: Viewer, round_: str) -> Round:
        """Raises RoundUnknown."""
        viewer.provider(SCOPE)
        found = await self._rounds.get(round_, viewer.acting())
        if found is None or found.test is not viewer.test_mode:
            raise RoundUnknown
        return found

    async def walked_by(self, viewer: Viewer, request: PageRequest) -> Page[Round]:
        """The officer's own, the newest first."""
        viewer.provider(SCOPE)
        return await self._rounds.of_officer(viewer.acting(), request)

    async def on(self, viewer: Viewer, patrol: str, request: PageRequest) -> Page[Round]:
        """All on a patrol that the organisation keeps, for its supervisors. Raises PatrolUnknown."""
        return await self._rounds.of_patrol((await self._patrols.own(viewer, patrol)).id, request)

    async def of_city(self, request: PageRequest) -> Page[Round]:
        """For the desk, the newest first."""
        return await self._rounds.page(request)

    async def one(self, round_: str) -> Round | None:
        """For the desk."""
        return await self._rounds.get(round_)

    async def _step(
        self,
        viewer: Viewer,
        operation: str,
        round_: str,
        change: Callable[[Round, datetime], Round],
        key: str,
        *content: object,
        files: Collection[str] = (),
    ) -> Round:
        await self.mine(viewer, round_)

        async def work(tx: Tx) -> str:
            was = await self._rounds.get(round_, viewer.acting(), tx)
            if was is None:
                raise RoundUnknown
            now = change(was, self._clock.now())
            if now is was:
                return round_
            if not await self._rounds.save(now, was, tx):
                raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
            if files:
                await self._files.claim(was.record, viewer.acting(), files, tx)
            return round_

        call = Call.of(viewer, operation, key, round_, *content)
        return await self.mine(viewer, await self._idempotency.once(call, _ID, work))
