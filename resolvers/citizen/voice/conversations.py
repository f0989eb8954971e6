"""Conversations, for everybody to read; speaking, reporting and appealing, for citizens in person."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.voice.conversations.moderation.model import PostKind, Reason
from app.domains.voice.conversations.moderation.store import turn_of
from app.domains.voice.conversations.threads import model as threads
from app.domains.voice.conversations.threads.model import ThreadKind
from app.domains.voice.conversations.threads.store import rank_of
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    Node,
    citizens,
    connection,
    everyone,
    key_of,
    parse_global_id,
)
from graphql_schema.types.voice.conversation_errors import (
    AppealedAlready,
    FollowsTooMany,
    LinkNotAllowed,
    MatterChanged,
    NicknameTaken,
    NicknameUnfit,
    NothingToAppeal,
    OnlyRealPeople,
    OwnPost,
    PersonalDataFound,
    PostUnknown,
    PostWordsMissing,
    PostWordsTooLong,
    ReportedAlready,
    ReportsSuspended,
    SpeakerUnverified,
    ThreadIsClosed,
    ThreadNotYours,
    ThreadUnitUnknown,
    ThreadUnknown,
)
from graphql_schema.types.voice.conversations import (
    AbuseReported,
    ModerationAppealed,
    ModerationMatter,
    ModerationMonth,
    NicknameChosen,
    Thread,
    ThreadChanged,
    ThreadOpened,
    ThreadPost,
    ThreadReplied,
)

_KINDS = {
    "Thread": PostKind.THREAD,
    "ThreadPost": PostKind.REPLY,
    "Proposal": PostKind.PROPOSAL,
    "PlaceReview": PostKind.REVIEW,
}
_Words = PostWordsMissing | PostWordsTooLong | PersonalDataFound | LinkNotAllowed
_Speaks = SpeakerUnverified | OnlyRealPeople | IdempotencyConflict
OpenThreadResult = Annotated[
    ThreadOpened | ThreadUnitUnknown | FollowsTooMany | _Words | _Speaks, strawberry.union("OpenThreadResult")
]
ReplyInThreadResult = Annotated[
    ThreadReplied | ThreadUnknown | ThreadIsClosed | _Words | _Speaks, strawberry.union("ReplyInThreadResult")
]
FollowThreadResult = Annotated[
    ThreadChanged | ThreadUnknown | FollowsTooMany | IdempotencyConflict, strawberry.union("FollowThreadResult")
]
CloseThreadResult = Annotated[
    ThreadChanged | ThreadUnknown | ThreadNotYours | ThreadIsClosed | IdempotencyConflict,
    strawberry.union("CloseThreadResult"),
]
ReportAbuseResult = Annotated[
    AbuseReported | PostUnknown | ReportedAlready | OwnPost | ReportsSuspended | MatterChanged | _Speaks,
    strawberry.union("ReportAbuseResult"),
]
AppealModerationResult = Annotated[
    ModerationAppealed
    | NothingToAppeal
    | AppealedAlready
    | MatterChanged
    | PostWordsMissing
    | PostWordsTooLong
    | IdempotencyConflict,
    strawberry.union("AppealModerationResult"),
]
ChooseNicknameResult = Annotated[
    NicknameChosen | NicknameUnfit | NicknameTaken | _Speaks, strawberry.union("ChooseNicknameResult")
]


def shown(info: Info, one: threads.Thread, followed: bool | None = None) -> Thread:
    return Thread.of(one, info.context.services.organisations.tree, followed)


@strawberry.type
class ConversationQuery:
    @strawberry.field(
        metadata=everyone(), description="What is pinned stands first, then what was spoken in last. `unit`: by code."
    )
    async def threads(
        self,
        info: Info,
        kind: ThreadKind | None = None,
        unit: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Thread]:
        service, request = info.context.services.voice.conversations.threads, PageRequest.of(first, after)
        return connection(await service.listed(kind, unit, request), rank_of, lambda one: shown(info, one))

    @strawberry.field(metadata=everyone(), description="Null when it is not there or not to be read.")
    async def thread(self, info: Info, id: strawberry.ID) -> Thread | None:
        return await _thread(info, key_of(id, "Thread"))

    @strawberry.field(metadata=everyone(), description="In the order in which they were said.")
    async def thread_posts(
        self, info: Info, thread_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[ThreadPost]:
        service, tree = info.context.services.voice.conversations.threads, info.context.services.organisations.tree
        request, key = PageRequest.of(first, after), key_of(thread_id, "Thread")
        page = await service.posts(info.context.viewer, key, request)
        return connection(page, lambda one: one.id, lambda one: ThreadPost.of(one, tree))

    @strawberry.field(metadata=citizens(), description="One's own, also what is not shown.")
    async def my_threads(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Thread]:
        service, request = info.context.services.voice.conversations.threads, PageRequest.of(first, after)
        page = await service.mine(info.context.viewer, request)
        return connection(page, lambda one: one.id, lambda one: shown(info, one))

    @strawberry.field(metadata=citizens(), description="That one follows.")
    async def followed_threads(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Thread]:
        service, request = info.context.services.voice.conversations.follows, PageRequest.of(first, after)
        page = await service.mine(info.context.viewer, request)
        return connection(page, lambda one: one.id, lambda one: shown(info, one, True))

    @strawberry.field(metadata=citizens(), description="What of one's own was moderated, and why.")
    async def my_moderations(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[ModerationMatter]:
        service, request = info.context.services.voice.conversations.moderation, PageRequest.of(first, after)
        return connection(await service.mine(info.context.viewer, request), turn_of, ModerationMatter.of)

    @strawberry.field(metadata=everyone(), description="What was moderated in the last twelve months, newest first.")
    async def moderation_figures(self, info: Info) -> list[ModerationMonth]:
        months = await info.context.services.voice.conversations.moderation.figures()
        return [ModerationMonth.of(month) for month in months]


@strawberry.type
class ConversationMutation:
    @strawberry.mutation(
        metadata=citizens(),
        description="An observation for all to read, perhaps addressed to a department. Words in doubt are looked at "
        "first.",
    )
    async def open_thread(
        self, info: Info, title: str, text: str, idempotency_key: IdempotencyKey, unit: str | None = None
    ) -> OpenThreadResult:
        service = info.context.services.voice.conversations.threads
        made = await service.open(info.context.viewer, title, text, unit, idempotency_key)
        return ThreadOpened(thread=shown(info, made, True))

    @strawberry.mutation(metadata=citizens())
    async def reply_in_thread(
        self, info: Info, thread_id: strawberry.ID, text: str, idempotency_key: IdempotencyKey
    ) -> ReplyInThreadResult:
        service, tree = info.context.services.voice.conversations.threads, info.context.services.organisations.tree
        said = await service.reply(info.context.viewer, key_of(thread_id, "Thread"), text, idempotency_key)
        return ThreadReplied(post=ThreadPost.of(said, tree))

    @strawberry.mutation(metadata=citizens(), description="Hear of official replies; `follows` false: no longer.")
    async def follow_thread(
        self, info: Info, thread_id: strawberry.ID, follows: bool, idempotency_key: IdempotencyKey
    ) -> FollowThreadResult:
        service, key = info.context.services.voice.conversations.follows, key_of(thread_id, "Thread")
        done = await service.follow(info.context.viewer, key, follows, idempotency_key)
        return ThreadChanged(thread=shown(info, done, follows))

    @strawberry.mutation(metadata=citizens(), description="One's own: nothing more is said in it.")
    async def close_thread(
        self, info: Info, thread_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CloseThreadResult:
        service, key = info.context.services.voice.conversations.threads, key_of(thread_id, "Thread")
        return ThreadChanged(thread=shown(info, await service.close(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(
        metadata=citizens(), description="A post that should not stand there, once; those who moderate look at it."
    )
    async def report_abuse(
        self, info: Info, post_id: strawberry.ID, reason: Reason, idempotency_key: IdempotencyKey
    ) -> ReportAbuseResult:
        name, key = parse_global_id(post_id)
        if name not in _KINDS:
            raise BadInput(field="postId")
        service = info.context.services.voice.conversations.moderation
        await service.report(info.context.viewer, _KINDS[name], key, reason, idempotency_key)
        return AbuseReported(post_id=post_id)

    @strawberry.mutation(metadata=citizens(), description="Against being hidden, once: somebody else decides.")
    async def appeal_moderation(
        self, info: Info, matter_id: strawberry.ID, words: str, idempotency_key: IdempotencyKey
    ) -> AppealModerationResult:
        service, key = info.context.services.voice.conversations.moderation, key_of(matter_id, "ModerationMatter")
        done = await service.appeal(info.context.viewer, key, words, idempotency_key)
        return ModerationAppealed(matter=ModerationMatter.of(done))

    @strawberry.mutation(metadata=citizens(), description="The name that others see from now on.")
    async def choose_nickname(self, info: Info, nickname: str, idempotency_key: IdempotencyKey) -> ChooseNicknameResult:
        service = info.context.services.voice.conversations.speakers
        return NicknameChosen(name=await service.rename(info.context.viewer, nickname, idempotency_key))


async def _thread(info: Info, key: str) -> Thread | None:
    rooms, viewer = info.context.services.voice.conversations, info.context.viewer
    found = await rooms.threads.one(viewer, key)
    return shown(info, found, await rooms.follows.does(viewer, key)) if found else None


async def thread_node(info: Info, key: str) -> Node | None:
    return await _thread(info, key)
