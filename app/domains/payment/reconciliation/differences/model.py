"""A difference: found by comparing, taken in hand by one of the staff, put right by a transfer of the ledger.

open ── taken in hand ──> taken ── put right, a small sum ──────────────────> resolved
                            │ ^                                                   ^
                            v │ declined                                          │
                          proposed (a large sum) ── approved by somebody else ────┘

open, taken, proposed ── found alike when the day is compared anew ──> resolved, as having come right by itself

A resolution is itself a transfer between our money at the gateway and where the difference belongs; only where no money
is missing or too much is it none, with a reason.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domains.payment.ledger.model import (
    GATEWAY,
    LOSSES,
    SUSPENSE,
    Account,
    TransferKind,
    Wanted,
    credit,
    debit,
    wallet,
)
from app.domains.payment.reconciliation.differences.errors import (
    DifferenceChanged,
    DifferenceMovesMoney,
    DifferenceMovesNothing,
    DifferenceNeedsAnother,
    DifferenceNotYours,
    DifferencePayerUnknown,
)
from app.domains.payment.reconciliation.matching.model import Booked, EntryKind, Finding, What

# From this amount on somebody else has to approve.
TWO_PAIRS_FROM = 100_000
_OURS = re.compile(r"[0-9A-Za-z-]{1,40}")


class DifferenceState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    PROPOSED = "proposed"
    RESOLVED = "resolved"


UNRESOLVED = (DifferenceState.OPEN, DifferenceState.TAKEN, DifferenceState.PROPOSED)


class Remedy(StrEnum):
    """Where the gap goes. `NONE`: no money moves. `CAME_RIGHT`: both sides are alike by now."""

    SUSPENSE = "suspense"
    LOSSES = "losses"
    WALLET = "wallet"
    NONE = "none"
    CAME_RIGHT = "came_right"


@dataclass(frozen=True, slots=True)
class Resolution:
    """`by` is who put it right, `approved_by` who approved of it; `transfer` is the ledger's."""

    remedy: Remedy
    reason: str
    by: str
    at: datetime
    transfer: str | None = None
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """`gap`: by how many fen the gateway has more of our money than our books say. What each side says is kept as it
    was found; `ours_*` are None when our books know nothing of the reference. `times`: how often this reference was
    put right before.
    """

    day: date
    what: What
    kind: EntryKind
    reference: str
    gap: int
    found_at: datetime
    theirs_fen: int | None = None
    theirs_state: str | None = None
    gateway_id: str | None = None
    ours_fen: int | None = None
    ours_state: Booked | None = None
    citizen: str | None = None
    times: int = 0
    state: DifferenceState = DifferenceState.OPEN
    owner: str | None = None
    taken_at: datetime | None = None
    resolution: Resolution | None = None

    @property
    def id(self) -> str:
        return f"{self.day.isoformat()}:{self.kind.value}:{_short(self.reference)}:{self.times}"

    @property
    def needs_two(self) -> bool:
        return abs(self.gap) >= TWO_PAIRS_FROM

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """Which there are for it."""
        if self.gap == 0:
            return (Remedy.NONE,)
        to_the_payer = (Remedy.WALLET,) if self.gap > 0 and self.citizen else ()
        return (*to_the_payer, Remedy.SUSPENSE, Remedy.LOSSES)

    def taken(self, by: str, at: datetime) -> Difference:
        """In hand, also over from another. Raises DifferenceChanged."""
        if self.state not in (DifferenceState.OPEN, DifferenceState.TAKEN):
            raise DifferenceChanged
        return replace(self, state=DifferenceState.TAKEN, owner=by, taken_at=at)

    def resolved(self, remedy: Remedy, reason: str, by: str, at: datetime) -> Difference:
        """Put right, or proposed to be when it is a large sum. Raises DifferenceChanged, DifferenceNotYours, and as
        `_demand`.
        """
        if self.state is DifferenceState.RESOLVED or self.state is DifferenceState.PROPOSED:
            raise DifferenceChanged
        if self.owner != by:
            raise DifferenceNotYours
        self._demand(remedy)
        wanted = replace(self, resolution=Resolution(remedy, reason, by, at))
        if self.needs_two:
            return replace(wanted, state=DifferenceState.PROPOSED)
        return wanted._settled(None)

    def approved(self, by: str) -> Difference:
        """Raises DifferenceChanged, DifferenceNeedsAnother."""
        if self.state is not DifferenceState.PROPOSED or self.resolution is None:
            raise DifferenceChanged
        if by == self.resolution.by:
            raise DifferenceNeedsAnother
        return self._settled(by)

    def declined(self) -> Difference:
        """Back to who has it in hand. Raises DifferenceChanged."""
        if self.state is not DifferenceState.PROPOSED:
            raise DifferenceChanged
        return replace(self, state=DifferenceState.TAKEN, resolution=None)

    def came_right(self, by: str, at: datetime) -> Difference:
        right = Resolution(Remedy.CAME_RIGHT, "", by, at)
        return replace(self, state=DifferenceState.RESOLVED, resolution=right)

    @property
    def wanted(self) -> Wanted | None:
        """The transfer that puts it right; None where no money moves."""
        if self.resolution is None or self.gap == 0:
            return None
        target = self._target(self.resolution.remedy)
        if target is None:
            return None
        fen = abs(self.gap)
        lines = (
            (debit(GATEWAY, fen), credit(target, fen)) if self.gap > 0 else (debit(target, fen), credit(GATEWAY, fen))
        )
        return Wanted(self._key, TransferKind.CORRECTION, lines, self._key)

    @property
    def _key(self) -> str:
        return f"difference:{self.id}"

    def _settled(self, approved_by: str | None) -> Difference:
        assert self.resolution is not None
        wanted = self.wanted
        done = replace(self.resolution, transfer=wanted.id if wanted else None, approved_by=approved_by)
        return replace(self, state=DifferenceState.RESOLVED, resolution=done)

    def _target(self, remedy: Remedy) -> Account | None:
        if remedy is Remedy.WALLET:
            return wallet(self.citizen) if self.citizen else None
        return {Remedy.SUSPENSE: SUSPENSE, Remedy.LOSSES: LOSSES}.get(remedy)

    def _demand(self, remedy: Remedy) -> None:
        """Raises DifferenceMovesMoney, DifferenceMovesNothing, DifferencePayerUnknown."""
        if remedy in self.remedies:
            return
        if self.gap == 0:
            raise DifferenceMovesNothing
        raise DifferencePayerUnknown if remedy is Remedy.WALLET else DifferenceMovesMoney


def _short(reference: str) -> str:
    """Ours are UUIDs. What others invent may be anything, and an id stands in addresses."""
    if _OURS.fullmatch(reference):
        return reference
    return hashlib.sha256(reference.encode()).hexdigest()[:32]


def found(finding: Finding, day: date, at: datetime) -> Difference:
    """As it is noted on that day."""
    last = finding.theirs[-1] if finding.theirs else None
    ours = finding.ours
    return Difference(
        day=day,
        what=finding.what,
        kind=finding.kind,
        reference=finding.reference,
        gap=finding.gap,
        found_at=at,
        theirs_fen=sum(line.fen for line in finding.theirs) if last else None,
        theirs_state=last.state if last else None,
        gateway_id=last.gateway_id if last else None,
        ours_fen=ours.fen if ours else None,
        ours_state=ours.state if ours else None,
        citizen=ours.citizen if ours else None,
        times=finding.before,
    )
