from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Outcome
from virtual_card.codes import status_list
from virtual_card.codes.errors import (
    OfflineCodeExpired,
    OfflineCodeForOtherPurpose,
    OfflineCodeMalformed,
    OfflineCodeReplayed,
    OfflineCodeRevoked,
    OfflineCodeUntrusted,
    StatusListStale,
)
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.offline import OfflineClaims, seal
from virtual_card.codes.status_list import StatusList
from virtual_card.codes.verifier import GateVerifier

ClaimsWith = Callable[..., OfflineClaims]
GateWith = Callable[..., GateVerifier]
SECOND = timedelta(seconds=1)


def status_of(revoked: list[int], key: SigningKey, at: datetime) -> StatusList:
    data = status_list.encode(revoked, 10_000, key, at, timedelta(minutes=1))
    return status_list.decode(data, KeySet([key.public]), at, timedelta(days=1))


@pytest.fixture
def gate_with(key: SigningKey, keys: KeySet, now: datetime) -> GateWith:
    def make(*revoked: int, fetched: datetime = now) -> GateVerifier:
        return GateVerifier(keys, status_of(list(revoked), key, fetched), "library", max_list_age=timedelta(hours=6))

    return make


def test_the_holder_is_admitted_and_only_the_allowed_attributes_are_told(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, now: datetime
) -> None:
    admitted = gate_with(1, 2).check(seal(claims_with(), key), now)
    assert admitted.purpose == "library"
    assert admitted.attributes == {"resident": True, "over60": True}


def test_a_code_passes_once_at_a_gate(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, now: datetime
) -> None:
    gate, code = gate_with(), seal(claims_with(), key)
    gate.check(code, now)
    for seconds in (0, 1, 299, 329):
        with pytest.raises(OfflineCodeReplayed):
            gate.check(code, now + seconds * SECOND)
    with pytest.raises(OfflineCodeExpired):
        gate.check(code, now + 330 * SECOND)


def test_other_holders_passing_do_not_make_a_gate_forget_a_code_that_still_lives(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, now: datetime
) -> None:
    gate, code, late = gate_with(), seal(claims_with(), key), now + 310 * SECOND
    gate.check(code, now)
    gate.check(seal(claims_with(issued_at=late, expires_at=late + timedelta(minutes=5)), key), late)
    with pytest.raises(OfflineCodeReplayed):
        gate.check(code, late + SECOND)


def test_fifty_lanes_at_once_admit_one_code_once(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, now: datetime
) -> None:
    gate, code = gate_with(), seal(claims_with(), key)

    def attempt(_: int) -> bool:
        try:
            return bool(gate.check(code, now))
        except OfflineCodeReplayed:
            return False

    with ThreadPoolExecutor(8) as lanes:
        assert sum(lanes.map(attempt, range(50))) == 1


def test_a_code_for_another_purpose_is_refused_and_not_spent(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, keys: KeySet, now: datetime
) -> None:
    code = seal(claims_with(purpose="transit"), key)
    with pytest.raises(OfflineCodeForOtherPurpose) as refused:
        gate_with().check(code, now)
    assert refused.value.data == {"expected": "library", "actual": "transit"}
    bus = GateVerifier(keys, status_of([], key, now), "transit")
    assert bus.check(code, now)


def test_a_card_on_the_list_or_beyond_it_is_refused(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, now: datetime
) -> None:
    with pytest.raises(OfflineCodeRevoked):
        gate_with(4711).check(seal(claims_with(), key), now)
    with pytest.raises(OfflineCodeRevoked):
        gate_with().check(seal(claims_with(status_index=10_000), key), now)


def test_a_new_list_takes_effect_at_once(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, now: datetime
) -> None:
    gate = gate_with()
    gate.check(seal(claims_with(), key), now)
    gate.status = status_of([4711], key, now)
    with pytest.raises(OfflineCodeRevoked):
        gate.check(seal(claims_with(), key), now)


def test_a_gate_that_was_offline_too_long_admits_nobody(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, now: datetime
) -> None:
    gate = gate_with(fetched=now - timedelta(hours=6, seconds=1))
    with pytest.raises(StatusListStale):
        gate.check(seal(claims_with(), key), now)


def test_new_keys_take_effect_at_once(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, now: datetime
) -> None:
    gate, fresh = gate_with(), SigningKey.new("2026-b")
    with pytest.raises(OfflineCodeUntrusted):
        gate.check(seal(claims_with(), fresh), now)
    gate.keys = KeySet([key.public, fresh.public])
    assert gate.check(seal(claims_with(), fresh), now)
    assert gate.check(seal(claims_with(), key), now)


def test_spent_codes_are_forgotten_when_they_could_not_pass_anyway(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, now: datetime
) -> None:
    gate = gate_with()
    for minute in range(120):
        at = now + timedelta(minutes=minute)
        gate.check(seal(claims_with(issued_at=at, expires_at=at + timedelta(minutes=5)), key), at)
    assert gate.remembered <= 6


@pytest.mark.parametrize(("age", "window"), [(0, 0), (90, 90), (330, 330), (331, 330), (20_000, 330)])
def test_the_stale_window_is_the_smaller_of_list_age_and_code_life(
    gate_with: GateWith, now: datetime, age: int, window: int
) -> None:
    stated = gate_with().stale_window(now + age * SECOND)
    assert stated.length == window * SECOND
    assert f" {window} 秒" in stated.zh
    assert f"at most {window} s" in stated.en


@pytest.mark.parametrize("age", [0, 60, 329, 330, 3600])
def test_no_card_passes_longer_after_its_loss_than_the_window_states(
    gate_with: GateWith, claims_with: ClaimsWith, key: SigningKey, now: datetime, age: int
) -> None:
    """The worst case, played: the last code is made the moment before the loss is reported, `age` after the list."""
    reported = now
    gate = gate_with(fetched=reported)
    code = seal(claims_with(issued_at=reported, expires_at=reported + timedelta(minutes=5)), key)
    at = reported + age * SECOND
    try:
        window = gate.check(code, at).window
    except OfflineCodeExpired:
        assert at - reported >= gate.stale_window(at).length
    else:
        assert at - reported <= window.length


@given(text=st.text())
def test_no_text_leads_to_an_error_without_a_name(key: SigningKey, keys: KeySet, now: datetime, text: str) -> None:
    with pytest.raises((OfflineCodeMalformed, OfflineCodeUntrusted)) as refused:
        GateVerifier(keys, status_of([], key, now), "library").check(text, now)
    assert isinstance(refused.value, Outcome)
