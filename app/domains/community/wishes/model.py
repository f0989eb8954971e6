"""A micro-wish and its life.

screening ── published ──> open ── taken up, by one ──> claimed ── done ──> done ── confirmed ──> confirmed ── thanks
    └── refused              ^───── given up, or the days are over ──┘        └── not so ──> claimed
open, screening, claimed ──> withdrawn

It is made by a citizen, or by a neighbourhood committee for somebody who has no phone. Nothing in it says who it is
for: the committee brings the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domains.community.wishes.errors import (
    MicroWishInvalid,
    MicroWishNotOpen,
    MicroWishOwn,
    MicroWishTaken,
)

MOST_MADE, MOST_HELD = 3, 3
"""By one person at once."""
JUDGED_WITHIN = timedelta(days=14)
"""What nobody has judged by then is fulfilled: it is not to lie in its holder's hands for ever."""
_WITHIN = range(1, 61)
_ANSWER, MOST_FILES = 300, 6


class WishKind(StrEnum):
    COMPANY = "company"
    ERRAND = "errand"
    REPAIR = "repair"
    LESSON = "lesson"
    GOODS = "goods"
    OUTING = "outing"
    OTHER = "other"


class Whom(StrEnum):
    OLDER = "older"
    CHILD = "child"
    DISABLED = "disabled"
    FAMILY = "family"
    OTHER = "other"


class WishState(StrEnum):
    SCREENING = "screening"
    REFUSED = "refused"
    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


GOING_ON = (WishState.SCREENING, WishState.OPEN, WishState.CLAIMED, WishState.DONE)


@dataclass(frozen=True, slots=True)
class WishWords:
    """As they were written, checked beforehand. None once their author has left."""

    title: str
    text: str
    answer: str = ""
    done: str = ""
    thanks: str = ""


@dataclass(frozen=True, slots=True)
class MicroWish:
    """`wisher` is a citizen; none when the committee (`organisation`) made it. `days` are for doing it, from the claim
    to `due_at`; once it is done, it is judged by then. `files` prove it, `thanks_files` are the wisher's.
    """

    id: str
    organisation: str
    kind: WishKind
    whom: Whom
    days: int
    state: WishState
    made_at: datetime
    words: WishWords | None
    wisher: str | None = None
    holder: str | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    confirmed_at: datetime | None = None
    files: tuple[str, ...] = ()
    thanks_files: tuple[str, ...] = ()
    lapses: int = 0
    test: bool = False
    rev: int = 1

    @property
    def record(self) -> str:
        """As files name it."""
        return f"wish:{self.id}"

    @property
    def author(self) -> str:
        """Under whose key its words lie."""
        return self.wisher or self.id

    def for_others(self) -> MicroWish:
        """Without what the committee answered: that is for whoever made it."""
        return replace(self, words=self._with(answer=""))

    def checked(self) -> MicroWish:
        """Raises MicroWishInvalid."""
        if self.days not in _WITHIN:
            raise MicroWishInvalid("days")
        return self

    def screened(self, answer: str, *, publish: bool) -> MicroWish:
        """Raises MicroWishNotOpen, MicroWishInvalid (who is refused is told why)."""
        self._demand(WishState.SCREENING)
        said = answer.strip()
        if len(said) > _ANSWER or (not publish and len(said) < 2):
            raise MicroWishInvalid("answer")
        return self._next(state=WishState.OPEN if publish else WishState.REFUSED, words=self._with(answer=said))

    def claimed(self, holder: str, now: datetime) -> MicroWish:
        """Raises MicroWishTaken, MicroWishOwn, MicroWishNotOpen."""
        if holder == self.wisher:
            raise MicroWishOwn
        if self.state in (WishState.CLAIMED, WishState.DONE, WishState.CONFIRMED):
            raise MicroWishTaken
        self._demand(WishState.OPEN)
        return self._next(state=WishState.CLAIMED, holder=holder, due_at=now + timedelta(days=self.days))

    def freed(self, *, lapsed: bool = False) -> MicroWish:
        """Open again, with nothing of its holder's: he gave it up, or his days are over. Raises MicroWishNotOpen."""
        self._demand(WishState.CLAIMED)
        lapses, words = self.lapses + (1 if lapsed else 0), self._with(done="")
        return self._next(state=WishState.OPEN, holder=None, due_at=None, lapses=lapses, words=words, files=())

    def done(self, words: str, files: tuple[str, ...], now: datetime) -> MicroWish:
        """Raises MicroWishNotOpen, MicroWishInvalid."""
        self._demand(WishState.CLAIMED)
        if len(files) > MOST_FILES:
            raise MicroWishInvalid("files")
        told = {"words": self._with(done=words), "files": files, "done_at": now}
        return self._next(state=WishState.DONE, due_at=now + JUDGED_WITHIN, **told)

    def judged(self, now: datetime, *, fulfilled: bool) -> MicroWish:
        """By the wisher or the committee: it was done, or it was not, and its holder has his days anew. Raises
        MicroWishNotOpen.
        """
        self._demand(WishState.DONE)
        if fulfilled:
            return self._next(state=WishState.CONFIRMED, confirmed_at=now, due_at=None)
        return self._next(state=WishState.CLAIMED, done_at=None, due_at=now + timedelta(days=self.days))

    def thanked(self, words: str, files: tuple[str, ...]) -> MicroWish:
        """Once. Raises MicroWishNotOpen, MicroWishInvalid."""
        self._demand(WishState.CONFIRMED)
        if self.words is not None and self.words.thanks:
            raise MicroWishNotOpen("thanked")
        if len(files) > MOST_FILES:
            raise MicroWishInvalid("files")
        return self._next(words=self._with(thanks=words), thanks_files=files)

    def withdrawn(self) -> MicroWish:
        """Raises MicroWishNotOpen."""
        self._demand(WishState.SCREENING, WishState.OPEN, WishState.CLAIMED)
        return self._next(state=WishState.WITHDRAWN, due_at=None)

    def _with(self, **changed: str) -> WishWords | None:
        return replace(self.words, **changed) if self.words is not None else None

    def _next(self, **changes: object) -> MicroWish:
        return replace(self, **changes, rev=self.rev + 1)  # type: ignore[arg-type]

    def _demand(self, *states: WishState) -> None:
        if self.state not in states:
            raise MicroWishNotOpen(self.state.value)
