"""Named errors of citizen credit and of treatments that are paid later."""

from __future__ import annotations

import strawberry

from app.domains.payment.credit.appeals import errors as appeals
from app.domains.payment.credit.dues import errors as dues
from app.domains.payment.credit.line import errors as line
from app.domains.payment.credit.score import errors as score
from app.domains.payment.treatments import errors as treatments
from app.domains.payment.treatments.model import TreatmentState
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Money

strawberry.enum(TreatmentState)


@outcome(score.CreditTermsOutdated)
@strawberry.type(description="Other terms are in force: read `current`, and agree to that.")
class CreditTermsOutdated(UserError):
    current: int


@outcome(score.CreditForAdultsOnly)
@strawberry.type
class CreditForAdultsOnly(UserError):
    pass


@outcome(score.CreditNotJoined)
@strawberry.type(description="Without consent nothing is counted.")
class CreditNotJoined(UserError):
    pass


@outcome(score.CreditJoined)
@strawberry.type
class CreditJoined(UserError):
    pass


@outcome(score.CreditStillOwed, owed=Money.of)
@strawberry.type(description="`owed` is what is owed and what is held for treatments.")
class CreditStillOwed(UserError):
    owed: Money


@outcome(line.CreditScoreTooLow)
@strawberry.type
class CreditScoreTooLow(UserError):
    least: int


@outcome(line.CreditLineOpen)
@strawberry.type
class CreditLineOpen(UserError):
    pass


@outcome(line.CreditLineMissing)
@strawberry.type
class CreditLineMissing(UserError):
    pass


@outcome(line.CreditLimitInvalid, most=Money.of)
@strawberry.type
class CreditLimitInvalid(UserError):
    most: Money


@outcome(dues.NothingDue)
@strawberry.type
class NothingDue(UserError):
    pass


@outcome(dues.RepaymentTooHigh, owed=Money.of)
@strawberry.type
class RepaymentTooHigh(UserError):
    owed: Money


@outcome(appeals.CreditAppealExists)
@strawberry.type
class CreditAppealExists(UserError):
    pass


@outcome(appeals.CreditAppealInvalid)
@strawberry.type
class CreditAppealInvalid(UserError):
    field: str


@outcome(treatments.TreatmentUnknown)
@strawberry.type
class TreatmentUnknown(UserError):
    pass


@outcome(treatments.TreatmentNotInState, state=TreatmentState)
@strawberry.type
class TreatmentNotInState(UserError):
    state: TreatmentState


@outcome(treatments.TreatmentInvalid)
@strawberry.type
class TreatmentInvalid(UserError):
    field: str


@outcome(treatments.TreatmentAboveHeld, held=Money.of)
@strawberry.type
class TreatmentAboveHeld(UserError):
    held: Money
