"""What one process does, a subscription at another one sees; also after its change stream was broken."""

from __future__ import annotations

import asyncio

from pymongo import AsyncMongoClient

from tests.races.conftest import Races
from tests.support.processes import CityProcesses
from tests.support.remote import Door, Town, said


async def test_a_subscription_sees_what_another_process_did(town: Town, doors: list[Door], provider: str) -> None:
    person = await town.with_card()
    async with doors[0].subscribed("OnDisclosed", person.token) as socket:
        made = await doors[1].verify(await doors[2].code(person), provider)
        event = await said(socket)

    assert event["type"] == "next"
    assert event["payload"]["data"]["disclosed"]["id"] == made["id"]


async def test_nobody_sees_the_look_ups_of_others(town: Town, doors: list[Door], provider: str) -> None:
    person, other = await town.with_card(), await town.with_card()
    async with doors[0].subscribed("OnDisclosed", other.token) as socket:
        await doors[1].verify(await doors[1].code(person), provider)
        mine = await doors[1].verify(await doors[1].code(other), provider)
        event = await said(socket)

    assert event["payload"]["data"]["disclosed"]["id"] == mine["id"]


async def test_a_broken_stream_goes_on_without_a_gap(races: Races, provider: str) -> None:
    """The change streams of all processes are killed in the database while look-ups go on."""
    town, doors = races.town, races.doors
    person = await town.with_card()
    async with doors[0].subscribed("OnDisclosed", person.token) as socket:
        made = [await doors[1].verify(await doors[1].code(person), provider)]
        broken = await _break_streams(races.processes)
        made += [await doors[1].verify(await doors[1].code(person), provider) for _ in range(3)]
        seen = [(await said(socket))["payload"]["data"]["disclosed"]["id"] for _ in made]

    assert broken >= 4
    assert seen == [one["id"] for one in made]


async def _break_streams(processes: CityProcesses) -> int:
    """Kill every open cursor of every change stream of this city; how many they were."""
    name = processes.env["RONG_MONGODB_DATABASE"]
    async with AsyncMongoClient(processes.env["RONG_MONGODB_URI"]) as client:
        pipeline = [
            {"$currentOp": {"idleCursors": True, "allUsers": True}},
            {"$match": {"ns": {"$regex": f"^{name}[.]"}, "cursor.tailable": True}},
        ]
        cursor = await client.admin.aggregate(pipeline)
        open_ = [row["cursor"]["cursorId"] for row in await cursor.to_list(None)]
        await client[name].command("killCursors", "$cmd.aggregate", cursors=open_)
    await asyncio.sleep(0.1)
    return len(open_)
