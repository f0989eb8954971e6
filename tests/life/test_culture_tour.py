"""The tour's part on culture, in this process: the seeded houses, and the library's stand-in over a real socket."""

from __future__ import annotations

from dataclasses import replace

import httpx2
from pydantic import SecretStr
from starlette.applications import Starlette

from app.core.passwords import Passwords
from app.gateways.library import Access, SipLibrary
from app.seed.demo import Demo
from app.seed.identity import seed_organisations
from app.seed.life.culture import seed_culture
from app.settings import Settings
from app.tour.journey import Journey
from app.tour.life.culture import Culture
from app.tour.payment.payer import Payer
from app.wiring import build
from mocks.divisions import neighbourhood
from mocks.library import Library
from tests.conftest import QUICK, Fakes, caller
from tests.support.tills import payer_of


async def test_an_evening_out(settings: Settings, fakes: Fakes) -> None:
    stand_in, demo = Library("rong", "secret", port=0), Demo()
    await stand_in.start()
    transport = httpx2.ASGITransport(Starlette(routes=[*stand_in.routes(), *stand_in.control_routes()]))
    assert stand_in.port is not None
    access = Access("127.0.0.1", stand_in.port, "rong", SecretStr("secret"), "FZL", "http://library.test/library/sru")
    library = SipLibrary(access, transport=transport)
    city = build(settings, beyond=replace(fakes.outside, library=library), passwords=Passwords(QUICK))
    await city.start()
    try:
        await seed_organisations(city, neighbourhood())
        await seed_culture(city, demo, lambda said: None)
        async with caller(city, fakes) as api, httpx2.AsyncClient(transport=transport, base_url="http://mocks") as out:
            known = {"providers": [{"scopes": ["verify:service_hall"]}], "payees": demo.payees}
            journey = Journey(api.http, out, "http://city.test", "http://mocks", known)
            journey.phone.token = (await payer_of(api)).token
            payer = Payer(journey, api.http, known)
            for _ in range(2):  # it can be walked again
                said = [await step() for _, step in Culture(payer).steps()]
        assert "1 of 1" in said[1]
        assert "came back" in said[4]
        assert said[5].endswith("Then GOOD")
        assert "预约" in said[6]
        assert "WARNING" in said[7]
    finally:
        await library.aclose()
        await stand_in.aclose()
        await city.stop()
