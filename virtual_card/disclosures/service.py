"""Recording look-ups, showing them to the citizen as they happen, and taking disputes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.changes import Changes
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Viewer
from virtual_card.disclosures.errors import AlreadyDisputed, DisclosureUnknown, NotDisputed, ReasonMissing
from virtual_card.disclosures.model import Channel, Disclosure, DisputeState, Told
from virtual_card.disclosures.store import DisclosureStore, disclosure_of

_DISCLOSURE = TypeAdapter(Disclosure)


class DisclosureService:
    def __init__(
        self,
        db: Database,
        disclosures: DisclosureStore,
        changes: Changes,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._disclosures = disclosures
        self._changes = changes
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def record(self, viewer: Viewer, made: Disclosure, tx: Tx) -> None:
        """In the transaction of the look-up itself: nobody learns anything that the citizen does not see."""
        await self._disclosures.add(made, tx)
        await self._audit.record(viewer, "citizen.disclosed", made.id, tx, subject=made.citizen, purpose=made.purpose)
        await self._outbox.add(
            "disclosure.made",
            made.citizen,
            tx,
            disclosure=made.id,
            organisation=made.organisation,
            purpose=made.purpose,
            test=viewer.test_mode,
        )

    async def record_licence(self, viewer: Viewer, made: Disclosure, title: Said, tx: Tx) -> None:
        """As `record`, of a licence of that title."""
        await self._disclosures.add(made, tx)
        facts = {"purpose": made.purpose, "licence": made.licence}
        await self._audit.record(viewer, "citizen.disclosed", made.id, tx, subject=made.citizen, **facts)
        await self._outbox.add(
            "licence.verified",
            made.citizen,
            tx,
            disclosure=made.id,
            organisation=made.organisation,
            purpose=made.purpose,
            title={"zh": title.zh, "en": title.en},
            test=viewer.test_mode,
        )

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Disclosure]:
        return await self._disclosures.of_citizen(viewer.citizen(), request)

    async def one(self, viewer: Viewer, disclosure: str) -> Disclosure | None:
        return await self._disclosures.get(disclosure, viewer.citizen())

    async def by_provider(self, viewer: Viewer, request: PageRequest) -> Page[Disclosure]:
        """What the viewer's organisation has verified: in test mode of test citizens, else of real ones."""
        return await self._disclosures.of_organisation(viewer.provider(), viewer.test_mode, request)

    async def dispute(self, viewer: Viewer, disclosure: str, reason: str, key: str) -> Disclosure:
        """Raises ReasonMissing, DisclosureUnknown, AlreadyDisputed, IdempotencyConflict."""
        text = worded(reason)
        call = Call.of(viewer, "disputeDisclosure", key, disclosure, text)

        async def work(tx: Tx) -> Disclosure:
            was = await self._disclosures.get(disclosure, viewer.citizen(), tx)
            if was is None:
                raise DisclosureUnknown
            disputed = was.disputed(text, self._clock.now())
            assert disputed.dispute is not None
            if not await self._disclosures.dispute(was, disputed.dispute, tx):
                raise AlreadyDisputed
            await self._audit.record(viewer, "disclosure.disputed", was.id, tx)
            facts = {"disclosure": was.id, "organisation": was.organisation, "test": was.test}
            await self._outbox.add("disclosure.disputed", was.citizen, tx, **facts)
            return disputed

        return await self._idempotency.once(call, _DISCLOSURE, work)

    async def record_read(self, viewer: Viewer, made: Disclosure, reason: str, tx: Tx) -> None:
        """The desk looked at a citizen: in one transaction the ledger, the audit with the reason, and the telling."""
        await self._disclosures.add(made, tx)
        facts = {"fields": list(made.attributes)}
        await self._audit.record(viewer, "citizen.revealed", made.id, tx, subject=made.citizen, reason=reason, **facts)
        await self._outbox.add("disclosure.read_by_staff", made.citizen, tx, disclosure=made.id, test=made.test)

    async def record_shared(self, viewer: Viewer, made: Disclosure, tx: Tx, *, ground: str, tell: bool = True) -> None:
        """Shared data was asked for. `ground`: by his consent, or by law. `tell` is False when he asks himself."""
        await self._disclosures.add(made, tx)
        facts: dict[str, Any] = {"purpose": made.purpose, "fields": list(made.attributes), "ground": ground}
        await self._audit.record(viewer, "citizen.data_shared", made.id, tx, subject=made.citizen, **facts)
        if tell:
            told = {"disclosure": made.id, "organisation": made.organisation, "test": made.test}
            await self._outbox.add("disclosure.shared", made.citizen, tx, **told)

    async def record_all_shared(self, viewer: Viewer, made: Sequence[Disclosure], tx: Tx, *, ground: str) -> None:
        """As `record_shared`, of many citizens at one look, which asked all of them for the same: by as many commands
        for hundreds as for one.
        """
        if not made:
            return
        await self._disclosures.add_all(made, tx)
        facts: dict[str, Any] = {"purpose": made[0].purpose, "fields": list(made[0].attributes), "ground": ground}
        of = [(one.id, one.citizen) for one in made]
        await self._audit.record_all(viewer, "citizen.data_shared", of, tx, **facts)
        told = [
            (one.citizen, {"disclosure": one.id, "organisation": one.organisation, "test": one.test}) for one in made
        ]
        await self._outbox.add_all("disclosure.shared", told, tx)

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[Disclosure]:
        """For the desk: who looked at this citizen, without the words of disputes."""
        return await self._disclosures.of_citizen(citizen, request, words=False)

    async def of_organisation(self, organisation: str, request: PageRequest) -> Page[Disclosure]:
        """For the desk: what this organisation looked at, of real citizens, without the words of disputes."""
        return await self._disclosures.of_organisation(organisation, False, request)

    async def known(self, citizen: str, disclosure: str) -> Disclosure | None:
        """For the desk: one of them, without the words."""
        return await self._disclosures.get(disclosure, citizen, words=False)

    async def disputed(self, request: PageRequest) -> Page[Disclosure]:
        """For the desk: open disputes, of the newest look-up first, without the words."""
        return await self._disclosures.disputed(request)

    async def reveal(self, viewer: Viewer, citizen: str, disclosure: str, reason: str) -> Disclosure:
        """For the desk: with the dispute's words; the citizen sees in his ledger that they were read.

        Raises ReasonMissing, DisclosureUnknown, NotDisputed.
        """
        why = worded(reason)

        async def work(tx: Tx) -> Disclosure:
            found = await self._disclosures.get(disclosure, citizen, tx)
            if found is None:
                raise DisclosureUnknown
            if found.dispute is None or found.dispute.reason is None:  # or he was erased
                raise NotDisputed
            told, now = (Told.DISPUTE.value,), self._clock.now()
            made = Disclosure.new(viewer, citizen, "dispute", told, Channel.STAFF_READ, now)
            await self.record_read(viewer, replace(made, test=found.test), why, tx)
            return found

        return await self._db.transaction(work)

    async def answer(
        self, viewer: Viewer, citizen: str, disclosure: str, state: DisputeState, answer: str, key: str
    ) -> Disclosure:
        """The desk upholds or rejects a dispute; the citizen is told.

        Raises ReasonMissing (an answer has 2 to 500 characters), DisclosureUnknown, NotDisputed, OwnLookUp,
        IdempotencyConflict.
        """
        text = worded(answer)
        call = Call.of(viewer, "answerDispute", key, citizen, disclosure, state, text)

        async def work(tx: Tx) -> Disclosure:
            was = await self._disclosures.get(disclosure, citizen, tx)
            if was is None or (was.dispute is not None and was.dispute.reason is None):  # erased meanwhile
                raise DisclosureUnknown
            settled = was.answered(state, text, viewer.acting(), self._clock.now())
            if not await self._disclosures.answer(settled, tx):
                raise NotDisputed
            await self._audit.record(viewer, f"disclosure.{state.value}", was.id, tx, subject=citizen, reason=text)
            facts = {"disclosure": was.id, "organisation": was.organisation, "outcome": state.value, "test": was.test}
            await self._outbox.add("disclosure.answered", citizen, tx, **facts)
            return settled

        return await self._idempotency.once(call, _DISCLOSURE, work)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city disputes nothing more: his words are gone, nobody could answer. Safe to repeat."""

        async def work(tx: Tx) -> None:
            for disclosure in await self._disclosures.withdraw(citizen, tx):
                await self._audit.record(by, "disclosure.withdrawn", disclosure, tx, subject=citizen)

        await self._db.transaction(work)

    @asynccontextmanager
    async def live(self, viewer: Viewer) -> AsyncIterator[AsyncIterator[Disclosure]]:
        """Look-ups of the subject from now on, in whichever process they happen."""
        async with self._changes.of("disclosures", viewer.citizen()) as rows:
            yield _undisputed(rows)


async def _undisputed(rows: AsyncIterator[dict[str, object]]) -> AsyncIterator[Disclosure]:
    async for row in rows:
        if "dispute" not in row:
            yield disclosure_of(row, {})


def worded(text: str) -> str:
    """What somebody wrote as a reason or an answer. Raises ReasonMissing."""
    words = text.strip()
    # Dots, and characters that nobody sees, say nothing.
    if len(words) > 500 or sum(character.isalnum() for character in words) < 2:
        raise ReasonMissing
    return words
