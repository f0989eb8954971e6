"""A delivery: one event on its way to one endpoint; and the table of which events go out, with what in them.

Bodies hold ids and codes, as the provider knows them from its own door; never a citizen's id, which would let two
providers compare whom they serve, and nothing personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from app.core.events import Event
from app.core.ids import global_id
from notifications.channels.webhook import WebhookAnswer
from notifications.webhooks.endpoints.model import Endpoint, WebhookEvent

PING = "ping"


@dataclass(frozen=True, slots=True)
class Route:
    """How an event of the outbox goes out. `subject` is the fact whose events stay in order; `ids` are facts that go
    out as ids of these types, `codes` facts that go out as they are: name in the body → fact.
    """

    event: WebhookEvent
    subject: str
    ids: Mapping[str, tuple[str, str]]
    codes: Mapping[str, str]


_DISCLOSURE = {"disclosureId": ("disclosure", "Disclosure")}
_NOTICE = {"noticeId": ("message", "Notice")}
_APPLICATION = {"applicationId": ("application", "ServiceApplication")}
_CASE = {"caseId": ("case", "Case")}
_PROPOSAL = {"proposalId": ("proposal", "Proposal")}
_DISPUTE = {"disputeId": ("dispute", "PaymentDispute"), "paymentId": ("payment", "Payment")}
# Why one failed is not among it: that concerns the payer.
_PAID = {name: name for name in ("number", "order", "fen", "currency", "purpose", "state")}
_SETTLED = {name: name for name in ("kind", "day", "fen")}
_SHOP_ORDER = {"shopOrderId": ("order", "ShopOrder"), "shopId": ("shop", "Shop")}
_CHANNEL = {"channel": "channel"}
# By the event's type in the outbox. Whom it goes to is the event's `organisation`; `test` says that a test citizen is
# concerned.
WEBHOOK_EVENTS: Mapping[str, Route] = {
    "disclosure.made": Route(WebhookEvent.DISCLOSURE_MADE, "disclosure", _DISCLOSURE, {"purpose": "purpose"}),
    "disclosure.disputed": Route(WebhookEvent.DISCLOSURE_DISPUTED, "disclosure", _DISCLOSURE, {}),
    "disclosure.answered": Route(WebhookEvent.DISCLOSURE_ANSWERED, "disclosure", _DISCLOSURE, {"outcome": "outcome"}),
    **{
        told.value: Route(told, "application", _APPLICATION, {"number": "number", "item": "item"})
        for told in (
            WebhookEvent.APPLICATION_SUBMITTED,
            WebhookEvent.APPLICATION_CORRECTED,
            WebhookEvent.APPLICATION_WITHDRAWN,
            WebhookEvent.APPLICATION_OVERDUE,
        )
    },
    **{
        told.value: Route(told, "case", _CASE, {"number": "number", "due": "due", "detail": "detail"})
        for told in (
            WebhookEvent.CASE_DISPATCHED,
            WebhookEvent.CASE_HELP_ASKED,
            WebhookEvent.CASE_TRANSFERRED,
            WebhookEvent.CASE_COMMENTED,
            WebhookEvent.CASE_APPROVED,
            WebhookEvent.CASE_DECLINED,
            WebhookEvent.CASE_SUPERVISED,
            WebhookEvent.CASE_VERIFIED,
            WebhookEvent.CASE_WARNED,
            WebhookEvent.CASE_OVERDUE,
            WebhookEvent.CASE_RATED,
        )
    },
    "case.raised": Route(WebhookEvent.CASE_RAISED, "case", _CASE, {"number": "number", "rung": "rung", "what": "what"}),
    "proposal.raised": Route(WebhookEvent.PROPOSAL_RAISED, "proposal", _PROPOSAL, {"unit": "unit", "due": "due"}),
    **{
        told.value: Route(told, "payment", {"paymentId": ("payment", "Payment")}, _PAID)
        for told in (
            WebhookEvent.PAYMENT_CAPTURED,
            WebhookEvent.PAYMENT_FAILED,
            WebhookEvent.PAYMENT_CANCELLED,
            WebhookEvent.PAYMENT_EXPIRED,
        )
    },
    "payment.refunded": Route(
        WebhookEvent.PAYMENT_REFUNDED,
        "payment",
        {"paymentId": ("payment", "Payment"), "refundId": ("refund", "Refund")},
        {"fen": "fen", "currency": "currency", "order": "order", "cause": "cause"},
    ),
    # Why somebody did not confirm, and what he may use, is not among it.
    **{
        told.value: Route(told, "treatment", {"treatmentId": ("treatment", "Treatment")}, {})
        for told in (
            WebhookEvent.TREATMENT_CONFIRMED,
            WebhookEvent.TREATMENT_DECLINED,
            WebhookEvent.TREATMENT_EXPIRED,
            WebhookEvent.TREATMENT_LAPSED,
        )
    },
    "dispute.opened": Route(WebhookEvent.DISPUTE_OPENED, "dispute", _DISPUTE, {"reason": "why", "due": "due"}),
    "dispute.warned": Route(WebhookEvent.DISPUTE_WARNED, "dispute", _DISPUTE, {"due": "due"}),
    "dispute.replied": Route(WebhookEvent.DISPUTE_REPLIED, "dispute", _DISPUTE, {}),
    **{
        f"dispute.{outcome}": Route(WebhookEvent.DISPUTE_SETTLED, "dispute", _DISPUTE, {"outcome": "outcome"})
        for outcome in ("accepted", "unanswered", "upheld", "rejected", "withdrawn", "refunded")
    },
    "bill.paid": Route(
        WebhookEvent.BILL_PAID,
        "bill",
        {},
        {"number": "number", "reference": "reference", "amount": "amount", "state": "state"},
    ),
    # Where it is brought, and the code, are not among it: the shop reads the address when it takes the order up.
    **{
        told.value: Route(
            told, "order", _SHOP_ORDER, {"number": "number", "state": "state", "way": "way", "fen": "fen"}
        )
        for told in (
            WebhookEvent.SHOP_ORDER_PAID,
            WebhookEvent.SHOP_ORDER_DELIVERED,
            WebhookEvent.SHOP_ORDER_CANCELLED,
            WebhookEvent.SHOP_ORDER_REFUSED,
        )
    },
    "settlement.paid": Route(
        WebhookEvent.SETTLEMENT_PAID, "settlement", {"settlementId": ("settlement", "Settlement")}, _SETTLED
    ),
    "settlement.failed": Route(
        WebhookEvent.SETTLEMENT_FAILED,
        "settlement",
        {"settlementId": ("settlement", "Settlement")},
        {**_SETTLED, "state": "state", "reason": "why"},
    ),
    "family_visit.asked": Route(
        WebhookEvent.FAMILY_VISIT_ASKED,
        "visit",
        {"visitId": ("visit", "FamilyVisit"), "houseId": ("house", "CareHouse")},
        {"at": "at"},
    ),
    "care.told_officer": Route(WebhookEvent.CARE_MISSED, "entry", {"entryId": ("entry", "CareEntry")}, {"due": "due"}),
    "message.delivered": Route(WebhookEvent.MESSAGE_DELIVERED, "message", _NOTICE, _CHANNEL),
    "message.bounced": Route(WebhookEvent.MESSAGE_BOUNCED, "message", _NOTICE, _CHANNEL),
    "message.read": Route(WebhookEvent.MESSAGE_READ, "message", _NOTICE, _CHANNEL),
}


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"  # given up after a day, or never sent because the endpoint was disabled; can be replayed
    DROPPED = "dropped"  # its endpoint was removed


@dataclass(frozen=True, slots=True)
class Attempt:
    """`status` is None when there was no answer; `outcome` is a WebhookOutcome's value."""

    at: datetime
    outcome: str
    status: int | None
    milliseconds: int

    @classmethod
    def of(cls, answer: WebhookAnswer, at: datetime) -> Attempt:
        return cls(at, answer.outcome.value, answer.status, round(answer.seconds * 1000))


