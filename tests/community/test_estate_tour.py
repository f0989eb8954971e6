"""The tour's parts on estates and shops, in this process, over the seed: whoever comes next can walk them, too."""

from __future__ import annotations

import httpx2

from app.core.passwords import Passwords
from app.seed.community.estates import seed_estates
from app.seed.community.shops import seed_shops
from app.seed.demo import Demo
from app.seed.identity import seed_organisations
from app.settings import Settings
from app.tour.community.estates import Estates
from app.tour.community.shops import Shops
from app.tour.journey import Journey
from app.tour.payment.payer import Payer
from app.wiring import build
from mocks.divisions import neighbourhood
from tests.conftest import QUICK, Fakes, caller
from tests.support.tills import payer_of


async def test_a_home_a_bay_and_a_meal(settings: Settings, fakes: Fakes) -> None:
    city, demo = build(settings, beyond=fakes.outside, passwords=Passwords(QUICK)), Demo()
    await city.start()
    try:
        await seed_organisations(city, neighbourhood())
        await seed_estates(city, demo, lambda said: None, small=True)
        await seed_shops(city, demo, lambda said: None)
        async with caller(city, fakes) as api, httpx2.AsyncClient() as out:
            known = {"providers": [{"scopes": ["verify:service_hall"]}], "payees": demo.payees}
            for _ in range(2):
                person = await payer_of(api, 200_00)
                journey = Journey(api.http, out, "http://city.test", "http://mocks", known)
                journey.phone.token, journey.number = person.token, person.phone
                payer = Payer(journey, api.http, known)
                home = [await step() for _, step in Estates(payer).steps()]
                meal = [await step() for _, step in Shops(payer).steps()]
                assert home[4].startswith("T-")
                assert "DELIVERED" in meal[2]
                assert "went back" in meal[3]
    finally:
        await city.stop()
