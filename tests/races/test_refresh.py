"""Refresh tokens used in parallel, twice, from elsewhere, and after a lost reply."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from app.domains.identity.sessions.model import GRACE
from tests.support.remote import Door, Resident, Town, tally


def _asked(person: Resident, token: str | None = None) -> dict[str, str]:
    return {"refreshToken": token or person.refresh_token, "deviceId": person.device["id"]}


async def _refused_everywhere(doors: list[Door], token: str) -> float:
    """Seconds until every process refuses this access token."""
    began = time.monotonic()
    for one in doors:
        while "errors" not in (answer := (await one.raw("Me", {}, token)).json()):
            assert time.monotonic() - began < 30, "an ended session is still served"
            await asyncio.sleep(0.02)
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    return time.monotonic() - began


async def _rotated_long_ago(town: Town, person: Resident) -> None:
    """As if the last refresh lay eleven seconds back."""
    past = town.city.clock.now() - GRACE - timedelta(seconds=1)
    changed = await town.city.db["sessions"].update_one({"_id": person.session}, {"$set": {"rotated_at": past}})
    assert changed.modified_count == 1


async def test_twenty_parallel_refreshes_move_on_once_and_get_the_same_token(town: Town, doors: list[Door]) -> None:
    person = await town.account()

    results = await asyncio.gather(*(doors[n % 2].data("RefreshSession", **_asked(person)) for n in range(20)))

    session = await town.city.db["sessions"].find_one({"_id": person.session})
    assert tally(results) == {"SignedIn": 20}
    assert len({result["tokens"]["refreshToken"] for result in results}) == 1
    assert session is not None
    assert session["generation"] == 2


async def test_a_reply_that_was_lost_is_given_again_to_the_same_device(town: Town, doors: list[Door]) -> None:
    person = await town.account()

    lost = await doors[0].data("RefreshSession", **_asked(person))
    again = await doors[1].data("RefreshSession", **_asked(person))
    onward = await doors[1].data("RefreshSession", **_asked(person, again["tokens"]["refreshToken"]))

    assert again["tokens"]["refreshToken"] == lost["tokens"]["refreshToken"]
    assert onward["__typename"] == "SignedIn"


async def test_an_old_token_ends_the_session_on_every_process(town: Town, doors: list[Door]) -> None:
    person = await town.account()
    fresh = (await doors[0].data("RefreshSession", **_asked(person)))["tokens"]
    await _rotated_long_ago(town, person)

    reused = await doors[0].data("RefreshSession", **_asked(person))
    waited = await _refused_everywhere(doors, fresh["accessToken"])
    onward = await doors[1].data("RefreshSession", **_asked(person, fresh["refreshToken"]))

    print(f"an ended session was refused on four processes after {waited * 1000:.0f} ms")
    assert reused["__typename"] == onward["__typename"] == "SessionEnded"


async def test_a_token_two_generations_old_ends_the_session_at_once(town: Town, doors: list[Door]) -> None:
    person = await town.account()
    second = (await doors[0].data("RefreshSession", **_asked(person)))["tokens"]
    third = (await doors[1].data("RefreshSession", **_asked(person, second["refreshToken"])))["tokens"]

    reused = await doors[1].data("RefreshSession", **_asked(person))
    await _refused_everywhere(doors, third["accessToken"])

    assert reused["__typename"] == "SessionEnded"


async def test_another_device_with_the_token_ends_the_session(town: Town, doors: list[Door]) -> None:
    person = await town.account()
    thief = {"refreshToken": person.refresh_token, "deviceId": "device-of-a-thief"}

    stolen = await doors[0].data("RefreshSession", **thief)
    await _refused_everywhere(doors, person.token)
    owner = await doors[1].data("RefreshSession", **_asked(person))

    assert stolen["__typename"] == owner["__typename"] == "SessionEnded"


async def test_a_lost_reply_is_not_forgiven_to_another_device(town: Town, doors: list[Door]) -> None:
    person = await town.account()
    fresh = (await doors[0].data("RefreshSession", **_asked(person)))["tokens"]
    thief = {"refreshToken": person.refresh_token, "deviceId": "device-of-a-thief"}

    stolen = await doors[1].data("RefreshSession", **thief)
    await _refused_everywhere(doors, fresh["accessToken"])

    assert stolen["__typename"] == "SessionEnded"


async def test_signing_out_is_felt_on_every_process_and_by_open_refreshes(town: Town, doors: list[Door]) -> None:
    person = await town.account()

    results = await asyncio.gather(
        doors[0].data("SignOut", person.token),
        *(doors[n % 4].data("RefreshSession", **_asked(person)) for n in range(8)),
    )
    await _refused_everywhere(doors, person.token)
    late = await doors[2].data("RefreshSession", **_asked(person))

    assert results[0]["__typename"] == "SignedOut"
    assert late["__typename"] == "SessionEnded"
