"""An answer on its way out by the channel of whoever is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domains.voice.cases.history.model import CaseChannel

KEPT: Final = timedelta(days=90)
MOST_ATTEMPTS: Final = 10
_FIRST, _LONGEST = timedelta(seconds=10), timedelta(hours=1)


# All that channels say, by the codes of their texts.
_SAYS = """
SUBJECT FILED HELP PLACE TOO_SHORT TOO_LONG NOT_TEXT TOO_MANY NOT_POSSIBLE NO_CASE BY_LINK STANDS
ADDED RATED REPLIED REFUSED
"""
SAID_BY_CHANNELS: Final = frozenset(f"INBOUND_{said}" for said in _SAYS.split())


class AnswerState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    REFUSED = "refused"  # the channel will never take it: `why` is its word for it
    FAILED = "failed"  # given up after many tries


@dataclass(frozen=True, slots=True)
class ChannelAnswer:
    """`id` is what a channel drops repeats by. `to` and `text` are None in lists."""

    id: str
    channel: CaseChannel
    state: AnswerState
    at: datetime
    to: str | None = None
    text: str | None = None
    subject: str = ""
    reply_to: str | None = None
    attempt: int = 0
    why: str | None = None
    inbound: str | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What a channel said to one try. `again`: it may take it later; `after` when it said when."""

    done: bool
    why: str | None = None
    again: bool = False
    after: timedelta | None = None


def wait_after(attempt: int, wished: timedelta | None) -> timedelta:
    """Twice as long each time, and as long as the channel wishes."""
    own = min(_FIRST * (1 << min(attempt - 1, 10)), _LONGEST)
    return max(own, min(wished, _LONGEST)) if wished else own


def mailbox_of(channel: CaseChannel) -> CaseChannel:
    """By what a caller is answered: whoever rang or stood at the counter, by text message."""
    return channel if channel in (CaseChannel.WECHAT, CaseChannel.QQ, CaseChannel.MAIL) else CaseChannel.SMS