@dataclass(frozen=True, slots=True)
class Delivery:
    """`event` is the id that a receiver sees, the same for each attempt and replay; in its order subjects are told.

    `tried` counts attempts since it was queued, by the event or by a replay; `attempts` are the latest of all.
    """

    id: str
    endpoint: str
    organisation: str
    test: bool
    event: str
    type: str
    subject: str
    body: str
    at: datetime
    queued_at: datetime
    due_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    tried: int = 0
    first_tried_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    settled_at: datetime | None = None

    @classmethod
    def new(
        cls, to: Endpoint, event: str, type_: str, subject: str, data: Mapping[str, Any], at: datetime, now: datetime
    ) -> Delivery:
        return cls(
            id=f"{event}:{to.id}",
            endpoint=to.id,
            organisation=to.organisation,
            test=to.test,
            event=event,
            type=type_,
            subject=subject,
            body=body_of(type_, at, data),
            at=at,
            queued_at=now,
            due_at=now,
        )

    @classmethod
    def of(cls, event: Event, to: Endpoint, now: datetime) -> Delivery:
        route = WEBHOOK_EVENTS[event.type]
        ids = {name: global_id(type_, event.facts[fact]) for name, (fact, type_) in route.ids.items()}
        codes = {name: event.facts[fact] for name, fact in route.codes.items()}
        subject = str(event.facts[route.subject])
        return cls.new(to, event.id, route.event.value, subject, {**ids, **codes}, event.at, now)

    @classmethod
    def ping(cls, to: Endpoint, event: str, now: datetime) -> Delivery:
        """Asked for by the provider, to see whether it arrives."""
        return cls.new(to, event, PING, event, {}, now, now)

    def unsent(self, at: datetime) -> Delivery:
        """Noted only: its endpoint is disabled. It can be replayed when it is not."""
        return replace(self, state=DeliveryState.DEAD, settled_at=at)


def body_of(type_: str, at: datetime, data: Mapping[str, Any]) -> str:
    """Made once, so that each attempt sends the same bytes."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return orjson.dumps({"type": type_, "timestamp": moment, "data": dict(data)}).decode()


def owner_of(event: Event) -> tuple[str, bool] | None:
    """(organisation, whether a test citizen is concerned) of an event that goes out; None for the others."""
    organisation = event.facts.get("organisation")
    if event.type not in WEBHOOK_EVENTS or not organisation:
        return None
    return str(organisation), bool(event.facts.get("test", False))


def subject_of(event: Event) -> tuple[str, str] | None:
    """What an event's order is kept by: its kind of subject, and which."""
    route = WEBHOOK_EVENTS.get(event.type)
    return (route.subject, str(event.facts[route.subject])) if route else None
