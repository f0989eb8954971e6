"""When a session lives, whom it forgives, and what a device may be called."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.core.errors import BadInput
from app.domains.identity.sessions.model import GRACE, Audience, Device, Session

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
INSTANT = timedelta(milliseconds=1)
PHONE = Device("device-1", "Phone", "android")
SESSION = Session("s", "c", Audience.CITIZEN, PHONE, "salt", 5, NOW, NOW, NOW + timedelta(days=60))


def test_a_session_lives_until_its_end_or_until_it_is_ended() -> None:
    assert SESSION.live(SESSION.expires_at - INSTANT)
    assert not SESSION.live(SESSION.expires_at)
    assert not replace(SESSION, ended_at=NOW).live(NOW)


@pytest.mark.parametrize(
    ("generation", "device", "after", "forgiven"),
    [
        (4, "device-1", timedelta(0), True),
        (4, "device-1", GRACE, True),
        (4, "device-1", GRACE + INSTANT, False),
        (4, "device-2", timedelta(0), False),
        (3, "device-1", timedelta(0), False),
        (5, "device-1", timedelta(0), False),
    ],
)
def test_a_lost_reply_is_forgiven_to_the_same_device_for_ten_seconds(
    generation: int, device: str, after: timedelta, forgiven: bool
) -> None:
    assert SESSION.forgives(generation, device, NOW + after) is forgiven


def test_staff_sign_in_each_day() -> None:
    assert Audience.CITIZEN.session_life == timedelta(days=60)
    assert Audience.PROVIDER.session_life == Audience.ADMIN.session_life == timedelta(hours=12)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (("short", "n", "p"), "device.id"),
        (("x" * 65, "n", "p"), "device.id"),
        (("with\nbreak", "n", "p"), "device.id"),
        (("device-1", "", "p"), "device.name"),
        (("device-1", "x" * 81, "p"), "device.name"),
        (("device-1", "n", "\x00"), "device.platform"),
    ],
)
def test_a_bad_device_is_refused_by_field(values: tuple[str, str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        Device.parse(*values)
    assert refused.value.field == field


def test_a_device_may_have_a_chinese_name() -> None:
    assert Device.parse("device-1", "林的手机 14", "ios").name == "林的手机 14"
