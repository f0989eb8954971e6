"""Votes of an estate's homes."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.community.votes import model as votes
from app.domains.community.votes.model import Vote, VoteRule, VoteState, VoteTerms
from app.domains.community.votes.service import MyVoice, SeenVote
from graphql_schema.types.common import global_id, key_of

strawberry.enum(
    VoteRule, description="ADVISORY counts homes; ORDINARY and GRAVE are those of the Civil Code, article 278."
)


@strawberry.type(description="So many homes, and so many square metres together.")
class VoteShare:
    homes: int
    area: float

    @classmethod
    def of(cls, one: votes.Share) -> VoteShare:
        return cls(homes=one.homes, area=one.area / 100)


@strawberry.type
class EstateVoteResult:
    options: list[VoteShare] = strawberry.field(description="In the order of the options.")
    took_part: VoteShare
    of: VoteShare = strawberry.field(description="All homes when it was opened.")
    quorate: bool
    passed: bool | None = strawberry.field(description="Null of an advisory vote.")
    leading: int | None = strawberry.field(description="The option that most homes chose; null when none leads.")

    @classmethod
    def read(cls, one: votes.VoteResult) -> EstateVoteResult:
        return cls(
            options=[VoteShare.of(share) for share in one.options],
            took_part=VoteShare.of(one.took_part),
            of=VoteShare.of(one.of),
            quorate=one.quorate,
            passed=one.passed,
            leading=one.leading,
        )


@strawberry.type(description="Of one of one's homes.")
class VoteVoice:
    residency_id: strawberry.ID
    home: str
    voted: bool
    option: int | None = strawberry.field(description="What it said; null in a secret vote.")
    entitled: bool

    @classmethod
    def of(cls, one: MyVoice) -> VoteVoice:
        home = global_id("Residency", one.residency)
        return cls(residency_id=home, home=one.label, voted=one.voted, option=one.option, entitled=one.entitled)


@strawberry.type
class EstateVote:
    id: strawberry.ID
    estate_id: strawberry.ID
    title: str
    text: str
    options: list[str]
    rule: VoteRule
    secret: bool
    changeable: bool = strawberry.field(description="Until the end.")
    proxies: bool = strawberry.field(description="Whether an owner may empower somebody of his home.")
    opened_at: datetime
    closes_at: datetime
    vote_state: VoteState
    reason: str
    voted: int | None = strawberry.field(description="How many homes have; null in a list.")
    mine: list[VoteVoice]
    result: EstateVoteResult | None

    @classmethod
    def of(cls, one: Vote) -> EstateVote:
        terms = one.terms
        return cls(
            id=global_id("EstateVote", one.id),
            estate_id=global_id("Estate", one.estate),
            title=terms.title,
            text=terms.text,
            options=list(terms.options),
            rule=terms.rule,
            secret=terms.secret,
            changeable=terms.changeable,
            proxies=terms.proxies,
            opened_at=one.opened_at,
            closes_at=terms.closes_at,
            vote_state=one.state,
            reason=one.reason,
            voted=None,
            mine=[],
            result=EstateVoteResult.read(one.result) if one.result else None,
        )

    @classmethod
    def seen(cls, one: SeenVote) -> EstateVote:
        shown = cls.of(one.vote)
        shown.voted, shown.mine = one.voted, [VoteVoice.of(voice) for voice in one.mine]
        return shown


@strawberry.type(description="What a home said in an open vote that is over. Empty: who said it has left the city.")
class NamedVoice:
    home: str
    option: int


@strawberry.type
class EstateVoteSaved:
    vote: EstateVote


@strawberry.type
class HomeAreasEntered:
    all: VoteShare


@strawberry.input(description="Of a rule of the Civil Code the options are given. Secret, nothing can be changed.")
class EstateVoteInput:
    title: str
    text: str
    options: list[str] | None = None
    rule: VoteRule
    secret: bool
    changeable: bool = False
    proxies: bool = False
    closes_at: datetime

    def parsed(self) -> VoteTerms:
        flags = (self.secret, self.changeable, self.proxies)
        return VoteTerms(self.title, self.text, tuple(self.options or ()), self.rule, *flags, self.closes_at)


def vote_key(vote_id: strawberry.ID) -> str:
    return key_of(vote_id, "EstateVote")
