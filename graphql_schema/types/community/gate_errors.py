"""Named errors of visitors' passes, gates and cars."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.domains.community.estates.gates import errors as doors
from app.domains.community.gates import errors as gates
from app.domains.community.parking import errors as parking
from app.domains.community.visitors import errors as visitors
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(visitors.PassInvalid)
@strawberry.type
class PassInvalid(UserError):
    field: str


@outcome(visitors.PassUnknown)
@strawberry.type(description="No such pass.")
class PassUnknown(UserError):
    pass


@outcome(visitors.PassLimitReached)
@strawberry.type(description="So many a day by home.")
class PassLimitReached(UserError):
    limit: int


@outcome(visitors.PassRevoked)
@strawberry.type(description="It was taken back.")
class PassRevoked(UserError):
    pass


@outcome(visitors.PassUsed)
@strawberry.type(description="All its entries are used.")
class PassUsed(UserError):
    entries: int


@outcome(visitors.PassTooEarly)
@strawberry.type
class PassTooEarly(UserError):
    begins: datetime


@outcome(visitors.PassTooLate)
@strawberry.type
class PassTooLate(UserError):
    ended: datetime


@outcome(visitors.PassWrongGate)
@strawberry.type(description="For another estate, or another of its gates.")
class PassWrongGate(UserError):
    pass


@outcome(visitors.PassForged)
@strawberry.type(description="Not signed by this city, or altered.")
class PassForged(UserError):
    pass


@outcome(visitors.PassCodeMalformed)
@strawberry.type(description="No visitor's code.")
class PassCodeMalformed(UserError):
    pass


@outcome(visitors.PassCodeOver)
@strawberry.type(description="The guest's page shows another one each half minute.")
class PassCodeOver(UserError):
    pass


@outcome(visitors.PassCodeSpent)
@strawberry.type(description="This very code was taken before.")
class PassCodeSpent(UserError):
    pass


@outcome(visitors.GateClockOff)
@strawberry.type(description="The gate's clock is off.")
class GateClockOff(UserError):
    seconds: int


@outcome(doors.GateUnknown)
@strawberry.type(description="No such gate, or not one that you keep.")
class GateUnknown(UserError):
    pass


@outcome(doors.GateInvalid)
@strawberry.type
class GateInvalid(UserError):
    field: str


@outcome(doors.GateShut)
@strawberry.type(description="Out of use.")
class GateShut(UserError):
    pass


@outcome(gates.HolderNotResident)
@strawberry.type(description="The card is good; its holder does not live here.")
class HolderNotResident(UserError):
    pass


@outcome(gates.EntryUnknown)
@strawberry.type(description="No such entry, or nobody is known behind it.")
class EntryUnknown(UserError):
    pass


@outcome(gates.EntryReasonMissing)
@strawberry.type(description="A look says why.")
class EntryReasonMissing(UserError):
    pass


@outcome(gates.EntryReportUnfit)
@strawberry.type
class EntryReportUnfit(UserError):
    most: int


@outcome(parking.CarPlateInvalid)
@strawberry.type(description="No number plate.")
class CarPlateInvalid(UserError):
    pass


@outcome(parking.CarPlateTaken)
@strawberry.type(description="Registered at this estate.")
class CarPlateTaken(UserError):
    pass


@outcome(parking.CarPlateUnknown)
@strawberry.type(description="No such plate of yours.")
class CarPlateUnknown(UserError):
    pass


@outcome(parking.TooManyPlates)
@strawberry.type
class TooManyPlates(UserError):
    most: int


@outcome(parking.CarUnknown)
@strawberry.type(description="No resident's, and nobody awaits it.")
class CarUnknown(UserError):
    pass


@outcome(parking.CarParkFull)
@strawberry.type(description="No bay is free for visitors.")
class CarParkFull(UserError):
    pass


@outcome(parking.NoCarPark)
@strawberry.type(description="The estate has none.")
class NoCarPark(UserError):
    pass


@outcome(parking.BayInvalid)
@strawberry.type(description="A bay, or whom it is let to, cannot be so; or visitors would have too few.")
class BayInvalid(UserError):
    field: str


@outcome(parking.BayUnknown)
@strawberry.type(description="No such bay of yours, or no home has it.")
class BayUnknown(UserError):
    pass


@outcome(parking.BayTaken)
@strawberry.type(description="It is a home's in that time.")
class BayTaken(UserError):
    until: date | None = strawberry.field(description="Its last day; null: until it is ended.")
