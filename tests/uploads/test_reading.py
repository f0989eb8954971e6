"""What comes of a file: good ones lose what they hide, hostile ones are refused, and whoever reads them can be lost."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.core.errors import Outcome
from app.core.uploads.limited import _REFUSALS, LimitedReader
from app.core.uploads.model import MediaType
from tests.uploads.files import (
    PLACE,
    REFUSED,
    acting_document,
    document,
    flat,
    noted_png,
    picture,
    telling_photo,
)


@pytest.fixture(scope="module")
async def reader() -> AsyncIterator[LimitedReader]:
    reader = LimitedReader()
    yield reader
    await reader.close()


@pytest.mark.parametrize("what", REFUSED)
async def test_a_hostile_file_is_refused_by_name(reader: LimitedReader, what: str) -> None:
    make, code = REFUSED[what]
    with pytest.raises(Outcome) as refused:
        await reader.clean(make())
    assert refused.value.code == code


async def test_a_photo_is_turned_upright_and_tells_nothing(reader: LimitedReader) -> None:
    cleaned = await reader.clean(telling_photo())
    seen = Image.open(io.BytesIO(cleaned.content))
    assert (cleaned.width, cleaned.height) == seen.size == (100, 200)
    corner = seen.convert("L").getpixel((95, 5))
    assert isinstance(corner, int)
    assert corner < 60
    assert not dict(seen.getexif())
    assert not {"comment", "exif", "icc_profile", "xmp"} & seen.info.keys()
    assert PLACE.encode() not in cleaned.content


async def test_notes_in_a_png_are_gone_and_what_is_transparent_stays_so(reader: LimitedReader) -> None:
    cleaned = await reader.clean(noted_png())
    seen = Image.open(io.BytesIO(cleaned.content))
    seen.load()
    assert (seen.format, seen.mode, seen.info) == ("PNG", "RGBA", {})


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        (picture("JPEG"), MediaType.JPEG),
        (picture("JPEG", progressive=True), MediaType.JPEG),
        (picture("JPEG", mode="CMYK"), MediaType.JPEG),
        (picture("JPEG", mode="L"), MediaType.JPEG),
        (picture("PNG"), MediaType.PNG),
        (picture("PNG", mode="P"), MediaType.PNG),
        (picture("PNG", mode="1"), MediaType.PNG),
        (picture("PNG", mode="I;16"), MediaType.PNG),
        (picture("WEBP"), MediaType.WEBP),
        (picture("WEBP", mode="RGBA"), MediaType.WEBP),
    ],
)
async def test_a_good_picture_stays_what_it_is(reader: LimitedReader, raw: bytes, media_type: MediaType) -> None:
    cleaned = await reader.clean(raw)
    assert (cleaned.media_type, cleaned.width, cleaned.height) == (media_type, 640, 480)
    assert cleaned.thumbnail is not None
    assert Image.open(io.BytesIO(cleaned.thumbnail)).size == (320, 240)


async def test_a_picture_of_forty_megapixels_is_taken_and_made_smaller(reader: LimitedReader) -> None:
    for raw in (flat("PNG", (8000, 4990)), flat("JPEG", (8000, 4990))):
        cleaned = await reader.clean(raw)
        assert (cleaned.width, cleaned.height) == (4000, 2495)


@pytest.mark.parametrize("behind", [b"GIF89a=1;alert(1)", b"<script>alert(1)</script>", b"PK\x03\x04archive"])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
async def test_what_stands_behind_a_picture_is_left_behind(reader: LimitedReader, format: str, behind: bytes) -> None:
    cleaned = await reader.clean(picture(format) + behind)
    assert behind not in cleaned.content


async def test_a_document_keeps_its_pages_and_nothing_that_acts(reader: LimitedReader) -> None:
    cleaned = await reader.clean(acting_document())
    assert (cleaned.media_type, cleaned.pages) == (MediaType.PDF, 2)
    with pikepdf.open(io.BytesIO(cleaned.content)) as kept:
        assert [page.obj.Contents.read_bytes() for page in kept.pages][1] == b"BT /F1 24 Tf 72 720 Td (Page 1) Tj ET"
        assert set(kept.Root.keys()) == {"/Pages", "/Type"}
        assert not kept.attachments
        assert not kept.docinfo
        told = b"".join(one.unparse() for one in kept.objects)
    for word in (b"JavaScript", b"Launch", b"Annots", b"OpenAction", b"AA", PLACE.encode()):
        assert word not in told


async def test_a_filled_form_is_drawn_into_its_page(reader: LimitedReader) -> None:
    def fill(pdf: pikepdf.Pdf) -> None:
        look = pdf.make_stream(b"0 0 99 9 re f")
        look.Type, look.Subtype, look.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, pikepdf.Array([0, 0, 99, 9])
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Btn,
            T="box",
            Rect=pikepdf.Array([10, 10, 109, 19]),
            F=4,
            AP=pikepdf.Dictionary(N=look),
        )
        made = pdf.make_indirect(field)
        pdf.pages[0].obj.Annots = pikepdf.Array([made])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([made]))

    cleaned = await reader.clean(document(1, fill))
    with pikepdf.open(io.BytesIO(cleaned.content)) as kept:
        assert "/Annots" not in kept.pages[0]
        drawn = [str(name) for name in kept.pages[0].obj.Resources.XObject]
        assert drawn
        assert "/AcroForm" not in kept.Root


async def test_the_same_file_comes_out_the_same(reader: LimitedReader) -> None:
    for raw in (picture(), document()):
        assert (await reader.clean(raw)).content == (await reader.clean(raw)).content


_GOOD = {"JPEG": picture(size=(90, 60)), "PNG": picture("PNG", (90, 60)), "WEBP": picture("WEBP", (90, 60))}
_GOOD["PDF"] = acting_document()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), kind=st.sampled_from(sorted(_GOOD)))
async def test_whatever_becomes_of_a_good_file_there_is_an_answer(
    reader: LimitedReader, data: st.DataObject, kind: str
) -> None:
    raw = bytearray(_GOOD[kind])
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(("set", "cut", "repeat", "drop"))):
            case "set":
                raw[at] = data.draw(st.integers(0, 255))
            case "cut":
                del raw[at + 1 :]
            case "repeat":
                raw[at:at] = raw[at : at + 40]
            case _:
                del raw[at : at + 20]
        raw = raw or bytearray(b"\0")
    with suppress(*_REFUSALS.values()):
        assert (await reader.clean(bytes(raw))).content


async def test_a_nursery_that_was_killed_is_replaced() -> None:
    reader = LimitedReader()
    await reader.clean(picture())
    first = reader._nursery
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    await first.wait()
    assert (await reader.clean(picture())).media_type is MediaType.JPEG
    assert reader._nursery is not None
    assert reader._nursery.pid != first.pid
    await reader.close()


def _limited(then: str, *, seconds: int = 1) -> subprocess.CompletedProcess[str]:
    """What becomes of a process that is limited as a reader is, and then does this."""
    script = f"""
from app.core.uploads import nursery
nursery.CPU_SECONDS, nursery.WALL_SECONDS = {seconds}, 2
nursery.limit()
{then}
print("did it")
"""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "wish",
    [
        "bytearray(600_000_000)",
        "open('/etc/hostname')",
        "import socket; socket.socket()",
        "while True: pass",
        "import time; time.sleep(60)",
    ],
)
def test_a_reader_gets_neither_memory_nor_files_nor_time_beyond_its_limits(wish: str) -> None:
    ended = _limited(wish)
    assert ended.returncode != 0
    assert "did it" not in ended.stdout
    assert "did it" in _limited("bytearray(100_000_000)").stdout


async def test_a_reader_is_given_none_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RONG_LOOKUP_KEY", "a secret")
    reader = LimitedReader()
    await reader.clean(picture())
    assert reader._nursery is not None
    given_to_it = await asyncio.to_thread(Path(f"/proc/{reader._nursery.pid}/environ").read_bytes)
    assert b"PYTHONPATH=" in given_to_it
    assert b"RONG_" not in given_to_it
    await reader.close()
