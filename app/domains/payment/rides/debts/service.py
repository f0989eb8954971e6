"""Rides that are owed: collected when money comes, by the clock, or when their passenger asks for it; borne by the city
when their passenger is not there any more.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.events import Event
from app.core.money import Money
from app.core.mongo import Database, Tx, is_unreachable
from app.core.traces import frames_of
from app.core.viewer import Viewer
from app.domains.payment.rides.charging.service import LOOK_AGAIN, RideCharging
from app.domains.payment.rides.errors import RidesStillOwed
from app.domains.payment.rides.model import Ride
from app.domains.payment.rides.store import RideStore

log = structlog.get_logger()
_AT_ONCE = 100
_MOST = 200
# Money has come to a wallet: what is owed can be paid.
COMES_BY = frozenset({"wallet.topped_up"})


@dataclass(frozen=True, slots=True)
class Owed:
    """How many rides are owed, and what they cost together, in fen."""

    rides: int
    fen: int


class RideDebts:
    def __init__(self, db: Database, rides: RideStore, charging: RideCharging, clock: Clock) -> None:
        self._db = db
        self._rides = rides
        self._charging = charging
        self._clock = clock

    async def mine(self, viewer: Viewer) -> Owed:
        return await self.of(viewer.citizen())

    async def of(self, citizen: str) -> Owed:
        found = await self._rides.owed(citizen, _MOST)
        return Owed(len(found), sum(ride.fare.fen for ride in found))

    async def owes(self, citizen: str, tx: Tx | None = None) -> bool:
        return await self._rides.owed_count(citizen, 1, tx) > 0

    async def settle(self, viewer: Viewer) -> int:
        """Pay all of them now, or as many as can be; how many were paid. Repeating is safe. Raises RidesStillOwed."""
        citizen = viewer.self_only()
        paid = await self.collect(citizen)
        left = await self.of(citizen)
        if left.rides:
            raise RidesStillOwed(left.rides, Money(left.fen))
        return paid

    async def collect(self, citizen: str) -> int:
        """How many were paid, the oldest first, until there is nothing to pay with."""
        paid = 0
        for ride in await self._rides.owed(citizen, _MOST):
            if not await self._pay(ride):
                break
            paid += 1
        return paid

    async def look(self) -> int:
        """Of all whose turn it is. Safe to run anywhere at any time."""
        paid = 0
        while debtors := await self._rides.debtors(self._clock.now(), _AT_ONCE):
            for citizen in debtors:
                paid += await self._collected(citizen)
                await self._rides.look_again(citizen, self._clock.now() + LOOK_AGAIN)
        return paid

    async def _collected(self, citizen: str) -> int:
        """One who cannot be looked at now does not keep the others waiting."""
        try:
            if await self._charging.gone(citizen):
                await self._bear(citizen)
                return 0
            return await self.collect(citizen)
        except Exception as error:
            if is_unreachable(error):
                raise
            log.error("rides.not_collected", traceback=frames_of(error))
            return 0

    async def take(self, event: Event) -> None:
        """A consumer of the outbox."""
        if event.type in COMES_BY:
            await self.collect(event.citizen)

    async def _bear(self, citizen: str) -> None:
        for ride in await self._rides.owed(citizen, _MOST):

            async def work(tx: Tx, ride: Ride = ride) -> None:
                if await self._rides.bear(ride, tx):
                    await self._charging.bear(ride, tx)

            await self._db.transaction(work)
            log.warning("ride.borne", ride=ride.id)

    async def _pay(self, ride: Ride) -> bool:
        async def work(tx: Tx) -> bool:
            payment = await self._charging.pay(ride, tx)
            if payment is None:
                return False
            if not await self._rides.pay(ride, payment, tx):
                raise _PaidMeanwhile
            return True

        try:
            return await self._db.transaction(work)
        except _PaidMeanwhile:
            return True
        except Outcome:
            return False


class _PaidMeanwhile(Exception):
    """Rolls back what was about to be paid twice."""
