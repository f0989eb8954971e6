"""Runs prepared operations: who may (audience), then graphql-core's executor, then a reply with coded errors.

It calls the executor that Strawberry would, without Strawberry's walk over extensions; so a schema with extensions or
operation directives is refused at start rather than served without them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graphql import (
    ExecutionResult,
    Executor,
    create_source_event_stream,
    execute_subscription_event,
    map_source_to_response_event,
)
from starlette.requests import HTTPConnection
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable

from app.core.errors import Refusal, Unauthenticated
from graphql_schema.endpoint.audience import admit, check_audiences
from graphql_schema.endpoint.context import MakeContext, RequestContext, expiry_of, fresh_of
from graphql_schema.endpoint.errors import BadUserInput, Entry, Teller
from graphql_schema.endpoint.limits import Limits
from graphql_schema.endpoint.trusted import Documents, Prepared

_COERCION_ERRORS = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """`ended`: these errors end a subscription, rather than being those of one event."""

    payload: dict[str, Any]
    ended: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(entry["extensions"]["code"] for entry in self.payload.get("errors", ()))


def refused(errors: list[Entry], ended: bool = False) -> Reply:
    """A reply without `data`: nothing was run."""
    return Reply({"errors": errors}, ended)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Engine:
    schema: Schema
    documents: Documents
    make_context: MakeContext
    limits: Limits = field(default_factory=Limits)
    development: bool = False
    now: Callable[[], datetime] = _now

    def __post_init__(self) -> None:
        check_audiences(self.schema)
        served = self.schema._schema
        if self.schema.extensions or self.schema.directives or served.get_directive("defer"):
            raise TypeError("the endpoint runs no schema extensions, operation directives or incremental delivery")

    async def enter(self, connection: HTTPConnection, prepared: Prepared, init: Mapping[str, Any] | None = None) -> Any:
        """The context of an operation its viewer may run. Raises a Refusal."""
        context = await self.make_context(connection, init)
        admit(context.viewer, prepared.requirements)
        return context

    def teller(self, context: RequestContext) -> Teller:
        return Teller(context.locale, context.request_id, self.development)

    async def answer(self, prepared: Prepared, variables: dict[str, Any] | None, context: RequestContext) -> Reply:
        """Run a query or a mutation. Raises BadUserInput."""
        result = self._executor(prepared, variables, context).execute_operation()
        if optimized_is_awaitable(result):
            result = await result  # type: ignore[misc]
        assert isinstance(result, ExecutionResult)
        return self._reply(result, prepared, context)

    def stream(
        self, prepared: Prepared, variables: dict[str, Any] | None, context: RequestContext
    ) -> AsyncGenerator[Reply, None]:
        """The events of a subscription, until it ends, fails, or the viewer's token does. Raises BadUserInput."""
        return self._events(self._executor(prepared, variables, context), prepared, context)

    async def _events(
        self, executor: Executor[Any], prepared: Prepared, context: RequestContext
    ) -> AsyncGenerator[Reply, None]:
        source = create_source_event_stream(executor)
        if optimized_is_awaitable(source):
            source = await source  # type: ignore[misc]
        if isinstance(source, ExecutionResult):
            errors = self.teller(context).execution(source.errors or (), prepared.label)
            yield refused(errors, ended=True)
            return
        events = map_source_to_response_event(executor, source, _event_with(context))  # type: ignore[arg-type]
        async with aclosing(events), aclosing(self._until_expiry(events, prepared, context)) as replies:
            async for reply in replies:
                yield reply

    async def _until_expiry(
        self, events: AsyncGenerator[ExecutionResult, None], prepared: Prepared, context: RequestContext
    ) -> AsyncGenerator[Reply, None]:
        tell, deadline = self.teller(context), self._deadline(context)
        while True:
            try:
                async with asyncio.timeout_at(deadline):  # not around the yield, where the time is the consumer's
                    result = await anext(events)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                expired = deadline is not None and asyncio.get_running_loop().time() >= deadline
                entries = tell.refusal(Unauthenticated()) if expired else tell.internal(error, prepared.label)
                yield refused(entries, ended=True)
                return
            except Refusal as refusal:
                yield refused(tell.refusal(refusal), ended=True)
                return
            except Exception as error:
                yield refused(tell.internal(error, prepared.label), ended=True)
                return
            yield self._reply(result, prepared, context)

    def _deadline(self, context: RequestContext) -> float | None:
        expires_at = expiry_of(context)
        if expires_at is None:
            return None
        return asyncio.get_running_loop().time() + (expires_at - self.now()).total_seconds()

    def _executor(self, prepared: Prepared, variables: dict[str, Any] | None, context: RequestContext) -> Executor[Any]:
        built = self.schema.execution_context_class.build(
            self.schema._schema,
            prepared.document,
            context_value=context,
            raw_variable_values=variables,
            operation_name=prepared.name,
            max_coercion_errors=_COERCION_ERRORS,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
            hide_suggestions=not self.development,
            operation_extensions=None,
        )
        if isinstance(built, list):
            raise BadUserInput(*built)
        return built

    def _reply(self, result: ExecutionResult, prepared: Prepared, context: RequestContext) -> Reply:
        if not result.errors:
            return Reply({"data": result.data})
        return Reply({"data": result.data, "errors": self.teller(context).execution(result.errors, prepared.label)})


def _event_with(context: RequestContext) -> Callable[[Executor[Any]], Any]:
    """Each event is run with fresh loaders, or it would be answered from what the first one saw."""

    def run(executor: Executor[Any]) -> Any:
        executor.context_value = fresh_of(context)
        return execute_subscription_event(executor)

    return run
