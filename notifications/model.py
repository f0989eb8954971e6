"""A message to a citizen, and the rule by which an event becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.errors import RongError
from app.core.messages import message


@dataclass(frozen=True, slots=True)
class Rule:
    """How an event is told. `code` names the texts: `CODE_TITLE`, `CODE_BODY` (inbox) and `CODE_PUSH` (lock screen).

    The text of a push holds nothing personal: it is read by whoever sees the phone.
    """

    code: str
    urgent: bool = False


RULES: Mapping[str, Rule] = {
    "card.expires_soon": Rule("TELL_CARD_EXPIRES_SOON"),
    "card.issued": Rule("TELL_CARD_ISSUED"),
    "card.reinstated": Rule("TELL_CARD_REINSTATED"),
    "card.revoked": Rule("TELL_CARD_REVOKED", urgent=True),
    "card.suspended": Rule("TELL_CARD_SUSPENDED", urgent=True),
    "citizen.verified": Rule("TELL_CITIZEN_VERIFIED"),
    "disclosure.disputed": Rule("TELL_DISCLOSURE_DISPUTED"),
    "disclosure.made": Rule("TELL_DISCLOSURE_MADE"),
    "guardianship.accepted": Rule("TELL_GUARDIANSHIP_ACCEPTED"),
    "guardianship.active": Rule("TELL_GUARDIANSHIP_ACTIVE"),
    "guardianship.proposed": Rule("TELL_GUARDIANSHIP_PROPOSED"),
    "guardianship.revoked": Rule("TELL_GUARDIANSHIP_REVOKED"),
    "session.opened_on_new_device": Rule("TELL_NEW_DEVICE", urgent=True),
    "session.token_reused": Rule("TELL_TOKEN_REUSED", urgent=True),
}
# Events that nobody is told of: they only tidy up after a change.
SILENT = frozenset({"session.ended", "card.replaced"})


class RetryLater(RongError):
    """A channel could not take the message now; `after` says how long to wait."""

    def __init__(self, after: timedelta) -> None:
        super().__init__()
        self.after = after


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    body: str
    push: str


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the inbox. `event` is the event's type; `facts` fill its text and are codes and names of
    organisations, never of people.
    """

    id: str
    citizen: str
    event: str
    facts: Mapping[str, Any]
    at: datetime
    read_at: datetime | None = None

    def text(self, locale: str) -> Text:
        code = RULES[self.event].code
        facts = {name: _spoken(name, value, locale) for name, value in self.facts.items()}
        title, body, push = (message(f"{code}_{part}", locale, **facts) for part in ("TITLE", "BODY", "PUSH"))
        return Text(title, body, push)


def _spoken(name: str, value: Any, locale: str) -> str:
    """Codes among the facts in words: `purpose: transit` is 乘车 or `public transport`."""
    return message(f"PURPOSE_{str(value).upper()}", locale) if name == "purpose" else str(value)


@dataclass(frozen=True, slots=True)
class PushDevice:
    """A phone that can be reached: its session's id, so that signing out silences it."""

    session: str
    citizen: str
    token: str
    locale: str
