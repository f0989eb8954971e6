"""The desk from a shell: who is there, and the way back in for somebody who lost password or phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Rong

Kept = Callable[[str], list[dict[str, Any]]]


def _add(rong: Rong, login: str, *roles: str) -> None:
    named = [part for role in roles for part in ("--role", role)]
    done = rong("ops", "add", login, "--name", "陈静", "--password", "correct horse battery", *named)
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def staffed(rong: Rong) -> Rong:
    """The shell of a city with one administrator and one more member of staff."""
    _add(rong, "first")
    _add(rong, "second", "viewer", "auditor")
    return rong


def test_staff_are_listed_changed_and_let_in_again(staffed: Rong, kept: Kept) -> None:
    rong = staffed
    listed = rong("ops", "list").output
    assert re.search(r"first\W+陈静\W+administrator", listed)
    assert re.search(r"second\W+陈静\W+auditor, viewer", listed)

    for command in (("suspend", "second", "--reason", "on leave"), ("reinstate", "second"), ("unlock", "second")):
        assert rong("ops", *command).exit_code == 0
    assert rong("ops", "roles", "second", "operator").exit_code == 0
    given = rong("ops", "password", "second").output.strip()
    assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", given)
    assert "otpauth://totp/" in rong("ops", "authenticator", "second").output
    assert re.search(r"second\W+陈静\W+operator\W+password to be changed", rong("ops", "list").output)

    actions = [row["action"] for row in kept("audit") if row["actor"] == "shell" and row["action"] != "staff.enrolled"]
    assert actions == [
        "staff.suspended",
        "staff.reinstated",
        "staff.unlocked",
        "staff.roles_changed",
        "staff.password_reset",
        "staff.totp_reset",
    ]
    assert given not in str(kept("staff")) + str(kept("audit"))


def test_the_last_administrator_stays_and_who_is_not_there_has_a_name(staffed: Rong) -> None:
    for command, code in (
        (("suspend", "first"), "LAST_ADMINISTRATOR"),
        (("roles", "first", "viewer"), "LAST_ADMINISTRATOR"),
        (("password", "nobody"), "STAFF_UNKNOWN"),
        (("roles", "second", "gate"), "ROLE_UNFIT"),
    ):
        refused = staffed("ops", *command)
        assert (refused.exit_code, f"({code})" in refused.output) == (1, True), refused.output
