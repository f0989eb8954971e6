"""The care list at the committee: proposing somebody, noting a call or a visit, seeing who has said nothing.

Who is on it is seen by number; whom that is, where he lives and whom to call is shown to one person for one reason,
and told to him in the ledger of look-ups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.community.care.errors import CareInvalid, CareUnknown
from app.domains.community.care.model import LONGEST_NOTE, CareEntry, CarePrivate, CareState, Rhythm, Sign
from app.domains.community.care.service import CareService, SeenCare
from app.domains.community.care.store import CareStore
from app.domains.community.estates.errors import EstateUnknown
from app.domains.community.estates.service import SCOPE, EstateService
from app.domains.community.residents.errors import ResidencyUnknown
from app.domains.community.residents.service import Names
from app.domains.community.residents.store import ResidentStore

_ID = TypeAdapter(str)


class CareLooks(Protocol):
    """Told to whom it is about: which data was seen, by whom, why."""

    async def care(self, viewer: Viewer, entry: CareEntry, reason: str, tx: Tx) -> None: ...


@dataclass(frozen=True, slots=True)
class RevealedCare:
    """Whom it is about."""

    entry: CareEntry
    name: str
    home: str
    private: CarePrivate


class CareKeeping:
    def __init__(
        self,
        db: Database,
        entries: CareStore,
        care: CareService,
        estates: EstateService,
        residents: ResidentStore,
        names: Names,
        looks: CareLooks,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._entries = entries
        self._care = care
        self._estates = estates
        self._residents = residents
        self._names = names
        self._looks = looks
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    async def listed(self, viewer: Viewer, state: CareState | None, request: PageRequest) -> Page[CareEntry]:
        """Of one's committee; of the whole city for the desk. Open ones when no state is named."""
        return await self._entries.listed(_lists_of(viewer), state, request)

    async def missed(self, viewer: Viewer, request: PageRequest) -> Page[CareEntry]:
        """Of one's committee; of the whole city for the desk."""
        return await self._entries.missed(_lists_of(viewer), request)

    async def one(self, viewer: Viewer, entry: str) -> SeenCare | None:
        found = await self._entries.get(entry)
        if found is None or not _looks_after(viewer, found):
            return None
        return SeenCare(found, tuple(await self._entries.steps(entry)))

    async def propose(self, viewer: Viewer, residency: str, rhythm: Rhythm, key: str) -> CareEntry:
        """By the committee; he is asked. Raises ResidencyUnknown, CareInvalid, CareEntered, EstateUnknown,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            home = await self._residents.any(residency, tx)
            if home is None or not home.lives or not await self._keeps(viewer, home.estate):
                raise ResidencyUnknown
            made = await self._care.add(viewer, home, rhythm, CareState.PROPOSED, tx)
            await self._entries.add(made, tx)
            await self._outbox.add("care.proposed", home.citizen, tx, entry=made.id)
            return made.id

        return await self._known(
            await self._once.once(Call.of(viewer, "proposeCare", key, residency, rhythm), _ID, work)
        )

    async def note(self, viewer: Viewer, entry: str, sign: Sign, key: str) -> CareEntry:
        """Staff spoke to him, or was there. Raises CareUnknown, CareStateWrong, CareInvalid, IdempotencyConflict."""
        if sign is Sign.APP:
            raise CareInvalid("sign")

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, entry, tx)
            await self._care.save(was.signed(sign, self._clock.now()), was, tx)
            await self._audit.record(viewer, "care.noted", entry, tx, subject=was.citizen, sign=sign.value)
            return entry

        return await self._known(await self._once.once(Call.of(viewer, "noteCareSign", key, entry, sign), _ID, work))

    async def end(self, viewer: Viewer, entry: str, key: str) -> CareEntry:
        """Raises CareUnknown, CareStateWrong, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, entry, tx)
            await self._care.save(was.ended(), was, tx)
            await self._outbox.add("care.ended", was.citizen, tx, entry=entry)
            await self._audit.record(viewer, "care.ended", entry, tx, subject=was.citizen)
            return entry

        return await self._known(await self._once.once(Call.of(viewer, "endCare", key, entry), _ID, work))

    async def reveal(self, viewer: Viewer, entry: str, reason: str, key: str) -> RevealedCare:
        """Raises CareUnknown, CareInvalid, IdempotencyConflict."""
        text = " ".join(reason.split())
        if not 2 <= len(text) <= LONGEST_NOTE:
            raise CareInvalid("reason")

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, entry, tx)
            await self._looks.care(viewer, was, text, tx)
            await self._audit.record(viewer, "care.revealed", entry, tx, subject=was.citizen, reason=text)
            return entry

        await self._once.once(Call.of(viewer, "revealCareEntry", key, entry, text), _ID, work)
        found = await self._known(entry)
        home = await self._residents.any(found.residency)
        names = await self._names.of({found.citizen})
        label = home.label if home else ""
        return RevealedCare(found, names.get(found.citizen, ""), label, found.private or CarePrivate())

    async def _keeps(self, viewer: Viewer, estate: str) -> bool:
        try:
            await self._estates.managed(viewer, estate)
        except EstateUnknown:
            return False
        return True

    async def _own(self, viewer: Viewer, entry: str, tx: Tx) -> CareEntry:
        found = await self._entries.get(entry, tx)
        if found is None or not _looks_after(viewer, found):
            raise CareUnknown
        return found

    async def _known(self, entry: str) -> CareEntry:
        found = await self._entries.get(entry)
        assert found is not None
        return found


def _lists_of(viewer: Viewer) -> set[str] | None:
    """Whose lists one sees; None: all, at the desk. In test mode nobody's: only real people are on them."""
    if viewer.role is Role.OPS:
        return None
    mine = viewer.provider(SCOPE)
    return set() if viewer.test_mode else {mine}


def _looks_after(viewer: Viewer, entry: CareEntry) -> bool:
    return viewer.role is Role.OPS or (viewer.provider(SCOPE) == entry.organisation and not viewer.test_mode)
