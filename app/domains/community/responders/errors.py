"""What can stand in the way of being called, and of calling.

Outcome
├── ResponderConsentMissing   who is to be called agrees to it first
├── ResponderInvalid          `field` is missing or cannot be so
├── RespondersOnly             one has not agreed to be called
├── ResponderCallUnknown      no such call, or one was not called to it
└── ResponderCallOver         it has ended
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class ResponderConsentMissing(Outcome):
    pass


@dataclass(eq=False)
class ResponderInvalid(Outcome):
    field: str


class RespondersOnly(Outcome):
    pass


class ResponderCallUnknown(Outcome):
    pass


class ResponderCallOver(Outcome):
    pass
