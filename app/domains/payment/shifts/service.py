"""Opening and closing shifts, and what was taken in one. A cashier sees his own, who manages payments all of them."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.money import Money
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.merchants.service import MANAGE, TAKE, MerchantService
from app.domains.payment.payments.store import PaymentStore
from app.domains.payment.shifts.errors import ShiftNotOpen, ShiftOpenAlready
from app.domains.payment.shifts.model import Shift, ShiftTotal
from app.domains.payment.shifts.store import ShiftStore

_SHIFT = TypeAdapter(Shift)
_LONGEST_TILL = 40


class ShiftService:
    def __init__(
        self,
        shifts: ShiftStore,
        payments: PaymentStore,
        merchants: MerchantService,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._shifts = shifts
        self._payments = payments
        self._merchants = merchants
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def begin(self, viewer: Viewer, till: str, key: str) -> Shift:
        """Raises ShiftOpenAlready, MerchantUnknown, MerchantNotActive, Forbidden, BadInput, IdempotencyConflict."""
        organisation, place = viewer.provider(TAKE), _parsed_till(till)

        async def work(tx: Tx) -> Shift:
            await self._merchants.active(organisation, tx)
            if await self._shifts.open_of(organisation, viewer.acting(), tx) is not None:
                raise ShiftOpenAlready
            shift = Shift.new(organisation, viewer.acting(), place, self._clock.now())
            await self._shifts.add(shift, tx)
            await self._audit.record(viewer, "shift.opened", shift.id, tx)
            return shift

        return await self._idempotency.once(Call.of(viewer, "openShift", key, place), _SHIFT, work)

    async def end(self, viewer: Viewer, key: str) -> Shift:
        """One's own. What a payer confirms in the minute after it counts to it still. Raises ShiftNotOpen."""
        organisation = viewer.provider(TAKE)

        async def work(tx: Tx) -> Shift:
            shift = await self._shifts.open_of(organisation, viewer.acting(), tx)
            now = self._clock.now()
            if shift is None or not await self._shifts.close(shift, now, tx):
                raise ShiftNotOpen
            await self._audit.record(viewer, "shift.closed", shift.id, tx)
            return shift.closed(now)

        return await self._idempotency.once(Call.of(viewer, "closeShift", key), _SHIFT, work)

    async def open_of(self, viewer: Viewer, tx: Tx | None = None) -> Shift | None:
        """The caller's own, if one is open."""
        return await self._shifts.open_of(viewer.provider(TAKE), viewer.acting(), tx)

    async def one(self, viewer: Viewer, shift: str) -> Shift | None:
        """Null when it is not there, or another's whom one does not manage."""
        found = await self._shifts.get(viewer.provider(TAKE), shift)
        return found if found and (MANAGE in viewer.scopes or found.cashier == viewer.actor) else None

    async def page(self, viewer: Viewer, request: PageRequest) -> Page[Shift]:
        """Newest first."""
        organisation = viewer.provider(TAKE)
        return await self._shifts.page(organisation, None if MANAGE in viewer.scopes else viewer.acting(), request)

    async def of_merchant(self, organisation: str, request: PageRequest) -> Page[Shift]:
        """For the desk."""
        return await self._shifts.page(organisation, None, request)

    async def totals(self, shift: Shift) -> list[ShiftTotal]:
        """As they are now; of a shift that the caller may see."""
        found = await self._payments.of_shift(shift.id)
        return [
            ShiftTotal(purpose, method, count, Money(fen, currency), Money(back, currency))
            for purpose, method, currency, count, fen, back in found
        ]


def _parsed_till(raw: str) -> str:
    till = " ".join(raw.split())
    if not 1 <= len(till) <= _LONGEST_TILL or not till.isprintable():
        raise BadInput(field="till")
    return till
