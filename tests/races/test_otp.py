"""A thousand guesses at a sign-in code, by every way there is, on two processes."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.identity.sign_in.model import MOST_TRIES, TRIES_PER_ADDRESS
from graphql_schema.types.common import global_id, key_of
from tests.support.remote import Door, Resident, Town, stranger, tally


async def _challenged(town: Town, door: Door, person: Resident) -> tuple[str, str]:
    """A challenge and its right code."""
    asked = await door.data("RequestOtp", phone=person.phone, device=person.device, key=new_id())
    assert asked["__typename"] == "OtpRequested", asked
    return asked["challenge"], await town.sms_code(person.phone)


def _guess(challenge: str, code: str, device: dict[str, str]) -> dict[str, Any]:
    return {"challenge": challenge, "code": code, "device": device, "key": new_id()}


def _wrong(right: str, n: int) -> str:
    return f"{(int(right) + 1 + n) % 1_000_000:06d}"


async def _tries(town: Town, challenge: str) -> int:
    keys = {challenge, challenge.rpartition(":")[2]}
    row = await town.city.db["otp_challenges"].find_one({"_id": {"$in": sorted(keys)}})
    assert row is not None
    return int(row["tries"])


@pytest.mark.faults
async def test_a_thousand_guesses_from_as_many_addresses_and_devices_get_five_tries(
    town: Town, doors: list[Door]
) -> None:
    person = stranger()
    challenge, right = await _challenged(town, doors[0], person)
    at_once = asyncio.Semaphore(64)

    async def guess(n: int) -> dict[str, Any]:
        device = {**person.device, "id": f"device-{new_id()}"}
        async with at_once:
            return dict(await doors[n % 2].data("SignIn", **_guess(challenge, _wrong(right, n), device)))

    results = await asyncio.gather(*(guess(n) for n in range(1000)))
    late = await doors[1].data("SignIn", **_guess(challenge, right, person.device))

    seen = tally(results)
    assert seen.keys() == {"OtpWrong", "OtpNoLongerValid"}
    assert seen["OtpWrong"] < MOST_TRIES  # fewer when parallel guesses have spent the last try meanwhile
    assert await _tries(town, challenge) == MOST_TRIES
    assert late["__typename"] == "OtpNoLongerValid"
    assert await town.city.citizens.id_by_phone(person.phone) is None


async def test_guesses_from_one_address_are_limited_over_all_processes(town: Town, doors: list[Door]) -> None:
    device, address = stranger().device, "192.0.2.77"
    at_once = asyncio.Semaphore(64)
    before = await _limits(town)
    await town.city.limits.take(TRIES_PER_ADDRESS, address)
    used = {"$set": {"count": TRIES_PER_ADDRESS.most - 100}}
    [counted] = await _limits(town) - before
    await town.city.db["limits"].update_one({"_id": counted}, used)

    async def guess(n: int) -> str:
        variables = _guess(global_id("Challenge", new_id()), f"{n:06d}", device)
        async with at_once:
            answer = (await doors[n % 4].raw("SignIn", variables, address=address)).json()
        return answer["errors"][0]["extensions"]["code"] if answer.get("errors") else "OtpNoLongerValid"

    results = Counter(await asyncio.gather(*(guess(n) for n in range(300))))

    assert results == {"OtpNoLongerValid": 100, "RATE_LIMITED": 200}


async def test_codes_for_one_phone_are_limited_over_all_processes(town: Town, doors: list[Door]) -> None:
    person = stranger()

    results = await asyncio.gather(
        *(
            doors[n % 4].data(
                "RequestOtp", phone=person.phone, device={**person.device, "id": f"device-{new_id()}"}, key=new_id()
            )
            for n in range(12)
        )
    )

    assert tally(results) == {"OtpRequested": 5, "TooManyCodes": 7}


async def test_guesses_by_alias_are_refused_at_the_door(town: Town, doors: list[Door]) -> None:
    person = stranger()
    challenge, right = await _challenged(town, doors[0], person)
    fields = " ".join(
        f'g{n}: signIn(challenge: $c, code: "{_wrong(right, n)}", device: $d, idempotencyKey: "{new_id()}")'
        " { __typename }"
        for n in range(10)
    )
    query = f"mutation($c: ID!, $d: DeviceInput!) {{ {fields} }}"

    answer = await doors[0].post({"query": query, "variables": {"c": challenge, "d": person.device}})

    assert "data" not in answer.json()
    assert answer.json()["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX"
    assert answer.json()["errors"][0]["extensions"]["limit"] == "logins"
    assert await _tries(town, challenge) == 0


async def test_guesses_in_a_batch_are_refused_at_the_door(town: Town, doors: list[Door]) -> None:
    person = stranger()
    challenge, right = await _challenged(town, doors[0], person)
    query = "mutation($c: ID!, $o: String!, $d: DeviceInput!, $k: String!) {"
    query += " signIn(challenge: $c, code: $o, device: $d, idempotencyKey: $k) { __typename } }"
    batch = [
        {"query": query, "variables": {"c": challenge, "o": _wrong(right, n), "d": person.device, "k": new_id()}}
        for n in range(50)
    ]

    answer = await doors[0].post(batch)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert await _tries(town, challenge) == 0


async def test_twenty_parallel_right_answers_open_one_session(town: Town, doors: list[Door]) -> None:
    person = stranger()
    challenge, right = await _challenged(town, doors[0], person)

    results = await asyncio.gather(
        *(doors[n % 2].data("SignIn", **_guess(challenge, right, person.device)) for n in range(20))
    )

    citizen = key_of(next(r for r in results if r["__typename"] == "SignedIn")["citizenId"], "Citizen")
    assert tally(results) == {"SignedIn": 1, "OtpNoLongerValid": 19}
    assert await town.city.db["sessions"].count_documents({"holder": citizen}) == 1


async def test_one_answer_sent_five_times_under_one_key_is_one_session(town: Town, doors: list[Door]) -> None:
    """A try is spent by each repeat that outruns the first; none of them may open a second session."""
    person = stranger()
    challenge, right = await _challenged(town, doors[0], person)
    same = _guess(challenge, right, person.device)

    results = await asyncio.gather(*(doors[n % 2].data("SignIn", **same) for n in range(MOST_TRIES)))
    again = await doors[1].data("SignIn", **same)

    refresh = {result["tokens"]["refreshToken"] for result in [*results, again]}
    assert tally([*results, again]) == {"SignedIn": MOST_TRIES + 1}
    assert len(refresh) == 1


async def test_two_first_sign_ins_of_one_phone_make_one_account(town: Town, doors: list[Door]) -> None:
    person = stranger()
    first, right_first = await _challenged(town, doors[0], person)
    second, right_second = await _challenged(town, doors[1], person)

    results = await asyncio.gather(
        doors[0].data("SignIn", **_guess(first, right_first, person.device)),
        doors[1].data("SignIn", **_guess(second, right_second, person.device)),
    )

    assert tally(results) == {"SignedIn": 2}
    assert len({result["citizenId"] for result in results}) == 1


async def _limits(town: Town) -> set[str]:
    return {row["_id"] for row in await town.city.db["limits"].find({}, {"_id": 1}).to_list(None)}
