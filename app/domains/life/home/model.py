"""What the home page shows: things that wait for this person, services he may need, things near him, nine scenes.

Nothing of it is kept but what he chose and what he waved away: it is read from the rooms when it is asked for, so that
it is true then. What he uses is what he applied for; nobody counts where he looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.core.places.model import Point
from app.core.said import UNSAID, Said
from app.domains.life.home.errors import SuggestionUnknown

MOST_DUE = 20
MOST_OF_A_WARD, MOST_WARDS = 10, 6
MOST_SUGGESTED, MOST_FOR_A_REASON = 6, 3
MOST_WAVED_AWAY = 100
"""What was waved away before comes back."""
MOST_CHOSEN = 3
WAVED_AWAY_FOR = timedelta(days=90)
SOON = timedelta(days=14)
"""What is further off is not due yet."""


class DueKind(StrEnum):
    """What waits, in the order of what cannot wait."""

    PAYMENT_TO_CONFIRM = "payment_to_confirm"
    TICKET = "ticket"  # a number in a queue
    CARE_CHECK_IN = "care_check_in"  # to say that one is well
    TREATMENT_TO_ANSWER = "treatment_to_answer"
    CARE_TO_ANSWER = "care_to_answer"
    STAY_TO_ANSWER = "stay_to_answer"
    VOTE = "vote"  # of one's estate
    BOOKING_TO_CONFIRM = "booking_to_confirm"
    EVENT_TICKET_TO_PAY = "event_ticket_to_pay"
    EVENT_TICKET_OFFERED = "event_ticket_offered"
    SHOP_ORDER_TO_PAY = "shop_order_to_pay"
    SHOP_ORDER_COMING = "shop_order_coming"
    SHOP_ORDER_READY = "shop_order_ready"
    BOOKING = "booking"
    EVENT_TICKET = "event_ticket"
    APPLICATION_RETURNED = "application_returned"
    VISITOR = "visitor"  # who is let in by a pass, today
    FAMILY_VISIT = "family_visit"  # at a care home or on a ward
    FOLLOW_UP = "follow_up"  # of the family doctor
    BOOKS = "books"  # to be brought back
    CASE_TO_RATE = "case_to_rate"
    REPAIR_TO_RATE = "repair_to_rate"
    CREDIT = "credit"
    BILL = "bill"
    PARCEL = "parcel"
    LICENCE_ENDS = "licence_ends"
    APPLICATION_DRAFT = "application_draft"


_RANK = {kind: rank for rank, kind in enumerate(DueKind)}
# These have a moment that decides, whatever else there is.
_BY_TIME = frozenset(
    {
        DueKind.BOOKING,
        DueKind.EVENT_TICKET,
        DueKind.VISITOR,
        DueKind.FAMILY_VISIT,
        DueKind.FOLLOW_UP,
        DueKind.BOOKS,
        DueKind.CREDIT,
        DueKind.BILL,
        DueKind.PARCEL,
        DueKind.LICENCE_ENDS,
    }
)


@dataclass(frozen=True, slots=True)
class Due:
    """`id` is the thing's in its own room; `at` when it is, or until when it waits; `fen` what is to be paid."""

    kind: DueKind
    id: str
    title: Said
    place: Said = UNSAID
    at: datetime | None = None
    fen: int | None = None


def ordered(dues: Iterable[Due], now: datetime, most: int = MOST_DUE) -> tuple[Due, ...]:
    """What asks for an answer comes first, then what has a day by that day, then the rest."""
    soon = [one for one in dues if one.kind not in _BY_TIME or one.at is None or one.at <= now + SOON]
    return tuple(sorted(soon, key=_urgency)[:most])


def _urgency(one: Due) -> tuple[int, float, str]:
    at = one.at.timestamp() if one.at else float("inf")
    return (len(_RANK) if one.kind in _BY_TIME else _RANK[one.kind], at, one.id)


class PartOfDay(StrEnum):
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


def part_of_day(at: datetime) -> PartOfDay:
    hour = at.astimezone(CITY_TIME).hour
    parts = ((5, PartOfDay.NIGHT), (11, PartOfDay.MORNING), (13, PartOfDay.NOON), (18, PartOfDay.AFTERNOON))
    return next((part for until, part in parts if hour < until), PartOfDay.EVENING if hour < 22 else PartOfDay.NIGHT)


