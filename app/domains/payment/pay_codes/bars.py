"""A code as bars: Code 128 (ISO/IEC 15417) as SVG, as PNG, and as modules that an app draws itself.

Eighteen digits take 134 modules in set C, two digits a symbol; the quiet zone is ten modules on either side.
"""

from __future__ import annotations

import io
from itertools import groupby

import barcode
from PIL import Image

QUIET_ZONE = 10
_HEIGHT = 40  # modules, as drawn; scanners stretch it as they like


def modules(digits: str) -> str:
    """`1` is a dark module and `0` a light one, without the quiet zone."""
    return str(barcode.get("code128", digits).build()[0])


def svg(digits: str, *, title: str | None = None, dark: str = "#000000", light: str = "#ffffff") -> str:
    """An `<svg>` element without fixed size, stretched as the page likes, quiet zone included."""
    row = modules(digits)
    width = len(row) + 2 * QUIET_ZONE
    said = f"<title>{title}</title>" if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" preserveAspectRatio="none" '
        f'shape-rendering="crispEdges" role="img">{said}<path fill="{light}" d="M0 0h{width}v{_HEIGHT}H0z"/>'
        f'<path fill="{dark}" d="{_path(row)}"/></svg>'
    )


def png(digits: str, *, scale: int = 3) -> bytes:
    """Black on white, `scale` pixels a module, quiet zone included."""
    row = "0" * QUIET_ZONE + modules(digits) + "0" * QUIET_ZONE
    line = Image.new("L", (len(row), 1))
    line.putdata([0 if module == "1" else 255 for module in row])
    picture = io.BytesIO()
    line.resize((len(row) * scale, _HEIGHT * scale), Image.Resampling.NEAREST).save(picture, "PNG")
    return picture.getvalue()


def _path(row: str) -> str:
    """Each run of dark modules as one bar."""
    drawn, place = [], QUIET_ZONE
    for module, run in groupby(row):
        length = len(list(run))
        if module == "1":
            drawn.append(f"M{place} 0h{length}v{_HEIGHT}h-{length}z")
        place += length
    return "".join(drawn)
