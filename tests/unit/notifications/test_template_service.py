"""What is kept in memory of templates: read once, and not kept when it was overtaken while it was read."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from typing import Any, cast

import pytest

from app.core.mongo import Tx
from notifications.templates.errors import TemplateNotApproved, TemplateUnknown
from notifications.templates.model import Template, TemplateRef, TemplateState, Texts, built_in
from notifications.templates.service import TemplateService
from notifications.templates.store import TemplateStore

ROW = {"owner": None, "code": "TELL_CARD_ISSUED", "version": 1}


def template(code: str, version: int, owner: str | None = None, state: str = "approved") -> Template:
    said = dict.fromkeys(("zh-CN", "en"), Texts("Title", f"Text {version}", "Push"))
    return Template(code, version, owner, said, {}, TemplateState(state), "ops", None, f"{owner}-{code}-{version}")


class Kept:
    """A store in memory; `reading` is set when somebody reads, and `answer` lets the reader have what he found."""

    def __init__(self, *templates: Template) -> None:
        self.templates = list(templates)
        self.reads = 0
        self.reading, self.answer = asyncio.Event(), asyncio.Event()
        self.answer.set()

    async def newest(
        self, owner: str | None, code: str, states: Collection[TemplateState] | None = None, tx: Tx | None = None
    ) -> Template | None:
        self.reads += 1
        fit = [one for one in self.templates if (one.owner, one.code) == (owner, code)]
        found = [one for one in fit if states is None or one.state in states]
        self.reading.set()
        await self.answer.wait()
        return max(found, key=lambda one: one.version, default=None)

    async def many(self, refs: Iterable[TemplateRef]) -> list[Template]:
        self.reads += 1
        wanted = set(refs)
        return [one for one in self.templates if one.ref in wanted]


def service(kept: Kept) -> TemplateService:
    nothing: Any = None
    return TemplateService(cast(TemplateStore, kept), nothing, nothing, nothing, nothing)


async def test_the_current_text_is_read_once_until_it_changes() -> None:
    kept = Kept()
    templates = service(kept)
    assert [(await templates.current("TELL_CARD_ISSUED")).version for _ in range(3)] == [0, 0, 0]
    assert kept.reads == 1
    kept.templates.append(template("TELL_CARD_ISSUED", 1))
    templates.changed(ROW)
    assert [(await templates.current("TELL_CARD_ISSUED")).version for _ in range(3)] == [1, 1, 1]
    assert kept.reads == 2
    kept.templates.append(template("TELL_CARD_ISSUED", 2))
    await templates.reload()
    assert (await templates.current("TELL_CARD_ISSUED")).version == 2


async def test_what_was_overtaken_while_it_was_read_is_not_kept() -> None:
    kept = Kept()
    templates = service(kept)
    kept.answer.clear()
    reading = asyncio.create_task(templates.current("TELL_CARD_ISSUED"))
    await kept.reading.wait()
    kept.templates.append(template("TELL_CARD_ISSUED", 1))
    templates.changed(ROW)
    kept.answer.set()
    assert (await reading).version == 0
    assert (await templates.current("TELL_CARD_ISSUED")).version == 1


async def test_a_provider_in_test_mode_has_its_newest_and_others_what_is_approved() -> None:
    states = ("approved", "submitted", "draft", "rejected", "withdrawn")
    kept = Kept(
        *(template("due", n, "library", state) for n, state in enumerate(states, 1)), template("new", 1, "bus", "draft")
    )
    templates = service(kept)
    assert (await templates.current("due", "library")).version == 1
    assert (await templates.current("due", "library", test=True)).version == 3
    assert (await templates.current("new", "bus", test=True)).version == 1
    with pytest.raises(TemplateNotApproved):
        await templates.current("new", "bus")
    for owner in ("library", None):
        with pytest.raises(TemplateUnknown):
            await templates.current("new", owner)


async def test_versions_are_read_together_and_once() -> None:
    kept = Kept(template("due", 1, "library"), template("due", 2, "library", "withdrawn"))
    templates = service(kept)
    refs = [TemplateRef("due", 1, "library"), TemplateRef("due", 2, "library"), TemplateRef("TELL_CARD_ISSUED", 0)]
    for _ in range(2):
        found = await templates.versions(refs)
        assert found[refs[2]] == built_in("TELL_CARD_ISSUED")
        assert [found[ref].version for ref in refs] == [1, 2, 0]
        assert kept.reads == 1
    for unknown in (TemplateRef("due", 3, "library"), TemplateRef("due", 1, "bus"), TemplateRef("TELL_NOTHING", 0)):
        with pytest.raises(TemplateUnknown):
            await templates.versions([refs[0], unknown])
