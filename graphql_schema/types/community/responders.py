"""Responders: who agreed to be called, calls, and what is said to them."""

from __future__ import annotations

from datetime import datetime, time

import strawberry

from app.core.errors import BadInput
from app.domains.community.responders import model as responders
from app.domains.community.responders.calls import model as calls
from app.domains.community.responders.calls.model import CallEnd, CallKind, CallNow, CallWish, HelpCall, ReplyState
from app.domains.community.volunteers.model import Skill
from graphql_schema.types.common import global_id
from graphql_schema.types.places import Position, PositionInput

strawberry.enum(CallKind, name="ResponderCallKind")
strawberry.enum(CallEnd, name="ResponderCallEnd")
strawberry.enum(ReplyState, name="ResponderReplyState")


@strawberry.type(description="That one agreed to be called: how far from where one is, and between which hours.")
class Responder:
    skills: list[Skill]
    radius: int
    since: str = strawberry.field(description="HH:MM, in the city's time.")
    until: str
    agreed_at: datetime
    place_at: datetime | None = strawberry.field(
        description="When one's place was told last; it is good for two hours."
    )

    @classmethod
    def of(cls, one: responders.Responder) -> Responder:
        return cls(
            skills=sorted(one.skills),
            radius=one.radius,
            since=f"{one.hours.since:%H:%M}",
            until=f"{one.hours.until:%H:%M}",
            agreed_at=one.agreed_at,
            place_at=one.place_at,
        )


@strawberry.input(description="`since` and `until` as HH:MM; both the same: at any hour.")
class ResponderInput:
    skills: list[Skill]
    radius: int
    since: str = "00:00"
    until: str = "00:00"
    agreed: bool = False

    def hours(self) -> responders.Hours:
        """Raises BadInput."""
        return responders.Hours(_time(self.since, "since"), _time(self.until, "until"))


def _time(text: str, field: str) -> time:
    try:
        return time.fromisoformat(text) if len(text) == 5 else _wrong(field)
    except ValueError:
        raise BadInput(field=field) from None


def _wrong(field: str) -> time:
    raise BadInput(field=field)


@strawberry.type(description="Where somebody near needs help at once.")
class ResponderCall:
    id: strawberry.ID
    kind: CallKind
    position: Position
    address: str
    words: str
    at: datetime
    called: int
    ended_at: datetime | None
    end: CallEnd | None

    @classmethod
    def of(cls, one: HelpCall) -> ResponderCall:
        wish = one.wish
        return cls(
            id=global_id("ResponderCall", one.id),
            kind=wish.kind,
            position=Position.of(wish.point),
            address=wish.address,
            words=wish.words,
            at=one.at,
            called=one.called,
            ended_at=one.ended_at,
            end=one.end,
        )


@strawberry.type(description="A call that was made to oneself, and what one said to it.")
class MyResponderCall:
    call: ResponderCall
    state: ReplyState
    metres: int

    @classmethod
    def of(cls, call: HelpCall, reply: calls.Reply) -> MyResponderCall:
        return cls(call=ResponderCall.of(call), state=reply.state, metres=reply.metres)


@strawberry.type(description="Somebody who was called. Where he is, while he comes and the call goes on.")
class ResponderReply:
    state: ReplyState
    metres: int = strawberry.field(description="From the place when he was called.")
    said_at: datetime | None
    position: Position | None
    position_at: datetime | None

    @classmethod
    def of(cls, one: calls.Reply) -> ResponderReply:
        return cls(
            state=one.state,
            metres=one.metres,
            said_at=one.said_at,
            position=Position.of(one.point) if one.point else None,
            position_at=one.point_at,
        )


@strawberry.type(description="A call as the centre sees it, the nearest responder first.")
class ResponderCallNow:
    call: ResponderCall
    going: int
    arrived: int
    replies: list[ResponderReply]

    @classmethod
    def of(cls, one: CallNow) -> ResponderCallNow:
        return cls(
            call=ResponderCall.of(one.call),
            going=one.count(ReplyState.GOING),
            arrived=one.count(ReplyState.ARRIVED),
            replies=[ResponderReply.of(reply) for reply in one.replies],
        )


@strawberry.input(description="`within` metres; `skills`: one of them, or any.")
class ResponderCallInput:
    kind: CallKind
    position: PositionInput
    address: str
    words: str = ""
    within: int = 1_000
    skills: list[Skill] = strawberry.field(default_factory=list)

    def parsed(self) -> CallWish:
        """Raises PlaceNotOnEarth."""
        place = self.position.parsed()
        return CallWish(self.kind, place, self.address, self.words, self.within, frozenset(self.skills))


@strawberry.type
class ResponderAgreed:
    responder: Responder


@strawberry.type
class ResponderEnded:
    ended: bool


@strawberry.type
class ResponderReplied:
    state: ReplyState
    said_at: datetime | None

    @classmethod
    def of(cls, one: calls.Reply) -> ResponderReplied:
        return cls(state=one.state, said_at=one.said_at)


@strawberry.type
class ResponderCallChanged:
    now: ResponderCallNow
