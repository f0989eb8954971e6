"""Until when a guardian may act, and how a guardianship begins and ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domains.identity.guardians.errors import NotProposed
from app.domains.identity.guardians.model import Guardianship, GuardianshipState, WardScope

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LAST = date(2026, 6, 30)
ACTIVE = Guardianship(
    "g", "guardian", "ward", "parent", frozenset(WardScope), GuardianshipState.ACTIVE, LAST, created_at=NOW
)


@pytest.mark.parametrize(("day", "holds"), [(LAST - timedelta(days=1), True), (LAST, True), (date(2026, 7, 1), False)])
def test_it_holds_through_its_last_day(day: date, holds: bool) -> None:
    assert ACTIVE.holds(day) is holds


@pytest.mark.parametrize("state", [GuardianshipState.PROPOSED, GuardianshipState.REVOKED])
def test_only_an_active_one_holds(state: GuardianshipState) -> None:
    assert not replace(ACTIVE, state=state).holds(LAST)


def test_what_is_proposed_can_be_accepted_once() -> None:
    accepted = replace(ACTIVE, state=GuardianshipState.PROPOSED).accepted()
    assert accepted == ACTIVE
    with pytest.raises(NotProposed):
        accepted.accepted()


def test_what_was_revoked_cannot_be_accepted() -> None:
    revoked = ACTIVE.revoked(NOW)
    assert (revoked.state, revoked.ended_at) == (GuardianshipState.REVOKED, NOW)
    with pytest.raises(NotProposed):
        revoked.accepted()
