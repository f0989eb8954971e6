"""Kinds of licences: the file holds together, numbers check themselves, and every kind has a face."""

from __future__ import annotations

import io
import secrets
from datetime import date

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.core.said import Said
from mocks.portrait import portrait
from tests.licences.orders import LAST
from virtual_card.licences.faces import Face, content_key, render
from virtual_card.licences.faces.seal import SIDE, seal
from virtual_card.licences.faces.words import broken, fitting
from virtual_card.licences.kinds import Kind, all_kinds, kind_of
from virtual_card.licences.model import LicencePurpose
from virtual_card.licences.number import grouped, new_number, parsed

KINDS = list(all_kinds().values())


def face_of(kind: Kind, value: str = "榕城市鼓楼区东街街道 128 号", state: str = "active") -> Face:
    return Face(
        kind=kind,
        number=grouped(new_number(kind.prefix, 2026)),
        facts=tuple((field.label, value) for field in kind.fields),
        issuer="榕城市公安局鼓楼分局",
        valid_from=date(2026, 1, 31),
        valid_until=LAST,
        state=state,
        photo=portrait("350102199005200024") if kind.photo else None,
        qr_text="http://city.test/l/DL202648210937K",
    )


def test_the_kinds_that_services_name_are_there_and_no_two_have_one_prefix() -> None:
    assert len(KINDS) == 25
    assert len({kind.prefix for kind in KINDS}) == 25
    assert {kind.shape for kind in KINDS} == {"card", "certificate"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_of_no_kind_the_id_number_is_told_and_each_says_both_languages(kind: Kind) -> None:
    for purpose in LicencePurpose:
        assert "id_number" not in {field.source for field in kind.told(purpose)}
    assert LicencePurpose.SERVICE_HALL in kind.purposes
    said = [kind.title, kind.authority, *(field.label for field in kind.fields)]
    assert all(one.zh and one.en for one in said)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_kind_has_a_face_whose_code_can_be_read(kind: Kind) -> None:
    face = face_of(kind)
    picture = Image.open(io.BytesIO(render(face, "png"))).convert("RGB")
    assert picture.size == ((1000, 630) if kind.shape == "card" else (900, 1260))
    assert [found.text for found in zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.QRCode)] == [face.qr_text]


@pytest.mark.parametrize("state", ["suspended", "revoked", "replaced", "expired"])
@pytest.mark.parametrize("code", ["driving_licence", "marriage_certificate"])
def test_one_that_does_not_hold_says_so_and_can_still_be_looked_up(code: str, state: str) -> None:
    good, bad = face_of(kind_of(code)), face_of(kind_of(code), state=state)
    picture = Image.open(io.BytesIO(render(bad, "webp"))).convert("RGB")
    assert [found.text for found in zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.QRCode)] == [bad.qr_text]
    assert render(good, "png") != render(bad, "png")


@pytest.mark.parametrize("value", ["好" * 300, "a" * 300, "word " * 60, "", "𠮷林·أحمد"])
def test_whatever_stands_on_it_is_drawn(value: str) -> None:
    for code in ("resident_id", "business_licence", "property_certificate"):
        assert render(face_of(kind_of(code), value), "webp").startswith(b"RIFF")


def test_a_picture_has_a_name_of_its_own_for_all_that_shapes_it() -> None:
    face = face_of(kind_of("driving_licence"))
    other = face_of(kind_of("driving_licence"), state="revoked")
    assert content_key(face, "png") != content_key(face, "webp")
    assert content_key(face, "png") != content_key(other, "png")
    assert content_key(face, "png") == content_key(face, "png")


@pytest.mark.parametrize("issuer", ["局", "榕城市公安局", "榕城市鼓楼区人力资源和社会保障局社会保险基金管理中心"])
def test_a_seal_stays_within_its_ring(issuer: str) -> None:
    stamp = seal(issuer)
    assert stamp.size == (SIDE, SIDE)
    box = stamp.getchannel("A").point(lambda strength: 255 if strength > 40 else 0).getbbox()
    assert box is not None
    assert min(box[0], box[1]) >= 3
    assert max(box[2], box[3]) <= SIDE - 3


def test_words_are_broken_where_they_part() -> None:
    font = fitting("", 100, (20,))
    lines = broken("electronic licence of the city", font, 150)
    assert "".join(line + " " for line in lines).split() == ["electronic", "licence", "of", "the", "city"]
    assert all(font.getlength(line) <= 150 for line in lines)


@given(st.integers(0, 13), st.sampled_from("0123456789ABCXYZ"))
def test_a_number_with_one_wrong_character_is_none(at: int, wrong: str) -> None:
    number = new_number("DL", 2026)
    assert parsed(grouped(number)) == parsed(f" {number.lower()} ") == number
    changed = number[:at] + wrong + number[at + 1 :]
    assert changed == number or parsed(changed) is None


def test_nearly_every_swap_of_two_neighbours_is_none() -> None:
    numbers = [new_number("DL", 2026) for _ in range(500)]
    swaps = {(one, one[:at] + one[at + 1] + one[at] + one[at + 2 :]) for one in numbers for at in range(14)}
    taken = [swapped for number, swapped in swaps if swapped != number and parsed(swapped)]
    assert len(taken) < len(swaps) / 100


@pytest.mark.parametrize("text", ["", "x", "DL2026", "ＤＬ202648210937K", "DL2026482109370000", secrets.token_hex(200)])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parsed(text) is None


def test_labels_are_said_in_the_language_asked_for() -> None:
    assert Said("姓名", "Name").within("en") == "Name"
