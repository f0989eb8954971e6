"""Conversations in the phone app, in a real browser: something is said, a survey answered, a proposal supported."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from app.core.ids import new_id
from app.core.viewer import Assurance, Role, Viewer
from app.domains.voice.conversations.moderation.model import PostKind, Reason, Verdict, matter_id
from app.domains.voice.conversations.proposals.model import ProposalLevel
from tests.support.browser import needs_browser
from tests.support.speakers import TEXT, TITLE, an_office, moderator, published
from tests.support.walking import Walk

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]
_PROPOSAL = "把铁路边的空地改成口袋公园"


async def test_somebody_speaks_answers_and_supports(walk: Walk) -> None:
    person, author = await walk.town.with_card(), await walk.town.with_card()
    city = walk.town.city
    office = await an_office(city)
    await published(city, office)
    await _proposed(walk, Viewer(Role.CITIZEN, author.id, author.id, assurance=Assurance.REAL_NAME))
    await walk.signs_in(person)
    thread = await _speaks(walk)
    await city.services.voice.conversations.officials.reply(office, thread, "已派维修班组，今晚修好。", new_id())
    await _reads_the_reply(walk)
    await _answers(walk)
    await _supports(walk)
    await _proposes(walk)
    await _is_told_why(walk, thread)
    await _sees_each_screen_whole(walk)
    assert (walk.phone.foreign, walk.phone.faults) == ([], [])


async def _proposed(walk: Walk, author: Viewer) -> None:
    rooms = walk.town.city.services.voice.conversations
    said = (ProposalLevel.CITY, "350100000000", _PROPOSAL, "铁路边那块空地闲置多年，建议种树、放座椅。")
    made = await rooms.proposals.save(author, None, *said, new_id())
    await rooms.proposals.hand_in(author, made.id, new_id())
    matter = matter_id(PostKind.PROPOSAL, made.id)
    await rooms.moderation.judge(moderator(), matter, Verdict.SHOW, None, "", new_id())


async def _speaks(walk: Walk) -> str:
    page = walk.page
    await page.goto(f"{walk.phone.url}/app#/talk-new")
    await page.get_by_label("Title").fill(TITLE)
    words = page.get_by_label("Your words")
    await words.fill(f"{TEXT} 请打我电话 13805910000。")
    await page.get_by_role("button", name="Put it up").click()
    await expect(page.get_by_role("alert").filter(has_text=re.compile("take them out"))).to_be_visible()
    await expect(words).not_to_have_value(re.compile("13805910000"))
    await words.fill(TEXT)
    await page.get_by_role("button", name="Put it up").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    await page.get_by_label("Say something").fill("晚上我也走这条路")
    await page.get_by_role("button", name="Reply", exact=True).click()
    await expect(page.get_by_text("晚上我也走这条路")).to_be_visible()
    rows = await walk.town.city.db["threads"].find({"kind": "observation"}).to_list(None)
    return str(rows[0]["_id"])


async def _reads_the_reply(walk: Walk) -> None:
    await walk.page.reload()
    await expect(walk.page.get_by_text("Official", exact=True)).to_be_visible()
    await expect(walk.page.get_by_text("园林中心").first).to_be_visible()


async def _answers(walk: Walk) -> None:
    page = walk.page
    await page.goto(f"{walk.phone.url}/app#/surveys")
    await page.get_by_role("link", name=re.compile("滨江步道满意度调查")).click()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Please answer").first).to_be_visible()
    await page.get_by_label("太暗").check()
    await page.get_by_label("路灯").check()
    await page.get_by_label("4", exact=True).check()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("You have answered")).to_be_visible()


async def _supports(walk: Walk) -> None:
    page = walk.page
    await page.goto(f"{walk.phone.url}/app#/proposals")
    await page.get_by_role("link", name=re.compile(_PROPOSAL)).click()
    await page.get_by_role("button", name="I support it").click()
    await expect(page.get_by_text("1 support it; with 500 a reply is owed")).to_be_visible()
    await expect(page.get_by_role("button", name="Take my support back")).to_be_visible()


async def _proposes(walk: Walk) -> None:
    page = walk.page
    await page.goto(f"{walk.phone.url}/app#/proposal-new")
    await page.get_by_label("Title").fill("景区标出无障碍路线")
    await page.get_by_label("What, why and how").fill("请在导览图上标出轮椅和婴儿车能走通的路线。")
    await page.get_by_role("button", name="Keep it").click()
    await page.get_by_role("button", name="Hand it in").click()
    await expect(page.get_by_text("Being looked at").first).to_be_visible()


async def _is_told_why(walk: Walk, thread: str) -> None:
    moderation, page = walk.town.city.services.voice.conversations.moderation, walk.page
    await moderation.hide(moderator(), PostKind.THREAD, thread, Reason.ELSEWHERE, "请走诉求渠道", new_id())
    await page.goto(f"{walk.phone.url}/app#/posts")
    await expect(page.get_by_text("Belongs elsewhere：请走诉求渠道")).to_be_visible()
    await page.get_by_label("Why it should stand").fill("这里就是讲路灯的")
    await page.get_by_role("button", name="Appeal (once)").click()
    await expect(page.get_by_text("Your appeal is being looked at.")).to_be_visible()


async def _sees_each_screen_whole(walk: Walk) -> None:
    for address in ("", "talk", "talk-new", "posts", "moderation", "surveys", "proposals", "proposal-new"):
        await walk.page.goto(f"{walk.phone.url}/app#/{address}")
        screen = walk.page.locator("#screen:not([aria-busy])")
        await screen.wait_for()
        await expect(screen.locator(".alarm")).to_have_count(0)
        assert await walk.page.evaluate("document.documentElement.scrollWidth") <= 390, address
