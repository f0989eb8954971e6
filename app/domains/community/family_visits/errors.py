"""What can stand in the way of a visit.

Outcome
├── CareHouseInvalid        `field` of a house cannot be what it is said to be
├── CareHouseUnknown        no such house, or not one of yours
├── CareHouseChanged        somebody has changed it since it was read
├── StayInvalid             `field` cannot be what it is said to be
├── StayUnknown             nobody stays there by that id, or it is not yours to see
├── StayEntered             he stands in the house's list, or was asked
├── StayStateWrong          asked, declined or ended: `state`
├── RelativeUnknown         nobody in the app has this phone, or he was not named
├── TooManyRelatives        `most` are named
├── NotNamed                who stays there has not named you
├── FamilyVisitInvalid      `field` cannot be what it is said to be
├── FamilyVisitUnknown      no such visit, or not yours
├── FamilyVisitStateWrong   settled, over or taken back: `state`
├── VisitingTimeFull        the house takes nobody more at that time
└── VisitedEnough           `most` visits a day are enough for him
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class CareHouseInvalid(Outcome):
    field: str


class CareHouseUnknown(Outcome):
    pass


class CareHouseChanged(Outcome):
    pass


@dataclass(eq=False)
class StayInvalid(Outcome):
    field: str


class StayUnknown(Outcome):
    pass


class StayEntered(Outcome):
    pass


@dataclass(eq=False)
class StayStateWrong(Outcome):
    state: str


class RelativeUnknown(Outcome):
    pass


@dataclass(eq=False)
class TooManyRelatives(Outcome):
    most: int


class NotNamed(Outcome):
    pass


@dataclass(eq=False)
class FamilyVisitInvalid(Outcome):
    field: str


class FamilyVisitUnknown(Outcome):
    pass


@dataclass(eq=False)
class FamilyVisitStateWrong(Outcome):
    state: str


class VisitingTimeFull(Outcome):
    pass


@dataclass(eq=False)
class VisitedEnough(Outcome):
    most: int
