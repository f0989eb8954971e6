"""Health records as people read them, consents to read them, certificates kept up to date."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.errors import BadInput
from app.domains.identity.organisations.model import Tree
from app.domains.life.health.certificates import model as certificates
from app.domains.life.health.records import model
from app.domains.life.health.records.model import Flag, RecordKind
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id, key_of
from graphql_schema.types.licences import Licence

strawberry.enum(RecordKind, name="HealthRecordKind", description="A part of a health record.")
strawberry.enum(Flag, name="HealthFlag", description="How a measured value lies to what is usual.")


@strawberry.type(description="A visit to a hospital, or a stay.")
class HealthEncounter:
    kind: str
    at: datetime
    ended_at: datetime | None
    place: str
    reasons: list[str]

    @classmethod
    def of(cls, one: model.Encounter) -> HealthEncounter:
        return cls(kind=one.kind, at=one.at, ended_at=one.ended_at, place=one.place, reasons=list(one.reasons))


@strawberry.type(description="Something that was measured.")
class HealthObservation:
    what: str
    at: datetime
    value: str
    unit: str
    usual: str = strawberry.field(description="The range it is read by; may be empty.")
    flag: Flag | None

    @classmethod
    def of(cls, one: model.Observation) -> HealthObservation:
        return cls(what=one.what, at=one.at, value=one.value, unit=one.unit, usual=one.usual, flag=one.flag)


@strawberry.type(description="A dose of a vaccine.")
class HealthImmunisation:
    vaccine: str
    on: date
    dose: int | None
    lot: str
    place: str

    @classmethod
    def of(cls, one: model.Immunisation) -> HealthImmunisation:
        return cls(vaccine=one.vaccine, on=one.on, dose=one.dose, lot=one.lot, place=one.place)


@strawberry.type(description="A medicine that was prescribed.")
class HealthMedication:
    medicine: str
    since: datetime
    dosage: str
    active: bool

    @classmethod
    def of(cls, one: model.Medication) -> HealthMedication:
        return cls(medicine=one.medicine, since=one.since, dosage=one.dosage, active=one.active)


@strawberry.type(description="What was read: it stands in the citizen's record of look-ups, under this id.")
class HealthRecordRead:
    id: strawberry.ID
    kinds: list[RecordKind]
    at: datetime
    whole: bool = strawberry.field(description="False: a part was too long, and its oldest entries were left out.")
    encounters: list[HealthEncounter]
    observations: list[HealthObservation]
    immunisations: list[HealthImmunisation]
    medications: list[HealthMedication]

    @classmethod
    def of(cls, read: model.Reading) -> HealthRecordRead:
        record = read.record
        return cls(
            id=global_id("Disclosure", read.disclosure),
            kinds=list(read.kinds),
            at=read.at,
            whole=read.whole,
            encounters=[HealthEncounter.of(one) for one in record.encounters],
            observations=[HealthObservation.of(one) for one in record.observations],
            immunisations=[HealthImmunisation.of(one) for one in record.immunisations],
            medications=[HealthMedication.of(one) for one in record.medications],
        )


@strawberry.type(description="An organisation that may ask for health records, of whoever agrees.")
class HealthReader:
    organisation: OrganisationName
    kinds: list[RecordKind]


@strawberry.type(description="You let an organisation read these parts of the record, until then.")
class HealthConsent:
    id: strawberry.ID
    organisation: OrganisationName
    kinds: list[RecordKind]
    given_at: datetime
    until: datetime
    used: int = strawberry.field(description="How often it was read by this.")

    @classmethod
    def of(cls, one: model.HealthConsent, tree: Tree) -> HealthConsent:
        return cls(
            id=global_id("Consent", one.id),
            organisation=OrganisationName.of(one.organisation, tree),
            kinds=list(one.kinds),
            given_at=one.given_at,
            until=one.until,
            used=one.used,
        )


@strawberry.type(description="Who may ask for the record, what was agreed to, and whether the certificate is kept up.")
class HealthSharing:
    readers: list[HealthReader]
    consents: list[HealthConsent] = strawberry.field(description="Those that hold, newest first.")
    certificate_renews: bool = strawberry.field(description="The vaccination certificate is kept up to date.")

    @classmethod
    def of(cls, found: model.Readers, upkeep: certificates.Upkeep | None, tree: Tree, now: datetime) -> HealthSharing:
        readers = [
            HealthReader(organisation=OrganisationName.of(code, tree), kinds=list(kinds))
            for code, kinds in sorted(found.may_ask.items())
        ]
        consents = [HealthConsent.of(one, tree) for one in found.consents if one.holds(now)]
        return cls(readers=readers, consents=consents, certificate_renews=upkeep is not None)


@strawberry.type
class HealthRecordAllowed:
    consent: HealthConsent


@strawberry.type
class HealthRecordStopped:
    consent: HealthConsent


@strawberry.type
class VaccinationCertificateIssued:
    licence: Licence


@strawberry.type(description="If this person's certificate is kept up to date, it is looked at anew.")
class VaccinationNoted:
    noted: bool


@strawberry.input(one_of=True, description="Whom it is about: one of these.")
class HealthSubjectInput:
    verification: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="A verification of yours, not older than 90 days."
    )
    card_number: strawberry.Maybe[str] = strawberry.field(description="Of a card that was shown to you within 90 days.")

    def named(self) -> tuple[str | None, str | None]:
        """The verification, or the card's number. Raises BadInput."""
        if self.verification:
            return key_of(self.verification.value, "Disclosure"), None
        if self.card_number:
            return None, self.card_number.value
        raise BadInput(field="subject")
