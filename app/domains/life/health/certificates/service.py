"""Issuing a certificate of vaccination into the wallet, and keeping it up to date.

It is drawn up from what the hospitals have in their records, and that look stands in the citizen's ledger. Where he
wants it kept up to date, it is looked at again when a vaccination point says that a dose was given, and each month.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import structlog
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.viewer import Role, Viewer
from app.domains.life.health.certificates.errors import NothingVaccinated
from app.domains.life.health.certificates.model import (
    KIND,
    LOOKED_AT_EVERY,
    TRIED_AGAIN_AFTER,
    Certified,
    Upkeep,
    certified,
)
from app.domains.life.health.certificates.store import UpkeepStore
from app.domains.life.health.records.errors import HealthSubjectUnknown
from app.domains.life.health.records.model import CERTIFICATE, SCOPE, RecordKind
from app.domains.life.health.records.service import People, RecordService
from virtual_card.licences.model import Licence, Order
from virtual_card.licences.service import LicenceService

log = structlog.get_logger()
_LICENCE, _NOTED = TypeAdapter(Licence), TypeAdapter(bool)
_WORKER = Viewer(role=Role.OPS, actor="worker")
_KINDS = (RecordKind.IMMUNISATIONS,)
_AT_ONCE = 50
_ISSUED = Limit("vaccination_certificates", most=10, window=LOOKED_AT_EVERY)


class Issuers(Protocol):
    async def of_records(self) -> str:
        """The organisation that answers for the hospitals' records. Raises HealthRecordUnavailable."""
        ...


class CertificateService:
    def __init__(
        self,
        db: Database,
        upkeeps: UpkeepStore,
        records: RecordService,
        licences: LicenceService,
        people: People,
        issuers: Issuers,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._upkeeps = upkeeps
        self._records = records
        self._licences = licences
        self._people = people
        self._issuers = issuers
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def issue(self, viewer: Viewer, key: str, *, renews: bool) -> Licence:
        """One's own, or a ward's. `renews`: it is kept up to date from now on.

        Raises NotVerified, NothingVaccinated, HealthRecordMissing, HealthRecordUnavailable, RateLimited,
        IdempotencyConflict.
        """
        citizen = viewer.citizen()
        call = Call.of(viewer, "issueVaccinationCertificate", key, renews)
        if (before := await self._idempotency.replay(call, _LICENCE)) is not None:
            return before
        await self._limits.take(_ISSUED, citizen)
        found = await self._looked_up(citizen)
        issuer = await self._issuers.of_records()

        async def work(tx: Tx) -> Licence:
            licence = await self._draw_up(viewer, citizen, found, issuer, tx)
            if renews:
                await self._upkeeps.keep(self._upkeep(citizen, found, licence), tx)
            else:
                await self._upkeeps.drop(citizen, tx)
            return licence

        return await self._idempotency.once(call, _LICENCE, work)

    async def kept(self, viewer: Viewer) -> Upkeep | None:
        """Whether (and since when) the subject's certificate is kept up to date."""
        return await self._upkeeps.get(viewer.citizen())

    async def dose_given(
        self, viewer: Viewer, key: str, *, verification: str | None = None, card_number: str | None = None
    ) -> bool:
        """A vaccination point says that somebody was given a dose: his certificate, where he has one, is looked at
        soon. Whether he has one, the point is not told. Raises Forbidden, HealthSubjectUnknown, IdempotencyConflict.
        """
        viewer.provider(SCOPE)
        citizen = await self._people.shown(viewer, verification=verification, card_number=card_number)
        if citizen is None:
            raise HealthSubjectUnknown
        call = Call.of(viewer, "noteVaccination", key, verification, card_number)

        async def work(tx: Tx) -> bool:
            await self._upkeeps.look_at(citizen, self._clock.now(), tx)
            await self._audit.record(viewer, "vaccination.noted", citizen, tx, subject=citizen)
            return True

        return await self._idempotency.once(call, _NOTED, work)

    async def renew_due(self) -> int:
        """Look at those whose turn has come; how many were drawn up anew. Safe to repeat."""
        renewed = 0
        for one in await self._upkeeps.due(self._clock.now(), _AT_ONCE):
            try:
                renewed += await self._renew(one)
            except Outcome as trouble:  # it does not answer, or knows him no more: later
                log.info("certificate not looked at", why=trouble.code)
                await self._upkeeps.look_at(one.citizen, self._clock.now() + TRIED_AGAIN_AFTER)
        return renewed

    async def _renew(self, one: Upkeep) -> bool:
        found, issuer = await self._looked_up(one.citizen), await self._issuers.of_records()

        async def work(tx: Tx) -> bool:
            if found.doses == one.doses:
                await self._records.entered(_WORKER, one.citizen, CERTIFICATE, _KINDS, tx, tell=False)
                await self._upkeeps.look_at(one.citizen, self._next(), tx)
                return False
            licence = await self._draw_up(_WORKER, one.citizen, found, issuer, tx)
            await self._upkeeps.keep(self._upkeep(one.citizen, found, licence), tx)
            return True

        return await self._db.transaction(work)

    async def _looked_up(self, citizen: str) -> Certified:
        """Raises NothingVaccinated and what the reading raises."""
        answer = await self._records.asked(citizen, _KINDS)
        if not answer.record.immunisations:
            raise NothingVaccinated
        return certified(answer.record.immunisations)

    async def _draw_up(self, viewer: Viewer, citizen: str, found: Certified, issuer: str, tx: Tx) -> Licence:
        """The one before it is replaced; of the same doses it is the same one."""
        await self._records.entered(viewer, citizen, CERTIFICATE, _KINDS, tx, tell=False)
        order = Order(citizen, KIND, issuer, found.facts, source=f"immunisations:{found.doses}")
        return await self._licences.issue(viewer, order, tx)

    def _upkeep(self, citizen: str, found: Certified, licence: Licence) -> Upkeep:
        return Upkeep(citizen, found.doses, licence.id, self._clock.now(), self._next())

    def _next(self) -> datetime:
        return self._clock.now() + LOOKED_AT_EVERY
