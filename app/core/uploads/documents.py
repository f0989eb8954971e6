"""A PDF taken apart and put together anew from its pages: what acts, hides or asks is left behind.

Runs in the limited process. Kept of a page are its contents, its resources and its measures; what forms and notes
show is drawn into the page. Scripts, actions, attachments, forms, links, outlines and metadata stay behind, and what
was appended to the file. Nothing is repaired: a broken file is refused.
"""

from __future__ import annotations

import io
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

from app.core.uploads.errors import DocumentTooLong, FileBroken, FileEncrypted, FileTooComplex, PictureTooLarge
from app.core.uploads.model import MOST_PAGES, MediaType
from app.core.uploads.reading import Cleaned

_OF_A_PAGE = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group")
# Wherever in the resources of a page these stand.
_ACTING = (
    "/A",
    "/AA",
    "/AF",
    "/EF",
    "/EmbeddedFiles",
    "/JS",
    "/JavaScript",
    "/Metadata",
    "/OPI",
    "/OpenAction",
    "/PieceInfo",
    "/URI",
)
_MOST_UNPACKED = 64 * 1024 * 1024
_MOST_UNPACKED_IN_ALL = 192 * 1024 * 1024
_MOST_PIXELS = 40_000_000
_FLATE = ("/FlateDecode", "/Fl")
_UNREADABLE = (pikepdf.PdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


def clean_document(raw: bytes) -> Cleaned:
    """Raises DocumentTooLong, FileEncrypted, FileBroken, FileTooComplex, PictureTooLarge."""
    try:
        with Pdf.open(io.BytesIO(raw), attempt_recovery=False, suppress_warnings=True) as given:
            _demand_modest(given)
            content, pages = _written(given)
    except pikepdf.PasswordError:
        raise FileEncrypted from None
    except _UNREADABLE:
        raise FileBroken from None
    return Cleaned(MediaType.PDF, content, pages=pages)


def _demand_modest(given: Pdf) -> None:
    """What the file says of itself first: counting walks all of it. Raises DocumentTooLong, FileEncrypted."""
    if given.is_encrypted:
        raise FileEncrypted
    said = given.Root.Pages.get("/Count", 0)
    if isinstance(said, int) and said > MOST_PAGES:
        raise DocumentTooLong(pages=MOST_PAGES)
    if len(given.pages) > MOST_PAGES:
        raise DocumentTooLong(pages=MOST_PAGES)
    if not len(given.pages):
        raise FileBroken


def _written(given: Pdf) -> tuple[bytes, int]:
    _flatten(given)
    made, budget = Pdf.new(), _Budget()
    for page in given.pages:
        made.pages.append(_bare(page))
    for one in made.objects:
        _strip(one, budget)
    out = io.BytesIO()
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue(), len(made.pages)


def _flatten(given: Pdf) -> None:
    """Draw what forms and notes show into their pages."""
    if any("/Annots" in page for page in given.pages):
        if "/AcroForm" in given.Root:
            given.generate_appearance_streams()
        given.flatten_annotations("screen")


def _bare(page: Page) -> Page:
    for name in list(page.obj.keys()):
        if name not in (*_OF_A_PAGE, "/Type", "/Parent"):
            del page.obj[name]
    return page


class _Budget:
    """What all streams of a file may unpack to."""

    def __init__(self) -> None:
        self._left = _MOST_UNPACKED_IN_ALL

    def spend(self, size: int) -> None:
        """Raises FileTooComplex."""
        self._left -= size
        if size > _MOST_UNPACKED or self._left < 0:
            raise FileTooComplex


def _strip(one: Object, budget: _Budget) -> None:
    if isinstance(one, Stream):
        _demand_small(one, budget)
        _strip_entries(one.stream_dict)
    else:
        _strip_entries(one)


def _strip_entries(one: Object) -> None:
    """An object and what stands directly in it, without what acts."""
    waiting, depth = [one], 0
    while waiting and depth < 10_000:
        depth += 1
        part = waiting.pop()
        if isinstance(part, Dictionary):
            for name in [name for name in _ACTING if name in part]:
                del part[name]
            waiting.extend(value for value in part.values() if _inner(value))
        elif isinstance(part, Array):
            waiting.extend(value for value in part if _inner(value))


def _inner(value: object) -> bool:
    return isinstance(value, Dictionary | Array) and not value.is_indirect


def _demand_small(stream: Stream, budget: _Budget) -> None:
    """What a viewer will have to unpack for it. Raises FileTooComplex, PictureTooLarge."""
    width, height = stream.get("/Width", 0), stream.get("/Height", 0)
    if isinstance(width, int) and isinstance(height, int) and width * height > _MOST_PIXELS:
        raise PictureTooLarge(megapixels=_MOST_PIXELS // 1_000_000)
    data = stream.read_raw_bytes()
    for name in _filters(stream):
        if name not in _FLATE:
            break  # a picture's own packing (its size is known), or one that hardly packs
        data = _inflated(data)
    budget.spend(len(data))


def _filters(stream: Stream) -> list[str]:
    given = stream.get("/Filter")
    if given is None:
        return []
    return [str(given)] if isinstance(given, Name) else [str(name) for name in given]


def _inflated(data: bytes) -> bytes:
    """Raises FileTooComplex, FileBroken."""
    inflater = zlib.decompressobj()
    try:
        out = inflater.decompress(data, _MOST_UNPACKED + 1)
    except zlib.error:
        raise FileBroken from None
    if len(out) > _MOST_UNPACKED:
        raise FileTooComplex
    return out
