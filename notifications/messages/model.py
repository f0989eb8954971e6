"""A message to a citizen: from what it came, with which words it was told, and why it came as it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.preferences.model import Decision, Topic, Urgency
from notifications.templates.model import TemplateRef


@dataclass(frozen=True, slots=True)
class Rule:
    """How an event is told: in the words of the template `code`, as part of a topic that a person can choose about."""

    code: str
    topic: Topic
    urgency: Urgency = Urgency.NORMAL


RULES: Mapping[str, Rule] = {
    "card.expires_soon": Rule("TELL_CARD_EXPIRES_SOON", Topic.CARD),
    "card.issued": Rule("TELL_CARD_ISSUED", Topic.CARD),
    "card.reinstated": Rule("TELL_CARD_REINSTATED", Topic.CARD),
    "card.revoked": Rule("TELL_CARD_REVOKED", Topic.CARD, Urgency.URGENT),
    "card.suspended": Rule("TELL_CARD_SUSPENDED", Topic.CARD, Urgency.URGENT),
    "citizen.verified": Rule("TELL_CITIZEN_VERIFIED", Topic.CARD),
    "correction.accepted": Rule("TELL_CORRECTION_ACCEPTED", Topic.ACCOUNT),
    "correction.rejected": Rule("TELL_CORRECTION_REJECTED", Topic.ACCOUNT),
    "disclosure.answered": Rule("TELL_DISCLOSURE_ANSWERED", Topic.LOOKUPS),
    "disclosure.read_by_staff": Rule("TELL_READ_BY_STAFF", Topic.LOOKUPS),
    "disclosure.disputed": Rule("TELL_DISCLOSURE_DISPUTED", Topic.LOOKUPS),
    "disclosure.made": Rule("TELL_DISCLOSURE_MADE", Topic.LOOKUPS),
    "erasure.requested": Rule("TELL_ERASURE_REQUESTED", Topic.ACCOUNT, Urgency.URGENT),
    "erasure.withdrawn": Rule("TELL_ERASURE_WITHDRAWN", Topic.ACCOUNT),
    "export.failed": Rule("TELL_EXPORT_FAILED", Topic.ACCOUNT),
    "export.ready": Rule("TELL_EXPORT_READY", Topic.ACCOUNT),
    "guardianship.accepted": Rule("TELL_GUARDIANSHIP_ACCEPTED", Topic.FAMILY),
    "guardianship.active": Rule("TELL_GUARDIANSHIP_ACTIVE", Topic.FAMILY),
    "guardianship.proposed": Rule("TELL_GUARDIANSHIP_PROPOSED", Topic.FAMILY),
    "guardianship.revoked": Rule("TELL_GUARDIANSHIP_REVOKED", Topic.FAMILY),
    "session.opened_on_new_device": Rule("TELL_NEW_DEVICE", Topic.ACCOUNT, Urgency.URGENT),
    "session.token_reused": Rule("TELL_TOKEN_REUSED", Topic.ACCOUNT, Urgency.URGENT),
}
# Events that nobody is told of: they tidy up after a change, or are the next step of a delivery.
SILENT = frozenset(
    {
        "session.ended",
        "card.replaced",
        "delivery.push",
        "delivery.sms",
        "delivery.digest",
        "message.delivered",
        "message.read",
        "message.bounced",
        "notice.sent",
    }
)
# A guardian hears what concerns the ward's matters; who signs in to an elder's own account is the elder's alone, and
# of a guardianship each side is told by an event of its own.
_NOT_FOR_GUARDIANS = frozenset({Topic.ACCOUNT.value, Topic.FAMILY.value})


@dataclass(frozen=True, slots=True)
class Routing:
    """What was decided for one recipient: the subject himself, or a guardian of his."""

    recipient: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the inbox of `citizen`.

    `key` is the same however often the message is made (an event's id): a channel drops repeats by it. `source` is a
    topic of the city or `org:CODE`. `facts` fill the template and are codes and days; what a provider wrote about the
    person is `sealed` under his key, bound to the message's `key`. `test`: its sender is a provider in test mode.
    """

    id: str
    key: str
    citizen: str
    event: str
    source: str
    urgency: Urgency
    template: TemplateRef
    facts: Mapping[str, Any]
    at: datetime
    sealed: bytes | None = None
    routings: tuple[Routing, ...] = ()
    read_at: datetime | None = None
    test: bool = False

    @property
    def for_guardians(self) -> bool:
        return self.source not in _NOT_FOR_GUARDIANS
