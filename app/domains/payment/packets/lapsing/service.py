"""Red packets whose day is over: what nobody took goes back to whoever sent it.

When the sender's wallet is full, the packet waits until there is room again. When he has closed it, money goes to
what nobody can say yet whose it is, and the desk has it in hand (`stranded`); points are no more.
"""

from __future__ import annotations

import structlog

from app.core.clock import Clock
from app.core.money import Currency, Money
from app.core.mongo import Database, Tx, is_unreachable
from app.core.outbox import Outbox
from app.core.traces import frames_of
from app.domains.payment.ledger.errors import AccountClosed, AccountUnknown, BalanceTooHigh
from app.domains.payment.ledger.model import ISSUED, SUSPENSE, Account, TransferKind, Wanted, moved
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.packets.model import Packet, account_of
from app.domains.payment.packets.store import PacketStore
from app.domains.payment.points.service import PointBook

log = structlog.get_logger()
_AT_ONCE = 100


class PacketLapsing:
    def __init__(
        self, db: Database, packets: PacketStore, ledger: Ledger, points: PointBook, outbox: Outbox, clock: Clock
    ) -> None:
        self._db = db
        self._packets = packets
        self._ledger = ledger
        self._points = points
        self._outbox = outbox
        self._clock = clock

    async def look(self) -> int:
        """How many went back. Safe to run anywhere at any time."""
        went, now, last = 0, self._clock.now(), None
        while due := await self._packets.due(now, _AT_ONCE, last):  # each once: what cannot go back now is met again
            for packet in due:
                went += await self._looked(packet)
            last = due[-1]
        return went

    async def _looked(self, packet: Packet) -> bool:
        """One that cannot go back does not keep the others waiting."""
        try:
            return await self.lapse(packet)
        except Exception as error:
            if is_unreachable(error):
                raise
            log.error("packet.not_returned", packet=packet.id, traceback=frames_of(error))
            return False

    async def lapse(self, packet: Packet) -> bool:
        """False when it has ended meanwhile, or there is no room for it yet."""
        try:
            return await self._db.transaction(lambda tx: self._back(packet, _home(packet), tx))
        except BalanceTooHigh:
            return False
        except (AccountClosed, AccountUnknown):
            log.warning("packet.stranded", packet=packet.id)
            return await self._db.transaction(lambda tx: self._back(packet, _elsewhere(packet), tx))

    async def _back(self, packet: Packet, to: Account, tx: Tx) -> bool:
        if not await self._packets.lapse(packet, tx, stranded=to == SUSPENSE and packet.left > 0):
            return False
        if packet.left:
            lines = moved(packet.account, to, packet.left)
            await self._ledger.post(Wanted(f"packet-back:{packet.id}", TransferKind.PACKET, lines, packet.id), tx)
        await self._ledger.close(packet.account, tx)
        if packet.left and to == _home(packet):
            if packet.currency is Currency.POINTS:
                await self._points.returned(packet.sender, packet.parts_left, tx)
            facts = {"packet": packet.id, "amount": _spoken(packet)}
            await self._outbox.add("packet.returned", packet.sender, tx, **facts)
        return True


def _home(packet: Packet) -> Account:
    return account_of(packet.sender, packet.currency)


def _spoken(packet: Packet) -> dict[str, str]:
    """What goes back, as people are told."""
    amount = Money(packet.left, packet.currency).spoken
    points = packet.currency is Currency.POINTS
    return {"zh": f"{amount} 积分" if points else amount, "en": f"{amount} points" if points else amount}


def _elsewhere(packet: Packet) -> Account:
    return SUSPENSE if packet.currency is Currency.CNY else ISSUED
