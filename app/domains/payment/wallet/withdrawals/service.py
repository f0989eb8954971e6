"""Withdrawing: held in the wallet first, then paid out by the gateway; entered when the bank has it, or let go of."""

from __future__ import annotations

from datetime import timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.money import Money
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.gateway.model import BankAccount
from app.domains.payment.gateway.payouts.model import Payout, PayoutPurpose, PayoutWanted
from app.domains.payment.gateway.payouts.service import Payouts
from app.domains.payment.ledger.errors import AccountUnknown, InsufficientBalance
from app.domains.payment.ledger.model import BANK, TransferKind, Wanted, credit, debit, transfer_id
from app.domains.payment.ledger.model import wallet as account_of
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.pins.service import PinService
from app.domains.payment.risk.errors import PayerBlocked
from app.domains.payment.risk.service import Risk
from app.domains.payment.wallet.cards.service import BankCards
from app.domains.payment.wallet.errors import AmountOutOfBounds
from app.domains.payment.wallet.model import LEAST_WITHDRAWAL, MOST_WITHDRAWAL, WITHDRAWALS
from app.domains.payment.wallet.service import owner

_ID = TypeAdapter(str)
_WHAT = "市民钱包提现 / Wallet withdrawal"
# A bank that does not answer for so long is a case for people; until then the money stays promised.
_PROMISED = timedelta(days=365)


class Withdrawals:
    """Fulfils `gateway.payouts.service.PaidOut` for WITHDRAWAL. A withdrawal is its payout, about the card."""

    def __init__(
        self,
        payouts: Payouts,
        cards: BankCards,
        pins: PinService,
        ledger: Ledger,
        risk: Risk,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._payouts = payouts
        self._cards = cards
        self._pins = pins
        self._ledger = ledger
        self._risk = risk
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock
        payouts.register(PayoutPurpose.WITHDRAWAL, self)

    async def begin(self, viewer: Viewer, card: str, amount: Money, pin: str | None, key: str) -> Payout:
        """By the PIN of who has one; beyond `NEEDED_ABOVE` one has to have one. Raises WalletNeedsRealName,
        AmountOutOfBounds, PinNeeded, PinNotSet, PinWrong, PinLocked, BankCardUnknown, InsufficientBalance,
        AccountFrozen, AccountClosed, PayerBlocked, PaymentGatewayMissing, RateLimited, IdempotencyConflict.
        """
        citizen, fen, id_ = owner(viewer), amount.fen, new_id()
        if not LEAST_WITHDRAWAL <= fen <= MOST_WITHDRAWAL:
            raise AmountOutOfBounds(Money(LEAST_WITHDRAWAL), Money(MOST_WITHDRAWAL))
        call = Call.of(viewer, "withdrawFromWallet", key, card, fen, pin)

        async def work(tx: Tx) -> str:
            if await self._risk.stopped(citizen, tx):
                raise PayerBlocked
            bound = await self._cards.known(citizen, card, tx)
            await self._limits.count(WITHDRAWALS, citizen, tx)
            await self._hold(citizen, id_, fen, tx)
            wanted = PayoutWanted(id_, PayoutPurpose.WITHDRAWAL, citizen, bound.id, fen, _WHAT)
            await self._payouts.begin(wanted, tx)
            await self._audit.record(viewer, "wallet.withdrawal_asked", id_, tx, subject=citizen, fen=fen)
            return id_

        async def attempt() -> str:
            await self._pins.demand_above(citizen, fen, pin, least=0)
            return await self._once.once(call, _ID, work)

        return await self._sent(await self._once.alike(call, _ID, attempt))

    async def _hold(self, citizen: str, id_: str, fen: int, tx: Tx) -> None:
        lines = (debit(account_of(citizen), fen), credit(BANK, fen))
        wanted = Wanted(_key(id_), TransferKind.WITHDRAWAL, lines, id_)
        try:
            await self._ledger.hold(wanted, self._clock.now() + _PROMISED, tx)
        except AccountUnknown:  # nothing ever came in
            raise InsufficientBalance(Money(0)) from None

    async def _sent(self, id_: str) -> Payout:
        """When the gateway does not answer now, a later round sends it: the citizen has nothing to do."""
        try:
            return await self._payouts.send(id_)
        except Unavailable:
            found = await self._payouts.get(id_)
            assert found is not None
            return found

    async def one(self, viewer: Viewer, id_: str) -> Payout | None:
        found = await self._payouts.mine(viewer.self_only(), id_)
        return found if found is not None and found.purpose is PayoutPurpose.WITHDRAWAL else None

    async def newest(self, viewer: Viewer, request: PageRequest) -> Page[Payout]:
        return await self._payouts.newest(viewer.self_only(), PayoutPurpose.WITHDRAWAL, request)

    async def account(self, payout: Payout) -> BankAccount | None:
        return await self._cards.account(payout.owner, payout.about)

    async def done(self, payout: Payout, tx: Tx) -> None:
        await self._ledger.capture(transfer_id(_key(payout.id)), tx)
        await self._outbox.add("wallet.withdrawn", payout.owner, tx, payout=payout.id, amount=Money(payout.fen).spoken)

    async def failed(self, payout: Payout, tx: Tx) -> None:
        await self._ledger.void(transfer_id(_key(payout.id)), tx)
        await self._outbox.add(
            "wallet.withdrawal_failed", payout.owner, tx, payout=payout.id, amount=Money(payout.fen).spoken
        )


def _key(payout: str) -> str:
    return f"withdrawal {payout}"
