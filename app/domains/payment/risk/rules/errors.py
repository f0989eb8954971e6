"""What can stand in the way of a rule.

Outcome
├── RiskRuleUnknown      there is no such rule, or no such version of it
├── RiskRuleInvalid      it cannot stand as it is written: `field` says what is wrong
├── RiskRuleProposed     a version of it waits already to be put in force or declined
├── RiskRuleSettled      it waits no more: somebody has put it in force, declined or taken it back
└── AnotherApproves      whoever proposed a version does not put it in force
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class RiskRuleUnknown(Outcome):
    pass


@dataclass(eq=False)
class RiskRuleInvalid(Outcome):
    field: str


class RiskRuleProposed(Outcome):
    pass


class RiskRuleSettled(Outcome):
    pass


class AnotherApproves(Outcome):
    pass
