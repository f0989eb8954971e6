"""QR codes as SVG, as PNG, and as a matrix that an app draws itself.

Error correction M (15 %) keeps an online code, 31 alphanumeric characters, at version 2 (25 × 25). A signed code is so
long that L (7 %), with fewer and larger modules, reads better from a screen: version 8 (49 × 49). Where a higher level
fits into the same size, it is taken.
"""

from __future__ import annotations

import io
from typing import Any

import segno

QUIET_ZONE = 4  # modules; ISO/IEC 18004
_SHORT = 64


def matrix(text: str) -> list[str]:
    """Rows of `0` and `1` (dark), without the quiet zone."""
    return ["".join("1" if module else "0" for module in row) for row in _code(text).matrix]


def svg(text: str, *, title: str | None = None, dark: str = "#0b2f3a", light: str = "#ffffff") -> str:
    """An `<svg>` element without fixed size, quiet zone included. `title` is what a screen reader says."""
    code = _code(text)
    return str(code.svg_inline(border=QUIET_ZONE, dark=dark, light=light, title=title, omitsize=True))


def png(text: str, *, scale: int = 8) -> bytes:
    """Black on white, `scale` pixels a module, quiet zone included."""
    picture = io.BytesIO()
    _code(text).save(picture, kind="png", scale=scale, border=QUIET_ZONE)
    return picture.getvalue()


def _code(text: str) -> Any:
    return segno.make_qr(text, error="m" if len(text) <= _SHORT else "l", boost_error=True)
