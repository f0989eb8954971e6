"""What can be wrong with a rule of the dispatch.

Outcome
├── DispatchRuleUnknown     no such rule, or it has ended
├── DispatchRuleInvalid     `field` names nothing that is there, or does not fit the others
├── DispatchRuleChanged     somebody else changed it meanwhile: look again
├── DispatchImportRefused   a file with bad lines: `rows`, as far as they are listed, and `more`
└── DispatchImportRunning   this very file is imported at this moment
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome
from app.core.imports.errors import BadRow


class RuleFault(StrEnum):
    """What is wrong with a field of a line."""

    CATEGORY = "category"  # no such category
    DIVISION = "division"  # no such unit of government
    ASSET_OWNER = "asset_owner"  # no such organisation
    TARGET = "target"  # not a unit, not a level, not the asset's owner; or more than one of them
    TWICE = "twice"  # another line of the file is about the same


class DispatchRuleUnknown(Outcome):
    pass


@dataclass(eq=False)
class DispatchRuleInvalid(Outcome):
    field: str


class DispatchRuleChanged(Outcome):
    pass


@dataclass(eq=False)
class DispatchImportRefused(Outcome):
    rows: tuple[BadRow, ...]
    more: int = 0


class DispatchImportRunning(Outcome):
    pass
