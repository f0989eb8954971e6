"""Any sequence of what can happen to a card, against a model of three lines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from virtual_card.cards.errors import CardNotActive, CardNotSuspended
from virtual_card.cards.model import Card, CardEvent, CardKind, CardState

ISSUED = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LAST = date(2026, 3, 31)


class CardLife(RuleBasedStateMachine):
    """The model: is it `lost`, is it `gone`, how often did it change, and which day is it."""

    @initialize()
    def issue(self) -> None:
        self.day = ISSUED.date()
        self.lost, self.gone, self.changes = False, False, 1
        first = self._event(CardState.ACTIVE)
        self.card = Card("c", "3501", "h", CardKind.PERSONAL, CardState.ACTIVE, ISSUED, LAST, 0, (first,))

    @rule(days=st.integers(0, 20))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def suspend(self) -> None:
        event = self._event(CardState.SUSPENDED)
        if self._expected() is CardState.ACTIVE:
            self._becomes(self.card.suspended(self.day, event), event)
            self.lost = True
        else:
            self._refused(lambda: self.card.suspended(self.day, event), CardNotActive)

    @rule()
    def reinstate(self) -> None:
        event = self._event(CardState.ACTIVE)
        if self._expected() is CardState.SUSPENDED:
            self._becomes(self.card.reinstated(self.day, event), event)
            self.lost = False
        else:
            self._refused(lambda: self.card.reinstated(self.day, event), CardNotSuspended)

    @rule()
    def revoke(self) -> None:
        event = self._event(CardState.REVOKED)
        if not self.gone:
            self._becomes(self.card.revoked(event), event)
            self.gone = True
        else:
            self._refused(lambda: self.card.revoked(event), CardNotActive)

    @rule()
    def show(self) -> None:
        if self._expected() is CardState.ACTIVE:
            self.card.demand_active(self.day)
        else:
            self._refused(lambda: self.card.demand_active(self.day), CardNotActive)

    @invariant()
    def state_is_as_the_model_says(self) -> None:
        assert self.card.state_on(self.day) is self._expected()

    @invariant()
    def history_holds_each_change_once_and_in_order(self) -> None:
        history = self.card.history
        assert len(history) == self.changes
        assert history[-1].state is self.card.state
        assert [event.at for event in history] == sorted(event.at for event in history)

    def _expected(self) -> CardState:
        if self.gone:
            return CardState.REVOKED
        if self.day > LAST:
            return CardState.EXPIRED
        return CardState.SUSPENDED if self.lost else CardState.ACTIVE

    def _becomes(self, changed: Card, event: CardEvent) -> None:
        assert changed.history == (*self.card.history, event)
        assert (changed.id, changed.number, changed.holder, changed.valid_until) == ("c", "3501", "h", LAST)
        self.card, self.changes = changed, self.changes + 1

    def _refused(self, attempt: object, reason: type[CardNotActive] | type[CardNotSuspended]) -> None:
        assert callable(attempt)
        before = self.card
        try:
            attempt()
        except reason as refused:
            assert refused.state == self._expected().value  # noqa: PT017  (a rule of hypothesis, not a test)
        else:
            raise AssertionError("it was not refused")
        assert self.card == before

    def _event(self, state: CardState) -> CardEvent:
        at = datetime(self.day.year, self.day.month, self.day.day, 8, tzinfo=UTC)
        return CardEvent(state, at, "actor", "reason")


CardLife.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestCardLife = CardLife.TestCase
