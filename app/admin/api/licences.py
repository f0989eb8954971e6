"""Licences, as the desk looks at them and acts on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, Body, CitizenId, Desk, Key, Reply, Rows, allowed, desk_router
from virtual_card.licences.kinds import kind_of
from virtual_card.licences.model import DeskAct, Licence, LicenceState

router = desk_router("licences")


class LicenceNumber(Body):
    number: str = Field(min_length=1, max_length=40)


class LicenceAct(Body):
    """`reason` is a code that the holder sees, such as `error`; `note` is for the record, and kept sealed."""

    number: str = Field(max_length=40)
    reason: str = Field(min_length=2, max_length=40, pattern=r"^[a-z_]+$")
    note: str | None = Field(default=None, min_length=2, max_length=500)


class LicenceNow(Reply):
    number: str
    state: LicenceState


class LicenceStep(Reply):
    """One line of its history. `actor` is the unit's program or member of staff, or the desk's, who did it."""

    state: LicenceState
    at: datetime
    actor: str
    reason: str


class LicenceShown(Reply):
    """Without what stands on it: that is the holder's. `source` is `application:ID`."""

    id: str
    number: str
    kind: str
    title: str
    holder: str
    issuer: str
    state: LicenceState
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    source: str | None
    history: list[LicenceStep]


@router.post("/licences/search")
async def find(body: LicenceNumber, desk: Annotated[Desk, allowed("find", *ANY)]) -> LicenceShown:
    """The licence of this number, with its history. A number is somebody's: it travels in no address."""
    return _shown(desk, await desk.services.licences.by_number(body.number))


@router.get("/citizens/{citizen}/licences")
async def held(citizen: CitizenId, desk: Annotated[Desk, allowed("held", *ANY, about="citizen")]) -> Rows[LicenceShown]:
    """All licences of a citizen, the newest first."""
    found = await desk.services.licences.held_by(citizen)
    return Rows[LicenceShown](items=[_shown(desk, licence) for licence in found])


@router.post("/licences/suspensions")
async def suspend(body: LicenceAct, key: Key, desk: Annotated[Desk, allowed("suspend", *OPERATORS)]) -> LicenceNow:
    """Suspend a licence: from now on it is neither shown nor accepted. The holder is told."""
    return await _act(desk, body, key, LicenceState.SUSPENDED)


@router.post("/licences/reinstatements")
async def reinstate(body: LicenceAct, key: Key, desk: Annotated[Desk, allowed("reinstate", *OPERATORS)]) -> LicenceNow:
    """Make a suspended licence good again. The holder is told."""
    return await _act(desk, body, key, LicenceState.ACTIVE)


@router.post("/licences/revocations")
async def revoke(body: LicenceAct, key: Key, desk: Annotated[Desk, allowed("revoke", *OPERATORS)]) -> LicenceNow:
    """Revoke a licence for good. The holder is told, and may be issued another."""
    return await _act(desk, body, key, LicenceState.REVOKED)


def _shown(desk: Desk, licence: Licence) -> LicenceShown:
    """With the state of today: one past its last day is expired."""
    return LicenceShown(
        id=licence.id,
        number=licence.number,
        kind=licence.kind,
        title=kind_of(licence.kind).title.zh,
        holder=licence.holder,
        issuer=licence.issuer,
        state=desk.services.licences.state_now(licence),
        issued_at=licence.issued_at,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        source=licence.source,
        history=[LicenceStep.model_validate(event) for event in licence.history],
    )


async def _act(desk: Desk, body: LicenceAct, key: str, to: LicenceState) -> LicenceNow:
    done = await desk.services.licences.act(desk.viewer, body.number, DeskAct(to, body.reason, body.note), key)
    return LicenceNow(number=done.number, state=done.state)
