"""A picture read once and written anew: upright, modest in size, and nothing in it but what is seen.

Runs in the limited process. What was hidden in or behind the picture (EXIF, places, comments, another file) is gone,
because nothing of the file is copied: only its pixels are read.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from app.core.uploads.errors import FileBroken, PictureTooLarge
from app.core.uploads.model import MOST_BYTES, MediaType
from app.core.uploads.reading import Cleaned

THUMBNAIL = (320, 320)
# What decoding may take, and what one pixel takes of it: a JPEG is read at half its size when it is large, unless it is
# progressive (all its coefficients stay in memory); WebP's decoder holds three copies.
_MEMORY = 160_000_000
_BYTES_A_PIXEL: Mapping[str, int] = {"JPEG": 4, "JPEG progressive": 9, "PNG": 4, "PNG transparent": 8, "WEBP": 12}
_KEPT_PIXELS = 16_000_000
_MOST_SCANS = 64
_START_OF_SCAN = b"\xff\xda"
_MEDIA = {"JPEG": MediaType.JPEG, "PNG": MediaType.PNG, "WEBP": MediaType.WEBP}
# What Pillow raises on broken files, all of it seen: its decoders do not promise one type.
_UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    struct.error,
    Image.DecompressionBombError,
)
# Loaded here, since the limited process opens no files any more, these neither. EXIF is written as TIFF is.
LOADED = (JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
Image.preinit()
Image.MAX_IMAGE_PIXELS = None  # the caps below are ours, and by kind


def clean_picture(raw: bytes, format: str) -> Cleaned:
    """`format` as Pillow names it. Raises PictureTooLarge, FileBroken."""
    try:
        with Image.open(io.BytesIO(raw), formats=(format,)) as picture:
            _demand_modest(picture, raw)
            seen = _seen(picture)
    except _UNREADABLE:
        raise FileBroken from None
    content, media_type = _written(seen, _MEDIA[format])
    return Cleaned(media_type, content, width=seen.width, height=seen.height, thumbnail=_thumbnail(seen))


def _demand_modest(picture: Image.Image, raw: bytes) -> None:
    """Only the header has been read by now. Raises PictureTooLarge, FileBroken."""
    most = _MEMORY // _BYTES_A_PIXEL[_manner(picture)]
    if picture.width * picture.height > most:
        raise PictureTooLarge(megapixels=most // 1_000_000)
    if picture.format == "JPEG" and raw.count(_START_OF_SCAN) > _MOST_SCANS:
        raise FileBroken  # each scan of a progressive JPEG works through every pixel


def _manner(picture: Image.Image) -> str:
    """Its kind, and what makes it take more memory than others of the kind."""
    if picture.format == "JPEG" and "progressive" in picture.info:
        return "JPEG progressive"
    if picture.format == "PNG" and picture.mode in ("RGBA", "LA", "PA"):
        return "PNG transparent"
    return str(picture.format)


def _seen(picture: Image.Image) -> Image.Image:
    """The first frame, decoded, at most 16 million pixels, upright, with transparency where there is some."""
    if picture.width * picture.height > _KEPT_PIXELS:
        picture.draft("RGB", (picture.width // 2, picture.height // 2))
    picture.load()
    if picture.width * picture.height > _KEPT_PIXELS:
        smaller = _plain(picture).reduce(2)
        smaller.info = dict(picture.info)  # where the EXIF stands that says which way is up
        upright = ImageOps.exif_transpose(smaller)
    else:
        upright = _plain(ImageOps.exif_transpose(picture))
    upright.info = {}  # Pillow would write a comment or a profile again
    return upright


def _plain(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGB", "RGBA", "L"):
        return picture
    if picture.mode in ("LA", "PA") or "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode in ("1", "I;16", "I") else "RGB")


def _written(seen: Image.Image, media_type: MediaType) -> tuple[bytes, MediaType]:
    """In its own kind; a photo that would be too large as PNG or WebP becomes a JPEG."""
    content = _encoded(seen, media_type)
    if len(content) > MOST_BYTES:
        return _encoded(seen, MediaType.JPEG), MediaType.JPEG
    return content, media_type


def _encoded(seen: Image.Image, media_type: MediaType) -> bytes:
    out = io.BytesIO()
    match media_type:
        case MediaType.PNG:
            seen.save(out, "PNG", compress_level=4)
        case MediaType.WEBP:
            seen.save(out, "WEBP", quality=88, method=2)
        case _:
            _on_white(seen).save(out, "JPEG", quality=90)
    return out.getvalue()


def _thumbnail(seen: Image.Image) -> bytes:
    small = seen.copy() if max(seen.size) <= max(THUMBNAIL) else seen.reduce(max(1, max(seen.size) // 640))
    small.thumbnail(THUMBNAIL, Image.Resampling.BICUBIC)
    out = io.BytesIO()
    _on_white(small).save(out, "WEBP", quality=80, method=2)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white
