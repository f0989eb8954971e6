"""What can stand in the way of somebody at a gate.

Outcome
├── HolderNotResident      the card is good, and its holder does not live here
├── EntryUnknown           no such entry in the log, or nobody behind it
├── EntryReasonMissing     a look at who is behind an entry says why
├── EntryReportUnfit       from one to `most` entries at once
├── GateListMalformed      not a list for gates
├── GateListUnfit          a part that does not follow on the list that a gate has
└── GateListUntrusted      not signed by this city
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class HolderNotResident(Outcome):
    pass


class EntryUnknown(Outcome):
    pass


class EntryReasonMissing(Outcome):
    pass


@dataclass(eq=False)
class EntryReportUnfit(Outcome):
    most: int


class GateListMalformed(Outcome):
    pass


class GateListUnfit(Outcome):
    pass


class GateListUntrusted(Outcome):
    pass
