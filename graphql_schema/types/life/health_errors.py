"""Named errors of health: records, consents to read them, certificates, follow-ups."""

from __future__ import annotations

import strawberry

from app.domains.life.health.certificates import errors as certificates
from app.domains.life.health.follow_ups import errors as follow_ups
from app.domains.life.health.records import errors as records
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(records.HealthRecordMissing)
@strawberry.type
class HealthRecordMissing(UserError):
    pass


@outcome(records.HealthRecordUnavailable)
@strawberry.type(description="The system that keeps the records does not answer, or not in a form to be trusted.")
class HealthRecordUnavailable(UserError):
    pass


@outcome(records.HealthReaderUnknown)
@strawberry.type
class HealthReaderUnknown(UserError):
    organisation: str


@outcome(records.HealthConsentMissing)
@strawberry.type
class HealthConsentMissing(UserError):
    pass


@outcome(records.HealthSubjectUnknown)
@strawberry.type
class HealthSubjectUnknown(UserError):
    pass


@outcome(records.HealthKindsMissing)
@strawberry.type
class HealthKindsMissing(UserError):
    pass


@outcome(records.HealthConsentTimeInvalid)
@strawberry.type
class HealthConsentTimeInvalid(UserError):
    days: int


@outcome(records.HealthConsentUnknown)
@strawberry.type
class HealthConsentUnknown(UserError):
    pass


@outcome(certificates.NothingVaccinated)
@strawberry.type
class NothingVaccinated(UserError):
    pass


@outcome(follow_ups.PatientNotInCare)
@strawberry.type
class PatientNotInCare(UserError):
    pass


@outcome(follow_ups.FollowUpInvalid)
@strawberry.type
class FollowUpInvalid(UserError):
    what: str


@outcome(follow_ups.FollowUpUnknown)
@strawberry.type
class FollowUpUnknown(UserError):
    pass


@outcome(follow_ups.FollowUpNotYours)
@strawberry.type(description="The team of this patient does not name you among those who follow its patients up.")
class FollowUpNotYours(UserError):
    pass


@outcome(follow_ups.FollowUpPlanned)
@strawberry.type
class FollowUpPlanned(UserError):
    pass


@outcome(follow_ups.FollowUpChanged)
@strawberry.type
class FollowUpChanged(UserError):
    pass
