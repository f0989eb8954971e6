"""Taking in hand what was left of a red packet and no wallet could take: it is the sender's, whoever has it."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.money import Money
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.ledger.model import BANK, SUSPENSE, TransferKind, Wanted, moved, wallet
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.packets.errors import PacketNotStranded, PacketUnknown
from app.domains.payment.packets.model import Packet
from app.domains.payment.packets.store import PacketStore

_ID = TypeAdapter(str)


class StrandedPackets:
    def __init__(self, packets: PacketStore, ledger: Ledger, outbox: Outbox, audit: Audit, once: Idempotency) -> None:
        self._packets = packets
        self._ledger = ledger
        self._outbox = outbox
        self._audit = audit
        self._once = once

    async def page(self, request: PageRequest) -> Page[Packet]:
        """For the desk, newest first."""
        return await self._packets.stranded(request)

    async def take_in_hand(self, viewer: Viewer, packet: str, *, to_bank: bool, note: str, key: str) -> Packet:
        """Into the sender's wallet, which takes it again, or paid out to him by hand. `note` is for the audit. Raises
        PacketUnknown, PacketNotStranded, AccountClosed, AccountUnknown, BalanceTooHigh, IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            found = await self._packets.get(packet, tx)
            if found is None:
                raise PacketUnknown
            if not await self._packets.take_up(packet, tx):
                raise PacketNotStranded
            await self._move(found, to_bank, tx)
            await self._audit.record(viewer, "packet.taken_in_hand", packet, tx, subject=found.sender, reason=note)
            return packet

        done = await self._once.once(Call.of(viewer, "takePacketInHand", key, packet, to_bank, note), _ID, work)
        now = await self._packets.get(done)
        assert now is not None
        return now

    async def _move(self, packet: Packet, to_bank: bool, tx: Tx) -> None:
        to = BANK if to_bank else wallet(packet.sender)
        if to_bank:
            await self._ledger.open(BANK, tx)
        lines = moved(SUSPENSE, to, packet.returned)
        await self._ledger.post(Wanted(f"packet-in-hand:{packet.id}", TransferKind.CORRECTION, lines, packet.id), tx)
        amount = Money(packet.returned).spoken
        facts = {"packet": packet.id, "amount": {"zh": amount, "en": amount}}
        await self._outbox.add("packet.returned", packet.sender, tx, **facts)
