"""Asking a source about a citizen for who may: checked, fetched, entered in the citizen's ledger, told.

The source is asked first and nothing of its answer goes anywhere yet. Then, in one transaction, the consent is used
(a guarded write that a withdrawal meets), the look is entered in the ledger and the audit, and the citizen's message is
written. Only when that has committed is the answer given: nothing is told that he does not see, and nothing after he
has withdrawn. The values are kept nowhere, but for the sealed reply of a repeated call, for some minutes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Forbidden, RongError, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.tallies import Counting, uncounted
from app.core.viewer import Viewer
from app.domains.government.shared_data.accesses.model import Ground
from app.domains.government.shared_data.accesses.service import AccessService
from app.domains.government.shared_data.consents.model import Consent
from app.domains.government.shared_data.consents.store import ConsentStore
from app.domains.government.shared_data.fetches.errors import (
    ExchangeUnavailable,
    NoConsent,
    NoDataAccess,
    SubjectNotVerified,
    SubjectUnknown,
)
from app.domains.government.shared_data.fetches.model import (
    NAMED_BY_CARD,
    PER_CITIZEN,
    Answered,
    Fetched,
    Registered,
    WhoBy,
)
from app.domains.government.shared_data.sets.model import APPLICATION, SCOPE, DataSet
from app.domains.government.shared_data.sets.service import DataSetService
from app.domains.identity.organisations.service import OrganisationService
from virtual_card.disclosures.model import Channel, Disclosure
from virtual_card.disclosures.service import DisclosureService

_FETCHED = TypeAdapter(Fetched)
_REPEATED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about. `item` and `unit` are those of the application by which he was named."""

    citizen: str
    test: bool = False
    item: str | None = None
    unit: str | None = None

    @property
    def purpose(self) -> str | None:
        return f"{APPLICATION}:{self.item}" if self.item else None


class Subjects(Protocol):
    async def find(self, viewer: Viewer, by: WhoBy, which: str) -> Subject | None:
        """The citizen, when this provider has to do with him: he showed it his card, or applied there."""
        ...

    async def registered(self, citizen: str) -> Registered | None:
        """None when his name was never verified."""
        ...

    async def is_test(self, citizen: str) -> bool: ...


class Source(Protocol):
    """The exchange by which departments ask each other."""

    async def ask(
        self, data_set: str, person: Registered, fields: Sequence[str], purpose: str, request_id: str
    ) -> Answered:
        """Raises Unavailable."""
        ...

    async def holds(self, data_set: str, person: Registered, fields: Sequence[str]) -> frozenset[str]:
        """For which of the fields it has a value, without the values. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: what of whom for which purpose, by which consent (None: by law)."""

    data_set: DataSet
    fields: tuple[str, ...]
    purpose: str
    subject: Subject
    consent: Consent | None


