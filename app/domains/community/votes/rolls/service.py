"""How large each home of an estate is, as its committee enters it from the register."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.community.estates.model import Home, door
from app.domains.community.estates.service import EstateService
from app.domains.community.residents.store import ResidentStore
from app.domains.community.votes.errors import VoteInvalid, VoteUnderWay
from app.domains.community.votes.model import Share
from app.domains.community.votes.rolls.store import RollStore

_MOST_LINES, _MOST_AREA = 2_000, 1_000_000
_SHARE = TypeAdapter(Share)


class RollService:
    def __init__(
        self, rolls: RollStore, estates: EstateService, residents: ResidentStore, audit: Audit, once: Idempotency
    ) -> None:
        self._rolls = rolls
        self._estates = estates
        self._residents = residents
        self._audit = audit
        self._once = once

    async def enter(self, viewer: Viewer, estate: str, file: str, key: str) -> Share:
        """CSV: building, room, area (square metres, two places); homes that the estate has. All of it now. Raises
        EstateUnknown, HomeUnknown, VoteInvalid, VoteUnderWay, IdempotencyConflict.
        """
        wanted = _read(estate, file)

        async def work(tx: Tx) -> Share:
            await self._estates.managed(viewer, estate, tx=tx)
            if await self._rolls.under_way(estate, tx):
                raise VoteUnderWay
            areas = {}
            for home, area in wanted.items():
                known = await self._estates.home(estate, home.building, home.room, tx)
                areas[self._residents.household_of(known)] = area
            await self._rolls.save(estate, areas, tx)
            await self._audit.record(viewer, "home_areas.entered", estate, tx, homes=len(areas))
            return await self._rolls.total(estate, tx)

        return await self._once.once(Call.of(viewer, "enterHomeAreas", key, estate, file), _SHARE, work)

    async def home_ended(self, household: str, tx: Tx) -> None:
        """Fulfils `residents.doors.service.OfHomes`."""
        await self._rolls.forget(household, tx)

    async def home_renamed(self, household: str, now: Home, to: str, tx: Tx) -> None:
        await self._rolls.rename(household, to, tx)


def _read(estate: str, file: str) -> Mapping[Home, int]:
    """Raises VoteInvalid."""
    found: dict[Home, int] = {}
    for number, line in enumerate(_lines(file), start=2):
        building, room = door(line.get("building") or ""), door(line.get("room") or "")
        area = _area(line.get("area") or "")
        if building is None or room is None or area is None or number > _MOST_LINES:
            raise VoteInvalid(f"line {number}")
        found[Home(estate, building, room)] = area
    if not found:
        raise VoteInvalid("file")
    return found


def _lines(file: str) -> Iterator[dict[str, str | None]]:
    """Raises VoteInvalid: it is no CSV."""
    try:
        yield from csv.DictReader(io.StringIO(file, newline=""))
    except csv.Error:
        raise VoteInvalid("file") from None


def _area(text: str) -> int | None:
    try:
        hundredths = Decimal(text.strip()) * 100
    except ArithmeticError:  # no number, or one beyond all numbers
        return None
    fine = hundredths.is_finite() and hundredths == hundredths.to_integral_value() and 0 < hundredths <= _MOST_AREA
    return int(hundredths) if fine else None
