"""Cases against their servers, in turns: A B C, A B C. What makes the machine slow then makes all of them slow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.cases import Case
from benchmarks.client import Driven, drive
from benchmarks.server import Server

_WARM_S = 0.3


@dataclass(slots=True)
class Measured:
    """Medians over the rounds; times in ms."""

    case: Case
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median(self.rates)

    @property
    def cpu(self) -> float:
        return median(self.cpu_ms)

    def against(self, other: Measured) -> float:
        """How many times the other's CPU a request costs; the median of the rounds' own ratios."""
        return median(mine / its for mine, its in zip(self.cpu_ms, other.cpu_ms, strict=True))


async def measure(
    cases: Sequence[Case], servers: dict[str, Server], *, rounds: int, seconds: float, connections: int
) -> dict[str, Measured]:
    measured = {case.name: Measured(case) for case in cases}
    for case in cases:
        await _once(case, servers[case.app], _WARM_S, connections)
    for _ in range(rounds):
        for case in cases:
            _note(measured[case.name], *await _once(case, servers[case.app], seconds, connections))
    return measured


async def _once(case: Case, server: Server, seconds: float, connections: int) -> tuple[Driven, float]:
    """What came back, and the server's CPU for each answer, in ms."""
    before = await server.figures()
    driven = await drive(server.port, case.requests(), case.wanted, connections=connections, seconds=seconds)
    after = await server.figures()
    # The answers after the bell cost CPU too: one for each connection.
    return driven, (after.cpu_s - before.cpu_s) / (len(driven.latencies) + connections) * 1000


def _note(measured: Measured, driven: Driven, cpu: float) -> None:
    measured.rates.append(driven.rate)
    measured.cpu_ms.append(cpu)
    measured.p50.append(driven.at(0.5))
    measured.p99.append(driven.at(0.99))
