"""What estates vote on: opened, taken back, entered from paper, counted again. What a home chose is not seen here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from app.admin.api.desk import (
    ADMINISTRATORS,
    ANY,
    OPERATORS,
    After,
    Body,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.core.paging import PageRequest
from app.domains.community.votes.errors import VoteUnknown
from app.domains.community.votes.model import LEGAL_OPTIONS, Share, Vote, VoteResult, VoteRule, VoteState, VoteTerms
from app.domains.community.votes.service import SeenVote

router = desk_router("estate-votes")


class VoteSaid(Body):
    """`options` of an advisory one; those of the law are given."""

    estate: str = Field(min_length=1, max_length=40)
    title: str = Field(min_length=1, max_length=60)
    text: str = Field(min_length=1, max_length=4_000)
    options: list[str] = Field(default=[], max_length=10)
    rule: VoteRule
    secret: bool
    changeable: bool = False
    proxies: bool = False
    closes_at: AwareDatetime

    def parsed(self) -> VoteTerms:
        flags = (self.secret, self.changeable, self.proxies)
        return VoteTerms(self.title, self.text, tuple(self.options), self.rule, *flags, self.closes_at)


class CountSaid(Body):
    """So many homes and so many square metres together."""

    homes: int = Field(ge=0, le=1_000_000)
    area: float = Field(ge=0, le=100_000_000)

    def parsed(self) -> Share:
        return Share(self.homes, round(self.area * 100))


class HeldVote(Body):
    """Held on paper, by a rule of the Civil Code: for, against, abstaining, `of` all homes that there were."""

    estate: str = Field(min_length=1, max_length=40)
    title: str = Field(min_length=1, max_length=60)
    text: str = Field(min_length=1, max_length=4_000)
    rule: VoteRule
    opened_at: AwareDatetime
    closed_at: AwareDatetime
    counts: list[CountSaid] = Field(min_length=3, max_length=3)
    of: CountSaid

    def parsed(self) -> Vote:
        terms = VoteTerms(self.title, self.text, LEGAL_OPTIONS, self.rule, True, False, False, self.closed_at)
        return Vote("", self.estate, terms, self.of.parsed(), self.opened_at)


class Reason(Body):
    reason: str = Field(min_length=2, max_length=200)


class ShareShown(Reply):
    homes: int
    area: float

    @classmethod
    def of(cls, one: Share) -> ShareShown:
        return cls(homes=one.homes, area=one.area / 100)


class ResultShown(Reply):
    options: list[ShareShown]
    took_part: ShareShown
    quorate: bool
    passed: bool | None
    leading: int | None

    @classmethod
    def read(cls, one: VoteResult) -> ResultShown:
        return cls(
            options=[ShareShown.of(share) for share in one.options],
            took_part=ShareShown.of(one.took_part),
            quorate=one.quorate,
            passed=one.passed,
            leading=one.leading,
        )


class VoteRow(Reply):
    id: str
    estate: str
    title: str
    rule: VoteRule
    secret: bool
    state: VoteState
    opened_at: datetime
    closes_at: datetime

    @classmethod
    def of(cls, one: Vote) -> VoteRow:
        terms = one.terms
        return cls(
            id=one.id,
            estate=one.estate,
            title=terms.title,
            rule=terms.rule,
            secret=terms.secret,
            state=one.state,
            opened_at=one.opened_at,
            closes_at=terms.closes_at,
        )


class VoteShown(VoteRow):
    """`all`: all homes when it was opened; `voted`: how many have."""

    text: str
    options: list[str]
    changeable: bool
    proxies: bool
    all: ShareShown
    voted: int
    reason: str
    result: ResultShown | None

    @classmethod
    def seen(cls, one: SeenVote) -> VoteShown:
        vote = one.vote
        terms = vote.terms
        return cls(
            **VoteRow.of(vote).model_dump(),
            text=terms.text,
            options=list(terms.options),
            changeable=terms.changeable,
            proxies=terms.proxies,
            all=ShareShown.of(vote.of),
            voted=one.voted,
            reason=vote.reason,
            result=ResultShown.read(vote.result) if vote.result else None,
        )


class Recount(Reply):
    """The ballots once more: `same` as the result that stands."""

    same: bool
    result: ResultShown


@router.get("/estate-votes")
async def votes(
    desk: Annotated[Desk, allowed("list", *ANY)],
    first: First = 20,
    after: After = None,
    state: VoteState | None = None,
) -> Rows[VoteRow]:
    """Newest first; of all states when none is named."""
    service = desk.services.community.together.voting.votes
    return Rows[VoteRow].of(await service.of_city(PageRequest.of(first, after), state), VoteRow.of)


@router.get("/estate-votes/{vote}")
async def vote(vote: Id, desk: Annotated[Desk, allowed("show", *ANY)]) -> VoteShown:
    found = await desk.services.community.together.voting.votes.any(vote)
    if found is None:
        raise VoteUnknown
    return VoteShown.seen(found)


@router.post("/estate-votes")
async def open_vote(body: VoteSaid, key: Key, desk: Annotated[Desk, allowed("open", *ADMINISTRATORS)]) -> VoteShown:
    """For a committee that cannot; what is declared stays."""
    service = desk.services.community.together.voting.votes
    return VoteShown.seen(await service.open(desk.viewer, body.estate, body.parsed(), key))


@router.post("/estate-votes/held")
async def enter_held(body: HeldVote, key: Key, desk: Annotated[Desk, allowed("enter", *ADMINISTRATORS)]) -> VoteRow:
    service = desk.services.community.together.voting.votes
    counts = [one.parsed() for one in body.counts]
    return VoteRow.of(await service.enter_held(desk.viewer, body.parsed(), counts, key))


@router.post("/estate-votes/{vote}/withdrawal")
async def withdraw(
    vote: Id, body: Reason, key: Key, desk: Annotated[Desk, allowed("withdraw", *ADMINISTRATORS)]
) -> VoteShown:
    """Its homes see why."""
    service = desk.services.community.together.voting.votes
    return VoteShown.seen(await service.withdraw(desk.viewer, vote, body.reason, key))


@router.post("/estate-votes/{vote}/recounts")
async def recount(vote: Id, desk: Annotated[Desk, allowed("recount", *OPERATORS)]) -> Recount:
    """Of one that is over and was held here."""
    found = await desk.services.community.together.voting.closing.recount(vote)
    if found is None:
        raise VoteUnknown
    was, again = found
    return Recount(same=was.result == again, result=ResultShown.read(again))
