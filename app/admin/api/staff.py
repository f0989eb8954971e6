"""Staff of providers and of the desk itself: enrolled, suspended, given other roles or new credentials."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import (
    ADMINISTRATORS,
    After,
    Body,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
    said,
)
from app.core.paging import PageRequest
from app.domains.identity.staff.model import Staff, StaffRole

router = desk_router("staff")

Reason = Annotated[str | None, Field(min_length=2, max_length=500, description="For the record; kept sealed.")]
Roles = Annotated[tuple[StaffRole, ...], Field(max_length=10)]


class NewStaff(Body):
    """Without an organisation: of the desk itself."""

    organisation: str | None = Field(default=None, max_length=40)
    login: str = Field(min_length=3, max_length=100)
    name: str = Field(min_length=1, max_length=100)
    password: str = Field(max_length=200)
    roles: Roles


class StaffState(Body):
    suspended: bool
    reason: Reason = None


class NewRoles(Body):
    roles: Roles
    reason: Reason = None


class Why(Body):
    reason: Reason = None


class Enrolled(Reply):
    """`totp_uri` goes into an authenticator app; it is shown this once."""

    staff: str
    totp_uri: str


class Password(Reply):
    """Shown this once; the first sign-in asks for another."""

    staff: str
    password: str


class StaffShown(Reply):
    staff: str
    organisation: str | None
    login: str
    name: str
    roles: list[str]
    suspended: bool
    must_change: bool = Field(description="The password was given by somebody else and not changed yet.")


@router.get("/staff")
async def page(
    desk: Annotated[Desk, allowed("list", *ADMINISTRATORS)],
    organisation: Annotated[str | None, Query(max_length=40, description="Left out: the desk itself.")] = None,
    first: First = 20,
    after: After = None,
) -> Rows[StaffShown]:
    """The staff of an organisation, or of the desk."""
    found = await desk.services.staffing.page(organisation, PageRequest.of(first, after))
    return Rows[StaffShown].of(found, _shown)


@router.post("/staff", status_code=201)
async def enrol(body: NewStaff, key: Key, desk: Annotated[Desk, allowed("enrol", *ADMINISTRATORS)]) -> Enrolled:
    """Enrol somebody, at a provider or at the desk. The first sign-in asks for another password."""
    who = (body.organisation, body.login, body.name, body.password, body.roles)
    made = await desk.services.staff.enrol(desk.viewer, *who, given=True, key=key)
    return Enrolled.model_validate(made)


@router.get("/staff/{staff}")
async def look(staff: Id, desk: Annotated[Desk, allowed("look", *ADMINISTRATORS)]) -> StaffShown:
    """One member of staff."""
    return _shown(await desk.services.staffing.one(staff))


@router.put("/staff/{staff}/state")
async def set_state(
    staff: Id, body: StaffState, desk: Annotated[Desk, allowed("set_state", *ADMINISTRATORS)]
) -> StaffShown:
    """Suspend or reinstate. All sessions end at once."""
    return _shown(await desk.services.staffing.suspend(desk.viewer, staff, body.suspended, body.reason))


@router.put("/staff/{staff}/roles")
async def set_roles(
    staff: Id, body: NewRoles, desk: Annotated[Desk, allowed("set_roles", *ADMINISTRATORS)]
) -> StaffShown:
    """Give other roles. All sessions end at once."""
    return _shown(await desk.services.staffing.set_roles(desk.viewer, staff, body.roles, body.reason))


@router.post("/staff/{staff}/password", status_code=201)
async def reset_password(
    staff: Id, body: Why, key: Key, desk: Annotated[Desk, allowed("reset_password", *ADMINISTRATORS)]
) -> Password:
    """A temporary password, for who lost the old one. All sessions end at once."""
    made = await desk.services.staffing.reset_password(desk.viewer, staff, key, body.reason)
    return Password.model_validate(made)


@router.post("/staff/{staff}/authenticator", status_code=201)
async def reset_totp(
    staff: Id, body: Why, key: Key, desk: Annotated[Desk, allowed("reset_totp", *ADMINISTRATORS)]
) -> Enrolled:
    """A new secret for the authenticator, for who lost the phone. All sessions end at once."""
    made = await desk.services.staffing.reset_totp(desk.viewer, staff, key, body.reason)
    return Enrolled.model_validate(made)


@router.delete("/staff/{staff}/lock", status_code=204)
async def unlock(staff: Id, desk: Annotated[Desk, allowed("unlock", *ADMINISTRATORS)]) -> None:
    """Forget the failed tries under this login."""
    await desk.services.staffing.unlock(desk.viewer, staff)


def _shown(staff: Staff) -> StaffShown:
    return StaffShown(
        staff=staff.id,
        organisation=staff.organisation,
        login=staff.login,
        name=staff.name,
        roles=said(staff.roles),
        suspended=staff.suspended,
        must_change=staff.must_change,
    )
