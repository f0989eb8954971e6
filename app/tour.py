"""`rong tour`: the whole journey against a running city, over real HTTP and WebSocket, each step shown and timed.

It is the first thing a newcomer sees work, and the end-to-end test of the city. It invents a person anew each
time and makes the civil registry's stand-in know him, so it can run again and again.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from rich.console import Console
from stdnum.cn import uscc
from websockets.asyncio.client import ClientConnection, connect

from app.core.errors import Outcome
from app.core.ids import new_id
from mocks.people import id_number
from virtual_card.codes import status_list
from virtual_card.codes.errors import OfflineCodeRevoked
from virtual_card.codes.keys import KeySet
from virtual_card.codes.verifier import GateVerifier

_OPERATIONS = Path(__file__).resolve().parent.parent / "graphql_schema" / "operations"
_PATIENCE = 10.0
Step = Callable[[], Awaitable[str]]


class TourFailed(Exception):
    """A step did not show what it should; the text says what was seen."""


class Phone:
    """A citizen's phone: the app's own operations, over HTTP and WebSocket."""

    def __init__(self, http: httpx2.AsyncClient, url: str) -> None:
        self._http = http
        self._url = url
        self.device = {"id": f"tour-{new_id()}", "name": "Tour phone", "platform": "cli"}
        self.token: str | None = None
        self.push_token = f"tour-{new_id()}-{new_id()}"

    async def do(self, operation: str, wanted: str, **variables: Any) -> dict[str, Any]:
        """Run one of the app's operations; its only field must be of the type `wanted`."""
        data = await ask(self._http, "/graphql", "citizen", operation, variables, self.token)
        return expect(data, wanted)

    async def disclosures(self) -> ClientConnection:
        """An open subscription to look-ups of one's own."""
        socket = await connect(
            self._url.replace("http", "ws", 1) + "/graphql",
            subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
        )
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {self.token}"}}))
        answer = json.loads(await socket.recv())
        if answer["type"] != "connection_ack":
            raise TourFailed(f"subscription refused: {answer}")
        document = document_of("citizen", "OnDisclosed")
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": document}}))
        return socket


def document_of(schema: str, operation: str) -> str:
    """The operation's text with the fragments it uses, as an app build would send it."""
    text = (_OPERATIONS / schema / f"{operation}.graphql").read_text(encoding="utf-8")
    folder = _OPERATIONS / schema / "fragments"
    fragments = {
        match.group(1): file.read_text(encoding="utf-8")
        for file in folder.glob("*.graphql")
        if (match := re.search(r"fragment (\w+) on", file.read_text(encoding="utf-8")))
    }
    used = dict.fromkeys(re.findall(r"\.\.\.(\w+Parts)", text))
    return text + "".join(fragments[name] for name in used)


async def ask(
    http: httpx2.AsyncClient, path: str, schema: str, operation: str, variables: dict[str, Any], token: str | None
) -> dict[str, Any]:
    headers = {"accept-language": "en", **({"authorization": f"Bearer {token}"} if token else {})}
    body = {"query": document_of(schema, operation), "variables": variables}
    answer = (await http.post(path, json=body, headers=headers)).json()
    if answer.get("errors"):
        raise TourFailed(f"{operation}: {answer['errors']}")
    data: dict[str, Any] = answer["data"]
    return data


def expect(data: dict[str, Any], wanted: str) -> dict[str, Any]:
    result: dict[str, Any] = next(iter(data.values()))
    seen = result.get("__typename")
    if seen != wanted:
        raise TourFailed(f"expected {wanted}, saw {seen}: {result.get('message', '')}")
    return result


async def next_event(socket: ClientConnection) -> dict[str, Any]:
    """The next result of the subscription; pings are answered."""
    while True:
        said = json.loads(await socket.recv())
        match said["type"]:
            case "ping":
                await socket.send(json.dumps({"type": "pong"}))
            case "next":
                result: dict[str, Any] = said["payload"]
                return result
            case _:
                raise TourFailed(f"the subscription ended: {said}")


