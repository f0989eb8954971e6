"""One citizen and one provider: from a phone number to a code that is verified, and a card that is lost."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from stdnum.cn import uscc
from websockets.asyncio.client import ClientConnection

from app.core.ids import new_id
from app.tour.phone import Phone, TourFailed, ask, expect, local, next_event
from mocks.people import id_number
from virtual_card.codes import status_list
from virtual_card.codes.errors import OfflineCodeRevoked
from virtual_card.codes.keys import KeySet
from virtual_card.codes.verifier import GateVerifier

_PATIENCE = 10.0
Step = Callable[[], Awaitable[str]]


class Journey:
    def __init__(
        self,
        http: httpx2.AsyncClient,
        stand_ins: httpx2.AsyncClient,
        url: str,
        stand_ins_url: str,
        demo: dict[str, Any],
    ) -> None:
        self._http, self._url, self._demo = http, url, demo
        self.stand_ins = stand_ins
        self.stand_ins_url = stand_ins_url
        self.provider = next(one for one in demo["providers"] if "verify:service_hall" in one["scopes"])
        self.phone = Phone(http, url)
        self.number = f"+8619900{random.randrange(10**4, 10**6):06d}"  # noqa: S311
        born = datetime(1960, 1, 1, tzinfo=UTC) + timedelta(days=random.randrange(15_000))  # noqa: S311
        self._id_number = id_number("350102", born.date(), f"{random.randrange(900, 1000)}")  # noqa: S311
        self._name = "陈小满"
        self._provider_token = ""
        self._code = ""
        self.verification = ""
        self._trial = next(iter(demo.get("trials", ())), None)
        self._trial_token = ""
        self._gate: GateVerifier | None = None
        self._watch: ClientConnection | None = None
        self._receiver, self._endpoint = f"tour-{new_id()}", ("", "")

    def another(self) -> Journey:
        """Somebody else, with a phone of his own."""
        return Journey(self._http, self.stand_ins, self._url, self.stand_ins_url, self._demo)

    def to_a_code(self) -> list[tuple[str, Step]]:
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
            ("the provider names where it wants to be called back", self.register_webhook),
            ("the provider verifies the code", self.provider_verifies),
            ("the citizen sees the look-up at once", self.disclosure_arrives),
            ("the provider is called back, signed", self.called_back),
            ("the same code a second time is refused", self.replay_refused),
            ("the push arrives at the phone", self.push_arrives),
        ]

    def to_a_loss(self) -> list[tuple[str, Step]]:
        return [
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
        return await self._with_code()

    async def sign_in_as(self, number: str) -> str:
        """Somebody whom the city knows already, by his phone."""
        self.number = number
        return await self._with_code()

    async def _with_code(self) -> str:
        asked = await self.phone.do(
            "RequestOtp", "OtpRequested", phone=self.number, device=self.phone.device, key=new_id()
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
        return f"{self._code[:10]}… until {local(shown['cardCode']['expiresAt'])}"

    async def apply(self) -> str:
        wish = {
            "name": "巡游书店",
            "creditCode": _credit_code(),
            "kind": "MERCHANT",
            "contactName": self._name,
            "contactPhone": self.number,
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
        self._trial_token = (await self.token_of(self._trial))["access_token"]
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
        answer = await self.token_of(self.provider)
        self._provider_token = answer["access_token"]
        return f"{self.provider['name']}, scope {answer['scope']}"

    async def register_webhook(self) -> str:
        token = (await self.token_of(self.provider, scope="webhooks"))["access_token"]
        url = str(self.stand_ins.base_url).rstrip("/") + f"/webhook/{self._receiver}"
        wish = {"url": url, "events": ["DISCLOSURE_MADE"], "description": "tour", "key": new_id()}
        made = await self._provide("RegisterWebhook", "WebhookRegistered", token, **wish)
        await self.stand_ins.post("/control/webhook/secrets", json={"secret": made["secret"]})
        self._endpoint = (token, made["endpoint"]["id"])
        return url

    async def called_back(self) -> str:
        async def newest() -> dict[str, Any] | None:
            came = (await self.stand_ins.get("/control/webhook/messages", params={"receiver": self._receiver})).json()
            return next((one for one in came["messages"] if one["signature"] == "valid"), None)

        told = await self.until(newest, "no webhook arrived")
        token, endpoint = self._endpoint
        await self._provide("RemoveWebhook", "WebhookRemoved", token, endpointId=endpoint, key=new_id())
        return f"{told['type']}, signature {told['signature']}"

    async def provider_verifies(self) -> str:
        told = await self._verify_code("CodeVerified")
        self.verification = str(told["id"])
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
        found = await self.until(lambda: self.pushes("disclosure.made"), "no push arrived")
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

        await self.until(refused, "the gate still admits", patience=60)
        return "refused"

    async def _make_known(self) -> None:
        answer = await self.stand_ins.post(
            "/control/registry/people", json={"name": self._name, "id_number": self._id_number}
        )
        if not answer.is_success:
            raise TourFailed(f"the civil registry's stand-in answered {answer.status_code}")

    async def _read_sms(self) -> str:
        async def newest() -> str | None:
            texts = (await self.stand_ins.get("/control/sms/messages", params={"to": self.number})).json()
            found = re.search(r"\b(\d{6})\b", json.dumps(texts))
            return found.group(1) if found else None

        return str(await self.until(newest, "no SMS arrived"))

    async def _verify_code(self, wanted: str) -> dict[str, Any]:
        given = {"code": self._code, "purpose": "SERVICE_HALL", "key": new_id()}
        return await self._provide("VerifyCode", wanted, self._provider_token, **given)

    async def provide(self, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        """As the provider of the journey."""
        return await self._provide(operation, wanted, self._provider_token, **given)

    async def provide_as(self, token: str, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        """As whoever holds the token."""
        return await self._provide(operation, wanted, token, **given)

    async def _provide(self, operation: str, wanted: str, token: str | None = None, **given: Any) -> dict[str, Any]:
        return expect(await ask(self._http, "/provider/graphql", "provider", operation, given, token), wanted)

    async def token_of(self, provider: dict[str, Any], **asked: str) -> dict[str, Any]:
        auth = (provider["client_id"], provider["client_secret"])
        form = {"grant_type": "client_credentials", **asked}
        answer: dict[str, Any] = (await self._http.post("/oauth/token", data=form, auth=auth)).json()
        return answer

    async def pushes(self, event: str) -> dict[str, Any] | None:
        params = {"token": self.phone.push_token}
        found = (await self.stand_ins.get("/control/fcm/messages", params=params)).json()
        pushes = found if isinstance(found, list) else found["messages"]
        return next((push for push in pushes if push.get("data", {}).get("event") == event), None)

    async def _fresh_gate(self) -> GateVerifier:
        """A gate that has network just now: keys and list, and from here on no network."""
        keys = KeySet.from_jwks((await self._http.get("/.well-known/card-keys")).json())
        data = (await self._http.get("/.well-known/card-status")).content
        now = datetime.now(UTC)
        return GateVerifier(keys, status_list.decode(data, keys, now, timedelta(hours=24)), "gate")

    async def until(self, look: Callable[[], Awaitable[Any]], otherwise: str, patience: float = _PATIENCE) -> Any:
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
