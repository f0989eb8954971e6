"""Staff of providers and of the desk itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ADMINISTRATORS, Body, Desk, Key, Reply, allowed, desk_router
from app.domains.identity.staff.model import StaffRole

router = desk_router("staff")


class NewStaff(Body):
    organisation: str = Field(max_length=40)
    login: str = Field(min_length=3, max_length=100)
    name: str = Field(min_length=1, max_length=100)
    password: str = Field(max_length=200)
    roles: tuple[StaffRole, ...] = Field(max_length=10)


class Enrolled(Reply):
    """`totp_uri` goes into an authenticator app; it is shown this once."""

    staff: str
    totp_uri: str


@router.post("/staff", status_code=201)
async def enrol(body: NewStaff, key: Key, desk: Annotated[Desk, allowed("enrol", *ADMINISTRATORS)]) -> Enrolled:
    """Enrol a member of a provider's staff."""
    made = await desk.services.staff.enrol(
        desk.viewer, body.organisation, body.login, body.name, body.password, body.roles, key=key
    )
    return Enrolled.model_validate(made)
