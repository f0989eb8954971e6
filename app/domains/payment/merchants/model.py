"""A merchant: the payment profile of an organisation, whose code is the merchant's key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.errors import BadInput
from app.domains.payment.merchants.errors import MerchantNotActive, MerchantStateFixed
from app.domains.payment.settlement.fees.model import MOST_POINTS

_LONGEST_NAME = 60


class Category(StrEnum):
    """What kind of business it is, by the codes of ISO 18245 that cards use."""

    TRANSPORT = "4111"
    UTILITIES = "4900"
    SUPERMARKET = "5411"
    MARKET = "5422"
    BAKERY = "5462"
    CONVENIENCE = "5499"
    FUEL = "5541"
    CLOTHES = "5651"
    CANTEEN = "5811"
    RESTAURANT = "5812"
    SNACKS = "5814"
    PHARMACY = "5912"
    BOOKS = "5942"
    FLOWERS = "5992"
    LAUNDRY = "7211"
    HAIRDRESSER = "7230"
    PARKING = "7523"
    REPAIR = "7699"
    CINEMA = "7832"
    SPORTS = "7941"
    HOSPITAL = "8062"
    EDUCATION = "8299"
    GOVERNMENT = "9399"


class MerchantState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Merchant:
    """`fee` in basis points of what is paid; `code` is the text of the static code that hangs at its counters;
    `name` is what payers are shown.
    """

    organisation: str
    name: str
    category: Category
    fee: int
    code: str
    since: datetime
    state: MerchantState = MerchantState.ACTIVE

    @property
    def active(self) -> bool:
        return self.state is MerchantState.ACTIVE

    def demand_active(self) -> None:
        """Raises MerchantNotActive."""
        if not self.active:
            raise MerchantNotActive(self.state.value)

    def turned(self, to: MerchantState) -> Merchant:
        """Suspended and taken up again as often as need be, closed for good. Raises MerchantStateFixed."""
        if self.state is MerchantState.CLOSED or to is self.state:
            raise MerchantStateFixed(self.state.value)
        return replace(self, state=to)


def parsed_name(raw: str) -> str:
    """Raises BadInput."""
    name = " ".join(raw.split())
    if not 2 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise BadInput(field="name")
    return name


def parsed_fee(basis_points: int) -> int:
    """Raises BadInput."""
    if not 0 <= basis_points <= MOST_POINTS:
        raise BadInput(field="fee")
    return basis_points
