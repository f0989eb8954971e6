"""What can be wrong with an endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.errors import Outcome


class TargetFault(StrEnum):
    FORM = "form"  # no absolute URL of at most 2,000 characters
    SCHEME = "scheme"  # https, and in development http too
    CREDENTIALS = "credentials"  # a name or password within the URL would stand in lists and logs
    PORT = "port"  # 443, or one above 1023
    UNRESOLVABLE = "unresolvable"  # the name has no address now
    ADDRESS = "address"  # the name leads to an address that is not of the public internet


@dataclass(eq=False)
class WebhookTargetRefused(Outcome):
    """The city does not call there."""

    reason: TargetFault


class WebhookUnknown(Outcome):
    """No such endpoint, or not of this organisation and mode."""


@dataclass(eq=False)
class WebhookTooMany(Outcome):
    """`limit` endpoints are what an organisation may have."""

    limit: int


@dataclass(eq=False)
class WebhookRotationUnderway(Outcome):
    """Two secrets are good until `until`: a third would end one that may still be in use."""

    until: datetime


@dataclass(eq=False)
class WebhookNotActive(Outcome):
    """Nothing is sent to an endpoint that is paused or disabled."""

    state: str


@dataclass(eq=False)
class WebhookStateFixed(Outcome):
    """In this state that change is not the provider's to make."""

    state: str
