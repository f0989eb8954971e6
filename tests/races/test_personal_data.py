"""After a journey full of mistakes, nothing personal and nothing secret stands in clear in any file or error.

The database writes its files without compression here, and a canary proves that the search would find a name.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from app.embedded import EmbeddedDatabase, Engine, available
from app.server import trusted_documents
from tests.support.processes import CityProcesses
from tests.support.remote import Resident, Town, any_address, stranger

_UNCOMPRESSED = (
    *("--wiredTigerCollectionBlockCompressor", "none"),
    *("--wiredTigerJournalCompressor", "none"),
    *("--wiredTigerIndexPrefixCompression", "false"),
)
CANARY = "金丝雀13912345678"
_IDS = {
    name: {one["name"]: one["id"] for one in trusted_documents(name).manifest()["operations"]}
    for name in ("citizen", "provider")
}


@dataclass
class _Seen:
    """What must be found nowhere, and every error that was told."""

    secrets: set[str] = field(default_factory=set)
    otps: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


class _Walk:
    """The journey of some people through a city in production, trusted documents only."""

    def __init__(self, http: httpx2.AsyncClient, town: Town, seen: _Seen) -> None:
        self._http, self._town, self._seen = http, town, seen

    async def ask(self, operation: str, token: str | None = None, schema: str = "citizen", /, **variables: Any) -> Any:
        headers = {"x-forwarded-for": any_address(), **({"authorization": f"Bearer {token}"} if token else {})}
        body = {"documentId": f"sha256:{_IDS[schema][operation]}", "variables": variables}
        path = "/graphql" if schema == "citizen" else "/provider/graphql"
        answer = await self._http.post(path, json=body, headers=headers)
        told = answer.json()
        data = next(iter((told.get("data") or {"": None}).values()))
        if told.get("errors") or (isinstance(data, dict) and "code" in data):
            self._seen.errors.append(answer.text)
        return data

    async def sign_in(self, person: Resident) -> None:
        await self._town.known_to_registry(person)
        self._seen.secrets |= {person.name, person.phone, person.phone[3:], person.number}
        asked = await self.ask("RequestOtp", phone=person.phone, device=person.device, key=new_id())
        otp = await self._town.sms_code(person.phone)
        self._seen.otps.add(otp)
        wrong = {"challenge": asked["challenge"], "device": person.device}
        await self.ask("SignIn", **wrong, code=f"{(int(otp) + 1) % 10**6:06d}", key=new_id())
        done = await self.ask("SignIn", **wrong, code=otp, key=new_id())
        self._keep(person, done["tokens"])

    async def live(self, person: Resident, provider: str) -> None:
        named = {"name": person.name, "idNumber": person.number, "key": new_id()}
        done = await self.ask("VerifyIdentity", person.token, **named)
        assert done["__typename"] == "IdentityVerified", done
        self._seen.secrets.add(done["accessToken"])
        refreshed = await self.ask("RefreshSession", refreshToken=person.refresh_token, deviceId=person.device["id"])
        self._keep(person, refreshed["tokens"])
        push = f"push-{new_id()}-{new_id()}"
        self._seen.secrets.add(push)
        await self.ask("RegisterPushToken", person.token, token=push)
        issued = await self.ask("IssueCard", person.token, key=new_id())
        await self._http.get(issued["card"]["face"]["webp"].replace("http://city.test", ""))
        await self.shown_and_verified(person, provider)

    async def shown_and_verified(self, person: Resident, provider: str) -> None:
        shown = await self.ask("ShowCode", person.token, purpose="SERVICE_HALL", key=new_id())
        code = shown["cardCode"]["text"]
        same = {"code": code, "purpose": "SERVICE_HALL"}
        made = await self.ask("VerifyCode", provider, "provider", **same, key=new_id())
        assert made["attributes"]["name"] == person.name
        await self.ask("VerifyCode", provider, "provider", **same, key=new_id())
        reason = f"不是我：{person.name} {person.phone} {person.number}"
        await self.ask("DisputeDisclosure", person.token, disclosureId=made["id"], reason=reason, key=new_id())
        offline = await self.ask("ShowOfflineCode", person.token, purpose="GATE", key=new_id())
        self._seen.secrets |= {code, offline["cardCode"]["text"]}

    async def err(self, person: Resident) -> None:
        """Mistakes that carry personal data: wrong types, too long, naughty, at the wrong place."""
        personal = f"{person.name} {person.phone} {person.number}"
        naughty = ["'; DROP TABLE " + personal, "<script>" + personal, {"$where": personal}, [personal], personal * 50]
        for bad in naughty:
            await self.ask("VerifyIdentity", person.token, name=bad, idNumber=person.number, key=new_id())
            await self.ask("VerifyIdentity", person.token, name=person.name, idNumber=bad, key=new_id())
            await self.ask("RequestOtp", phone=bad, device=person.device, key=new_id())
            await self.ask("RequestOtp", phone=person.phone, device={"id": bad}, key=new_id())
            await self.ask("DisputeDisclosure", person.token, disclosureId=bad, reason=personal, key=new_id())
            await self.ask("ShowCode", person.token, purpose=bad, key=new_id())
            await self.ask("AddWard", person.token, name=bad, idNumber=person.number, scopes=[bad], key=new_id())
            await self.ask("Node", person.token, id=bad)
        await self._at_other_doors(person, personal)

    async def _at_other_doors(self, person: Resident, personal: str) -> None:
        clients = {"grant_type": "client_credentials", "client_id": person.name, "client_secret": person.number}
        broken = f'{{"documentId": "{personal}", "variables": '.encode()
        answers = [
            await self._http.post("/oauth/token", data=clients),
            await self._http.post("/graphql", content=broken, headers={"content-type": "application/json"}),
            await self._http.post("/graphql", json={"query": f'{{ me(name: "{personal}") {{ id }} }}'}),
            await self._http.get(f"/media/cards/{person.number}.webp", params={"holder": person.name}),
            await self._http.get(f"/{person.phone}/{person.number}"),
            await self._http.post("/admin/api/session", json={"login": person.name, "password": person.number}),
            await self._http.post("/graphql", json={}, headers={"authorization": f"Bearer {person.number}.a.b"}),
        ]
        self._seen.errors += [answer.text for answer in answers]

    def _keep(self, person: Resident, tokens: dict[str, str]) -> None:
        person.token, person.refresh_token = tokens["accessToken"], tokens["refreshToken"]
        # A refresh token begins with the session's id, which is no secret; its proof is.
        self._seen.secrets |= {person.token, person.token.rpartition(".")[2], person.refresh_token.rpartition(".")[2]}


def _forms(secret: str) -> Iterator[bytes]:
    """How a text might stand in a file."""
    plain = secret.encode()
    yield from (plain, secret.encode("utf-16-le"), secret.encode("utf-16-be"))
    yield from (plain.hex().encode(), plain.hex().upper().encode(), base64.b64encode(plain).rstrip(b"="))
    yield secret.encode("unicode_escape")


def _found(data: bytes, secrets: set[str]) -> list[str]:
    return sorted({secret for secret in secrets if any(form in data for form in _forms(secret))})


def _content(path: Path) -> bytes:
    """Without the blocks of zeros that the database keeps in reserve."""
    data = path.read_bytes()
    blocks = (data[start : start + 4096] for start in range(0, len(data), 4096))
    return b"".join(block for block in blocks if block.strip(b"\0"))


def _bson(text: str) -> bytes:
    """A string value as it stands in a document: its length, itself, NUL."""
    raw = text.encode()
    return (len(raw) + 1).to_bytes(4, "little") + raw + b"\0"


@pytest.mark.skipif(set(available()) <= {Engine.SECANTUS}, reason="its files are compressed")
@pytest.mark.faults
async def test_no_file_log_or_error_shows_anything_personal(tmp_path: Path) -> None:
    seen = _Seen()
    database = EmbeddedDatabase(tmp_path / "database", options=_UNCOMPRESSED)
    with database:
        processes = CityProcesses(
            tmp_path / "logs", database.uri, "rong", RONG_ENVIRONMENT="production", RONG_LOG_LEVEL="DEBUG"
        )
        try:
            await _journey(processes, seen)
        finally:
            await processes.stop()

    files = [path for path in database.data.rglob("*") if path.is_file()]
    logs = [*processes.logs(), *database.data.rglob("*.log")]
    stored = await asyncio.to_thread(lambda: {path: _content(path) for path in {*files, *logs}})
    said = "\n".join(path.read_text(errors="replace") for path in processes.logs())

    assert any(CANARY.encode() in data for data in stored.values()), "the search would find nothing"
    assert len(seen.secrets) > 30
    assert len(seen.errors) > 100
    assert {str(path): hits for path, data in stored.items() if (hits := _found(data, seen.secrets))} == {}
    assert [otp for otp in seen.otps if any(_bson(otp) in data for data in stored.values())] == []
    assert [otp for otp in seen.otps if re.search(rf"\b{otp}\b", said)] == []
    assert {error: hits for error in seen.errors if (hits := _found(error.encode(), seen.secrets))} == {}


async def _journey(processes: CityProcesses, seen: _Seen) -> None:
    town = Town(processes.settings())
    await processes.mocks()
    await town.start()
    api = await processes.api()
    worker = processes.worker()
    client, secret = await town.client("personal")
    await town.city.db["counters"].insert_one({"_id": "canary", "text": CANARY})
    people = [
        stranger("欧阳不存在", date(1951, 2, 3)),
        stranger("诸葛查无此人", date(1988, 8, 8)),
        stranger("慕容乌有"),
    ]
    async with httpx2.AsyncClient(base_url=api.url, timeout=30, trust_env=False) as http:
        walk, provider = _Walk(http, town, seen), await _provider_token(http, client, secret)
        seen.secrets |= {secret, provider, provider.rpartition(".")[2]}
        for person in people:
            await walk.sign_in(person)
            await walk.err(person)
            await walk.live(person, provider)
            await walk.err(person)
    async with asyncio.timeout(30):
        while await town.city.db["outbox"].count_documents({"state": "pending", "attempt": 0}):  # noqa: ASYNC110  (on another process)
            await asyncio.sleep(0.2)
    assert worker.running
    await town.stop()


async def _provider_token(http: httpx2.AsyncClient, client: str, secret: str) -> str:
    async with asyncio.timeout(20):
        while True:
            answer = await http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(client, secret))
            if answer.status_code == 200:
                return str(answer.json()["access_token"])
            await asyncio.sleep(0.1)
