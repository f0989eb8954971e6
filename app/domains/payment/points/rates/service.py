"""Rates of partners: the desk sets them with its reason, and what is in force is not changed any more."""

from __future__ import annotations

from datetime import date

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.mongo import Database, Tx
from app.core.viewer import Viewer
from app.domains.payment.points.partners.errors import PointPartnerUnknown
from app.domains.payment.points.partners.store import PartnerStore
from app.domains.payment.points.rates.errors import PointRateInForce
from app.domains.payment.points.rates.model import Rate, in_force, units_of, yuan_of
from app.domains.payment.points.rates.store import RateStore


class RateService:
    def __init__(self, db: Database, rates: RateStore, partners: PartnerStore, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._rates = rates
        self._partners = partners
        self._audit = audit
        self._clock = clock

    async def of(self, organisation: str) -> list[Rate]:
        """All of a partner's, newest first."""
        return await self._rates.of(organisation)

    async def today(self, organisation: str) -> Rate | None:
        return in_force(await self._rates.of(organisation), civil_day(self._clock.now()))

    async def put(self, viewer: Viewer, organisation: str, from_day: date, yuan: str, reason: str) -> Rate:
        """`yuan` for a point, with four places at most. From tomorrow on at the earliest; a partner's first may be in
        force at once, also for what it took before. Repeating is safe.

        Raises BadInput, PointPartnerUnknown, PointRateInForce.
        """
        now = self._clock.now()
        rate = Rate(organisation, from_day, units_of(yuan), reason, viewer.acting(), now)

        async def work(tx: Tx) -> Rate:
            # Of two first rates at once, which would both find none, one comes after the other by this row.
            if not await self._partners.touch(organisation, tx):
                raise PointPartnerUnknown
            before = await self._rates.of(organisation, tx)
            same = next((one for one in before if one.from_day == from_day), None)
            if same is not None and same.units == rate.units:
                return same
            if from_day <= civil_day(now) and before:
                raise PointRateInForce
            await self._rates.put(rate, tx)
            said = {"reason": reason, "yuan": str(yuan_of(rate.units))}
            await self._audit.record(viewer, "points.rate_put", rate.id, tx, **said)
            return rate

        return await self._db.transaction(work)
