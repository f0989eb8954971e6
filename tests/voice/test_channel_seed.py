"""The seeded messages and public cases."""

from __future__ import annotations

from app.core.paging import PageRequest
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.channels.intake.model import InboundState
from app.domains.voice.public.publishing.model import Wanted
from app.seed.voice.categories import seed_categories
from app.seed.voice.channels import seed_channels
from app.wiring import City
from tests.support.api import OPS
from tests.support.case_work import governed
from tests.support.cases import CITY


async def test_the_seed_brings_messages_and_public_cases_once(city: City) -> None:
    said: list[str] = []
    await governed(city)
    put = city.services.organisations.put
    await put(OPS, Organisation(CITY, "福州市", Kind.GOVERNMENT, Level.CITY))
    await seed_categories(city, said.append)
    for _ in range(2):
        await seed_channels(city, said.append)
    assert said.count("5 messages by channels, 5 public cases") == 1
    listed = await city.services.voice.publishing.listed(Wanted(), PageRequest())
    assert len(listed.items) == 5
    kept = await city.services.voice.inbound.listed(list(InboundState), PageRequest())
    assert sorted(one.state.value for one in kept.items) == ["answered", "filed", "filed", "filed", "filed"]
