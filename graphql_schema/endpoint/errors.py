"""What `errors[]` says: a code from a closed list, a text in the caller's language, the request's id. Never the text
of an exception; GraphQL's own explanations are shown in development only, in `extensions.detail`.

Refusal (app/core/errors.py)
├── GraphqlParseFailed        the document is not GraphQL
├── GraphqlValidationFailed   it does not fit the schema
├── BadUserInput              the values of its variables or arguments do not fit
├── MethodNotAllowed · UnsupportedMediaType · NotAcceptable
├── Internal                  ours; logged
└── Unavailable               the database does not answer now: the same call, under its key, may be tried again
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from graphql import FieldNode, GraphQLError, VariableDefinitionNode

from app.core.errors import QueryTooComplex, Refusal, Unavailable
from app.core.messages import message
from app.core.mongo import is_unreachable
from app.core.traces import frames_of

log = structlog.get_logger(__name__)

Entry = dict[str, Any]
_LONGEST_DETAIL = 500  # graphql-core repeats the value at fault, however long


class GraphqlParseFailed(Refusal):
    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__()
        self.errors = errors


class GraphqlValidationFailed(Refusal):
    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__()
        self.errors = errors


class BadUserInput(Refusal):
    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__()
        self.errors = errors


class MethodNotAllowed(Refusal):
    status = 405


class UnsupportedMediaType(Refusal):
    status = 415


class NotAcceptable(Refusal):
    status = 406


class Internal(Refusal):
    status = 500


def refusal_of(error: BaseException) -> Refusal:
    """What the caller is told of an exception that is no refusal itself."""
    return Unavailable() if is_unreachable(error) else Internal()


REQUEST_ERRORS = (GraphqlParseFailed, GraphqlValidationFailed, BadUserInput, QueryTooComplex)
"""Faults of a GraphQL request that was well-formed as HTTP: told with status 200 to a client that only takes
`application/json` (GraphQL over HTTP, 6.4.1)."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes entries of `errors[]` for one request."""

    locale: str
    request_id: str
    development: bool = False

    def refusal(self, refusal: Refusal) -> list[Entry]:
        """A request that was stopped. In development one entry for each of GraphQL's own errors."""
        causes = getattr(refusal, "errors", ())
        if self.development and causes:
            return [self._with_cause(self.entry(refusal), cause) for cause in causes]
        return [self.entry(refusal)]

    def execution(self, errors: Iterable[GraphQLError], operation: str) -> list[Entry]:
        """Faults of single fields, while others answered."""
        return [self._of_field(error, operation) for error in errors]

    def internal(self, error: BaseException, operation: str) -> list[Entry]:
        """A fault of ours, or an absent database: logged, and told without what the exception says."""
        return [self._fault(error, operation)]

    def entry(self, refusal: Refusal) -> Entry:
        shown = {_camel(name): value for name, value in refusal.data.items()}
        return {
            "message": message(refusal.code, self.locale, **refusal.data),
            "extensions": {"code": refusal.code, "requestId": self.request_id, **shown},
        }

    def _fault(self, error: BaseException, operation: str, path: str = "") -> Entry:
        refusal = refusal_of(error)
        if isinstance(refusal, Internal):
            self._log(error, operation, path)
        else:
            log.warning("graphql.database_out_of_reach", operation=operation, path=path, error=type(error).__name__)
        return self.entry(refusal)

    def _log(self, error: BaseException, operation: str, path: str) -> None:
        """Frames and kinds of error; what an error says, or a variable holds, may be somebody's name."""
        log.error(
            "graphql.internal_error",
            operation=operation,
            path=path,
            request_id=self.request_id,
            error=type(error).__name__,
            traceback=frames_of(error),
            **({"says": str(error)[:_LONGEST_DETAIL]} if self.development else {}),
        )

    def _with_cause(self, entry: Entry, cause: GraphQLError) -> Entry:
        entry["extensions"]["detail"] = cause.message[:_LONGEST_DETAIL]
        if cause.nodes and isinstance(cause.nodes[0], VariableDefinitionNode):
            entry["extensions"]["variable"] = cause.nodes[0].variable.name.value
        return _placed(entry, cause)

    def _of_field(self, error: GraphQLError, operation: str) -> Entry:
        cause = error.original_error
        if isinstance(cause, Refusal):
            return _placed(self.entry(cause), error)
        if isinstance(cause, GraphQLError | None) and _is_about_an_argument(error):
            return _placed(self.refusal(BadUserInput(error))[0], error)
        # Unless the database is away it is a bug here, an Outcome that its field's union does not name among them.
        return _placed(self._fault(cause or error, operation, ".".join(map(str, error.path or ()))), error)


def _is_about_an_argument(error: GraphQLError) -> bool:
    """graphql-core points at the argument's value when that is at fault, else at the field."""
    return bool(error.nodes) and not isinstance(error.nodes[0], FieldNode)  # type: ignore[index]


def _placed(entry: Entry, error: GraphQLError) -> Entry:
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        entry["path"] = error.path
    return entry


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
