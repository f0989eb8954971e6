"""Every event that is written is told or declared silent, and nothing is told that is never written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from app.domains.identity.guardians.model import GuardianshipState
from notifications.messages.model import RULES, SILENT
from tests.architecture.test_rooms import _files, _name, _tree

# Events whose name is put together: which names come out of it.
PUT_TOGETHER = {
    "app/domains/identity/guardians/service.py": {f"guardianship.{state.value}" for state in GuardianshipState}
}


def _is_event(node: ast.AST) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return node.value in RULES or node.value in SILENT


def _written() -> Iterator[str]:
    """Names given to `outbox.add`, there or in a function of the same file that passes them on."""
    for path in _files():
        calls = [n for n in ast.walk(_tree(path)) if isinstance(n, ast.Call) and "outbox.add" in ast.unparse(n.func)]
        for call in calls:
            if isinstance(call.args[0], ast.Constant):
                yield str(call.args[0].value)
            else:
                yield from PUT_TOGETHER.get(_name(path), ())
                yield from (n.value for n in ast.walk(_tree(path)) if _is_event(n))  # type: ignore[attr-defined]


def test_every_event_is_told_or_silent_and_nothing_more() -> None:
    assert set(_written()) == RULES.keys() | SILENT


def test_nothing_is_both_told_and_silent() -> None:
    assert RULES.keys() & SILENT == set()


def test_the_events_of_names_put_together_are_written_by_calls_that_pass_them_on() -> None:
    for place in PUT_TOGETHER:
        (path,) = (p for p in _files() if _name(p) == place)
        assert any("outbox.add" in ast.unparse(n.func) for n in ast.walk(_tree(path)) if isinstance(n, ast.Call))
