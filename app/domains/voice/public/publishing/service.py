"""Publishing a case and taking it back, by its reporter or by a seat of the centre; and what everybody may read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.events import Event
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.errors import CaseUnknown, CaseWordsMissing, CaseWordsTooLong
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.record.model import Published
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.public.publishing.errors import (
    CaseNotPublic,
    CasePublicAlready,
    PreviewChanged,
    PublicationNotWished,
)
from app.domains.voice.public.publishing.model import (
    NEAR,
    Nearby,
    Preview,
    PublicCase,
    Wanted,
    is_listed,
    previewed,
    publication_of,
)
from app.domains.voice.public.publishing.store import PublicationStore
from app.domains.voice.public.publishing.striking.model import struck

CENTRE: Final = "cases:centre"
_DONE = TypeAdapter(str)
_MOST_NEAR: Final = 500
_SHOWN_NEAR: Final = 100
_LONGEST_WHY: Final = 500


class CasePublishing:
    def __init__(
        self,
        db: Database,
        publications: PublicationStore,
        cases: CaseStore,
        steps: CaseSteps,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._publications = publications
        self._cases = cases
        self._steps = steps
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def preview(self, viewer: Viewer, case: str, wished: Collection[str] = ()) -> Preview | None:
        """What everybody would read; null when the case is not there or not his. Raises BadInput."""
        found = await self._theirs(viewer, case)
        if found is not None and viewer.role is not Role.CITIZEN:
            await self._audit.record(viewer, "case.previewed", found.id, None, subject=found.citizen)
        return previewed(found, wished) if found else None

    async def publish(self, viewer: Viewer, case: str, digest: str, wished: Collection[str], key: str) -> Case:
        """As it was previewed with the same wishes.

        Raises CaseUnknown, PreviewChanged, PublicationNotWished (a seat, of what its reporter wants private),
        CasePublicAlready, CaseWordsMissing, CaseChanged, BadInput, IdempotencyConflict.
        """
        call = Call.of(viewer, "publishCase", key, case, digest, tuple(wished))

        async def work(tx: Tx) -> str:
            was = await self._theirs(viewer, case, tx)
            if was is None:
                raise CaseUnknown
            now = was.published_as(self._confirmed(viewer, was, digest, wished), viewer, self._clock.now())
            kept = await self._steps.keep(viewer, now, was, tx)
            await self._publications.put(publication_of(kept, kept.changed_at), tx)
            return kept.id

        return await self._read(await self._idempotency.once(call, _DONE, work))

    async def unpublish(self, viewer: Viewer, case: str, why: str, key: str) -> Case:
        """The case stays as it is; a seat says why. Raises CaseUnknown, CaseNotPublic, CaseWordsMissing,
        CaseWordsTooLong, CaseChanged, IdempotencyConflict.
        """
        said = _reason(viewer, why)

        async def work(tx: Tx) -> str:
            was = await self._theirs(viewer, case, tx)
            if was is None:
                raise CaseUnknown
            if not was.public:
                raise CaseNotPublic
            gone = await self._steps.keep(viewer, was.unpublished(said, viewer, self._clock.now()), was, tx)
            await self._publications.show(case, False, gone.category, tx)
            return gone.id

        call = Call.of(viewer, "unpublishCase", key, case, said)
        return await self._read(await self._idempotency.once(call, _DONE, work))

    async def listed(self, wanted: Wanted, request: PageRequest) -> Page[PublicCase]:
        """For everybody: the case that was filed last comes first; the cursor is its id."""
        page = await self._publications.listed(wanted, request)
        cases = await self._cases.known([one.case for one in page.items])
        shown = (PublicCase(one, cases[one.case]) for one in page.items if one.case in cases)
        return Page(tuple(one for one in shown if is_listed(one.case)), page.has_next)

    async def one(self, case: str) -> PublicCase | None:
        """For everybody, with what the unit replied."""
        publication = await self._publications.get(case)
        found = await self._cases.get(case) if publication else None
        if publication is None or found is None or not is_listed(found):
            return None
        return PublicCase(publication, found, struck(found.reply).text if found.reply else None)

    async def several(self, cases: Collection[str]) -> dict[str, PublicCase]:
        """Those of them that everybody may read."""
        publications = await self._publications.several(cases)
        found = await self._cases.known(publications)
        return {id_: PublicCase(publications[id_], one) for id_, one in found.items() if is_listed(one)}

    async def near(self, point: Point, metres: int) -> list[Nearby]:
        """For everybody: the nearest first, of the newest that are around. Raises BadInput."""
        if not 1 <= metres <= NEAR:
            raise BadInput(field="metres")
        around = await self._publications.near(point, metres, _MOST_NEAR)
        measured = ((one, point.metres_to(one.point)) for one in around if one.point)
        within = sorted((pair for pair in measured if pair[1] <= metres), key=lambda pair: pair[1])[:_SHOWN_NEAR]
        cases = await self._cases.known([one.case for one, _ in within])
        shown = ((PublicCase(one, cases[one.case]), metres) for one, metres in within if one.case in cases)
        return [Nearby(public, metres) for public, metres in shown if is_listed(public.case)]

    async def take(self, event: Event) -> None:
        """A public case has come into a state in which it is shown, or out of one. Safe to repeat."""
        if not event.type.startswith("case.") or "case" not in event.facts:
            return
        if await self._publications.known(event.facts["case"]):
            found = await self._cases.bare(event.facts["case"])
            if found is not None:
                await self._publications.show(found.id, is_listed(found), found.category)

    async def _theirs(self, viewer: Viewer, case: str, tx: Tx | None = None) -> Case | None:
        """The citizen's own, or what the centre sees, on its side of test mode."""
        if viewer.role is Role.CITIZEN:
            return await self._cases.get(case, viewer.citizen(), tx)
        centre = viewer.provider(CENTRE)
        found = await self._cases.get(case, tx=tx)
        return found if found and found.test_of == (centre if viewer.test_mode else None) else None

    def _confirmed(self, viewer: Viewer, case: Case, digest: str, wished: Collection[str]) -> Published:
        if case.public:
            raise CasePublicAlready
        if viewer.role is not Role.CITIZEN and not case.wished_public:
            raise PublicationNotWished
        shown = previewed(case, wished)
        if not case.words.text:
            raise CaseWordsMissing("text")  # whoever wrote it has left, and his words with him
        if shown.digest != digest:
            raise PreviewChanged
        return Published(shown.title, shown.text, self._clock.now())

    async def _read(self, case: str) -> Case:
        found = await self._cases.get(case)
        assert found is not None
        return found


def _reason(viewer: Viewer, why: str) -> str:
    """Raises CaseWordsMissing, CaseWordsTooLong."""
    said = why.strip()
    if viewer.role is not Role.CITIZEN and len(said) < 2:
        raise CaseWordsMissing("reason")
    if len(said) > _LONGEST_WHY:
        raise CaseWordsTooLong("reason", _LONGEST_WHY)
    return said
