"""What can stand in the way of a change of how long cases may take.

Outcome
├── ClockRuleInvalid     out of its bounds: `field` says what
└── ClockRuleChanged     somebody changed the rule meanwhile: look again
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class ClockRuleInvalid(Outcome):
    field: str


class ClockRuleChanged(Outcome):
    pass
