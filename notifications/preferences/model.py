"""What a person chose, and the rule that follows from it: by which channel, when, and why.

The inbox is no choice: each message is in it. Push and text message are; `decide` is the one place that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import Enum, StrEnum
from functools import cache
from typing import Final, TypeAlias, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from notifications.preferences.errors import CannotBeTurnedOff, SourceUnknown, TimeZoneUnknown, TooManyChoices
from notifications.preferences.quiet import QuietHours, moments_of

T = TypeVar("T")
Source: TypeAlias = str
"""A topic of the city (`card`), one provider (`org:CODE`), or all providers without a choice of their own (`org:*`)."""
PROVIDER: Final = "org:"
ALL_PROVIDERS: Final = "org:*"
DEFAULT_ZONE: Final = "Asia/Shanghai"
MOST_CHOICES: Final = 500
_LEGAL_SMS_AFTER = timedelta(minutes=15)


class Topic(StrEnum):
    """What the city itself tells of."""

    ACCOUNT = "account"  # sign-ins, devices, real name: never silent
    CARD = "card"
    LOOKUPS = "lookups"
    FAMILY = "family"
    NEWS = "news"
    APPLICATIONS = "applications"
    APPOINTMENTS = "appointments"
    CASES = "cases"
    CONVERSATIONS = "conversations"
    PAYMENTS = "payments"
    COMMUNITY = "community"


PROTECTED: Final = frozenset({Topic.ACCOUNT.value})


class Urgency(StrEnum):
    """`URGENT` rings in quiet hours and does not wait for a digest; `LEGAL` cannot be turned off either."""

    NORMAL = "normal"
    URGENT = "urgent"
    LEGAL = "legal"


class Mode(StrEnum):
    ON = "on"
    DIGEST = "digest"
    OFF = "off"


class Reason(StrEnum):
    """Why a message came as it did, or did not: told by whyDidIGetThis."""

    LEGAL_NOTICE = "legal_notice"
    CANNOT_BE_TURNED_OFF = "cannot_be_turned_off"
    TURNED_OFF = "turned_off"
    DIGEST_CHOSEN = "digest_chosen"
    URGENT_OVERRIDES_DIGEST = "urgent_overrides_digest"
    QUIET_HOURS = "quiet_hours"
    URGENT_OVERRIDES_QUIET_HOURS = "urgent_overrides_quiet_hours"
    NO_PUSH_DEVICE = "no_push_device"
    SMS_INSTEAD_OF_PUSH = "sms_instead_of_push"
    SMS_FALLBACK = "sms_fallback"


class How(StrEnum):
    NOW = "now"
    AT = "at"
    DIGEST = "digest"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Choice:
    """For one source: pushes, and whether a text message may stand in for a push that does not arrive."""

    push: Mode = Mode.ON
    sms: bool = False

    @property
    def silent(self) -> bool:
        return self.push is Mode.OFF and not self.sms


_DEFAULTS: Mapping[str, Choice] = {Topic.ACCOUNT.value: Choice(sms=True)}
_DEFAULT = Choice()


@dataclass(frozen=True, slots=True)
class Preferences:
    """`sms_after`: how long a push may go unconfirmed before a text message is sent (None: none is).
    `lock_screen_personal`: the full text may be shown on the lock screen. `version` counts the changes.
    """

    citizen: str
    choices: Mapping[Source, Choice] = field(default_factory=dict)
    quiet: QuietHours | None = None
    time_zone: str = DEFAULT_ZONE
    digest_at: time = time(18, 0)
    sms_after: timedelta | None = timedelta(minutes=15)
    lock_screen_personal: bool = False
    version: int = 0

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def choice(self, source: Source) -> Choice:
        """What was chosen for the source; else for all providers, if it is one; else the default."""
        default = _DEFAULTS.get(source, _DEFAULT)
        if source.startswith(PROVIDER):
            default = self.choices.get(ALL_PROVIDERS, default)
        return self.choices.get(source, default)

    def sources(self) -> list[Source]:
        """Every topic, all providers, and those with a choice of their own."""
        return list(dict.fromkeys([*map(str, Topic), ALL_PROVIDERS, *sorted(self.choices)]))

    def quiet_at(self, moment: datetime) -> bool:
        return self.quiet is not None and self.quiet.cover(moment, self.zone)

    def unquiet(self, moment: datetime) -> datetime:
        """The moment itself, or when the quiet hours it lies in are over."""
        return self.quiet.after(moment, self.zone) if self.quiet else moment

    def next_digest(self, now: datetime) -> datetime:
        """When the next digest is due, after now and outside quiet hours."""
        return self.unquiet(next(moments_of(self.digest_at, now, self.zone)))

    def changed(self, change: Change) -> Preferences:
        """Raises CannotBeTurnedOff, TimeZoneUnknown, TooManyChoices."""
        default = Preferences(self.citizen)
        changed = replace(
            self,
            choices=_chosen(self, change),
            quiet=_pick(change.quiet, self.quiet, default.quiet),
            time_zone=_pick(change.time_zone, self.time_zone, default.time_zone),
            digest_at=_pick(change.digest_at, self.digest_at, default.digest_at),
            sms_after=_after(change.sms_after, self.sms_after, default.sms_after),
            lock_screen_personal=_pick(
                change.lock_screen_personal, self.lock_screen_personal, default.lock_screen_personal
            ),
            version=self.version + 1,
        )
        changed.check()
        return changed

    def check(self) -> None:
        """Raises CannotBeTurnedOff, TimeZoneUnknown, TooManyChoices."""
        if self.time_zone not in _zones():
            raise TimeZoneUnknown
        if len(self.choices) > MOST_CHOICES:
            raise TooManyChoices(MOST_CHOICES)
        for source in sorted(PROTECTED):
            if self.choice(source).silent:
                raise CannotBeTurnedOff(source)


class Unchanged(Enum):
    """Left out, which is not the same as null: null goes back to the default."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class ChoiceChange:
    """Both halves None: the source goes back to what holds without a choice of its own."""

    push: Mode | Unchanged | None = UNCHANGED
    sms: bool | Unchanged | None = UNCHANGED


