"""What hospitals know of a person of the seeded city, as FHIR R4 resources: from `data/life/health.toml`, and of a
child the doses that fall due by the national programme.
"""

from __future__ import annotations

import calendar
import tomllib
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any

from mocks.people import Person

Resource = dict[str, Any]
ID_NUMBERS = "urn:oid:2.16.156.10011.1.3"
_HERE = timezone(timedelta(hours=8))
CHILD_POINT = "鼓东街道预防接种门诊"
_GROWN = 18


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads((files("mocks") / "data" / "life" / "health.toml").read_text(encoding="utf-8"))


def patient_id(person: Person) -> str:
    return f"p-{person.key}"


def patient(person: Person) -> Resource:
    return {
        "resourceType": "Patient",
        "id": patient_id(person),
        "identifier": [{"use": "official", "system": ID_NUMBERS, "value": person.id_number}],
        "name": [{"use": "official", "text": person.name}],
        "gender": person.sex.value,
        "birthDate": person.born.isoformat(),
    }


def of(resource: str, person: Person) -> list[Resource]:
    """All of one kind, newest first."""
    return {
        "Encounter": _encounters,
        "Observation": _observations,
        "Immunization": _immunizations,
        "MedicationRequest": _medications,
    }[resource](person)


def dose(person: Person, number: int, code: str, name: str, on: date, place: str = CHILD_POINT) -> Resource:
    """One that was given. `number` counts the doses of this vaccine."""
    return {
        "resourceType": "Immunization",
        "id": f"{person.key}-{code.lower()}-{number}",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": "urn:oid:2.16.156.1", "code": code, "display": name}], "text": name},
        "patient": {"reference": f"Patient/{patient_id(person)}"},
        "occurrenceDateTime": on.isoformat(),
        "lotNumber": f"{on:%Y%m}{len(code)}{number}",
        "location": {"display": place},
        "protocolApplied": [{"doseNumberPositiveInt": number}],
    }


def _immunizations(person: Person) -> list[Resource]:
    now, made = today(), []
    if now < _month(person.born, _GROWN * 12):
        for row in _told()["schedule"]:
            days = (_month(person.born, months) for months in row["months"])
            given = enumerate((day for day in days if day <= now), start=1)
            made += [dose(person, number, row["code"], row["name"], day) for number, day in given]
    mine = [row for row in _told()["dose"] if row["person"] == person.key]
    made += [dose(person, 1, r["code"], r["name"], now - timedelta(days=r["days"]), r["place"]) for r in mine]
    return sorted(made, key=lambda one: (one["occurrenceDateTime"], one["id"]), reverse=True)


def _encounters(person: Person) -> list[Resource]:
    return [
        {
            "resourceType": "Encounter",
            "id": f"{person.key}-visit-{row['days']}",
            "status": "finished",
            "class": {"code": "IMP" if row.get("stayed") else "AMB"},
            "type": [{"text": row["kind"]}],
            "subject": {"reference": f"Patient/{patient_id(person)}"},
            "period": {"start": _at(row["days"], 9), "end": _at(row["days"] - row.get("stayed", 0), 11)},
            "reasonCode": [{"text": row["reason"]}],
            "serviceProvider": {"display": row["place"]},
        }
        for row in _mine("encounter", person)
    ]


def _observations(person: Person) -> list[Resource]:
    return [_observation(person, place, row) for place, row in enumerate(_mine("observation", person))]


def _observation(person: Person, place: int, row: dict[str, Any]) -> Resource:
    code, name = row["what"]
    made = {
        "resourceType": "Observation",
        "id": f"{person.key}-finding-{place}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": name},
        "subject": {"reference": f"Patient/{patient_id(person)}"},
        "effectiveDateTime": _at(row["days"], 10),
        "interpretation": [{"coding": [{"code": row["flag"]}]}],
    }
    values = [{"value": float(part), "unit": row["unit"]} for part in row["value"].split("/")]
    if len(values) == 1:
        low, high = row.get("usual", (None, None))
        usual = {"low": {"value": float(low)}, "high": {"value": float(high)}} if low is not None else {}
        return {**made, "valueQuantity": values[0], "referenceRange": [usual] if usual else []}
    parts = zip((("8480-6", "收缩压"), ("8462-4", "舒张压")), values, strict=True)
    coded = [{"code": {"coding": [{"code": c}], "text": text}, "valueQuantity": value} for (c, text), value in parts]
    return {**made, "component": coded}


def _medications(person: Person) -> list[Resource]:
    return [
        {
            "resourceType": "MedicationRequest",
            "id": f"{person.key}-medicine-{place}",
            "status": "active" if row["active"] else "completed",
            "intent": "order",
            "subject": {"reference": f"Patient/{patient_id(person)}"},
            "medicationCodeableConcept": {"text": row["name"]},
            "authoredOn": _at(row["days"], 11),
            "dosageInstruction": [{"text": row["dosage"]}],
        }
        for place, row in enumerate(_mine("medication", person))
    ]


def _mine(kind: str, person: Person) -> list[dict[str, Any]]:
    mine = [row for row in _told()[kind] if row["person"] == person.key]
    return sorted(mine, key=lambda row: int(row["days"]))


def today() -> date:
    return datetime.now(UTC).astimezone(_HERE).date()


def _at(days: int, hour: int) -> str:
    return datetime.combine(today() - timedelta(days=days), time(hour), _HERE).isoformat()


def _month(born: date, months: int) -> date:
    """So many months after the day of birth; of a month that is too short, its last day."""
    years, month = divmod(born.month - 1 + months, 12)
    year = born.year + years
    return date(year, month + 1, min(born.day, calendar.monthrange(year, month + 1)[1]))
