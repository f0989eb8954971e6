"""A merchant makes a code for a sum; a citizen looks at a merchant's code, and pays by it.

What stands against paying is told by name and changes nothing: the code stays good until its time is over.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.money import Currency, Money
from app.core.mongo import Tx
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.payment.collecting.errors import OrderClosed, OrderTaken
from app.domains.payment.collecting.model import Channel, Order, parsed_order
from app.domains.payment.collecting.service import demand_live
from app.domains.payment.collecting.store import OrderStore
from app.domains.payment.merchant_codes.errors import MerchantCodeMalformed, MerchantCodeUnknown, MerchantCodeUsed
from app.domains.payment.merchant_codes.model import MerchantCode, new_dynamic, parsed, parsed_life
from app.domains.payment.merchant_codes.store import MerchantCodeStore
from app.domains.payment.merchants.model import Merchant
from app.domains.payment.merchants.service import TAKE, MerchantService
from app.domains.payment.payments.errors import MethodNotPossible
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Payment, Purpose
from app.domains.payment.payments.service import Payments
from app.domains.payment.pins.service import PinService
from app.domains.payment.points.partners.service import PartnerService
from app.domains.payment.settlement.fees.model import fee_of
from app.domains.payment.shifts.service import ShiftService
from app.domains.payment.spending.model import SpendingDay, Strength
from app.domains.payment.spending.service import Spending

_CODE = TypeAdapter(MerchantCode)
_ID = TypeAdapter(str)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a merchant's code says, and how much may be paid by it today without the PIN and with it."""

    code: MerchantCode
    merchant: Merchant
    name: Said
    remaining: Money
    remaining_with_pin: Money


class PayingMerchants:
    def __init__(
        self,
        codes: MerchantCodeStore,
        merchants: MerchantService,
        orders: OrderStore,
        partners: PartnerService,
        payments: Payments,
        spending: Spending,
        pins: PinService,
        shifts: ShiftService,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._codes = codes
        self._merchants = merchants
        self._orders = orders
        self._partners = partners
        self._payments = payments
        self._spending = spending
        self._pins = pins
        self._shifts = shifts
        self._idempotency = idempotency
        self._clock = clock

    async def make(self, viewer: Viewer, amount: Money, order: str, seconds: int | None, key: str) -> MerchantCode:
        """A code for one sale, which is paid once. Raises MerchantUnknown, MerchantNotActive, PointsNotTaken,
        OrderTaken, OrderClosed, LiveModeOnly, Forbidden, BadInput, IdempotencyConflict.
        """
        organisation, number, life = demand_live(viewer, TAKE), parsed_order(order), parsed_life(seconds)
        call, now = Call.of(viewer, "createMerchantCode", key, amount, number, seconds), self._clock.now()
        made = MerchantCode(new_dynamic(), organisation, amount, number, now + life)

        async def work(tx: Tx) -> MerchantCode:
            await self._merchants.active(organisation, tx)
            if amount.currency is Currency.POINTS:
                await self._partners.demand(organisation, tx)
            before = await self._orders.get(organisation, number, tx)
            if before is not None:
                raise OrderClosed if before.closed_at is not None else OrderTaken
            shift = await self._shifts.open_of(viewer, tx)
            sold_in, channel = shift.id if shift else "", Channel.MERCHANT_CODE
            sale = Order(organisation, number, channel, now, amount, made.text, viewer.acting(), sold_in)
            sale = replace(sale, expires_at=made.expires_at)
            await self._orders.add(sale, tx)
            await self._codes.add(made, tx)
            return made

        return await self._idempotency.once(call, _CODE, work)

    async def look(self, viewer: Viewer, text: str) -> Scanned | None:
        """Before paying. Null when it is no code, or none that can be paid (any more)."""
        payer = viewer.self_only()
        code = await self._scanned(text)
        merchant = await self._merchants.get(code.merchant) if code else None
        if code is None or merchant is None or not code.payable(self._clock.now()) or not merchant.active:
            return None
        day = await self._spending.today(payer)
        weak, strong = (day.remaining(_strength(code, strong=one)) for one in (False, True))
        return Scanned(code, merchant, self._merchants.called(merchant), weak, strong)

    async def _scanned(self, text: str) -> MerchantCode | None:
        with suppress(MerchantCodeMalformed):
            return await self._codes.get(parsed(text))
        return None

    async def today(self, viewer: Viewer) -> SpendingDay:
        return await self._spending.today(viewer.self_only())

    async def pay(
        self, viewer: Viewer, text: str, said: Money | None, method: Method, pin: str | None, key: str
    ) -> Payment:
        """Raises MerchantCodeMalformed, MerchantCodeUnknown, MerchantCodeUsed, MerchantCodeExpired,
        MerchantCodeAmount, MerchantUnknown, MerchantNotActive, RealNameNeeded, MethodNotPossible, PointsNotTaken,
        PinNotSet, PinWrong, PinLocked, SpendingLimitReached, IdempotencyConflict; and what the ledger and risk refuse.
        """
        payer, wanted, id_ = viewer.by_name(), parsed(text), new_id()
        if method is Method.GATEWAY:
            raise MethodNotPossible(method.value)
        call = Call.of(viewer, "payMerchant", key, wanted, said, method.value, pin)

        async def attempt() -> str:
            if pin is not None:
                await self._pins.demand(payer, pin)

            async def work(tx: Tx) -> str:
                return (await self._pay(payer, wanted, said, method, pin is not None, id_, tx)).id

            return await self._idempotency.once(call, _ID, work)

        done = await self._payments.one(viewer, await self._idempotency.alike(call, _ID, attempt))
        assert done is not None
        return done

    async def _pay(
        self, payer: str, text: str, said: Money | None, method: Method, strong: bool, id_: str, tx: Tx
    ) -> Payment:
        now, code = self._clock.now(), await self._codes.get(text, tx)
        if code is None:
            raise MerchantCodeUnknown
        code.demand_payable(now)
        amount, merchant = code.sum_of(said), await self._merchants.active(code.merchant, tx)
        if amount.currency is Currency.POINTS:
            await self._partners.demand(merchant.organisation, tx)
        order = await self._take(code, id_, _strength(code, strong=strong), tx)
        fee = 0 if amount.currency is Currency.POINTS else fee_of(amount.fen, merchant.fee)
        payee = Payee(PayeeKind.MERCHANT, merchant.organisation)
        purpose = Purpose.STATIC_CODE if code.static else Purpose.DYNAMIC_CODE
        new = NewPayment(id_, payer, payee, amount, method, purpose, fee=fee, confirmed=True)
        return await self._payments.pay(_sold(new, order), tx)

    async def _take(self, code: MerchantCode, payment: str, strength: Strength, tx: Tx) -> Order | None:
        """A dynamic code is paid once, and so is its order. Raises MerchantCodeUsed."""
        order = await self._orders.get(code.merchant, code.order, tx) if code.order else None
        if order is None:
            return None
        ended = await self._codes.end(code.text, self._clock.now(), tx, paid=True)
        if not ended or not await self._orders.pay(order, payment, strength, tx):
            raise MerchantCodeUsed
        return order


def _strength(code: MerchantCode, *, strong: bool) -> Strength:
    if code.static:
        return Strength.STATIC
    return Strength.TWO_FACTORS if strong else Strength.ONE_FACTOR


def _sold(new: NewPayment, order: Order | None) -> NewPayment:
    """With who made the code, and in which shift."""
    if order is None:
        return new
    return replace(new, about=order.id, order=order.number, cashier=order.cashier, shift=order.shift)
