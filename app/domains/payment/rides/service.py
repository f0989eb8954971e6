"""Reporting a ride while it begins, and reading rides: one's own, and an operator's."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.collecting.errors import LiveModeOnly
from app.domains.payment.rides.charging.service import RideCharging
from app.domains.payment.rides.errors import RideConflict, RideRefused
from app.domains.payment.rides.fares.service import FareService
from app.domains.payment.rides.model import MOST_OWED, Passenger, Ride, RideChannel, RideReport, RideState, ride_id
from app.domains.payment.rides.store import RideStore

SCOPE = "rides"
_ID = TypeAdapter(str)


class RideCodes(Protocol):
    """Fulfilled by the card's codes."""

    async def take(self, viewer: Viewer, code: str, tx: Tx) -> Passenger:
        """Accept an online code of purpose transit, once. Raises CodeMalformed, CodeUnknown, CodeUsed, CodeExpired,
        CodeForOtherPurpose, CardNotActive, Forbidden.
        """
        ...

    async def read(self, code: str, at: datetime) -> tuple[Passenger, bool]:
        """An offline code as of when it was read, and whether its card was barred by then. Raises the outcomes of
        offline codes, CodeUnknown.
        """
        ...


class RideService:
    def __init__(
        self,
        rides: RideStore,
        fares: FareService,
        codes: RideCodes,
        charging: RideCharging,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._rides = rides
        self._fares = fares
        self._codes = codes
        self._charging = charging
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def report(self, viewer: Viewer, reference: str, line: str, code: str, metres: int | None, key: str) -> Ride:
        """A ride that begins now (or ends now, where the fare asks for the distance).

        Raises what a code can be refused with, LineUnknown, RideRefused, RideConflict, LiveModeOnly,
        IdempotencyConflict, Forbidden.
        """
        operator = demand_operator(viewer)
        call = Call.of(viewer, "reportRide", key, reference, line, code, metres)

        async def work(tx: Tx) -> str:
            report = RideReport(reference, line, code, self._clock.now(), metres).checked()
            before = await self._rides.get(ride_id(operator, reference), tx)
            if before is not None:
                return demand_same(before, report).id
            rules = await self._fares.in_force(operator, line, civil_day(report.at), tx)
            passenger = await self._codes.take(viewer, code, tx)
            if await self._rides.owed_count(passenger.citizen, MOST_OWED, tx) >= MOST_OWED:
                raise RideRefused
            return (await self._charging.charge(rules, passenger, report, RideChannel.ONLINE, tx)).id

        return await self._there(await self._idempotency.once(call, _ID, work))

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Ride]:
        """Newest first."""
        return await self._rides.of_citizen(viewer.citizen(), request)

    async def one(self, viewer: Viewer, ride: str) -> Ride | None:
        found = await self._rides.get(ride)
        return found if found is not None and found.citizen == viewer.citizen() else None

    async def carried(self, viewer: Viewer, request: PageRequest) -> Page[Ride]:
        """Of the viewer's own lines, newest first."""
        return await self._rides.of_operator(viewer.provider(SCOPE), request)

    async def of_operator(self, operator: str, request: PageRequest, state: RideState | None = None) -> Page[Ride]:
        """For the desk."""
        if state is None:
            return await self._rides.of_operator(operator, request)
        return await self._rides.in_state(operator, state, request)

    async def borne(self, request: PageRequest) -> Page[Ride]:
        """For the desk: what the city bears, its passengers being gone, of all operators."""
        return await self._rides.borne(request)

    async def any(self, ride: str) -> Ride | None:
        """For the desk."""
        return await self._rides.get(ride)

    async def _there(self, ride: str) -> Ride:
        found = await self._rides.get(ride)
        assert found is not None
        return found


def demand_operator(viewer: Viewer) -> str:
    """Raises Unauthenticated, Forbidden (scope), LiveModeOnly: what is charged is real."""
    operator = viewer.provider(SCOPE)
    if viewer.test_mode:
        raise LiveModeOnly
    return operator


def demand_same(before: Ride, report: RideReport) -> Ride:
    """Raises RideConflict."""
    if not before.is_of(report):
        raise RideConflict
    return before
