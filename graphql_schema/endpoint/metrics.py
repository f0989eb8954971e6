"""Counters of the transport: operations by name and outcome, errors by code, how long answers take, open streams.

Only names of trusted documents become labels; what a caller makes up is counted as "free" or "none".
"""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Made once a process; each endpoint takes its own view by `of("citizen")`."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.requests = Counter(
            "rong_graphql_requests", "Operations answered", ("schema", "operation", "outcome"), registry=registry
        )
        self.errors = Counter("rong_graphql_errors", "Errors told, by code", ("schema", "code"), registry=registry)
        self.seconds = Histogram(
            "rong_graphql_seconds",
            "Time to answer a query or mutation",
            ("schema", "operation"),
            registry=registry,
            buckets=_SECONDS,
        )
        self.streams = Gauge("rong_graphql_streams", "Open subscriptions", ("schema",), registry=registry)

    def of(self, schema: str) -> SchemaMetrics:
        return SchemaMetrics(self, schema)


class SchemaMetrics:
    """Finding a labelled child costs more than counting, so children are kept."""

    def __init__(self, metrics: Metrics, schema: str) -> None:
        self._count = lru_cache(maxsize=None)(
            lambda operation, outcome: metrics.requests.labels(schema, operation, outcome).inc
        )
        self._time = lru_cache(maxsize=None)(lambda operation: metrics.seconds.labels(schema, operation).observe)
        self._code = lru_cache(maxsize=None)(lambda code: metrics.errors.labels(schema, code).inc)
        self.streams = metrics.streams.labels(schema)

    def answered(self, operation: str, codes: tuple[str, ...], seconds: float) -> None:
        self.counted(operation, codes)
        self._time(operation)(seconds)

    def counted(self, operation: str, codes: tuple[str, ...]) -> None:
        self._count(operation, "error" if codes else "ok")()
        for code in codes:
            self._code(code)()
