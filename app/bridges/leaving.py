"""What keeps a citizen from leaving: money of his that the city has or is sending, and money that he owes."""

from __future__ import annotations

from app.core.mongo import Tx
from app.domains.identity.rights.erasures.model import Hindrance
from app.domains.payment.gateway.orders.service import Orders
from app.domains.payment.gateway.payouts.service import Payouts
from app.domains.payment.gateway.refunds.service import GatewayRefunds
from app.domains.payment.ledger.errors import AccountUnknown
from app.domains.payment.ledger.model import Account, credit_line, wallet
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.packets.service import PacketService
from app.domains.payment.reconciliation.differences.service import DifferenceService
from app.domains.payment.reconciliation.matching.model import EntryKind
from app.domains.payment.refunds.service import Refunds
from app.domains.payment.rides.debts.service import RideDebts


class MoneyUnderWay:
    """What the gateway takes, pays out or gives back just now, sums that came otherwise than asked for and are not put
    right, and refunds that nobody could take: who has left has no wallet for it, and nobody to ask.
    """

    def __init__(
        self,
        orders: Orders,
        returns: GatewayRefunds,
        payouts: Payouts,
        refunds: Refunds,
        differences: DifferenceService,
    ) -> None:
        self._orders = orders
        self._returns = returns
        self._payouts = payouts
        self._refunds = refunds
        self._differences = differences

    async def of(self, citizen: str, tx: Tx | None) -> bool:
        return (
            await self._orders.under_way(citizen, tx)
            or await self._payouts.under_way(citizen, tx)
            or await self._refunds.under_way(citizen, tx)
            or await self._returns.under_way(await self._orders.returned(citizen, tx), tx)
            or bool(await self._differences.waiting(EntryKind.ORDER, await self._orders.mismatched(citizen, tx), tx))
        )


class MoneyHinders:
    """Fulfils `rights.erasures.service.Hinders`. What is held (a withdrawal at the bank) counts as there."""

    def __init__(self, ledger: Ledger, packets: PacketService, rides: RideDebts, under_way: MoneyUnderWay) -> None:
        self._ledger = ledger
        self._packets = packets
        self._rides = rides
        self._under_way = under_way

    async def hindrances(self, citizen: str, tx: Tx | None) -> list[Hindrance]:
        found = []
        if await self._moves(wallet(citizen), tx) or await self._packets.has_money_under_way(citizen, tx):
            found.append(Hindrance.MONEY_IN_WALLET)
        if await self._under_way.of(citizen, tx):
            found.append(Hindrance.MONEY_UNDER_WAY)
        if await self._moves(credit_line(citizen), tx) or await self._rides.owes(citizen, tx):
            found.append(Hindrance.MONEY_OWED)
        return found

    async def _moves(self, account: Account, tx: Tx | None) -> bool:
        try:
            balance = await self._ledger.balance(account, tx)
        except AccountUnknown:
            return False
        return bool(balance.posted.fen or balance.held.fen)
