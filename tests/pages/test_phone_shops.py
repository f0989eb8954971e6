"""Shops and parcels in the phone app, in a real browser: something is chosen, ordered, paid and had against its code;
one order is cancelled; a parcel is brought to the door.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.core.ids import new_id
from app.domains.community.shops.model import ShopKind
from app.domains.payment.ledger.model import FEES, GATEWAY, wallet
from tests.support.browser import needs_browser
from tests.support.estates import moved_in
from tests.support.paying import put_on
from tests.support.remote import Resident
from tests.support.together_walk import Counter, counter_of
from tests.support.walking import Walk

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


async def test_something_is_ordered_and_had_and_a_parcel_comes_to_the_door(walk: Walk) -> None:
    person = await _payer(walk)
    shop = await _near(walk, person, ShopKind.CANTEEN)
    station = await _near(walk, person, ShopKind.PARCELS)
    await walk.signs_in(person)
    walk.page.on("dialog", lambda dialog: dialog.accept())
    await _orders(walk, shop)
    await _has_it(walk, shop)
    await _cancels(walk, shop)
    await _has_a_parcel_brought(walk, station, person)
    await _sees_both_languages(walk, shop)
    assert (walk.phone.foreign, walk.phone.faults) == ([], [])


async def _payer(walk: Walk) -> Resident:
    person, city = await walk.town.with_card(), walk.town.city
    for account in (GATEWAY, FEES, wallet(person.id)):
        await city.services.payment.ledger.open(account)
    await put_on(city, person.id, 100_00)
    return person


async def _near(walk: Walk, person: Resident, kind: ShopKind) -> Counter:
    """A shop that delivers to one of his homes."""
    shop = await counter_of(walk.town.city, stock=5, kind=kind)
    await moved_in(walk.town.city, shop.where, person.id)
    return shop


async def _goes(walk: Walk, screen: str) -> None:
    await walk.page.goto(f"{walk.phone.url}/app#/{screen}")
    await walk.page.reload()
    await walk.page.locator("#screen:not([aria-busy])").wait_for()


async def _orders(walk: Walk, shop: Counter) -> None:
    page = walk.page
    await _goes(walk, "shops")
    await page.get_by_role("link", name=re.compile("Granny's.*Canteen")).click()
    more = page.get_by_role("button", name="One more Fish balls")
    for _ in range(7):
        await more.click()
    await expect(page.get_by_text("¥60.00")).to_be_visible()  # five are all there are
    await expect(page.get_by_text("¥63.00")).to_be_visible()  # and they are brought
    await page.get_by_role("button", name="One Fish balls less").click()
    await page.get_by_label("Note").fill("少放葱")
    await _picture(walk, "shop-en")
    await page.get_by_role("button", name="Order and pay").click()
    await expect(page.get_by_text("Waits for the shop").first).to_be_visible()
    assert await shop.stock() == 1


async def _has_it(walk: Walk, shop: Counter) -> None:
    page, working = walk.page, shop.ours.shopping.working
    row = await walk.town.city.db["shop_orders"].find_one({"shop": shop.code})
    assert row is not None
    await working.accept(shop.keeper, row["_id"], new_id())
    await working.send(shop.keeper, row["_id"], new_id())
    await _goes(walk, "")
    await page.get_by_role("link", name=re.compile("Granny's.*On its way")).click()
    code = page.get_by_label("Code for the handing over")
    await code.wait_for()
    await _picture(walk, "order-en")
    await working.hand_over(shop.keeper, row["_id"], await code.inner_text(), new_id())
    await page.reload()
    await expect(page.get_by_text("Delivered").first).to_be_visible()


async def _cancels(walk: Walk, shop: Counter) -> None:
    page = walk.page
    await _goes(walk, f"shop/{shop.id}")
    await page.get_by_role("button", name="One more Jasmine tea").click()
    await page.get_by_label("How").select_option("PICK_UP")
    await page.get_by_role("button", name="Order and pay").click()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_text("Went back")).to_be_visible()


async def _has_a_parcel_brought(walk: Walk, station: Counter, person: Resident) -> None:
    page, shopping = walk.page, station.ours.shopping
    for label in ("顺丰 小件", "中通 文件"):
        await shopping.parcels.announce(station.keeper, station.code, person.phone, label, new_id())
    await _goes(walk, "")
    await page.get_by_role("link", name=re.compile("Granny's.*Parcel waits")).first.click()
    await page.get_by_role("checkbox").first.uncheck()
    await _picture(walk, "parcels-en")
    await page.get_by_role("button", name=re.compile("Bring them to my door")).click()
    await expect(page.get_by_text("1 parcels")).to_be_visible()
    await _goes(walk, "parcels")
    await expect(page.get_by_text("Being brought")).to_be_visible()
    await expect(page.get_by_role("checkbox")).to_have_count(1)


async def _sees_both_languages(walk: Walk, shop: Counter) -> None:
    await walk.page.get_by_role("button", name="中文").click()
    for number, address in enumerate(("shops", f"shop/{shop.id}", "shop-orders", "parcels")):
        await _goes(walk, address)
        await expect(walk.page.locator("#screen .alarm")).to_have_count(0)
        assert await walk.page.evaluate("document.documentElement.scrollWidth") <= 390, address
        await _picture(walk, f"shops-{number}-zh")
    await walk.page.get_by_role("button", name="English").click()


async def _picture(walk: Walk, name: str) -> None:
    """Where somebody wants to look at them."""
    if folder := os.environ.get("RONG_PICTURES"):
        await walk.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
