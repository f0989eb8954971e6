"""What can stand in the way of care.

Outcome
├── CareInvalid        `field` cannot be what it is said to be
├── CareUnknown        not on the list, or not on yours
├── CareEntered        he stands on the list already, or was proposed
└── CareStateWrong     proposed, paused or ended: `state`
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class CareInvalid(Outcome):
    field: str


class CareUnknown(Outcome):
    pass


class CareEntered(Outcome):
    pass


@dataclass(eq=False)
class CareStateWrong(Outcome):
    state: str
