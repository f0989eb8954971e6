"""Payments that their payers contest: which wait to be decided, what was said, and the decision."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.money import Currency, Money
from app.core.paging import PageRequest
from app.domains.payment.disputes.errors import DisputeUnknown
from app.domains.payment.disputes.model import Dispute, DisputeOutcome, DisputeReason, DisputeState, Party

router = desk_router("payment-disputes")


class StatementShown(Reply):
    """`words` are null where they were not revealed, and of somebody who was erased."""

    party: Party
    at: datetime
    words: str | None
    files: list[str]


class EndingShown(Reply):
    outcome: DisputeOutcome
    by: str
    at: datetime
    given_fen: int
    reason: str | None


class DisputeShown(Reply):
    """`fen` is what is contested; `due`: until when the one whose turn it is may act."""

    id: str
    payment: str
    citizen: str
    payee: str
    fen: int
    currency: Currency
    reason: DisputeReason
    state: DisputeState
    at: datetime
    due: datetime | None
    statements: list[StatementShown]
    ending: EndingShown | None


class Why(Body):
    """Stands in the audit."""

    reason: str = Field(min_length=2, max_length=500)


class Decision(Body):
    """`fen` goes back to the payer by a chargeback; 0 means rejected. Both sides read `reason`."""

    fen: int = Field(ge=0, le=10**13)
    reason: str = Field(min_length=2, max_length=2000)


@router.get("/payment-disputes")
async def disputes(
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: Annotated[DisputeState, Query(description="Those in this state.")] = DisputeState.TO_DECIDE,
    first: First = 25,
    after: After = None,
) -> Rows[DisputeShown]:
    """What waits longest comes first; settled ones newest first. Without what was said."""
    page = await desk.services.payment.dispute_decisions.page(state, PageRequest.of(first, after))
    return Rows[DisputeShown].of(page, lambda one: shown(one, revealed=False))


@router.get("/payment-disputes/{dispute}")
async def one(dispute: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> DisputeShown:
    """Where it stands, without what was said."""
    found = await desk.services.payment.dispute_decisions.one(dispute)
    if found is None:
        raise DisputeUnknown
    return shown(found, revealed=False)


@router.post("/payment-disputes/{dispute}/reveals")
async def reveal(dispute: Id, body: Why, desk: Annotated[Desk, allowed("reveal", *OPERATORS)]) -> DisputeShown:
    """What both sides said, and links to their evidence."""
    decisions = desk.services.payment.dispute_decisions
    found = await decisions.reveal(desk.viewer, dispute, body.reason)
    links = await decisions.links(found)
    read = shown(found, revealed=True)
    said = [one.model_copy(update={"files": [links.get(file, file) for file in one.files]}) for one in read.statements]
    return read.model_copy(update={"statements": said})


@router.post("/payment-disputes/{dispute}/decision")
async def decide(
    dispute: Id, body: Decision, key: Key, desk: Annotated[Desk, allowed("decide", *OPERATORS)]
) -> DisputeShown:
    """When both sides were heard."""
    decisions = desk.services.payment.dispute_decisions
    done = await decisions.decide(desk.viewer, dispute, Money(body.fen), body.reason, key)
    return shown(done, revealed=False)


def shown(one: Dispute, *, revealed: bool) -> DisputeShown:
    ending = one.ending
    return DisputeShown(
        id=one.id,
        payment=one.payment,
        citizen=one.citizen,
        payee=one.payee,
        fen=one.amount.fen,
        currency=one.amount.currency,
        reason=one.reason,
        state=one.state,
        at=one.at,
        due=one.due,
        statements=[
            StatementShown(party=s.party, at=s.at, words=s.words if revealed else None, files=list(s.files))
            for s in one.statements
        ],
        ending=EndingShown(
            outcome=ending.outcome, by=ending.by, at=ending.at, given_fen=ending.given.fen, reason=ending.reason
        )
        if ending
        else None,
    )
