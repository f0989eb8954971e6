"""Documents ready to run. Trusted ones come from a folder, read and checked once at start; those that are asked for
stay parsed. Free ones, in development only, are prepared under limits and kept while they are in use.

A trusted document is asked for by `documentId` ("sha256:…", GraphQL over HTTP, appendix on persisted documents), by
Apollo's `extensions.persistedQuery.sha256Hash`, or by its whole text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    parse,
    print_ast,
    specified_rules,
    validate,
    visit,
)
from strawberry import Schema
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from app.core.errors import BadInput, DocumentNotTrusted
from graphql_schema.endpoint.ask import Ask
from graphql_schema.endpoint.audience import Audience, audiences, requirements
from graphql_schema.endpoint.errors import GraphqlValidationFailed
from graphql_schema.endpoint.limits import Limits, measure, one_login_at_most, read_document

_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_ERRORS_SHOWN = 10
FREE = "free"


@dataclass(frozen=True, slots=True)
class Prepared:
    """One operation, parsed, validated and with its audience known. `label` is its name in the metrics."""

    document: DocumentNode
    operation: OperationDefinitionNode
    label: str
    sha256: str
    requirements: tuple[Audience, ...]

    @property
    def text(self) -> str:
        """As it is printed, fragments included."""
        return print_ast(self.document)

    @property
    def kind(self) -> OperationType:
        return self.operation.operation

    @property
    def name(self) -> str | None:
        return self.operation.name.value if self.operation.name else None


class UntrustworthyDocument(ValueError):
    """A file of the folder that cannot be served; the process does not start."""


@dataclass(frozen=True, slots=True)
class _Trusted:
    """What stays of a document that was read and found good: enough to make it ready again without checking it."""

    name: str
    source: str
    sha256: str
    requirements: tuple[Audience, ...]


class TrustedDocuments:
    """`folder/**/*.graphql`, one named operation a file; fragments that files share lie in `folder/fragments/`.

    The last `kept` documents asked for stay ready; all of a thousand would take fifteen megabytes.
    """

    def __init__(self, schema: Schema, folder: Path, kept: int = 200) -> None:
        self.schema = schema
        self._fragments = _fragments(folder / "fragments")
        self._known: dict[str, _Trusted] = {}
        self._names: set[str] = set()
        self._by_text: dict[bytes, str] = {}
        self._ready: LRUCache[str, Prepared] = LRUCache(maxsize=kept)
        for path in sorted(folder.rglob("*.graphql")):
            if path.parent != folder / "fragments":
                self._add(path)

    def _add(self, path: Path) -> None:
        source = path.read_text(encoding="utf-8")
        try:
            prepared = _prepare_trusted(self.schema, source, self._fragments)
        except (GraphQLError, GraphqlValidationFailed) as error:
            causes = error.errors if isinstance(error, GraphqlValidationFailed) else (error,)
            raise UntrustworthyDocument(f"{path.name}: " + "; ".join(c.message for c in causes)) from None
        if prepared.label in self._names:
            raise UntrustworthyDocument(f"{path.name}: there is another operation named {prepared.name}")
        self._names.add(prepared.label)
        known = _Trusted(prepared.label, source, prepared.sha256, prepared.requirements)
        self._known[known.sha256] = known
        for text in (source, prepared.text):
            self._by_text[_digest(text)] = known.sha256

    def find(self, ask: Ask) -> Prepared | None:
        """The document asked for, by hash before text. Raises BadInput when it holds another operation."""
        known = self._known.get(ask.sha256) if ask.sha256 else None
        if known is None and ask.query is not None:
            known = self._known.get(self._by_text.get(_digest(ask.query), ""))
        if known is None:
            return None
        if ask.operation_name not in (None, known.name):
            raise BadInput("operationName")
        return self._prepared(known)

    def _prepared(self, known: _Trusted) -> Prepared:
        prepared = self._ready.get(known.sha256)
        if prepared is None:
            prepared = self._ready[known.sha256] = self._made(known)
        return prepared

    def _made(self, known: _Trusted) -> Prepared:
        document, operation = _document(known.source, self._fragments)
        return Prepared(document, operation, known.name, known.sha256, known.requirements)

    def every(self) -> Iterator[Prepared]:
        """All of them, made for whoever asks and not kept."""
        return map(self._made, self._known.values())

    def ids(self) -> dict[str, str]:
        """Name → what `documentId` takes after `sha256:`."""
        return {known.name: known.sha256 for known in self._known.values()}

    def manifest(self) -> dict[str, Any]:
        """Apollo's persisted query manifest, from which an app build takes the hashes."""
        return {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [
                {"id": p.sha256, "name": p.name, "type": p.kind.value, "body": p.text}
                for p in sorted(self.every(), key=lambda p: p.label)
            ],
        }


