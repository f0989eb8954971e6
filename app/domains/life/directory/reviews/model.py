"""A review: one of each person and place, rewritten and not doubled. What is not shown does not count either."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from app.domains.life.directory.reviews.errors import ReviewInvalid

LONGEST_WORDS, LONGEST_REPLY = 1_000, 500
_REMEMBERED = 10


class Standing(StrEnum):
    """As moderation has it."""

    WAITING = "waiting"
    SHOWN = "shown"
    HELD = "held"  # hidden for now, because many reported it
    HIDDEN = "hidden"


class Proof(StrEnum):
    """What shows that somebody used a place."""

    BOOKING = "booking"
    VERIFICATION = "verification"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """`name` is masked: a surname with stars."""

    citizen: str
    name: str


@dataclass(frozen=True, slots=True)
class ReviewReply:
    """By who runs the place."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """What somebody gives and says. `suspect`: somebody looks at it before others read it."""

    stars: int
    words: str
    proof: Proof | None = None
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Rated:
    """How it was rated before."""

    stars: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """`words` may be empty: stars alone. `before`: the last ratings by the same person, the newest first."""

    id: str
    place: str
    citizen: str
    name: str
    stars: int
    words: str
    standing: Standing
    at: datetime
    changed_at: datetime
    proof: Proof | None = None
    reply: ReviewReply | None = None
    before: tuple[Rated, ...] = ()
    rev: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.stars <= 5:
            raise ReviewInvalid("stars")

    @property
    def shown(self) -> bool:
        return self.standing is Standing.SHOWN

    @property
    def counted(self) -> int | None:
        """The stars that count for its place."""
        return self.stars if self.shown else None

    def rewritten(self, draft: ReviewDraft, at: datetime) -> Review:
        """What was not shown is looked at before it is. A reply to what stands no more goes with it."""
        before = (Rated(self.stars, self.changed_at), *self.before)[:_REMEMBERED]
        standing = Standing.SHOWN if self.shown and not draft.suspect else Standing.WAITING
        return replace(
            self,
            stars=draft.stars,
            words=draft.words,
            standing=standing,
            changed_at=at,
            proof=draft.proof or self.proof,
            reply=self.reply if draft.words == self.words else None,
            before=before,
            rev=self.rev + 1,
        )

    def turned(self, to: Standing) -> Review:
        return replace(self, standing=to, rev=self.rev + 1)

    def replied(self, reply: ReviewReply | None) -> Review:
        return replace(self, reply=reply, rev=self.rev + 1)


def review_of(place: str, by: Reviewer, draft: ReviewDraft, at: datetime) -> Review:
    """The first of this person and place."""
    standing = Standing.WAITING if draft.suspect else Standing.SHOWN
    id_ = id_of(place, by.citizen)
    return Review(id_, place, by.citizen, by.name, draft.stars, draft.words, standing, at, at, draft.proof)


def id_of(place: str, citizen: str) -> str:
    """The same for the same person and place, and says neither."""
    return sha256(f"{place}/{citizen}".encode()).hexdigest()[:32]
