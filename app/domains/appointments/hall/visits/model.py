"""A visit: somebody came to a venue about a matter. However often he checks in, it is one a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """`item` is the code of the catalogue's item, when the service has one."""

    citizen: str
    venue: str
    organisation: str
    service: str
    item: str | None
    day: date
    at: datetime
    ticket: str
    booking: str | None = None

    @property
    def id(self) -> str:
        return f"{self.citizen}:{self.day.isoformat()}:{self.item or self.service}"
