"""Finding a citizen for the desk, and revealing one field of him for a reason that is kept.

A reveal is a row of the disclosure ledger, a record of the audit with the reason, and a message to the citizen, in one
transaction; only when that is written is the value read. So nothing is seen that the citizen does not come to know of.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import RateLimited
from app.core.idempotency import Call, Idempotency
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import IdNumber, parse_phone, parse_tags
from app.domains.identity.citizens.store import CitizenStore
from virtual_card.cards.store import CardStore
from virtual_card.disclosures.model import Channel, Disclosure
from virtual_card.disclosures.service import DisclosureService, worded
from virtual_card.lookups.errors import CitizenUnknown, NothingToReveal, RevealLimitReached
from virtual_card.lookups.model import PURPOSE, REVEALS_A_DAY, FindBy, MaskedCitizen, Revealed, RevealField

_DISCLOSURE_ID = TypeAdapter(str)
_REPEATED = timedelta(minutes=10)


class LookupService:
    def __init__(
        self,
        db: Database,
        citizens: CitizenStore,
        cards: CardStore,
        disclosures: DisclosureService,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._citizens = citizens
        self._cards = cards
        self._disclosures = disclosures
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def find(self, viewer: Viewer, by: FindBy, text: str) -> MaskedCitizen:
        """Recorded as a look at whom was found. Raises CitizenUnknown, PhoneInvalid, IdNumberInvalid."""
        citizen = await self._id_of(by, text)
        found = await self.one(citizen) if citizen is not None else None
        if found is None:
            raise CitizenUnknown
        await self._audit.record(viewer, "citizen.found", found.id, None, subject=found.id, by=by.value)
        return found

    async def one(self, citizen: str) -> MaskedCitizen:
        """Raises CitizenUnknown."""
        found = await self._citizens.get(citizen)
        if found is None:
            raise CitizenUnknown
        return MaskedCitizen.of(found, await self._citizens.id_number(citizen))

    async def newest(self, request: PageRequest) -> Page[MaskedCitizen]:
        page = await self._citizens.newest(request)
        return Page(tuple(map(MaskedCitizen.of, page.items)), page.has_next)

    async def reveal(self, viewer: Viewer, citizen: str, field: RevealField, reason: str, key: str) -> Revealed:
        """One field of one citizen; a repeat under the same key is for ten minutes the same look.

        Raises ReasonMissing, CitizenUnknown, NothingToReveal, RevealLimitReached, IdempotencyConflict.
        """
        text = worded(reason)
        call = Call.of(viewer, "revealField", key, citizen, field, text)
        known = await self._citizens.get(citizen)
        if known is None:
            raise CitizenUnknown
        made = replace(
            Disclosure.new(viewer, citizen, PURPOSE, (field.value,), Channel.STAFF_READ, self._clock.now()),
            test=known.test_of is not None,
        )

        async def work(tx: Tx) -> str:
            await self._disclosures.record_read(viewer, made, text, tx)
            return made.id

        if await self._idempotency.replay(call, _DISCLOSURE_ID) is None:
            await self._demand_something(citizen, field)
            await self._count(viewer)
        disclosure = await self._idempotency.once(call, _DISCLOSURE_ID, work, kept=_REPEATED)
        return await self._read(citizen, field, disclosure)

    async def tag(self, viewer: Viewer, citizen: str, tags: Collection[str]) -> MaskedCitizen:
        """These tags and no others: groups of people that a broadcast can be for. Repeating is safe.

        Raises TagInvalid, CitizenUnknown.
        """
        wanted = parse_tags(tags)
        # What groups somebody belongs to is personal: the record keeps it sealed, as what was written of him.
        sealed = " ".join(sorted(wanted)) or None

        async def work(tx: Tx) -> None:
            if not await self._citizens.tag(citizen, wanted, tx):
                raise CitizenUnknown
            await self._audit.record(viewer, "citizen.tagged", citizen, tx, subject=citizen, reason=sealed)

        await self._db.transaction(work)
        return await self.one(citizen)

    async def _id_of(self, by: FindBy, text: str) -> str | None:
        match by:
            case FindBy.PHONE:
                return await self._citizens.id_by_phone(parse_phone(text))
            case FindBy.ID_NUMBER:
                return await self._citizens.id_by_real_name(IdNumber.parse(text))
            case FindBy.CARD_NUMBER:
                card = await self._cards.by_number("".join(text.split()))
                return card.holder if card else None
            case FindBy.CITIZEN:
                return text

    async def _count(self, viewer: Viewer) -> None:
        """Raises RevealLimitReached."""
        try:
            await self._limits.take(REVEALS_A_DAY, viewer.acting())
        except RateLimited:
            raise RevealLimitReached(limit=REVEALS_A_DAY.most) from None

    async def _demand_something(self, citizen: str, field: RevealField) -> None:
        """Raises NothingToReveal: an empty field is no look."""
        await self._read(citizen, field, "")

    async def _read(self, citizen: str, field: RevealField, disclosure: str) -> Revealed:
        if field is RevealField.PHOTO:
            photo = await self._citizens.photo(citizen)
            if photo is None:
                raise NothingToReveal
            return Revealed(disclosure, field, photo=photo)
        text = await self._text(citizen, field)
        if text is None:
            raise NothingToReveal
        return Revealed(disclosure, field, text)

    async def _text(self, citizen: str, field: RevealField) -> str | None:
        if field is RevealField.ID_NUMBER:
            number = await self._citizens.id_number(citizen)
            return number.text if number else None
        found = await self._citizens.get(citizen)
        if found is None:
            return None
        return found.phone if field is RevealField.PHONE else found.name
