"""Paying out to bank accounts by the gateway.

Whoever pays out holds the money first and writes the payout in the same transaction (`begin`); `send` is for after the
commit.
"""

from __future__ import annotations

from typing import Protocol

from app.core.clock import Clock
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.domains.payment.gateway.errands.service import Ended, Errands
from app.domains.payment.gateway.errors import GatewayRefused
from app.domains.payment.gateway.model import BankAccount, PaymentGateway, ToldErrand, next_look, present
from app.domains.payment.gateway.payouts.errors import PayoutUnknown
from app.domains.payment.gateway.payouts.model import Payout, PayoutPurpose, PayoutWanted
from app.domains.payment.gateway.payouts.store import PayoutStore

NO_ACCOUNT = "NO_ACCOUNT"


class PaidOut(Ended[Payout], Protocol):
    """A room that pays out; a payout fails by the gateway's code, or by NO_ACCOUNT."""

    async def account(self, payout: Payout) -> BankAccount | None:
        """Where it goes; None when there is no such account any more: it fails."""
        ...


class Payouts(Errands[Payout]):
    """`register` is called once for each purpose while the city is put together."""

    kind = "payout"

    def __init__(self, db: Database, payouts: PayoutStore, gateway: PaymentGateway | None, clock: Clock) -> None:
        super().__init__(db, payouts, gateway, clock)
        self._payouts = payouts
        self._rooms: dict[PayoutPurpose, PaidOut] = {}

    def register(self, purpose: PayoutPurpose, room: PaidOut) -> None:
        self._rooms[purpose] = room

    async def begin(self, wanted: PayoutWanted, tx: Tx) -> Payout:
        """Write it; `send` it when that is committed. Raises PaymentGatewayMissing."""
        present(self._gateway)
        now = self._clock.now()
        payout = Payout(wanted.id, wanted.purpose, wanted.owner, wanted.about, wanted.fen, wanted.what, now)
        await self._payouts.add(payout, next_look(0, now), tx)
        return payout

    async def mine(self, owner: str, id_: str) -> Payout | None:
        return await self._payouts.of(owner, id_)

    async def under_way(self, owner: str, tx: Tx | None = None) -> bool:
        """Whether the bank still works on one of his."""
        return await self._payouts.under_way(owner, tx)

    async def newest(self, owner: str, purpose: PayoutPurpose, request: PageRequest) -> Page[Payout]:
        return await self._payouts.newest(owner, purpose, request)

    def _looks_first(self, errand: Payout) -> bool:
        """The account's number is told once, unless the gateway did not hear it."""
        return bool(errand.looks) or super()._looks_first(errand)

    def _room(self, errand: Payout) -> PaidOut:
        return self._rooms[errand.purpose]

    async def _ask(self, errand: Payout, gateway: PaymentGateway) -> ToldErrand:
        to = await self._room(errand).account(errand)
        if to is None:
            raise GatewayRefused(NO_ACCOUNT)
        return await gateway.pay_out(errand.id, errand.fen, to, errand.what)

    async def _state(self, errand: Payout, gateway: PaymentGateway) -> ToldErrand | None:
        return await gateway.payout_state(errand.id)

    def _unknown(self) -> PayoutUnknown:
        return PayoutUnknown()
