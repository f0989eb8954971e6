"""Merchants that take points. A charge in points asks here whether the merchant may; the desk says who does."""

from __future__ import annotations

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.payment.points.partners.errors import PointPartnerUnknown, PointsNotTaken
from app.domains.payment.points.partners.model import MOST_RATE, Partner
from app.domains.payment.points.partners.store import PartnerStore


class PartnerService:
    def __init__(self, db: Database, partners: PartnerStore, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._partners = partners
        self._audit = audit
        self._clock = clock

    async def demand(self, organisation: str, tx: Tx | None = None) -> Partner:
        """Raises PointsNotTaken."""
        found = await self._partners.get(organisation, tx)
        if found is None or not found.active:
            raise PointsNotTaken
        return found

    async def one(self, organisation: str) -> Partner | None:
        return await self._partners.get(organisation)

    async def listed(self, request: PageRequest, *, ended: bool = False) -> Page[Partner]:
        """Those that take points now; of the desk's, all."""
        return await self._partners.page(request, active=None if ended else True)

    async def put(self, viewer: Viewer, organisation: str, rate: int, offers: Said) -> Partner:
        """Make it a partner, or change on what terms. Repeating is safe."""
        if not 1 <= rate <= MOST_RATE:
            raise BadInput(field="rate")
        if len(offers.zh) > 100 or len(offers.en) > 200:
            raise BadInput(field="offers")
        return await self._put(viewer, Partner(organisation, rate, self._clock.now(), True, offers))

    async def end(self, viewer: Viewer, organisation: str) -> Partner:
        """It takes no points from now on. Raises PointPartnerUnknown."""
        was = await self._partners.get(organisation)
        if was is None:
            raise PointPartnerUnknown
        return await self._put(viewer, Partner(organisation, was.rate, was.since, False, was.offers))

    async def _put(self, viewer: Viewer, partner: Partner) -> Partner:
        async def work(tx: Tx) -> None:
            await self._partners.put(partner, tx)
            target = partner.organisation
            await self._audit.record(viewer, "points.partner_put", target, tx, rate=partner.rate, active=partner.active)

        await self._db.transaction(work)
        found = await self._partners.get(partner.organisation)
        assert found is not None
        return found
