"""Named errors of the knowledge base and of asking."""

from __future__ import annotations

import strawberry

from app.domains.government.answers.asking import errors as asking
from app.domains.government.answers.entries import errors as entries
from app.domains.government.answers.entries.errors import AnswerMisfit
from app.domains.government.answers.entries.model import AnswerState, HandOver
from app.domains.government.answers.questions import errors as questions
from app.domains.government.answers.ratings import errors as ratings
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(AnswerMisfit, description="What is wrong with a field.")
strawberry.enum(AnswerState)
strawberry.enum(HandOver, name="AnswerHandOver", description="Where who was not helped enough goes on.")


@outcome(entries.AnswerUnknown)
@strawberry.type(description="No answer with this code, or none that is yours to change.")
class AnswerUnknown(UserError):
    answer: str


@outcome(entries.AnswerCodeTaken)
@strawberry.type(description="Another unit owns an answer with this code.")
class AnswerCodeTaken(UserError):
    answer: str


@outcome(entries.AnswerNotInState, state=AnswerState)
@strawberry.type(description="The step is not open to an answer in this state.")
class AnswerNotInState(UserError):
    answer: str
    state: AnswerState


@outcome(entries.AnswerChangedMeanwhile)
@strawberry.type
class AnswerChangedMeanwhile(UserError):
    pass


@outcome(entries.AnswerReasonMissing)
@strawberry.type
class AnswerReasonMissing(UserError):
    pass


@outcome(entries.AnswerUnitUnknown)
@strawberry.type(description="No unit with this code, or none of yours.")
class AnswerUnitUnknown(UserError):
    unit: str


@strawberry.type
class AnswerFault:
    field: str = strawberry.field(description="As a path: `links.1`.")
    misfit: AnswerMisfit


@outcome(entries.AnswerUnfit, faults=lambda faults: [AnswerFault(field=one.field, misfit=one.misfit) for one in faults])
@strawberry.type(description="Every fault of the answer as it is written. Raw HTML is one.")
class AnswerUnfit(UserError):
    faults: list[AnswerFault]


@outcome(ratings.AnswerReasonNotFitting)
@strawberry.type(description="A complaint is made when the answer did not help, and then only.")
class AnswerReasonNotFitting(UserError):
    pass


@outcome(questions.QuestionEmpty)
@strawberry.type
class QuestionEmpty(UserError):
    pass


@outcome(questions.QuestionTooLong)
@strawberry.type
class QuestionTooLong(UserError):
    maximum: int


@outcome(asking.AskSessionUnknown)
@strawberry.type(description="No such thread, or not yours, or over: begin another.")
class AskSessionUnknown(UserError):
    pass


@outcome(asking.AskSessionFull)
@strawberry.type(description="A thread has so many turns: begin another.")
class AskSessionFull(UserError):
    maximum: int


@outcome(asking.AnswerNotOffered)
@strawberry.type(description="What was chosen is none of those that were offered last.")
class AnswerNotOffered(UserError):
    pass


@outcome(asking.HandOverNotOffered, offered=lambda offered: [HandOver(one) for one in offered])
@strawberry.type(description="The thread does not lead there.")
class HandOverNotOffered(UserError):
    offered: list[HandOver]
