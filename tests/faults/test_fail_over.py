"""Codes verified while the primary of a three-node replica set is killed, twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from app.embedded import EmbeddedDatabase, Engine, Node, available
from graphql_schema.types.common import global_id, key_of
from tests.faults.conftest import Found
from tests.support.remote import Door, Resident, door

CLIENTS = 10
PEOPLE_EACH = 10
PATIENCE = 60.0


@dataclass
class _Watch:
    """What the clients saw."""

    codes: int = 0
    accepted: dict[str, str] = field(default_factory=dict)
    """Disclosure's id → the code it was for."""
    results: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    last: float = field(default_factory=time.monotonic)
    gap: float = 0.0

    def answered(self) -> None:
        now = time.monotonic()
        self.gap, self.last = max(self.gap, now - self.last), now


class _Client:
    """Shows a code and has it verified by two rivals; every call is repeated under its key until it is answered."""

    def __init__(self, doors: list[Door], people: list[Resident], provider: str, watch: _Watch) -> None:
        self._doors, self._people, self._provider, self._watch = doors, people, provider, watch
        self.stop = False

    async def run(self) -> None:
        turn = 0
        while not self.stop:
            person, turn = self._people[turn % len(self._people)], turn + 1
            shown = await self._until_answered("ShowCode", person.token, "citizen", purpose="SERVICE_HALL")
            assert shown["__typename"] == "CodeShown", shown
            self._watch.codes += 1
            code = shown["cardCode"]["text"]
            await asyncio.gather(*(self._rival(code) for _ in range(2)))

    async def _rival(self, code: str) -> None:
        told = await self._until_answered("VerifyCode", self._provider, "provider", code=code, purpose="SERVICE_HALL")
        self._watch.results[told["__typename"]] += 1
        if told["__typename"] == "CodeVerified":
            self._watch.accepted[told["id"]] = code

    async def _until_answered(self, operation: str, token: str, schema: str, **variables: Any) -> dict[str, Any]:
        variables["key"], end = new_id(), time.monotonic() + PATIENCE
        attempt = 0
        while time.monotonic() < end:
            answer = await self._once(self._doors[attempt % len(self._doors)], operation, variables, token, schema)
            if answer is not None:
                self._watch.answered()
                return answer
            attempt += 1
            await asyncio.sleep(0.1)
        raise AssertionError(f"{operation} was not answered within {PATIENCE:g} s")

    async def _once(
        self, door: Door, operation: str, variables: dict[str, Any], token: str, schema: str
    ) -> dict[str, Any] | None:
        try:
            told = (await door.raw(operation, variables, token, schema)).json()
        except httpx2.TransportError as error:
            self._watch.errors[type(error).__name__] += 1
            return None
        if errors := told.get("errors"):
            self._watch.errors.update(error["extensions"]["code"] for error in errors)
            return None
        return dict(next(iter(told["data"].values())))


async def _kill_primary(database: EmbeddedDatabase) -> Node:
    primary = await asyncio.to_thread(database.primary)
    assert primary is not None
    await asyncio.to_thread(primary.kill)
    return primary


async def _back(node: Node) -> None:
    await asyncio.to_thread(node.start)
    await asyncio.to_thread(node.wait, "secondary", lambda: bool(node.hello().get("secondary")))


