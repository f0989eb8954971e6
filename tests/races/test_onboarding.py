"""One credit code, and one approval, wished for by several processes at once."""

from __future__ import annotations

import asyncio

from app.core.ids import new_id
from app.domains.identity.clients.model import IssuedSecret
from tests.support.api import OPS, soon
from tests.support.applicants import application
from tests.support.remote import Door, Town, tally


async def test_of_rivals_at_four_processes_one_applies(town: Town, doors: list[Door]) -> None:
    wish = application()
    results = await asyncio.gather(
        *(doors[n % 4].data("ApplyAsProvider", None, "provider", application=wish, key=new_id()) for n in range(8))
    )
    assert tally(results) == {"ProviderApplied": 1, "CreditCodeTaken": 7}
    assert await town.city.db["applications"].count_documents({"credit_code": wish["creditCode"]}) == 1


async def test_a_test_mode_that_ends_ends_in_every_process(town: Town, doors: list[Door]) -> None:
    made = await doors[0].data("ApplyAsProvider", None, "provider", application=application(), key=new_id())
    onboarding = town.city.services.onboarding
    await onboarding.take_up(OPS, made["number"], new_id())
    trial = await onboarding.approve(OPS, made["number"], ("verify:gate",), new_id())
    live = await onboarding.go_live(OPS, made["number"], ("verify:gate",), new_id())
    for door in doors:  # each hears of it by its own change stream

        async def told(at: Door = door) -> bool:
            return [await _mode(at, one.client) for one in (trial, live)] == [True, False]

        await soon(told, 30)


async def _mode(door: Door, client: IssuedSecret) -> bool | None:
    """Whether a token of this client is in test mode; None where it gets none yet."""
    auth = (client.client, client.secret)
    answer = await door.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=auth)
    if answer.status_code != 200:
        return None
    told = (await door.raw("Me", {}, answer.json()["access_token"], "provider")).json()
    return bool(told["data"]["me"]["testMode"]) if "errors" not in told else None
