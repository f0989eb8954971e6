"""What happened, as rooms and workers tell it to each other. Pure: the outbox keeps it (`outbox.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a citizen. `facts` are ids and codes, never personal data."""

    id: str
    type: str
    citizen: str
    facts: Mapping[str, Any]
    at: datetime
