"""What all rooms share: nodes and their ids, connections, audiences, the base of named errors."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import strawberry

from app.context import Context
from app.core.errors import BadInput
from app.core.idempotency import IdempotencyConflict as Conflict
from app.core.money import Currency
from app.core.money import Money as Sum
from app.core.paging import Page, encode_cursor
from app.core.viewer import Role
from graphql_schema.endpoint.audience import Audience
from graphql_schema.endpoint.outcomes import UserError, outcome

Info: TypeAlias = strawberry.Info[Context, Any]
IdempotencyKey = Annotated[
    str,
    strawberry.argument(
        description="8 to 64 characters made by the app, the same for each repeat of one wish. "
        "A repeat is answered as the first time; other content under the same key is an IdempotencyConflict."
    ),
]

strawberry.enum(Currency)

T = TypeVar("T")
Node_ = TypeVar("Node_")


@strawberry.interface(description="Something with an id of its own, which `node(id:)` finds again.")
class Node:
    id: strawberry.ID


@strawberry.type(description="A decimal number as text, with two places, and its currency.")
class Money:
    amount: Decimal
    currency: Currency

    @classmethod
    def of(cls, money: Sum) -> Money:
        return cls(amount=money.amount, currency=money.currency)


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo


def connection(page: Page[T], key: Callable[[T], str], node: Callable[[T], Node_]) -> Connection[Node_]:
    """A page as a Relay connection; `key` is what the page was sorted by."""
    edges = [Edge(cursor=encode_cursor(key(item)), node=node(item)) for item in page.items]
    end = edges[-1].cursor if edges else None
    return Connection(edges=edges, page_info=PageInfo(has_next_page=page.has_next, end_cursor=end))


def global_id(type_name: str, key: str) -> strawberry.ID:
    """An id that says its type: base64 of `Type:key`, as Relay does."""
    return strawberry.ID(base64.b64encode(f"{type_name}:{key}".encode()).decode())


def parse_global_id(text: str) -> tuple[str, str]:
    """(type name, key). Raises BadInput."""
    try:
        name, _, key = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise BadInput(field="id") from None
    if not name or not key:
        raise BadInput(field="id")
    return name, key


def key_of(text: str, type_name: str) -> str:
    """The key of an id of this type. Raises BadInput."""
    name, key = parse_global_id(text)
    if name != type_name:
        raise BadInput(field="id")
    return key


def everyone(*, single: bool = False) -> dict[str, Any]:
    """Open to all, signed in or not. `single`: at most once in an operation (what can be guessed at)."""
    return {"audience": Audience(frozenset({Role.ANONYMOUS}), single=single)}


def citizens(*, ward_scope: str | None = None, or_ward_scope: str | None = None, live: bool = False) -> dict[str, Any]:
    """For citizens in person; also for a guardian who holds one of the scopes. Which one it takes depends on
    arguments: the service checks. `live`: not for test citizens.
    """
    roles = frozenset({Role.CITIZEN})
    return {"audience": Audience(roles, ward_scope=ward_scope, or_ward_scope=or_ward_scope, live=live)}


def providers(*, scope: str | None = None, or_scope: str | None = None, live: bool = False) -> dict[str, Any]:
    """For clients and staff of providers who hold the scope, or the other; which depends on arguments, the service
    checks. `live`: not in test mode.
    """
    roles = frozenset({Role.PROVIDER_CLIENT, Role.PROVIDER_STAFF})
    return {"audience": Audience(roles, scope=scope, or_scope=or_scope, live=live)}


def provider_staff() -> dict[str, Any]:
    return {"audience": Audience(frozenset({Role.PROVIDER_STAFF}))}


@outcome(Conflict)
@strawberry.type(description="The key was used before with other content.")
class IdempotencyConflict(UserError):
    pass


__all__ = ["Node", "UserError"]
