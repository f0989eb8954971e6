"""Everything the console says, it says in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.admin import console
from app.admin.console.texts import Text, word
from notifications.channels.base import DeliveryOutcome

HOUSE = Path(console.__file__).parent
_HAN = re.compile("[㐀-鿿]")
_SPOKEN = re.compile(r't\(\s*"([^"]*)"\s*,\s*"([^"]*)"\s*\)')
# Written alike in both languages, or a name.
_ALIKE = {"English", "中文", "en", "zh-CN", "", "QQ"}


def _texts() -> Iterator[tuple[str, str, str]]:
    """(file, Chinese, English) of each text in the program; of f-strings, their constant parts."""
    for path in sorted(HOUSE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _speaks(node):
                yield path.name, *(_constant(argument) for argument in node.args)
    for path in sorted(HOUSE.rglob("*.html")):
        for zh, en in _SPOKEN.findall(path.read_text(encoding="utf-8")):
            yield path.name, zh, en


def _speaks(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in ("Text", "told") and len(call.args) == 2


def _constant(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))


def test_each_text_is_chinese_and_english() -> None:
    found = list(_texts())
    assert len(found) > 300
    for file, zh, en in found:
        said = any(letter.isalpha() for letter in zh)  # else its words are filled in
        assert _HAN.search(zh) or not said or zh in _ALIKE, (file, zh)
        if en in _ALIKE:
            continue
        assert not _HAN.search(en), (file, en)


@pytest.mark.parametrize("outcome", DeliveryOutcome)
def test_each_outcome_of_a_delivery_has_a_name(outcome: DeliveryOutcome) -> None:
    assert isinstance(word(outcome), Text)


@pytest.mark.parametrize(
    "reason", ["card_not_active", "licence_not_active", "licence_unknown", "purpose_not_for_licence"]
)
def test_each_reason_why_a_code_is_refused_has_a_name(reason: str) -> None:
    assert isinstance(word(reason), Text)


@pytest.mark.parametrize("template", sorted(HOUSE.rglob("*.html")), ids=lambda path: path.name)
def test_no_word_stands_in_a_template_in_one_language_alone(template: Path) -> None:
    bare = re.sub(r"\{[{%#].*?[}%#]\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not _HAN.search(bare)
    words = re.findall(r">\s*([A-Za-z][A-Za-z ]{2,})\s*<", bare)
    assert words == []
