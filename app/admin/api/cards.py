"""Cards, as the desk acts on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, Body, Desk, Key, Reply, allowed, desk_router
from virtual_card.cards.errors import NoCard
from virtual_card.cards.model import Card, CardKind, CardState, DeskAct

router = desk_router("cards")


class Number(Body):
    number: str = Field(min_length=1, max_length=40)


class Act(Body):
    """`reason` is a code that the holder sees, such as `fraud`; `note` is for the record, and kept sealed."""

    number: str = Field(max_length=40)
    reason: str = Field(min_length=2, max_length=40, pattern=r"^[a-z_]+$")
    note: str | None = Field(default=None, min_length=2, max_length=500)


class CardNow(Reply):
    number: str
    state: CardState


class Step(Reply):
    """One line of a card's history. `actor` is the citizen, the guardian or the member of staff who did it."""

    state: CardState
    at: datetime
    actor: str
    reason: str


class CardShown(Reply):
    id: str
    number: str
    holder: str
    kind: CardKind
    state: CardState
    issued_at: datetime
    valid_until: date
    history: list[Step]


@router.post("/cards/search")
async def find(body: Number, desk: Annotated[Desk, allowed("find", *ANY)]) -> CardShown:
    """The card of this number, with its history. A number is somebody's: it travels in no address."""
    card = await desk.services.cards.by_number(body.number)
    if card is None:
        raise NoCard
    return shown(desk, card)


@router.post("/cards/suspensions")
async def suspend(body: Act, key: Key, desk: Annotated[Desk, allowed("suspend", *OPERATORS)]) -> CardNow:
    """Suspend a card: from now on no code of it is accepted. The holder is told."""
    return await _act(desk, body, key, CardState.SUSPENDED)


@router.post("/cards/reinstatements")
async def reinstate(body: Act, key: Key, desk: Annotated[Desk, allowed("reinstate", *OPERATORS)]) -> CardNow:
    """Make a suspended card good again. The holder is told."""
    return await _act(desk, body, key, CardState.ACTIVE)


@router.post("/cards/revocations")
async def revoke(body: Act, key: Key, desk: Annotated[Desk, allowed("revoke", *OPERATORS)]) -> CardNow:
    """Revoke a card for good. The holder is told, and may be issued another."""
    return await _act(desk, body, key, CardState.REVOKED)


def shown(desk: Desk, card: Card) -> CardShown:
    """With the state of today: a card past its last day is expired."""
    found = CardShown.model_validate(card)
    return found.model_copy(update={"state": desk.services.cards.state_now(card)})


async def _act(desk: Desk, body: Act, key: str, to: CardState) -> CardNow:
    card = await desk.services.cards.act(desk.viewer, body.number, DeskAct(to, body.reason, body.note), key)
    return CardNow(number=card.number, state=card.state)