class FreeDocuments:
    """Documents that developers write; the last ones stay prepared."""

    def __init__(self, schema: Schema, limits: Limits, kept: int = 200) -> None:
        self._schema, self._limits = schema, limits
        self._kept: LRUCache[tuple[str, str | None], Prepared] = LRUCache(maxsize=kept)

    def prepare(self, text: str, operation_name: str | None) -> Prepared:
        """Raises GraphqlParseFailed, GraphqlValidationFailed, QueryTooComplex, BadInput (operationName)."""
        key = (text, operation_name)
        if (known := self._kept.get(key)) is not None:
            return known
        document = read_document(text, self._limits)
        measure(document, self._schema._schema, self._limits)
        _validate(self._schema, document)
        prepared = _prepared(self._schema, document, _chosen(document, operation_name), text, label=FREE)
        self._kept[key] = prepared
        return prepared


@dataclass(frozen=True, slots=True)
class Documents:
    """The one place where an ask becomes a prepared document."""

    trusted: TrustedDocuments
    free: FreeDocuments | None

    def prepare(self, ask: Ask) -> Prepared:
        """Raises what FreeDocuments raises, DocumentNotTrusted, and BadInput when nothing was asked."""
        if (prepared := self.trusted.find(ask)) is not None:
            return prepared
        if self.free is not None and ask.query is not None:
            return self.free.prepare(ask.query, ask.operation_name)
        if ask.query is None and ask.sha256 is None:
            raise BadInput("query")
        raise DocumentNotTrusted


def _prepare_trusted(schema: Schema, source: str, shared: dict[str, FragmentDefinitionNode]) -> Prepared:
    document, operation = _document(source, shared)
    _validate(schema, document)
    assert operation.name is not None
    return _prepared(schema, document, operation, print_ast(document), label=operation.name.value)


def _document(source: str, shared: dict[str, FragmentDefinitionNode]) -> tuple[DocumentNode, OperationDefinitionNode]:
    """A fragment that many documents have is in memory once: what is printed is not read again."""
    own = _read(source)
    operations = [d for d in own.definitions if isinstance(d, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].name is None:
        raise GraphQLError("a trusted document holds one operation, with a name")
    local = {d.name.value: d for d in own.definitions if isinstance(d, FragmentDefinitionNode)}
    return DocumentNode(definitions=(operations[0], *_used(operations[0], shared | local))), operations[0]


def _read(source: str) -> DocumentNode:
    """Without where something stands: that takes more memory than all else, and who asks by a hash does not see it."""
    return parse(source, no_location=True)


def _prepared(
    schema: Schema, document: DocumentNode, operation: OperationDefinitionNode, text: str, label: str
) -> Prepared:
    one_login_at_most(document, operation, audiences(schema, operation.operation).get)
    needed = requirements(schema, document, operation)
    return Prepared(document, operation, label, sha256(text.encode()).hexdigest(), needed)


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


def _validate(schema: Schema, document: DocumentNode) -> None:
    if errors := validate(schema._schema, document, _RULES, max_errors=_ERRORS_SHOWN):
        raise GraphqlValidationFailed(*errors)


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    chosen = [o for o in operations if name is None or (o.name is not None and o.name.value == name)]
    if len(chosen) != 1:
        raise BadInput("operationName")
    return chosen[0]


def _fragments(folder: Path) -> dict[str, FragmentDefinitionNode]:
    documents = (_read(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.graphql")))
    definitions = (d for document in documents for d in document.definitions)
    return {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}


def _used(
    operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> list[FragmentDefinitionNode]:
    """The fragments an operation reaches, in the order of first use."""
    used: dict[str, FragmentDefinitionNode] = {}
    waiting: list[OperationDefinitionNode | FragmentDefinitionNode] = [operation]
    while waiting:
        for name in _spreads(waiting.pop(0)):
            if name in fragments and name not in used:
                used[name] = fragments[name]
                waiting.append(fragments[name])
    return list(used.values())


def _spreads(node: OperationDefinitionNode | FragmentDefinitionNode) -> list[str]:
    spreads = _Spreads()
    visit(node, spreads)
    return spreads.found


class _Spreads(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: Any) -> None:
        self.found.append(spread.name.value)
