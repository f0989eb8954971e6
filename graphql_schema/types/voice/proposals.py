"""Proposals as people read and support them, and departments reply to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import strawberry

from app.core.calendar import Light, WorkingCalendar
from app.domains.identity.organisations.model import Tree
from app.domains.voice.conversations.moderation.model import Visibility
from app.domains.voice.conversations.proposals import model as proposals
from app.domains.voice.conversations.proposals.model import ProposalLevel, ProposalState
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Node, global_id

strawberry.enum(ProposalLevel)


@dataclass(frozen=True, slots=True)
class Reading:
    """With what a proposal is put into words."""

    tree: Tree
    calendar: WorkingCalendar
    now: datetime


@strawberry.type(description="What those were told who stand behind it.")
class ProposalReply:
    text: str
    adopted: bool
    at: datetime


@strawberry.type(description="What citizens ask for together.")
class Proposal(Node):
    level: ProposalLevel
    area: str = strawberry.field(description="The division it is for: twelve digits.")
    title: str
    text: str
    author_name: str | None
    left: bool
    state: ProposalState
    visibility: Visibility
    at: datetime
    closes_at: datetime | None
    supports: int
    threshold: int
    supported: bool | None = strawberry.field(description="Whether one supports it oneself; null in lists.")
    reached_at: datetime | None
    unit: OrganisationName | None = strawberry.field(description="That owes the reply.")
    reply_days: int = strawberry.field(description="Working days from the day on which the threshold is reached.")
    reply_due: date | None
    overdue: bool
    reply: ProposalReply | None

    @classmethod
    def of(cls, one: proposals.Proposal, reading: Reading, supported: bool | None = None) -> Proposal:
        said = one.reply
        late = one.clock is not None and one.clock.light(reading.calendar, reading.now) is Light.RED
        return cls(
            id=global_id("Proposal", one.id),
            level=one.level,
            area=one.area,
            title=one.title,
            text=one.text,
            author_name=one.name or None,
            left=one.left,
            state=one.state_at(reading.now),
            visibility=one.visibility,
            at=one.opened_at or one.at,
            closes_at=one.closes_at,
            supports=one.supports,
            threshold=one.terms.threshold,
            supported=supported,
            reached_at=one.reached_at,
            unit=OrganisationName.of(one.unit, reading.tree) if one.unit else None,
            reply_days=one.terms.reply_days,
            reply_due=one.due(reading.calendar),
            overdue=late,
            reply=ProposalReply(text=said.text, adopted=said.adopted, at=said.at) if said else None,
        )


@strawberry.type
class ProposalKept:
    proposal: Proposal


@strawberry.type
class ProposalSupported:
    proposal: Proposal


@strawberry.type
class ProposalReplied:
    proposal: Proposal
