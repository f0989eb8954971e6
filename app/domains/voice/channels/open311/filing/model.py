"""A request as it is filed by Open311: read from a form, by the rules of GeoReport v2 and of the service.

An empty field counts as none. Fields that the specification does not know are passed over, as clients send their own;
only attributes are held against the definition of the service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite

from app.core.places.model import Point
from app.domains.voice.cases.history.model import CaseKind
from app.domains.voice.channels.open311.errors import (
    ArgumentMissing,
    ArgumentWrong,
    AttributeWrong,
    LocationMissing,
    MediaRefused,
)
from app.domains.voice.channels.open311.model import ASSET, KIND, Attribute, DataType, Service

Form = Mapping[str, Sequence[str]]

LONGEST = 4_000  # of a description, by the specification
_LONGEST_FIELD = 255
_TITLE = 40
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,64})\](\[\])?")
_BREAKS = "\t\n\r"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """`name` and `contact` are of whoever reported it, as the client says: nobody has checked them."""

    service: str
    kind: CaseKind
    title: str
    text: str
    point: Point | None = None
    address: str = ""
    asset: str | None = None
    name: str | None = None
    contact: str | None = None


class TokenState(StrEnum):
    WAITING = "waiting"
    FILED = "filed"
    REFUSED = "refused"
    FAILED = "failed"  # tried in vain, by a fault of ours: the desk sees it


@dataclass(frozen=True, slots=True)
class Token:
    """`number` when it is filed, `reason` (the code of an outcome) when it could not be. `tries`: how often one of our
    own faults came in between.
    """

    id: str
    client: str
    state: TokenState
    made_at: datetime
    number: str | None = None
    reason: str | None = None
    tries: int = 0


def service_code(form: Form) -> str:
    """Raises ArgumentMissing, ArgumentWrong."""
    found = _field(form, "service_code", 64)
    if not found:
        raise ArgumentMissing("service_code")
    return found


def new_request(form: Form, service: Service) -> NewRequest:
    """Raises ArgumentMissing, ArgumentWrong, LocationMissing, AttributeWrong, MediaRefused, PlaceNotOnEarth."""
    if _field(form, "media_url", 2_000):
        raise MediaRefused
    text = _field(form, "description", LONGEST, breaks=True)
    if len(text) < 2:
        raise ArgumentMissing("description")
    answers = _answers(form, service)
    point, address = _point(form), _field(form, "address_string", _LONGEST_FIELD)
    asset = _field(form, "address_id", 64) or next(iter(answers.get(ASSET, ())), "")
    if point is None and not address and not asset:
        raise LocationMissing
    name = f"{_field(form, 'last_name', 60)}{_field(form, 'first_name', 60)}"
    return NewRequest(
        service=service.code,
        kind=CaseKind(next(iter(answers.get(KIND, ())), service.kind.value)),
        title=_title(text),
        text=text,
        point=point,
        address=address,
        asset=asset or None,
        name=name or None,
        contact=_field(form, "phone", 40) or _field(form, "email", 120) or None,
    )


def _title(text: str) -> str:
    """The first line, or as much of it as a title holds."""
    first = text.strip().splitlines()[0].strip()
    return first if len(first) <= _TITLE else f"{first[: _TITLE - 1]}…"


def _field(form: Form, name: str, most: int, *, breaks: bool = False) -> str:
    """Raises ArgumentWrong: twice, too long, or with what is no text."""
    values = [value.strip() for value in form.get(name, ()) if value.strip()]
    if len(values) > 1:
        raise ArgumentWrong(name)
    value = values[0] if values else ""
    if len(value) > most or any(not _is_text(one, breaks) for one in value):
        raise ArgumentWrong(name)
    return value


def _is_text(one: str, breaks: bool) -> bool:
    return one.isprintable() or one in "\u200b\u200d\u3000\xa0" or (breaks and one in _BREAKS)


def _point(form: Form) -> Point | None:
    lat, long = _field(form, "lat", 40), _field(form, "long", 40)
    if not lat and not long:
        return None
    for name, value in (("lat", lat), ("long", long)):
        if not value:
            raise ArgumentMissing(name)
    return Point(_degrees(lat, "lat"), _degrees(long, "long"))


def _degrees(text: str, name: str) -> float:
    if not re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,20})?", text, re.ASCII):
        raise ArgumentWrong(name)
    value = float(text)
    if not isfinite(value):
        raise ArgumentWrong(name)
    return value


def _answers(form: Form, service: Service) -> dict[str, list[str]]:
    """By the code of the attribute. Raises AttributeWrong."""
    asked = {one.code: one for one in service.attributes if one.variable}
    answers: dict[str, list[str]] = {}
    for name, values in form.items():
        if not name.startswith("attribute["):
            continue
        found = _ATTRIBUTE.fullmatch(name)
        if found is None or found[1] not in asked:
            raise AttributeWrong(found[1] if found else name[:64])
        given = [value.strip() for value in values if value.strip()]
        answers.setdefault(found[1], []).extend(given)
    for code, attribute in asked.items():
        _demand(attribute, answers.get(code, []))
    return answers


def _demand(attribute: Attribute, given: list[str]) -> None:
    """Raises AttributeWrong."""
    too_many = len(given) > 1 and attribute.datatype is not DataType.MULTI
    missing = attribute.required and not given
    strange = attribute.values and not set(given) <= {key for key, _ in attribute.values}
    long = any(len(value) > _LONGEST_FIELD or not value.isprintable() for value in given)
    if too_many or missing or strange or long:
        raise AttributeWrong(attribute.code)
