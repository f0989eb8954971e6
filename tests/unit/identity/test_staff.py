"""A role uses of its organisation's scopes what the role needs, and no more."""

from __future__ import annotations

import pytest

from app.domains.identity.staff.model import OPS_ROLES, PROVIDER_ROLES, Staff, StaffRole

ALL = frozenset(f"verify:{p}" for p in ("transit", "hospital", "library", "gate", "service_hall", "patrol"))


def staff(*roles: StaffRole) -> Staff:
    return Staff("s", "org", "n", "hash", "secret", frozenset(roles))


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (StaffRole.SEAT, {"verify:service_hall"}),
        (StaffRole.HANDLER, {"verify:service_hall", "verify:hospital"}),
        (StaffRole.GRID_OFFICER, {"verify:patrol"}),
        (StaffRole.CASHIER, set()),
        (StaffRole.NURSE, {"verify:hospital"}),
        (StaffRole.SUPERVISOR, ALL),
        (StaffRole.GATE, ALL),
    ],
)
def test_what_a_role_may_verify(role: StaffRole, scopes: set[str]) -> None:
    assert staff(role).may_use(ALL) == scopes
    assert staff(role).may_use(frozenset()) == frozenset()


def test_roles_add_up_and_never_beyond_the_organisation() -> None:
    both = staff(StaffRole.SEAT, StaffRole.GRID_OFFICER)
    assert both.may_use(ALL) == {"verify:service_hall", "verify:patrol"}
    assert both.may_use(frozenset({"verify:patrol", "verify:library"})) == {"verify:patrol"}


def test_no_role_of_the_ops_desk_verifies_citizens() -> None:
    for role in OPS_ROLES:
        assert staff(role).may_use(ALL) == frozenset()
    assert frozenset(StaffRole) == OPS_ROLES | PROVIDER_ROLES
    assert not OPS_ROLES & PROVIDER_ROLES
