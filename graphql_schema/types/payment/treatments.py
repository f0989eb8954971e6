"""Treatments that are paid later, as the citizen and as the hospital see them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.money import Currency
from app.core.money import Money as Sum
from app.domains.identity.organisations.model import Tree
from app.domains.payment.treatments import model
from app.domains.payment.treatments.model import BillLine, TreatmentState
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Money, global_id
from graphql_schema.types.payment.money import MoneyInput


@strawberry.type(description="A line of the medical bill, kept between hospital and citizen.")
class TreatmentBillLine:
    what: str
    amount: Money


@strawberry.type(description="Treatment first, payment later: held on the citizen's credit line, charged after.")
class Treatment:
    id: strawberry.ID
    hospital: OrganisationName
    reference: str = strawberry.field(description="The hospital's number of the visit.")
    about: str
    state: TreatmentState
    estimate: Money = strawberry.field(description="What is held, and what is charged at most.")
    charged: Money | None
    bill: list[TreatmentBillLine]
    payment_id: strawberry.ID | None = strawberry.field(description="What was paid by it, once it is charged.")
    at: datetime
    until: datetime | None = strawberry.field(description="When what waits expires, or what is held is let go.")
    authorised_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, one: model.Treatment, tree: Tree, now: datetime) -> Treatment:
        charged = one.state is TreatmentState.CHARGED
        return cls(
            id=global_id("Treatment", one.id),
            hospital=OrganisationName.of(one.hospital, tree),
            reference=one.reference,
            about=one.about,
            state=one.state_on(now),
            estimate=Money.of(Sum(one.estimate)),
            charged=Money.of(Sum(one.fen)) if one.fen is not None else None,
            bill=[TreatmentBillLine(what=line.what, amount=Money.of(Sum(line.fen))) for line in one.lines],
            payment_id=global_id("Payment", one.payment) if charged else None,
            at=one.at,
            until=one.until,
            authorised_at=one.authorised_at,
            ended_at=one.ended_at,
        )


@strawberry.type
class TreatmentAsked:
    treatment: Treatment


@strawberry.type
class TreatmentChanged:
    treatment: Treatment


@strawberry.input(description="A line of the medical bill, in yuan.")
class TreatmentBillLineInput:
    what: str
    amount: MoneyInput

    def read(self) -> BillLine:
        """Raises AmountInvalid, CurrencyWrong."""
        return BillLine(self.what, self.amount.read(Currency.CNY).fen)
