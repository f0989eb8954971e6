from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import cbor2
import pytest
from base45 import b45decode, b45encode
from cwt import COSE
from hypothesis import given, settings
from hypothesis import strategies as st

from virtual_card.codes.errors import (
    OfflineCodeExpired,
    OfflineCodeMalformed,
    OfflineCodeNotYetValid,
    OfflineCodeUntrusted,
)
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.offline import MAX_TEXT, PREFIX, OfflineClaims, open_, seal
from virtual_card.codes.signed import sign

ClaimsWith = Callable[..., OfflineClaims]
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def text_of(data: bytes) -> str:
    return PREFIX + str(b45encode(data), "ascii")


def data_of(text: str) -> bytes:
    return bytes(b45decode(text.removeprefix(PREFIX)))


def test_what_was_sealed_is_what_is_opened(
    claims_with: ClaimsWith, key: SigningKey, keys: KeySet, now: datetime
) -> None:
    claims = claims_with(attributes={"resident": True, "district": "鼓楼区", "level": 3})
    assert open_(seal(claims, key), keys, now) == claims


def test_a_code_is_plain_cwt_that_other_software_verifies(claims_with: ClaimsWith, key: SigningKey) -> None:
    claims = claims_with()
    payload = cbor2.loads(COSE.new().decode(data_of(seal(claims, key)), key.public.cose()))
    assert payload[1] == "福州市"
    assert payload[4] - payload[6] == 300
    assert payload[7] == claims.code_id
    assert len(payload[7]) == 16


def test_no_two_codes_are_alike(claims_with: ClaimsWith, key: SigningKey) -> None:
    assert len({seal(claims_with(), key) for _ in range(50)}) == 50


SKEWS = [(-300, False), (-31, False), (-30, True), (0, True), (30, True), (299, True), (329, True), (330, False)]


@pytest.mark.parametrize(("seconds", "good"), [*SKEWS, (331, False), (600, False)])
def test_the_clock_of_a_gate_may_be_thirty_seconds_off_and_no_more(
    claims_with: ClaimsWith, key: SigningKey, keys: KeySet, now: datetime, seconds: int, good: bool
) -> None:
    text, at = seal(claims_with(), key), now + timedelta(seconds=seconds)
    if good:
        assert open_(text, keys, at)
    else:
        with pytest.raises(OfflineCodeNotYetValid if seconds < 0 else OfflineCodeExpired):
            open_(text, keys, at)


def test_expiry_and_start_are_told(claims_with: ClaimsWith, key: SigningKey, keys: KeySet, now: datetime) -> None:
    with pytest.raises(OfflineCodeExpired) as late:
        open_(seal(claims_with(), key), keys, now + timedelta(hours=1))
    assert late.value.data == {"expired_at": now + timedelta(minutes=5)}
    with pytest.raises(OfflineCodeNotYetValid) as early:
        open_(seal(claims_with(), key), keys, now - timedelta(hours=1))
    assert early.value.data == {"valid_from": now}


@settings(max_examples=25, deadline=None)
@given(letter=st.sampled_from(ALPHABET))
def test_a_code_altered_at_any_place_is_refused(
    claims_with: ClaimsWith, key: SigningKey, keys: KeySet, now: datetime, letter: str
) -> None:
    text = seal(claims_with(), key)
    for at in range(len(text)):
        if text[at] != letter:
            with pytest.raises((OfflineCodeMalformed, OfflineCodeUntrusted)):
                open_(text[:at] + letter + text[at + 1 :], keys, now)


def test_a_code_with_any_bit_turned_is_refused(
    claims_with: ClaimsWith, key: SigningKey, keys: KeySet, now: datetime
) -> None:
    data = data_of(seal(claims_with(), key))
    for bit in range(len(data) * 8):
        turned = bytearray(data)
        turned[bit >> 3] ^= 1 << (bit & 7)
        with pytest.raises((OfflineCodeMalformed, OfflineCodeUntrusted)):
            open_(text_of(bytes(turned)), keys, now)


def test_a_code_cut_at_any_place_is_refused(
    claims_with: ClaimsWith, key: SigningKey, keys: KeySet, now: datetime
) -> None:
    text = seal(claims_with(), key)
    for end in range(len(text)):
        with pytest.raises((OfflineCodeMalformed, OfflineCodeUntrusted)):
            open_(text[:end], keys, now)


def test_there_is_no_second_spelling_of_a_code(
    claims_with: ClaimsWith, key: SigningKey, keys: KeySet, now: datetime
) -> None:
    data = data_of(seal(claims_with(), key))
    respelled = [
        data + b"\0",
        b"\xd8\x3d" + data,  # the optional CWT tag
        b"\xd8\x12" + data[1:],  # tag 18 in two bytes
        data[1:],
        data.replace(b"\xa0", b"\xa1\x04\x41x", 1),  # an unprotected header
        b"\xd2\x9f" + data[2:] + b"\xff",  # an array of unknown length
    ]
    for other in respelled:
        with pytest.raises((OfflineCodeMalformed, OfflineCodeUntrusted)):
            open_(text_of(other), keys, now)


