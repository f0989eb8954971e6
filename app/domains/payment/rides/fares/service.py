"""Rules of fares: the desk writes them, everybody may read them, and what is in force is not changed any more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import BadInput
from app.core.mongo import Database, Tx
from app.core.viewer import Viewer
from app.domains.payment.rides.fares.errors import FareInForce, FareUnknown, LineUnknown
from app.domains.payment.rides.fares.model import FareRules
from app.domains.payment.rides.fares.store import FareStore

_LINE = re.compile(r"[A-Za-z0-9-]{1,20}")
_MOST_FEN, _MOST_METRES = 100_000, 500_000
_LONGEST_WAIT = timedelta(hours=4)


class FareService:
    def __init__(self, db: Database, fares: FareStore, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._fares = fares
        self._audit = audit
        self._clock = clock

    async def in_force(self, operator: str, line: str, day: date, tx: Tx | None = None) -> FareRules:
        """Raises LineUnknown."""
        found = await self._fares.in_force(operator, line, day, tx)
        if found is None:
            raise LineUnknown
        return found

    async def today(self, operator: str | None = None) -> list[FareRules]:
        """The rules of each line that are in force today."""
        return newest_of(await self._fares.all(operator), civil_day(self._clock.now()))

    async def all(self, operator: str | None = None) -> list[FareRules]:
        """Of all days, by line, the newest first: for the desk."""
        return await self._fares.all(operator)

    async def one(self, fare: str) -> FareRules | None:
        return await self._fares.get(fare)

    async def names(self) -> dict[tuple[str, str], FareRules]:
        """The newest rules of each line, which say what it is called."""
        return {(one.operator, one.line): one for one in reversed(await self._fares.all())}

    async def put(self, viewer: Viewer, rules: FareRules, reason: str | None = None) -> FareRules:
        """From tomorrow on at the earliest; the first of a line may be in force at once. Repeating is safe.

        Raises FareInForce, BadInput.
        """
        checked(rules)
        today = civil_day(self._clock.now())

        async def work(tx: Tx) -> None:
            same = await self._fares.get(rules.id, tx)
            if same == rules:
                return
            if rules.from_day <= today and await self._fares.in_force(rules.operator, rules.line, today, tx):
                raise FareInForce
            await self._fares.put(rules, tx)
            await self._audit.record(viewer, "fare.put", rules.id, tx, reason=reason, base=rules.base)

        await self._db.transaction(work)
        return rules

    async def drop(self, viewer: Viewer, fare: str, reason: str | None = None) -> None:
        """Rules whose day has not come. Raises FareUnknown, FareInForce."""

        async def work(tx: Tx) -> None:
            found = await self._fares.get(fare, tx)
            if found is None:
                raise FareUnknown
            if found.from_day <= civil_day(self._clock.now()):
                raise FareInForce
            await self._fares.drop(fare, tx)
            await self._audit.record(viewer, "fare.dropped", fare, tx, reason=reason)

        await self._db.transaction(work)


def newest_of(rules: Iterable[FareRules], day: date) -> list[FareRules]:
    """Of each line those in force on that day; `rules` come by line, the newest first."""
    found: dict[tuple[str, str], FareRules] = {}
    for one in rules:
        if one.from_day <= day:
            found.setdefault((one.operator, one.line), one)
    return list(found.values())


def checked(rules: FareRules) -> None:
    """Raises BadInput."""
    amounts = ("base", "step", "most", "transfer_off", "day_cap")
    wrong = [name for name in amounts if not 0 <= getattr(rules, name) <= _MOST_FEN]
    wrong += [name for name in ("base_metres", "step_metres") if not 0 <= getattr(rules, name) <= _MOST_METRES]
    wrong += [name for name in ("senior", "minor") if not 0 <= getattr(rules, name) <= 100]
    if not _LINE.fullmatch(rules.line):
        wrong.append("line")
    if not 1 <= len(rules.name.zh) <= 40 or len(rules.name.en) > 80:
        wrong.append("name")
    if not timedelta() <= rules.transfer_within <= _LONGEST_WAIT:
        wrong.append("transfer_within")
    if bool(rules.step) is not bool(rules.step_metres):
        wrong.append("step_metres")
    if wrong:
        raise BadInput(field=wrong[0])
