"""The till of shops and of who sells tickets: fulfils `app.core.tills.service.Till` by the payments of merchants."""

from __future__ import annotations

from dataclasses import replace

from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Tx
from app.core.tills.model import Means, Sale, SaleState, Ware
from app.core.tills.service import SaleFollower
from app.core.viewer import Viewer
from app.domains.payment.merchants.service import MerchantService
from app.domains.payment.payments.errors import PaymentUnknown
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Payment, PaymentState, Purpose
from app.domains.payment.payments.service import Payments
from app.domains.payment.refunds.asking.service import RefundAsking
from app.domains.payment.refunds.model import Cause, RefundReason
from app.domains.payment.refunds.service import Refunds, RefundWanted
from app.domains.payment.settlement.fees.model import fee_of

_PURPOSES = {Ware.ORDER: Purpose.ORDER, Ware.TICKET: Purpose.TICKET}
_METHODS = {Means.WALLET: Method.WALLET, Means.CREDIT: Method.CREDIT, Means.GATEWAY: Method.GATEWAY}


class MerchantTill:
    def __init__(self, payments: Payments, merchants: MerchantService, refunds: Refunds, asking: RefundAsking) -> None:
        self._payments = payments
        self._merchants = merchants
        self._refunds = refunds
        self._asking = asking

    def follow(self, ware: Ware, room: SaleFollower) -> None:
        self._payments.follow(_PURPOSES[ware], _Followed(room))

    async def sell(self, sale: Sale, tx: Tx) -> SaleState:
        merchant = await self._merchants.active(sale.seller, tx)
        payee, method, purpose = Payee(PayeeKind.MERCHANT, sale.seller), _METHODS[sale.means], _PURPOSES[sale.ware]
        new = NewPayment(sale.id, sale.citizen, payee, Money(sale.fen), method, purpose, sale.about, sale.number)
        # At the gateway it is confirmed there; whoever presses the app's own button has confirmed it.
        new = replace(new, fee=fee_of(sale.fen, merchant.fee), confirmed=sale.means is not Means.GATEWAY)
        return _state(await self._payments.pay(new, tx))

    async def pay_at(self, sale: str) -> str | None:
        payment = await self._known(sale)
        waits = payment.state is PaymentState.WAITING_FOR_GATEWAY
        return await self._payments.to_gateway(payment) if waits else None

    async def give_up(self, sale: str, reason: str, tx: Tx) -> SaleState:
        return _state(await self._payments.end(sale, PaymentState.CANCELLED, reason, tx))

    async def give_back(self, viewer: Viewer, sale: str, fen: int | None, tx: Tx) -> str:
        wanted = RefundWanted(new_id(), sale, fen, Cause.CANCELLED, RefundReason.CANCELLED, viewer)
        return (await self._refunds.give(wanted, tx)).id

    async def send(self, refund: str) -> None:
        found = await self._asking.one(refund)
        if found is not None:
            await self._refunds.send(found)

    async def _known(self, sale: str) -> Payment:
        found = await self._payments.get(sale)
        if found is None:
            raise PaymentUnknown
        return found


class _Followed:
    """Fulfils `payment.payments.service.Follower`."""

    def __init__(self, room: SaleFollower) -> None:
        self._room = room

    async def captured(self, payment: Payment, tx: Tx) -> None:
        await self._room.paid(payment.about, payment.id, tx)

    async def ended(self, payment: Payment, tx: Tx) -> None:
        await self._room.given_up(payment.about, payment.id, payment.reason, tx)

    async def refunded(self, payment: Payment, fen: int, tx: Tx) -> None:
        await self._room.given_back(payment.about, payment.id, fen, tx)


def _state(payment: Payment) -> SaleState:
    if payment.state is PaymentState.CAPTURED:
        return SaleState.PAID
    return SaleState.WAITING if payment.is_open else SaleState.GIVEN_UP
