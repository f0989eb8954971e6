"""What is sealed opens in its place and nowhere else; whatever is altered is noticed."""

from __future__ import annotations

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.sealed import KeyRing, SealBroken
from tests.conftest import settings_for


def fresh_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


OLD, NEW, LOOKUP = (fresh_key() for _ in range(3))


def ring_of(keys: str, lookup: str = LOOKUP) -> KeyRing:
    return KeyRing.from_settings(settings_for("mongodb://nowhere.test", "x", data_keys=keys, lookup_key=lookup))


RING = ring_of(f"k1:{OLD}")
PLACES = st.tuples(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=20)).filter(
    lambda place: "\0" not in place[0] + place[1]
)


@given(st.binary(max_size=4096), PLACES)
def test_what_is_sealed_opens_in_its_place(value: bytes, place: tuple[str, str]) -> None:
    record, field = place
    assert RING.open(RING.seal(value, record=record, field=field), record=record, field=field) == value


@given(st.text(max_size=200))
def test_texts_of_any_script_come_back(value: str) -> None:
    sealed = RING.seal_text(value, record="r", field="f")
    assert RING.open_text(sealed, record="r", field="f") == value


@given(PLACES, PLACES)
def test_a_value_moved_to_another_place_does_not_open(place: tuple[str, str], other: tuple[str, str]) -> None:
    if place == other:
        return
    sealed = RING.seal(b"value", record=place[0], field=place[1])
    with pytest.raises(SealBroken):
        RING.open(sealed, record=other[0], field=other[1])


def test_each_altered_bit_is_noticed() -> None:
    sealed = RING.seal(b"19900000001", record="r", field="f")
    for place in range(len(sealed)):
        for bit in range(8):
            altered = bytearray(sealed)
            altered[place] ^= 1 << bit
            with pytest.raises(SealBroken):
                RING.open(bytes(altered), record="r", field="f")


def test_what_was_cut_off_or_lengthened_is_noticed() -> None:
    sealed = RING.seal(b"19900000001", record="r", field="f")
    for end in range(len(sealed)):
        with pytest.raises(SealBroken):
            RING.open(sealed[:end], record="r", field="f")
    with pytest.raises(SealBroken):
        RING.open(sealed + b"\0", record="r", field="f")


@given(st.binary(max_size=80))
def test_any_bytes_are_a_broken_seal(data: bytes) -> None:
    with pytest.raises(SealBroken):
        RING.open(data, record="r", field="f")


def test_equal_values_are_sealed_differently_and_tell_nothing() -> None:
    one, other = (RING.seal_text("林晓梅", record="r", field="f") for _ in range(2))
    assert one != other
    assert "林晓梅".encode() not in one


def test_a_ring_in_rotation_seals_by_the_first_key_and_opens_by_all() -> None:
    sealed = RING.seal(b"value", record="r", field="f")
    both = ring_of(f"k2:{NEW}, k1:{OLD}")
    assert both.open(sealed, record="r", field="f") == b"value"
    with pytest.raises(SealBroken):
        RING.open(both.seal(b"value", record="r", field="f"), record="r", field="f")
    with pytest.raises(SealBroken):
        ring_of(f"k2:{NEW}").open(sealed, record="r", field="f")


def test_another_key_under_the_same_name_does_not_open() -> None:
    sealed = RING.seal(b"value", record="r", field="f")
    with pytest.raises(SealBroken):
        ring_of(f"k1:{NEW}").open(sealed, record="r", field="f")


@pytest.mark.parametrize(
    "keys",
    ["", "k1", "k1:", "k1:short", f"k1:{OLD[:-4]}", f"k1:{OLD},", "k1:????"],
    ids=["none", "a name", "no key", "a word", "cut off", "one and none", "no base64"],
)
def test_a_ring_of_bad_keys_is_not_made(keys: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ring_of(keys)


@given(st.text(), st.text(), st.text(max_size=9), st.text(max_size=9))
def test_keyed_hashes_are_alike_for_like_things_only(value: str, other: str, kind: str, other_kind: str) -> None:
    alike = (value, kind) == (other, other_kind)
    if "\0" not in kind + other_kind:
        assert (RING.keyed_hash(value, kind=kind) == RING.keyed_hash(other, kind=other_kind)) is alike
    assert RING.keyed_hash(value, kind=kind) != ring_of(f"k1:{OLD}", NEW).keyed_hash(value, kind=kind)
