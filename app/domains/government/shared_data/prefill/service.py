"""What shared data can answer within a citizen's own application: for its form, and in place of proofs.

Each set is asked under the consent for this item at this unit. To say what can be replaced, a source is asked only for
which fields it has a value; a form's values are fetched as a provider's are, and entered in the ledger (the citizen,
who has the form open before him, is not sent a message). A source that is silent leaves the application as it was
without it: he writes, and uploads.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from cachetools import TTLCache

from app.core.clock import Clock, civil_day
from app.core.errors import Unavailable
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.viewer import Viewer
from app.domains.government.shared_data.consents.model import Consent
from app.domains.government.shared_data.consents.store import ConsentStore
from app.domains.government.shared_data.fetches.model import Known, Records, Registered, WhyNot
from app.domains.government.shared_data.fetches.service import Source, Subjects
from app.domains.government.shared_data.fetches.store import SparedLine, SparedStore
from app.domains.government.shared_data.sets.model import APPLICATION, DataSet
from app.domains.government.shared_data.sets.service import DataSetService
from virtual_card.disclosures.model import Channel, Disclosure
from virtual_card.disclosures.service import DisclosureService

_KEPT, _SECONDS = 20_000, 300
_SPARED_FOR = timedelta(days=29)


@dataclass(frozen=True, slots=True)
class _Part:
    """The fields wanted of one set."""

    data_set: str
    fields: tuple[str, ...]

    def full(self) -> tuple[str, ...]:
        return tuple(f"{self.data_set}.{field}" for field in self.fields)


class PrefillService:
    def __init__(
        self,
        db: Database,
        sets: DataSetService,
        consents: ConsentStore,
        subjects: Subjects,
        source: Source,
        disclosures: DisclosureService,
        spared: SparedStore,
        clock: Clock,
    ) -> None:
        self._db = db
        self._sets = sets
        self._consents = consents
        self._subjects = subjects
        self._source = source
        self._disclosures = disclosures
        self._spared = spared
        self._clock = clock
        # Which fields a source has of whom (no values), so that a form that is checked often asks once.
        self._held: TTLCache[tuple[str, _Part], frozenset[str]] = TTLCache(_KEPT, _SECONDS)

    async def answering(self, citizen: str, *, item: str, unit: str, wanted: Collection[str]) -> Known:
        """Of which of these `set.field` there is a value, and why not of the rest. Nothing is told: no values."""
        person = await self._subjects.registered(citizen)
        return await self._each(citizen, item, unit, wanted, lambda part, _: self._holds(citizen, person, part))

    async def values(self, viewer: Viewer, citizen: str, *, item: str, unit: str, wanted: Collection[str]) -> Known:
        """The values themselves, entered in the ledger as told to the unit."""
        person, test = await self._subjects.registered(citizen), await self._subjects.is_test(citizen)

        async def told(part: _Part, consent: Consent) -> Known:
            return await self._told(viewer, person, consent, part, test)

        return await self._each(citizen, item, unit, wanted, told)

    async def spare(self, citizen: str, *, item: str, data: Collection[str], tx: Tx) -> None:
        """An application was handed in, in which these stood in for proofs. Test citizens count for nothing."""
        if data and not await self._subjects.is_test(citizen):
            await self._spared.add(item, civil_day(self._clock.now()), len(data), tx)

    async def spared_by_day(self) -> list[SparedLine]:
        """Of the last thirty days, the newest first."""
        return await self._spared.by_day(civil_day(self._clock.now()) - _SPARED_FOR)

    async def spared_by_item(self) -> list[SparedLine]:
        return await self._spared.by_item(civil_day(self._clock.now()) - _SPARED_FOR)

    async def _each(
        self,
        citizen: str,
        item: str,
        unit: str,
        wanted: Collection[str],
        work: Callable[[_Part, Consent], Awaitable[Known]],
    ) -> Known:
        """All sets at once: the slowest decides how long it takes, and one that is silent costs no other."""
        offered, purpose = await self._sets.on_offer(), f"{APPLICATION}:{item}"
        parts = [part for part in _parts(wanted) if _offers(offered.get(part.data_set), part.fields)]
        named = {part.data_set for part in parts}
        consents = await self._consents.active(citizen, named, unit, purpose) if parts else {}
        agreed, refused, now = [], {}, self._clock.now()
        for part in parts:
            consent = consents.get(part.data_set)
            if consent is not None and consent.covers(part.fields, now):
                agreed.append(work(part, consent))
            else:
                refused.update(dict.fromkeys(part.full(), WhyNot.NO_CONSENT))
        known = await asyncio.gather(*agreed)
        values = {field: value for one in known for field, value in one.values.items()}
        missing = dict.fromkeys(wanted, WhyNot.NOT_OFFERED) | refused
        missing |= {field: why for one in known for field, why in one.missing.items()}
        return Known(values, {field: why for field, why in missing.items() if field not in values})

    async def _holds(self, citizen: str, person: Registered | None, part: _Part) -> Known:
        if person is None:
            return _missing(part, WhyNot.NOT_VERIFIED)
        held = self._held.get((citizen, part))
        if held is None:
            try:
                held = await self._source.holds(part.data_set, person, part.fields)
            except Unavailable:
                return _missing(part, WhyNot.UNAVAILABLE)
            self._held[citizen, part] = held
        there: dict[str, Records] = {f"{part.data_set}.{field}": () for field in part.fields if field in held}
        return Known(there, dict.fromkeys(set(part.full()) - there.keys(), WhyNot.UNKNOWN))

    async def _told(
        self, viewer: Viewer, person: Registered | None, consent: Consent, part: _Part, test: bool
    ) -> Known:
        if person is None:
            return _missing(part, WhyNot.NOT_VERIFIED)
        try:
            answer = await self._source.ask(part.data_set, person, part.fields, consent.purpose, new_id())
        except Unavailable:
            return _missing(part, WhyNot.UNAVAILABLE)
        there = {f"{part.data_set}.{field}": answer.values[field] for field in part.fields if field in answer.values}
        missing = dict.fromkeys(set(part.full()) - there.keys(), WhyNot.UNKNOWN)
        if there and not await self._entered(viewer, consent, part, tuple(there), test):
            return _missing(part, WhyNot.NO_CONSENT)
        return Known(there, missing)

    async def _entered(self, viewer: Viewer, consent: Consent, part: _Part, named: tuple[str, ...], test: bool) -> bool:
        """False when the consent was withdrawn meanwhile."""
        now = self._clock.now()
        made = Disclosure(
            id=new_id(),
            citizen=consent.citizen,
            organisation=consent.organisation,
            verifier=viewer.acting(),
            purpose=consent.purpose,
            attributes=named,
            channel=Channel.SHARED_DATA,
            at=now,
            test=test,
        )

        async def work(tx: Tx) -> bool:
            if not await self._consents.use(consent, part.fields, now, tx):
                return False
            await self._disclosures.record_shared(viewer, made, tx, ground="consent", tell=False)
            return True

        return await self._db.transaction(work)


def _parts(wanted: Collection[str]) -> list[_Part]:
    """`set.field`, put together by set. What is written otherwise is of no set."""
    by_set: dict[str, list[str]] = defaultdict(list)
    for full in sorted(set(wanted)):
        data_set, _, field = full.partition(".")
        by_set[data_set].append(field)
    return [_Part(data_set, tuple(fields)) for data_set, fields in by_set.items()]


def _offers(offered: DataSet | None, fields: Collection[str]) -> bool:
    return offered is not None and offered.allows(f"{APPLICATION}:any") and set(fields) <= set(offered.by_code)


def _missing(part: _Part, why: WhyNot) -> Known:
    return Known(missing=dict.fromkeys(part.full(), why))
