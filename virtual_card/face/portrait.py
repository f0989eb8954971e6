"""Photos from outside: read once under limits, and written anew so that nothing but the picture remains."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageOps

from app.core.errors import RongError

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 12_000_000
MIN_SIDE = 16
SIZE = (358, 441)  # 26 × 32 mm at 350 dpi, the photo of the second-generation identity card
_START_OF_SCAN = b"\xff\xda"
_MAX_SCANS = 64  # libjpeg writes ten
_FORMATS = ("JPEG", "PNG")
# What Pillow raises on broken files, all of it seen: its decoders do not promise one type.
_UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class PhotoUnreadable(RongError):
    """Not a JPEG or PNG of sensible size, or broken."""


def clean_photo(raw: bytes) -> bytes:
    """A JPEG of 358 × 441 pixels, upright, without metadata or anything appended. Raises PhotoUnreadable."""
    picture = ImageOps.fit(_decoded(raw), SIZE, Image.Resampling.LANCZOS)
    picture.info = {}  # Pillow would write a JPEG's comment again
    clean = io.BytesIO()
    picture.save(clean, "JPEG", quality=92, optimize=True)
    return clean.getvalue()


def opened_portrait(photo: bytes, size: tuple[int, int]) -> Image.Image:
    """The picture, cropped and scaled to `size`. Raises PhotoUnreadable."""
    return ImageOps.fit(_decoded(photo), size, Image.Resampling.BICUBIC)


def _decoded(raw: bytes) -> Image.Image:
    if not raw or len(raw) > MAX_BYTES:
        raise PhotoUnreadable
    try:
        with Image.open(io.BytesIO(raw), formats=_FORMATS) as picture:
            _demand_modest(picture, raw)
            return _upright(picture)
    except _UNREADABLE:
        raise PhotoUnreadable from None


def _demand_modest(picture: Image.Image, raw: bytes) -> None:
    """Only the header has been read by now. Raises ValueError."""
    if picture.width * picture.height > MAX_PIXELS or min(picture.size) < MIN_SIDE:
        raise ValueError("size")
    if picture.format == "JPEG" and raw.count(_START_OF_SCAN) > _MAX_SCANS:
        raise ValueError("scans")  # each scan of a progressive JPEG works through every pixel


def _upright(picture: Image.Image) -> Image.Image:
    """Decoded, turned as its EXIF says, on white where it is transparent."""
    picture.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))  # lets a large JPEG be decoded at a fraction of its size
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")
    return upright.convert("RGB")
