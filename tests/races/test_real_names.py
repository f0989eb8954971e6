"""Real-name verification and guardianship under parallel calls."""

from __future__ import annotations

import asyncio
from datetime import date

from app.core.ids import new_id
from tests.support.remote import Door, Resident, Town, stranger, tally


def _told(name: str, number: str) -> dict[str, str]:
    return {"name": name, "idNumber": number, "key": new_id()}


async def test_of_ten_parallel_wrong_attempts_three_reach_the_registry(town: Town, doors: list[Door]) -> None:
    person = await town.account(verified=False)
    unknown = [stranger() for _ in range(10)]
    before = await town.registry_calls()

    results = await asyncio.gather(
        *(doors[n % 4].data("VerifyIdentity", person.token, **_told("无此人", unknown[n].number)) for n in range(10))
    )
    right = await town.known_to_registry(person)
    locked = await doors[0].data("VerifyIdentity", person.token, **_told(right.name, right.number))

    assert tally(results) == {"IdentityNotMatched": 3, "VerificationLocked": 7}
    assert await town.registry_calls() - before == 3
    assert locked["__typename"] == "VerificationLocked"


async def test_of_two_accounts_with_one_id_number_one_gets_it(town: Town, doors: list[Door]) -> None:
    person = await town.known_to_registry(stranger())
    accounts = [await town.account(verified=False) for _ in range(2)]

    results = await asyncio.gather(
        *(
            doors[n].data("VerifyIdentity", account.token, **_told(person.name, person.number))
            for n, account in enumerate(accounts)
        )
    )

    assert tally(results) == {"IdentityVerified": 1, "IdentityTaken": 1}
    verified = await town.city.db["citizens"].count_documents(
        {"_id": {"$in": [account.id for account in accounts]}, "assurance": "real_name"}
    )
    assert verified == 1


async def test_one_wish_sent_five_times_is_one_verification(town: Town, doors: list[Door]) -> None:
    person = await town.account(verified=False)
    await town.known_to_registry(person)
    same = _told(person.name, person.number)

    results = await asyncio.gather(*(doors[n % 4].data("VerifyIdentity", person.token, **same) for n in range(3)))
    again = await doors[1].data("VerifyIdentity", person.token, **same)

    assert tally([*results, again]) == {"IdentityVerified": 4}
    events = {"citizen": person.id, "type": "citizen.verified"}
    assert await town.city.db["outbox"].count_documents(events) == 1


async def _family(town: Town) -> tuple[Resident, Resident]:
    """A verified parent and a child, whom the registry knows as such."""
    parent = await town.account(await town.known_to_registry(stranger()))
    child = stranger("测试娃", date(2016, 3, 1))
    body = {"name": child.name, "id_number": child.number, "parents": [parent.number]}
    assert (await town.stand_ins.post("/control/registry/people", json=body)).status_code == 201
    return parent, child


async def test_two_parallel_wishes_for_one_ward_make_one_open_guardianship(town: Town, doors: list[Door]) -> None:
    parent, child = await _family(town)
    wish = {"name": child.name, "idNumber": child.number, "scopes": ["CARD_SHOW"]}

    results = await asyncio.gather(*(doors[n].data("AddWard", parent.token, **wish, key=new_id()) for n in range(2)))

    rows = await town.city.db["guardianships"].find({"guardian": parent.id}).to_list(None)
    assert tally(results) == {"WardAdded": 2}
    assert len({row["ward"] for row in rows}) == 1
    assert [row["state"] for row in rows].count("active") == 1