class Tour:
    def __init__(self, http: httpx2.AsyncClient, stand_ins: httpx2.AsyncClient, url: str, demo: dict[str, Any]) -> None:
        self._http = http
        self._stand_ins = stand_ins
        self._url = url
        self._provider = next(one for one in demo["providers"] if "verify:service_hall" in one["scopes"])
        self.phone = Phone(http, url)
        self._number = f"+8619900{random.randrange(10**4, 10**6):06d}"  # noqa: S311
        born = datetime(1960, 1, 1, tzinfo=UTC) + timedelta(days=random.randrange(15_000))  # noqa: S311
        self._id_number = id_number("350102", born.date(), f"{random.randrange(900, 1000)}")  # noqa: S311
        self._name = "陈小满"
        self._provider_token = ""
        self._code = ""
        self._trial = next(iter(demo.get("trials", ())), None)
        self._trial_token = ""
        self._gate: GateVerifier | None = None
        self._watch: ClientConnection | None = None

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a wrong phone number is refused by name", self.wrong_phone),
            ("a code is asked for, and read at the SMS stand-in", self.sign_in),
            ("an ID number with a wrong check digit is refused", self.wrong_id_number),
            ("the real name is verified at the civil registry", self.verify_identity),
            ("a card is issued, with its picture", self.issue_card),
            ("the phone is registered for pushes", self.register_push),
            ("a provider applies, follows its application and withdraws it", self.apply),
            ("a provider in test mode verifies its test citizen's code", self.try_test_code),
            ("the phone shows a one-use code", self.show_code),
            ("to a client in test mode the real code is unknown", self.unknown_in_tests),
            ("a provider gets its token", self.provider_token),
            ("the provider verifies the code", self.provider_verifies),
            ("the citizen sees the look-up at once", self.disclosure_arrives),
            ("the same code a second time is refused", self.replay_refused),
            ("the push arrives at the phone", self.push_arrives),
            ("an offline code is verified without network", self.offline_code),
            ("the loss of the card is reported", self.report_loss),
            ("no code is given any more", self.no_code_after_loss),
            ("a gate with a fresh list refuses the offline code", self.offline_refused),
        ]

    async def close(self) -> None:
        if self._watch is not None:
            await self._watch.close()

    async def wrong_phone(self) -> str:
        refused = await self.phone.do(
            "RequestOtp", "PhoneInvalid", phone="12345", device=self.phone.device, key=new_id()
        )
        return str(refused["message"])

    async def sign_in(self) -> str:
        await self._make_known()
        asked = await self.phone.do(
            "RequestOtp", "OtpRequested", phone=self._number, device=self.phone.device, key=new_id()
        )
        code = await self._read_sms()
        done = await self.phone.do(
            "SignIn", "SignedIn", challenge=asked["challenge"], code=code, device=self.phone.device, key=new_id()
        )
        self.phone.token = done["tokens"]["accessToken"]
        return f"code {code}"

    async def wrong_id_number(self) -> str:
        wrong = self._id_number[:-1] + ("0" if self._id_number[-1] != "0" else "1")
        refused = await self.phone.do(
            "VerifyIdentity", "IdNumberInvalid", name=self._name, idNumber=wrong, key=new_id()
        )
        return str(refused["message"])

    async def verify_identity(self) -> str:
        done = await self.phone.do(
            "VerifyIdentity", "IdentityVerified", name=self._name, idNumber=self._id_number, key=new_id()
        )
        self.phone.token = done["accessToken"]
        return f"assurance {done['citizen']['assurance']}"

    async def issue_card(self) -> str:
        card = (await self.phone.do("IssueCard", "CardIssued", key=new_id()))["card"]
        picture = await self._http.get(card["face"]["webp"])
        if picture.status_code != 200 or picture.content[:4] != b"RIFF":
            raise TourFailed(f"the card's picture answered {picture.status_code}")
        return f"{card['number']}, picture of {len(picture.content) // 1024} kB"

    async def register_push(self) -> str:
        await self.phone.do("RegisterPushToken", "PushTokenRegistered", token=self.phone.push_token)
        return "ok"

    async def show_code(self) -> str:
        self._watch = await self.phone.disclosures()
        shown = await self.phone.do("ShowCode", "CodeShown", purpose="SERVICE_HALL", key=new_id())
        self._code = shown["cardCode"]["text"]
        return f"{self._code[:10]}… until {shown['cardCode']['expiresAt']}"

    async def apply(self) -> str:
        wish = {
            "name": "巡游书店",
            "creditCode": _credit_code(),
            "kind": "MERCHANT",
            "contactName": self._name,
            "contactPhone": self._number,
            "scopes": ["verify:gate"],
            "purpose": "会员凭市民码入场，不再办理实体卡。",
        }
        made = await self._provide("ApplyAsProvider", "ProviderApplied", application=wish, key=new_id())
        page = await self._http.get(made["link"])
        if page.status_code != 200 or made["number"] not in page.text:
            raise TourFailed(f"the application's page answered {page.status_code}")
        mine = {"number": made["number"], "secret": made["secret"]}
        done = await self._provide("WithdrawApplication", "ProviderApplicationWithdrawn", **mine, key=new_id())
        return f"{made['number']}, {done['application']['state']}"

    async def try_test_code(self) -> str:
        if self._trial is None:
            raise TourFailed("the seed made no provider in test mode")
        self._trial_token = (await self._token(self._trial))["access_token"]
        people = await ask(self._http, "/provider/graphql", "provider", "TestCitizens", {}, self._trial_token)
        one = people["testCitizens"][0]
        show = {"testCitizenId": one["id"], "purpose": "GATE", "key": new_id()}
        code = (await self._provide("ShowTestCode", "CodeShown", self._trial_token, **show))["cardCode"]["text"]
        verify = {"code": code, "purpose": "GATE", "key": new_id()}
        told = await self._provide("VerifyCode", "CodeVerified", self._trial_token, **verify)
        return f"{one['name']}, who can be nobody: learns {told['attributes']['maskedName']}"

    async def unknown_in_tests(self) -> str:
        given = {"code": self._code, "purpose": "GATE", "key": new_id()}
        return str((await self._provide("VerifyCode", "CodeUnknown", self._trial_token, **given))["message"])

    async def provider_token(self) -> str:
        answer = await self._token(self._provider, scope="verify:service_hall")
        self._provider_token = answer["access_token"]
        return f"{self._provider['name']}, scope {answer['scope']}"

    async def provider_verifies(self) -> str:
        told = await self._verify_code("CodeVerified")
        learned = {name: value for name, value in told["attributes"].items() if value is not None}
        return "learns " + ", ".join(f"{name}: {value}" for name, value in learned.items())

    async def disclosure_arrives(self) -> str:
        assert self._watch is not None
        async with asyncio.timeout(_PATIENCE):
            event = await next_event(self._watch)
        made = event["data"]["disclosed"]
        return f"{made['organisation']['name']}: {', '.join(made['attributes'])}"

    async def replay_refused(self) -> str:
        return str((await self._verify_code("CodeUsed"))["message"])

    async def push_arrives(self) -> str:
        found = await self._until(lambda: self._pushes("disclosure.made"), "no push arrived")
        return f"{found['title']} — {found['body']}"

    async def offline_code(self) -> str:
        shown = await self.phone.do("ShowOfflineCode", "CodeShown", purpose="GATE", key=new_id())
        self._code = shown["cardCode"]["text"]
        self._gate = await self._fresh_gate()
        admitted = self._gate.check(self._code, datetime.now(UTC))
        return f"{len(self._code)} characters, learns {dict(admitted.attributes)}"

    async def report_loss(self) -> str:
        card = (await self.phone.do("ReportCardLoss", "CardSuspended", key=new_id()))["card"]
        return str(card["state"])

    async def no_code_after_loss(self) -> str:
        refused = await self.phone.do("ShowCode", "CardNotActive", purpose="SERVICE_HALL", key=new_id())
        return str(refused["message"])

    async def offline_refused(self) -> str:
        async def refused() -> str | None:
            gate = await self._fresh_gate()
            try:
                gate.check(self._code, datetime.now(UTC))
            except OfflineCodeRevoked as error:
                return error.code
            return None

        await self._until(refused, "the gate still admits", patience=60)
        return "refused"

    async def _make_known(self) -> None:
        answer = await self._stand_ins.post(
            "/control/registry/people", json={"name": self._name, "id_number": self._id_number}
        )
        if not answer.is_success:
            raise TourFailed(f"the civil registry's stand-in answered {answer.status_code}")

    async def _read_sms(self) -> str:
        async def newest() -> str | None:
            texts = (await self._stand_ins.get("/control/sms/messages", params={"to": self._number})).json()
            found = re.search(r"\b(\d{6})\b", json.dumps(texts))
            return found.group(1) if found else None

        return str(await self._until(newest, "no SMS arrived"))

    async def _verify_code(self, wanted: str) -> dict[str, Any]:
        given = {"code": self._code, "purpose": "SERVICE_HALL", "key": new_id()}
        return await self._provide("VerifyCode", wanted, self._provider_token, **given)

    async def _provide(self, operation: str, wanted: str, token: str | None = None, **given: Any) -> dict[str, Any]:
        return expect(await ask(self._http, "/provider/graphql", "provider", operation, given, token), wanted)

    async def _token(self, provider: dict[str, Any], **asked: str) -> dict[str, Any]:
        auth = (provider["client_id"], provider["client_secret"])
        form = {"grant_type": "client_credentials", **asked}
        answer: dict[str, Any] = (await self._http.post("/oauth/token", data=form, auth=auth)).json()
        return answer

    async def _pushes(self, event: str) -> dict[str, Any] | None:
        params = {"token": self.phone.push_token}
        found = (await self._stand_ins.get("/control/fcm/messages", params=params)).json()
        pushes = found if isinstance(found, list) else found["messages"]
        return next((push for push in pushes if push.get("data", {}).get("event") == event), None)

    async def _fresh_gate(self) -> GateVerifier:
        """A gate that has network just now: keys and list, and from here on no network."""
        keys = KeySet.from_jwks((await self._http.get("/.well-known/card-keys")).json())
        data = (await self._http.get("/.well-known/card-status")).content
        now = datetime.now(UTC)
        return GateVerifier(keys, status_list.decode(data, keys, now, timedelta(hours=24)), "gate")

    async def _until(self, look: Callable[[], Awaitable[Any]], otherwise: str, patience: float = _PATIENCE) -> Any:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if (found := await look()) is not None:
                return found
            await asyncio.sleep(0.1)
        raise TourFailed(otherwise)


