"""What a limit is: so many events of one subject in a window. Counting them is the business of `limits`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    most: int
    window: timedelta
