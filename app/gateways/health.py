"""The hospitals' records, by FHIR R4: the patient is looked for by number, then each kind of resource page by page.

The number goes in a body, never in an address. Each resource says whose it is, and that is looked at: a record of
somebody else, whatever the reason, is no answer. Neither questions nor answers are logged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel

from app.core.clock import civil_day
from app.core.errors import Unavailable
from app.domains.life.health.records.errors import HealthRecordMissing
from app.domains.life.health.records.model import (
    Answer,
    Encounter,
    Flag,
    HealthRecord,
    Immunisation,
    Medication,
    Observation,
    RecordKind,
    Subject,
)
from app.gateways import fhir
from app.gateways.http import HttpGateway, Patience

# A person waits, and several kinds are asked for one after the other: there is an end to all of it together.
PATIENCE = Patience(attempt=3.0, overall=6.0, attempts=2)
WHOLE = 15.0
ID_NUMBERS = "urn:oid:2.16.156.10011.1.3"  # Chinese resident identity numbers
_A_PAGE, _MOST_PAGES, _LONGEST = 50, 6, 300
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/fhir+json"}
_FLAGS = {"N": Flag.NORMAL, "L": Flag.LOW, "H": Flag.HIGH, "LL": Flag.CRITICAL, "HH": Flag.CRITICAL}
_OVER = frozenset({"entered-in-error", "cancelled", "not-done", "draft"})
Resource = TypeVar("Resource", bound=BaseModel)
Said = TypeVar("Said")


class HttpHealth(HttpGateway):
    """Fulfils `life.health.records.service.Source`."""

    name = "health"

    whole_read = WHOLE

    async def read(self, person: Subject, kinds: Sequence[RecordKind], request_id: str) -> Answer:
        """Raises HealthRecordMissing, Unavailable."""
        try:
            async with asyncio.timeout(self.whole_read):
                return await self._read(person, kinds, request_id)
        except TimeoutError as error:
            raise Unavailable from error

    async def _read(self, person: Subject, kinds: Sequence[RecordKind], request_id: str) -> Answer:
        patient, whole = await self._patient(person, request_id), True
        parts: dict[str, tuple[object, ...]] = {}
        for kind in kinds:
            resource, shape, patient_of, read = _KINDS[kind]
            found, complete = await self._all(resource, patient, shape, patient_of, read, request_id)
            parts[kind.value], whole = tuple(found), whole and complete
        return Answer(HealthRecord(**parts), whole)  # type: ignore[arg-type]

    async def _patient(self, person: Subject, request_id: str) -> str:
        """The id under which the hospitals know this person. Raises HealthRecordMissing, Unavailable."""
        body = {"identifier": f"{ID_NUMBERS}|{person.id_number}"}
        answer = await self._call("POST", "Patient/_search", data=body, headers={**_FORM, "X-Request-Id": request_id})
        found = self._understood(answer, lambda: [fhir.Patient.model_validate(r) for r in _resources(answer)[0]])
        if not found:
            raise HealthRecordMissing
        if len(found) > 1 or not _is(found[0], person):
            raise self._not_understood(answer)
        return found[0].id

    async def _all(
        self,
        resource: str,
        patient: str,
        shape: type[Resource],
        patient_of: str,
        read: Callable[..., object],
        request_id: str,
    ) -> tuple[list[object], bool]:
        """All pages, and whether there were no more than are read. Raises Unavailable."""
        headers = {"Accept": "application/fhir+json", "X-Request-Id": request_id}
        path, query = resource, {"patient": patient, "_count": str(_A_PAGE), "_sort": "-date"}
        found: list[object] = []
        for _ in range(_MOST_PAGES):
            answer = await self._call("GET", path, headers=headers, params=query or None)
            rows, following = self._understood(answer, partial(_resources, answer))
            own = self._understood(answer, partial(_owned, shape, rows, patient_of, patient))
            found += self._understood(answer, partial(_said, own, read))
            if following is None:
                return found, True
            path, query = self._within(following, answer), {}
        return found, False

    def _within(self, url: str, answer: httpx2.Response) -> str:
        """A next page of this very system, and of no other. Raises Unavailable."""
        base, target = urlsplit(str(self._client.base_url)), urlsplit(url)
        away = target.netloc and (target.scheme, target.netloc) != (base.scheme, base.netloc)
        if away or not target.path.startswith(base.path) or ".." in target.path:
            raise self._not_understood(answer)
        rest = target.path.removeprefix(base.path)
        return f"{rest}?{target.query}" if target.query else rest

    def _understood(self, answer: httpx2.Response, read: Callable[[], Said]) -> Said:
        """Raises Unavailable."""
        try:
            return read()
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            raise self._not_understood(answer) from error


class NoHealth:
    """A city whose hospitals share no records: nothing answers."""

    async def read(self, person: Subject, kinds: Sequence[RecordKind], request_id: str) -> Answer:
        raise Unavailable


def _resources(answer: httpx2.Response) -> tuple[list[dict[str, object]], str | None]:
    """Those of one page, and where the next one is. Raises ValueError."""
    if not answer.is_success:
        raise ValueError("refused")
    bundle = fhir.Bundle.model_validate_json(answer.content)
    return [entry.resource for entry in bundle.entry], bundle.next


def _is(patient: fhir.Patient, person: Subject) -> bool:
    numbers = {one.value for one in patient.identifier if one.system == ID_NUMBERS}
    return numbers == {person.id_number} and person.name in {one.text for one in patient.name}


def _owned(
    shape: type[Resource], rows: Sequence[Mapping[str, object]], patient_of: str, patient: str
) -> list[Resource]:
    """Raises ValueError: one of another kind, or of somebody else."""
    made = [shape.model_validate(row) for row in rows]
    for one in made:
        whose: fhir.Reference = getattr(one, patient_of)
        if whose.reference.rpartition("/")[2] != patient:
            raise ValueError("of another patient")
    return made


def _said(found: Sequence[BaseModel], read: Callable[..., object]) -> list[object]:
    return [read(one) for one in found if getattr(one, "status", "") not in _OVER]


def _utc(moment: datetime) -> datetime:
    moved = moment.astimezone(UTC)
    return moved.replace(microsecond=moved.microsecond // 1000 * 1000)


def _encounter(one: fhir.Encounter) -> Encounter:
    return Encounter(
        id=one.id,
        kind=next((kind.said for kind in one.type if kind.said), one.kind.display or one.kind.code)[:_LONGEST],
        at=_utc(one.period.start),
        ended_at=_utc(one.period.end) if one.period.end else None,
        place=one.serviceProvider.display[:_LONGEST],
        reasons=tuple(reason.said for reason in one.reasonCode if reason.said)[:10],
    )


def _observation(one: fhir.Observation) -> Observation:
    value, unit = _value(one)
    flag = next((_FLAGS[mark.code] for mark in one.interpretation if mark.code in _FLAGS), None) or _by_range(one)
    usual = next((_range(each) for each in one.referenceRange), "")
    return Observation(one.id, one.code.said, _utc(one.effectiveDateTime), value, unit, usual, flag)


def _value(one: fhir.Observation) -> tuple[str, str]:
    """As it is written, and its unit; of one in parts (a blood pressure) `128/82`. Raises ValueError."""
    if one.valueQuantity is not None:
        return _number(one.valueQuantity.value), one.valueQuantity.unit[:40]
    if one.valueCodeableConcept is not None:
        return one.valueCodeableConcept.said, ""
    if one.valueString is not None:
        return one.valueString[:_LONGEST], ""
    parts = [part.valueQuantity for part in one.component if part.valueQuantity is not None]
    if not parts:
        raise ValueError("an observation without a value")
    return "/".join(_number(part.value) for part in parts), parts[0].unit[:40]


def _number(value: float) -> str:
    """As people write it: no exponent that a count of millions would have."""
    return f"{value:.10g}"


def _by_range(one: fhir.Observation) -> Flag | None:
    """How one value lies to its range, where the hospital has not said it; of a value in parts, or without, nothing."""
    value, bounds = one.valueQuantity, next(iter(one.referenceRange), None)
    if value is None or bounds is None or (bounds.low.value is None and bounds.high.value is None):
        return None
    if bounds.low.value is not None and value.value < bounds.low.value:
        return Flag.LOW
    return Flag.HIGH if bounds.high.value is not None and value.value > bounds.high.value else Flag.NORMAL


def _range(one: fhir.ReferenceRange) -> str:
    if one.text:
        return one.text[:_LONGEST]
    low, high = ("" if end.value is None else _number(end.value) for end in (one.low, one.high))
    if low and high:
        return f"{low}–{high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def _immunisation(one: fhir.Immunization) -> Immunisation:
    when = one.occurrenceDateTime
    on: date = civil_day(when.astimezone(UTC)) if isinstance(when, datetime) and when.tzinfo else _day(when)
    dose = next((step.doseNumberPositiveInt for step in one.protocolApplied), None)
    named = one.vaccineCode
    lot, place = one.lotNumber[:60], one.location.display[:_LONGEST]
    return Immunisation(one.id, named.code, named.said, on, dose, lot, place)


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def _medication(one: fhir.MedicationRequest) -> Medication:
    dosage = next((step.text for step in one.dosageInstruction if step.text), "")[:_LONGEST]
    named = one.medicationCodeableConcept.said
    return Medication(one.id, named, _utc(one.authoredOn), dosage, one.status == "active")


_KINDS: Mapping[RecordKind, tuple[str, type[BaseModel], str, Callable[..., object]]] = {
    RecordKind.ENCOUNTERS: ("Encounter", fhir.Encounter, "subject", _encounter),
    RecordKind.OBSERVATIONS: ("Observation", fhir.Observation, "subject", _observation),
    RecordKind.IMMUNISATIONS: ("Immunization", fhir.Immunization, "patient", _immunisation),
    RecordKind.MEDICATIONS: ("MedicationRequest", fhir.MedicationRequest, "subject", _medication),
}
