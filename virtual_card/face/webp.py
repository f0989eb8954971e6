"""WebP with a transparency that is the same for every picture.

libwebp would compress the same corners anew for each card, and take a slow path for the colours as well: a third of
the time. Here the colours are encoded alone, and the finished ALPH chunk is put beside them (container: RFC 9649).
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image

_QUALITY = 82
_FAST = 0  # 1 to 6 save a tenth of the bytes or less, for a quarter more time and up
_SMALL = 6  # for what is encoded once


class Transparency:
    """An alpha channel, ready to go with any picture of its size."""

    def __init__(self, alpha: Image.Image) -> None:
        sample = Image.new("RGB", alpha.size)
        sample.putalpha(alpha)
        chunks = dict(_chunks(_webp(sample, _SMALL)))
        self._before = _chunk(b"VP8X", chunks[b"VP8X"]) + _chunk(b"ALPH", chunks[b"ALPH"])

    def encode(self, picture: Image.Image) -> bytes:
        """The RGB `picture` under this transparency, lossy."""
        body = b"WEBP" + self._before + _chunk(b"VP8 ", dict(_chunks(_webp(picture, _FAST)))[b"VP8 "])
        return b"RIFF" + len(body).to_bytes(4, "little") + body


def _webp(picture: Image.Image, method: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=_QUALITY, method=method)
    return out.getvalue()


def _chunks(webp: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at < len(webp):
        length = int.from_bytes(webp[at + 4 : at + 8], "little")
        yield webp[at : at + 4], webp[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)
