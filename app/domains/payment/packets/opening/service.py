"""Opening red packets: each person once, in the order in which they come.

Rivals meet at the packet first: of fifty who reach for ten shares, ten get one, and each share is got by one. Those who
come by one process take turns in it, rather than collide in the database and begin anew; between processes the database
decides.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Protocol
from weakref import WeakValueDictionary

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.money import Currency, Money
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.payment.ledger.model import TransferKind, Wanted, moved
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.packets.errors import PacketEmpty, PacketUnknown
from app.domains.payment.packets.model import Packet, Share, account_of
from app.domains.payment.packets.service import PacketPeople, PacketService, SeenPacket
from app.domains.payment.packets.store import PacketStore
from app.domains.payment.points.service import PointBook
from app.domains.payment.wallet.service import owner

# Codes cannot be guessed; who tries all the same is slowed down.
TRIED = Limit("packets-tried", 60, timedelta(minutes=10))
_ID = TypeAdapter(str)


class Purses(Protocol):
    """Fulfilled by the wallet's room."""

    async def open(self, citizen: str, tx: Tx) -> None:
        """Have a wallet, once."""
        ...


class PacketOpening:
    def __init__(
        self,
        packets: PacketStore,
        reading: PacketService,
        people: PacketPeople,
        ledger: Ledger,
        purses: Purses,
        points: PointBook,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._packets = packets
        self._reading = reading
        self._people = people
        self._ledger = ledger
        self._purses = purses
        self._points = points
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(self, viewer: Viewer, packet: str | None, link: str | None, key: str) -> SeenPacket:
        """Who has opened it before finds what he got. Raises WalletNeedsRealName, PacketUnknown,
        PacketOwn, PacketEmpty, PacketLapsed, BalanceTooHigh, AccountClosed, RateLimited, IdempotencyConflict.
        """
        citizen = owner(viewer)
        call = Call.of(viewer, "openPacket", key, packet, link)
        phone = await self._people.phone_of(citizen)

        async def work(tx: Tx) -> str:
            found, code = await self._reading.find(packet, link, tx)
            if found is None:
                raise PacketUnknown
            if await self._packets.share(found.id, citizen, tx) is None:
                found.demand_openable(citizen, phone, code, self._clock.now())
                await self._take(viewer, found, citizen, tx)
            return found.id

        async def attempt() -> str:
            await self._limits.take(TRIED, citizen)
            async with self._turns.setdefault(link or packet or "", asyncio.Lock()):
                return await self._idempotency.once(call, _ID, work)

        return await self._reading.seen_by(citizen, await self._idempotency.alike(call, _ID, attempt))

    async def _take(self, viewer: Viewer, packet: Packet, citizen: str, tx: Tx) -> None:
        now = self._clock.now()
        number = await self._packets.take(packet.id, now, tx)
        if number is None:  # somebody was faster: who looks again sees it, too
            raise PacketEmpty
        fen = packet.split[number]
        await self._packets.keep(Share(packet.id, citizen, number, Money(fen, packet.currency), now), tx)
        await self._pay(packet, citizen, number, fen, tx)
        if number + 1 == packet.count:
            await self._ledger.close(packet.account, tx)
        await self._audit.record(viewer, "packet.opened", packet.id, tx, fen=fen)

    async def _pay(self, packet: Packet, citizen: str, number: int, fen: int, tx: Tx) -> None:
        if packet.currency is Currency.CNY:
            await self._purses.open(citizen, tx)
        else:
            await self._points.open(citizen, tx)
            await self._points.arrived(citizen, packet.parts_of(number), tx)
        lines = moved(packet.account, account_of(citizen, packet.currency), fen)
        await self._ledger.post(Wanted(f"packet:{packet.id}:{citizen}", TransferKind.PACKET, lines, packet.id), tx)
