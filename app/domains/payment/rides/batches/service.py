"""Rides that were read without network: reported in batches, later, each answered by itself.

A report can be repeated: a ride is dropped when its reference or its code was reported before. Nobody is refused any
more, for he has ridden: what he cannot pay he owes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from app.core.clock import Clock, civil_day
from app.core.errors import BadInput, Outcome
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.viewer import Viewer
from app.domains.payment.rides.batches.model import Answered, BatchResult
from app.domains.payment.rides.charging.service import RideCharging
from app.domains.payment.rides.errors import RideBatchUnfit
from app.domains.payment.rides.fares.errors import LineUnknown
from app.domains.payment.rides.fares.model import FareRules
from app.domains.payment.rides.fares.service import FareService
from app.domains.payment.rides.model import AHEAD, OLDEST, Passenger, RideChannel, RideReport, ride_id
from app.domains.payment.rides.service import RideCodes, demand_operator
from app.domains.payment.rides.store import RideStore

MOST = 200  # as many as a list of the interface holds
_RIVALS = 4


class RideBatches:
    def __init__(
        self,
        db: Database,
        rides: RideStore,
        fares: FareService,
        codes: RideCodes,
        charging: RideCharging,
        clock: Clock,
    ) -> None:
        self._db = db
        self._rides = rides
        self._fares = fares
        self._codes = codes
        self._charging = charging
        self._clock = clock

    async def report(self, viewer: Viewer, reports: Sequence[RideReport]) -> list[Answered]:
        """In their order. Raises RideBatchUnfit, LiveModeOnly, Forbidden."""
        operator = demand_operator(viewer)
        if not 1 <= len(reports) <= MOST:
            raise RideBatchUnfit(MOST)
        return [await self._one(operator, report) for report in reports]

    async def _one(self, operator: str, report: RideReport) -> Answered:
        now = self._clock.now()
        try:
            report = report.checked()
        except BadInput:
            return Answered(report.reference, BatchResult.UNFIT)
        if not now - OLDEST <= report.at <= now + AHEAD:
            late = report.at < now
            return Answered(report.reference, BatchResult.TOO_OLD if late else BatchResult.TOO_EARLY)
        before = await self._before(operator, report)
        return before or await self._judged(operator, report)

    async def _before(self, operator: str, report: RideReport) -> Answered | None:
        found = await self._rides.get(ride_id(operator, report.reference))
        if found is None:
            return None
        same = found.is_of(report)
        return Answered(
            report.reference, BatchResult.REPEATED if same else BatchResult.CONFLICT, found if same else None
        )

    async def _judged(self, operator: str, report: RideReport) -> Answered:
        try:
            rules = await self._fares.in_force(operator, report.line, civil_day(report.at))
        except LineUnknown:
            return Answered(report.reference, BatchResult.LINE_UNKNOWN)
        try:
            passenger, barred = await self._codes.read(report.code, report.at)
        except Outcome:
            return Answered(report.reference, BatchResult.CODE_INVALID)
        if barred:
            return Answered(report.reference, BatchResult.BARRED)
        return await self._taken(rules, passenger, report)

    async def _taken(self, rules: FareRules, passenger: Passenger, report: RideReport) -> Answered:
        async def work(tx: Tx) -> Answered:
            ride = ride_id(rules.operator, report.reference)
            if not await self._rides.use_code(passenger.code or ride, ride, report.at, tx):
                return Answered(report.reference, BatchResult.DOUBLE)
            done = await self._charging.charge(rules, passenger, report, RideChannel.OFFLINE, tx)
            return Answered(report.reference, BatchResult.TAKEN, done)

        for _ in range(_RIVALS):
            with suppress(DuplicateKey):  # the same report at the same moment, or another ride of this passenger
                return await self._db.transaction(work)
            if (before := await self._before(rules.operator, report)) is not None:
                return before
        return await self._db.transaction(work)
