"""Data that departments share: what is offered, who asked for it, how many agreed, and the proofs it spared.

Whom anything was told of is not seen here: that is in each citizen's own ledger.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.government.shared_data.accesses.model import AccessState, Ground
from app.domains.government.shared_data.sets.model import DataSet, DataSetState

router = desk_router("shared_data")


class DataSetShown(Reply):
    """`consents`: how many hold today."""

    code: str
    name: str
    owner: str
    fields: list[str]
    purposes: list[str]
    basis: str
    source: str
    fresh_hours: int
    state: DataSetState
    version: int
    consents: int


class DataSets(Reply):
    items: list[DataSetShown]


class DataAccessShown(Reply):
    id: str
    data_set: str
    owner: str
    organisation: str
    fields: list[str]
    purpose: str
    why: str
    ground: Ground
    law: str | None
    until: date
    state: AccessState
    requested_at: datetime
    requested_by: str
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None


class Answer(Body):
    """In the place of the department that offers the data; who asked reads why."""

    state: Literal[AccessState.GRANTED, AccessState.REFUSED, AccessState.ENDED]
    answer: str = Field(min_length=2, max_length=500)


class SparedShown(Reply):
    """`key`: the day, or the item."""

    key: str
    proofs: int
    applications: int


class Spared(Reply):
    """Of the last thirty days."""

    by_day: list[SparedShown]
    by_item: list[SparedShown]


@router.get("/data-sets")
async def data_sets(desk: Annotated[Desk, allowed("sets", *ANY)]) -> DataSets:
    """All, also those that are not offered any more."""
    government = desk.services.government
    consents = await government.consents.counted()
    found = await government.data_sets.all()
    return DataSets(items=[_set(one, consents.get(one.code, 0)) for one in found])


@router.get("/data-accesses")
async def accesses(
    desk: Annotated[Desk, allowed("accesses", *ANY)],
    state: AccessState = AccessState.REQUESTED,
    first: First = 20,
    after: After = None,
) -> Rows[DataAccessShown]:
    """Newest first."""
    page = await desk.services.government.data_accesses.in_state(state, PageRequest.of(first, after))
    return Rows[DataAccessShown].of(page, DataAccessShown.model_validate)


@router.post("/data-accesses/{access}/answer")
async def answer(
    access: Id, body: Answer, key: Key, desk: Annotated[Desk, allowed("answer", *OPERATORS)]
) -> DataAccessShown:
    """Grant or refuse what was asked for, or end what was granted."""
    service = desk.services.government.data_accesses
    return DataAccessShown.model_validate(await service.answer(desk.viewer, access, body.state, body.answer, key))


@router.get("/proofs-spared")
async def spared(desk: Annotated[Desk, allowed("spared", *ANY)]) -> Spared:
    """Proofs (免交证明) that nobody had to bring, because shared data stood in for them."""
    service = desk.services.government.shared_answers
    days, items = await service.spared_by_day(), await service.spared_by_item()
    return Spared(
        by_day=[SparedShown.model_validate(one) for one in days],
        by_item=[SparedShown.model_validate(one) for one in items],
    )


def _set(one: DataSet, consents: int) -> DataSetShown:
    return DataSetShown(
        code=one.code,
        name=one.name.zh,
        owner=one.owner,
        fields=[field.code for field in one.fields],
        purposes=[purpose.code for purpose in one.purposes],
        basis=one.basis,
        source=one.source,
        fresh_hours=one.fresh_hours,
        state=one.state,
        version=one.version,
        consents=consents,
    )
