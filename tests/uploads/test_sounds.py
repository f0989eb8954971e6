"""What comes of a voice clip: whatever recorded it, it is heard and written anew; what is too long or broken is not."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import AsyncIterator

import av
import pytest
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

from app.core.errors import Outcome
from app.core.uploads.limited import LimitedReader
from app.core.uploads.model import MediaType, UploadPurpose
from app.core.uploads.reading import sound_of
from tests.support.api import Api
from tests.uploads.sending import asked, put

SECRET = "26.0753,119.3061"


@pytest.fixture(scope="module")
async def reader() -> AsyncIterator[LimitedReader]:
    reader = LimitedReader()
    yield reader
    await reader.close()


def spoken(seconds: float = 2.0, rate: int = 16_000) -> bytes:
    """A tone as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        samples = (int(8_000 * math.sin(n / 6)) for n in range(int(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return out.getvalue()


def recorded(format: str, codec: str, rate: int) -> bytes:
    """As phones and browsers send it, with the place where it was recorded."""
    out = io.BytesIO()
    with av.open(io.BytesIO(spoken()), "r", format="wav") as source, av.open(out, "w", format=format) as sink:
        sink.metadata["comment"] = SECRET
        voice = sink.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(voice, AudioStream)
        wanted = AudioResampler(
            format=voice.codec_context.format, layout="mono", rate=rate, frame_size=voice.frame_size or 160
        )
        for frame in (*source.decode(audio=0), None):
            for piece in wanted.resample(frame):
                piece.pts = None
                sink.mux(voice.encode(piece))
        sink.mux(voice.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("format", "codec", "rate"),
    [
        ("wav", "pcm_s16le", 44_100),
        ("ipod", "aac", 44_100),
        ("mp3", "libmp3lame", 44_100),
        ("adts", "aac", 44_100),
        ("ogg", "libopus", 48_000),
        ("webm", "libopus", 48_000),
        ("amr", "libopencore_amrnb", 8_000),
    ],
)
async def test_however_it_was_recorded_it_is_kept_as_opus_and_tells_nothing_else(
    reader: LimitedReader, format: str, codec: str, rate: int
) -> None:
    cleaned = await reader.clean(recorded(format, codec, rate))
    assert (cleaned.media_type, cleaned.seconds, cleaned.thumbnail) == (MediaType.OGG, 2, None)
    assert SECRET.encode() not in cleaned.content
    with av.open(io.BytesIO(cleaned.content), "r", format="ogg") as heard:
        stream = heard.streams.audio[0]
        assert (stream.codec_context.name, stream.codec_context.channels) in (("opus", 1), ("libopus", 1))
        assert max(abs(int(frame.to_ndarray().max() * 100)) for frame in heard.decode(audio=0)) > 5  # it is not silent


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (spoken(62), "CLIP_TOO_LONG"),
        (spoken(0), "FILE_BROKEN"),
        (b"OggS" + b"\0" * 200, "FILE_BROKEN"),
        (b"#!AMR\n" + b"\xff" * 10, "FILE_BROKEN"),
        (b"\x1a\x45\xdf\xa3" * 50, "FILE_BROKEN"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 100, "FILE_BROKEN"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, "UPLOAD_KIND_UNKNOWN"),
        (b"ID3" + b"\xff" * 1_000, "FILE_BROKEN"),
    ],
)
async def test_what_is_no_clip_is_refused_by_name(reader: LimitedReader, raw: bytes, code: str) -> None:
    with pytest.raises(Outcome) as refused:
        await reader.clean(raw)
    assert refused.value.code == code


def test_pictures_are_no_sounds() -> None:
    assert [sound_of(raw) for raw in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"%PDF-")] == [
        None
    ] * 4


async def test_a_case_may_be_spoken_and_an_application_may_not(shared_api: Api) -> None:
    person, raw = await shared_api.sign_in(shared_api.person()), spoken()
    assert MediaType.OGG not in UploadPurpose.APPLICATION.takes
    for purpose, status in (("CASE", 201), ("APPLICATION", 422)):
        wish = await asked(shared_api, person, raw, "clip.wav", purpose=purpose)
        answer = await put(shared_api, wish["target"]["url"], raw)
        assert answer.status_code == status, answer.text
        kept = await shared_api.data("Upload", person.token, id=wish["upload"]["id"])
        assert kept["seconds"] == (2 if purpose == "CASE" else None)
