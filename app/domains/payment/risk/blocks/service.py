"""Stopping a payer and letting him pay again: by the desk, with a reason. What comes to him still comes."""

from __future__ import annotations

from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.ledger.model import FreezeReason, points, wallet
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.risk.blocks.model import Block, Ended
from app.domains.payment.risk.blocks.store import BlockStore
from app.domains.payment.risk.errors import PayerBlockedAlready, PayerNotBlocked, PayerUnknown
from app.domains.payment.risk.rules.model import parsed_reason

_BLOCK = TypeAdapter(Block)


class Payers(Protocol):
    async def known(self, citizen: str) -> bool: ...


class PayerBlocks:
    def __init__(
        self,
        blocks: BlockStore,
        payers: Payers,
        ledger: Ledger,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._blocks = blocks
        self._payers = payers
        self._ledger = ledger
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def page(self, request: PageRequest, *, all_: bool = False) -> Page[Block]:
        """Those that stand, or all; newest first."""
        return await self._blocks.page(not all_, request)

    async def of(self, payer: str) -> list[Block]:
        return await self._blocks.of(payer)

    async def block(self, viewer: Viewer, payer: str, reason: str, key: str) -> Block:
        """He pays nothing, and nothing leaves his wallet. Raises PayerUnknown, PayerBlockedAlready, RiskRuleInvalid
        (reason), IdempotencyConflict.
        """
        said = parsed_reason(reason)
        if not await self._payers.known(payer):
            raise PayerUnknown

        async def work(tx: Tx) -> Block:
            if await self._blocks.stands(payer, tx):
                raise PayerBlockedAlready
            block = Block(new_id(), payer, said, viewer.acting(), self._clock.now())
            await self._blocks.add(block, tx)
            for account in (wallet(payer), points(payer)):
                await self._ledger.freeze(account, FreezeReason.PAYER_STOPPED, tx)
            await self._outbox.add("payer.blocked", payer, tx)
            await self._audit.record(viewer, "payer.blocked", payer, tx, subject=payer, reason=said)
            return block

        return await self._idempotency.once(Call.of(viewer, "blockPayer", key, payer, said), _BLOCK, work)

    async def lift(self, viewer: Viewer, payer: str, reason: str, key: str) -> str:
        """Raises PayerNotBlocked, RiskRuleInvalid (reason), IdempotencyConflict."""
        said = parsed_reason(reason)

        async def work(tx: Tx) -> str:
            block = await self._blocks.open_of(payer, tx)
            ended = Ended(said, viewer.acting(), self._clock.now())
            if block is None or not await self._blocks.end(block, ended, tx):
                raise PayerNotBlocked
            for account in (wallet(payer), points(payer)):  # what is frozen for another reason stays so
                await self._ledger.unfreeze(account, FreezeReason.PAYER_STOPPED, tx)
            await self._outbox.add("payer.unblocked", payer, tx)
            await self._audit.record(viewer, "payer.unblocked", payer, tx, subject=payer, reason=said)
            return payer

        call = Call.of(viewer, "liftPayerBlock", key, payer, said)
        return await self._idempotency.once(call, TypeAdapter(str), work)
