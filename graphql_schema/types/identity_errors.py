"""Named errors of the identity room."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.errors import RealNameNeeded as RealNameNeededOutcome
from app.domains.identity.citizens import errors as citizens
from app.domains.identity.citizens.errors import IdNumberFault
from app.domains.identity.guardians import errors as guardians
from app.domains.identity.sessions import errors as sessions
from app.domains.identity.sign_in import errors as sign_in
from app.domains.identity.staff import errors as staff
from app.domains.identity.verification import errors as verification
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(IdNumberFault)


@outcome(citizens.PhoneInvalid)
@strawberry.type
class PhoneInvalid(UserError):
    pass


@outcome(citizens.NameInvalid)
@strawberry.type
class NameInvalid(UserError):
    pass


@outcome(citizens.IdNumberInvalid)
@strawberry.type
class IdNumberInvalid(UserError):
    fault: IdNumberFault


@outcome(citizens.IdentityTaken)
@strawberry.type
class IdentityTaken(UserError):
    pass


@outcome(citizens.AlreadyVerified)
@strawberry.type
class AlreadyVerified(UserError):
    pass


@outcome(sign_in.OtpWrong)
@strawberry.type
class OtpWrong(UserError):
    remaining: int


@outcome(sign_in.OtpNoLongerValid)
@strawberry.type
class OtpNoLongerValid(UserError):
    pass


@outcome(sign_in.TooManyCodes)
@strawberry.type
class TooManyCodes(UserError):
    retry_after: int = strawberry.field(description="Seconds.")


@outcome(sign_in.SmsUnavailable)
@strawberry.type
class SmsUnavailable(UserError):
    pass


@outcome(sign_in.SmsRefused)
@strawberry.type(description="The gateway will never send to this number.")
class SmsRefused(UserError):
    pass


@outcome(sessions.SessionEnded)
@strawberry.type
class SessionEnded(UserError):
    pass


@outcome(sessions.DeviceUnknown)
@strawberry.type
class DeviceUnknown(UserError):
    pass


@outcome(verification.IdentityNotMatched)
@strawberry.type
class IdentityNotMatched(UserError):
    remaining: int = strawberry.field(description="Attempts left until tomorrow.")


@outcome(verification.VerificationLocked)
@strawberry.type
class VerificationLocked(UserError):
    until: datetime


@outcome(verification.RegistryUnavailable)
@strawberry.type
class RegistryUnavailable(UserError):
    pass


@outcome(guardians.NotTheGuardian)
@strawberry.type
class NotTheGuardian(UserError):
    pass


@outcome(guardians.WardMustBeMinorOrElder)
@strawberry.type
class WardMustBeMinorOrElder(UserError):
    pass


@outcome(RealNameNeededOutcome)
@strawberry.type
class RealNameNeeded(UserError):
    pass


@outcome(guardians.NotProposed)
@strawberry.type
class NotProposed(UserError):
    pass


@outcome(guardians.GuardianshipUnknown)
@strawberry.type
class GuardianshipUnknown(UserError):
    pass


@outcome(guardians.GuardianshipEndsTooLate)
@strawberry.type
class GuardianshipEndsTooLate(UserError):
    pass


@outcome(staff.CredentialsWrong)
@strawberry.type
class CredentialsWrong(UserError):
    pass


@outcome(staff.PasswordChangeNeeded)
@strawberry.type
class PasswordChangeNeeded(UserError):
    pass


@outcome(staff.PasswordTooWeak)
@strawberry.type
class PasswordTooWeak(UserError):
    pass


@outcome(staff.PasswordUnchanged)
@strawberry.type
class PasswordUnchanged(UserError):
    pass


@outcome(staff.StaffLocked)
@strawberry.type
class StaffLocked(UserError):
    until: datetime
