"""The app's own operations as the tests see them: their variables, and a value of the right form for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    OperationType,
    VariableDefinitionNode,
    type_from_ast,
)
from strawberry import Schema

from app.core.ids import new_id
from app.server import trusted_documents
from graphql_schema.endpoint.audience import root_fields
from graphql_schema.endpoint.trusted import Prepared
from graphql_schema.schema import citizen_schema, provider_schema
from graphql_schema.types.common import global_id

SCHEMAS: dict[str, Schema] = {"citizen": citizen_schema, "provider": provider_schema}
_DATES = {"Date": "2027-01-01", "DateTime": "2027-01-01T00:00:00Z"}


@dataclass(frozen=True)
class Operation:
    schema: str
    prepared: Prepared

    @property
    def name(self) -> str:
        return self.prepared.label

    @property
    def is_subscription(self) -> bool:
        return self.prepared.kind is OperationType.SUBSCRIPTION

    @property
    def is_query(self) -> bool:
        return self.prepared.kind is OperationType.QUERY

    @property
    def fields(self) -> set[str]:
        """The root fields it asks for."""
        return {field.name.value for field in root_fields(self.prepared.document, self.prepared.operation)}

    @property
    def variables(self) -> dict[str, GraphQLInputType]:
        definitions: tuple[VariableDefinitionNode, ...] = self.prepared.operation.variable_definitions or ()
        schema = SCHEMAS[self.schema]._schema
        typed = {d.variable.name.value: type_from_ast(schema, d.type) for d in definitions}
        return {name: type_ for name, type_ in typed.items() if type_ is not None}

    @property
    def defaulted(self) -> set[str]:
        """Variables that may be left out, though they may not be null."""
        definitions: tuple[VariableDefinitionNode, ...] = self.prepared.operation.variable_definitions or ()
        return {d.variable.name.value for d in definitions if d.default_value is not None}

    def sample(self) -> dict[str, Any]:
        """Values of the right form, new ones each time; nothing is meant by them."""
        return {name: _sample(type_) for name, type_ in self.variables.items()}

    def __str__(self) -> str:
        return f"{self.schema}-{self.name}"


def all_operations() -> list[Operation]:
    return [Operation(name, prepared) for name in SCHEMAS for prepared in trusted_documents(name).every()]


def texts_in(type_: GraphQLInputType, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where this type takes free text: () for itself, ("name",) for a field of an input."""
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(inner, GraphQLInputObjectType):
        for name, field in inner.fields.items():
            yield from texts_in(field.type, (*path, name))
    elif getattr(inner, "name", None) in ("String", "ID"):
        yield path


def _sample(type_: Any) -> Any:
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(inner, GraphQLList):
        return [_sample(inner.of_type)]
    if isinstance(inner, GraphQLEnumType):
        return next(iter(inner.values))
    if isinstance(inner, GraphQLInputObjectType):
        # Of a `@oneOf` input the last: a text, which stands for any.
        one_of = inner.extensions["strawberry-definition"].is_one_of
        fields = list(inner.fields.items())[-1:] if one_of else inner.fields.items()
        return {name: _sample(field.type) for name, field in fields}
    plain = {"Int": 5, "Float": 2.5, "Boolean": True, "JSON": {}, "ID": global_id("Card", new_id()), **_DATES}
    return plain.get(inner.name, new_id())
