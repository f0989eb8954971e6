"""A licence and its life.

active ── suspended by its issuer ──> suspended ── reinstated ──> active
active or suspended ── a newer one of the kind ──> replaced      (final)
active or suspended ── revoked ──> revoked                       (final)
active or suspended, past valid_until: expired                   (by the calendar; nothing needs to run)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from virtual_card.licences.errors import LicenceNotActive, LicenceNotSuspended

LONGEST_FACT = 300


class LicenceState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REPLACED = "replaced"
    EXPIRED = "expired"


_OVER = (LicenceState.REVOKED, LicenceState.REPLACED)


class LicencePurpose(StrEnum):
    """What a licence is shown for; it decides what whoever looks is told."""

    SERVICE_HALL = "service_hall"
    INSPECTION = "inspection"
    HOSPITAL = "hospital"
    BENEFIT = "benefit"


@dataclass(frozen=True, slots=True)
class LicenceEvent:
    """One line of its history. `actor` is who did it; `reason` a code, never free text about a person."""

    state: LicenceState
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be issued to whom. `facts` are those that the issuer gives, by the kind's fields; who the holder is
    the city fills in. `source` is `application:ID`, by which it is issued once; None at the desk.
    """

    holder: str
    kind: str
    issuer: str
    facts: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """`facts` stand on it as they were when it was issued; empty when its holder was erased. `issuer` is the code of
    the unit. `status_index` is its place in the status list, `subject` the name (a keyed hash) of what it is about.
    """

    id: str
    number: str
    kind: str
    holder: str
    issuer: str
    facts: Mapping[str, str]
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    state: LicenceState
    source: str | None
    subject: str
    status_index: int
    history: tuple[LicenceEvent, ...]

    @property
    def live(self) -> bool:
        """Whether it stands in the way of another of its kind."""
        return self.state not in _OVER

    def state_on(self, day: date) -> LicenceState:
        """The state as of a civil day: past its last day it is expired, unless it was over before."""
        if self.live and self.valid_until is not None and day > self.valid_until:
            return LicenceState.EXPIRED
        return self.state

    def demand_active(self, day: date) -> None:
        """Raises LicenceNotActive."""
        state = self.state_on(day)
        if state is not LicenceState.ACTIVE or day < self.valid_from:
            raise LicenceNotActive(state=state.value)

    def changed(self, event: LicenceEvent, day: date) -> Licence:
        """Into the state of the event. Raises LicenceNotActive, LicenceNotSuspended."""
        match event.state:
            case LicenceState.SUSPENDED:
                self.demand_active(day)
            case LicenceState.ACTIVE if self.state_on(day) is not LicenceState.SUSPENDED:
                raise LicenceNotSuspended(state=self.state_on(day).value)
            case LicenceState.REVOKED | LicenceState.REPLACED if not self.live:
                raise LicenceNotActive(state=self.state.value)
        return replace(self, state=event.state, history=(*self.history, event))


@dataclass(frozen=True, slots=True)
class DeskAct:
    """What ops do to a licence. `reason` is a code that the holder sees; `note` is kept sealed in the audit."""

    to: LicenceState
    reason: str
    note: str | None = None

    @property
    def event(self) -> str:
        """By which the holder is told."""
        return "licence.reinstated" if self.to is LicenceState.ACTIVE else f"licence.{self.to.value}"
