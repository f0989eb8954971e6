"""A gate that is back tells what it let in. Each entry is judged as of when the code was read: who lived there then,
which card was barred then, which pass revoked. What should not have come in is entered all the same, with what was
found of it, and whoever made the pass is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.community.estates.gates.errors import GateUnknown
from app.domains.community.estates.gates.model import Gate
from app.domains.community.estates.gates.service import GateService
from app.domains.community.estates.model import Estate
from app.domains.community.estates.service import EstateService
from app.domains.community.gates.errors import EntryReportUnfit
from app.domains.community.gates.lists.service import ListService
from app.domains.community.gates.log.store import LogStore
from app.domains.community.gates.model import (
    CLOCK_LEEWAY,
    MOST_REPORTED,
    ODD,
    REPORTED_WITHIN,
    Answered,
    Entry,
    Finding,
    Reported,
    Way,
)
from app.domains.community.residents.errors import NotResident
from app.domains.community.residents.service import ResidentService
from app.domains.community.visitors import offline
from app.domains.community.visitors.model import VisitorPass
from app.domains.community.visitors.store import PassStore
from virtual_card.cards.model import Card, CardState
from virtual_card.codes.model import Purpose
from virtual_card.codes.service import CodeService

_RIVALS = 4
_LONGEST_REFERENCE = 64


@dataclass(frozen=True, slots=True)
class Telling:
    """Who tells, at which gate, and by how much its clock is behind."""

    viewer: Viewer
    estate: Estate
    gate: Gate
    off: timedelta


class ReportingService:
    def __init__(
        self,
        db: Database,
        gates: GateService,
        log: LogStore,
        estates: EstateService,
        passes: PassStore,
        residents: ResidentService,
        lists: ListService,
        codes: CodeService,
        outbox: Outbox,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._gates = gates
        self._log = log
        self._estates = estates
        self._passes = passes
        self._residents = residents
        self._lists = lists
        self._codes = codes
        self._outbox = outbox
        self._audit = audit
        self._clock = clock

    async def report(
        self, viewer: Viewer, gate: str, entries: Sequence[Reported], sent_at: datetime | None = None
    ) -> list[Answered]:
        """In the order given; safe to repeat. `sent_at`: what the gate's clock says as it tells this; by how much it is
        off, its entries are put right. Raises GateUnknown, GateShut, EntryReportUnfit, Forbidden (scope).
        """
        there = await self._gates.at(viewer, gate)
        lengths = {len(one.reference) for one in entries}
        if not 1 <= len(entries) <= MOST_REPORTED or min(lengths) < 1 or max(lengths) > _LONGEST_REFERENCE:
            raise EntryReportUnfit(MOST_REPORTED)
        estate = await self._estates.one(there.estate)
        if estate is None:
            raise GateUnknown
        told = Telling(viewer, estate, there, _off(sent_at, self._clock.now()))
        before = await self._log.reported(there.id, [one.mark for one in entries])
        found = [Finding.REPEATED if one.mark in before else await self._judged(told, one) for one in entries]
        return [Answered(one.reference, finding) for one, finding in zip(entries, found, strict=True)]

    async def _judged(self, told: Telling, one: Reported) -> Finding:
        for _ in range(_RIVALS):
            try:
                return await self._db.transaction(lambda tx: self._taken(told, one, tx))
            except DuplicateKey:  # the same batch is taken elsewhere at this moment, or the same code: look again
                if await self._log.reported(told.gate.id, [one.mark]):
                    return Finding.REPEATED
        return await self._db.transaction(lambda tx: self._taken(told, one, tx))

    async def _taken(self, told: Telling, one: Reported, tx: Tx) -> Finding:
        now, at = self._clock.now(), one.at + told.off
        if at > now + CLOCK_LEEWAY:
            finding = Finding.AHEAD
        elif now - at > REPORTED_WITHIN:
            finding = Finding.LATE
        elif offline.is_one(one.code):
            finding = await self._visitor(told, one, at, now, tx)
        else:
            finding = await self._resident(told, one, at, now, tx)
        await self._log.note_report(told.gate.id, one.mark, finding, now, tx)
        facts = {"finding": finding.value}
        await self._audit.record(told.viewer, "gate.reported", told.gate.id, tx, **facts)
        return finding

    async def _visitor(self, told: Telling, one: Reported, at: datetime, now: datetime, tx: Tx) -> Finding:
        try:
            # As the gate read it: by its own clock.
            claims = offline.open_(one.code, self._lists.trusted_at(at), one.at)
        except Outcome:
            return Finding.FORGED
        gate, estate = told.gate, told.estate
        found = await self._passes.get(claims.pass_id, tx)
        if found is None or claims.estate != gate.estate:
            return Finding.ERASED if found is None else Finding.FORGED
        again = await self._log.entered(claims.entry, tx) is not None
        finding = Finding.DOUBLE if again else _found(found, at)
        id_ = f"{claims.entry}:{gate.code}:{one.mark}" if again else claims.entry
        place = (id_, gate.estate, gate.code, Way.VISITOR, at, now, found.citizen, found.household, found.id)
        await self._passes.note_used(found.id, now, tx)
        await self._log.enter(Entry(*place, offline=True, finding=finding), estate.rules.log_days, tx)
        if finding in ODD:
            await self._outbox.add("visitor.misused", found.citizen, tx, visitor=found.id)
        return finding

    async def _resident(self, told: Telling, one: Reported, at: datetime, now: datetime, tx: Tx) -> Finding:
        try:
            genuine = await self._codes.genuine(one.code, Purpose.GATE, one.at)
        except Outcome:
            return Finding.FORGED
        gate, estate, holder, household = told.gate, told.estate, genuine.card.holder, None
        finding = Finding.BARRED if _barred(genuine.card, at) else Finding.FINE
        try:
            household = (await self._residents.lived_at(holder, gate.estate, at, tx)).household
        except NotResident:
            finding = Finding.NOT_RESIDENT
        id_ = f"card:{genuine.id}"
        if await self._log.entered(id_, tx) is not None:
            finding, id_ = Finding.DOUBLE, f"{id_}:{gate.code}:{one.mark}"
        entry = Entry(id_, gate.estate, gate.code, Way.CARD, at, now, holder, household, None, True, False, finding)
        await self._log.enter(entry, estate.rules.log_days, tx)
        return finding


def _off(sent_at: datetime | None, now: datetime) -> timedelta:
    """By how much a gate's clock is behind. What is within the leeway may be the way here."""
    off = now - sent_at if sent_at is not None else timedelta()
    return off if abs(off) > CLOCK_LEEWAY / 4 else timedelta()


def _barred(card: Card, at: datetime) -> bool:
    """At that moment: it may have been found again since."""
    before = [step.state for step in card.history if step.at <= at]
    return bool(before) and before[-1] is not CardState.ACTIVE


def _found(one: VisitorPass, at: datetime) -> Finding:
    if one.revoked_at is not None and one.revoked_at <= at:
        return Finding.REVOKED
    return Finding.OVERUSED if one.used >= one.entries else Finding.FINE
