"""The tree of organisations."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ADMINISTRATORS, ANY, After, Body, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.identity.organisations.errors import OrganisationUnknown
from app.domains.identity.organisations.model import Kind, Level, Organisation, OrganisationState, parse_credit_code

router = desk_router("organisations")


class NewOrganisation(Body):
    """`name_en` left out keeps the English name that is known; an empty one takes it away."""

    code: str = Field(pattern=r"^[0-9A-Za-z._-]{2,40}$")
    name: str = Field(min_length=1, max_length=100)
    name_en: str | None = Field(default=None, max_length=100)
    kind: Kind
    parent: str | None = Field(default=None, max_length=40)
    scopes: tuple[str, ...] = Field(default=(), max_length=50)
    test_mode: bool = False
    credit_code: str | None = Field(default=None, max_length=40)


class NewState(Body):
    state: OrganisationState


class Placed(Reply):
    """`path` is the codes from the root to the parent."""

    code: str
    path: list[str]
    scopes: list[str]


class OrganisationShown(Reply):
    """`active` is what counts: it and all above it are not suspended."""

    code: str
    name: str
    name_en: str
    kind: Kind
    level: Level | None
    parent: str | None
    path: list[str]
    scopes: list[str]
    state: OrganisationState
    active: bool
    test_mode: bool
    credit_code: str | None


class State(Reply):
    code: str
    state: OrganisationState


@router.get("/organisations")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)],
    below: Annotated[str | None, Query(max_length=40, description="Only those below this one, at any depth.")] = None,
    first: First = 20,
    after: After = None,
) -> Rows[OrganisationShown]:
    """By code."""
    found = desk.services.organisations.tree.page(PageRequest.of(first, after), below)
    return Rows[OrganisationShown].of(found, partial(_shown, desk), lambda one: str(one.code))


@router.get("/organisations/{code}")
async def look(code: Id, desk: Annotated[Desk, allowed("look", *ANY)]) -> OrganisationShown:
    """One organisation, and whether it may act now."""
    found = desk.services.organisations.tree.get(code)
    if found is None:
        raise OrganisationUnknown
    return _shown(desk, found)


@router.put("/organisations")
async def put(body: NewOrganisation, desk: Annotated[Desk, allowed("put", *ADMINISTRATORS)]) -> Placed:
    """Add one, or change it; repeating is safe, the code being its key."""
    known = desk.services.organisations.tree.get(body.code) or Organisation(body.code, body.name, body.kind)
    wanted = replace(
        known,
        name=body.name,
        name_en=known.name_en if body.name_en is None else body.name_en.strip(),
        kind=body.kind,
        parent=body.parent,
        scopes=frozenset(body.scopes),
        test_mode=body.test_mode,
        credit_code=parse_credit_code(body.credit_code) if body.credit_code else known.credit_code,
    )
    made = await desk.services.organisations.put(desk.viewer, wanted)
    return Placed(code=made.code, path=list(made.path), scopes=sorted(made.scopes))


@router.put("/organisations/{code}/state")
async def set_state(code: Id, body: NewState, desk: Annotated[Desk, allowed("set_state", *ADMINISTRATORS)]) -> State:
    """Suspend or reinstate, with all below; tokens given before are refused at once."""
    changed = await desk.services.organisations.set_state(desk.viewer, code, body.state)
    return State(code=changed.code, state=changed.state)


def _shown(desk: Desk, one: Organisation) -> OrganisationShown:
    return OrganisationShown(
        code=one.code,
        name=one.name,
        name_en=one.name_en,
        kind=one.kind,
        level=one.level,
        parent=one.parent,
        path=list(one.path),
        scopes=sorted(one.scopes),
        state=one.state,
        active=desk.services.organisations.tree.active(one.code),
        test_mode=one.test_mode,
        credit_code=one.credit_code,
    )
