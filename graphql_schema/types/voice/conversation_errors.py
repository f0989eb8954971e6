"""Named errors of conversations: speaking in public, threads, surveys, proposals, moderation."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.voice.conversations.moderation import errors as moderation_errors
from app.domains.voice.conversations.moderation.speaking import errors as speaking_errors
from app.domains.voice.conversations.moderation.words import errors as word_errors
from app.domains.voice.conversations.proposals import errors as proposal_errors
from app.domains.voice.conversations.proposals.model import ProposalState
from app.domains.voice.conversations.surveys import errors as survey_errors
from app.domains.voice.conversations.surveys.errors import SurveyMisfit
from app.domains.voice.conversations.surveys.model import SurveyState
from app.domains.voice.conversations.threads import errors as thread_errors
from app.domains.voice.conversations.threads.following import errors as following_errors
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(SurveyMisfit)
strawberry.enum(SurveyState)
strawberry.enum(ProposalState)


@outcome(word_errors.PostWordsMissing)
@strawberry.type(description="Too short, or it says nothing.")
class PostWordsMissing(UserError):
    field: str
    least: int


@outcome(word_errors.PostWordsTooLong)
@strawberry.type
class PostWordsTooLong(UserError):
    field: str
    most: int


@outcome(word_errors.PersonalDataFound, kinds=list)
@strawberry.type(description="Numbers or addresses of people stand in it; `struck` is the same text without them.")
class PersonalDataFound(UserError):
    field: str
    kinds: list[str]
    struck: str


@outcome(word_errors.LinkNotAllowed)
@strawberry.type(description="Only pages of governments may be linked to.")
class LinkNotAllowed(UserError):
    field: str


@outcome(speaking_errors.SpeakerUnverified)
@strawberry.type(description="Who speaks in public has verified his name; others see another one.")
class SpeakerUnverified(UserError):
    pass


@outcome(speaking_errors.OnlyRealPeople)
@strawberry.type(description="A test citizen does not speak in the real city.")
class OnlyRealPeople(UserError):
    pass


@outcome(speaking_errors.NicknameUnfit)
@strawberry.type(description="2 to 12 letters and figures, and none that sounds like an office.")
class NicknameUnfit(UserError):
    pass


@outcome(speaking_errors.NicknameTaken)
@strawberry.type
class NicknameTaken(UserError):
    pass


@outcome(thread_errors.ThreadUnknown)
@strawberry.type(description="Not there, or not to be read now: which of the two is not said.")
class ThreadUnknown(UserError):
    pass


@outcome(thread_errors.ThreadIsClosed)
@strawberry.type
class ThreadIsClosed(UserError):
    pass


@outcome(thread_errors.ThreadNotYours)
@strawberry.type
class ThreadNotYours(UserError):
    pass


@outcome(thread_errors.ThreadUnitUnknown)
@strawberry.type(description="No such department, or one that takes no part.")
class ThreadUnitUnknown(UserError):
    pass


@outcome(following_errors.FollowsTooMany)
@strawberry.type
class FollowsTooMany(UserError):
    most: int


@outcome(moderation_errors.PostUnknown)
@strawberry.type
class PostUnknown(UserError):
    pass


@outcome(moderation_errors.ReportedAlready)
@strawberry.type
class ReportedAlready(UserError):
    pass


@outcome(moderation_errors.OwnPost)
@strawberry.type
class OwnPost(UserError):
    pass


@outcome(moderation_errors.ReportsSuspended)
@strawberry.type(description="Too many reports without ground.")
class ReportsSuspended(UserError):
    until: datetime


@outcome(moderation_errors.NothingToAppeal)
@strawberry.type(description="It is not hidden, or not yours.")
class NothingToAppeal(UserError):
    pass


@outcome(moderation_errors.AppealedAlready)
@strawberry.type(description="Once.")
class AppealedAlready(UserError):
    pass


@outcome(moderation_errors.MatterChanged)
@strawberry.type(description="Somebody decided meanwhile: look again.")
class MatterChanged(UserError):
    pass


@strawberry.type(description="What is wrong, and at which question or field.")
class SurveyFault:
    at: str
    why: SurveyMisfit

    @classmethod
    def all(cls, faults: tuple[survey_errors.SurveyFault, ...]) -> list[SurveyFault]:
        return [cls(at=fault.at, why=fault.why) for fault in faults]


@outcome(survey_errors.SurveyUnknown)
@strawberry.type
class SurveyUnknown(UserError):
    pass


@outcome(survey_errors.SurveyNotOpen)
@strawberry.type
class SurveyNotOpen(UserError):
    opens_at: datetime
    closes_at: datetime


@outcome(survey_errors.SurveyAnswered)
@strawberry.type(description="Once a person.")
class SurveyAnswered(UserError):
    pass


@outcome(survey_errors.SurveyNotForYou)
@strawberry.type(description="It asks other people: `why` is `district` or `age`.")
class SurveyNotForYou(UserError):
    why: str


@outcome(survey_errors.SurveyAnswersUnfit, faults=SurveyFault.all)
@strawberry.type
class SurveyAnswersUnfit(UserError):
    faults: list[SurveyFault]


@outcome(survey_errors.SurveyUnfit, faults=SurveyFault.all)
@strawberry.type(description="It cannot be held as it is written.")
class SurveyUnfit(UserError):
    faults: list[SurveyFault]


@outcome(survey_errors.SurveyStateWrong, state=SurveyState)
@strawberry.type
class SurveyStateWrong(UserError):
    state: SurveyState


@outcome(survey_errors.SurveyChanged)
@strawberry.type(description="It was changed while this was under way: look again.")
class SurveyChanged(UserError):
    pass


@outcome(proposal_errors.ProposalUnknown)
@strawberry.type(description="Not there, or not to be read now: which of the two is not said.")
class ProposalUnknown(UserError):
    pass


@outcome(proposal_errors.ProposalStateWrong, state=ProposalState)
@strawberry.type
class ProposalStateWrong(UserError):
    state: ProposalState


@outcome(proposal_errors.ProposalChanged)
@strawberry.type(description="It was changed while this was under way: look again.")
class ProposalChanged(UserError):
    pass


@outcome(proposal_errors.ProposalAreaUnknown)
@strawberry.type(description="No code of a division of that level: twelve digits.")
class ProposalAreaUnknown(UserError):
    pass


@outcome(proposal_errors.SupportedAlready)
@strawberry.type
class SupportedAlready(UserError):
    pass


@outcome(proposal_errors.NotSupported)
@strawberry.type
class NotSupported(UserError):
    pass


@outcome(proposal_errors.OwnProposal)
@strawberry.type
class OwnProposal(UserError):
    pass


@outcome(proposal_errors.TooManyProposals)
@strawberry.type
class TooManyProposals(UserError):
    most: int


@outcome(proposal_errors.ReplyNotOwed)
@strawberry.type(description="Another department owes the reply.")
class ReplyNotOwed(UserError):
    pass
