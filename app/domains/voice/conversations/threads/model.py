"""Conversations (微观): a citizen's observation or a department's topic, and what is said to it.

Citizens are seen by a name of their choice, never by their own; departments by theirs, whoever writes for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.limit import Limit
from app.domains.voice.conversations.moderation.model import Visibility
from app.domains.voice.conversations.threads.errors import ThreadIsClosed

OPENED = Limit("thread_opened", 5, timedelta(days=1))
REPLIED = Limit("thread_replied", 60, timedelta(days=1))


class ThreadKind(StrEnum):
    OBSERVATION = "observation"  # of a citizen
    TOPIC = "topic"  # of a department, which asks for opinions


class ThreadState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Thread:
    """`author` is the citizen who opened it; of a topic nobody is, nor of one whose author left the city. `unit` has
    put the topic up, or is the one that an observation is addressed to. `officials` counts departments' replies.
    """

    id: str
    kind: ThreadKind
    author: str | None
    name: str
    unit: str | None
    title: str
    text: str
    visibility: Visibility
    at: datetime
    last_at: datetime
    state: ThreadState = ThreadState.OPEN
    pinned: bool = False
    replies: int = 0
    officials: int = 0
    followers: int = 0
    by: str | None = None
    left: bool = False

    @property
    def is_shown(self) -> bool:
        return self.visibility is Visibility.SHOWN

    def readable_by(self, citizen: str | None) -> bool:
        """Everybody reads what is shown; its author also what is not."""
        return self.is_shown or (citizen is not None and self.author == citizen)

    def demand_open(self) -> None:
        """Raises ThreadIsClosed."""
        if self.state is ThreadState.CLOSED:
            raise ThreadIsClosed

    def replied(self, at: datetime, official: bool) -> Thread:
        """With one more reply that others can read."""
        return replace(self, replies=self.replies + 1, officials=self.officials + official, last_at=at)


@dataclass(frozen=True, slots=True)
class Post:
    """A reply. `unit`: a department said it (`by` the member of staff, whom nobody sees); else `author` did."""

    id: str
    thread: str
    author: str | None
    name: str
    unit: str | None
    text: str | None
    visibility: Visibility
    at: datetime
    by: str | None = None
    left: bool = False

    @property
    def official(self) -> bool:
        return self.unit is not None

    def as_read_by(self, citizen: str | None) -> Post:
        """Of what is not shown, others see that something was there, and no word of it."""
        if self.visibility is Visibility.SHOWN or (citizen is not None and self.author == citizen):
            return self
        return replace(self, text=None, name="")
