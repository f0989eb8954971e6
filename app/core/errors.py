"""What can go wrong, by name.

RongError
├── Outcome      a named result of a use case; in GraphQL a member of the mutation's union
│   └── RealNameNeeded
└── Refusal      stops at the door; in GraphQL an entry of `errors[]` with `extensions.code`
    ├── Unauthenticated
    ├── Forbidden
    ├── BadInput
    ├── RateLimited
    ├── PayloadTooLarge
    ├── QueryTooComplex
    ├── DocumentNotTrusted
    └── Unavailable

Rooms raise their own outcomes (`class OtpWrong(Outcome)`), as dataclasses that carry data. The code is the
class name in capitals (`OTP_WRONG`); the text for people is looked up by code in `app/locales`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, ClassVar


def _code_of(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


class RongError(Exception):
    code: ClassVar[str] = "RONG_ERROR"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = _code_of(cls.__name__)

    @property
    def data(self) -> dict[str, Any]:
        """The fields of the error: what its message is filled with and what the caller is told."""
        return {f.name: getattr(self, f.name) for f in fields(self)} if is_dataclass(self) else {}

    def __str__(self) -> str:
        return self.code


class Outcome(RongError):
    """A named result that is not success. Nothing was changed."""


class RealNameNeeded(Outcome):
    """Verify your own real name first. Asked for in so many rooms that it is nobody's own."""


class Refusal(RongError):
    """The request stops before a use case answers it."""

    status: ClassVar[int] = 400


class Unauthenticated(Refusal):
    status = 401


class Forbidden(Refusal):
    status = 403


@dataclass(eq=False)
class BadInput(Refusal):
    """A value of the wrong form. `field` names it as the caller wrote it."""

    field: str


@dataclass(eq=False)
class RateLimited(Refusal):
    """`retry_after` in seconds."""

    retry_after: int
    status = 429


@dataclass(eq=False)
class PayloadTooLarge(Refusal):
    """`limit` in bytes."""

    limit: int
    status = 413


@dataclass(eq=False)
class QueryTooComplex(Refusal):
    """`limit` names the measure (depth, aliases, tokens, cost, fields, directives); `maximum` is what it may be."""

    limit: str
    maximum: int


class DocumentNotTrusted(Refusal):
    status = 403


class Unavailable(Refusal):
    """Something this depends on does not answer. Whether a write was carried out, its repeat under its key tells."""

    status = 503
