"""The ledger of look-ups at the desk: who looked at a citizen, and disputes to be answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

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
from app.core.paging import PageRequest
from virtual_card.disclosures.model import Channel, DisputeState

router = desk_router("disclosures")


class DisputeShown(Reply):
    """The words are null in lists, and of somebody who was erased: reading them takes a reason."""

    reason: str | None
    at: datetime
    state: DisputeState
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None


class DisclosureShown(Reply):
    """`verifier` is the client or the member of staff; `attributes` are names of what was told, never values."""

    id: str
    citizen: str
    organisation: str
    verifier: str
    purpose: str
    attributes: list[str]
    channel: Channel
    at: datetime
    dispute: DisputeShown | None
    test: bool


class Why(Body):
    """Stands in the audit; the citizen sees in his ledger that his words were read."""

    reason: str = Field(max_length=1000, description="2 to 500 characters.")


class Answer(Body):
    state: Literal[DisputeState.UPHELD, DisputeState.REJECTED]
    answer: str = Field(max_length=1000, description="2 to 500 characters; the citizen reads it.")


@router.get("/disclosures/disputed")
async def disputed(
    desk: Annotated[Desk, allowed("disputed", *ANY)], first: First = 20, after: After = None
) -> Rows[DisclosureShown]:
    """Look-ups whose dispute waits for an answer, of the newest look-up first, without the words."""
    page = await desk.services.disclosures.disputed(PageRequest.of(first, after))
    return Rows[DisclosureShown].of(page, DisclosureShown.model_validate)


@router.get("/citizens/{citizen}/disclosures")
async def of_citizen(
    citizen: CitizenId,
    desk: Annotated[Desk, allowed("of_citizen", *ANY, about="citizen")],
    first: First = 20,
    after: After = None,
) -> Rows[DisclosureShown]:
    """Who looked at this citizen, the newest first, without the words of disputes."""
    page = await desk.services.disclosures.of_citizen(citizen, PageRequest.of(first, after))
    return Rows[DisclosureShown].of(page, DisclosureShown.model_validate)


@router.post("/citizens/{citizen}/disclosures/{disclosure}/reveals")
async def reveal(
    citizen: CitizenId,
    disclosure: Id,
    body: Why,
    desk: Annotated[Desk, allowed("read_dispute", *OPERATORS, about="citizen")],
) -> DisclosureShown:
    """What the citizen wrote, and what he was answered. He is told that it was read."""
    found = await desk.services.disclosures.reveal(desk.viewer, citizen, disclosure, body.reason)
    return DisclosureShown.model_validate(found)


@router.post("/citizens/{citizen}/disclosures/{disclosure}/answer")
async def answer(
    citizen: CitizenId,
    disclosure: Id,
    body: Answer,
    key: Key,
    desk: Annotated[Desk, allowed("answer", *OPERATORS, about="citizen")],
) -> DisclosureShown:
    """Uphold or reject a dispute. The citizen is told; nobody answers for a look of his own."""
    settled = await desk.services.disclosures.answer(desk.viewer, citizen, disclosure, body.state, body.answer, key)
    shown = DisclosureShown.model_validate(settled)
    unread = shown.dispute and shown.dispute.model_copy(update={"reason": None})
    return shown.model_copy(update={"dispute": unread})
