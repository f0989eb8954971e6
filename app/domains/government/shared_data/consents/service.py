"""Giving a consent, taking it back, and seeing who may ask for what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Forbidden
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.government.shared_data.accesses.model import DataAccess, Ground
from app.domains.government.shared_data.accesses.service import AccessService
from app.domains.government.shared_data.consents.errors import ConsentUnknown, ConsentWithdrawn, NobodyAsks
from app.domains.government.shared_data.consents.model import Consent, demand_time
from app.domains.government.shared_data.consents.store import ConsentStore
from app.domains.government.shared_data.sets.model import APPLICATION, DataSet
from app.domains.government.shared_data.sets.service import DataSetService

_CONSENT = TypeAdapter(Consent)
_COUNTED = 100_000


class ItemsAsk(Protocol):
    """What the catalogue says of an item's needs."""

    async def wanted(self, item: str, unit: str) -> Collection[str]:
        """The `set.field` that may stand in for something when this unit handles the item; none when it does not."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be agreed to."""

    data_set: str
    fields: tuple[str, ...]
    organisation: str
    purpose: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """A data set, and by which accesses it may be asked for today."""

    data_set: DataSet
    accesses: tuple[DataAccess, ...]


class ConsentService:
    def __init__(
        self,
        db: Database,
        consents: ConsentStore,
        sets: DataSetService,
        accesses: AccessService,
        items: ItemsAsk,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._consents = consents
        self._sets = sets
        self._accesses = accesses
        self._items = items
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def known_of_me(self, viewer: Viewer) -> list[Offered]:
        """What departments hold of a citizen, who may ask for it, on which ground."""
        viewer.citizen()
        sets, live = await self._sets.on_offer(), await self._accesses.live()
        return [Offered(one, tuple(access for access in live if access.data_set == code)) for code, one in sets.items()]

    async def mine(self, viewer: Viewer, request: PageRequest) -> tuple[Page[Consent], datetime]:
        """Newest first, and the moment at which their states are to be read."""
        return await self._consents.of(viewer.citizen(), request), self._clock.now()

    async def one(self, viewer: Viewer, consent: str) -> tuple[Consent, datetime] | None:
        """One of the citizen's, with the moment at which its state is to be read."""
        found = await self._consents.get(consent, viewer.citizen())
        return (found, self._clock.now()) if found else None

    async def give(self, viewer: Viewer, wish: Wish, key: str, *, by_guardian: bool = False) -> Consent:
        """Agree, in place of what was agreed to before for the same. A guardian agrees for a ward's applications only,
        unless whoever asks has seen to it that he may (`by_guardian`).

        Raises DataSetUnknown, DataFieldUnknown, NobodyAsks, ConsentTimeInvalid, Forbidden, IdempotencyConflict.
        """
        citizen, now = viewer.citizen(), self._clock.now()
        if viewer.is_guardian and not by_guardian and not wish.purpose.startswith(f"{APPLICATION}:"):
            raise Forbidden
        said = (wish.data_set, wish.fields, wish.organisation, wish.purpose, wish.until.isoformat())
        call = Call.of(viewer, "giveConsent", key, *said)

        async def work(tx: Tx) -> Consent:
            demand_time(wish.until, now)
            await self._demand_asked(wish, tx)
            given = Consent(
                id=new_id(),
                citizen=citizen,
                data_set=wish.data_set,
                organisation=wish.organisation,
                fields=wish.fields,
                purpose=wish.purpose,
                given_at=now,
                until=wish.until,
                given_by=viewer.acting(),
            )
            await self._consents.replace(given, tx)
            facts = {"data_set": wish.data_set, "organisation": wish.organisation, "purpose": wish.purpose}
            await self._audit.record(viewer, "consent.given", given.id, tx, subject=citizen, **facts)
            return given

        return await self._idempotency.once(call, _CONSENT, work)

    async def _demand_asked(self, wish: Wish, tx: Tx) -> None:
        """Somebody may ask for it, or the item does. Raises DataSetUnknown, DataFieldUnknown, NobodyAsks."""
        offered = await self._sets.offered(wish.data_set, tx)
        offered.demand(wish.fields)
        if not wish.fields or not offered.allows(wish.purpose):
            raise NobodyAsks
        verb, _, item = wish.purpose.partition(":")
        if item and verb == APPLICATION:
            if not set(offered.full(wish.fields)) <= set(await self._items.wanted(item, wish.organisation)):
                raise NobodyAsks
            return
        asked = await self._accesses.covering(wish.organisation, wish.data_set, wish.fields, wish.purpose, tx)
        if asked is None or asked.ground is not Ground.CONSENT:
            raise NobodyAsks

    async def withdraw(self, viewer: Viewer, consent: str, key: str) -> Consent:
        """From the next request on nothing is told by it. Raises ConsentUnknown, ConsentWithdrawn,
        IdempotencyConflict.
        """
        citizen, call = viewer.citizen(), Call.of(viewer, "withdrawConsent", key, consent)

        async def work(tx: Tx) -> Consent:
            was = await self._consents.get(consent, citizen, tx)
            if was is None:
                raise ConsentUnknown
            if not await self._consents.withdraw(was, self._clock.now(), tx):
                raise ConsentWithdrawn
            await self._audit.record(viewer, "consent.withdrawn", consent, tx, subject=citizen)
            now = await self._consents.get(consent, citizen, tx)
            assert now is not None
            return now

        return await self._idempotency.once(call, _CONSENT, work)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city agrees to nothing any more. Safe to repeat."""

        async def work(tx: Tx) -> None:
            for consent in await self._consents.withdraw_all(citizen, self._clock.now(), tx):
                await self._audit.record(by, "consent.withdrawn", consent, tx, subject=citizen)

        await self._db.transaction(work)

    async def counted(self) -> Mapping[str, int]:
        """How many consents hold, by set: for the desk, which sees nobody's."""
        now = self._clock.now()
        return {one.code: await self._consents.count(one.code, now, _COUNTED) for one in await self._sets.all()}
