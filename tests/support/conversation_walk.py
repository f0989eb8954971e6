"""Every operation of conversations once, each with success."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from app.core.ids import new_id
from app.core.viewer import Viewer
from app.domains.voice.conversations.moderation.model import PostKind, Reason, Verdict, matter_id
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.speakers import TEXT, TITLE, moderator

Step = Callable[..., Awaitable[Any]]


class ConversationWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step
        self._rooms = api.city.services.voice.conversations

    async def walk(self) -> None:
        author, reader = await self._api.verified(), await self._api.verified()
        unit = await self._api.organisation()
        office = await self._api.provider(unit)
        thread = await self._speaks(author, unit)
        await self._replies(reader, office, thread)
        await self._is_moderated(author, reader, thread)
        await self._asks(reader, office)
        await self._proposes(author, reader, office, unit)

    async def _speaks(self, author: Person, unit: str) -> str:
        await self._step("ChooseNickname", author.token, nickname=f"榕{new_id()[-6:]}", key=new_id())
        said = {"title": TITLE, "text": TEXT, "unit": unit, "key": new_id()}
        thread = (await self._step("OpenThread", author.token, **said))["thread"]["id"]
        await self._step("Threads")
        await self._step("Thread", author.token, id=thread)
        await self._step("MyThreads", author.token)
        return str(thread)

    async def _replies(self, reader: Person, office: str, thread: str) -> None:
        await self._step("FollowThread", reader.token, threadId=thread, follows=True, key=new_id())
        await self._step("FollowedThreads", reader.token)
        await self._step("ReplyInThread", reader.token, threadId=thread, text="同感", key=new_id())
        for operation in ("AddressedThreads", "UnansweredThreads"):
            await self._step(operation, office, "provider")
        await self._step("ReplyOfficially", office, "provider", threadId=thread, text="已派维修班组", key=new_id())
        await self._step("ThreadPosts", office, "provider", threadId=thread)
        await self._step("ThreadPosts", reader.token, threadId=thread)
        await self._step("PinThread", office, "provider", threadId=thread, pinned=False, key=new_id())
        topic = await self._step("OpenTopic", office, "provider", title=TITLE, text=TEXT, key=new_id())
        await self._step("CloseTopic", office, "provider", threadId=topic["thread"]["id"], key=new_id())

    async def _is_moderated(self, author: Person, reader: Person, thread: str) -> None:
        await self._step("ReportAbuse", reader.token, postId=thread, reason="OTHER", key=new_id())
        key = key_of(thread, "Thread")
        await self._rooms.moderation.hide(moderator(), PostKind.THREAD, key, Reason.OTHER, "请改写", new_id())
        matters = await self._step("MyModerations", author.token)
        matter = matters["edges"][0]["node"]["id"]
        await self._step("AppealModeration", author.token, matterId=matter, words="没有问题", key=new_id())
        await self._rooms.moderation.judge(
            moderator("desk-2"), matter_id(PostKind.THREAD, key), Verdict.SHOW, None, "", new_id()
        )
        await self._step("ModerationFigures")
        await self._step("CloseThread", author.token, threadId=thread, key=new_id())

    async def _asks(self, reader: Person, office: str) -> None:
        now = self._api.city.clock.now()
        question = {"key": "q", "kind": "SCALE", "words": {"zh": "满意吗"}, "most": 5}
        written = {
            "title": {"zh": "满意度"},
            "lead": {"zh": "一分钟"},
            "questions": [question],
            "opensAt": (now - timedelta(minutes=1)).isoformat(),
            "closesAt": (now + timedelta(days=7)).isoformat(),
            "resultsShown": "OPEN",
        }
        saved = await self._step("SaveSurvey", office, "provider", survey=written, key=new_id())
        survey = saved["survey"]["id"]
        await self._step("PublishSurvey", office, "provider", surveyId=survey, key=new_id())
        given = [{"question": "q", "chosen": ["4"]}]
        await self._step("AnswerSurvey", reader.token, surveyId=survey, answers=given, key=new_id())
        await self._step("Surveys")
        await self._step("HeldSurveys", office, "provider")
        await self._step("EndSurvey", office, "provider", surveyId=survey, key=new_id())
        await self._step("Survey", reader.token, id=survey)
        await self._step("SurveySheet", office, "provider", surveyId=survey)

    async def _proposes(self, author: Person, reader: Person, office: str, unit: str) -> None:
        said = {"level": "DISTRICT", "area": "350102000000", "title": TITLE, "text": TEXT}
        proposal = (await self._step("SaveProposal", author.token, **said, key=new_id()))["proposal"]["id"]
        key, desk = key_of(proposal, "Proposal"), moderator()
        await self._step("HandInProposal", author.token, proposalId=proposal, key=new_id())
        matter = matter_id(PostKind.PROPOSAL, key)
        await self._rooms.moderation.judge(desk, matter, Verdict.SHOW, None, "", new_id())
        await self._owed_by(desk, key, unit)
        for operation in ("SupportProposal", "TakeBackSupport", "SupportProposal"):
            await self._step(operation, reader.token, proposalId=proposal, key=new_id())
        await self._step("Proposals")
        await self._step("Proposal", reader.token, id=proposal)
        await self._api.city.db["proposals"].update_one({"_id": key}, {"$set": {"terms.threshold": 2}})
        another = await self._api.verified()
        await self._step("SupportProposal", another.token, proposalId=proposal, key=new_id())
        await self._step("OwedProposals", office, "provider")
        reply = {"text": "采纳，今年列入计划并动工。", "adopted": True, "key": new_id()}
        await self._step("ReplyToProposal", office, "provider", proposalId=proposal, **reply)
        other = (await self._api.data("SaveProposal", author.token, **said, key=new_id()))["proposal"]["id"]
        await self._step("WithdrawProposal", author.token, proposalId=other, key=new_id())
        await self._step("MyProposals", author.token)

    async def _owed_by(self, desk: Viewer, proposal: str, unit: str) -> None:
        await self._rooms.replying.assign(desk, proposal, unit, new_id())