class FetchService:
    def __init__(
        self,
        sets: DataSetService,
        accesses: AccessService,
        consents: ConsentStore,
        subjects: Subjects,
        source: Source,
        organisations: OrganisationService,
        disclosures: DisclosureService,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        count: Counting = uncounted,
    ) -> None:
        self._sets = sets
        self._accesses = accesses
        self._consents = consents
        self._subjects = subjects
        self._source = source
        self._organisations = organisations
        self._disclosures = disclosures
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._count = count

    async def fetch(
        self, viewer: Viewer, by: WhoBy, which: str, data_set: str, fields: Sequence[str], purpose: str, key: str
    ) -> Fetched:
        """Raises Forbidden, DataSetUnknown, DataFieldUnknown, SubjectUnknown, SubjectNotVerified, NoDataAccess,
        NoConsent, ExchangeUnavailable, RateLimited, IdempotencyConflict. Each refusal is recorded.
        """
        organisation = viewer.provider(SCOPE)
        call = Call.of(viewer, "fetchSharedData", key, by.value, which, data_set, tuple(fields), purpose)
        before = await self._idempotency.replay(call, _FETCHED)
        try:
            if not self._organisations.tree.active(organisation):
                raise Forbidden
            asked = await self._checked(viewer, organisation, by, which, data_set, tuple(fields), purpose)
            if before is not None:  # a repeat, and he has withdrawn nothing since
                return before
            await self._limits.take(PER_CITIZEN, f"{organisation} {asked.subject.citizen}")
            answer = await self._answer(asked)
            done = await self._idempotency.once(
                call, _FETCHED, lambda tx: self._tell(viewer, asked, answer, tx), kept=_REPEATED
            )
        except RongError as refusal:
            await self._refused(viewer, data_set, purpose, refusal)
            raise
        self._count("data_fetched", outcome="told")
        return done

    async def _refused(self, viewer: Viewer, data_set: str, purpose: str, refusal: RongError) -> None:
        self._count("data_fetched", outcome=refusal.code)
        facts = {"purpose": purpose[:80], "why": refusal.code}
        await self._audit.record(viewer, "data.refused", data_set[:40], None, admitted=False, **facts)

    async def _checked(
        self, viewer: Viewer, organisation: str, by: WhoBy, which: str, data_set: str, fields: tuple[str, ...], why: str
    ) -> Asked:
        offered = await self._sets.offered(data_set)
        offered.demand(fields)
        if by is WhoBy.CARD_NUMBER:
            await self._limits.take(NAMED_BY_CARD, organisation)
        subject = await self._subjects.find(viewer, by, which)
        if subject is None:
            raise SubjectUnknown
        if not fields or not offered.allows(why):
            raise NoDataAccess
        if subject.purpose is not None and subject.purpose == why:
            return await self._within_application(offered, fields, subject)
        access = await self._accesses.covering(organisation, data_set, fields, why)
        if access is None:
            raise NoDataAccess
        consent = None
        if access.ground is Ground.CONSENT:
            consent = await self._consent(subject.citizen, offered, fields, organisation, why)
        return Asked(offered, fields, why, subject, consent)

    async def _within_application(self, offered: DataSet, fields: tuple[str, ...], subject: Subject) -> Asked:
        """The unit that handles an application asks under the consent that was given for it. Raises NoConsent."""
        assert subject.unit is not None
        assert subject.purpose is not None
        consent = await self._consent(subject.citizen, offered, fields, subject.unit, subject.purpose)
        return Asked(offered, fields, subject.purpose, subject, consent)

    async def _consent(
        self, citizen: str, offered: DataSet, fields: Collection[str], organisation: str, purpose: str
    ) -> Consent:
        """Raises NoConsent."""
        active = await self._consents.active(citizen, [offered.code], organisation, purpose)
        found = active.get(offered.code)
        if found is None or not found.covers(fields, self._clock.now()):
            raise NoConsent
        return found

    async def _answer(self, asked: Asked) -> Answered:
        """Raises SubjectNotVerified, ExchangeUnavailable."""
        person = await self._subjects.registered(asked.subject.citizen)
        if person is None:
            raise SubjectNotVerified
        try:
            return await self._source.ask(asked.data_set.code, person, asked.fields, asked.purpose, new_id())
        except Unavailable:
            raise ExchangeUnavailable from None

    async def _tell(self, viewer: Viewer, asked: Asked, answer: Answered, tx: Tx) -> Fetched:
        """Raises NoConsent: it was withdrawn, or its time is over, while the source was asked."""
        now = self._clock.now()
        if asked.consent is not None and not await self._consents.use(asked.consent, asked.fields, now, tx):
            raise NoConsent
        named = asked.data_set.full(asked.fields)
        made = Disclosure.new(viewer, asked.subject.citizen, asked.purpose, named, Channel.SHARED_DATA, now)
        await self._disclosures.record_shared(viewer, made, tx, ground="consent" if asked.consent else "law")
        told = {field: answer.values[field] for field in asked.fields if field in answer.values}
        return Fetched(made.id, asked.data_set.code, asked.purpose, told, answer.as_of, now)
