"""The seeded merchants: whole, invented, and the same when the seed runs again."""

from __future__ import annotations

from app.core.paging import PageRequest
from app.domains.payment.merchants.model import Category, parsed_fee, parsed_name
from app.seed.demo import Demo
from app.seed.identity import seed_organisations
from app.seed.payment.merchants import seed_merchants
from app.wiring import City
from mocks.divisions import neighbourhood
from mocks.merchants import merchants


def test_sixty_merchants_stand_on_units_there_are_and_three_have_a_cashier() -> None:
    units = {unit.code for unit in neighbourhood()}
    assert len(merchants()) == len({one.key for one in merchants()}) == 60
    assert len([one for one in merchants() if one.cashier]) == 3
    for one in merchants():
        assert one.unit in units, one
        assert Category[one.category]
        assert (parsed_name(one.name), parsed_fee(one.fee)) == (one.name, one.fee)


async def test_a_repeated_seed_leaves_codes_and_profiles_as_they_are(city: City) -> None:
    await seed_organisations(city, neighbourhood())
    before = None
    for _ in range(2):
        demo = Demo()
        await seed_merchants(city, demo, lambda said: None)
        page = await city.services.payment.merchants.page(PageRequest(100))
        assert (len(page.items), len(demo.payees), len(demo.staff)) == (60, 3, 6)
        assert before in (None, page.items)
        before = page.items
