"""A visitor as a list of many things shows him: where he comes to, and from when until when. Who he is stays sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.said import Said


@dataclass(frozen=True, slots=True)
class Expected:
    """`id` is the pass's."""

    id: str
    estate: Said
    begins: datetime
    ends: datetime
