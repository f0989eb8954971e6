"""Which kind a file is, by its first bytes, and what comes of reading it.

Runs in the limited process, but for what a reply is made of.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.uploads.model import MediaType

_SOUNDS = {
    b"OggS": "ogg",
    b"#!AMR": "amr",
    b"ID3": "mp3",
    b"\x1a\x45\xdf\xa3": "matroska",
}
# Brands of recorders; pictures of phones (HEIC) are of the same family and are not meant.
_RECORDINGS = frozenset({b"M4A ", b"mp41", b"mp42", b"isom", b"iso5", b"3gp4", b"3gp5", b"3gp6", b"qt  "})


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file as it is written anew. `thumbnail`: a small WebP of a picture."""

    media_type: MediaType
    content: bytes
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    seconds: int | None = None
    thumbnail: bytes | None = None


def kind_of(raw: bytes) -> MediaType | None:
    """By its first bytes, since a name and a header say whatever somebody wrote."""
    if raw.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
        return MediaType.WEBP
    if raw.startswith(b"OggS"):
        return MediaType.OGG
    return MediaType.PDF if raw.startswith(b"%PDF-") else None


def sound_of(raw: bytes) -> str | None:
    """How a voice was recorded, as FFmpeg names it: phones, browsers and WeChat each do it otherwise."""
    if raw.startswith(b"RIFF") and raw[8:12] == b"WAVE":
        return "wav"
    if raw[4:8] == b"ftyp" and raw[8:12] in _RECORDINGS:
        return "mov"
    if len(raw) > 1 and raw[0] == 0xFF and raw[1] & 0xE0 == 0xE0:
        return "aac" if raw[1] & 0xF6 == 0xF0 else "mp3"
    return next((format for start, format in _SOUNDS.items() if raw.startswith(start)), None)
