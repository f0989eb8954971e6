"""What can stand in the way of an event.

Outcome
├── CultureEventUnknown     no such event, or not one of yours
├── CultureEventNotDraft    it is published or cancelled: what people rely on is not rewritten
├── CultureEventOver        it was cancelled, or is over
├── CultureEventEmpty       without a session nobody can come
├── EventSessionUnknown     no such session, or not one of yours
├── EventSessionOver        it has begun, is over or was cancelled
├── EventSessionsFull       no more sessions than `most`
└── HallBusy                another session is in this hall then
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class CultureEventUnknown(Outcome):
    pass


@dataclass(eq=False)
class CultureEventNotDraft(Outcome):
    state: str


class CultureEventOver(Outcome):
    pass


class CultureEventEmpty(Outcome):
    pass


class EventSessionUnknown(Outcome):
    pass


class EventSessionOver(Outcome):
    pass


@dataclass(eq=False)
class EventSessionsFull(Outcome):
    most: int


class HallBusy(Outcome):
    pass
