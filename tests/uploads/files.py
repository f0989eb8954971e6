"""Files as people send them, and files that are made to hurt whoever reads them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, PngImagePlugin

PLACE = "somewhere that is nobody's business"


def picture(format: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object) -> bytes:
    made = Image.effect_noise(size, 40).convert(mode)
    return _saved(made, format, **options)


def flat(format: str, size: tuple[int, int], mode: str = "RGB") -> bytes:
    return _saved(Image.new(mode, size), format)


def telling_photo() -> bytes:
    """A photo that lies on its side and says where it was taken."""
    made, exif = Image.new("RGB", (200, 100), "white"), Image.Exif()
    made.paste("black", (0, 0, 20, 20))
    exif[0x0112] = 6  # turn it a quarter to the right
    exif[0x010E] = PLACE
    return _saved(made, "JPEG", exif=exif, comment=PLACE.encode(), xmp=PLACE.encode(), icc_profile=PLACE.encode())


def document(pages: int = 2, change: Callable[[Pdf], None] = lambda pdf: None, **options: object) -> bytes:
    with Pdf.new() as made:
        for number in range(pages):
            page = made.add_blank_page(page_size=(595, 842))
            page.obj.Contents = made.make_stream(b"BT /F1 24 Tf 72 720 Td (Page %d) Tj ET" % number)
        change(made)
        out = io.BytesIO()
        made.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def _acting(pdf: Pdf) -> None:
    """Everything in it that could act."""
    script = Dictionary(S=Name.JavaScript, JS="app.alert('hello')")
    pdf.Root.OpenAction = script
    pdf.Root.AA = Dictionary(WC=script)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["run", script])))
    pdf.attachments["tool.exe"] = b"MZ hello"
    launch = Dictionary(S=Name.Launch, F="calc.exe")
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=launch)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])
    pdf.pages[0].obj.AA = Dictionary(O=script)
    pdf.docinfo["/Author"] = PLACE


def acting_document() -> bytes:
    return document(change=_acting)


def encrypted_document() -> bytes:
    return document(encryption=pikepdf.Encryption(owner="owner", user="user"))


def text_bomb(chunk: bytes) -> bytes:
    """A PNG of one pixel with a compressed text, or profile, of 200 MB."""
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    keyword = b"profile\0\0" if chunk == b"iCCP" else b"Comment\0\0"
    return _with_chunk(flat("PNG", (1, 1)), chunk, keyword + packed)


def pixel_flood() -> bytes:
    """A PNG that says it is 60,000 × 60,000."""
    small = flat("PNG", (1, 1))
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return small[:8] + _chunk(b"IHDR", head) + small[33:]


def many_scans() -> bytes:
    """A progressive JPEG that is drawn a thousand times."""
    whole = picture("JPEG", (2000, 2000), progressive=True)
    start = whole.rindex(b"\xff\xda")
    return whole[:start] + whole[start:-2] * 3 + b"\xff\xda\x00\x00" * 1000 + b"\xff\xd9"


def inflated_stream() -> bytes:
    """A page whose contents of 400 KB unpack to 400 MB."""
    packed = zlib.compress(b" " * 400_000_000, 9)

    def change(pdf: Pdf) -> None:
        stream = pdf.make_stream(b"")
        stream.write(packed, filter=Name.FlateDecode)
        pdf.pages[0].obj.Contents = stream

    return document(1, change)


_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]%s>>"


def _written_by_hand(page: bytes = _PAGE % b"", count: int = 1, before: bool = False) -> bytes:
    """One page, its xref right; with `before`, one that names itself as the xref before it."""
    out, places = b"%PDF-1.7\n", []
    tree = b"<</Type/Pages/Kids[3 0 R]/Count %d>>" % count
    for number, one in enumerate((b"<</Type/Catalog/Pages 2 0 R>>", tree, page), 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    xref = len(out)
    out += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    prev = b"/Prev %d" % xref if before else b""
    return out + b"trailer\n<</Size 4/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (prev, xref)


def nested_objects() -> bytes:
    return _written_by_hand(_PAGE % (b"/Deep " + b"[" * 200_000 + b"]" * 200_000))


def xref_loop() -> bytes:
    return _written_by_hand(before=True)


def said_pages() -> bytes:
    return _written_by_hand(count=999_999_999)


def page_loop() -> bytes:
    """A tree of pages in which a node is its own child."""

    def change(pdf: Pdf) -> None:
        pdf.Root.Pages.Kids.append(pdf.Root.Pages)

    return document(1, change)


def _with_chunk(png: bytes, kind: bytes, data: bytes) -> bytes:
    return png[:33] + _chunk(kind, data) + png[33:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _saved(made: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    made.save(out, format, **options)
    return out.getvalue()


def noted_png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", PLACE, zip=True)
    notes.add_itxt("XML:com.adobe.xmp", PLACE)
    return _saved(Image.new("RGBA", (60, 40), (0, 0, 0, 0)), "PNG", pnginfo=notes)


# What each hostile file is refused as.
REFUSED: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "a page of HTML": (lambda: b"<html><script>alert(1)</script>", "UPLOAD_KIND_UNKNOWN"),
    "a GIF": (lambda: flat("GIF", (9, 9)), "UPLOAD_KIND_UNKNOWN"),
    "an archive": (lambda: b"PK\x03\x04" + b"\0" * 100, "UPLOAD_KIND_UNKNOWN"),
    "a PDF behind other bytes": (lambda: b"\n" * 20 + document(), "UPLOAD_KIND_UNKNOWN"),
    "a flood of pixels": (pixel_flood, "PICTURE_TOO_LARGE"),
    "a large PNG": (lambda: flat("PNG", (9000, 9000)), "PICTURE_TOO_LARGE"),
    "a large progressive JPEG": (
        lambda: _saved(Image.new("RGB", (6000, 5000)), "JPEG", progressive=True),
        "PICTURE_TOO_LARGE",
    ),
    "a zTXt bomb": (lambda: text_bomb(b"zTXt"), "FILE_BROKEN"),
    "an iCCP bomb": (lambda: text_bomb(b"iCCP"), "FILE_BROKEN"),
    "a thousand scans": (many_scans, "FILE_BROKEN"),
    "a JPEG cut off": (lambda: picture()[:9000], "FILE_BROKEN"),
    "a PNG cut off": (lambda: picture("PNG")[:9000], "FILE_BROKEN"),
    "a WebP cut off": (lambda: picture("WEBP")[:9000], "FILE_BROKEN"),
    "only the first bytes of a JPEG": (lambda: b"\xff\xd8\xff", "FILE_BROKEN"),
    "a PDF cut off": (lambda: document()[:-200], "FILE_BROKEN"),
    "a PDF with an archive behind it": (lambda: document() + b"PK\x03\x04" + b"x" * 5000, "FILE_BROKEN"),
    "an xref that goes in a circle": (xref_loop, "FILE_BROKEN"),
    "objects nested deep": (nested_objects, "FILE_BROKEN"),
    "pages that go in a circle": (page_loop, "FILE_BROKEN"),
    "a PDF that says it has a thousand million pages": (said_pages, "DOCUMENT_TOO_LONG"),
    "a PDF of 51 pages": (lambda: document(51), "DOCUMENT_TOO_LONG"),
    "a PDF with a password": (encrypted_document, "FILE_ENCRYPTED"),
    "a stream that unpacks to 400 MB": (inflated_stream, "FILE_TOO_COMPLEX"),
}
