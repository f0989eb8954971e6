"""A form is a JSON Schema (2020-12) of the item. What is wrong with an answer is said by field and reason, in the
city's own words; the words of the library that finds it are never shown.

`x-prefill` of a field says where its value can come from: `identity.name`, `licence.KIND.FACT`, `data.SET.FIELD`;
`x-past` and `x-future` that its day has to be over, or to come, when the form is handed in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.core.errors import BadInput
from app.domains.government.catalogue.forms import validator_of

LARGEST = 64 * 1024
_DEEPEST = 8
_MOST_FAULTS = 50
_PREFILL, _PAST, _FUTURE = "x-prefill", "x-past", "x-future"
_NOTHING_ASKED: Mapping[str, Any] = {"type": "object", "properties": {}}


class FaultReason(StrEnum):
    REQUIRED = "required"
    WRONG_KIND = "wrong_kind"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    REPEATED = "repeated"
    NOT_AN_OPTION = "not_an_option"
    NOT_IN_FORM = "not_in_form"
    NOT_OF_PATTERN = "not_of_pattern"
    NO_DATE = "no_date"
    NO_EMAIL = "no_email"
    NOT_YET = "not_yet"  # a day that must be over
    ALREADY_OVER = "already_over"  # a day that must be to come
    UNFIT = "unfit"


_BY_KEYWORD: Mapping[str, FaultReason] = {
    "required": FaultReason.REQUIRED,
    "type": FaultReason.WRONG_KIND,
    "minLength": FaultReason.TOO_SHORT,
    "maxLength": FaultReason.TOO_LONG,
    "minimum": FaultReason.TOO_SMALL,
    "exclusiveMinimum": FaultReason.TOO_SMALL,
    "maximum": FaultReason.TOO_LARGE,
    "exclusiveMaximum": FaultReason.TOO_LARGE,
    "minItems": FaultReason.TOO_FEW,
    "maxItems": FaultReason.TOO_MANY,
    "uniqueItems": FaultReason.REPEATED,
    "enum": FaultReason.NOT_AN_OPTION,
    "const": FaultReason.NOT_AN_OPTION,
    "oneOf": FaultReason.NOT_AN_OPTION,
    "anyOf": FaultReason.NOT_AN_OPTION,
    "additionalProperties": FaultReason.NOT_IN_FORM,
    "unevaluatedProperties": FaultReason.NOT_IN_FORM,
    "pattern": FaultReason.NOT_OF_PATTERN,
}
_BY_FORMAT = {"date": FaultReason.NO_DATE, "email": FaultReason.NO_EMAIL}
# What a form that is only begun may lack.
_UNFINISHED = frozenset({FaultReason.REQUIRED, FaultReason.TOO_SHORT, FaultReason.TOO_FEW})


@dataclass(frozen=True, slots=True)
class FieldFault:
    """`path` is a JSON pointer into the answers; `limit` is what the form allows, where it sets a bound."""

    path: str
    reason: FaultReason
    limit: str | None = None

    @property
    def field(self) -> str:
        """The answer it stands in."""
        return self.path.split("/")[1] if "/" in self.path else ""


class Source(StrEnum):
    """Where a value that is filled in comes from."""

    IDENTITY = "identity"
    LICENCE = "licence"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Prefill:
    """`field` of the form from `name` (`phone`, `KIND.FACT`, `SET.FIELD`) of that source."""

    field: str
    source: Source
    name: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A value for a field, from where; the citizen can change it before he hands in."""

    field: str
    value: Any
    source: Source
    name: str


class Form:
    """The form of one version of an item, ready to check answers."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self.fields: Mapping[str, Any] = schema.get("properties", {})
        self._validator = validator_of(schema)

    def faults(
        self, answers: Mapping[str, Any], *, unfinished: bool = False, today: date | None = None
    ) -> tuple[FieldFault, ...]:
        """What is wrong, each field and reason once. Of an `unfinished` form it is not wrong that something lacks.
        With `today`, days are looked at too that have to be over, or to come.
        """
        found: dict[FieldFault, None] = {}
        for error in self._validator.iter_errors(dict(answers)):
            found.update(dict.fromkeys(_faults(error)))
            if len(found) >= _MOST_FAULTS:
                break
        if today is not None:
            found.update(dict.fromkeys(self._days(answers, today)))
        return tuple(fault for fault in found if not (unfinished and fault.reason in _UNFINISHED))

    def _days(self, answers: Mapping[str, Any], today: date) -> Iterator[FieldFault]:
        for field, described in self.fields.items():
            day = answers.get(field)
            if not isinstance(day, str):
                continue
            if described.get(_PAST) and day > today.isoformat():
                yield FieldFault(f"/{_escaped(field)}", FaultReason.NOT_YET)
            if described.get(_FUTURE) and day < today.isoformat():
                yield FieldFault(f"/{_escaped(field)}", FaultReason.ALREADY_OVER)

    def fitting(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Those answers of another version that this one asks too, and that are right here."""
        known = {field: value for field, value in answers.items() if field in self.fields}
        wrong = {fault.field for fault in self.faults(known, unfinished=True)}
        return {field: value for field, value in known.items() if field not in wrong}

    def prefills(self) -> Iterator[Prefill]:
        for field, described in self.fields.items():
            source, _, name = str(described.get(_PREFILL, "")).replace(":", ".").partition(".")
            if name and source in set(Source):
                yield Prefill(field, Source(source), name)


def form_of(schema: Mapping[str, Any] | None) -> Form:
    """Its validator is made once for a schema."""
    return Form(schema or _NOTHING_ASKED)


def parsed_answers(answers: Any) -> dict[str, Any]:
    """An object of at most 64 KB, eight levels deep. Raises BadInput."""
    if not isinstance(answers, dict) or _depth(answers) > _DEEPEST:
        raise BadInput(field="answers")
    try:
        written = json.dumps(answers, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, UnicodeEncodeError):
        raise BadInput(field="answers") from None
    if len(written) > LARGEST:
        raise BadInput(field="answers")
    return answers


def _depth(value: Any, level: int = 1) -> int:
    if level > _DEEPEST or not isinstance(value, dict | list):
        return level
    inner = value.values() if isinstance(value, dict) else value
    return max((_depth(one, level + 1) for one in inner), default=level)


def _faults(error: Any) -> Iterator[FieldFault]:
    """One error of the library in our words; what lacks and what is too much is said of the field itself."""
    told, where = error.kind.as_dict(), "".join(f"/{_escaped(step)}" for step in error.instance_path)
    keyword = _keyword(error)
    reason = _BY_KEYWORD.get(keyword, FaultReason.UNFIT)
    if keyword == "format":
        reason = _BY_FORMAT.get(str(told.get("format", "")), FaultReason.UNFIT)
    if reason is FaultReason.REQUIRED:
        yield FieldFault(f"{where}/{_escaped(told['property'])}", reason)
    elif reason is FaultReason.NOT_IN_FORM:
        for name in told.get("unexpected", ()):
            yield FieldFault(f"{where}/{_escaped(name)[:80]}", reason)
    else:
        limit = told.get("limit")
        yield FieldFault(where, reason, None if limit is None else str(limit))


def _keyword(error: Any) -> str:
    """The last step of its way through the schema that is a keyword (after `anyOf` comes a number)."""
    return next((str(step) for step in reversed(error.schema_path) if isinstance(step, str)), "")


def _escaped(step: Any) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")