def _credit_code() -> str:
    """Of an unused district: it belongs to nobody."""
    body = f"91350199{random.randrange(10**9):09d}"  # noqa: S311
    return body + str(uscc.calc_check_digit(body))


async def tour(url: str, stand_ins_url: str, demo: dict[str, Any], console: Console) -> int:
    """Walk it with the providers of the demo file; the exit status."""
    async with (
        httpx2.AsyncClient(base_url=url, timeout=15, trust_env=False) as http,
        httpx2.AsyncClient(base_url=stand_ins_url, timeout=15, trust_env=False) as stand_ins,
    ):
        journey = Tour(http, stand_ins, url, demo)
        try:
            return await _walk(journey, console)
        finally:
            await journey.close()


async def _walk(journey: Tour, console: Console) -> int:
    for number, (title, step) in enumerate(journey.steps(), 1):
        began = time.perf_counter()
        try:
            seen = await step()
        except (TourFailed, Outcome, httpx2.HTTPError, TimeoutError, KeyError, OSError) as error:
            console.print(f"[red]✗ {number:2} {title}[/]\n     {type(error).__name__}: {error}")
            return 1
        ms = (time.perf_counter() - began) * 1000
        console.print(f"[green]✓[/] {number:2} {title} [dim]{ms:6.0f} ms[/]\n     [dim]{seen}[/]", soft_wrap=True)
    console.print(f"[bold green]{len(journey.steps())} steps, all green[/]")
    return 0
