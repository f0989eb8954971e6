"""A circuit breaker: after enough failures in a row nobody waits for a dead system; now and then one call tries again.

Written here because what PyPI has is either unmaintained (aiobreaker), tied to a store (purgatory), or lets every
waiting call through at once when it half opens (circuitbreaker).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum


class CircuitState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitOpen(Exception):
    """The system failed too often of late; it was not called."""


class CircuitBreaker:
    """Opens after `threshold` failures in a row; after `rest` seconds one call may try, and decides.

    A trial that never reports back (its task was cancelled) is given up after another `rest`.
    """

    def __init__(
        self, *, threshold: int = 5, rest: float = 10.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._threshold = threshold
        self._rest = rest
        self._monotonic = monotonic
        self._failures = 0
        self._open_until: float | None = None

    @property
    def state(self) -> CircuitState:
        if self._open_until is None:
            return CircuitState.CLOSED
        rested = self._monotonic() >= self._open_until
        return CircuitState.HALF_OPEN if rested else CircuitState.OPEN

    def admit(self) -> None:
        """Ask before each call. Raises CircuitOpen."""
        state = self.state
        if state is CircuitState.OPEN:
            raise CircuitOpen
        if state is CircuitState.HALF_OPEN:
            self._open()  # for everybody but this one call

    def succeeded(self) -> None:
        self._failures = 0
        self._open_until = None

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= self._threshold:
            self._open()

    def _open(self) -> None:
        self._open_until = self._monotonic() + self._rest
