"""A notice: what a provider tells one citizen it deals with, in the words of one of its own approved templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.limit import Limit
from notifications.preferences.model import Urgency
from notifications.templates.model import TemplateRef

# What one provider may write to one person in a day, before it is a nuisance.
PER_PERSON = Limit("notices-person", 20, timedelta(days=1))
# Which scope a provider needs for which urgency: to ring at night, and to serve what the law lets nobody turn off.
SCOPES: Mapping[Urgency, str] = {
    Urgency.NORMAL: "notify",
    Urgency.URGENT: "notify:urgent",
    Urgency.LEGAL: "notify:legal",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """How a provider names a citizen: by a look-up of its own (its id), or by the number of the card shown to it."""

    verification: str | None = None
    card_number: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """`citizen` is known to the city only: the provider is told neither id nor name. `test`: made in test mode."""

    id: str
    organisation: str
    by: str
    citizen: str
    template: TemplateRef
    urgency: Urgency
    at: datetime
    test: bool = False
    withdrawn_at: datetime | None = None
