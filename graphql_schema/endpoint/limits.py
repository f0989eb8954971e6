"""How much a free document and the values sent with it may ask for, measured before any of it is validated or run.

Two passes. The first looks at the text as written (aliases, directives, fragments, nesting, fields that share a name)
and never recurses. The second opens fragments, each weighed once, and adds up depth and cost; by then the first has
bounded how deep it can go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    IntValueNode,
    ListTypeNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    get_named_type,
    parse,
)

from app.core.errors import BadInput, QueryTooComplex, Refusal
from graphql_schema.endpoint.audience import Audience, root_fields
from graphql_schema.endpoint.errors import GraphqlParseFailed


@dataclass(frozen=True, slots=True)
class Limits:
    """`body` in bytes; `page` is what a connection counts for when its size is a variable, and at most; `clashes`
    bounds the pairs of fields of one name, which validation compares one by one."""

    body: int = 100_000
    tokens: int = 2_000
    depth: int = 12
    aliases: int = 15
    fields: int = 10
    directives: int = 20
    fragments: int = 30
    clashes: int = 10_000
    cost: int = 3_000
    page: int = 100
    default_page: int = 20
    values: int = 2_000
    nesting: int = 12


def read_document(text: str, limits: Limits) -> DocumentNode:
    """Parse under limits. Raises GraphqlParseFailed, QueryTooComplex (tokens, depth)."""
    try:
        return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.tokens)
    except GraphQLSyntaxError as error:
        raise _parse_refusal(error, limits) from None


def _parse_refusal(error: GraphQLSyntaxError, limits: Limits) -> Refusal:
    """graphql-core tells a bound that was passed from a fault of syntax only by its text."""
    if "Parsing aborted" not in error.message:
        return GraphqlParseFailed(error)
    if "nested too deeply" in error.message:
        return QueryTooComplex("depth", limits.depth)
    return QueryTooComplex("tokens", limits.tokens)


def measure(document: DocumentNode, schema: GraphQLSchema, limits: Limits) -> None:
    """Raises QueryTooComplex, naming the first limit that is passed."""
    _measure_text(document, limits)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            _measure_operation(document, definition, schema, limits)


_NESTING = (SelectionSetNode, ListValueNode, ObjectValueNode, ListTypeNode)


def _measure_text(document: DocumentNode, limits: Limits) -> None:
    seen: Counter[type[Node]] = Counter()
    names: Counter[str] = Counter()
    aliases = 0
    for node, nesting in _nodes(document):
        _within("depth", nesting, 2 * limits.depth, limits.depth)
        seen[type(node)] += 1
        if isinstance(node, FieldNode):
            aliases += node.alias is not None
            names[(node.alias or node.name).value] += 1
    _within("aliases", aliases, limits.aliases)
    _within("directives", seen[DirectiveNode], limits.directives)
    _within("fragments", seen[FragmentDefinitionNode], limits.fragments)
    _within("clashes", sum(n * (n - 1) // 2 for n in names.values()), limits.clashes)


def _nodes(document: DocumentNode) -> Iterator[tuple[Node, int]]:
    """Every node with how many selection sets and lists it stands in."""
    waiting: list[tuple[Node, int]] = [(document, 0)]
    while waiting:
        node, nesting = waiting.pop()
        yield node, nesting
        inner = nesting + isinstance(node, _NESTING)
        for key in node.keys:
            child = getattr(node, key, None)
            if isinstance(child, Node):
                waiting.append((child, inner))
            elif isinstance(child, (list, tuple)):
                waiting.extend((each, inner) for each in child if isinstance(each, Node))


def _measure_operation(
    document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema, limits: Limits
) -> None:
    _within("fields", sum(1 for _ in root_fields(document, operation)), limits.fields)
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    root = schema.get_root_type(operation.operation)
    try:
        weight = _Scale(schema, fragments, limits).weigh(operation.selection_set, root)
    except RecursionError:
        raise QueryTooComplex("depth", limits.depth) from None
    _within("depth", weight.depth, limits.depth)
    _within("cost", weight.cost, limits.cost)


def _within(limit: str, measured: int, bound: int, maximum: int | None = None) -> None:
    if measured > bound:
        raise QueryTooComplex(limit, bound if maximum is None else maximum)


@dataclass(frozen=True, slots=True)
class _Weight:
    depth: int = 0
    cost: int = 0


_NOTHING = _Weight()


class _Scale:
    """Depth and cost of a selection: each field costs one, and a connection's content once for each row of a page."""

    def __init__(self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], limits: Limits) -> None:
        self._schema, self._fragments, self._limits = schema, fragments, limits
        self._weighed: dict[str, _Weight] = {}

    def weigh(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None) -> _Weight:
        depth = cost = 0
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                weight = self._field(selection, parent)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else parent
                weight = self.weigh(selection.selection_set, inner)
            else:
                assert isinstance(selection, FragmentSpreadNode)
                weight = self._fragment(selection.name.value)
            depth, cost = max(depth, weight.depth), min(cost + weight.cost, self._limits.cost + 1)
        return _Weight(depth, cost)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> _Weight:
        name = node.name.value
        if name.startswith("__"):
            return _NOTHING  # introspection has a rule of its own in validation
        definition: GraphQLField | None = getattr(parent, "fields", {}).get(name)
        inner = self.weigh(node.selection_set, get_named_type(definition.type) if definition else None)
        rows = self._rows(node, definition) if definition else 1
        return _Weight(inner.depth + 1, 1 + rows * inner.cost)

    def _fragment(self, name: str) -> _Weight:
        if name not in self._weighed:
            self._weighed[name] = _NOTHING  # a circle ends here; validation refuses it
            if fragment := self._fragments.get(name):
                condition = self._schema.get_type(fragment.type_condition.name.value)
                self._weighed[name] = self.weigh(fragment.selection_set, condition)
        return self._weighed[name]

    def _rows(self, node: FieldNode, definition: GraphQLField) -> int:
        paged = [name for name in ("first", "last") if name in definition.args]
        if not paged:
            return 1
        given = [self._size(a.value) for a in node.arguments or () if a.name.value in paged]
        return max(given, default=self._limits.default_page)

    def _size(self, value: ValueNode) -> int:
        if not isinstance(value, IntValueNode) or len(value.value) > len(str(self._limits.page)):
            return self._limits.page
        return min(max(int(value.value), 1), self._limits.page)


def one_login_at_most(
    document: DocumentNode, operation: OperationDefinitionNode, audience_of: Callable[[str], Audience | None]
) -> None:
    """A thousand aliases of a login field would be a thousand guesses. Raises QueryTooComplex."""
    keys = {
        (field.alias or field.name).value
        for field in root_fields(document, operation)
        if (audience := audience_of(field.name.value)) is not None and audience.single
    }
    _within("logins", len(keys), 1)


def bound_values(variables: dict[str, Any], limits: Limits) -> None:
    """Raises QueryTooComplex (values, nesting) and BadInput for a text that holds NUL, which no field of ours takes."""
    waiting: list[tuple[Any, int]] = [(variables, 1)]
    count = 0
    while waiting:
        holder, nesting = waiting.pop()
        children = holder.values() if isinstance(holder, dict) else holder
        count += len(holder)
        _within("values", count, limits.values)
        _within("nesting", nesting, limits.nesting)
        for child in children:
            if isinstance(child, (dict, list)):
                waiting.append((child, nesting + 1))
            elif isinstance(child, str) and "\0" in child:
                raise BadInput("variables")
