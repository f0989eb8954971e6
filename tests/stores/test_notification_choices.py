"""Templates and preferences as they are kept: what comes back is what was kept, and stale changes lose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from app.core.mongo import Database, DuplicateKey
from app.core.paging import PageRequest
from notifications.preferences.model import Choice, Mode, Preferences
from notifications.preferences.quiet import QuietHours
from notifications.preferences.store import PreferenceStore
from notifications.templates.facts import Fact, FactKind
from notifications.templates.model import Template, TemplateRef, TemplateState, Texts
from notifications.templates.store import TemplateStore
from tests.stores.support import shaped, within

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CHOSEN = Preferences(
    "a",
    choices={"card": Choice(Mode.DIGEST, True), "org:库.a$b": Choice(Mode.OFF), "org:*": Choice()},
    quiet=QuietHours(time(22), time(7, 30)),
    time_zone="Europe/London",
    digest_at=time(8, 15),
    sms_after=timedelta(minutes=90),
    lock_screen_personal=True,
    version=1,
)


@pytest.fixture
async def preferences(db: Database) -> PreferenceStore:
    return PreferenceStore(await shaped(db, "preferences"))


@pytest.fixture
async def templates(db: Database) -> TemplateStore:
    return TemplateStore(await shaped(db, "templates"))


async def test_choices_come_back_whole(db: Database, preferences: PreferenceStore) -> None:
    await within(db, lambda tx: preferences.save(CHOSEN, Preferences("a"), tx))
    assert await preferences.get("a") == CHOSEN
    bare = Preferences("b", sms_after=None, version=1)
    await within(db, lambda tx: preferences.save(bare, Preferences("b"), tx))
    assert sorted(await preferences.many(["a", "b", "c"]), key=lambda one: one.citizen) == [CHOSEN, bare]
    assert await preferences.get("c") is None


async def test_a_change_of_what_is_no_longer_so_is_not_kept(db: Database, preferences: PreferenceStore) -> None:
    await within(db, lambda tx: preferences.save(CHOSEN, Preferences("a"), tx))
    newer = replace(CHOSEN, digest_at=time(9), version=2)
    await within(db, lambda tx: preferences.save(newer, CHOSEN, tx))
    for stale in (Preferences("a"), CHOSEN):
        with pytest.raises(DuplicateKey):
            await within(db, lambda tx, was=stale: preferences.save(replace(was, version=was.version + 1), was, tx))
    assert await preferences.get("a") == newer


def template(version: int, owner: str | None = "library", state: TemplateState = TemplateState.DRAFT) -> Template:
    texts = {"zh-CN": Texts("书", "{a.b} {day}", "书"), "en": Texts("Book", "Due on {day}", "Book")}
    facts = {"day": Fact(FactKind.DATE), "page": Fact(FactKind.LINK, True, "library.test.cn")}
    return Template("due", version, owner, texts, facts, state, "clerk", AT, f"{owner}-{version}")


async def test_a_template_comes_back_whole_with_its_history(db: Database, templates: TemplateStore) -> None:
    was = template(1)
    await within(db, lambda tx: templates.add(was, tx))
    assert await templates.get(was.ref) == was == await templates.by_id(was.id)
    submitted = was.submitted("clerk", AT)
    rejected = submitted.rejected("ops", AT + timedelta(hours=1), "不清楚")
    assert await within(db, lambda tx: templates.save(submitted, was, tx))
    assert await within(db, lambda tx: templates.save(rejected, submitted, tx))
    assert await templates.get(was.ref) == rejected
    assert not await within(db, lambda tx: templates.save(submitted.approved("ops", AT), submitted, tx))
    assert await templates.get(was.ref) == rejected


async def test_a_version_is_made_once_for_an_owner(db: Database, templates: TemplateStore) -> None:
    for new in (template(1), template(1, None), template(1, "bus")):
        await within(db, lambda tx, new=new: templates.add(new, tx))
    with pytest.raises(DuplicateKey):
        await within(db, lambda tx: templates.add(replace(template(1), id="other"), tx))


async def test_the_newest_of_a_state_is_found_and_no_other_owners(db: Database, templates: TemplateStore) -> None:
    kept = [template(1, state=TemplateState.APPROVED), template(2), template(3, "bus"), template(4, None)]
    for new in kept:
        await within(db, lambda tx, new=new: templates.add(new, tx))
    assert await templates.newest("library", "due") == kept[1]
    assert await templates.newest("library", "due", {TemplateState.APPROVED}) == kept[0]
    assert await templates.newest("library", "other") is None
    assert await templates.newest(None, "due") == kept[3]
    refs = [kept[0].ref, kept[3].ref, TemplateRef("due", 1, "bus")]
    assert {found.id for found in await templates.many(refs)} == {"library-1", "None-4"}
    page = await templates.of_owner("library", PageRequest(1))
    assert (page.items, page.has_next) == ((kept[1],), True)
    assert (await templates.of_owner("library", PageRequest(5, kept[1].id))).items == (kept[0],)
    assert {found.id for found in (await templates.in_state(TemplateState.DRAFT, PageRequest())).items} == {
        "library-2",
        "bus-3",
        "None-4",
    }
    assert await templates.approved("library") == [kept[0]]
