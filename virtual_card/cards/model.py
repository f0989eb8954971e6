"""A virtual citizen card and its life.

active ── loss reported ──> suspended ── reinstated ──> active
active or suspended ── revoked ──> revoked          (final; a new card may be issued)
active or suspended, past valid_until: expired      (by the calendar; nothing needs to run)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from virtual_card.cards.errors import CardNotActive, CardNotSuspended

VALID_YEARS = 5


class CardState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


class CardKind(StrEnum):
    """A family card is the card of a minor or an elder, carried by a guardian too."""

    PERSONAL = "personal"
    MINOR = "minor"
    ELDER = "elder"


@dataclass(frozen=True, slots=True)
class CardEvent:
    """One line of a card's history. `actor` is who did it; `reason` a code, never free text about a person."""

    state: CardState
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Card:
    """`status_index` is the card's place in the status list for offline gates."""

    id: str
    number: str
    holder: str
    kind: CardKind
    state: CardState
    issued_at: datetime
    valid_until: date
    status_index: int
    history: tuple[CardEvent, ...]

    def state_on(self, day: date) -> CardState:
        """The state as of a civil day: a card past its last day is expired unless it was revoked."""
        if self.state is not CardState.REVOKED and day > self.valid_until:
            return CardState.EXPIRED
        return self.state

    def demand_active(self, day: date) -> None:
        """Raises CardNotActive."""
        if (state := self.state_on(day)) is not CardState.ACTIVE:
            raise CardNotActive(state=state.value)

    def suspended(self, day: date, event: CardEvent) -> Card:
        """Raises CardNotActive."""
        self.demand_active(day)
        return self._with(event)

    def reinstated(self, day: date, event: CardEvent) -> Card:
        """Raises CardNotSuspended."""
        if self.state_on(day) is not CardState.SUSPENDED:
            raise CardNotSuspended(state=self.state_on(day).value)
        return self._with(event)

    def revoked(self, event: CardEvent) -> Card:
        """Raises CardNotActive (it is revoked already)."""
        if self.state is CardState.REVOKED:
            raise CardNotActive(state=self.state.value)
        return self._with(event)

    def _with(self, event: CardEvent) -> Card:
        return replace(self, state=event.state, history=(*self.history, event))


@dataclass(frozen=True, slots=True)
class DeskAct:
    """What ops do to a card. `reason` is a code that the holder sees; `note` is what the desk wrote of it, kept sealed
    in the audit.
    """

    to: CardState
    reason: str
    note: str | None = None

    @property
    def event(self) -> str:
        """The event by which the holder is told."""
        return "card.reinstated" if self.to is CardState.ACTIVE else f"card.{self.to.value}"

    def change(self, card: Card, day: date, event: Callable[[CardState, str], CardEvent]) -> Card:
        """Raises CardNotActive, CardNotSuspended."""
        done = event(self.to, self.reason)
        match self.to:
            case CardState.SUSPENDED:
                return card.suspended(day, done)
            case CardState.ACTIVE:
                return card.reinstated(day, done)
            case _:
                return card.revoked(done)
