"""Conversations: threads, surveys, proposals, and those who look after what is said in public."""

from __future__ import annotations

from app.context import Conversations
from app.domains.voice.conversations.moderation.model import PostKind
from app.domains.voice.conversations.moderation.service import Board, ModerationService
from app.domains.voice.conversations.moderation.speaking.service import SpeakerService
from app.domains.voice.conversations.moderation.speaking.store import NicknameStore
from app.domains.voice.conversations.moderation.store import ModerationStore
from app.domains.voice.conversations.proposals.judging.service import ProposalBoard
from app.domains.voice.conversations.proposals.replying.service import ReplyService
from app.domains.voice.conversations.proposals.service import ProposalService
from app.domains.voice.conversations.proposals.store import ProposalStore
from app.domains.voice.conversations.surveys.holding.service import HoldingService
from app.domains.voice.conversations.surveys.service import SurveyService
from app.domains.voice.conversations.surveys.store import SurveyStore
from app.domains.voice.conversations.threads.following.model import Audience
from app.domains.voice.conversations.threads.following.service import Crier, FollowService, Listeners
from app.domains.voice.conversations.threads.following.store import FollowerStore, NewsStore
from app.domains.voice.conversations.threads.judging.service import ReplyBoard, ThreadBoard
from app.domains.voice.conversations.threads.official.service import OfficialService
from app.domains.voice.conversations.threads.service import ThreadService
from app.domains.voice.conversations.threads.store import ThreadStore
from app.wiring.core import Core
from app.wiring.identity import Calling, People


def conversations_of(core: Core, calling: Calling, people: People) -> Conversations:
    db, tree = core.db, calling.organisations.tree
    threads, followers = ThreadStore(db, core.ring, core.persons), FollowerStore(db)
    proposals, surveys = ProposalStore(db, core.ring, core.persons), SurveyStore(db, core.ring)
    speakers = SpeakerService(people.citizens, NicknameStore(db), core.limits, core.once)
    audiences: dict[Audience, Listeners] = {Audience.FOLLOWERS: followers, Audience.SUPPORTERS: proposals}
    crier = Crier(db, NewsStore(db), audiences, core.outbox)
    follows = FollowService(db, threads, followers, core.once)
    boards: dict[PostKind, Board] = {
        PostKind.THREAD: ThreadBoard(threads),
        PostKind.REPLY: ReplyBoard(threads, core.outbox),
        PostKind.PROPOSAL: ProposalBoard(proposals, core.calendar, core.outbox),
    }
    moderation = ModerationService(
        *(db, ModerationStore(db, core.persons), boards, speakers, core.limits),
        *(core.outbox, core.audit, core.once, core.clock),
    )
    return Conversations(
        threads=ThreadService(
            *(db, threads, speakers, moderation, follows, tree, core.limits),
            *(core.outbox, core.audit, core.once, core.clock),
        ),
        officials=OfficialService(threads, crier, core.audit, core.once, core.clock),
        follows=follows,
        crier=crier,
        speakers=speakers,
        moderation=moderation,
        surveys=SurveyService(surveys, speakers, people.citizens, core.once, core.clock),
        holding=HoldingService(surveys, core.audit, core.once, core.clock),
        proposals=ProposalService(
            *(db, proposals, speakers, moderation, crier, tree, core.calendar, core.limits),
            *(core.outbox, core.audit, core.once, core.clock),
        ),
        replying=ReplyService(
            db, proposals, crier, tree, core.calendar, core.outbox, core.audit, core.once, core.clock
        ),
    )
