"""Outcomes as types: a room raises `OtpWrong(remaining=2)`, the caller reads `... on OtpWrong { message remaining }`.

    @outcome(errors.OtpWrong)
    @strawberry.type
    class OtpWrong(UserError):
        remaining: int

The handler fills `code`, `message` in the caller's language, and the fields from the exception's data. It serves only
fields whose union names the type; elsewhere the outcome stays an exception and is reported as a bug.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import strawberry
from prometheus_client import Counter
from strawberry.schema.exception_handlers import ExceptionHandler
from strawberry.types.field import StrawberryField

from app.core.errors import Outcome
from app.core.messages import message


@strawberry.interface(description="A result that is not success. Nothing was changed.")
class UserError:
    code: str
    message: str


_OUTCOMES = Counter("rong_outcomes", "Named errors given as results of mutations, by code", ["code"])
ErrorType = TypeVar("ErrorType", bound=type[UserError])
_SHARED = {"code", "message"}


@dataclass(frozen=True)
class _Registered:
    exception: type[Outcome]
    type: type[UserError]
    convert: Mapping[str, Callable[[Any], Any]]


_registry: dict[type[Outcome], _Registered] = {}


def outcome(exception: type[Outcome], **convert: Callable[[Any], Any]) -> Callable[[ErrorType], ErrorType]:
    """Say that this type shows that exception. `convert` turns a field of the exception into the type's form.

    Raises TypeError when the exception already has a type, or lacks a field that the type shows.
    """

    def register(error_type: ErrorType) -> ErrorType:
        if exception in _registry:
            raise TypeError(f"{exception.__name__} is shown by {_registry[exception].type.__name__} already")
        _check_fields(exception, error_type)
        _registry[exception] = _Registered(exception, error_type, convert)
        return error_type

    return register


def _check_fields(exception: type[Outcome], error_type: type[UserError]) -> None:
    carried = set(getattr(exception, "__dataclass_fields__", ()))
    if missing := _shown(error_type) - carried:
        raise TypeError(f"{exception.__name__} carries no {', '.join(sorted(missing))}")


def _shown(error_type: type[UserError]) -> set[str]:
    return set(getattr(error_type, "__dataclass_fields__", ())) - _SHARED


class _Handler(ExceptionHandler):  # type: ignore[type-arg]  # a parameter would clash with the attributes
    def __init__(self, registered: _Registered) -> None:
        self.exception_type = registered.exception
        self.error_type = registered.type
        self._convert = registered.convert
        self._shown = _shown(registered.type)

    def handle(self, exception: Outcome, *, field: StrawberryField, info: strawberry.Info) -> UserError:
        _OUTCOMES.labels(exception.code).inc()
        data = exception.data
        shown = {name: self._as_shown(name, data[name]) for name in self._shown}
        text = message(exception.code, info.context.locale, **data)
        return self.error_type(code=exception.code, message=text, **shown)

    def _as_shown(self, name: str, value: Any) -> Any:
        return self._convert[name](value) if name in self._convert else value


def exception_handlers() -> list[ExceptionHandler[Any, Any]]:
    """For `strawberry.Schema(exception_handlers=…)`; the nearest class comes before its parents."""
    nearest_first = sorted(_registry.values(), key=lambda r: -len(r.exception.__mro__))
    return [_Handler(registered) for registered in nearest_first]


def outcome_types() -> dict[type[Outcome], type[UserError]]:
    """Which type shows which exception, for the test that every outcome can be told."""
    return {registered.exception: registered.type for registered in _registry.values()}
