"""The data exchange's client against its stand-in over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from app.core.errors import Unavailable
from app.domains.government.shared_data.fetches.model import Registered, one_text
from app.gateways.exchange import HttpExchange, NoExchange
from app.gateways.http import Patience
from mocks.city import PEOPLE
from mocks.exchange import data_sets
from tests.contracts.conftest import EXCHANGE_KEY

if TYPE_CHECKING:
    from tests.contracts.conftest import StandIns

FATHER, CHILD = (next(p for p in PEOPLE if p.key == key) for key in ("lin-xiaofeng", "lin-yutong"))
HIM = Registered(FATHER.name, FATHER.id_number)


@pytest.fixture
async def exchange(stand_ins: StandIns, in_a_hurry: Patience) -> AsyncIterator[HttpExchange]:
    async with HttpExchange(f"{stand_ins.url}/exchange", SecretStr(EXCHANGE_KEY), patience=in_a_hurry) as client:
        yield client


async def test_a_household_is_told_as_the_city_was_seeded(exchange: HttpExchange) -> None:
    answer = await exchange.ask("household", HIM, ["members", "address"], "benefit_review", "r1")
    names = {record["name"] for record in answer.values["members"]}
    assert {"林晓峰", "陈静怡", "林语桐", "林子墨"} <= names
    assert one_text(answer.values["address"]) == "鼓楼区东街街道榕树巷 8 号 302 室"
    assert one_text(answer.values["members"]) is None, "several records are no text for a form"


async def test_spouses_say_the_same_of_their_wedding(exchange: HttpExchange) -> None:
    wife = next(p for p in PEOPLE if p.key == FATHER.spouse)
    his = await exchange.ask("marriage", HIM, ["spouse"], "benefit_review", "r2")
    hers = await exchange.ask("marriage", Registered(wife.name, wife.id_number), ["spouse"], "benefit_review", "r3")
    assert his.values["spouse"][0]["name"] == wife.name
    assert his.values["spouse"][0]["registered_on"] == hers.values["spouse"][0]["registered_on"]


async def test_only_what_was_asked_for_is_told_and_what_is_not_known_is_left_out(exchange: HttpExchange) -> None:
    child = Registered(CHILD.name, CHILD.id_number)
    answer = await exchange.ask("social_security", child, ["contributions", "nothing"], "benefit_review", "r4")
    assert answer.values == {}
    assert await exchange.holds("birth", child, ["record"]) == {"record"}
    assert await exchange.holds("property", child, ["holdings"]) == frozenset()


async def test_of_a_stranger_or_under_another_name_nothing_is_known(exchange: HttpExchange) -> None:
    for stranger in (Registered("某人", "350102199003070054"), Registered("别人", FATHER.id_number)):
        assert (await exchange.ask("household", stranger, ["members"], "x", "r5")).values == {}


async def test_every_field_of_every_set_is_of_somebody_or_named_here(exchange: HttpExchange) -> None:
    nobodys = set()
    for one in data_sets()["set"]:
        fields = [field[0] for field in one["fields"]]
        known: set[str] = set()
        for person in PEOPLE:
            known |= await exchange.holds(one["code"], Registered(person.name, person.id_number), fields)
        nobodys |= {f"{one['code']}.{field}" for field in set(fields) - known}
    assert nobodys == {"death.record"}, "nobody of the seeded city has died"


async def test_an_exchange_that_is_away_is_unavailable(exchange: HttpExchange, stand_ins: StandIns) -> None:
    await stand_ins.fault("exchange", status=503)
    with pytest.raises(Unavailable):
        await exchange.ask("household", HIM, ["members"], "x", "r6")
    with pytest.raises(Unavailable):
        await exchange.holds("household", HIM, ["members"])
    with pytest.raises(Unavailable):
        await NoExchange().ask("household", HIM, ["members"], "x", "r7")


async def test_a_set_that_nobody_offers_and_a_wrong_key_are_not_understood(
    exchange: HttpExchange, stand_ins: StandIns
) -> None:
    with pytest.raises(Unavailable):
        await exchange.ask("weather", HIM, ["today"], "x", "r8")
    async with HttpExchange(f"{stand_ins.url}/exchange", SecretStr("wrong")) as wrong:
        with pytest.raises(Unavailable):
            await wrong.ask("household", HIM, ["members"], "x", "r9")
