from __future__ import annotations

import io
import struct
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from virtual_card.face.portrait import MAX_BYTES, SIZE, PhotoUnreadable, clean_photo


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    raw = io.BytesIO()
    picture.save(raw, kind, **options)
    return raw.getvalue()


def png_of(*chunks: tuple[bytes, bytes]) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in chunks)


def header(width: int, height: int) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)


def pixel_flood() -> bytes:
    """A PNG of 5,000 × 5,000 white pixels in a few kilobytes."""
    return png_of(header(5000, 5000), (b"IDAT", zlib.compress(b"\0" + b"\xff" * 15000, 9) * 5), (b"IEND", b""))


def declared_flood() -> bytes:
    return png_of(header(60000, 60000), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))


def ztxt_bomb() -> bytes:
    text = b"Comment\0\0" + zlib.compress(b"A" * 200_000_000, 9)
    pixels = zlib.compress((b"\0" + b"\xff" * 300) * 100)
    return png_of(header(100, 100), (b"zTXt", text), (b"IDAT", pixels), (b"IEND", b""))


def scan_flood() -> bytes:
    """A progressive JPEG whose last scan is there 3,000 times: small to send, minutes to decode."""
    raw = saved(Image.effect_noise((3000, 3900), 3), "JPEG", progressive=True, quality=20)
    last = raw.rindex(b"\xff\xda")
    return raw[:last] + (raw[last : last + 1200] if len(raw) - last > 1200 else raw[last:-2]) * 3000 + b"\xff\xd9"


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"/>'


def gif() -> bytes:
    return saved(Image.new("RGB", (100, 100)), "GIF")


def needle() -> bytes:
    return saved(Image.new("RGB", (4000, 1)), "PNG")


BAD: list[Callable[[], bytes]] = [
    pixel_flood,
    declared_flood,
    ztxt_bomb,
    scan_flood,
    svg,
    gif,
    needle,
    lambda: b"",
    lambda: b"\xff\xd8\xff" + b"\0" * 50,
    lambda: b"\xff\xd8" + b"\0" * (MAX_BYTES + 1),
]


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_a_photo_meant_to_harm_is_refused_by_name_within_a_second_of_work(make: Callable[[], bytes]) -> None:
    raw = make()
    began = time.thread_time()
    with pytest.raises(PhotoUnreadable):
        clean_photo(raw)
    assert time.thread_time() - began < 1, "of this thread, however busy the machine"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_photo_cut_off_on_the_way_is_refused(portrait: bytes, share: float) -> None:
    with pytest.raises(PhotoUnreadable):
        clean_photo(portrait[: int(len(portrait) * share)])


def test_a_script_behind_the_photo_does_not_survive(portrait: bytes) -> None:
    clean = clean_photo(portrait + b"<script>alert(1)</script>PK\x03\x04")
    assert b"script" not in clean
    assert b"PK\x03\x04" not in clean


def test_place_comment_and_profile_do_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home"
    exif.get_ifd(0x8825)[1] = "N"
    picture = Image.new("RGB", (600, 800), "teal")
    clean = clean_photo(saved(picture, "JPEG", exif=exif, comment=b"secret", icc_profile=b"profile" * 20))
    opened = Image.open(io.BytesIO(clean))
    assert not opened.getexif()
    assert "icc_profile" not in opened.info
    assert "comment" not in opened.info


def test_text_of_a_png_does_not_survive() -> None:
    notes = PngInfo()
    notes.add_text("Author", "somebody", zip=True)
    assert b"somebody" not in clean_photo(saved(Image.new("RGB", (400, 500)), "PNG", pnginfo=notes))


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    picture = Image.new("RGB", (441, 358), "white")
    picture.paste("red", (0, 0, 441, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side: turn by 90° clockwise
    upright = Image.open(io.BytesIO(clean_photo(saved(picture, "JPEG", exif=exif)))).convert("RGB")
    assert upright.getpixel((340, 220))[0] > 200  # type: ignore[index]
    assert upright.getpixel((340, 220))[1] < 60  # type: ignore[index]
    assert upright.getpixel((20, 220))[1] > 200  # type: ignore[index]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "L", "P", "1", "I;16"])
def test_every_kind_of_png_becomes_a_jpeg_of_the_card_photo_size(mode: str) -> None:
    clean = Image.open(io.BytesIO(clean_photo(saved(Image.new(mode, (300, 900)), "PNG"))))
    assert (clean.format, clean.size, clean.mode) == ("JPEG", SIZE, "RGB")


def test_a_transparent_ground_becomes_white() -> None:
    clean = Image.open(io.BytesIO(clean_photo(saved(Image.new("RGBA", (358, 441), (9, 9, 9, 0)), "PNG"))))
    assert clean.getpixel((10, 10)) == (255, 255, 255)


def test_a_large_camera_photo_is_taken() -> None:
    raw = saved(Image.effect_noise((3000, 4000), 30).convert("RGB"), "JPEG", quality=70)
    assert clean_photo(raw)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_photo_is_read_or_refused_but_never_crashes(data: st.DataObject, portrait: bytes) -> None:
    small = saved(Image.open(io.BytesIO(portrait)).resize((60, 74)), data.draw(st.sampled_from(["JPEG", "PNG"])))
    raw = bytearray(small)
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        clean = clean_photo(bytes(raw))
    except PhotoUnreadable:
        return
    assert Image.open(io.BytesIO(clean)).size == SIZE
