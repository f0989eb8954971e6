"""Whose a case is at the units: who leads, who helps, and how far it may go without the centre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.voice.cases.errors import CaseUnitUnknown, CaseUnknown, TaskUnknown
from app.domains.voice.cases.history.model import Identity
from app.domains.voice.cases.model import Case
from app.domains.voice.units.handling.errors import NotLeadUnit, TransferOutside

SCOPE: Final = "cases"


@dataclass(frozen=True, slots=True)
class KnownReporter:
    """Who reported it, as a unit may know it: all None of a confidential case and of an anonymous one."""

    name: str | None = None
    phone: str | None = None
    by_guardian: bool = False


@dataclass(frozen=True, slots=True)
class HandledCase:
    """A case with all that is in it. `files`: where each upload is fetched in the next minutes."""

    case: Case
    reporter: KnownReporter
    files: Mapping[str, str]


def side_of(viewer: Viewer) -> str | None:
    """Which test citizens are there for this viewer; None: real people."""
    return viewer.organisation if viewer.test_mode else None


def shows_reporter(case: Case) -> bool:
    return case.identity is Identity.NAMED


def within(viewer: Viewer, case: Case | None) -> Case:
    """The case, when a unit of the viewer's has it or had a part in it. Raises CaseUnknown."""
    if case is None or viewer.provider(SCOPE) not in case.units or case.test_of != side_of(viewer):
        raise CaseUnknown
    return case


def covers(tree: Tree, organisation: str, unit: str | None) -> bool:
    """Whether the unit is this organisation or below it."""
    node = tree.get(unit) if unit else None
    return unit == organisation or (node is not None and organisation in node.path)


def demand_lead(tree: Tree, viewer: Viewer, case: Case) -> None:
    """Raises NotLeadUnit."""
    if not covers(tree, viewer.provider(SCOPE), case.unit):
        raise NotLeadUnit


def task_of(tree: Tree, viewer: Viewer, case: Case) -> str:
    """The unit whose part the viewer ends: his own before one below it. Raises TaskUnknown."""
    mine = viewer.provider(SCOPE)
    open_ones = [one.unit for one in case.tasks if one.done_at is None and covers(tree, mine, one.unit)]
    if not open_ones:
        raise TaskUnknown
    return mine if mine in open_ones else open_ones[0]


def demand_branch(tree: Tree, case: Case, to: str) -> None:
    """Up, down, or to a sister below the same organisation: further away the centre sends it.

    Raises CaseUnitUnknown, TransferOutside.
    """
    target, lead = tree.get(to), tree.get(case.unit or "")
    if target is None or not tree.grants(to, SCOPE):
        raise CaseUnitUnknown
    sisters = lead is not None and lead.parent is not None and lead.parent == target.parent
    if not (sisters or covers(tree, to, case.unit) or covers(tree, case.unit or "", to)):
        raise TransferOutside


def units_with_above(tree: Tree, units: Iterable[str]) -> tuple[str, ...]:
    """The units and all organisations above them: who sees the case."""
    found: dict[str, None] = {}
    for unit in units:
        node = tree.get(unit)
        found |= dict.fromkeys((unit, *reversed(node.path if node else ())))
    return tuple(found)
