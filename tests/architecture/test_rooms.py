"""What a room may hold, who may import what, and how long a file and a function may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("app", "graphql_schema", "resolvers", "notifications", "virtual_card", "mocks")
ROOMS = ("app/domains", "virtual_card", "notifications")
FOUR = {"__init__.py", "model.py", "errors.py", "store.py", "service.py"}
# What a room has beyond the four kinds, and why it is no fifth kind.
MORE = {
    "app/domains/appointments/booking/feeds/ics.py": "the form of a calendar",
    "notifications/channels": "adapters of one interface",
    "notifications/preferences/quiet.py": "the clocks of a place",
    "notifications/templates/facts.py": "what may be filled in, and how it is said",
    "app/domains/government/answers/entries/checks.py": "whether an answer can stand as it is written",
    "app/domains/government/answers/finding/likeness.py": "how alike a question and an answer are",
    "app/domains/government/answers/imports/lines.py": "an answer as it is written in files",
    "app/domains/government/catalogue/checks.py": "whether an item can stand as it is written",
    "app/domains/government/catalogue/forms.py": "which JSON Schemas are let in as forms",
    "app/domains/government/catalogue/reach.py": "whose an item is, and where it may be offered, by the tree",
    "app/domains/government/catalogue/reading.py": "an item as it is written in files",
    "app/domains/government/search/keeping/synonyms.py": "the file of words that mean the same",
    "app/domains/government/catalogue/imports/lines.py": "the lines of a file of items",
    "app/domains/life/directory/hours/notation.py": "opening hours as they are written in files",
    "app/domains/life/directory/imports/lines.py": "a place as it is written in files",
    "app/domains/community/gates/offline.py": "a gate without network, and its list",
    "app/domains/community/visitors/offline.py": "the form of a visitor's code",
    "app/domains/community/volunteers/hours/certificates/drawing.py": "the form of a certificate",
    "app/domains/payment/bills/receipts/drawing.py": "the form of a receipt",
    "app/domains/payment/bills/services.py": "what the rest of the city is given of the room",
    "app/domains/payment/wallet/statements/drawing.py": "the drawing of a statement",
    "app/domains/payment/wallet/statements/table.py": "the form of a statement's table",
    "app/domains/life/transit/feeds/archive.py": "the zip file of a feed",
    "app/domains/life/transit/feeds/building.py": "a timetable out of the tables of a feed",
    "app/domains/life/transit/feeds/places.py": "the short tables of a feed",
    "app/domains/life/transit/feeds/tables.py": "the form of a feed's tables",
    "app/domains/life/transit/timetable/packing.py": "the form of a timetable in the database",
    "app/domains/voice/public/publishing/striking/names.py": "which words are names of people",
    "app/domains/voice/figures/indicators/definitions.py": "the definitions in force, as data",
    "app/domains/voice/figures/indicators/reports/workbook.py": "the form of a workbook",
    "app/domains/voice/street/assets/number.py": "the form of an asset's code",
    "app/domains/voice/street/assets/sheets/drawing.py": "the drawing of labels",
    "app/domains/payment/pay_codes/bars.py": "a code as bars",
    "virtual_card/face": "the drawing of a card's face",
    "virtual_card/cards/number.py": "the form of a card's number",
    "virtual_card/codes/keys.py": "published keys",
    "virtual_card/codes/kept_list.py": "a list of barred places as a process keeps it",
    "virtual_card/codes/offline.py": "the form of an offline code",
    "virtual_card/codes/online.py": "the form of an online code",
    "virtual_card/codes/qr.py": "a code as a picture",
    "virtual_card/codes/signed.py": "what codes and lists have in common: COSE",
    "virtual_card/codes/status_list.py": "the form of the list of barred cards",
    "virtual_card/codes/verifier.py": "a gate without network",
    "virtual_card/licences/faces": "the drawing of a licence's face",
    "virtual_card/licences/kinds.py": "the kinds of licences, read from their file",
    "virtual_card/licences/number.py": "the form of a licence's number",
}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
DRIVER = {"pymongo", "bson", "motor"}
KNOWS_DRIVER = {
    "app/core/mongo.py": "the one place",
    "app/embedded": "starts a database before there is a client",
    "app/doctor": "says why there is none",
}


@cache
def _files() -> list[Path]:
    return sorted(p for house in HOUSES for p in (ROOT / house).rglob("*.py") if "__pycache__" not in p.parts)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _within(name: str, places: object) -> bool:
    return any(name == place or name.startswith(f"{place}/") for place in places)  # type: ignore[attr-defined]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_a_room_holds_the_four_files_and_what_is_declared() -> None:
    strange = [
        name
        for path in _files()
        if _within(name := _name(path), ROOMS) and path.name not in FOUR and not _within(name, MORE)
    ]
    assert strange == []
    assert [place for place in MORE if not (ROOT / place).exists()] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [
        _name(path) for path in _files() if path.stem in VAGUE and not _within(_name(path), ["graphql_schema"])
    ] == []


def test_only_schema_and_resolvers_know_strawberry() -> None:
    knowing = {_name(path) for path in _files() if "strawberry" in _imports(path)}
    assert {name for name in knowing if not _within(name, ("graphql_schema", "resolvers"))} == set()


def test_only_stores_and_the_database_module_know_the_driver() -> None:
    knowing = {_name(path) for path in _files() if DRIVER & set(_imports(path))}
    assert {name for name in knowing if not name.endswith("/store.py") and not _within(name, KNOWS_DRIVER)} == set()


def test_no_file_is_longer_than_400_lines_and_each_says_what_it_is() -> None:
    long = [_name(p) for p in _files() if len(p.read_text(encoding="utf-8").splitlines()) > 400]
    silent = [_name(p) for p in _files() if _tree(p).body and not ast.get_docstring(_tree(p))]
    assert (long, silent) == ([], [])


def test_no_function_is_longer_than_40_lines() -> None:
    functions = (
        (path, node)
        for path in _files()
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [f"{_name(p)}:{n.name}" for p, n in functions if (n.end_lineno or n.lineno) - n.lineno + 1 > 40]
    assert long == []


def test_resolvers_catch_nothing() -> None:
    catching = [
        _name(path)
        for path in _files()
        if _within(_name(path), ["resolvers"]) and any(isinstance(node, ast.Try) for node in ast.walk(_tree(path)))
    ]
    assert catching == []


def test_every_part_of_the_app_has_its_layer() -> None:
    layers = (ROOT / ".importlinter").read_text(encoding="utf-8").partition("layers =")[2].partition("\n\n")[0]
    named = {part.strip() for line in layers.splitlines() for part in line.split("|")}
    parts = {f"app.{p.stem}" for p in (ROOT / "app").iterdir() if (p.suffix == ".py" or (p / "__init__.py").exists())}
    assert parts - named - {"app.__init__", "app.domains"} == set()
    assert {f"app.domains.{p.name}" for p in (ROOT / "app/domains").iterdir() if (p / "__init__.py").exists()} <= named
