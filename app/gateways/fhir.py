"""FHIR R4 as far as the city reads it: five resources, searched for, in bundles of pages.

https://hl7.org/fhir/R4/. Fields that nobody here reads are passed over, so that a system may say more than this knows;
a resource that lacks what makes it readable (a dose without its day) is an answer that is not understood.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

_LONGEST = 300


class _Fhir(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, str_max_length=4_000, allow_inf_nan=False)


class Coding(_Fhir):
    code: str = ""
    display: str = ""


class Concept(_Fhir):
    """A CodeableConcept: something by a code, and in words."""

    coding: tuple[Coding, ...] = ()
    text: str = ""

    @property
    def said(self) -> str:
        named = next((one.display for one in self.coding if one.display), "")
        return (self.text or named or self.code)[:_LONGEST]

    @property
    def code(self) -> str:
        return next((one.code for one in self.coding if one.code), "")


class Reference(_Fhir):
    reference: str = ""
    display: str = ""


class Identifier(_Fhir):
    system: str = ""
    value: str = ""


class Name(_Fhir):
    text: str = ""


class Period(_Fhir):
    start: AwareDatetime
    end: AwareDatetime | None = None


class Quantity(_Fhir):
    value: float
    unit: str = ""


class Bound(_Fhir):
    value: float | None = None


class ReferenceRange(_Fhir):
    low: Bound = Bound()
    high: Bound = Bound()
    text: str = ""


class Patient(_Fhir):
    resourceType: Literal["Patient"]  # noqa: N815  (FHIR's own name)
    id: str = Field(min_length=1, max_length=64)
    identifier: tuple[Identifier, ...] = ()
    name: tuple[Name, ...] = ()


class _OfPatient(_Fhir):
    id: str = Field(min_length=1, max_length=64)
    status: str


class Encounter(_OfPatient):
    resourceType: Literal["Encounter"]  # noqa: N815
    subject: Reference
    kind: Coding = Field(default=Coding(), alias="class")
    type: tuple[Concept, ...] = ()
    period: Period
    reasonCode: tuple[Concept, ...] = ()  # noqa: N815
    serviceProvider: Reference = Reference()  # noqa: N815


class Component(_Fhir):
    code: Concept
    valueQuantity: Quantity | None = None  # noqa: N815


class Observation(_OfPatient):
    resourceType: Literal["Observation"]  # noqa: N815
    subject: Reference
    code: Concept
    effectiveDateTime: AwareDatetime  # noqa: N815
    valueQuantity: Quantity | None = None  # noqa: N815
    valueString: str | None = None  # noqa: N815
    valueCodeableConcept: Concept | None = None  # noqa: N815
    component: tuple[Component, ...] = ()
    referenceRange: tuple[ReferenceRange, ...] = ()  # noqa: N815
    interpretation: tuple[Concept, ...] = ()


class Protocol(_Fhir):
    doseNumberPositiveInt: int | None = Field(default=None, ge=1, le=1_000)  # noqa: N815


class Immunization(_OfPatient):
    resourceType: Literal["Immunization"]  # noqa: N815
    patient: Reference
    vaccineCode: Concept  # noqa: N815
    occurrenceDateTime: datetime | date  # noqa: N815
    lotNumber: str = ""  # noqa: N815
    location: Reference = Reference()
    protocolApplied: tuple[Protocol, ...] = ()  # noqa: N815


class Dosage(_Fhir):
    text: str = ""


class MedicationRequest(_OfPatient):
    resourceType: Literal["MedicationRequest"]  # noqa: N815
    subject: Reference
    medicationCodeableConcept: Concept  # noqa: N815
    authoredOn: AwareDatetime  # noqa: N815
    dosageInstruction: tuple[Dosage, ...] = ()  # noqa: N815


class Link(_Fhir):
    relation: str
    url: str


class Entry(_Fhir):
    resource: dict[str, Any]


class Bundle(_Fhir):
    """A page of a search."""

    resourceType: Literal["Bundle"]  # noqa: N815
    type: Literal["searchset"]
    link: tuple[Link, ...] = ()
    entry: tuple[Entry, ...] = Field(default=(), max_length=200)

    @property
    def next(self) -> str | None:
        return next((one.url for one in self.link if one.relation == "next"), None)