@pytest.mark.timeout(300)
@pytest.mark.skipif(set(available()) <= {Engine.SECANTUS}, reason="needs a mongod: SecantusDB has no fail-over")
async def test_no_code_is_accepted_twice_and_nothing_acknowledged_is_lost(found: Found, tmp_path: Path) -> None:
    with EmbeddedDatabase(tmp_path / "database", members=3) as database:
        processes, town = await found(database.uri)
        doors = [door(api.url) for api in await processes.apis(2)]
        provider = await town.provider("fail-over", doors)
        people = [await town.with_card() for _ in range(CLIENTS * PEOPLE_EACH)]
        watch = _Watch()
        clients = [_Client(doors, people[n::CLIENTS], provider, watch) for n in range(CLIENTS)]
        running = [asyncio.create_task(client.run()) for client in clients]

        for _ in range(2):
            await asyncio.sleep(6)
            killed = await _kill_primary(database)
            await asyncio.sleep(8)
            await _back(killed)
        await asyncio.sleep(4)
        for client in clients:
            client.stop = True
        await asyncio.gather(*running)

        made = await town.city.db["disclosures"].find({}, {"_id": 1}).to_list(None)
        used = await town.city.db["codes"].count_documents({"used_at": {"$ne": None}})
        print(
            f"\nfail-over: {watch.codes} codes, {dict(watch.results)}, longest gap {watch.gap:.1f} s, "
            f"answers that clients repeated: {dict(watch.errors)}"
        )
        await processes.stop()

    assert watch.results == {"CodeVerified": watch.codes, "CodeUsed": watch.codes}
    assert len(set(watch.accepted.values())) == len(watch.accepted) == watch.codes
    assert used == len(made) == watch.codes
    assert {key_of(id_, "Disclosure") for id_ in watch.accepted} == {row["_id"] for row in made}
    assert "INTERNAL" not in watch.errors
    assert watch.errors.keys() <= {"UNAVAILABLE"}
    assert watch.gap <= 15


@pytest.mark.timeout(180)
@pytest.mark.skipif(set(available()) <= {Engine.SECANTUS}, reason="a node of SecantusDB comes back another way")
async def test_an_absent_database_is_named_and_everything_goes_on_when_it_is_back(found: Found, tmp_path: Path) -> None:
    with EmbeddedDatabase(tmp_path / "database") as database:
        processes, town = await found(database.uri)
        api = door((await processes.api()).url)
        client, secret = await town.client("absent")
        provider = await town.provider("absent", [api])
        person = await town.with_card()
        code, key = await api.code(person), new_id()

        await asyncio.to_thread(database.nodes[0].kill)
        began = time.monotonic()
        refused = await _all_refused(api, person, provider, code, key)
        form = {"grant_type": "client_credentials"}
        no_token = await api.http.post("/oauth/token", data=form, auth=(client, secret))
        ready, alive = await api.http.get("/readyz"), await api.http.get("/healthz")
        slowest = time.monotonic() - began
        await asyncio.to_thread(database.nodes[0].start)
        shown = await _until_back(api, person)
        verified = await api.verify(shown, provider, key)
        print(f"\nan absent database: named after {slowest:.1f} s at most")
        await processes.stop()

    assert set(refused) == {"UNAVAILABLE"}
    assert (no_token.status_code, no_token.json()["code"]) == (503, "UNAVAILABLE")
    assert (ready.status_code, alive.status_code) == (503, 200)
    assert verified["__typename"] == "CodeVerified"


async def _all_refused(api: Door, person: Resident, provider: str, code: str, key: str) -> list[str]:
    """Codes of `errors[]` of a query, mutations that write in a transaction and outside of one, and a sign-in."""
    verify = {"code": code, "purpose": "SERVICE_HALL", "key": key}
    answers = await asyncio.gather(
        api.raw("Card", {}, person.token),
        api.raw("ShowCode", {"purpose": "GATE", "key": new_id()}, person.token),
        api.raw("VerifyCode", verify, provider, "provider"),
        api.raw("ReportCardLoss", {"key": new_id()}, person.token),
        api.raw("RefreshSession", {"refreshToken": person.refresh_token, "deviceId": person.device["id"]}),
        api.raw("RequestOtp", {"phone": person.phone, "device": person.device, "key": new_id()}),
        api.raw("MarkMessageRead", {"messageId": global_id("Message", new_id())}, person.token),
    )
    return [error["extensions"]["code"] for answer in answers for error in answer.json()["errors"]]


async def _until_back(api: Door, person: Resident) -> str:
    """A code shown once the database answers again. Raises TimeoutError."""
    variables = {"purpose": "SERVICE_HALL", "key": new_id()}
    async with asyncio.timeout(60):
        while "errors" in (told := (await api.raw("ShowCode", variables, person.token)).json()):  # noqa: ASYNC110  (on another process)
            await asyncio.sleep(0.5)
    return str(told["data"]["showCode"]["cardCode"]["text"])
