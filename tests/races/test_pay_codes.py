"""One code to pay by and fifty tills in several processes: it is charged once, and everybody is answered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.payment.ledger.model import FEES, GATEWAY, wallet
from tests.support.api import OPS
from tests.support.paying import put_on
from tests.support.remote import Door, Resident, Town, tally
from tests.support.tills import SCOPES, merchant_of

TILLS = 50


@pytest.fixture
async def till(town: Town, doors: list[Door]) -> str:
    """A token that every process knows."""
    made = await town.city.services.payment.merchants.get(await merchant_of(town.city))
    assert made is not None
    client = await town.city.services.clients.create(OPS, made.organisation, "till", SCOPES)
    for one in doors:
        for _ in range(100):
            form, auth = {"grant_type": "client_credentials"}, (client.client, client.secret)
            answer = await one.http.post("/oauth/token", data=form, auth=auth)
            if answer.status_code == 200:
                break
            await asyncio.sleep(0.05)
    return str(answer.json()["access_token"])


async def _payer(town: Town, fen: int) -> Resident:
    person, ledger = await town.with_card(), town.city.services.payment.ledger
    for account in (GATEWAY, FEES, wallet(person.id)):
        await ledger.open(account)
    await put_on(town.city, person.id, fen)
    return person


async def _shown(door: Door, person: Resident) -> str:
    done = await door.data("CreatePayCode", person.token, key=new_id())
    assert done["__typename"] == "PayCodeShown", done
    return str(done["payCode"]["text"])


def _collect(door: Door, till: str, code: str, order: str) -> Any:
    said = {"code": code, "amount": {"amount": "1.00"}, "order": order, "key": new_id()}
    return door.data("CollectPayment", till, "provider", **said)


async def test_one_code_and_fifty_tills_make_one_payment(town: Town, doors: list[Door], till: str) -> None:
    person = await _payer(town, 100_00)
    code = await _shown(doors[0], person)

    results = await asyncio.gather(*(_collect(doors[n % 4], till, code, f"R-{n}") for n in range(TILLS)))

    assert tally(results) == {"PaymentCollected": 1, "PayCodeUsed": TILLS - 1}
    assert await town.city.db["payments"].count_documents({"payer": person.id}) == 1
    assert (await town.city.services.payment.ledger.balance(wallet(person.id))).posted.fen == 99_00


async def test_one_order_and_many_codes_make_one_payment(town: Town, doors: list[Door], till: str) -> None:
    people = [await _payer(town, 10_00) for _ in range(8)]
    codes = [await _shown(doors[n % 4], person) for n, person in enumerate(people)]

    results = await asyncio.gather(*(_collect(doors[n % 4], till, code, "SAME") for n, code in enumerate(codes)))

    assert tally(results) == {"PaymentCollected": 1, "OrderTaken": 7}
    unused = await asyncio.gather(*(_collect(doors[n % 4], till, code, f"N-{n}") for n, code in enumerate(codes)))
    assert tally(unused) == {"PaymentCollected": 7, "PayCodeUsed": 1}


async def test_codes_made_at_once_leave_one_that_can_be_charged(town: Town, doors: list[Door], till: str) -> None:
    person = await _payer(town, 100_00)
    codes = await asyncio.gather(*(_shown(doors[n % 4], person) for n in range(8)))

    results = await asyncio.gather(*(_collect(doors[n % 4], till, code, f"C-{n}") for n, code in enumerate(codes)))

    assert tally(results) == {"PaymentCollected": 1, "PayCodeUnknown": 7}
