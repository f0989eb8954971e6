"""How one wants to be told. In what is sent, null goes back to the default and what is left out stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import TypeVar

import strawberry
from strawberry.types.unset import UnsetType

from app.core.errors import BadInput
from app.domains.identity.organisations.model import Tree
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.card import OrganisationName
from notifications.preferences import errors, model
from notifications.preferences import quiet as hours
from notifications.preferences.model import UNCHANGED, Change, Mode, Unchanged

strawberry.enum(Mode, name="NotificationMode", description="A push for each message, one push a day for all, or none.")

T = TypeVar("T")
S = TypeVar("S")
_MOST_MINUTES = 24 * 60


@strawberry.type(description="What holds for messages from one source.")
class SourcePreference:
    source: str = strawberry.field(
        description="A topic (account, card, lookups, family, news, applications, appointments), "
        "org:CODE for one provider, org:* for all others."
    )
    provider: OrganisationName | None
    push: Mode
    sms: bool = strawberry.field(description="Whether a text message stands in for a push that does not arrive.")
    chosen: bool = strawberry.field(description="False: the default holds.")
    can_be_silent: bool = strawberry.field(description="False: push and text messages cannot both be turned off.")

    @classmethod
    def of(cls, preferences: model.Preferences, source: model.Source, tree: Tree) -> SourcePreference:
        choice, code = preferences.choice(source), source.removeprefix(model.PROVIDER)
        return cls(
            source=source,
            provider=OrganisationName.of(code, tree) if tree.get(code) and code != source else None,
            push=choice.push,
            sms=choice.sms,
            chosen=source in preferences.choices,
            can_be_silent=source not in model.PROTECTED,
        )


@strawberry.type(description="HH:MM on the clocks of the time zone; over midnight too.")
class QuietHours:
    start: str
    end: str

    @classmethod
    def of(cls, quiet: hours.QuietHours) -> QuietHours:
        return cls(start=_shown(quiet.start), end=_shown(quiet.end))


@strawberry.type(description="How the viewer wants to be told. Each message is in the inbox, whatever is chosen here.")
class NotificationPreferences:
    sources: list[SourcePreference] = strawberry.field(description="All topics, all providers, and each with a choice.")
    quiet_hours: QuietHours | None = strawberry.field(description="Urgent messages and notices by law ring in them.")
    time_zone: str
    digest_at: str = strawberry.field(description="HH:MM.")
    sms_after_minutes: int = strawberry.field(
        description="How long a push may go unconfirmed; 0: no text message then."
    )
    lock_screen_personal: bool

    @classmethod
    def of(cls, preferences: model.Preferences, tree: Tree) -> NotificationPreferences:
        after = preferences.sms_after or timedelta(0)
        return cls(
            sources=[SourcePreference.of(preferences, source, tree) for source in preferences.sources()],
            quiet_hours=QuietHours.of(preferences.quiet) if preferences.quiet else None,
            time_zone=preferences.time_zone,
            digest_at=_shown(preferences.digest_at),
            sms_after_minutes=int(after.total_seconds()) // 60,
            lock_screen_personal=preferences.lock_screen_personal,
        )


@strawberry.input(description="Both null: no choice of its own any more.")
class SourcePreferenceInput:
    source: str
    push: Mode | None = strawberry.UNSET
    sms: bool | None = strawberry.UNSET


@strawberry.input(description="HH:MM each; alike means none.")
class QuietHoursInput:
    start: str
    end: str


@strawberry.input(description="Null goes back to the default; what is left out stays.")
class NotificationPreferencesInput:
    sources: list[SourcePreferenceInput] | None = strawberry.UNSET
    quiet_hours: QuietHoursInput | None = strawberry.UNSET
    time_zone: str | None = strawberry.UNSET
    digest_at: str | None = strawberry.UNSET
    sms_after_minutes: int | None = strawberry.field(default=strawberry.UNSET, description="1 to 1440, or 0 for never.")
    lock_screen_personal: bool | None = strawberry.UNSET

    def parsed(self) -> Change:
        """Raises BadInput."""
        return Change(
            choices=_given(self.sources, _choices),
            quiet=_given(self.quiet_hours, _quiet),
            time_zone=_given(self.time_zone, str),
            digest_at=_given(self.digest_at, lambda text: _time(text, "digestAt")),
            sms_after=_given(self.sms_after_minutes, _minutes),
            lock_screen_personal=_given(self.lock_screen_personal, bool),
        )


@strawberry.type
class NotificationPreferencesChanged:
    preferences: NotificationPreferences


@outcome(errors.SourceUnknown)
@strawberry.type
class SourceUnknown(UserError):
    source: str


@outcome(errors.CannotBeTurnedOff)
@strawberry.type
class CannotBeTurnedOff(UserError):
    source: str


@outcome(errors.TimeZoneUnknown)
@strawberry.type
class TimeZoneUnknown(UserError):
    pass


@outcome(errors.TooManyChoices)
@strawberry.type
class TooManyChoices(UserError):
    limit: int


def _given(value: S | UnsetType | None, parse: Callable[[S], T]) -> T | Unchanged | None:
    if isinstance(value, UnsetType):
        return UNCHANGED
    return None if value is None else parse(value)


def _choices(sources: list[SourcePreferenceInput]) -> dict[model.Source, model.ChoiceChange]:
    wishes = {one.source: model.ChoiceChange(_given(one.push, Mode), _given(one.sms, bool)) for one in sources}
    if len(wishes) < len(sources):  # the same source twice
        raise BadInput(field="sources")
    return wishes


def _quiet(sent: QuietHoursInput) -> hours.QuietHours:
    return hours.QuietHours(_time(sent.start, "quietHours.start"), _time(sent.end, "quietHours.end"))


def _time(text: str, field: str) -> time:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise BadInput(field=field)
    return time.fromisoformat(text)


def _minutes(count: int) -> timedelta:
    if not 0 <= count <= _MOST_MINUTES:
        raise BadInput(field="smsAfterMinutes")
    return timedelta(minutes=count)


def _shown(shown: time) -> str:
    return shown.isoformat("minutes")
