"""Conversations as people and departments read them: threads and their posts, and what was moderated."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.messages import message
from app.domains.identity.organisations.model import Tree
from app.domains.voice.conversations.moderation import model as moderation
from app.domains.voice.conversations.moderation.model import MatterState, PostKind, Reason, Verdict, Visibility
from app.domains.voice.conversations.threads import model as threads
from app.domains.voice.conversations.threads.model import ThreadKind, ThreadState
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Info, Node, global_id

strawberry.enum(ThreadKind)
strawberry.enum(ThreadState)
strawberry.enum(PostKind)
strawberry.enum(MatterState, name="ModerationState")
strawberry.enum(Visibility, name="PostVisibility", description="HELD: hidden for now, because many reported it.")
strawberry.enum(Reason, name="ModerationReason")
strawberry.enum(Verdict, name="ModerationVerdict")


def _unit(code: str | None, tree: Tree) -> OrganisationName | None:
    return OrganisationName.of(code, tree) if code else None


@strawberry.type(description="A citizen's observation, or a department's topic.")
class Thread(Node):
    kind: ThreadKind
    state: ThreadState
    title: str
    text: str
    author_name: str | None = strawberry.field(description="As its author wants to be called; null of a topic.")
    left: bool = strawberry.field(description="Its author left the city and took the words with him.")
    unit: OrganisationName | None = strawberry.field(description="That put it up, or that it is addressed to.")
    visibility: Visibility
    pinned: bool
    at: datetime
    last_at: datetime
    replies: int
    official_replies: int
    followers: int
    followed: bool | None = strawberry.field(description="Whether one follows it oneself; null in lists.")

    @classmethod
    def of(cls, one: threads.Thread, tree: Tree, followed: bool | None = None) -> Thread:
        return cls(
            id=global_id("Thread", one.id),
            kind=one.kind,
            state=one.state,
            title=one.title,
            text=one.text,
            author_name=one.name or None,
            left=one.left,
            unit=_unit(one.unit, tree),
            visibility=one.visibility,
            pinned=one.pinned,
            at=one.at,
            last_at=one.last_at,
            replies=one.replies,
            official_replies=one.officials,
            followers=one.followers,
            followed=followed,
        )


@strawberry.type(description="A reply. `unit`: a department said it, officially; who wrote for it is not told.")
class ThreadPost:
    id: strawberry.ID
    text: str | None = strawberry.field(description="Null of what is hidden, and of who left the city.")
    author_name: str | None
    left: bool
    unit: OrganisationName | None
    visibility: Visibility
    at: datetime

    @classmethod
    def of(cls, one: threads.Post, tree: Tree) -> ThreadPost:
        return cls(
            id=global_id("ThreadPost", one.id),
            text=one.text or None,
            author_name=one.name or None,
            left=one.left,
            unit=_unit(one.unit, tree),
            visibility=one.visibility,
            at=one.at,
        )


@strawberry.type(description="A decision about a post, in the words its author is told.")
class ModerationDecision:
    verdict: Verdict
    reason: Reason | None
    words: str
    at: datetime
    on_appeal: bool

    @classmethod
    def of(cls, one: moderation.Decision) -> ModerationDecision:
        return cls(verdict=one.verdict, reason=one.reason, words=one.words, at=one.at, on_appeal=one.on_appeal)


@strawberry.type(description="What became of a post of one's own.")
class ModerationMatter:
    id: strawberry.ID
    kind: PostKind
    post_id: strawberry.ID
    state: MatterState
    visibility: Visibility
    decisions: list[ModerationDecision]
    appealed: bool
    can_appeal: bool

    @classmethod
    def of(cls, one: moderation.Matter) -> ModerationMatter:
        return cls(
            id=global_id("ModerationMatter", one.id),
            kind=one.kind,
            post_id=global_id(_TYPES[one.kind], one.post),
            state=one.state,
            visibility=one.visibility,
            decisions=[ModerationDecision.of(decision) for decision in one.decisions],
            appealed=one.appeal is not None,
            can_appeal=one.visibility is Visibility.HIDDEN and one.appeal is None,
        )


_TYPES = {
    PostKind.THREAD: "Thread",
    PostKind.REPLY: "ThreadPost",
    PostKind.PROPOSAL: "Proposal",
    PostKind.REVIEW: "PlaceReview",
}


@strawberry.type
class ModerationReasonCount:
    reason: Reason
    count: int

    @strawberry.field(description="In the caller's language.")
    def name(self, info: Info) -> str:
        return message(f"MODERATION_{self.reason.name}", info.context.locale)


@strawberry.type(description="What was moderated in a month.")
class ModerationMonth:
    month: str
    reports: int
    held: int
    hidden: int
    shown: int
    appeals: int
    appeals_granted: int
    hidden_for: list[ModerationReasonCount]

    @classmethod
    def of(cls, one: moderation.MonthCounts) -> ModerationMonth:
        return cls(
            month=one.month,
            reports=one.reports,
            held=one.held,
            hidden=one.hidden,
            shown=one.shown,
            appeals=one.appeals,
            appeals_granted=one.appeals_granted,
            hidden_for=[ModerationReasonCount(reason=reason, count=count) for reason, count in one.hidden_for],
        )


@strawberry.type
class ThreadOpened:
    thread: Thread


@strawberry.type
class ThreadReplied:
    post: ThreadPost


@strawberry.type
class ThreadChanged:
    thread: Thread


@strawberry.type
class AbuseReported:
    post_id: strawberry.ID


@strawberry.type
class ModerationAppealed:
    matter: ModerationMatter


@strawberry.type
class NicknameChosen:
    name: str