def test_line_ends_of_a_scanner_do_no_harm(
    claims_with: ClaimsWith, key: SigningKey, keys: KeySet, now: datetime
) -> None:
    for _ in range(60):  # among sixty codes some end in the letters next to the blank
        assert open_(f" {seal(claims_with(), key)}\r\n", keys, now)


def test_another_citys_key_is_not_trusted_even_under_our_key_id(
    claims_with: ClaimsWith, key: SigningKey, keys: KeySet, now: datetime
) -> None:
    for stranger in (SigningKey.new("other"), SigningKey.new(key.kid)):
        with pytest.raises(OfflineCodeUntrusted):
            open_(seal(claims_with(), stranger), keys, now)


def test_keys_rotate_without_refusing_anybody(claims_with: ClaimsWith, key: SigningKey, now: datetime) -> None:
    fresh = SigningKey.new("2026-b")
    before, after = seal(claims_with(), key), seal(claims_with(), fresh)
    both = KeySet([key.public, fresh.public])
    assert open_(before, both, now)
    assert open_(after, both, now)
    with pytest.raises(OfflineCodeUntrusted):
        open_(before, KeySet([fresh.public]), now)


def test_a_gate_without_keys_trusts_nobody(claims_with: ClaimsWith, key: SigningKey, now: datetime) -> None:
    with pytest.raises(OfflineCodeUntrusted):
        open_(seal(claims_with(), key), KeySet([]), now)


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": timedelta(minutes=5, seconds=1)},
        {"expires_at": timedelta(0)},
        {"expires_at": timedelta(seconds=-10)},
        {"code_id": b"short"},
        {"status_index": -1},
        {"status_index": 2**32},
        {"attributes": {"salary": 1.5}},
        {"attributes": {"nested": {}}},
        {"attributes": {f"attribute {n}": True for n in range(60)}},
    ],
)
def test_claims_beyond_their_limits_are_not_sealed(
    claims_with: ClaimsWith, key: SigningKey, now: datetime, change: dict[str, Any]
) -> None:
    if "expires_at" in change:
        change = {"expires_at": now + change["expires_at"]}
    with pytest.raises(ValueError, match="offline code"):
        seal(replace(claims_with(), **change), key)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {1: "福州市", 4: 2**70, 6: 2**70 - 1, 7: bytes(16), -65537: {1: "library", 2: 1, 3: {}}},
        {1: "福州市", 4: 1_800_003_600, 6: 1_800_000_000, 7: bytes(16), -65537: {1: "library", 2: 1, 3: {}}},
        {1: "福州市", 4: 1_800_000_060, 6: 1_800_000_000, 7: bytes(16), -65537: []},
        {1: "福州市", 4: "soon", 6: 1_800_000_000, 7: bytes(16), -65537: {1: "library", 2: 1, 3: {}}},
        [1, 2, 3],
        "text",
    ],
)
def test_even_a_signature_of_ours_does_not_make_nonsense_a_code(
    key: SigningKey, keys: KeySet, now: datetime, claims: Any
) -> None:
    with pytest.raises(OfflineCodeMalformed):
        open_(text_of(sign(claims, key)), keys, now)


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(st.text(), st.text(alphabet=ALPHABET, max_size=400).map(lambda tail: PREFIX + tail)))
def test_no_text_leads_to_an_error_without_a_name(keys: KeySet, now: datetime, text: str) -> None:
    with pytest.raises((OfflineCodeMalformed, OfflineCodeUntrusted)):
        open_(text, keys, now)


@settings(max_examples=400, deadline=None)
@given(tail=st.binary(max_size=300))
def test_no_bytes_in_an_envelope_lead_to_an_error_without_a_name(keys: KeySet, now: datetime, tail: bytes) -> None:
    with pytest.raises((OfflineCodeMalformed, OfflineCodeUntrusted)):
        open_(text_of(b"\xd2\x84" + tail), keys, now)


def test_a_code_too_long_to_be_shown_is_refused_even_when_signed(key: SigningKey, keys: KeySet, now: datetime) -> None:
    issued, attributes = int(now.timestamp()), {f"attribute {n}": True for n in range(60)}
    claims = {1: "福州市", 4: issued + 300, 6: issued, 7: bytes(16), -65537: {1: "library", 2: 1, 3: attributes}}
    with pytest.raises(OfflineCodeMalformed):
        open_(text_of(sign(claims, key)), keys, now)


@pytest.mark.parametrize("size", [MAX_TEXT, 1_000_000])
def test_a_huge_text_is_refused_before_it_is_decoded(keys: KeySet, now: datetime, size: int) -> None:
    with pytest.raises(OfflineCodeMalformed):
        open_(PREFIX + "0" * size, keys, now)
