"""The form of an item: a JSON Schema (2020-12) that a unit writes and the city validates applications by.

A schema comes from outside, so it is bounded: in size and depth, without references out of itself or in a circle, and
its patterns are compiled by an engine that never backtracks. How it is written for the app (titles in two languages,
where an answer can be taken from) is told in `docs/government.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson
from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from app.domains.government.catalogue.errors import Misfit, Unfit

MOST_BYTES = 64 * 1024
MOST_DEPTH = 16
MOST_FIELDS = 100
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# An anchor or an id of its own could be referred to in ways that the walk below does not see.
_REFUSED = frozenset({"$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "$recursiveRef"})
_OWN = re.compile(r"#/\$defs/[A-Za-z0-9_-]{1,60}")
_PATTERN_BYTES = 200_000


def unfit(form: Mapping[str, Any]) -> Iterator[Unfit]:
    """What is wrong with a schema, the first fault of each kind; nothing when it can be used."""
    if (too_much := _too_much(form)) is not None:
        yield Unfit("form", too_much)
        return
    if form.get("type") != "object" or not isinstance(form.get("properties"), dict):
        yield Unfit("form.type", Misfit.SCHEMA)
        return
    if len(form["properties"]) > MOST_FIELDS:
        yield Unfit("form.properties", Misfit.TOO_MANY)
    if (strange := _strange_field(form)) is not None:
        yield Unfit(strange, Misfit.SCHEMA)
        return
    foreign = next((place for place in _foreign(form, "form")), None)
    if foreign is not None:
        yield Unfit(foreign, Misfit.SCHEMA_REFERENCE)
        return
    yield from _not_compiling(form)


def validator_of(form: Mapping[str, Any]) -> Draft202012Validator:
    """Compiled, and kept for as long as it is asked for. The form is one that `unfit` let pass."""
    return _compiled(orjson.dumps(form))


@lru_cache(maxsize=500)
def _compiled(form: bytes) -> Draft202012Validator:
    return Draft202012Validator(
        orjson.loads(form),
        validate_formats=True,
        offline=True,
        pattern_options=RegexOptions(size_limit=_PATTERN_BYTES, dfa_size_limit=_PATTERN_BYTES),
    )


def _too_much(form: Mapping[str, Any]) -> Misfit | None:
    if _depth(form) > MOST_DEPTH:
        return Misfit.SCHEMA_DEPTH
    try:
        return Misfit.SCHEMA_SIZE if len(orjson.dumps(form)) > MOST_BYTES else None
    except TypeError:  # a number that no JSON holds, a key that is no text
        return Misfit.SCHEMA


def _depth(value: Any) -> int:
    """Level by level, so that no depth is too deep for it; it stops soon after what is allowed."""
    depth, level = 0, [value]
    while level and depth <= MOST_DEPTH:
        depth += 1
        level = [inner for one in level for inner in _inner(one) if isinstance(inner, dict | list)]
    return depth


def _inner(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _foreign(value: Any, place: str, *, within_defs: bool = False) -> Iterator[str]:
    """References that lead out of the schema, or could lead in a circle: a definition refers to nothing."""
    if isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _foreign(inner, f"{place}.{n}", within_defs=within_defs)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            here = f"{place}.{name}"
            strange = name in _REFUSED or (name == "$schema" and inner != _DIALECT)
            if strange or (name == "$ref" and (within_defs or not _is_own(inner))):
                yield here
            yield from _foreign(inner, here, within_defs=within_defs or name == "$defs")


def _strange_field(form: Mapping[str, Any]) -> str | None:
    """A field that says nothing of itself (`true`), or that is asked for and does not exist: no app can show it."""
    fields, required = form["properties"], form.get("required", [])
    bare = (f"form.properties.{name}"[:200] for name, said in fields.items() if not isinstance(said, dict))
    if not isinstance(required, list):
        return "form.required"
    unknown = (
        f"form.required.{n}" for n, name in enumerate(required) if not isinstance(name, str) or name not in fields
    )
    return next(bare, None) or next(unknown, None)


def _is_own(reference: Any) -> bool:
    return isinstance(reference, str) and _OWN.fullmatch(reference) is not None


def _not_compiling(form: Mapping[str, Any]) -> Iterator[Unfit]:
    try:
        validator_of(form)
    except ValidationError as error:
        place = ".".join(["form", *map(str, error.instance_path)])
        yield Unfit(place[:200], Misfit.SCHEMA_PATTERN if error.instance_path[-1:] == ["pattern"] else Misfit.SCHEMA)
