"""A notice: what a provider tells one citizen it deals with, in the words of one of its own approved templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.limit import Limit
from notifications.deliveries.model import ChannelName, Delivery, DeliveryState
from notifications.preferences.model import Urgency
from notifications.templates.model import TemplateRef

# What one provider may write to one person in a day, before it is a nuisance.
PER_PERSON = Limit("notices-person", 20, timedelta(days=1))
# What one provider may look up by the number of a card, and how often in vain: numbers are not to be tried out.
BY_NUMBER = Limit("notices-by-number", 2000, timedelta(days=1))
WRONG_NUMBERS = Limit("notices-wrong-numbers", 50, timedelta(hours=1))
# Who has it at one phone has it, whatever became of it at another.
_FURTHEST = (
    DeliveryState.READ,
    DeliveryState.DELIVERED,
    DeliveryState.ACCEPTED,
    DeliveryState.BOUNCED,
    DeliveryState.FAILED,
)
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
class Reached:
    """What became of a notice over one channel: the furthest it came, and the first time of each.

    Not at each phone, and nothing of his guardians': how many there are and who reads when is not the provider's.
    """

    channel: ChannelName
    state: DeliveryState
    at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    bounced_at: datetime | None

    @classmethod
    def by_channel(cls, deliveries: Sequence[Delivery]) -> tuple[Reached, ...]:
        own = [one for one in deliveries if one.recipient == one.citizen]
        channels = [channel for channel in ChannelName if any(one.channel is channel for one in own)]
        return tuple(cls._of(channel, [one for one in own if one.channel is channel]) for channel in channels)

    @classmethod
    def _of(cls, channel: ChannelName, some: Sequence[Delivery]) -> Reached:
        return cls(
            channel,
            min((one.state for one in some), key=_FURTHEST.index),
            min(one.at for one in some),
            min((one.delivered_at for one in some if one.delivered_at), default=None),
            min((one.read_at for one in some if one.read_at), default=None),
            min((one.bounced_at for one in some if one.bounced_at), default=None),
        )


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
