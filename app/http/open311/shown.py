"""Services and requests as the Open311 door writes them, in the caller's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from app.core.said import Said
from app.domains.voice.channels.open311.model import Attribute, Note, Service, ServiceRequest
from app.domains.voice.public.publishing.striking.model import struck
from app.http.open311.words import STATES, of_step

Names = Callable[[str], Said | None]
"""The name of an organisation, or of a division, by its code."""


def service(one: Service, locale: str, delivery: str) -> dict[str, Any]:
    return {
        "service_code": one.code,
        "service_name": one.name.within(locale),
        "description": one.description.within(locale),
        "metadata": bool(one.attributes),
        "type": delivery,
        "keywords": ", ".join(one.keywords),
        "group": one.group.within(locale),
    }


def definition(one: Service, locale: str) -> dict[str, Any]:
    attributes = [_attribute(place, asked, locale) for place, asked in enumerate(one.attributes, 1)]
    return {"service_code": one.code, "attributes": attributes}


def _attribute(place: int, one: Attribute, locale: str) -> dict[str, Any]:
    return {
        "variable": one.variable,
        "code": one.code,
        "datatype": one.datatype.value,
        "required": one.required,
        "datatype_description": one.hint.within(locale),
        "order": place,
        "description": one.description.within(locale),
        "values": [{"key": key, "name": said.within(locale)} for key, said in one.values],
    }


def request(one: ServiceRequest, name: str, locale: str, of: Names, *, extended: bool) -> dict[str, Any]:
    """`name` of its service. What an office answered is struck out here: it may speak to a person by name."""
    plain = {
        "service_request_id": one.number,
        "status": one.status.value,
        "status_notes": _status_notes(one, locale),
        "service_name": name,
        "service_code": one.service,
        "description": one.description,
        "agency_responsible": _named(one.unit, locale, of),
        "service_notice": None,
        "requested_datetime": moment(one.requested_at),
        "updated_datetime": moment(one.updated_at),
        "expected_datetime": moment(one.expected_at),
        "address": _named(one.division, locale, of),
        "address_id": one.asset,
        "zipcode": None,
        "lat": one.latitude,
        "long": one.longitude,
        "media_url": None,
    }
    return plain | _extension(one, locale, of) if extended else plain


def _named(code: str | None, locale: str, of: Names) -> str | None:
    said = of(code) if code else None
    return said.within(locale) if said else None


def moment(at: datetime | None) -> str | None:
    """To the second, in UTC, as the W3C's note has it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None


def _status_notes(one: ServiceRequest, locale: str) -> str:
    said = STATES[one.state].within(locale)
    return f"{said} {struck(one.reply).text}" if one.reply else said


def _extension(one: ServiceRequest, locale: str, of: Names) -> dict[str, Any]:
    """With `extensions=true`: what the two states of the specification cannot say, and every public step."""
    return {
        "extended_attributes": {
            "title": one.title,
            "kind": one.kind.value,
            "state": one.state.value,
            "handled_datetime": moment(one.handled_at),
            "closed_datetime": moment(one.closed_at),
            "confirmation": one.confirmation,
        },
        "notes": [_note(note, locale, of) for note in one.notes],
    }


def _note(one: Note, locale: str, of: Names) -> dict[str, Any]:
    said = of_step(one.type, locale)
    return {
        "datetime": moment(one.at),
        "type": one.type,
        "description": f"{said} {struck(one.text).text}" if one.text else said,
        "agency_responsible": _named(one.unit, locale, of),
    }
