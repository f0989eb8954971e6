"""What can stand in the way of another set of rules for the score.

Outcome
├── CreditRulesInvalid       out of their bounds: `field` says what
├── CreditRulesUnknown       no such version
├── CreditRulesSettled       approved or withdrawn before
├── CreditRulesPending       another proposal waits for its approval
└── CreditRulesNeedAnother   who proposes does not approve (four eyes)
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class CreditRulesInvalid(Outcome):
    field: str


class CreditRulesUnknown(Outcome):
    pass


class CreditRulesSettled(Outcome):
    pass


class CreditRulesPending(Outcome):
    pass


class CreditRulesNeedAnother(Outcome):
    pass
