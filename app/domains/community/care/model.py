"""Somebody on the care list, and what happens when he does not check in.

proposed ── he (or his guardian) agrees ──> active <──> paused ──> ended
   └── he does not ──> declined

A round ends at `due_at`. Checked in by then, the next one begins; else it is told further, each step once: himself at
once, his contact after half an hour, the officer of his committee after an hour, the city's centre after two. Until
somebody hears of him it stays missed, and each further round is told in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum

from app.core.clock import CITY_TIME, civil_day
from app.domains.community.care.errors import CareInvalid, CareStateWrong

LONGEST_NAME, LONGEST_NOTE, LONGEST_PAUSE = 30, 200, timedelta(days=180)
EARLY = timedelta(hours=12)
"""So long before the end of a round it can be checked into."""
_WEEK = 7


class CareState(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    DECLINED = "declined"


OPEN = frozenset({CareState.PROPOSED, CareState.ACTIVE, CareState.PAUSED})


class Pause(StrEnum):
    HOSPITAL = "hospital"
    TRAVEL = "travel"
    FAMILY = "family"
    OTHER = "other"


class Sign(StrEnum):
    """How it is known that he is well."""

    APP = "app"
    PHONE = "phone"
    VISIT = "visit"


class Told(IntEnum):
    """How far a missed round has been told."""

    NOBODY = 0
    HIMSELF = 1
    CONTACT = 2
    OFFICER = 3
    CENTRE = 4


AFTER = {
    Told.HIMSELF: timedelta(),
    Told.CONTACT: timedelta(minutes=30),
    Told.OFFICER: timedelta(hours=1),
    Told.CENTRE: timedelta(hours=2),
}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """On these weekdays (Monday is 0), until so many minutes after midnight in the city."""

    weekdays: tuple[int, ...]
    minute: int

    def checked(self) -> Rhythm:
        """Raises CareInvalid."""
        days = tuple(sorted(set(self.weekdays)))
        if not days or not all(0 <= day < _WEEK for day in days):
            raise CareInvalid("weekdays")
        if not 6 * 60 <= self.minute <= 22 * 60:  # nobody is called at night
            raise CareInvalid("minute")
        return Rhythm(days, self.minute)

    def after(self, moment: datetime) -> datetime:
        """The end of the first round that ends later."""
        start = civil_day(moment)
        ends = (self._end(start + timedelta(days=ahead)) for ahead in range(_WEEK + 1))
        return next(end for end in ends if end > moment and civil_day(end).weekday() in self.weekdays)

    def before(self, moment: datetime) -> datetime:
        """The end of the last round that has ended."""
        start = civil_day(moment)
        ends = (self._end(start - timedelta(days=back)) for back in range(_WEEK + 1))
        return next(end for end in ends if end <= moment and civil_day(end).weekday() in self.weekdays)

    def _end(self, day: date) -> datetime:
        return datetime.combine(day, time(self.minute // 60, self.minute % 60), CITY_TIME)


@dataclass(frozen=True, slots=True)
class CarePrivate:
    """Sealed under his key: whom to call, and what is good to know."""

    contact: str = ""
    phone: str = ""
    note: str = ""

    def checked(self) -> CarePrivate:
        """Raises CareInvalid. The phone is checked where phones are known."""
        contact, note = " ".join(self.contact.split()), " ".join(self.note.split())
        if len(contact) > LONGEST_NAME or not contact.isprintable() or bool(contact) is not bool(self.phone):
            raise CareInvalid("contact")
        if len(note) > LONGEST_NOTE or not note.isprintable():
            raise CareInvalid("note")
        return CarePrivate(contact, self.phone, note)


@dataclass(frozen=True, slots=True)
class CareEntry:
    """`organisation` is the committee that looks after him, `by` who entered or proposed him. `look_at`: when the next
    step is due. `sign_at`: when he was last known to be well.
    """

    id: str
    citizen: str
    residency: str
    estate: str
    organisation: str
    rhythm: Rhythm
    state: CareState
    by: str
    made_at: datetime
    private: CarePrivate | None = None
    due_at: datetime | None = None
    told: Told = Told.NOBODY
    look_at: datetime | None = None
    pause: Pause | None = None
    sign: Sign | None = None
    sign_at: datetime | None = None
    rev: int = 1

    @property
    def missed(self) -> bool:
        return self.told is not Told.NOBODY

    def begun(self, now: datetime) -> CareEntry:
        """Its first round ends at least two hours from now: nobody misses what he has just agreed to."""
        return self._round(now + timedelta(hours=2))

    def agreed(self, private: CarePrivate, now: datetime) -> CareEntry:
        """Raises CareStateWrong."""
        self._demand(CareState.PROPOSED)
        return replace(self, private=private, rev=self.rev + 1).begun(now)

    def declined(self) -> CareEntry:
        """Raises CareStateWrong."""
        self._demand(CareState.PROPOSED)
        return replace(self, state=CareState.DECLINED, look_at=None, rev=self.rev + 1)

    def signed(self, sign: Sign, now: datetime) -> CareEntry:
        """He is well: what was missed is over, and the round too, if it has not only just begun. Raises
        CareStateWrong.
        """
        self._demand(CareState.ACTIVE)
        known = replace(self, sign=sign, sign_at=now, rev=self.rev + 1)
        if self.due_at is not None and now < self.due_at - EARLY and not self.missed:
            return known
        return known._round(max(now, self.due_at or now))

    def paused(self, why: Pause, until: datetime, now: datetime) -> CareEntry:
        """Raises CareStateWrong, CareInvalid."""
        self._demand(CareState.ACTIVE, CareState.PAUSED)
        if not now < until <= now + LONGEST_PAUSE:
            raise CareInvalid("until")
        changed = {"told": Told.NOBODY, "look_at": until, "due_at": None, "rev": self.rev + 1}
        return replace(self, state=CareState.PAUSED, pause=why, **changed)  # type: ignore[arg-type]

    def resumed(self, now: datetime) -> CareEntry:
        """Raises CareStateWrong."""
        self._demand(CareState.PAUSED)
        return replace(self, pause=None, rev=self.rev + 1)._round(now)

    def ended(self) -> CareEntry:
        """Raises CareStateWrong."""
        self._demand(*OPEN)
        return replace(self, state=CareState.ENDED, look_at=None, told=Told.NOBODY, rev=self.rev + 1)

    def further(self, now: datetime) -> CareEntry:
        """The next step of a missed round. Of whom nobody has heard by the end of the next one, that one is missed,
        too, and told from its first step on; rounds that ended while nobody looked are one.
        """
        assert self.due_at is not None
        if self.told is Told.CENTRE:
            return replace(self, due_at=self.rhythm.before(now), told=Told.NOBODY).further(now)
        told = Told(self.told + 1)
        # Late as a step may be, the next one is not before its time.
        last = told is Told.CENTRE
        look_at = self.rhythm.after(now) if last else self.due_at + AFTER[Told(told + 1)]
        return replace(self, told=told, look_at=look_at, rev=self.rev + 1)

    def _round(self, moment: datetime) -> CareEntry:
        due = self.rhythm.after(moment)
        return replace(self, state=CareState.ACTIVE, due_at=due, look_at=due, told=Told.NOBODY)

    def _demand(self, *states: CareState) -> None:
        if self.state not in states:
            raise CareStateWrong(self.state.value)


@dataclass(frozen=True, slots=True)
class CareStep:
    """Of a missed round: who was told, and when. `case` at the centre."""

    entry: str
    due_at: datetime
    told: Told
    at: datetime
    case: str | None = None

    @property
    def id(self) -> str:
        return f"{self.entry}:{int(self.due_at.timestamp())}:{int(self.told)}"
