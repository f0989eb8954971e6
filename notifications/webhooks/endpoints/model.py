"""An endpoint: where a provider wants to be told, of what, and the secrets that sign it.

Two secrets are good at once while a receiver moves from one to the next; both signatures are sent then.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.errors import BadInput
from notifications.webhooks.endpoints.errors import WebhookNotActive, WebhookRotationUnderway, WebhookStateFixed

SCOPE = "webhooks"
MOST_ENDPOINTS = 10
MOST_OVERLAP = timedelta(days=7)
_LONGEST_DESCRIPTION = 200
_SECRET_BYTES = 32


class WebhookEvent(StrEnum):
    """What a provider can be told, by the name that stands in the body."""

    DISCLOSURE_MADE = "disclosure.made"
    DISCLOSURE_DISPUTED = "disclosure.disputed"
    DISCLOSURE_ANSWERED = "disclosure.answered"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_BOUNCED = "message.bounced"
    MESSAGE_READ = "message.read"
    APPLICATION_SUBMITTED = "application.submitted"
    APPLICATION_CORRECTED = "application.corrected"
    APPLICATION_WITHDRAWN = "application.withdrawn"
    APPLICATION_OVERDUE = "application.overdue"
    CASE_DISPATCHED = "case.dispatched"
    CASE_HELP_ASKED = "case.help_asked"
    CASE_TRANSFERRED = "case.transferred"
    CASE_COMMENTED = "case.commented"
    CASE_APPROVED = "case.approved"
    CASE_DECLINED = "case.declined"
    CASE_SUPERVISED = "case.supervised"
    CASE_VERIFIED = "case.verified"
    CASE_WARNED = "case.warned"
    CASE_OVERDUE = "case.overdue"
    CASE_RAISED = "case.raised"
    CASE_RATED = "case.rated"
    PROPOSAL_RAISED = "proposal.raised"
    PAYMENT_CAPTURED = "payment.captured"
    PAYMENT_FAILED = "payment.failed"
    PAYMENT_CANCELLED = "payment.cancelled"
    PAYMENT_EXPIRED = "payment.expired"
    PAYMENT_REFUNDED = "payment.refunded"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_WARNED = "dispute.warned"
    DISPUTE_REPLIED = "dispute.replied"
    DISPUTE_SETTLED = "dispute.settled"
    BILL_PAID = "bill.paid"
    TREATMENT_CONFIRMED = "treatment.confirmed"
    TREATMENT_DECLINED = "treatment.declined"
    TREATMENT_EXPIRED = "treatment.expired"
    TREATMENT_LAPSED = "treatment.lapsed"
    SHOP_ORDER_PAID = "shop_order.paid"
    SHOP_ORDER_DELIVERED = "shop_order.delivered"
    SHOP_ORDER_CANCELLED = "shop_order.cancelled"
    SHOP_ORDER_REFUSED = "shop_order.refused"
    SETTLEMENT_PAID = "settlement.paid"
    SETTLEMENT_FAILED = "settlement.failed"
    FAMILY_VISIT_ASKED = "family_visit.asked"
    CARE_MISSED = "care.missed"
    ENDPOINT_DISABLED = "endpoint.disabled"


class EndpointState(StrEnum):
    """Paused: events wait. Disabled: events are noted as not sent, and can be replayed."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class DisabledReason(StrEnum):
    GONE = "gone"  # it answered 410
    FAILING = "failing"  # nothing got through for three days
    OPS = "ops"  # the city's desk decided


@dataclass(frozen=True, slots=True)
class Health:
    """How the last attempts went: failures in a row, and since when nothing got through."""

    failures: int = 0
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`test`: made by a client in test mode; it is told of test citizens, and of nobody else."""

    id: str
    organisation: str
    test: bool
    url: str
    description: str
    events: frozenset[WebhookEvent]
    made_at: datetime
    secret: str = field(repr=False)
    old_secret: str | None = field(default=None, repr=False)
    old_until: datetime | None = None
    state: EndpointState = EndpointState.ACTIVE
    disabled_reason: DisabledReason | None = None
    disabled_at: datetime | None = None
    health: Health = Health()

    def secrets(self, at: datetime) -> tuple[str, ...]:
        """Those that sign now, the newest first."""
        overlaps = self.old_secret is not None and self.old_until is not None and at < self.old_until
        return (self.secret, self.old_secret) if overlaps and self.old_secret else (self.secret,)

    def wants(self, event: WebhookEvent, *, test: bool) -> bool:
        return event in self.events and test == self.test

    def rotated(self, secret: str, overlap: timedelta, at: datetime) -> Endpoint:
        """The new secret signs from now on, the old one beside it for `overlap`; without overlap (it is known to
        others) every old one ends now. Raises WebhookRotationUnderway: a third would end one that is still needed.
        """
        if overlap and len(self.secrets(at)) > 1:
            assert self.old_until is not None
            raise WebhookRotationUnderway(self.old_until)
        old = self.secret if overlap else None
        return replace(self, secret=secret, old_secret=old, old_until=at + overlap if overlap else None)

    def active(self) -> Endpoint:
        """Raises WebhookNotActive."""
        if self.state is not EndpointState.ACTIVE:
            raise WebhookNotActive(self.state)
        return self

    def paused(self) -> Endpoint:
        """Raises WebhookStateFixed (disabled is more than paused)."""
        if self.state is EndpointState.DISABLED:
            raise WebhookStateFixed(self.state)
        return replace(self, state=EndpointState.PAUSED)

    def resumed(self, *, by_desk: bool) -> Endpoint:
        """Raises WebhookStateFixed (what the desk disabled, the desk enables)."""
        if self.disabled_reason is DisabledReason.OPS and not by_desk:
            raise WebhookStateFixed(self.state)
        return replace(self, state=EndpointState.ACTIVE, disabled_reason=None, disabled_at=None, health=Health())

    def disabled(self, reason: DisabledReason, at: datetime) -> Endpoint:
        return replace(self, state=EndpointState.DISABLED, disabled_reason=reason, disabled_at=at)


@dataclass(frozen=True, slots=True)
class EndpointChange:
    """What is None stays as it is."""

    url: str | None = None
    events: frozenset[WebhookEvent] | None = None
    description: str | None = None

    def checked(self) -> EndpointChange:
        """Raises BadInput."""
        if self.events is not None and not self.events:
            raise BadInput(field="events")
        if self.description is not None and not _is_line(self.description):
            raise BadInput(field="description")
        return self

    def of(self, was: Endpoint) -> Endpoint:
        return replace(
            was,
            url=was.url if self.url is None else self.url,
            events=was.events if self.events is None else self.events,
            description=was.description if self.description is None else self.description.strip(),
        )


def overlap_of(hours: int) -> timedelta:
    """Raises BadInput."""
    overlap = timedelta(hours=min(max(hours, -1), 10_000))
    if not timedelta(0) <= overlap <= MOST_OVERLAP:
        raise BadInput(field="overlapHours")
    return overlap


def new_signing_secret() -> str:
    """`whsec_` and base64 of 256 random bits, as the specification writes a symmetric secret."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _is_line(text: str) -> bool:
    return len(text) <= _LONGEST_DESCRIPTION and text.isprintable()
