"""A vote of an estate's homes: one home, one voice.

open ── until its deadline ──> counting ──> closed, with its result
  └── taken back ──> withdrawn

The rules are those of the Civil Code (民法典), art. 278: owners of two thirds of the floor area, who are two thirds of
the owners, must take part; then it takes more than half of both who take part, or for grave matters (nos. 6 to 8:
raising the maintenance fund, rebuilding, another use of common parts) three quarters. An advisory vote counts homes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from app.domains.community.votes.errors import VoteInvalid, VoteNotOpen

LONGEST_TITLE, LONGEST_TEXT, LONGEST_OPTION, MOST_OPTIONS = 60, 4_000, 60, 10
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=90)
COUNTED_AFTER = timedelta(minutes=1)
"""By then whoever was voting at the last moment has done so."""
REMINDED_BEFORE = timedelta(days=1)
AGREE, AGAINST, ABSTAIN = 0, 1, 2
LEGAL_OPTIONS = ("同意", "反对", "弃权")
_TAKE_PART, _HALF, _GRAVE = Fraction(2, 3), Fraction(1, 2), Fraction(3, 4)


class VoteRule(StrEnum):
    ADVISORY = "advisory"
    ORDINARY = "ordinary"
    GRAVE = "grave"


class VoteState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Share:
    """So many homes and so much floor area together, in hundredths of a square metre."""

    homes: int = 0
    area: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.homes + other.homes, self.area + other.area)

    def reaches(self, part: Fraction, of: Share, *, more: bool = False) -> bool:
        """Both counts; `more`: just that much is not enough."""
        pairs = ((self.homes, of.homes), (self.area, of.area))
        return all(mine > part * whole if more else mine >= part * whole for mine, whole in pairs)


@dataclass(frozen=True, slots=True)
class Voice:
    """What one home says."""

    option: int
    area: int


@dataclass(frozen=True, slots=True)
class VoteResult:
    """`passed` of an advisory vote: None. `leading`: the option that most homes chose, None when two have as many."""

    options: tuple[Share, ...]
    took_part: Share
    of: Share
    quorate: bool
    passed: bool | None
    leading: int | None


@dataclass(frozen=True, slots=True)
class VoteTerms:
    """What is declared beforehand and stays: `secret`, `changeable` until the end, `proxies` by written consent."""

    title: str
    text: str
    options: tuple[str, ...]
    rule: VoteRule
    secret: bool
    changeable: bool
    proxies: bool
    closes_at: datetime

    def checked(self, now: datetime) -> VoteTerms:
        """Tidied. Raises VoteInvalid."""
        if not SHORTEST <= self.closes_at - now <= LONGEST:
            raise VoteInvalid("closesAt")
        return self.worded()

    def worded(self) -> VoteTerms:
        """Tidied, whenever it closes. Raises VoteInvalid."""
        title, text = " ".join(self.title.split()), self.text.strip()
        if not 4 <= len(title) <= LONGEST_TITLE or not title.isprintable():
            raise VoteInvalid("title")
        if not 10 <= len(text) <= LONGEST_TEXT:
            raise VoteInvalid("text")
        if self.secret and self.changeable:  # to change a voice, one would have to know whose it is
            raise VoteInvalid("changeable")
        return replace(self, title=title, text=text, options=self._options())

    def _options(self) -> tuple[str, ...]:
        given = tuple(" ".join(option.split()) for option in self.options)
        if self.rule is not VoteRule.ADVISORY:
            if given and given != LEGAL_OPTIONS:
                raise VoteInvalid("options")
            return LEGAL_OPTIONS
        fine = 2 <= len(given) <= MOST_OPTIONS and len(set(given)) == len(given)
        if not fine or not all(1 <= len(one) <= LONGEST_OPTION and one.isprintable() for one in given):
            raise VoteInvalid("options")
        return given


@dataclass(frozen=True, slots=True)
class Vote:
    """`of`: how many homes there are, and how large, when it was opened. `after`: up to which residency its state was
    told; none when all have heard it. `remind_at`: when homes without a voice are reminded, none when all were or none
    will be; `reminded`: up to which residency.
    """

    id: str
    estate: str
    terms: VoteTerms
    of: Share
    opened_at: datetime
    state: VoteState = VoteState.OPEN
    result: VoteResult | None = None
    reason: str = ""
    rev: int = 1
    after: str | None = ""
    remind_at: datetime | None = None
    reminded: str = ""

    @classmethod
    def opened(cls, id_: str, estate: str, terms: VoteTerms, of: Share, now: datetime) -> Vote:
        """One of which less than a day is left is not spoken of twice in a day."""
        remind_at = terms.closes_at - REMINDED_BEFORE
        return cls(id_, estate, terms, of, now, remind_at=remind_at if remind_at > now else None)

    def demand_open(self, now: datetime) -> None:
        """Raises VoteNotOpen."""
        if self.state is not VoteState.OPEN:
            raise VoteNotOpen(self.state.value)
        if self.terms.closes_at <= now:
            raise VoteNotOpen(VoteState.CLOSED.value)

    def demand_option(self, option: int) -> None:
        """Raises VoteInvalid."""
        if not 0 <= option < len(self.terms.options):
            raise VoteInvalid("option")

    def withdrawn(self, reason: str, now: datetime) -> Vote:
        """Raises VoteNotOpen, VoteInvalid."""
        self.demand_open(now)
        text = " ".join(reason.split())[:200]
        if len(text) < 2:
            raise VoteInvalid("reason")
        return replace(self, state=VoteState.WITHDRAWN, reason=text, rev=self.rev + 1, after="", remind_at=None)

    def held_on_paper(self, options: Sequence[Share], now: datetime) -> Vote:
        """Over, with what was counted then. Raises VoteInvalid."""
        together = sum(options, Share())
        if not self.opened_at < self.terms.closes_at <= now:
            raise VoteInvalid("closesAt")
        if len(options) != len(self.terms.options) or any(min(one.homes, one.area) < 0 for one in options):
            raise VoteInvalid("options")
        if together.homes > self.of.homes or together.area > self.of.area:
            raise VoteInvalid("of")
        return replace(self, state=VoteState.CLOSED, result=self.result_of(options), after=None)

    def closed(self, voices: Iterable[Voice]) -> Vote:
        result = self.counted(voices)
        return replace(self, state=VoteState.CLOSED, result=result, rev=self.rev + 1, after="", remind_at=None)

    def counted(self, voices: Iterable[Voice]) -> VoteResult:
        """By the rule that was declared: the same voices give the same result, whenever they are counted."""
        options = [Share() for _ in self.terms.options]
        for voice in voices:
            options[voice.option] += Share(1, voice.area)
        return self.result_of(options)

    def result_of(self, options: Sequence[Share]) -> VoteResult:
        """Of what each option was given."""
        took_part = sum(options, Share())
        quorate, passed = self._judged(options, took_part)
        return VoteResult(tuple(options), took_part, self.of, quorate, passed, _leading(options))

    def _judged(self, options: Sequence[Share], took_part: Share) -> tuple[bool, bool | None]:
        if self.terms.rule is VoteRule.ADVISORY:
            return True, None
        quorate = took_part.homes > 0 and took_part.reaches(_TAKE_PART, self.of)
        if self.terms.rule is VoteRule.GRAVE:
            return quorate, quorate and options[AGREE].reaches(_GRAVE, took_part)
        return quorate, quorate and options[AGREE].reaches(_HALF, took_part, more=True)


def _leading(options: Sequence[Share]) -> int | None:
    most = max(share.homes for share in options)
    first = [number for number, share in enumerate(options) if share.homes == most]
    return first[0] if most and len(first) == 1 else None