@dataclass(frozen=True, slots=True)
class Change:
    """What a person wants otherwise. None is back to the default; `sms_after` of zero is "no text messages then".
    `choices` of None forgets all of them.
    """

    choices: Mapping[Source, ChoiceChange] | Unchanged | None = UNCHANGED
    quiet: QuietHours | Unchanged | None = UNCHANGED
    time_zone: str | Unchanged | None = UNCHANGED
    digest_at: time | Unchanged | None = UNCHANGED
    sms_after: timedelta | Unchanged | None = UNCHANGED
    lock_screen_personal: bool | Unchanged | None = UNCHANGED


@dataclass(frozen=True, slots=True)
class Plan:
    """Now, at a moment, with the digest of a moment, or not."""

    how: How
    at: datetime | None = None


NOW, NOT = Plan(How.NOW), Plan(How.NOT)


@dataclass(frozen=True, slots=True)
class Decision:
    """`sms` at a moment stands in for a push that nobody confirmed until then."""

    push: Plan
    sms: Plan
    reasons: tuple[Reason, ...]


def parse_source(source: Source) -> Source:
    """A topic, a provider or all of them, by its form. Raises SourceUnknown."""
    code = source.removeprefix(PROVIDER)
    of_provider = source.startswith(PROVIDER) and 1 <= len(code) <= 40 and code.isascii() and code.isprintable()
    if not of_provider and source not in set(Topic):
        raise SourceUnknown(source[:50])
    return source


