"""Rules of the dispatch: which unit a matter of this category, in this division, of this owner's asset belongs to.

A rule is about a node of each of three trees (categories, governments, organisations) or about all of one; it holds for
what lies below, too, and the most specific one is taken. It names a unit, or a level of government where the matter
is, or the asset's owner. Fallbacks (兜底) are rules about a division alone: who takes what nobody owns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from app.core.said import UNSAID, Said
from app.domains.identity.organisations.model import Level
from app.domains.voice.centre.dispatch.rules.errors import DispatchRuleUnknown

ALL = "all"
ANY_OWNER = "any"
KEPT_VERSIONS = 50


class RuleTable(StrEnum):
    RESPONSIBILITIES = "responsibilities"
    FALLBACKS = "fallbacks"


@dataclass(frozen=True, slots=True)
class About:
    """Codes; empty means all of them. `owner` owns the asset itself, or is above who does; `any`: whoever owns it."""

    category: str = ""
    division: str = ""
    owner: str = ""

    def id_in(self, table: RuleTable) -> str:
        """One rule for one matter: the id says what it is about."""
        if table is RuleTable.FALLBACKS:
            return self.division or ALL
        return ":".join(part or ALL for part in (self.category, self.division, self.owner))


@dataclass(frozen=True, slots=True)
class Goal:
    """Where it goes, one of three: a `unit`; the government of that `level` where the case is, or the nearest above it
    that handles cases; or whose the asset is.
    """

    unit: str | None = None
    level: Level | None = None
    owner: bool = False

    @property
    def is_one(self) -> bool:
        return sum((self.unit is not None, self.level is not None, self.owner)) == 1


@dataclass(frozen=True, slots=True)
class RuleVersion:
    version: int
    goal: Goal
    at: datetime
    by: str
    reason: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """`words` say to people why it is so. `history`: all versions, the newest last."""

    table: RuleTable
    about: About
    goal: Goal
    words: Said = UNSAID
    version: int = 0
    ended: bool = False
    history: tuple[RuleVersion, ...] = ()

    @property
    def id(self) -> str:
        return self.about.id_in(self.table)

    @property
    def name(self) -> str:
        """As a case remembers which rule it went by."""
        return f"{self.id}@{self.version}"

    def says(self, goal: Goal, words: Said) -> bool:
        return not self.ended and (self.goal, self.words) == (goal, words)

    def written(self, goal: Goal, words: Said, by: str, at: datetime, reason: str) -> Rule:
        """As it holds from now on."""
        return replace(self, words=words)._versioned(goal, by, at, reason, ended=False)

    def stopped(self, by: str, at: datetime, reason: str) -> Rule:
        """It holds no longer. Raises DispatchRuleUnknown: it did not before."""
        if self.ended:
            raise DispatchRuleUnknown
        return self._versioned(self.goal, by, at, reason, ended=True)

    def _versioned(self, goal: Goal, by: str, at: datetime, reason: str, *, ended: bool) -> Rule:
        step = RuleVersion(self.version + 1, goal, at, by, reason, ended)
        history = (*self.history, step)[-KEPT_VERSIONS:]
        return replace(self, goal=goal, version=step.version, ended=ended, history=history)


@dataclass(frozen=True, slots=True)
class Matter:
    """What rules are asked about: the ways down three trees, each from the root to the node itself."""

    categories: Sequence[str] = ()
    divisions: Sequence[str] = ()
    owners: Sequence[str] = ()


@dataclass(slots=True)
class RuleBook:
    """All rules that hold, in memory: a case's are found by looking up the few nodes above it, however many there are.

    `versions`: what came later is not overwritten by what was read before.
    """

    rules: dict[str, Rule] = field(default_factory=dict)
    fallbacks: dict[str, Rule] = field(default_factory=dict)

    def put(self, rules: Iterable[Rule]) -> None:
        for rule in rules:
            table = self._of(rule.table)
            known = table.get(rule.id)
            if known is None or known.version <= rule.version:
                table[rule.id] = rule

    def matching(self, matter: Matter) -> Iterator[Rule]:
        """The most specific first: by the asset's owner, then by category, then by division, each from the node up."""
        for owner in _owners(matter.owners):
            for category in _up(matter.categories):
                for division in _up(matter.divisions):
                    found = self.rules.get(About(category, division, owner).id_in(RuleTable.RESPONSIBILITIES))
                    if found is not None and not found.ended:
                        yield found

    def fallbacks_for(self, divisions: Sequence[str]) -> Iterator[Rule]:
        """From the division up; at the end the city's own."""
        for division in _up(divisions):
            found = self.fallbacks.get(division or ALL)
            if found is not None and not found.ended:
                yield found

    def _of(self, table: RuleTable) -> dict[str, Rule]:
        return self.rules if table is RuleTable.RESPONSIBILITIES else self.fallbacks


def _owners(path: Sequence[str]) -> Iterator[str]:
    yield from reversed(path)
    yield from ((ANY_OWNER,) if path else ())
    yield ""


def _up(path: Sequence[str]) -> Iterator[str]:
    yield from reversed(path)
    yield ""
