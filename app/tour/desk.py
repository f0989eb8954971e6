"""The part of the tour in which a provider and the desk tell the citizen something, and he sees who looked at him."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pyotp

from app.core.ids import new_id
from app.tour.journey import Journey, Step
from app.tour.phone import TourFailed

_BOTH = ("zh-CN", "en")
_WORDS = {"title": "Document ready", "body": "{document} can be fetched at window {window}.", "push": "Please come."}
_FACTS = [{"name": "document", "kind": "TEXT"}, {"name": "window", "kind": "NUMBER"}]


class Desk:
    """A member of staff of the ops desk, and the citizen and provider of the journey before."""

    def __init__(
        self, journey: Journey, http: httpx2.AsyncClient, demo: dict[str, Any], role: str = "administrator"
    ) -> None:
        self._journey = journey
        self._http = http
        self._staff = next((one for one in demo.get("desk", ()) if one["role"] == role), None)
        self._headers: dict[str, str] = {}
        self._template = f"ready_{new_id()[-8:]}"
        self._card_holder = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("the desk signs in with a password and a one-time code", self.sign_in),
            ("a provider's words are checked, and approved by the desk", self.approve_words),
            ("the provider tells the citizen; the lock screen says nothing personal", self.send_notice),
            ("the citizen asks why he got this", self.ask_why),
            ("a broadcast reaches who used the provider's services", self.broadcast),
            ("without a reason the desk reveals nothing", self.no_reason),
            ("the desk reveals a name, and the citizen sees that it did", self.reveal),
            ("the audit has it all, in one unbroken chain", self.audited),
        ]

    async def sign_in(self) -> str:
        if self._staff is None:
            raise TourFailed("the seed made no staff of the desk")
        totp = pyotp.parse_uri(self._staff["totp_uri"])
        assert isinstance(totp, pyotp.TOTP)
        now = datetime.now(UTC)
        # A code is good once: somebody who took the tour half a minute ago has used this one.
        for ahead in (0, 30):
            body = {
                "login": self._staff["login"],
                "password": self._staff["password"],
                "code": totp.at(now + timedelta(seconds=ahead)),
                "device_id": f"tour-{new_id()}",
                "idempotency_key": new_id(),
            }
            answer = await self._http.post("/admin/api/session", json=body)
            if answer.is_success:
                self._headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
                return str((await self.asked("GET", "/me"))["roles"])
        raise TourFailed(f"the desk refused: {answer.text}")

    async def approve_words(self) -> str:
        texts = [{"locale": locale, **_WORDS} for locale in _BOTH]
        wrong = [{**one, "push": "{document} is ready"} for one in texts]
        given = {"template": {"code": self._template, "texts": wrong, "facts": _FACTS}, "key": new_id()}
        refused = await self._journey.provide("SaveMessageTemplate", "PlaceholderNotAllowedHere", **given)
        given = {"template": {"code": self._template, "texts": texts, "facts": _FACTS}, "key": new_id()}
        await self._journey.provide("SaveMessageTemplate", "MessageTemplateSaved", **given)
        which = {"code": self._template, "version": 1, "key": new_id()}
        await self._journey.provide("SubmitMessageTemplate", "MessageTemplateSubmitted", **which)
        waiting = (await self.asked("GET", "/templates"))["items"]
        mine = next(one for one in waiting if one["code"] == self._template)
        await self.asked("POST", f"/templates/{mine['id']}/approval")
        return f"refused first: {refused['message']}"

    async def send_notice(self) -> str:
        facts = [{"name": "document", "value": "居住证"}, {"name": "window", "value": "3"}]
        to = {"verificationId": self._journey.verification}
        given = {"to": to, "template": self._template, "facts": facts, "key": new_id()}
        await self._journey.provide("SendNotice", "NoticeSent", **given)
        push = await self._journey.until(lambda: self._journey.pushes("notice.sent"), "no push arrived")
        if "居住证" in f"{push['title']} {push['body']}":
            raise TourFailed(f"the lock screen says {push['body']}")
        return f"{push['title']} — {push['body']}"

    async def ask_why(self) -> str:
        inbox = await self._journey.phone.read("Inbox", first=1)
        message = inbox["inbox"]["edges"][0]["node"]
        why = (await self._journey.phone.read("WhyDidIGetThis", messageId=message["id"]))["whyDidIGetThis"]
        await self._journey.phone.do("MarkMessageRead", "MessageRead", messageId=message["id"])
        return f"“{message['body']}”: {why['event']} from {why['source']}, push {why['routings'][0]['push']['kind']}"

    async def broadcast(self) -> str:
        words = {"title": "今日闭馆", "body": "今日下午闭馆。Closed this afternoon.", "push": "今日闭馆"}
        audience = {"services": [self._journey.provider["organisation"]]}
        draft = {"title": "Tour", "audience": audience, "pace": 200, "texts": dict.fromkeys(_BOTH, words)}
        await self._journey.until(lambda: self._somebody(audience), "nobody is in the audience")
        made = await self.asked("POST", "/broadcasts", draft)
        await self.asked("POST", f"/broadcasts/{made['id']}/start")

        async def done() -> dict[str, Any] | None:
            now = await self.asked("GET", f"/broadcasts/{made['id']}")
            return now if now["state"] == "done" else None

        ended = await self._journey.until(done, "the broadcast does not end", patience=30)
        await self._journey.until(lambda: self._journey.pushes("broadcast.sent"), "it did not ring")
        return f"{ended['sent']} of {ended['total']}"

    async def no_reason(self) -> str:
        found = await self.asked("POST", "/citizens/search", {"by": "phone", "text": self._journey.number})
        self._card_holder = found["id"]
        refused = await self.sent("POST", f"/citizens/{self._card_holder}/reveals", {"field": "name", "reason": " "})
        if refused.status_code != 422:
            raise TourFailed(f"revealed without a reason: {refused.status_code}")
        return f"{found['name']}: {refused.json()['message']}"

    async def reveal(self) -> str:
        why = {"field": "name", "reason": "来电核实身份"}
        seen = await self.asked("POST", f"/citizens/{self._card_holder}/reveals", why)
        made = (await self._journey.phone.read("Disclosures", first=1))["disclosures"]["edges"][0]["node"]
        if "name" not in str(made["attributes"]).lower():
            raise TourFailed(f"the citizen's newest look-up is {made}")
        return f"{seen['text']}; the citizen sees: {made['purpose']}"

    async def audited(self) -> str:
        async def sealed() -> dict[str, Any] | None:
            chain = await self.asked("GET", "/audit/chain")
            return chain if chain["head"] else None

        rows = (await self.asked("GET", f"/audit/records?person={self._card_holder}"))["items"]
        if not any(row["action"] == "citizen.revealed" or "reveal" in row["action"] for row in rows):
            raise TourFailed(f"the audit has {[row['action'] for row in rows]}")
        chain = await self._journey.until(sealed, "no head was signed", patience=90)
        return f"{len(rows)} records of this citizen; head {chain['head']['seq']} {chain['head']['hash'][:12]}…"

    async def _somebody(self, audience: dict[str, Any]) -> int | None:
        found = await self.asked("POST", "/broadcasts/estimate", {"audience": audience, "pace": 200})
        return int(found["people"]) or None

    async def asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.sent(method, path, body)
        if not answer.is_success:
            raise TourFailed(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        found: dict[str, Any] = answer.json()
        return found

    async def sent(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        headers = {**self._headers, "idempotency-key": new_id(), "accept-language": "en"}
        return await self._http.request(method, f"/admin/api{path}", json=body, headers=headers)
