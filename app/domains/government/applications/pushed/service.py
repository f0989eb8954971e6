"""Making a department's step true here, and telling it what was handed in.

A step that was made before is found in the history, so a push that comes twice, or after its answer was lost, changes
nothing. Departments leave out steps that are of no matter to them: what must lie between is made up for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from app.core.clock import Clock
from app.core.errors import Outcome as Refused
from app.core.mongo import Database, Tx
from app.core.sealed import PersonErased
from app.core.viewer import Viewer
from app.domains.government.applications.errors import ApplicationChanged
from app.domains.government.applications.history.model import Point, State, worded
from app.domains.government.applications.history.service import Steps
from app.domains.government.applications.materials.service import Licences
from app.domains.government.applications.model import Application, by_system
from app.domains.government.applications.pushed.model import ENTRY, Outcome, Pushed, Said
from app.domains.government.applications.store import ApplicationStore
from app.domains.government.catalogue.service import CatalogueService


class PushedSteps:
    def __init__(
        self,
        db: Database,
        applications: ApplicationStore,
        catalogue: CatalogueService,
        licences: Licences,
        steps: Steps,
        clock: Clock,
    ) -> None:
        self._db = db
        self._applications = applications
        self._catalogue = catalogue
        self._licences = licences
        self._steps = steps
        self._clock = clock

    async def content(self, number: str) -> Application | None:
        """With all that was handed in; None when there is none of this number, or its applicant has left the city."""
        found = await self._applications.id_of(number)
        return await self._applications.get(found) if found else None

    async def settle(self, number: str, said: Said) -> Outcome:
        """Make the step true, once."""
        found = await self._applications.id_of(number)

        async def work(tx: Tx) -> Outcome:
            was = await self._applications.get(found, tx=tx) if found else None
            if was is None or was.system is None:
                return Outcome.IMPOSSIBLE
            if _is_made(was, said):
                return Outcome.ALREADY
            return await self._apply(was, said, tx)

        try:
            return await self._db.transaction(work)
        except ApplicationChanged:  # the applicant was at it in this very moment: it is looked at again
            raise
        except (Refused, PersonErased):  # by the application's own rules, or by those of the licence it leads to
            return Outcome.IMPOSSIBLE

    async def _apply(self, was: Application, said: Said, tx: Tx) -> Outcome:
        assert was.system is not None
        by, at = by_system(was.system), self._clock.now()
        ready = _made_ready(was.claimed(by, at), said.step, by, at)
        now = _CHANGES[said.step](ready, said, by, at)
        if said.step is Pushed.DELIVERED:
            now = now.resulting(await self._issued(by, was, tx))
        await self._steps.keep(by, now, was, tx)
        return Outcome.APPLIED

    async def _issued(self, by: Viewer, of: Application, tx: Tx) -> str | None:
        item = await self._catalogue.item(of.item, of.version)
        kind = item.licence_kind if item else None
        if kind is None:
            return None
        return await self._licences.issue(
            by, citizen=of.citizen, kind=kind, issuer=of.unit, facts={}, source=of.record, tx=tx
        )


def _is_made(of: Application, said: Said) -> bool:
    """Whether it is a repeat. What is to be mended is asked once: with other points it is a second time."""
    if not any(entry.what is ENTRY[said.step] for entry in of.history):
        return False
    return said.step is not Pushed.RETURNED or of.correction is None or of.correction.points == _points(said)


def _made_ready(of: Application, step: Pushed, by: Viewer, at: datetime) -> Application:
    """What a department counts as said by the step itself: who reviews or decides has taken it in."""
    if step in (Pushed.IN_REVIEW, Pushed.GRANTED, Pushed.REJECTED) and of.state is State.SUBMITTED:
        return of.accepted(by, at)
    return of


def _words(said: Said) -> tuple[str, str]:
    return worded(said.reason or "", "reason"), worded(said.remedy or "", "remedy")


def _points(said: Said) -> tuple[Point, ...]:
    points = tuple(Point(worded(point.words, "points"), point.field, point.material) for point in said.points)
    return points or (Point(worded(said.reason or "", "points")),)


def _returned(of: Application, said: Said, by: Viewer, at: datetime) -> Application:
    return of.correction_asked(_points(said), by, at)


def _granted(of: Application, said: Said, by: Viewer, at: datetime) -> Application:
    return of.decided(True, worded(said.reason or "", "reason"), said.remedy, by, at)


_CHANGES: Mapping[Pushed, Callable[[Application, Said, Viewer, datetime], Application]] = {
    Pushed.ACCEPTED: lambda of, said, by, at: of.accepted(by, at),
    Pushed.RETURNED: _returned,
    Pushed.REFUSED: lambda of, said, by, at: of.refused(*_words(said), by, at),
    Pushed.IN_REVIEW: lambda of, said, by, at: of.review_begun(by, at),
    Pushed.GRANTED: _granted,
    Pushed.REJECTED: lambda of, said, by, at: of.decided(False, *_words(said), by, at),
    Pushed.DELIVERED: lambda of, said, by, at: of.delivered(by, at),
    Pushed.WITHDRAWN: lambda of, said, by, at: of.withdrawn(by, at),
}
