"""Looking at a wallet, opening it at its first use, freezing it, closing it."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Assurance, Viewer
from app.domains.payment.ledger.errors import AccountClosed, AccountNotEmpty, AccountUnknown
from app.domains.payment.ledger.model import AccountState, FreezeReason
from app.domains.payment.ledger.model import wallet as account_of
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.risk.service import Risk
from app.domains.payment.wallet.errors import (
    WalletNeedsRealName,
    WalletNotEmpty,
    WalletNotOpen,
    WalletOwnerStopped,
    WalletStateSame,
)
from app.domains.payment.wallet.model import MOST_HELD, Wallet

_STATE = TypeAdapter(AccountState)
_REASON = 500


class Wallets:
    def __init__(
        self, db: Database, ledger: Ledger, risk: Risk, outbox: Outbox, audit: Audit, once: Idempotency
    ) -> None:
        self._db = db
        self._ledger = ledger
        self._risk = risk
        self._outbox = outbox
        self._audit = audit
        self._once = once

    async def mine(self, viewer: Viewer) -> Wallet | None:
        """None of somebody who is not known by name."""
        citizen = owner_if_named(viewer)
        return await self.of(citizen) if citizen else None

    async def of(self, citizen: str, tx: Tx | None = None) -> Wallet:
        try:
            return Wallet.of(citizen, await self._ledger.balance(account_of(citizen), tx))
        except AccountUnknown:
            return Wallet(citizen)

    async def open(self, citizen: str, tx: Tx) -> None:
        """At its first use; what is open stays as it is."""
        await self._ledger.open(account_of(citizen), tx, most=MOST_HELD)

    async def close(self, viewer: Viewer, key: str) -> Wallet:
        """For good. Raises WalletNeedsRealName, WalletNotOpen, WalletNotEmpty, IdempotencyConflict."""
        citizen = owner(viewer)

        async def work(tx: Tx) -> AccountState:
            await self._closed(citizen, tx)
            await self._audit.record(viewer, "wallet.closed", citizen, tx, subject=citizen)
            return AccountState.CLOSED

        await self._once.once(Call.of(viewer, "closeWallet", key), _STATE, work)
        return await self.of(citizen)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """When its owner leaves. Safe to repeat. Raises WalletNotEmpty: what came in meanwhile is his."""

        async def work(tx: Tx) -> None:
            before = await self.of(citizen, tx)
            if before.opened and before.state is not AccountState.CLOSED:
                await self._closed(citizen, tx)
                await self._audit.record(viewer, "wallet.closed", citizen, tx, subject=citizen)

        await self._db.transaction(work)

    async def _closed(self, citizen: str, tx: Tx) -> None:
        try:
            await self._ledger.close(account_of(citizen), tx)
        except AccountUnknown:
            raise WalletNotOpen from None
        except AccountNotEmpty:
            raise WalletNotEmpty((await self.of(citizen, tx)).balance) from None

    async def freeze(self, viewer: Viewer, citizen: str, reason: str) -> Wallet:
        """By the desk: nothing leaves it any more. Raises BadInput (no reason), WalletNotOpen, WalletStateSame,
        AccountClosed.
        """
        return await self._turn(viewer, citizen, reason, frozen=True)

    async def unfreeze(self, viewer: Viewer, citizen: str, reason: str) -> Wallet:
        """Raises as `freeze`, and WalletOwnerStopped."""
        return await self._turn(viewer, citizen, reason, frozen=False)

    async def _turn(self, viewer: Viewer, citizen: str, reason: str, *, frozen: bool) -> Wallet:
        why = reason.strip()
        if not 1 <= len(why) <= _REASON:
            raise BadInput(field="reason")
        before = await self.of(citizen)
        if not before.opened:
            raise WalletNotOpen
        if before.state is AccountState.CLOSED:
            raise AccountClosed
        turn = self._frozen if frozen else self._unfrozen
        action = "wallet.frozen" if frozen else "wallet.unfrozen"

        async def work(tx: Tx) -> None:
            told = await turn(citizen, tx)
            await self._audit.record(viewer, action, citizen, tx, subject=citizen, reason=why)
            if told:
                await self._outbox.add(action, citizen, tx)

        await self._db.transaction(work)
        return await self.of(citizen)

    async def _frozen(self, citizen: str, tx: Tx) -> bool:
        """Also when its owner is stopped: the two reasons stand side by side."""
        if not await self._ledger.freeze(account_of(citizen), FreezeReason.DESK, tx):
            raise WalletStateSame
        return True

    async def _unfrozen(self, citizen: str, tx: Tx) -> bool:
        """Whether something can leave it now: as long as its owner is stopped nothing can, and he is not told else."""
        if not await self._ledger.unfreeze(account_of(citizen), FreezeReason.DESK, tx):
            raise WalletOwnerStopped if await self._risk.stopped(citizen, tx) else WalletStateSame
        return (await self.of(citizen, tx)).state is AccountState.OPEN


def owner(viewer: Viewer) -> str:
    """The citizen in person, by name. Raises Unauthenticated, Forbidden (a guardian), WalletNeedsRealName."""
    citizen = owner_if_named(viewer)
    if citizen is None:
        raise WalletNeedsRealName
    return citizen


def owner_if_named(viewer: Viewer) -> str | None:
    """Raises Unauthenticated, Forbidden (a guardian)."""
    citizen = viewer.self_only()
    return citizen if viewer.assurance is Assurance.REAL_NAME else None
