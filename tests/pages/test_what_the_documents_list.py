"""What in documents and pages would rot: error codes, settings, metrics, dependencies, commands, operations."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TypeVar

import pytest
from graphql import parse, validate
from prometheus_client import REGISTRY

import app.admin.api  # the desk comes only to processes that serve it
import app.server
from app.cli import Commands
from app.core.errors import Outcome, Refusal, RongError
from app.settings import Settings
from graphql_schema.endpoint.outcomes import outcome_types
from graphql_schema.schema import citizen_schema, provider_schema
from tests.pages.conftest import Visit
from virtual_card.codes.model import ALLOWED, Purpose

HOUSE = Path(__file__).resolve().parents[2]
API = (HOUSE / "docs" / "api.md").read_text(encoding="utf-8")
OPERATIONS = (HOUSE / "docs" / "operations.md").read_text(encoding="utf-8")
DEPENDENCIES = (HOUSE / "docs" / "dependencies.md").read_text(encoding="utf-8")
Kind = TypeVar("Kind", bound=RongError)


def camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


def kinds_of(kind: type[Kind]) -> Iterator[type[Kind]]:
    """Of the program itself: tests make kinds of their own."""
    for one in kind.__subclasses__():
        if one.__module__.split(".")[0] in ("app", "graphql_schema", "virtual_card", "notifications"):
            yield one
        yield from kinds_of(one)


KINDS: dict[str, type[RongError]] = {kind.code: kind for base in (Refusal, Outcome) for kind in kinds_of(base)}
ROWS = {
    found[1]: [cell.strip() for cell in found[2].split("|")]
    for found in re.finditer(r"^\| `([A-Z][A-Z_0-9]+)` \|((?:[^|\n]*\|){3})$", API, flags=re.M)
    if found[1] not in Purpose.__members__
}


def test_every_code_is_in_the_guide_and_nothing_else() -> None:
    assert app.server  # importing it brings in every room's errors
    assert set(ROWS) == set(KINDS)


@pytest.mark.parametrize("code", sorted(KINDS))
def test_the_guide_says_where_a_code_appears_and_what_it_carries(code: str) -> None:
    kind, (where, carries, meaning, *_) = KINDS[code], ROWS[code]
    carried = list(getattr(kind, "__dataclass_fields__", ()))
    if kind in outcome_types():
        carried = [name for name in carried if name in outcome_types()[kind].__dataclass_fields__]
    assert carries == ", ".join(f"`{camel(name)}`" for name in carried)
    assert (where == "result") == (kind in outcome_types())
    if issubclass(kind, Refusal):
        assert where == f"`errors[]`, {kind.status}"
    assert meaning


@pytest.mark.parametrize("purpose", list(Purpose))
def test_the_guide_says_what_a_verifier_learns(purpose: Purpose) -> None:
    learned = ", ".join(f"`{camel(attribute.value)}`" for attribute in ALLOWED[purpose])
    assert f"| `{purpose.name}` | {learned} |" in API


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_is_in_the_operations_guide(field: str) -> None:
    assert re.search(rf"^\|[^|]*`RONG_{field.upper()}`", OPERATIONS, flags=re.M)


def test_the_operations_guide_lists_no_setting_that_is_gone() -> None:
    listed = re.findall(
        r"`RONG_([A-Z_]+)`", OPERATIONS[OPERATIONS.index("### Settings") : OPERATIONS.index("### Secrets")]
    )
    assert {name.lower() for name in listed} <= set(Settings.model_fields)


def test_every_metric_is_in_the_operations_guide() -> None:
    ours = {family.name for family in REGISTRY.collect() if family.name.startswith("rong_")}
    listed = set(re.findall(r"`(rong_\w+?)(?:_total)?`", OPERATIONS))
    assert ours
    assert ours <= listed


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    named = {re.split(r"[^\w.-]", one)[0].lower() for one in wanted}
    listed = {name.lower() for name in re.findall(r"^\| `([\w.-]+?)(?:\[\w+\])?` \|", DEPENDENCIES, flags=re.M)}
    assert named == listed


def test_every_line_of_a_dependency_gives_its_licence() -> None:
    rows = [row for row in DEPENDENCIES.splitlines() if re.match(r"\| `", row)]
    assert all(len(cells := row.strip("| ").split(" | ")) == 4 and all(cells) for row in rows)


@pytest.mark.parametrize("command", Commands().list_commands(None))
def test_every_command_is_in_the_operations_guide(command: str) -> None:
    assert f"`rong {command}" in OPERATIONS


@pytest.mark.parametrize("operation", re.findall(r"```graphql\n(.*?)```", API, flags=re.S))
def test_operations_in_the_guide_fit_the_schema_of_one_of_the_doors(operation: str) -> None:
    faults = [validate(door._schema, parse(operation)) for door in (citizen_schema, provider_schema)]
    assert [] in faults, faults


async def test_operations_on_the_first_page_fit_the_schema(visit: Visit) -> None:
    async with visit() as browser:
        page = (await browser.get("/")).text
    shown = [unescape(one) for one in re.findall(r"<pre class=\"copy\"><code>(.*?)</code></pre>", page, flags=re.S)]
    operations = [one for one in shown if re.match(r"mutation|\{\s+\w+ \{", one)]
    assert len(operations) == 5
    for one in operations:
        schema = provider_schema if "verifyCode" in one else citizen_schema
        assert not validate(schema._schema, parse(one)), one
