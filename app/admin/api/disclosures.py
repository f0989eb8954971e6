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
    """In the citizen's words, and in the desk's; empty of somebody who was erased."""

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


class Answer(Body):
    state: Literal[DisputeState.UPHELD, DisputeState.REJECTED]
    answer: str = Field(max_length=1000, description="2 to 500 characters; the citizen reads it.")


@router.get("/disclosures/disputed")
async def disputed(
    desk: Annotated[Desk, allowed("disputed", *ANY)], first: First = 20, after: After = None
) -> Rows[DisclosureShown]:
    """Look-ups whose dispute waits for an answer, of the newest look-up first."""
    page = await desk.services.disclosures.disputed(PageRequest.of(first, after))
    return Rows[DisclosureShown].of(page, DisclosureShown.model_validate)


@router.get("/citizens/{citizen}/disclosures")
async def of_citizen(
    citizen: CitizenId,
    desk: Annotated[Desk, allowed("of_citizen", *ANY, about="citizen")],
    first: First = 20,
    after: After = None,
) -> Rows[DisclosureShown]:
    """Who looked at this citizen, the newest first."""
    page = await desk.services.disclosures.of_citizen(citizen, PageRequest.of(first, after))
    return Rows[DisclosureShown].of(page, DisclosureShown.model_validate)


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
    return DisclosureShown.model_validate(settled)
