"""Named errors of tickets, and of the door."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.life.culture.admission import errors as admission
from app.domains.life.culture.tickets import errors as tickets
from app.domains.life.culture.tickets.model import PurchaseState
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(PurchaseState, name="EventPurchaseState")


@outcome(tickets.TicketsSoldOut)
@strawberry.type(description="Fewer are left than asked for.")
class TicketsSoldOut(UserError):
    left: int


@outcome(tickets.SeatsTaken, seats=list)
@strawberry.type(description="Somebody else holds these.")
class SeatsTaken(UserError):
    seats: list[str]


@outcome(tickets.SeatsInvalid)
@strawberry.type(description="No such seats, one of them twice, or none named where they are numbered.")
class SeatsInvalid(UserError):
    pass


@outcome(tickets.TicketLimitReached)
@strawberry.type(description="One person has `most` tickets of an event at most; `left` more can be had.")
class TicketLimitReached(UserError):
    most: int
    left: int


@outcome(tickets.PurchaseUnknown)
@strawberry.type(description="No such purchase, or not one's own.")
class PurchaseUnknown(UserError):
    pass


@outcome(tickets.PurchaseNotOpen, state=PurchaseState)
@strawberry.type(description="It does not wait for its money any more.")
class PurchaseNotOpen(UserError):
    state: PurchaseState


@outcome(tickets.TicketsNotReturnable)
@strawberry.type(description="They were used or returned, or are none of this purchase.")
class TicketsNotReturnable(UserError):
    pass


@outcome(tickets.ReturnTooLate)
@strawberry.type(description="They could be returned until then.")
class ReturnTooLate(UserError):
    until: datetime


@outcome(admission.TicketCodeMalformed)
@strawberry.type(description="No code of a ticket.")
class TicketCodeMalformed(UserError):
    pass


@outcome(admission.TicketCodeUnknown)
@strawberry.type(description="Never given, or of another house.")
class TicketCodeUnknown(UserError):
    pass


@outcome(admission.TicketCodeExpired)
@strawberry.type(description="A code lives a minute: have another one shown.")
class TicketCodeExpired(UserError):
    pass


@outcome(admission.TicketCodeUsed)
@strawberry.type(description="This very code was read before.")
class TicketCodeUsed(UserError):
    pass


@outcome(admission.TicketUsed)
@strawberry.type(description="Somebody came in with this ticket then.")
class TicketUsed(UserError):
    used_at: datetime


@outcome(admission.TicketNotGood)
@strawberry.type(description="It was returned, or what it is for was cancelled.")
class TicketNotGood(UserError):
    pass


@outcome(admission.AdmissionNotYet)
@strawberry.type(description="The doors open then.")
class AdmissionNotYet(UserError):
    opens_at: datetime


@outcome(admission.AdmissionOver)
@strawberry.type(description="What the ticket is for is over.")
class AdmissionOver(UserError):
    pass
