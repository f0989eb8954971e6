"""A citizen's right, at the desk: copies asked for, corrections to answer, erasures and their proof."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import (
    ANY,
    AUDITORS,
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
from app.domains.identity.rights.corrections.model import Correction, CorrectionField, CorrectionState
from app.domains.identity.rights.erasures.model import ErasureState, RetainedKind, Statute
from app.domains.identity.rights.exports.model import ExportState

router = desk_router("rights")


class ExportShown(Reply):
    """What is in it is the citizen's alone."""

    id: str
    citizen: str
    state: ExportState
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    size: int | None


class CorrectionShown(Reply):
    """The words are null in lists: reading them takes a reason."""

    id: str
    citizen: str
    field: CorrectionField
    state: CorrectionState
    requested_at: datetime
    wanted: str | None
    reason: str | None
    answer: str | None
    settled_at: datetime | None
    settled_by: str | None


class Why(Body):
    """Stands in the audit; the citizen sees in his ledger that his words were read."""

    reason: str = Field(min_length=2, max_length=500)


class Answer(Body):
    """What the citizen is answered. Accepting takes over what the civil registry answers now."""

    accept: bool
    answer: str = Field(min_length=2, max_length=500)


class ErasureShown(Reply):
    id: str
    citizen: str
    state: ErasureState
    requested_at: datetime
    erases_at: datetime
    erased_at: datetime | None
    swept_at: datetime | None


class RetainedShown(Reply):
    what: RetainedKind
    statute: Statute
    until: date | None


class UnsealedShown(Reply):
    """Sealed values of one kind: how many are left, and how many of them any key still opens."""

    place: str
    left: int
    open: int


class ProofShown(Reply):
    """`holds`: the person's key is destroyed, and nothing sealed under it opens. `left` counts rows by collection."""

    citizen: str
    holds: bool
    erasure: ErasureShown | None
    key_destroyed_at: datetime | None
    key_destroyed_by: str | None
    left: dict[str, int]
    unsealed: list[UnsealedShown]
    retained: list[RetainedShown]


@router.get("/data-exports")
async def exports(
    desk: Annotated[Desk, allowed("list_exports", *ANY)],
    state: ExportState = ExportState.REQUESTED,
    first: First = 20,
    after: After = None,
) -> Rows[ExportShown]:
    """Copies in this state, newest first."""
    page = await desk.services.exports.waiting(state, PageRequest.of(first, after))
    return Rows[ExportShown].of(page, ExportShown.model_validate)


@router.get("/corrections")
async def corrections(
    desk: Annotated[Desk, allowed("list_corrections", *ANY)],
    state: CorrectionState = CorrectionState.OPEN,
    first: First = 20,
    after: After = None,
) -> Rows[CorrectionShown]:
    """Correction requests in this state, newest first, without their words."""
    page = await desk.services.corrections.waiting(state, PageRequest.of(first, after))
    return Rows[CorrectionShown].of(page, CorrectionShown.model_validate)


@router.post("/corrections/{correction}/reveals")
async def reveal(
    correction: Id, body: Why, desk: Annotated[Desk, allowed("read_correction", *OPERATORS)]
) -> CorrectionShown:
    """What the citizen wrote. He is told that it was read."""
    found = await desk.services.corrections.reveal(desk.viewer, correction, body.reason)
    return CorrectionShown.model_validate(found)


@router.post("/corrections/{correction}/answers")
async def answer(
    correction: Id, body: Answer, key: Key, desk: Annotated[Desk, allowed("answer_correction", *OPERATORS)]
) -> CorrectionShown:
    """Accept or reject; the citizen is told. What is the registry's is asked of it again and taken over."""
    service = desk.services.corrections
    settle = service.accept if body.accept else service.reject
    settled: Correction = await settle(desk.viewer, correction, body.answer, key)
    return CorrectionShown.model_validate(settled).model_copy(update={"wanted": None, "reason": None})


@router.get("/erasures")
async def erasures(
    desk: Annotated[Desk, allowed("list_erasures", *ANY)],
    state: ErasureState = ErasureState.COOLING,
    first: First = 20,
    after: After = None,
) -> Rows[ErasureShown]:
    """Erasures in this state, newest first."""
    page = await desk.services.erasures.waiting(state, PageRequest.of(first, after))
    return Rows[ErasureShown].of(page, ErasureShown.model_validate)


@router.get("/citizens/{citizen}/erasure-proof")
async def proof(
    citizen: CitizenId, desk: Annotated[Desk, allowed("prove_erasure", *AUDITORS, about="citizen")]
) -> ProofShown:
    """What is left of this citizen, when and by which erasure the key was destroyed, and that nothing opens."""
    return ProofShown.model_validate(await desk.services.erasures.proof(desk.viewer, citizen))
