from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import date

import pytest
import zxingcpp
from PIL import Image, ImageChops

from virtual_card.face import Face, FaceStudio, Format, content_key, render
from virtual_card.face.portrait import PhotoUnreadable

FaceWith = Callable[..., Face]
FORMATS: list[Format] = ["webp", "png"]


def seen(face: Face, format: Format = "png") -> Image.Image:
    return Image.open(io.BytesIO(render(face, format)))


def differing(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox()


@pytest.mark.parametrize("format", FORMATS)
def test_a_face_is_1000_by_630_with_transparent_round_corners(face_with: FaceWith, format: Format) -> None:
    picture = seen(face_with(), format)
    assert (picture.format, picture.size, picture.mode) == (format.upper(), (1000, 630), "RGBA")
    alpha = picture.getchannel("A")
    assert [alpha.getpixel(at) for at in ((0, 0), (999, 0), (0, 629), (999, 629))] == [0, 0, 0, 0]
    assert [alpha.getpixel(at) for at in ((500, 0), (0, 300), (500, 315), (999, 300))] == [255, 255, 255, 255]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("state", ["active", "suspended", "revoked", "expired"])
def test_the_code_on_the_face_is_read_by_an_independent_reader(face_with: FaceWith, format: Format, state: str) -> None:
    face = face_with(state=state)
    found = zxingcpp.read_barcodes(seen(face, format).convert("RGB"), zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in found] == [face.qr_text]


def test_the_code_is_still_read_from_a_small_preview(face_with: FaceWith) -> None:
    small = seen(face_with(), "webp").convert("RGB").resize((500, 315), Image.Resampling.LANCZOS)
    assert [code.text for code in zxingcpp.read_barcodes(small, zxingcpp.BarcodeFormat.QRCode)] == [face_with().qr_text]


@pytest.mark.parametrize(
    "change",
    [
        {"city": "厦门市"},
        {"name": "王子涵"},
        {"number": "3501482095736175"},
        {"valid_until": date(2031, 2, 1)},
        {"state": "suspended"},
        {"kind": "minor"},
        {"qr_text": "HTTPS://CARD.EXAMPLE/C/OTHER"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_different_about_a_card_is_seen_on_it(face_with: FaceWith, change: dict[str, object]) -> None:
    assert differing(seen(face_with()), seen(face_with(**change)))


def test_a_family_card_shows_who_holds_it(face_with: FaceWith) -> None:
    assert differing(seen(face_with(kind="minor")), seen(face_with(kind="minor", held_by="王建国")))


@pytest.mark.parametrize(
    "name",
    ["阿卜杜拉·买买提", "古丽巴哈尔·阿布都热西提·买买提明", "Maria Fernanda de la Cruz Santos", "欧" * 60, "一", ""],
)
def test_a_name_of_any_length_stays_in_its_place(face_with: FaceWith, name: str) -> None:
    box = differing(seen(face_with(name="一")), seen(face_with(name=name)))
    if box is None:
        assert name == "一"
        return
    left, top, right, bottom = box
    assert left >= 340
    assert right <= 722, "the name runs into the code"
    assert top >= 180
    assert bottom <= 300, "the name runs into the validity"


@pytest.mark.parametrize("state", ["suspended", "revoked", "expired"])
def test_a_card_that_is_not_active_cannot_be_taken_for_one(face_with: FaceWith, state: str) -> None:
    left, top, right, bottom = differing(seen(face_with()), seen(face_with(state=state))) or (0, 0, 0, 0)
    assert right - left > 900
    assert bottom - top > 500


def test_a_broken_photo_is_an_error_by_name(face_with: FaceWith) -> None:
    with pytest.raises(PhotoUnreadable):
        render(face_with(photo=b"not a photo"), "webp")


def test_threads_draw_the_same_picture(face_with: FaceWith) -> None:
    faces = [face_with(name=name) for name in ("林晓梅", "陈秀英", "阿卜杜拉·买买提", "王子涵")] * 3
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda face: render(face, "webp"), faces))
    assert drawn == [render(face, "webp") for face in faces]


def test_the_key_changes_with_every_field_and_the_format(face_with: FaceWith) -> None:
    face = face_with()
    other = {"valid_until": date(2040, 1, 1), "photo": b"other"}
    changed = [replace(face, **{field.name: other.get(field.name, "other")}) for field in fields(face)]  # type: ignore[arg-type]
    keys = {content_key(each, "webp") for each in [face, *changed]} | {content_key(face, "png")}
    assert len(keys) == len(fields(face)) + 2


def test_text_cannot_move_from_one_field_to_the_next_under_the_same_key(face_with: FaceWith) -> None:
    assert content_key(face_with(city="福", name="州市"), "png") != content_key(
        face_with(city="福州", name="市"), "png"
    )


async def test_a_picture_asked_for_at_once_by_many_is_drawn_once_and_kept(face_with: FaceWith) -> None:
    drawn: list[str] = []

    def counting(face: Face, format: Format) -> bytes:
        drawn.append(face.name)
        return render(face, format)

    studio = FaceStudio(draw=counting)
    pictures = await asyncio.gather(*(studio.face(face_with(), "webp") for _ in range(20)))
    assert len(set(pictures)) == 1
    assert await studio.face(face_with(), "webp") == pictures[0]
    assert drawn == ["林晓梅"]
    studio.close()


async def test_the_studio_leaves_the_loop_free(face_with: FaceWith) -> None:
    threads: set[int] = set()

    def noting(face: Face, format: Format) -> bytes:
        threads.add(threading.get_ident())
        return b"picture"

    studio = FaceStudio(draw=noting)
    await studio.face(face_with(), "png")
    studio.close()
    assert threading.get_ident() not in threads


async def test_the_memory_of_the_studio_is_bounded_by_bytes(face_with: FaceWith) -> None:
    drawn: list[str] = []

    def kilobyte(face: Face, format: Format) -> bytes:
        drawn.append(face.name)
        return b"x" * 1000

    studio = FaceStudio(memory=2500, draw=kilobyte)
    for name in ("一", "二", "三", "一"):
        await studio.face(face_with(name=name), "png")
    studio.close()
    assert drawn == ["一", "二", "三", "一"]


async def test_one_reader_who_leaves_does_not_take_the_picture_from_another(face_with: FaceWith) -> None:
    go = threading.Event()

    def slow(face: Face, format: Format) -> bytes:
        go.wait(5)
        return b"picture"

    studio = FaceStudio(draw=slow)
    leaves = asyncio.create_task(studio.face(face_with(), "png"))
    stays = asyncio.create_task(studio.face(face_with(), "png"))
    await asyncio.sleep(0.01)
    leaves.cancel()
    await asyncio.sleep(0.01)
    go.set()
    assert await stays == b"picture"
    studio.close()


async def test_a_failed_drawing_is_told_and_not_remembered(face_with: FaceWith, portrait: bytes) -> None:
    studio = FaceStudio()
    for _ in range(2):
        with pytest.raises(PhotoUnreadable):
            await studio.face(face_with(photo=b"broken"), "png")
    assert await studio.face(face_with(), "webp")
    studio.close()
