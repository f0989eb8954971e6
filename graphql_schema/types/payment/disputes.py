"""Disputes as payer and payee see them: what was said, by when, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import strawberry

from app.domains.identity.organisations.model import Tree
from app.domains.payment.disputes import errors
from app.domains.payment.disputes import model as disputes
from app.domains.payment.disputes.model import DisputeOutcome, DisputeReason, DisputeState, Party
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Money, global_id

strawberry.enum(DisputeReason, name="PaymentDisputeReason")
strawberry.enum(
    DisputeState,
    name="PaymentDisputeState",
    description="OPENED: the payee may answer. ANSWERED: the payer may reply. TO_DECIDE: the city's desk decides.",
)
strawberry.enum(
    DisputeOutcome,
    name="PaymentDisputeOutcome",
    description="UNANSWERED: the payee let the time pass. REFUNDED: all of it was given back meanwhile.",
)
strawberry.enum(Party, name="PaymentDisputeParty")


@outcome(errors.DisputeUnknown)
@strawberry.type(description="No such dispute, or not yours.")
class PaymentDisputeUnknown(UserError):
    pass


@outcome(errors.DisputeNotPossible)
@strawberry.type(description="The payment was not captured, or all of it has gone back.")
class DisputeNotPossible(UserError):
    pass


@outcome(errors.DisputeTooLate)
@strawberry.type(description="A payment is disputed within so many days.")
class DisputeTooLate(UserError):
    days: int


@outcome(errors.DisputeOpen)
@strawberry.type(description="A dispute of this payment is open already.")
class DisputeOpen(UserError):
    pass


@outcome(errors.DisputeStateWrong, state=DisputeState)
@strawberry.type(description="It is in another state: `state` says in which.")
class PaymentDisputeStateWrong(UserError):
    state: DisputeState


@outcome(errors.DisputeChanged)
@strawberry.type(description="It was changed while this was under way: look again.")
class DisputeChanged(UserError):
    pass


@outcome(errors.DisputeWordsMissing)
@strawberry.type(description="A text that has to be written, 2 to 2,000 characters: `field` says which.")
class DisputeWordsMissing(UserError):
    field: str


@outcome(errors.DisputeAmountTooHigh, left=Money.of)
@strawberry.type(description="No more than `left` can be contested.")
class DisputeAmountTooHigh(UserError):
    left: Money


@strawberry.type(description="A file of evidence. `link` is null when it is not shown here.")
class DisputeFile:
    upload_id: strawberry.ID
    link: str | None


@strawberry.type(description="What one side said.")
class DisputeStatement:
    party: Party
    at: datetime
    words: str | None
    files: list[DisputeFile]

    @classmethod
    def of(cls, said: disputes.Statement, links: Mapping[str, str]) -> DisputeStatement:
        files = [
            DisputeFile(upload_id=strawberry.ID(global_id("Upload", one)), link=links.get(one)) for one in said.files
        ]
        return cls(party=said.party, at=said.at, words=said.words, files=files)


@strawberry.type(description="How it ended. `given` goes back to the payer; `reason` is the desk's.")
class DisputeEnding:
    outcome: DisputeOutcome
    at: datetime
    given: Money
    reason: str | None

    @classmethod
    def of(cls, ending: disputes.Ending) -> DisputeEnding:
        return cls(outcome=ending.outcome, at=ending.at, given=Money.of(ending.given), reason=ending.reason)


@strawberry.type(description="A payment that its payer contests.")
class PaymentDispute:
    id: strawberry.ID
    payment_id: strawberry.ID
    payee: OrganisationName
    amount: Money
    reason: DisputeReason
    state: DisputeState
    opened_at: datetime
    due: datetime | None = strawberry.field(description="Until when the one whose turn it is may act.")
    statements: list[DisputeStatement] = strawberry.field(description="Their words and links only where one is read.")
    ending: DisputeEnding | None

    @classmethod
    def of(cls, one: disputes.Dispute, tree: Tree, links: Mapping[str, str] | None = None) -> PaymentDispute:
        return cls(
            id=strawberry.ID(global_id("PaymentDispute", one.id)),
            payment_id=strawberry.ID(global_id("Payment", one.payment)),
            payee=OrganisationName.of(one.payee, tree),
            amount=Money.of(one.amount),
            reason=one.reason,
            state=one.state,
            opened_at=one.at,
            due=one.due,
            statements=[DisputeStatement.of(said, links or {}) for said in one.statements],
            ending=DisputeEnding.of(one.ending) if one.ending else None,
        )


@strawberry.type
class DisputeKept:
    dispute: PaymentDispute
