"""Who did what, and whether the chain that says so is sound."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import AwareDatetime

from app.admin.api.desk import ANY, AUDITORS, After, Desk, First, Reply, Rows, allowed, desk_router
from app.core.audit.statements import Statement
from app.core.audit.trail import Soundness, Wanted
from app.core.audit.verify import Fault, Verdict, Wrong
from app.core.paging import PageRequest

router = desk_router("audit")
Id = Annotated[str | None, Query(min_length=1, max_length=80, pattern=r"^[0-9A-Za-z._:-]+$")]


class Recorded(Reply):
    """`seq` is null until the record has its place in the chain, within a second or two. `genuine`: its content is what
    the city wrote. `subject` is the citizen concerned; `address` tells only whether two records came from one place.
    """

    id: str
    seq: int | None
    at: datetime
    actor: str | None
    role: str
    organisation: str | None
    guardianship: str | None
    subject: str | None
    session: str | None
    request: str | None
    address: str | None
    action: str
    target: str
    facts: Mapping[str, Any]
    reason: str | None
    genuine: bool


class Head(Reply):
    """As `/.well-known/audit-head` publishes it."""

    seq: int
    hash: str
    at: datetime
    key: str


class Found(Reply):
    """`seq` is the first place that is not right; a record that has none is named by `record`."""

    wrong: Wrong
    seq: int | None
    record: str | None


class Checked(Reply):
    """`first` and `last`: the places that were walked. `heads`: how many signed heads agreed."""

    at: datetime
    sound: bool
    first: int
    last: int
    heads: int
    found: Found | None


class ChainState(Reply):
    """`waiting_since`: when the oldest record was written that has no place yet. `checked`: the last walk by a job."""

    head: Head | None
    waiting_since: datetime | None
    checked: Checked | None


@router.get("/audit/records")
async def records(
    desk: Annotated[Desk, allowed("search", *AUDITORS)],
    person: Annotated[Id, Query(description="The citizen concerned.")] = None,
    actor: Annotated[Id, Query(description="Who acted.")] = None,
    action: Annotated[Id, Query(description="Such as `card.revoked`.")] = None,
    since: AwareDatetime | None = None,
    until: Annotated[AwareDatetime | None, Query(description="Not included.")] = None,
    first: First = 20,
    after: After = None,
) -> Rows[Recorded]:
    """Newest first. All that is given must hold; the search itself is recorded."""
    wanted = Wanted(person, actor, action, since, until)
    page = await desk.city.audit_trail.search(desk.viewer, wanted, PageRequest.of(first, after))
    return Rows[Recorded].of(page, Recorded.model_validate, lambda entry: entry.cursor)


@router.get("/audit/chain")
async def chain(desk: Annotated[Desk, allowed("chain", *ANY)]) -> ChainState:
    """Its head, and what was found when it was last walked."""
    return shown(await desk.city.audit_trail.soundness())


def shown(stands: Soundness) -> ChainState:
    head, checked = stands.head, stands.checked
    return ChainState(
        head=_head(head) if head else None,
        waiting_since=stands.waiting_since,
        checked=_checked(checked) if checked else None,
    )


def _head(head: Statement) -> Head:
    return Head(seq=head.seq, hash=head.hash, at=head.at, key=head.key)


def _checked(verdict: Verdict) -> Checked:
    return Checked(
        at=verdict.at,
        sound=verdict.sound,
        first=verdict.first,
        last=verdict.last,
        heads=verdict.heads,
        found=_found(verdict.fault) if verdict.fault else None,
    )


def _found(fault: Fault) -> Found:
    return Found(wrong=fault.wrong, seq=fault.seq, record=fault.record)
