"""Whose an item is to change, and at which units somebody may offer one, by the tree of organisations."""

from __future__ import annotations

from collections.abc import Callable

from app.core.viewer import Viewer
from app.domains.government.catalogue.errors import NotInTestMode
from app.domains.identity.organisations.model import Kind, Level, Organisation, Tree


def demand_live(viewer: Viewer) -> None:
    """What everybody finds is no trial. Raises NotInTestMode."""
    if viewer.test_mode:
        raise NotInTestMode


def is_own(tree: Tree, by: str, unit: str) -> bool:
    """Itself, or below it."""
    node = tree.get(unit)
    return node is not None and (unit == by or by in node.path)


def ground_of(tree: Tree, by: str) -> str:
    """Where its word counts: a department acts for its government, at all units below that; others for themselves."""
    node = tree.get(by)
    while node is not None and node.kind is Kind.DEPARTMENT and node.parent is not None:
        node = tree.get(node.parent)
    return node.code if node is not None and node.kind is Kind.GOVERNMENT else by


def may_offer_at(tree: Tree, by: str, unit: str, owner: str) -> bool:
    """An item of this owner: whose it is offers it wherever his word counts, everybody else at his own units only."""
    far = is_own(tree, by, owner) and is_own(tree, ground_of(tree, by), unit)
    return tree.active(unit) and (far or is_own(tree, by, unit))


def may_hand_over_at(tree: Tree, by: str, unit: str, owner: str) -> bool:
    """Which system handles what is applied for there: whose item it is says so, and the unit itself."""
    return by == unit or is_own(tree, by, owner)


def division_of(tree: Tree, unit: str) -> str:
    """The 12-digit code of the government that it is or belongs to; empty when it belongs to none."""
    government = _first(tree, unit, lambda node: node.kind is Kind.GOVERNMENT)
    return government.code.ljust(12, "0") if government is not None and government.code.isdigit() else ""


def level_of(tree: Tree, unit: str) -> Level | None:
    """Its own level, or that of the government it belongs to."""
    found = _first(tree, unit, lambda node: node.level is not None)
    return found.level if found is not None else None


def governments_at(tree: Tree, level: Level, below: str) -> list[Organisation]:
    """Active ones of this level, at or below a unit, by code."""
    found = (
        node
        for node in tree.nodes.values()
        if node.kind is Kind.GOVERNMENT and node.level is level and is_own(tree, below, node.code)
    )
    return sorted((node for node in found if tree.active(node.code)), key=lambda node: node.code)


def _first(tree: Tree, unit: str, wanted: Callable[[Organisation], bool]) -> Organisation | None:
    """The nearest up the tree, itself included."""
    node = tree.get(unit)
    while node is not None and not wanted(node):
        node = tree.get(node.parent) if node.parent else None
    return node
