"""OpenTelemetry traces, when an endpoint is set and the `otel` extra is installed: one span a request."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from app.settings import Settings


def instrumented(app: Starlette, settings: Settings) -> Starlette:
    if settings.otlp_endpoint is not None:
        app.add_middleware(Spans, tracer=_tracer(str(settings.otlp_endpoint)))
    return app


class Spans:
    """Names the span by method and endpoint; carries no query, no header, no body."""

    def __init__(self, app: ASGIApp, tracer: Any) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._tracer.start_as_current_span(f"{scope['method']} /{scope['path'].split('/')[1]}"):
            await self._app(scope, receive, send)


def _tracer(endpoint: str) -> Any:
    # An optional dependency, imported only where it was asked for.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": "rong"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return provider.get_tracer("rong")
