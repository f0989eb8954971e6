"""Surveys as people answer them and departments hold them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from app.core.said import Said
from app.domains.identity.organisations.model import Tree
from app.domains.voice.conversations.surveys import model as surveys
from app.domains.voice.conversations.surveys.model import Phase, QuestionKind, Results
from app.domains.voice.conversations.surveys.results import model as results
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Info, Node, global_id

strawberry.enum(QuestionKind, name="SurveyQuestionKind", description="SCALE: 1 to `most`.")
strawberry.enum(Results, name="SurveyResultsShown", description="OPEN: while it runs. CLOSED: when it is over.")
strawberry.enum(Phase, name="SurveyPhase")


@strawberry.type
class SurveyOption:
    key: str
    words: str


@strawberry.type
class SurveyQuestion:
    key: str
    kind: QuestionKind
    words: str
    options: list[SurveyOption]
    required: bool
    least: int
    most: int

    @classmethod
    def of(cls, one: surveys.Question, locale: str) -> SurveyQuestion:
        return cls(
            key=one.key,
            kind=one.kind,
            words=one.words.within(locale),
            options=[SurveyOption(key=option.key, words=option.words.within(locale)) for option in one.options],
            required=one.required,
            least=one.least,
            most=one.most,
        )


@strawberry.type(description="How many chose what. Of a text question nothing is counted.")
class SurveyCount:
    question: str
    option: str
    count: int


@strawberry.type(description="Answers of one district, by the six digits of its code.")
class SurveyDistrict:
    district: str
    answered: int
    counts: list[SurveyCount]
    said: strawberry.Private[Said | None]

    @strawberry.field(description="In the caller's language; null of those whose district nobody knows.")
    def name(self, info: Info) -> str | None:
        return self.said.within(info.context.locale) if self.said else None


@strawberry.type(description="Nothing is shown of fewer than five answers; `withheld` are districts with too few.")
class SurveyOutcome:
    answered: int | None
    counts: list[SurveyCount]
    districts: list[SurveyDistrict]
    withheld: list[str]

    @classmethod
    def of(cls, one: results.SurveyResults, of: surveys.Survey, tree: Tree) -> SurveyOutcome:
        return cls(
            answered=one.whole.answered if one.whole else None,
            counts=_counts(one.whole, of) if one.whole else [],
            districts=[
                SurveyDistrict(
                    district=code,
                    said=tree.name_of(code.ljust(12, "0")),
                    answered=counts.answered,
                    counts=_counts(counts, of),
                )
                for code, counts in one.districts.items()
            ],
            withheld=list(one.withheld),
        )


def _counts(counts: results.Counts, of: surveys.Survey) -> list[SurveyCount]:
    return [
        SurveyCount(question=question.key, option=choice, count=counts.of(question.key, choice))
        for question in of.questions
        for choice in question.choices
    ]


@strawberry.type(description="What a department asks people; who answered what is kept nowhere.")
class Survey(Node):
    unit: OrganisationName
    title: str
    lead: str
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    districts: list[str] = strawberry.field(description="Whom it asks, by six digits; empty: everybody.")
    least_age: int | None
    results_shown: Results
    questions: list[SurveyQuestion]
    answered: bool | None = strawberry.field(description="Whether one has answered oneself; null in lists.")
    outcome: SurveyOutcome | None = strawberry.field(description="Null in lists and while it is not to be shown.")

    @classmethod
    def of(
        cls,
        one: surveys.Survey,
        tree: Tree,
        locale: str,
        phase: Phase,
        *,
        answered: bool | None = None,
        outcome: results.SurveyResults | None = None,
    ) -> Survey:
        return cls(
            id=global_id("Survey", one.id),
            unit=OrganisationName.of(one.unit, tree),
            title=one.title.within(locale),
            lead=one.lead.within(locale),
            phase=phase,
            opens_at=one.opens_at,
            closes_at=one.ended_at or one.closes_at,
            districts=list(one.districts),
            least_age=one.least_age,
            results_shown=one.results,
            questions=[SurveyQuestion.of(question, locale) for question in one.questions],
            answered=answered,
            outcome=SurveyOutcome.of(outcome, one, tree) if outcome else None,
        )


@strawberry.input(description="The answer to one question: options by key (steps of a scale as figures), or a text.")
class SurveyAnswerInput:
    question: str
    chosen: list[str] | None = None
    text: str | None = None

    def parsed(self) -> surveys.Answered:
        return surveys.Answered(self.question, tuple(self.chosen or ()), (self.text or "").strip())


@strawberry.input
class SurveyWordsInput:
    zh: str
    en: str | None = None

    def parsed(self) -> Said:
        return Said(self.zh.strip(), (self.en or "").strip())


@strawberry.input
class SurveyOptionInput:
    key: str
    words: SurveyWordsInput


@strawberry.input
class SurveyQuestionInput:
    key: str
    kind: QuestionKind
    words: SurveyWordsInput
    options: list[SurveyOptionInput] | None = None
    required: bool = True
    least: int = 1
    most: int = 1

    def parsed(self) -> surveys.Question:
        options = tuple(surveys.Option(one.key, one.words.parsed()) for one in self.options or ())
        return surveys.Question(self.key, self.kind, self.words.parsed(), options, self.required, self.least, self.most)


@strawberry.input(description="A survey as it is written, whole.")
class SurveyInput:
    title: SurveyWordsInput
    lead: SurveyWordsInput
    questions: list[SurveyQuestionInput]
    opens_at: datetime
    closes_at: datetime
    results_shown: Results
    districts: list[str] | None = None
    least_age: int | None = None

    def parsed(self) -> surveys.Survey:
        return surveys.Survey(
            id="",
            unit="",
            title=self.title.parsed(),
            lead=self.lead.parsed(),
            questions=tuple(one.parsed() for one in self.questions),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            results=self.results_shown,
            districts=tuple(self.districts or ()),
            least_age=self.least_age,
        )


def answers_of(given: Sequence[SurveyAnswerInput]) -> list[surveys.Answered]:
    return [one.parsed() for one in given]


@strawberry.type
class SurveyTaken:
    survey: Survey


@strawberry.type
class SurveyHeld:
    survey: Survey
