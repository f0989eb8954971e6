"""Citizen credit: the published rules, a score and its explanation, a line, what is due, repayments, appeals."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.money import Money as Sum
from app.domains.identity.organisations.model import Tree
from app.domains.payment.credit.appeals import model as appeals
from app.domains.payment.credit.appeals.model import AppealState
from app.domains.payment.credit.dues import model as kept
from app.domains.payment.credit.dues.model import DueKind
from app.domains.payment.credit.line.model import AGREEMENT, AGREEMENT_TEXT, LineState
from app.domains.payment.credit.line.service import LineStanding
from app.domains.payment.credit.repayments import model as repayments
from app.domains.payment.credit.repayments.model import Means, RepaymentState
from app.domains.payment.credit.rules import model as rules
from app.domains.payment.credit.rules.model import ABOUT, LEAST, MOST, NAMES, FactorCode, Measure
from app.domains.payment.credit.score import model as score
from app.domains.payment.credit.score.model import TERMS, TERMS_TEXT, Cause
from app.domains.payment.credit.score.service import Standing
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Money, global_id

strawberry.enum(FactorCode, name="CreditFactorCode")
strawberry.enum(Measure, name="CreditMeasure")
strawberry.enum(Cause, name="CreditCountCause")
strawberry.enum(LineState, name="CreditLineState")
strawberry.enum(DueKind, name="CreditDueKind")
strawberry.enum(Means, name="CreditRepaymentMeans")
strawberry.enum(RepaymentState, name="CreditRepaymentState")
strawberry.enum(AppealState, name="CreditAppealState")


@strawberry.type(description="A factor as it is published. Nothing that is not published is counted.")
class CreditFactorRule:
    code: FactorCode
    name: str
    about: str
    measure: Measure
    weight: int = strawberry.field(description="The most points it brings.")
    months: int = strawberry.field(description="How far back is looked; 0: as it is now.")
    start: int = strawberry.field(description="Of a share: percent, as which somebody begins of whom nothing is known.")
    prior: int = strawberry.field(description="Of a share: how many cases the start weighs.")
    full: int = strawberry.field(description="Of an amount: what brings all points.")

    @classmethod
    def of(cls, one: rules.FactorRule, locale: str) -> CreditFactorRule:
        return cls(
            code=one.code,
            name=NAMES[one.code].within(locale),
            about=ABOUT[one.code].within(locale),
            measure=one.measure,
            weight=one.weight,
            months=one.months,
            start=one.start,
            prior=one.prior,
            full=one.full,
        )


@strawberry.type(description="From this score on a line may be so high.")
class CreditBand:
    score: int
    limit: Money


@strawberry.type(description="One version of the rules.")
class CreditRules:
    version: int
    since: date
    reason: str = strawberry.field(description="Why they were changed; empty for the first.")
    factors: list[CreditFactorRule]
    bands: list[CreditBand]

    @classmethod
    def of(cls, one: rules.RuleSet, locale: str) -> CreditRules:
        return cls(
            version=one.version,
            since=one.since,
            reason=one.reason,
            factors=[CreditFactorRule.of(rule, locale) for rule in one.factors],
            bands=[CreditBand(score=band.score, limit=Money.of(Sum(band.fen))) for band in one.bands],
        )


@strawberry.type(description="What is agreed to, with the version to agree to it by.")
class CreditTerms:
    version: int
    text: str


@strawberry.type(description="All that citizen credit goes by. A score lies between `least` and `most`.")
class PublishedCreditRules:
    least: int
    most: int
    in_force: CreditRules
    coming: CreditRules | None = strawberry.field(description="Approved, and in force from a later day on.")
    terms: CreditTerms = strawberry.field(description="Agreed to before anything is counted (joinCredit).")
    agreement: CreditTerms = strawberry.field(description="Agreed to when a line is opened (openCreditLine).")

    @classmethod
    def of(cls, now: rules.RuleSet, coming: rules.RuleSet | None, locale: str) -> PublishedCreditRules:
        return cls(
            least=LEAST,
            most=MOST,
            in_force=CreditRules.of(now, locale),
            coming=CreditRules.of(coming, locale) if coming else None,
            terms=CreditTerms(version=TERMS, text=TERMS_TEXT.within(locale)),
            agreement=CreditTerms(version=AGREEMENT, text=AGREEMENT_TEXT.within(locale)),
        )


@strawberry.type(description="What was counted of one factor, and what came of it.")
class CreditFactor:
    code: FactorCode
    name: str
    weight: int
    points: int
    good: int
    bad: int
    counted: str = strawberry.field(description="In words: what was counted.")
    raises: int = strawberry.field(description="Points that one more of the good would bring.")
    advice: str | None = strawberry.field(description="In words: what would raise it. Null when it has all its points.")

    @classmethod
    def of(cls, one: score.FactorScore, locale: str) -> CreditFactor:
        advice = one.raised_by()
        return cls(
            code=one.code,
            name=NAMES[one.code].within(locale),
            weight=one.weight,
            points=one.points,
            good=one.good,
            bad=one.bad,
            counted=one.explained().within(locale),
            raises=one.raises,
            advice=advice.within(locale) if advice else None,
        )


@strawberry.type(description="One count of a score.")
class CreditCount:
    value: int
    version: int = strawberry.field(description="Of the rules it was counted by.")
    adjusted: int = strawberry.field(description="Points that appeals brought, among the value.")
    at: datetime
    cause: Cause
    factors: list[CreditFactor]

    @classmethod
    def of(cls, one: score.Reckoning, locale: str) -> CreditCount:
        return cls(
            value=one.value,
            version=one.version,
            adjusted=one.adjusted,
            at=one.at,
            cause=one.cause,
            factors=[CreditFactor.of(factor, locale) for factor in one.factors],
        )


@strawberry.type(description="Points that an appeal brought, until the end of a day.")
class CreditAdjustment:
    points: int
    until: date


@strawberry.type(description="One's own score: told to nobody else.")
class CreditScore:
    value: int
    joined_at: datetime
    terms: int = strawberry.field(description="The version of the terms that was agreed to.")
    latest: CreditCount
    adjustments: list[CreditAdjustment]

    @classmethod
    def of(cls, one: score.Score, locale: str) -> CreditScore:
        return cls(
            value=one.value,
            joined_at=one.joined_at,
            terms=one.terms,
            latest=CreditCount.of(one.reckoning, locale),
            adjustments=[CreditAdjustment(points=each.points, until=each.until) for each in one.adjustments],
        )


@strawberry.type(description="Where one stands.")
class CreditStanding:
    score: CreditScore
    limit: Money = strawberry.field(
        description="How high a line may be with this score; nothing below the lowest band."
    )

    @classmethod
    def of(cls, one: Standing, locale: str) -> CreditStanding:
        return cls(score=CreditScore.of(one.score, locale), limit=Money.of(Sum(one.fen)))


@strawberry.type(description="A credit line. No interest, no fee.")
class CreditLine:
    state: LineState
    limit: Money
    own_limit: Money | None = strawberry.field(description="A limit of one's own, which it never passes.")
    owed: Money
    held: Money = strawberry.field(description="For treatments that were confirmed and not charged yet.")
    available: Money
    agreement: int
    opened_at: datetime
    frozen_at: datetime | None
    closed_at: datetime | None

    @classmethod
    def of(cls, one: LineStanding) -> CreditLine:
        line, balance = one.line, one.balance
        return cls(
            state=line.state,
            limit=Money.of(Sum(line.fen)),
            own_limit=Money.of(Sum(line.most)) if line.most is not None else None,
            owed=Money.of(balance.posted),
            held=Money.of(balance.held),
            available=Money.of(Sum(max(balance.available.fen, 0) if line.state is LineState.OPEN else 0)),
            agreement=line.agreement,
            opened_at=line.opened_at,
            frozen_at=line.frozen_at,
            closed_at=line.closed_at,
        )


@strawberry.type(description="What one use of the line cost, and by which day it is repaid.")
class CreditDue:
    id: strawberry.ID
    kind: DueKind
    payment_id: strawberry.ID
    payee: OrganisationName
    amount: Money
    repaid: Money
    given_back: Money = strawberry.field(description="Refunded, and owed no more.")
    owed: Money
    due: date
    at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, one: kept.Due, tree: Tree) -> CreditDue:
        return cls(
            id=global_id("CreditDue", one.id),
            kind=one.kind,
            payment_id=global_id("Payment", one.about),
            payee=OrganisationName.of(one.payee, tree),
            amount=Money.of(Sum(one.fen)),
            repaid=Money.of(Sum(one.repaid)),
            given_back=Money.of(Sum(one.given_back)),
            owed=Money.of(Sum(one.owed)),
            due=one.day,
            at=one.at,
            settled_at=one.settled_at,
        )


@strawberry.type(description="All that is owed, what is due first in front.")
class CreditStatement:
    owed: Money
    overdue: Money
    next_due: date | None
    dues: list[CreditDue]

    @classmethod
    def of(cls, found: list[kept.Due], today: date, tree: Tree) -> CreditStatement:
        return cls(
            owed=Money.of(Sum(sum(one.owed for one in found))),
            overdue=Money.of(Sum(sum(one.owed for one in found if one.overdue(today)))),
            next_due=min((one.day for one in found), default=None),
            dues=[CreditDue.of(one, tree) for one in found],
        )


@strawberry.type(description="A repayment, from the wallet or by the payment gateway.")
class CreditRepayment:
    id: strawberry.ID
    amount: Money
    means: Means
    state: RepaymentState
    at: datetime
    left: Money | None = strawberry.field(description="What was owed after it.")
    pay_at: str | None = strawberry.field(description="The gateway's page, while it waits to be paid there.")
    settled_at: datetime | None

    @classmethod
    def of(cls, one: repayments.Repayment) -> CreditRepayment:
        return cls(
            id=global_id("CreditRepayment", one.id),
            amount=Money.of(Sum(one.fen)),
            means=one.means,
            state=one.state,
            at=one.at,
            left=Money.of(Sum(one.left)) if one.left is not None else None,
            pay_at=one.pay_at,
            settled_at=one.settled_at,
        )


@strawberry.type(description="An appeal against one's score, and its answer.")
class CreditAppeal:
    id: strawberry.ID
    state: AppealState
    factor: FactorCode | None
    score: int = strawberry.field(description="What it was against.")
    reason: str | None
    answer: str | None
    points: int
    until: date | None
    after: int | None = strawberry.field(description="The score after it.")
    at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, one: appeals.Appeal) -> CreditAppeal:
        return cls(
            id=global_id("CreditAppeal", one.id),
            state=one.state,
            factor=one.factor,
            score=one.score,
            reason=one.reason,
            answer=one.answer,
            points=one.points,
            until=one.until,
            after=one.after,
            at=one.at,
            settled_at=one.settled_at,
        )


@strawberry.type
class CreditScoreCounted:
    score: CreditScore


@strawberry.type
class CreditLeft:
    left: bool


@strawberry.type
class CreditLineChanged:
    state: LineState
    limit: Money


@strawberry.type
class CreditRepaid:
    repayment: CreditRepayment


@strawberry.type
class CreditAppealMade:
    appeal: CreditAppeal
