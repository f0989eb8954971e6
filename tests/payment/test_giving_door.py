"""Points, red packets and rides by GraphQL: what is refused has its name and its words in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from graphql_schema.types.common import global_id
from tests.support.api import Api, Person
from tests.support.giving import (
    CARRIES,
    GIVES,
    LINE,
    carrier,
    giver,
    good_cause,
    granted,
    looked_up,
    packet_of,
    passenger,
)


@pytest.fixture
async def person(shared_api: Api) -> Person:
    """With a card and 100 yuan."""
    return await passenger(shared_api, 10_000)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize(
    ("packet", "error", "data"),
    [
        (packet_of("0.05", 6), "PacketTooSmall", {"least": {"amount": "0.06", "currency": "CNY"}}),
        (packet_of("200.01", 6), "PacketTooLarge", {"most": {"amount": "200.00", "currency": "CNY"}}),
        (packet_of("100", 101), "PacketSharesUnfit", {"mostShares": 100}),
        (packet_of("1", 3, kind="FIXED"), "PacketUneven", {}),
        (packet_of("1", 1, wish="长" * 41), "PacketWishTooLong", {"mostLetters": 40}),
        (packet_of("1", 1, phones=["12"]), "PhoneInvalid", {}),
        (packet_of("1.001", 1), "AmountInvalid", {"reason": "TOO_MANY_DECIMALS"}),
        (packet_of("-1", 1), "AmountInvalid", {"reason": "NOT_POSITIVE"}),
        (packet_of("150", 2), "InsufficientBalance", {"available": {"amount": "100.00", "currency": "CNY"}}),
        (packet_of("5", 2, "POINTS"), "InsufficientBalance", {"available": {"amount": "0.00", "currency": "POINTS"}}),
    ],
)
async def test_a_packet_that_cannot_be_sent_says_why(
    shared_api: Api, person: Person, language: str, packet: dict[str, Any], error: str, data: dict[str, Any]
) -> None:
    answer = await shared_api.speaking(language).data("SendRedPacket", person.token, packet=packet, key=new_id())
    assert answer["__typename"] == error, answer
    assert {name: answer[name] for name in data} == data
    assert bool(answer["message"])
    assert any("一" <= letter <= "鿿" for letter in answer["message"]) is (language == "zh-CN")


async def test_a_packet_is_opened_by_whom_it_is_for_while_there_is_something_in_it(
    shared_api: Api, person: Person
) -> None:
    friend, late = await shared_api.verified(), await shared_api.verified()
    nameless = await shared_api.sign_in(shared_api.person())
    sent = await shared_api.data("SendRedPacket", person.token, packet=packet_of("3", 1), key=new_id())
    which = {"link": sent["packet"]["link"]}
    await shared_api.refused("WalletNeedsRealName", "OpenRedPacket", nameless.token, which=which, key=new_id())
    await shared_api.refused("PacketOwn", "OpenRedPacket", person.token, which=which, key=new_id())
    key = new_id()
    got = await shared_api.data("OpenRedPacket", friend.token, which=which, key=key)
    assert got["packet"]["mine"] == {"amount": "3.00", "currency": "CNY"}
    await shared_api.refused("PacketEmpty", "OpenRedPacket", late.token, which=which, key=new_id())
    for unknown in ({"link": "RONGHB:" + "A" * 26}, {"id": global_id("RedPacket", new_id())}):
        await shared_api.refused("PacketUnknown", "OpenRedPacket", late.token, which=unknown, key=new_id())
    await shared_api.refused("PacketUnknown", "OpenRedPacket", late.token, which={"link": "RONGHB:1"}, key=new_id())
    await shared_api.refused(
        "IdempotencyConflict", "OpenRedPacket", friend.token, which={"link": "RONGHB:" + "A" * 26}, key=key
    )
    assert await shared_api.codes("SendRedPacket", None, packet=packet_of("3", 1), key=new_id()) == ["UNAUTHENTICATED"]


async def test_grants_are_refused_by_name(shared_api: Api, person: Person) -> None:
    token = await shared_api.provider(await giver(shared_api, 200), GIVES)
    wish = granted(await looked_up(shared_api, person, token))
    await shared_api.data("GrantPoints", token, "provider", grant=wish, key=new_id())
    refused = shared_api.refused
    await refused("GrantConflict", "GrantPoints", token, "provider", grant={**wish, "points": 7}, key=new_id())
    more = {**wish, "reference": new_id()}
    assert await refused("PointBudgetSpent", "GrantPoints", token, "provider", grant=more, key=new_id()) == {
        "points": 80
    }
    nobody = {**more, "to": {"cardNumber": "RC0000000000"}}
    await refused("GrantRecipientUnknown", "GrantPoints", token, "provider", grant=nobody, key=new_id())
    await refused("GrantUnknown", "TakeBackPoints", token, "provider", reference="no-such", key=new_id())
    tried = await shared_api.provider_in_test_mode()
    await refused("LiveModeOnly", "GrantPoints", tried, "provider", grant=wish, key=new_id())


async def test_gifts_are_refused_by_name(shared_api: Api, person: Person) -> None:
    cause = await good_cause(shared_api.city)
    given = {"cause": cause, "points": 5, "key": new_id()}
    assert await shared_api.refused("PointsShort", "DonatePoints", person.token, **given) == {"points": 0}
    none = {**given, "cause": global_id("GoodCause", "no-such")}
    await shared_api.refused("CauseUnknown", "DonatePoints", person.token, **{**none, "key": new_id()})
    assert await shared_api.codes("DonatePoints", person.token, **{**given, "points": 0}) == ["BAD_INPUT"]


async def test_rides_are_refused_by_name(shared_api: Api, person: Person) -> None:
    rules = await carrier(shared_api)
    token = await shared_api.provider(rules.operator, CARRIES)

    async def report(wanted: str, **changed: Any) -> dict[str, Any]:
        ride = {"reference": new_id(), "line": LINE, "code": "RONG:" + "A" * 26, **changed}
        return await shared_api.refused(wanted, "ReportRide", token, "provider", ride=ride, key=new_id())

    await report("LineUnknown", line="no-such")
    await report("CodeMalformed", code="RONG:1")
    await report("CodeUnknown")
    await report("CodeForOtherPurpose", code=await shared_api.code(person, "LIBRARY"))
    poor = await passenger(shared_api)
    for _ in range(3):
        ride = {"reference": new_id(), "line": LINE, "code": await shared_api.code(poor, "TRANSIT")}
        done = await shared_api.data("ReportRide", token, "provider", ride=ride, key=new_id())
        assert done["ride"]["state"] == "OWED"
    assert await report("RideRefused", code=await shared_api.code(poor, "TRANSIT")) == {}
    owed = await shared_api.data("PayOwedRides", poor.token)
    assert (owed["__typename"], owed["rides"], owed["amount"]["amount"]) == ("RidesStillOwed", 3, "6.00")
    await shared_api.refused("RideBatchUnfit", "ReportOfflineRides", token, "provider", rides=[])
