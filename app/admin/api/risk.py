"""Risk at the desk: the rules and who put them in force, what they refused, and payers who were stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from app.admin.api.desk import (
    ANY,
    OPERATORS,
    After,
    Body,
    CitizenId,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.core.money import Currency
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.payment.risk.blocks.model import Block
from app.domains.payment.risk.model import Refusal
from app.domains.payment.risk.rules.errors import RiskRuleUnknown
from app.domains.payment.risk.rules.model import Action, Measure, Rule, RuleState, Terms, Window
from app.domains.payment.risk.store import order_of

router = desk_router("risk")
Version = Annotated[int, Path(ge=1, le=100_000)]


class TermsShown(Reply):
    """`most` is fen, or a number of payments. Empty lists of methods, purposes and payees (kinds) mean all.
    `younger_than`: only payers who have been here for fewer days.
    """

    measure: Measure
    most: int
    action: Action
    window: Window | None
    currency: Currency
    methods: list[str]
    purposes: list[str]
    payees: list[str]
    younger_than: int | None


class RuleShown(Reply):
    """`active` false: with this version the rule ends."""

    code: str
    version: int
    name_zh: str
    name_en: str
    terms: TermsShown
    active: bool
    state: RuleState
    reason: str
    by: str
    at: datetime
    settled_by: str | None
    settled_at: datetime | None
    answer: str | None


class Proposal(Body):
    name_zh: str = Field(min_length=1, max_length=200)
    name_en: str = Field("", max_length=200)
    measure: Measure
    most: int = Field(ge=0, le=10**13)
    action: Action
    window: Window | None = None
    currency: Currency = Currency.CNY
    methods: list[str] = Field(default=[], max_length=20)
    purposes: list[str] = Field(default=[], max_length=20)
    payees: list[str] = Field(default=[], max_length=20)
    younger_than: int | None = Field(None, ge=1, le=3650)
    active: bool = True
    reason: str = Field(min_length=2, max_length=500)

    @property
    def terms(self) -> Terms:
        return Terms(
            measure=self.measure,
            most=self.most,
            action=self.action,
            window=self.window,
            currency=self.currency,
            methods=frozenset(self.methods),
            purposes=frozenset(self.purposes),
            payees=frozenset(self.payees),
            younger_than=self.younger_than,
        )


class Why(Body):
    reason: str = Field(min_length=2, max_length=500)


class RefusalShown(Reply):
    """Which rule refused what. `used`: how much there was in its window before. The payer is not told the rule."""

    id: str
    payment: str
    payer: str
    payee_kind: str
    payee: str
    fen: int
    currency: Currency
    method: str
    purpose: str
    rule: str
    version: int
    used: int
    at: datetime


class BlockShown(Reply):
    id: str
    payer: str
    reason: str
    by: str
    at: datetime
    ended_at: datetime | None
    ended_by: str | None
    ended_for: str | None


@router.get("/risk-rules")
async def rules(
    desk: Annotated[Desk, allowed("rules", *ANY)],
    state: Annotated[RuleState, Query(description="Versions in this state, by code.")] = RuleState.IN_FORCE,
    first: First = 50,
    after: After = None,
) -> Rows[RuleShown]:
    """The rules by which payments are refused or are to be confirmed."""
    page = await desk.services.payment.risk_rules.page(state, PageRequest.of(first, after))
    return Rows[RuleShown].of(page, rule_shown)


@router.get("/risk-rules/{code}")
async def versions(code: Id, desk: Annotated[Desk, allowed("rule", *ANY)]) -> list[RuleShown]:
    """All versions of one, newest first."""
    found = await desk.services.payment.risk_rules.versions(code)
    if not found:
        raise RiskRuleUnknown
    return [rule_shown(rule) for rule in found]


@router.post("/risk-rules/{code}/versions", status_code=201)
async def propose(
    code: Id, body: Proposal, key: Key, desk: Annotated[Desk, allowed("propose_rule", *OPERATORS)]
) -> RuleShown:
    """A new rule, or the next version of one. It holds when somebody else has approved it."""
    rules, name = desk.services.payment.risk_rules, Said(body.name_zh, body.name_en)
    return rule_shown(await rules.propose(desk.viewer, code, name, body.terms, body.reason, key, active=body.active))


@router.post("/risk-rules/{code}/versions/{version}/approval")
async def approve(
    code: Id, version: Version, key: Key, desk: Annotated[Desk, allowed("approve_rule", *OPERATORS)]
) -> RuleShown:
    """Put it in force: never by who proposed it."""
    return rule_shown(await desk.services.payment.risk_rules.approve(desk.viewer, code, version, key))


@router.post("/risk-rules/{code}/versions/{version}/rejection")
async def decline(
    code: Id, version: Version, body: Why, key: Key, desk: Annotated[Desk, allowed("decline_rule", *OPERATORS)]
) -> RuleShown:
    """It will not hold; who proposed it may take it back so, too."""
    return rule_shown(await desk.services.payment.risk_rules.decline(desk.viewer, code, version, body.reason, key))


@router.get("/risk-refusals")
async def refusals(
    desk: Annotated[Desk, allowed("refusals", *ANY)],
    rule: Annotated[str | None, Query(max_length=40, description="Of this rule alone.")] = None,
    first: First = 50,
    after: After = None,
) -> Rows[RefusalShown]:
    """What was refused, and by which rule; newest first."""
    page = await desk.services.payment.risk.refusals(PageRequest.of(first, after), rule=rule)
    return Rows[RefusalShown].of(page, refusal_shown, order_of)


@router.get("/citizens/{citizen}/risk-refusals")
async def refusals_of(
    citizen: CitizenId,
    desk: Annotated[Desk, allowed("refusals_of", *ANY, about="citizen")],
    first: First = 50,
    after: After = None,
) -> Rows[RefusalShown]:
    """What was refused to one payer: for who calls and asks why."""
    page = await desk.services.payment.risk.refusals(PageRequest.of(first, after), payer=citizen)
    return Rows[RefusalShown].of(page, refusal_shown, order_of)


@router.get("/payer-blocks")
async def blocks(
    desk: Annotated[Desk, allowed("blocks", *ANY)],
    all: Annotated[bool, Query(description="Those that ended, too.")] = False,
    first: First = 50,
    after: After = None,
) -> Rows[BlockShown]:
    """Payers who are stopped, newest first."""
    page = await desk.services.payment.payer_blocks.page(PageRequest.of(first, after), all_=all)
    return Rows[BlockShown].of(page, block_shown)


@router.post("/citizens/{citizen}/payer-block", status_code=201)
async def block(
    citizen: CitizenId,
    body: Why,
    key: Key,
    desk: Annotated[Desk, allowed("block", *OPERATORS, about="citizen")],
) -> BlockShown:
    """Nothing is taken from him any more; what comes to him comes. He is told, and may call."""
    return block_shown(await desk.services.payment.payer_blocks.block(desk.viewer, citizen, body.reason, key))


@router.post("/citizens/{citizen}/payer-block/lift", status_code=204)
async def lift(
    citizen: CitizenId,
    body: Why,
    key: Key,
    desk: Annotated[Desk, allowed("lift_block", *OPERATORS, about="citizen")],
) -> None:
    """He pays again."""
    await desk.services.payment.payer_blocks.lift(desk.viewer, citizen, body.reason, key)


def rule_shown(rule: Rule) -> RuleShown:
    terms = rule.terms
    return RuleShown(
        code=rule.code,
        version=rule.version,
        name_zh=rule.name.zh,
        name_en=rule.name.en,
        terms=TermsShown(
            measure=terms.measure,
            most=terms.most,
            action=terms.action,
            window=terms.window,
            currency=terms.currency,
            methods=sorted(terms.methods),
            purposes=sorted(terms.purposes),
            payees=sorted(terms.payees),
            younger_than=terms.younger_than,
        ),
        active=rule.active,
        state=rule.state,
        reason=rule.reason,
        by=rule.by,
        at=rule.at,
        settled_by=rule.settled_by,
        settled_at=rule.settled_at,
        answer=rule.answer,
    )


def refusal_shown(one: Refusal) -> RefusalShown:
    return RefusalShown(
        id=one.id,
        payment=one.payment,
        payer=one.payer,
        payee_kind=one.payee_kind,
        payee=one.payee,
        fen=one.amount.fen,
        currency=one.amount.currency,
        method=one.method,
        purpose=one.purpose,
        rule=one.hit.rule,
        version=one.hit.version,
        used=one.hit.used,
        at=one.at,
    )


def block_shown(one: Block) -> BlockShown:
    ended = one.ended
    return BlockShown(
        id=one.id,
        payer=one.payer,
        reason=one.reason,
        by=one.by,
        at=one.at,
        ended_at=ended.at if ended else None,
        ended_by=ended.by if ended else None,
        ended_for=ended.reason if ended else None,
    )
