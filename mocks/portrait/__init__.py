"""ID-format portraits of people who do not exist: an illustrated bust, always the same one for an ID number."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from mocks.portrait.face import draw_head
from mocks.portrait.hair import draw_back_hair, draw_front_hair
from mocks.portrait.look import look_of
from mocks.portrait.pen import Pen
from mocks.portrait.torso import draw_backdrop, draw_torso

__all__ = ["portrait"]


@lru_cache(maxsize=64)
def portrait(id_number: str) -> bytes:
    """A JPEG of 358 × 441 pixels, the format of photos on identity documents. Takes some tens of milliseconds."""
    look = look_of(id_number)
    pen = Pen(358, 441)
    draw_backdrop(pen, look)
    draw_back_hair(pen, look)
    draw_torso(pen, look)
    draw_head(pen, look)
    draw_front_hair(pen, look)
    out = BytesIO()
    pen.picture().save(out, "JPEG", quality=92, optimize=True)
    return out.getvalue()
