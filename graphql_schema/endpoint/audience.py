"""Who may run an operation, decided at the door, before any resolver: each root field declares its audience.

The declaration stands in the field's metadata: `@strawberry.field(metadata={"audience": EVERYONE})`. A schema with
a root field that declares none does not start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from strawberry import Schema

from app.core.errors import Forbidden, Unauthenticated
from app.core.viewer import Assurance, Role, Viewer

_PROVIDERS = (Role.PROVIDER_CLIENT, Role.PROVIDER_STAFF)


@dataclass(frozen=True, slots=True)
class Audience:
    """`Role.ANONYMOUS` among the roles admits everyone. `scope` binds providers (`or_scope` will do as well),
    `ward_scope` guardians (`or_ward_scope` will do as well; None: a guardian may not use the field on a ward's
    behalf). `single`: at most one such field in an operation. `live`: only in earnest, neither by a client in test mode
    nor by a test citizen."""

    roles: frozenset[Role]
    assurance: Assurance | None = None
    scope: str | None = None
    or_scope: str | None = None
    ward_scope: str | None = None
    or_ward_scope: str | None = None
    single: bool = False
    live: bool = False


EVERYONE = Audience(frozenset({Role.ANONYMOUS}))


class AudienceMissing(TypeError):
    """Root fields without a declared audience: the schema may not be served."""


def audiences(schema: Schema, operation: OperationType) -> dict[str, Audience]:
    """The audience of each root field of that operation type, by its GraphQL name. Raises AudienceMissing."""
    root = schema._schema.get_root_type(operation)
    fields = root.fields if root else {}
    declared = {name: _declared(field) for name, field in fields.items()}
    if missing := [f"{root}.{name}" for name, audience in declared.items() if audience is None]:
        raise AudienceMissing("no audience declared: " + ", ".join(missing))
    return {name: audience for name, audience in declared.items() if audience is not None}


def check_audiences(schema: Schema) -> None:
    """Raises AudienceMissing unless every Query, Mutation and Subscription field says who may use it."""
    for operation in OperationType:
        audiences(schema, operation)


def _declared(field: GraphQLField) -> Audience | None:
    definition: Any = field.extensions.get("strawberry-definition")
    audience = definition.metadata.get("audience") if definition is not None else None
    return audience if isinstance(audience, Audience) else None


def requirements(schema: Schema, document: DocumentNode, operation: OperationDefinitionNode) -> tuple[Audience, ...]:
    """What a viewer must meet to run this operation of a validated document; each audience once."""
    declared = audiences(schema, operation.operation)
    names = (field.name.value for field in root_fields(document, operation))
    return tuple(dict.fromkeys(declared[name] for name in names if not name.startswith("__")))


def root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> Iterator[FieldNode]:
    """The operation's top-level fields, fragments opened, each fragment once."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    opened: set[str] = set()
    waiting: list[SelectionSetNode] = [operation.selection_set]
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, InlineFragmentNode):
                waiting.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in opened:
                opened.add(selection.name.value)
                if fragment := fragments.get(selection.name.value):
                    waiting.append(fragment.selection_set)


def admit(viewer: Viewer, needed: Iterable[Audience]) -> None:
    """Raises Unauthenticated (nobody is signed in), Forbidden (somebody is, who may not)."""
    for audience in needed:
        _admit(viewer, audience)


def _admit(viewer: Viewer, audience: Audience) -> None:
    open_to_all = Role.ANONYMOUS in audience.roles
    if viewer.role not in audience.roles:
        if open_to_all:
            return
        raise Unauthenticated if viewer.role is Role.ANONYMOUS else Forbidden
    if audience.live and viewer.test_mode:
        raise Forbidden
    if viewer.role is Role.CITIZEN and not _citizen_meets(viewer, audience):
        raise Forbidden
    wanted = {audience.scope, audience.or_scope} - {None}
    if viewer.role in _PROVIDERS and wanted and not wanted & viewer.scopes:
        raise Forbidden


def _citizen_meets(viewer: Viewer, audience: Audience) -> bool:
    if audience.assurance is Assurance.REAL_NAME and viewer.assurance is not Assurance.REAL_NAME:
        return False
    granting = {audience.ward_scope, audience.or_ward_scope} - {None}
    return not viewer.is_guardian or bool(granting & viewer.scopes)