def decide(preferences: Preferences, source: Source, urgency: Urgency, now: datetime, *, has_push: bool) -> Decision:
    """How a message of this source and urgency reaches this person, who has or has not a phone that takes pushes."""
    reasons: list[Reason] = []
    choice = preferences.choice(source)
    mode = _mode(choice, source, urgency, reasons)
    push = _push(preferences, mode, urgency, now, reasons) if has_push else _no_device(mode, reasons)
    sms = NOT
    if mode is not Mode.DIGEST and (choice.sms or urgency is Urgency.LEGAL):
        sms = _sms(preferences, push, urgency, now, reasons)
    return Decision(push, sms, tuple(dict.fromkeys(reasons)))


def _mode(choice: Choice, source: Source, urgency: Urgency, reasons: list[Reason]) -> Mode:
    """What was chosen, unless something stands above the choice."""
    if urgency is Urgency.LEGAL:
        reasons.append(Reason.LEGAL_NOTICE)
        return Mode.ON
    if choice.silent and source in PROTECTED:
        reasons.append(Reason.CANNOT_BE_TURNED_OFF)
        return Mode.ON
    if choice.push is Mode.DIGEST and urgency is Urgency.URGENT:
        reasons.append(Reason.URGENT_OVERRIDES_DIGEST)
        return Mode.ON
    told = {Mode.OFF: [Reason.TURNED_OFF], Mode.DIGEST: [Reason.DIGEST_CHOSEN], Mode.ON: []}
    reasons.extend(told[choice.push])
    return choice.push


def _no_device(mode: Mode, reasons: list[Reason]) -> Plan:
    if mode is not Mode.OFF:
        reasons.append(Reason.NO_PUSH_DEVICE)
    return NOT


def _push(preferences: Preferences, mode: Mode, urgency: Urgency, now: datetime, reasons: list[Reason]) -> Plan:
    if mode is Mode.OFF:
        return NOT
    if mode is Mode.DIGEST:
        return Plan(How.DIGEST, preferences.next_digest(now))
    return _ring(preferences, urgency, now, now, reasons)


def _sms(preferences: Preferences, push: Plan, urgency: Urgency, now: datetime, reasons: list[Reason]) -> Plan:
    if push.how is How.NOT:
        reasons.append(Reason.SMS_INSTEAD_OF_PUSH)
        return _ring(preferences, urgency, now, now, reasons)
    wait = preferences.sms_after or (_LEGAL_SMS_AFTER if urgency is Urgency.LEGAL else None)
    if wait is None:
        return NOT
    reasons.append(Reason.SMS_FALLBACK)
    return _ring(preferences, urgency, (push.at or now) + wait, now, [])


def _ring(preferences: Preferences, urgency: Urgency, wanted: datetime, now: datetime, reasons: list[Reason]) -> Plan:
    """At the moment wanted, or after the quiet hours it lies in."""
    moment = wanted
    if preferences.quiet_at(wanted):
        if urgency is Urgency.NORMAL:
            reasons.append(Reason.QUIET_HOURS)
            moment = preferences.unquiet(wanted)
        elif urgency is Urgency.URGENT:
            reasons.append(Reason.URGENT_OVERRIDES_QUIET_HOURS)
    return Plan(How.AT, moment) if moment > now else NOW


def _chosen(was: Preferences, change: Change) -> Mapping[Source, Choice]:
    if isinstance(change.choices, Unchanged):
        return was.choices
    kept = {} if change.choices is None else dict(was.choices)
    for source, wish in (change.choices or {}).items():
        if wish == ChoiceChange():
            continue
        before, _ = was.choice(source), kept.pop(source, None)
        if wish != ChoiceChange(None, None):
            default = Preferences(was.citizen, kept).choice(source)
            kept[source] = Choice(_pick(wish.push, before.push, default.push), _pick(wish.sms, before.sms, default.sms))
    return kept


def _after(wish: timedelta | Unchanged | None, was: timedelta | None, default: timedelta | None) -> timedelta | None:
    return _pick(wish, was, default) or None


def _pick(wish: T | Unchanged | None, was: T, default: T) -> T:
    if isinstance(wish, Unchanged):
        return was
    return default if wish is None else wish


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