class Turn(StrEnum):
    """Turns of life at which one has much to do with offices."""

    BIRTH = "birth"
    SCHOOL = "school"
    WORK = "work"
    HOME = "home"
    MARRIAGE = "marriage"
    ILLNESS = "illness"
    RETIREMENT = "retirement"
    BEREAVEMENT = "bereavement"


TURNS_OF_AGE = (Turn.RETIREMENT,)
_RETIRES = (58, 63)  # years of age, from and before: the law's steps from 2025 end at 63 and 58


def turns_of_age(birth_month: str | None, today: date) -> tuple[Turn, ...]:
    """What age alone makes likely. Nothing is guessed from anything else. `birth_month`: `YYYY-MM`."""
    if birth_month is None:
        return ()
    born = date.fromisoformat(f"{birth_month}-01")
    years = today.year - born.year - (today.month < born.month)
    return (Turn.RETIREMENT,) if _RETIRES[0] <= years < _RETIRES[1] else ()


class Why(StrEnum):
    CHOSEN = "chosen"  # he said that he is at this turn of life
    AGE = "age"
    USED = "used"  # he applied for it before


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A service of the catalogue, and why it is suggested. `turn` for CHOSEN and AGE, `since` for USED."""

    item: str
    name: Said
    why: Why
    turn: Turn | None = None
    since: datetime | None = None

    @property
    def key(self) -> str:
        """By which it is waved away; the service is, for whatever reason it is suggested."""
        return f"{self.why.value}:{self.turn.value if self.turn else ''}:{self.item}"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person said of his home page. `waved_away`: by key, when."""

    citizen: str
    turns: tuple[Turn, ...] = ()
    waved_away: Mapping[str, datetime] = field(default_factory=dict)

    def hidden(self, now: datetime) -> frozenset[str]:
        """Services: who waves one away does not want it for another reason."""
        return frozenset(_item(key) for key, at in self.waved_away.items() if now < at + WAVED_AWAY_FOR)


def suggested(found: Iterable[Suggestion], choices: Choices, now: datetime) -> tuple[Suggestion, ...]:
    """Each service once, for the first reason that it has; of a reason no more than its share."""
    hidden, shares = choices.hidden(now), Counter[tuple[Why, Turn | None]]()
    seen: dict[str, Suggestion] = {}
    for one in found:
        reason = (one.why, one.turn)
        if one.item not in hidden and one.item not in seen and shares[reason] < MOST_FOR_A_REASON:
            seen[one.item] = one
            shares[reason] += 1
    return tuple(seen.values())[:MOST_SUGGESTED]


def _item(key: str) -> str:
    return key.split(":", 2)[2]


def parsed_key(text: str) -> str:
    """Of a suggestion. Raises SuggestionUnknown."""
    why, _, rest = text.partition(":")
    turn, _, item = rest.partition(":")
    known = why in set(Why) and (turn in set(Turn) or not turn) and 0 < len(item) <= 60 and item.isascii()
    if not known or not item.isprintable() or "." in item or "$" in item:
        raise SuggestionUnknown
    return text


class NearKind(StrEnum):
    PLACE = "place"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Near:
    """`open_now` None: it has no hours."""

    kind: NearKind
    id: str
    name: Said
    point: Point
    metres: int
    open_now: bool | None = None


def nearest(found: Iterable[Near], most: int) -> tuple[Near, ...]:
    return tuple(sorted(found, key=lambda one: (one.metres, one.id))[:most])


@dataclass(frozen=True, slots=True)
class Entry:
    """A way in: `to` is an address within the app."""

    name: Said
    to: str


@dataclass(frozen=True, slots=True)
class Scene:
    """One of the everyday scenes; `place` orders them from 1."""

    code: str
    name: Said
    place: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Ward:
    """For whom somebody acts. `relation` is the guardian's towards him, `scopes` the matters."""

    id: str
    relation: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfWard:
    """What waits for a ward, of the matters that the guardian sees to."""

    ward: Ward
    name: str | None
    due: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class Home:
    name: str | None
    verified: bool
    part_of_day: PartOfDay
    due: tuple[Due, ...]
    wards: tuple[OfWard, ...]
    unread: int
    suggestions: tuple[Suggestion, ...]
    near: tuple[Near, ...]
    turns: tuple[Turn, ...]


def in_order(scenes: Collection[Scene]) -> Sequence[Scene]:
    return sorted(scenes, key=lambda one: (one.place, one.code))
