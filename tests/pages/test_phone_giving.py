"""Points, red packets and rides on the phone, before a city in real processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.said import Said
from app.domains.payment.ledger.model import FEES, GATEWAY, wallet
from app.domains.payment.points.causes.model import Cause
from app.domains.payment.points.grants.model import GrantReason, Wish
from app.domains.payment.rides.fares.model import FareRules
from tests.support.api import OPS
from tests.support.browser import Browser, needs_browser
from tests.support.paying import put_on
from tests.support.processes import CityProcesses
from tests.support.remote import Resident, Town
from tests.support.walking import phone_before

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


@dataclass
class Giver:
    town: Town
    phone: Browser

    @property
    def page(self) -> Page:
        return self.phone.page

    async def person(self) -> Resident:
        """With 120 points and 100 yuan."""
        made, payment = await self.town.with_card(), self.town.city.services.payment
        for account in (GATEWAY, FEES, wallet(made.id)):
            await payment.ledger.open(account)
        await put_on(self.town.city, made.id, 100_00)
        await payment.points.grants.set_budget(OPS, "test-union", 1_000)
        wish = Wish.of(new_id(), 120, GrantReason.VOLUNTEERING, "西湖清洁行动")

        async def work(tx: Tx) -> None:
            await payment.points.grants.give("test-union", made.id, wish, tx)

        await self.town.city.db.transaction(work)
        return made


@pytest.fixture
async def giver(processes: CityProcesses, town: Town) -> AsyncIterator[Giver]:
    await _seeded(town)
    async with phone_before(processes) as phone:
        yield Giver(town, phone)


async def _seeded(town: Town) -> None:
    payment, today = town.city.services.payment, civil_day(town.city.clock.now())
    await payment.points.causes.put(
        OPS, Cause("books", Said("山区图书", "Books for the hills"), Said("一本书", "A book"))
    )
    rules = FareRules("test-bus", "1", Said("一路", "Line One"), today - timedelta(days=1), 200, day_cap=1_000)
    await payment.rides.fares.put(OPS, rules)


async def test_points_are_given_and_a_packet_goes_from_one_phone_to_another(giver: Giver) -> None:
    anna, ben = await giver.person(), await giver.person()
    await giver.phone.holds(anna)
    await giver.phone.goes("points")
    await expect(giver.page.get_by_text("120 points").first).to_be_visible()
    await giver.page.get_by_role("button", name="Give").click()
    await expect(giver.page.get_by_text("70 points").first).to_be_visible()
    await expect(giver.page.get_by_text("Given to a cause")).to_be_visible()

    await giver.phone.goes("packets")
    await giver.page.get_by_label("In all").fill("8.88")
    await giver.page.get_by_label("How many shares").fill("2")
    await giver.page.get_by_label("A wish").fill("搬家快乐")
    await giver.page.get_by_role("button", name="Fill it").click()
    link = await giver.page.get_by_text("RONGHB:").inner_text()

    await giver.phone.holds(ben)
    await giver.phone.goes(f"packet/link/{link}")
    await expect(giver.page.get_by_text("搬家快乐")).to_be_visible()
    await giver.page.get_by_role("button", name="Open it").click()
    await expect(giver.page.get_by_text("1 / 2")).to_be_visible()
    await expect(giver.page.get_by_text("¥8.88", exact=True)).to_be_visible()

    await giver.phone.goes("rides")
    await expect(giver.page.get_by_text("Line One")).to_be_visible()
    assert (giver.phone.foreign, giver.phone.faults) == ([], [])
