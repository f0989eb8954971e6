"""Volunteering in the phone app, in a real browser: somebody registers, leads, checks in, passes a point; a wish is
taken up and done with a photo; who agrees is called; an emergency is told.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.community.responders.calls.model import CallKind, CallWish, ReplyState
from app.domains.community.volunteers.activities.model import Activity
from app.domains.community.volunteers.model import Skill
from app.domains.community.volunteers.patrols.model import RoutePoint
from app.domains.community.wishes.model import Whom, WishKind, WishState
from app.domains.community.wishes.service import WishAsked
from graphql_schema.types.common import global_id
from tests.support.browser import needs_browser
from tests.support.volunteering import LAKE, Troop, named, troop_of
from tests.support.walking import Walk

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


async def test_a_volunteer_leads_walks_grants_a_wish_and_is_called(walk: Walk, tmp_path: Path) -> None:
    person, troop = await walk.town.with_card(), await troop_of(walk.town.city, budget=0)
    await walk.page.context.grant_permissions(["geolocation"])
    await walk.page.context.set_geolocation({"latitude": LAKE.latitude, "longitude": LAKE.longitude, "accuracy": 8})
    walk.page.on("dialog", lambda dialog: dialog.accept())
    await walk.signs_in(person)
    await _registers(walk)
    activity = await _patrol(troop)
    await _leads_and_walks(walk, troop, named(person.id), activity)
    await _grants(walk, troop, person.id, tmp_path / "lamp.png")
    await _is_called(walk, troop)
    await _tells_an_emergency(walk)
    assert (walk.phone.foreign, walk.phone.faults) == ([], [])


async def _registers(walk: Walk) -> None:
    await _goes(walk, "volunteer")
    await walk.page.get_by_label("I agree that my service and hours are kept").check()
    await walk.page.get_by_role("button", name="Register").click()
    await expect(walk.page.get_by_text("☆☆☆☆☆")).to_be_visible()
    await _pictured(walk, "volunteer")


async def _patrol(troop: Troop) -> Activity:
    """One that runs, along a route of two points at the lake."""
    points = (RoutePoint("", Said("东门岗"), LAKE), RoutePoint("", Said("水文站"), LAKE, guarded=True))
    wish = (troop.keeper, None, troop.group, Said("环湖夜巡"), points, new_id())
    route = await troop.ours.routes.save(*wish, open_=True)
    terms = (await troop.activity(starts_in=timedelta(minutes=-5))).terms
    made = await troop.ours.activities.save(troop.keeper, None, replace(terms, route=route.id), new_id())
    return await troop.ours.activities.publish(troop.keeper, made.id, new_id())


async def _leads_and_walks(walk: Walk, troop: Troop, viewer: Viewer, activity: Activity) -> None:
    ours, page, id_ = troop.ours, walk.page, global_id("VolunteerActivity", activity.id)
    await ours.groups.join(viewer, troop.group, new_id())
    number = (await ours.register.demand(viewer.acting())).number
    await ours.leading.name(troop.keeper, troop.group, number, new_id(), leads=True)
    await _goes(walk, f"volunteer-activity/{id_}")
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("heading", name="Check in")).to_be_visible()
    await _goes(walk, f"lead/{id_}")
    await expect(page.get_by_alt_text("The check-in code")).to_be_visible()
    await _pictured(walk, "volunteer-lead")
    code = (await page.locator("small", has_text="RONGVA:").inner_text()).strip()
    await _goes(walk, f"volunteer-activity/{id_}")
    await page.get_by_label("Or the text below it").first.fill(code)
    await page.get_by_role("button", name="Check in", exact=True).click()
    await expect(page.get_by_text("Checked in")).to_be_visible()
    await page.get_by_role("button", name="I am here").first.click()
    await expect(page.get_by_text("1 / 2", exact=True)).to_be_visible()
    await _pictured(walk, "volunteer-walk")
    walked = await ours.walks.mine(viewer, activity.id)
    assert walked is not None
    assert len(walked.passed) == 1


async def _grants(walk: Walk, troop: Troop, citizen: str, photo: Path) -> None:
    page, ours = walk.page, troop.ours
    asked = WishAsked(troop.organisation, WishKind.REPAIR, Whom.OLDER, 7, "想换一个灯泡", "厨房的灯坏了，自己够不着")
    wisher = named(new_id())
    wish = await ours.wishes.make(wisher, asked, new_id())
    await ours.wishes.screen(troop.keeper, wish.id, "", new_id(), publish=True)
    await _goes(walk, "wishes")
    await page.get_by_role("button", name="Take it up").first.click()
    await expect(page.get_by_text("想换一个灯泡")).to_have_count(0)
    await _goes(walk, "my-wishes")
    await page.screenshot(path=str(photo))  # a photo like any other
    await page.get_by_label("Add photos").first.set_input_files(photo)
    await expect(page.get_by_text("lamp.png")).to_be_visible(timeout=30_000)
    await page.get_by_label("How you did it").fill("灯泡换好了，试过亮了")
    await page.get_by_role("button", name="It is done").click()
    await expect(page.locator("main img, #screen img").first).to_be_visible()
    await _pictured(walk, "wishes-done")
    done = await ours.wishes.one(wish.id)
    assert done is not None
    assert (done.state, done.holder, len(done.files)) == (WishState.DONE, citizen, 1)


async def _is_called(walk: Walk, troop: Troop) -> None:
    page = walk.page
    await _goes(walk, "responder")
    await page.get_by_label("I agree that my last place").check()
    await page.get_by_role("button", name="Agree").click()
    await page.get_by_role("button", name="Tell where I am (kept two hours)").click()
    await expect(page.get_by_text("none", exact=True)).to_have_count(0)
    wish = CallWish(CallKind.INJURY, LAKE, "西湖公园东门", skills=frozenset({Skill.FIRST_AID}))
    call = (await troop.ours.calls.call(troop.keeper, wish, new_id())).call.id
    await page.reload()
    await page.get_by_role("button", name="I am going (the centre sees my place)").click()
    await expect(page.get_by_role("button", name="I am there")).to_be_visible()
    await _pictured(walk, "responder")
    seen = await troop.ours.calls.seen(troop.keeper, call)
    assert seen is not None
    assert seen.count(ReplyState.GOING) == 1


async def _tells_an_emergency(walk: Walk) -> None:
    # Who is about to see to a ward's matters is himself the one whom help is sent to.
    ward = json.dumps({"id": global_id("Citizen", new_id()), "name": "林语桐"})
    await walk.page.evaluate(f"sessionStorage.setItem('rong.for', {json.dumps(ward)})")
    await _goes(walk, "emergency")
    await walk.page.evaluate("document.addEventListener('click', (event) => event.preventDefault())")
    await walk.page.get_by_role("link", name="Ambulance 120").click()
    await expect(walk.page.get_by_text("The centre has your place.")).to_be_visible(timeout=15_000)
    await _pictured(walk, "emergency")
    assert await walk.town.city.db["emergencies"].count_documents({"number": "120"}) == 1


async def _goes(walk: Walk, screen: str) -> None:
    await walk.page.goto(f"{walk.phone.url}/app#/{screen}")
    await walk.page.reload()
    await walk.page.locator("#screen:not([aria-busy])").wait_for()


async def _pictured(walk: Walk, name: str) -> None:
    if folder := os.environ.get("RONG_PICTURES"):
        await walk.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
