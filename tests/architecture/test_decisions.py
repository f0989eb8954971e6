"""The list of decisions names each of them, once, in order, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_LISTED = re.compile(r"^\| \[(\d{4})\]\((decisions/[\w.-]+\.md)\) \| \S", re.MULTILINE)


def test_the_list_of_decisions_is_complete_and_in_order() -> None:
    listed = _LISTED.findall((DOCS / "README.md").read_text(encoding="utf-8"))
    written = sorted((DOCS / "decisions").glob("*.md"))
    assert listed == [(one.name[:4], f"decisions/{one.name}") for one in written]


def test_each_decision_has_a_number_of_its_own_and_says_it_in_its_title() -> None:
    titles = {one.name[:4]: one.read_text(encoding="utf-8") for one in (DOCS / "decisions").glob("*.md")}
    assert len(titles) == len(list((DOCS / "decisions").glob("*.md")))
    for number, text in titles.items():
        assert text.startswith(f"# {number}"), number
