"""Answers of the knowledge base as people read them and as units write them, and threads of questions and answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import strawberry

from app.core.said import UNSAID
from app.domains.government.answers.alarms.model import HELP, Alarm
from app.domains.government.answers.asking import model as asking
from app.domains.government.answers.asking.model import Reply
from app.domains.government.answers.asking.service import Shown
from app.domains.government.answers.entries import model
from app.domains.government.answers.entries.model import AnswerState, AnswerStep, HandOver
from app.domains.government.answers.ratings.model import Complaint, Score
from app.domains.government.catalogue.model import Item
from app.domains.identity.organisations.model import Tree
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Node, global_id
from graphql_schema.types.government.catalogue import SaidInput, ServiceItem

strawberry.enum(AnswerStep)
strawberry.enum(Reply, name="AskReply", description="ITEMS: no answer fits, and these service items do.")
strawberry.enum(Alarm, name="AskAlarm")
strawberry.enum(Complaint, name="AnswerComplaint", description="Why an answer did not help.")


@strawberry.type(description="An official page elsewhere.")
class AnswerLink:
    name: str
    url: str


@strawberry.type(description="An answer of the knowledge base, in one version.")
class Answer(Node):
    code: str
    version: int
    title: str
    body: str = strawberry.field(description="Markdown without HTML and pictures; links go to https, tel and mailto.")
    steps: list[str]
    links: list[AnswerLink]
    items: list[str] = strawberry.field(description="Codes of the service items that it is about.")
    hand_over: HandOver
    unit: OrganisationName = strawberry.field(description="Who answers for it.")
    published_at: datetime | None
    reviewed_at: datetime | None = strawberry.field(description="When the unit last found that it holds.")
    review_by: date | None

    @classmethod
    def of(cls, answer: model.Answer, tree: Tree, locale: str) -> Answer:
        return cls(
            id=global_id("Answer", answer.id),
            code=answer.code,
            version=answer.version,
            title=answer.title.within(locale),
            body=answer.body.within(locale),
            steps=[step.within(locale) for step in answer.steps],
            links=[AnswerLink(name=link.name, url=link.url) for link in answer.links],
            items=list(answer.items),
            hand_over=answer.hand_over,
            unit=OrganisationName.of(answer.unit, tree),
            published_at=answer.published_at,
            reviewed_at=answer.reviewed_at,
            review_by=answer.review_by,
        )


@strawberry.type
class Hotline:
    number: str
    name: str


@strawberry.type(description="Shown before anything else: the question sounds like danger.")
class AskHelp:
    alarm: Alarm
    advice: str
    hotlines: list[Hotline]

    @classmethod
    def of(cls, alarm: Alarm, locale: str) -> AskHelp:
        found = HELP[alarm]
        hotlines = [Hotline(number=one.number, name=one.name.within(locale)) for one in found.hotlines]
        return cls(alarm=alarm, advice=found.advice.within(locale), hotlines=hotlines)


@strawberry.type
class AnswerOffer:
    code: str
    title: str


@strawberry.type(description="A question and what came of it.")
class AskTurn:
    number: int
    at: datetime
    question: str = strawberry.field(description="Without personal numbers: these are masked before it is kept.")
    help: AskHelp | None
    reply: Reply
    answer: Answer | None
    confidence: float | None = strawberry.field(description="0 to 1: how likely it is the answer that was asked for.")
    offered: list[AnswerOffer] = strawberry.field(description="Which of these is meant? Ask again with its code.")
    items: list[ServiceItem] = strawberry.field(description="Service items that do it.")
    hand_over: HandOver

    @classmethod
    def of(cls, turn: asking.Turn, shown: Shown, items: Mapping[str, Item], tree: Tree, locale: str) -> AskTurn:
        told = shown.told.get(turn.answer or "")
        about = told.items if told else turn.items
        offered = [shown.offered[code] for code in turn.offered if code in shown.offered]
        return cls(
            number=turn.number,
            at=turn.at,
            question=turn.question,
            help=AskHelp.of(turn.alarm, locale) if turn.alarm else None,
            reply=turn.reply,
            answer=Answer.of(told, tree, locale) if told else None,
            confidence=turn.confidence,
            offered=[AnswerOffer(code=one.code, title=one.title.within(locale)) for one in offered],
            items=[ServiceItem.of(items[code], tree, locale) for code in about if code in items],
            hand_over=turn.hand_over,
        )


@strawberry.type(description="A thread of questions and answers.")
class AskSession:
    id: strawberry.ID
    begun_at: datetime
    turns: list[AskTurn]
    leads_to: list[HandOver] = strawberry.field(description="Where `handOverAsk` can go from here.")

    @classmethod
    def of(cls, shown: Shown, items: Mapping[str, Item], tree: Tree, locale: str) -> AskSession:
        return cls(
            id=global_id("AskSession", shown.thread.id),
            begun_at=shown.thread.begun_at,
            turns=[AskTurn.of(turn, shown, items, tree, locale) for turn in shown.thread.turns],
            leads_to=list(shown.thread.leads_to),
        )


@strawberry.type(description="What an application, an appointment or a case begins with.")
class AskHandedOver:
    id: strawberry.ID = strawberry.field(description="Pass it on as the `origin` of what is begun.")
    to: HandOver
    item: str | None = strawberry.field(description="The code of the service item that it is about.")
    summary: str = strawberry.field(description="What was asked and answered, as plain text.")

    @classmethod
    def of(cls, passed: asking.PassedOn) -> AskHandedOver:
        return cls(id=global_id("AskHandOver", passed.id), to=passed.to, item=passed.item, summary=passed.summary)


@strawberry.type(description="The thread, with this turn at its end.")
class Asked:
    session: AskSession
    turn: AskTurn

    @classmethod
    def of(cls, session: AskSession) -> Asked:
        return cls(session=session, turn=session.turns[-1])


@strawberry.type
class ComplaintCount:
    complaint: Complaint
    count: int


@strawberry.type(description="How often a version helped.")
class AnswerScore:
    helpful: int
    unhelpful: int
    complaints: list[ComplaintCount]

    @classmethod
    def of(cls, score: Score) -> AnswerScore:
        complaints = [ComplaintCount(complaint=one, count=score.complaints[one]) for one in sorted(score.complaints)]
        return cls(helpful=score.helpful, unhelpful=score.unhelpful, complaints=complaints)


@strawberry.type
class AnswerRated:
    score: AnswerScore


@strawberry.input
class AnswerLinkInput:
    name: str
    url: str


@strawberry.input(description="What is left out is empty: a draft is written whole.")
class AnswerInput:
    code: str
    questions: list[str] = strawberry.field(description="The ways people ask it; the first is its title.")
    body: SaidInput
    unit: str | None = strawberry.field(default=None, description="A unit of yours; your own when left out.")
    title_en: str = ""
    steps: list[SaidInput] = strawberry.field(default_factory=list)
    links: list[AnswerLinkInput] = strawberry.field(default_factory=list)
    items: list[str] = strawberry.field(default_factory=list)
    hand_over: HandOver = HandOver.NONE
    keywords: list[str] = strawberry.field(default_factory=list)

    def parsed(self) -> model.Answer:
        return model.Answer(
            code=self.code,
            version=0,
            state=AnswerState.DRAFT,
            unit=self.unit or "",
            questions=tuple(self.questions),
            body=self.body.parsed() if self.body else UNSAID,
            title_en=self.title_en,
            steps=tuple(step.parsed() for step in self.steps),
            links=tuple(model.Link(link.name, link.url) for link in self.links),
            items=tuple(self.items),
            hand_over=self.hand_over,
            keywords=tuple(self.keywords),
        )


@strawberry.type(description="One thing that became of it.")
class AnswerEvent:
    what: AnswerStep
    at: datetime
    reason: str | None


@strawberry.type(description="A version as its unit sees it, drafts too.")
class AnswerVersion:
    current: bool
    state: AnswerState
    questions: list[str]
    keywords: list[str]
    answer: Answer
    score: AnswerScore
    history: list[AnswerEvent]

    @classmethod
    def of(cls, answer: model.Answer, scores: Mapping[str, Score], tree: Tree, locale: str) -> AnswerVersion:
        return cls(
            current=answer.current,
            state=answer.state,
            questions=list(answer.questions),
            keywords=list(answer.keywords),
            answer=Answer.of(answer, tree, locale),
            score=AnswerScore.of(scores.get(answer.id, Score())),
            history=[AnswerEvent(what=one.what, at=one.at, reason=one.reason) for one in answer.history],
        )


@strawberry.type
class AnswerDone:
    """The answer of every step."""

    version: AnswerVersion


@strawberry.type
class AnswerSaved(AnswerDone):
    pass


@strawberry.type
class AnswerPublished(AnswerDone):
    pass


@strawberry.type
class AnswerReviewed(AnswerDone):
    pass


@strawberry.type
class AnswerWithdrawn(AnswerDone):
    pass
