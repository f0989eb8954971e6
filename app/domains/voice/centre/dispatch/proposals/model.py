"""What is proposed for a case: the unit, why it, and who else comes into question. Pure: the same case, rules and tree
give the same proposal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domains.identity.organisations.model import Level, Organisation, Tree
from app.domains.voice.cases.model import FALLBACK_AFTER, Case
from app.domains.voice.cases.requests.model import Answer, Ask
from app.domains.voice.centre.dispatch.rules.model import Matter, Rule, RuleBook

HANDLES = "cases"
MOST_ALTERNATIVES = 6


class Why(StrEnum):
    """`DISPATCH_WHY_…` in the locales. What starts with `fallback` cannot be returned any more."""

    RULE = "rule"
    LEVEL = "level"  # by a rule that names a level of government
    ASSET_OWNER = "asset_owner"
    SUGGESTED = "suggested"  # by the unit that returned it; the centre agreed
    ABOVE = "above"  # reopened: over those who handled it before
    NEAREST = "nearest"  # the government nearest to the place
    FALLBACK_UNOWNED = "fallback_unowned"  # no rule, no owner
    FALLBACK_RETURNED = "fallback_returned"  # returned twice
    FALLBACK_REOPENED = "fallback_reopened"  # reopened, and nobody is above
    SEAT = "seat"  # the seat chose it
    NOBODY = "nobody"  # no rule and no fallback: the seat has to choose

    @property
    def is_fallback(self) -> bool:
        return self.value.startswith("fallback")


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit, why it, and by which rule (`id@version`)."""

    unit: str
    why: Why
    rule: str | None = None

    @property
    def reason(self) -> str:
        """As the case keeps it: with `fallback` in front, its unit cannot return it."""
        return self.why.value if self.rule is None else f"{self.why.value} {self.rule}"


@dataclass(frozen=True, slots=True)
class DispatchProposal:
    """`first` is None when nobody can be named. `fallback`: who it falls to when nobody owns it."""

    first: Choice | None
    alternatives: tuple[Choice, ...] = ()
    fallback: str | None = None

    @property
    def unit(self) -> str | None:
        return self.first.unit if self.first else None

    @property
    def why(self) -> Why:
        return self.first.why if self.first else Why.NOBODY

    def choice(self, unit: str) -> Choice:
        """Why this unit, when a seat decides for it."""
        offered = (*((self.first,) if self.first else ()), *self.alternatives)
        return next((one for one in offered if one.unit == unit), Choice(unit, Why.SEAT))


def proposed(case: Case, matter: Matter, book: RuleBook, tree: Tree) -> DispatchProposal:
    """Rules say; whoever had it does not get it again; returned twice, or owned by nobody, it falls to the fallback."""
    fallback = next(_fallbacks(case, matter, book, tree), None)
    offered = [one for one in _offered(case, matter, book, tree) if one.unit not in case.units_before]
    first = _must_fall(case, fallback) or next(iter(offered), None) or fallback
    others = [one for one in (*offered, *((fallback,) if fallback else ())) if one is not first]
    alternatives = _distinct(others, first)[:MOST_ALTERNATIVES]
    return DispatchProposal(first, alternatives, fallback.unit if fallback else None)


def falls_back(case: Case) -> bool:
    """Returned so often that only the fallback unit may have it."""
    return case.returns >= FALLBACK_AFTER and not case.fallback


def matter_of(case: Case, categories: Sequence[str], owner: str | None, tree: Tree) -> Matter:
    return Matter(categories, _way(case.place.division, tree), _way(owner, tree))


def handles(tree: Tree, unit: str) -> bool:
    return tree.grants(unit, HANDLES)


def at_level(level: Level | None, divisions: Sequence[str], tree: Tree) -> str | None:
    """The government of that level where it is; the nearest above it when that one handles no cases."""
    order = list(Level)
    for code in reversed(divisions):
        node = tree.get(code)
        deep = node is not None and node.level is not None and level is not None
        if deep and order.index(node.level) <= order.index(level) and handles(tree, code):  # type: ignore[union-attr,arg-type]
            return code
    return None


def _must_fall(case: Case, fallback: Choice | None) -> Choice | None:
    return fallback if falls_back(case) else None


def _offered(case: Case, matter: Matter, book: RuleBook, tree: Tree) -> Iterator[Choice]:
    """Best first; each handles cases."""
    if case.round > 1:
        yield from _above(case, tree)
    yield from _suggested(case, tree)
    for rule in book.matching(matter):
        if (unit := _goal(rule, matter, tree)) is not None:
            yield Choice(unit, _why(rule), rule.name)
    if case.round == 1 and not any(True for _ in book.matching(matter)):
        return  # nobody owns it: that a government lies near does not make it its own
    for unit in reversed(matter.divisions):
        if handles(tree, unit):
            yield Choice(unit, Why.NEAREST)


def _why(rule: Rule) -> Why:
    if rule.goal.owner:
        return Why.ASSET_OWNER
    return Why.RULE if rule.goal.unit is not None else Why.LEVEL


def _goal(rule: Rule, matter: Matter, tree: Tree) -> str | None:
    """The unit that a rule comes to here; None when there is none that handles cases."""
    if rule.goal.unit is not None:
        return rule.goal.unit if handles(tree, rule.goal.unit) else None
    if rule.goal.owner:
        return next((unit for unit in reversed(matter.owners) if handles(tree, unit)), None)
    return at_level(rule.goal.level, matter.divisions, tree)


def _above(case: Case, tree: Tree) -> Iterator[Choice]:
    """Who supervises those that had it, up from the last; what the centre itself had answered nobody has had."""
    if not case.units_before or not handles(tree, case.units_before[-1]):
        return
    for unit in reversed(_way(case.units_before[-1], tree)[:-1]):
        if handles(tree, unit):
            yield Choice(unit, Why.ABOVE)


def _suggested(case: Case, tree: Tree) -> Iterator[Choice]:
    for asked in reversed(case.requests):
        if asked.ask is Ask.RETURN and asked.answer is Answer.APPROVED:
            if asked.suggested and handles(tree, asked.suggested):
                yield Choice(asked.suggested, Why.SUGGESTED)
            return


def _fallbacks(case: Case, matter: Matter, book: RuleBook, tree: Tree) -> Iterator[Choice]:
    why = Why.FALLBACK_UNOWNED
    if case.returns >= FALLBACK_AFTER:
        why = Why.FALLBACK_RETURNED
    elif case.round > 1:
        why = Why.FALLBACK_REOPENED
    for rule in book.fallbacks_for(matter.divisions):
        unit = rule.goal.unit
        if unit is not None and handles(tree, unit) and (why is Why.FALLBACK_RETURNED or unit not in case.units_before):
            yield Choice(unit, why, rule.name)


def _distinct(choices: Sequence[Choice], first: Choice | None) -> tuple[Choice, ...]:
    seen, kept = {first.unit} if first else set(), list[Choice]()
    for one in choices:
        if one.unit not in seen:
            seen.add(one.unit)
            kept.append(one)
    return tuple(kept)


def _way(code: str | None, tree: Tree) -> tuple[str, ...]:
    """From the root to the node itself; what the tree does not know has none."""
    node: Organisation | None = tree.get(code) if code else None
    return (*node.path, node.code) if node else ()
