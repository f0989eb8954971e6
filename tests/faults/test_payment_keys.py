"""A till and a giver of red packets who ask a hundred times under one key while a process is killed: paid once."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.payment.ledger.model import FEES, GATEWAY, Account, AccountKind, wallet
from tests.faults.conftest import Found
from tests.support.paying import put_on
from tests.support.remote import OPS, Resident, Town, door, tally, token_at
from tests.support.tills import SCOPES, merchant_of
from tests.support.volley import CALLS, Volley

PURSE = 1_000_00


async def _payer(town: Town) -> Resident:
    person, ledger = await town.account(), town.city.services.payment.ledger
    for account in (GATEWAY, FEES, wallet(person.id)):
        await ledger.open(account)
    await put_on(town.city, person.id, PURSE)
    return person


async def _paid(town: Town, person: Resident) -> int:
    return PURSE - (await town.city.services.payment.ledger.balance(wallet(person.id))).posted.fen


def _alike(replies: list[dict[str, Any]]) -> bool:
    return len({json.dumps(reply, sort_keys=True) for reply in replies}) == 1


def _say(what: str, volley: Volley, began: float) -> None:
    print(
        f"\n{what}: {volley.turned_away} of {CALLS} calls turned to the other process, which asked "
        f"{volley.asked_to_wait} times to wait; all answered after {time.monotonic() - began:.1f} s"
    )


@pytest.mark.parametrize("kill_after", [0, 30])
async def test_a_code_is_charged_once_whatever_process_is_killed(
    found: Found, database_uri: str, kill_after: int
) -> None:
    processes, town = await found(database_uri)
    merchant = await merchant_of(town.city, fee=60)
    victim, survivor = await processes.apis(2)
    doors = [door(victim.url), door(survivor.url)]
    client = await town.city.services.clients.create(OPS, merchant, "till", SCOPES)
    till = await token_at(doors[1], client.client, client.secret)
    person, key = await _payer(town), new_id()
    code = (await doors[1].data("CreatePayCode", person.token, key=new_id()))["payCode"]["text"]
    wish = {"code": code, "amount": {"amount": "100.00"}, "order": "order-1"}
    volley, began = Volley(victim, doors, kill_after), time.monotonic()

    replies = await volley.fire("CollectPayment", till, "provider", **wish, key=key)
    other = await doors[1].data("CollectPayment", till, "provider", **{**wish, "amount": {"amount": "1"}}, key=key)
    _say(f"collectPayment, killed after {kill_after} replies", volley, began)
    ledger, shop = town.city.services.payment.ledger, Account(AccountKind.MERCHANT, merchant)
    taken = [(await ledger.balance(one)).posted.fen for one in (shop, FEES)]

    assert tally(replies) == {"PaymentCollected": CALLS}
    assert _alike(replies)
    assert other["__typename"] == "IdempotencyConflict"
    assert (await _paid(town, person), taken) == (100_00, [99_40, 60])
    assert await town.city.db["payments"].count_documents({"payer": person.id}) == 1
    assert (await town.city.services.payment.proof.verify()).sound


@pytest.mark.parametrize("kill_after", [0, 30])
async def test_a_red_packet_is_sent_once_whatever_process_is_killed(
    found: Found, database_uri: str, kill_after: int
) -> None:
    processes, town = await found(database_uri)
    victim, survivor = await processes.apis(2)
    doors = [door(victim.url), door(survivor.url)]
    person, key = await _payer(town), new_id()
    packet = {"amount": {"amount": "66.00"}, "shares": 5, "kind": "LUCKY"}
    volley, began = Volley(victim, doors, kill_after), time.monotonic()

    replies = await volley.fire("SendRedPacket", person.token, "citizen", packet=packet, key=key)
    other = await doors[1].data("SendRedPacket", person.token, packet={**packet, "shares": 6}, key=key)
    _say(f"sendRedPacket, killed after {kill_after} replies", volley, began)

    assert tally(replies) == {"RedPacketSent": CALLS}
    assert _alike(replies)
    assert other["__typename"] == "IdempotencyConflict"
    assert await _paid(town, person) == 66_00
    assert await town.city.db["packets"].count_documents({}) == 1
    assert (await town.city.services.payment.proof.verify()).sound
