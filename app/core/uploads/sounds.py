"""A voice clip heard once and written anew: one voice, Opus, at most a minute, and nothing in it but what is heard.

Runs in the limited process. Phones record in half a dozen ways; what is kept plays everywhere. Titles, places and
pictures that such files carry are gone, because nothing of the file is copied: only its samples are read.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError

from app.core.uploads.errors import ClipTooLong, FileBroken
from app.core.uploads.model import MOST_SECONDS, MediaType
from app.core.uploads.reading import Cleaned

_RATE, _BITS = 16_000, 24_000
_FRAME = 320  # samples: 20 ms, as Opus likes them
_MOST_SAMPLES = (MOST_SECONDS + 1) * _RATE  # recorders stop a moment late
# What the library raises on broken files: its decoders do not promise one type.
_UNREADABLE = (FFmpegError, OSError, ValueError, IndexError, TypeError, OverflowError, ZeroDivisionError)


def clean_sound(raw: bytes, format: str) -> Cleaned:
    """`format` as FFmpeg names it. Raises ClipTooLong, FileBroken."""
    out = io.BytesIO()
    try:
        with av.open(io.BytesIO(raw), "r", format=format) as source:
            samples = _written(source, out)
    except _UNREADABLE:
        raise FileBroken from None
    if samples == 0:
        raise FileBroken
    return Cleaned(MediaType.OGG, out.getvalue(), seconds=max(1, round(samples / _RATE)))


def _written(source: InputContainer, out: io.BytesIO) -> int:
    """How many samples there were. Raises ClipTooLong."""
    samples = 0
    with av.open(out, "w", format="ogg") as sink:
        voice: AudioStream = sink.add_stream("libopus", rate=_RATE, layout="mono", options={"frame_duration": "20"})
        voice.bit_rate = _BITS
        voice.codec_context.thread_count = 1
        for frame in _heard(source):
            samples += frame.samples
            if samples > _MOST_SAMPLES:
                raise ClipTooLong(MOST_SECONDS)
            frame.pts = None
            sink.mux(voice.encode(frame))
        sink.mux(voice.encode(None))
    return samples


def _heard(source: InputContainer) -> Iterator[av.AudioFrame]:
    """The first voice in it, in one channel."""
    stream = source.streams.audio[0]
    stream.codec_context.thread_count = 1  # a limited process starts no thread
    to_one = AudioResampler(format="s16", layout="mono", rate=_RATE, frame_size=_FRAME)
    for packet in source.demux(stream):
        for frame in packet.decode():
            yield from to_one.resample(frame)
    yield from to_one.resample(None)


def _silence() -> bytes:
    """A tenth of a second, as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(bytes(_RATE // 5))
    return out.getvalue()


# The library loads parts of itself when they are first used, and the limited process opens no files any more.
clean_sound(_silence(), "wav")
