"""What stands in the way at the gateway, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.errors import Outcome, RongError


class PaymentGatewayMissing(Outcome):
    """The city has no payment gateway: nothing comes in and nothing goes out by one."""


@dataclass(eq=False)
class GatewayRefused(RongError):
    """The gateway will not do it, whoever asks how often. `reason` is its code."""

    reason: str


@dataclass(eq=False)
class GatewayFileForged(Outcome):
    """The digest or the signature of a day's file is not the gateway's."""

    day: date
