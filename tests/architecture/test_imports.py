"""Nothing imports what imports it: no module of the house, were it for a type only, and none of the phone app."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("app", "graphql_schema", "resolvers", "notifications", "virtual_card", "mocks")
PHONE = ROOT / "app" / "pages" / "phone_app"
_FROM = re.compile(r"""^(?:import|export) .*? from "(\.[^"]+)";$""", re.MULTILINE)


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """One that is there, from a module back to itself; empty when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def _python() -> dict[str, set[str]]:
    files = {_module(path): path for house in HOUSES for path in (ROOT / house).rglob("*.py")}
    return {name: {one for one in _imported(path, set(files)) if one != name} for name, path in files.items()}


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, known: set[str]) -> Iterator[str]:
    """A package stands for what its `__init__` imports: whoever takes a module out of it does not ask it for a name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = (f"{node.module}.{one.name}" for one in node.names)
            yield from (name if name in known else node.module for name in inner if node.module in known)


def _scripts() -> dict[str, set[str]]:
    return {str(path): {str((path.parent / to).resolve()) for to in _FROM.findall(_text(path))} for path in _paths()}


def _paths() -> list[Path]:
    return sorted(PHONE.rglob("*.js"))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_no_module_of_the_house_imports_what_imports_it() -> None:
    assert circle(_python()) == []


def test_no_module_of_the_phone_app_imports_what_imports_it() -> None:
    graph = _scripts()
    assert sum(map(len, graph.values())) > 150
    assert circle(graph) == []


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, 0),
        ({"a": {"b"}, "b": {"a"}}, 3),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}}, 4),
    ],
)
def test_a_circle_is_found(graph: dict[str, set[str]], found: int) -> None:
    assert len(circle(graph)) == found
