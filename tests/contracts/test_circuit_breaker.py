"""The circuit breaker by itself, on a clock that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.gateways.breaker import CircuitBreaker, CircuitOpen, CircuitState


@dataclass
class Hand:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def breaker(hand: Hand) -> CircuitBreaker:
    return CircuitBreaker(threshold=3, rest=10, monotonic=hand)


def fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        breaker.admit()
        breaker.failed()


def test_it_stays_closed_below_the_threshold(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    breaker.admit()
    assert breaker.state is CircuitState.CLOSED


def test_a_success_starts_the_count_anew(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.state is CircuitState.CLOSED


def test_it_opens_at_the_threshold(breaker: CircuitBreaker) -> None:
    fail(breaker, 3)
    with pytest.raises(CircuitOpen):
        breaker.admit()


def test_after_its_rest_one_call_and_no_more_may_try(breaker: CircuitBreaker, hand: Hand) -> None:
    fail(breaker, 3)
    hand.seconds = 10
    assert breaker.state is CircuitState.HALF_OPEN
    breaker.admit()
    with pytest.raises(CircuitOpen):
        breaker.admit()


def test_a_trial_that_succeeds_closes_it(breaker: CircuitBreaker, hand: Hand) -> None:
    fail(breaker, 3)
    hand.seconds = 10
    breaker.admit()
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.state is CircuitState.CLOSED


def test_a_trial_that_fails_opens_it_for_another_rest(breaker: CircuitBreaker, hand: Hand) -> None:
    fail(breaker, 3)
    hand.seconds = 10
    fail(breaker, 1)
    hand.seconds = 19.9
    assert breaker.state is CircuitState.OPEN
    hand.seconds = 20
    assert breaker.state is CircuitState.HALF_OPEN


def test_a_trial_that_never_reports_back_does_not_keep_it_open_for_ever(breaker: CircuitBreaker, hand: Hand) -> None:
    fail(breaker, 3)
    hand.seconds = 10
    breaker.admit()
    hand.seconds = 20
    breaker.admit()
