"""Reading a health record: by the citizen, by his guardian, by a hospital he has agreed to.

The record is asked for first, and nothing of the answer goes anywhere yet. Then, in one transaction, the consent is
used (a guarded write that a withdrawal meets) and the look is entered in the citizen's ledger. Only when that has
committed is anything shown: nothing is read that he does not see, and nothing after he has taken his consent back. The
city keeps no copy but the sealed reply of a repeated call, for five minutes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Forbidden, RongError, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.life.health.records.errors import (
    HealthConsentMissing,
    HealthRecordUnavailable,
    HealthSubjectUnknown,
)
from app.domains.life.health.records.model import (
    GUARDIAN,
    OWN,
    PURPOSE,
    SCOPE,
    Answer,
    HealthConsent,
    Readers,
    Reading,
    RecordKind,
    Subject,
    chosen,
    told,
)
from virtual_card.cards.errors import NotVerified
from virtual_card.disclosures.model import Channel, Disclosure
from virtual_card.disclosures.service import DisclosureService

_READING, _CONSENT = TypeAdapter(Reading), TypeAdapter(HealthConsent)
_REPEATED = timedelta(minutes=5)
_OWN_READS = Limit("health_record", most=30, window=timedelta(hours=1))
_OF_ONE_PERSON = Limit("health_record_of_one", most=30, window=timedelta(hours=1))


class Source(Protocol):
    """The system in which the hospitals keep their records."""

    async def read(self, person: Subject, kinds: Sequence[RecordKind], request_id: str) -> Answer:
        """Raises HealthRecordMissing, Unavailable."""
        ...


class People(Protocol):
    """Who somebody is."""

    async def verified(self, citizen: str) -> Subject | None:
        """None when his name was never verified."""
        ...

    async def acts(self, viewer: Viewer, tx: Tx) -> bool:
        """Whether a guardian may (still) act for this ward in matters of health; of oneself always."""
        ...

    async def shown(self, viewer: Viewer, *, verification: str | None, card_number: str | None) -> str | None:
        """The citizen with whom this provider has to do: he showed it his card."""
        ...


class Consents(Protocol):
    """What citizens agreed to."""

    async def asking(self) -> Mapping[str, tuple[RecordKind, ...]]:
        """Which organisations may ask for which parts, of whoever agrees."""
        ...

    async def readers(self, viewer: Viewer) -> Readers: ...

    async def give(
        self, viewer: Viewer, organisation: str, kinds: Sequence[RecordKind], until: datetime, key: str
    ) -> HealthConsent:
        """Raises HealthReaderUnknown, HealthConsentTimeInvalid, IdempotencyConflict."""
        ...

    async def withdraw(self, viewer: Viewer, consent: str, key: str) -> HealthConsent:
        """Raises HealthConsentUnknown, IdempotencyConflict."""
        ...

    async def covering(self, citizen: str, organisation: str, kinds: Collection[RecordKind]) -> HealthConsent | None:
        """One by which this organisation may read all of these now."""
        ...

    async def use(self, consent: HealthConsent, kinds: Collection[RecordKind], now: datetime, tx: Tx) -> bool:
        """False when it was taken back meanwhile."""
        ...


class RecordService:
    def __init__(
        self,
        source: Source,
        people: People,
        consents: Consents,
        disclosures: DisclosureService,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._source = source
        self._people = people
        self._consents = consents
        self._disclosures = disclosures
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    @property
    def now(self) -> datetime:
        return self._clock.now()

    async def read_own(self, viewer: Viewer, kinds: Collection[RecordKind], key: str) -> Reading:
        """One's own, or a ward's. Raises NotVerified, HealthKindsMissing, HealthRecordMissing, HealthRecordUnavailable,
        Forbidden (the guardianship ended while the hospitals were asked), RateLimited, IdempotencyConflict.
        """
        citizen, wanted = viewer.citizen(), chosen(kinds)
        call = Call.of(viewer, "readHealthRecord", key, wanted)
        if (before := await self._idempotency.replay(call, _READING)) is not None:
            return before
        await self._limits.take(_OWN_READS, citizen)
        answer = await self.asked(citizen, wanted)
        purpose = GUARDIAN if viewer.is_guardian else OWN

        async def work(tx: Tx) -> Reading:
            if not await self._people.acts(viewer, tx):
                raise Forbidden
            made = await self.entered(viewer, citizen, purpose, wanted, tx)
            return Reading(made.id, wanted, answer.record, made.at, answer.whole)

        return await self._idempotency.once(call, _READING, work, kept=_REPEATED)

    async def fetch(
        self,
        viewer: Viewer,
        kinds: Collection[RecordKind],
        key: str,
        *,
        verification: str | None = None,
        card_number: str | None = None,
    ) -> Reading:
        """By a hospital. Raises Forbidden, HealthKindsMissing, HealthSubjectUnknown, HealthConsentMissing, NotVerified,
        HealthRecordMissing, HealthRecordUnavailable, RateLimited, IdempotencyConflict. Refusals are recorded.
        """
        organisation, wanted = viewer.provider(SCOPE), chosen(kinds)
        call = Call.of(viewer, "fetchHealthRecord", key, wanted, verification, card_number)
        before = await self._idempotency.replay(call, _READING)
        try:
            citizen = await self._people.shown(viewer, verification=verification, card_number=card_number)
            if citizen is None:
                raise HealthSubjectUnknown
            consent = await self._consents.covering(citizen, organisation, wanted)
            if consent is None:
                raise HealthConsentMissing
            if before is not None:  # a repeat, and nothing was taken back since
                return before
            await self._limits.take(_OF_ONE_PERSON, f"{organisation} {citizen}")
            answer = await self.asked(citizen, wanted)

            async def work(tx: Tx) -> Reading:
                return await self._told(viewer, consent, wanted, answer, tx)

            return await self._idempotency.once(call, _READING, work, kept=_REPEATED)
        except RongError as refusal:
            facts = {"purpose": PURPOSE, "why": refusal.code}
            await self._audit.record(viewer, "health_record.refused", organisation, None, admitted=False, **facts)
            raise

    async def asking(self) -> Mapping[str, tuple[RecordKind, ...]]:
        """For the desk: which organisations may ask for which parts."""
        return await self._consents.asking()

    async def reads_of(self, organisation: str, request: PageRequest) -> Page[Disclosure]:
        """For the desk: by whom of this organisation, and of whom, records were read; never what stood there."""
        page = await self._disclosures.of_organisation(organisation, request)
        ours = tuple(one for one in page.items if one.purpose == PURPOSE and one.shared)
        return Page(ours, page.has_next)

    async def readers(self, viewer: Viewer) -> Readers:
        """Who may ask for one's own record, or for a ward's, and what was agreed to."""
        viewer.citizen()
        return await self._consents.readers(viewer)

    async def allow(
        self, viewer: Viewer, organisation: str, kinds: Collection[RecordKind], until: datetime, key: str
    ) -> HealthConsent:
        """Raises HealthKindsMissing, HealthReaderUnknown, HealthConsentTimeInvalid, IdempotencyConflict."""
        viewer.citizen()
        return await self._consents.give(viewer, organisation, chosen(kinds), until, key)

    async def stop(self, viewer: Viewer, consent: str, key: str) -> HealthConsent:
        """From now on nothing is read by it. Raises HealthConsentUnknown, IdempotencyConflict."""
        return await self._consents.withdraw(viewer, consent, key)

    async def asked(self, citizen: str, kinds: Sequence[RecordKind]) -> Answer:
        """What the hospitals have, which is nobody's to see before it stands in the ledger (`entered`).

        Raises NotVerified, HealthRecordMissing, HealthRecordUnavailable.
        """
        person = await self._people.verified(citizen)
        if person is None:
            raise NotVerified
        try:
            return await self._source.read(person, kinds, new_id())
        except Unavailable:
            raise HealthRecordUnavailable from None

    async def entered(
        self,
        viewer: Viewer,
        citizen: str,
        purpose: str,
        kinds: Sequence[RecordKind],
        tx: Tx,
        *,
        ground: str = "own",
        tell: bool = False,
    ) -> Disclosure:
        """In the transaction of the look. Nobody is sent word of what he reads, or asked for, himself."""
        now = self._clock.now()
        made = Disclosure.new(viewer, citizen, purpose, told(kinds), Channel.SHARED_DATA, now)
        await self._disclosures.record_shared(viewer, made, tx, ground=ground, tell=tell)
        return made

    async def _told(
        self, viewer: Viewer, consent: HealthConsent, kinds: tuple[RecordKind, ...], answer: Answer, tx: Tx
    ) -> Reading:
        """Raises HealthConsentMissing: it was taken back, or its time is over, while the hospitals were asked."""
        if not await self._consents.use(consent, kinds, self._clock.now(), tx):
            raise HealthConsentMissing
        made = await self.entered(viewer, consent.citizen, PURPOSE, kinds, tx, ground="consent", tell=True)
        return Reading(made.id, kinds, answer.record, made.at, answer.whole)
