"""Making a schema in good time.

Strawberry asks each field about each outcome whether it can show it, and unfolds the field's union for every question:
millions of steps, most of what a process took to start. Only a field that gives a union can show any, and it is asked
only about the outcomes that are called like one of its members.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Annotated, Any, get_origin

from strawberry.schema.schema_converter import GraphQLCoreConverter, field_contains_type, resolve_lazy_type
from strawberry.types.base import StrawberryOptional, get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

_Name = tuple[str, str]


@contextmanager
def quick_building() -> Iterator[None]:
    """Schemas made within are the same as without."""
    every = GraphQLCoreConverter._get_field_exception_handlers  # there is no public way

    def of_unions(converter: GraphQLCoreConverter, field: StrawberryField) -> Any:
        given = _given(field)
        if isinstance(given, StrawberryUnion) and not field.is_subscription:
            return _of_union(converter, field, given)
        # What is annotated is not unfolded yet.
        return every(converter, field) if get_origin(given) is Annotated else ()

    GraphQLCoreConverter._get_field_exception_handlers = of_unions  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        GraphQLCoreConverter._get_field_exception_handlers = every  # type: ignore[method-assign]


def _given(field: StrawberryField) -> object:
    given = resolve_lazy_type(field.type)
    return resolve_lazy_type(given.of_type) if isinstance(given, StrawberryOptional) else given


def _of_union(converter: GraphQLCoreConverter, field: StrawberryField, union: StrawberryUnion) -> Any:
    members = {_name(member) for member in union.types}
    return tuple(
        (exceptions, handler)
        for exceptions, error, handler in converter._exception_handler_specs
        if _name(error) in members and field_contains_type(field, error)
    )


@cache
def _name(given: object) -> _Name | None:
    """Where a class is written, and how it is called there; None for what is made of other types: these are alike
    until they are looked at."""
    definition = get_object_definition(resolve_lazy_type(given))
    if definition is None or definition.concrete_of is not None:
        return None
    return definition.origin.__module__, definition.origin.__qualname__
