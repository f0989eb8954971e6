from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virtual_card.codes import status_list
from virtual_card.codes.errors import StatusListMalformed, StatusListStale, StatusListUntrusted
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.offline import PREFIX, OfflineClaims, seal
from virtual_card.codes.signed import sign

HOUR = timedelta(hours=1)
TTL = timedelta(minutes=1)


@settings(max_examples=50, deadline=None)
@given(size=st.integers(1, 3000), data=st.data())
def test_exactly_the_listed_cards_are_revoked(
    key: SigningKey, keys: KeySet, now: datetime, size: int, data: st.DataObject
) -> None:
    revoked = data.draw(st.sets(st.integers(0, size - 1)))
    listed = status_list.decode(status_list.encode(revoked, size, key, now, TTL), keys, now, HOUR)
    assert {index for index in range(size) if listed.is_revoked(index)} == revoked


def test_bits_are_in_the_order_of_the_ietf_draft(key: SigningKey, keys: KeySet, now: datetime) -> None:
    """The draft's own example: sixteen tokens of one bit each give the bytes B9 A3."""
    revoked = [0, 3, 4, 5, 7, 8, 9, 13, 15]
    listed = status_list.decode(status_list.encode(revoked, 16, key, now, TTL), keys, now, HOUR)
    assert listed.bits == bytes.fromhex("b9a3")


def test_a_card_beyond_the_list_counts_as_revoked(key: SigningKey, keys: KeySet, now: datetime) -> None:
    listed = status_list.decode(status_list.encode([], 64, key, now, TTL), keys, now, HOUR)
    assert listed.is_revoked(64)
    assert listed.is_revoked(-1)
    assert not listed.is_revoked(63)


def test_a_city_of_a_million_cards_fits_in_sixteen_kilobytes(key: SigningKey, keys: KeySet, now: datetime) -> None:
    revoked = random.Random(1).sample(range(1_000_000), 10_000)
    data = status_list.encode(revoked, 1_000_000, key, now, TTL)
    assert len(data) < 16_000
    listed = status_list.decode(data, keys, now, HOUR)
    assert all(map(listed.is_revoked, revoked))


def test_a_list_says_its_age_and_is_refused_when_too_old(key: SigningKey, keys: KeySet, now: datetime) -> None:
    data = status_list.encode([1], 64, key, now, TTL)
    assert status_list.decode(data, keys, now + HOUR, HOUR).age(now + HOUR) == HOUR
    with pytest.raises(StatusListStale) as stale:
        status_list.decode(data, keys, now + HOUR + timedelta(seconds=1), HOUR)
    assert stale.value.data == {"age": 3601, "limit": 3600}


def test_a_list_past_its_own_end_is_refused_however_patient_the_gate(
    key: SigningKey, keys: KeySet, now: datetime
) -> None:
    data = status_list.encode([1], 64, key, now, TTL, life=HOUR)
    with pytest.raises(StatusListStale):
        status_list.decode(data, keys, now + 2 * HOUR, timedelta(days=30))


def test_an_altered_or_foreign_list_is_refused(key: SigningKey, keys: KeySet, now: datetime) -> None:
    data = status_list.encode([1], 64, key, now, TTL)
    for at in range(len(data)):
        with pytest.raises((StatusListMalformed, StatusListUntrusted)):
            status_list.decode(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], keys, now, HOUR)
        with pytest.raises((StatusListMalformed, StatusListUntrusted)):
            status_list.decode(data[:at], keys, now, HOUR)
    with pytest.raises(StatusListUntrusted):
        status_list.decode(status_list.encode([1], 64, SigningKey.new("x"), now, TTL), keys, now, HOUR)


def test_a_list_is_not_taken_for_a_code_nor_a_code_for_a_list(
    key: SigningKey, keys: KeySet, now: datetime, claims_with: Callable[..., OfflineClaims]
) -> None:
    from base45 import b45decode

    with pytest.raises(StatusListUntrusted):
        status_list.decode(bytes(b45decode(seal(claims_with(), key).removeprefix(PREFIX))), keys, now, HOUR)


def listed(now: datetime, **changes: Any) -> dict[int, Any]:
    issued = int(now.timestamp())
    usual = {"bits": 1, "lst": zlib.compress(bytes(8))} | changes
    return {2: "uri", 4: issued + 3600, 6: issued, 65534: 60, 65533: usual}


@pytest.mark.parametrize(
    "changes",
    [
        {"bits": 2},
        {"lst": b""},
        {"lst": b"not zlib"},
        {"lst": zlib.compress(b"")},
        {"lst": zlib.compress(bytes(8))[:-3]},
        {"lst": zlib.compress(bytes(8)) + b"more"},
        {"lst": zlib.compress(bytes(status_list.MAX_CARDS // 8 + 1), 9)},  # inflates beyond what a gate would hold
    ],
)
def test_a_signed_list_of_the_wrong_form_is_refused(
    key: SigningKey, keys: KeySet, now: datetime, changes: dict[str, Any]
) -> None:
    with pytest.raises(StatusListMalformed):
        status_list.decode(sign(listed(now, **changes), key, typ=status_list.MEDIA_TYPE), keys, now, HOUR)


@given(data=st.binary())
def test_no_bytes_lead_to_an_error_without_a_name(keys: KeySet, now: datetime, data: bytes) -> None:
    with pytest.raises((StatusListMalformed, StatusListUntrusted)):
        status_list.decode(data, keys, now, HOUR)


@pytest.mark.parametrize(("revoked", "size"), [([64], 64), ([-1], 64), ([], 0), ([], status_list.MAX_CARDS + 1)])
def test_a_place_outside_the_list_is_a_mistake_of_the_caller(
    key: SigningKey, now: datetime, revoked: list[int], size: int
) -> None:
    with pytest.raises(ValueError, match="list"):
        status_list.encode(revoked, size, key, now, TTL)
