"""The part of the tour in which the citizen finds a service, applies, is asked for a correction, and has a licence."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import httpx2
from PIL import Image, ImageDraw

from app.core.ids import new_id
from app.tour.journey import Journey, Step
from app.tour.phone import TourFailed

_ITEM = "GA-0118"  # the residence permit: a form, a material to upload, a licence as its result
_HOME = {"division": "350102004000"}
_ANSWERS = {"since": "2025-03-01", "ground": "home", "pickup": "post", "address": "福州市鼓楼区东街街道榕树巷 8 号"}


class Applying:
    """The citizen of the journey, and the police as the department that handles what he applies for."""

    def __init__(self, journey: Journey, http: httpx2.AsyncClient, demo: dict[str, Any]) -> None:
        self._journey = journey
        self._phone = journey.phone
        self._http = http
        self._police = next((one for one in demo.get("departments", ()) if one["organisation"].endswith("-gaj")), None)
        self._token = ""
        self._application: dict[str, Any] = {}
        self._licence, self._purpose = "", ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a service is found by what people call it, and by its initials", self.search),
            ("a question is answered at once, with its source", self.ask),
            ("an application is begun: what the city knows is filled in", self.begin),
            ("before it is handed in, what is missing is named", self.missing),
            ("a picture that is a bomb is refused", self.bomb),
            ("a photo of the lease is taken, cleaned of what it says of the phone", self.upload),
            ("it is handed in; the clock says when it is due, and why", self.submit),
            ("the police claim it and ask, once, for a correction", self.ask_correction),
            ("the citizen mends it while the clock stands still", self.mend),
            ("it is accepted, decided and delivered", self.decide),
            ("the licence lies in the wallet beside the card", self.wallet),
            ("a verifier learns of it what the purpose needs", self.verify),
        ]

    async def search(self) -> str:
        found = await self._first("居住证怎么办")
        by_initials = await self._first("jzz")
        return f"居住证怎么办 → {found}; jzz → {by_initials}"

    async def ask(self) -> str:
        done = await self._phone.do("Ask", "Asked", question="身份证丢了怎么办", key=new_id())
        turn = done["turn"]
        if not turn["answer"] and not turn["items"]:
            raise TourFailed(f"no answer: {turn['reply']}")
        said = turn["answer"]["title"] if turn["answer"] else turn["items"][0]["name"]
        return f"{said}, confidence {turn['confidence']}"

    async def begin(self) -> str:
        form = (await self._phone.read("ApplicationForm", item=_ITEM))["applicationForm"]
        known = {one["field"]: one["value"] for one in form["prefilled"]}
        begun = await self._phone.do("BeginApplication", "DraftKept", item=_ITEM, unit="350102000000", key=new_id())
        self._application = begun["application"]
        await self._save({**known, **_ANSWERS}, [])
        return f"{form['name']} at {self._application['unit']['name']}; known already: {', '.join(known) or 'nothing'}"

    async def missing(self) -> str:
        refused = await self._hand_in("MaterialsMissing")
        return "; ".join(f"{one['name']}: {one['why']}" for one in refused["missing"])

    async def bomb(self) -> str:
        answer = await self._sent("bomb.png", _bomb())
        if answer.is_success:
            raise TourFailed("the bomb was taken")
        return str(answer.json()["message"])

    async def upload(self) -> str:
        sent = (await self._sent("lease.jpg", _lease())).json()
        given = [{"material": key, "uploadId": sent["id"]} for key in await self._lacking()]
        await self._save(self._application["answers"], given)
        return f"{sent['state']}, {sent['mediaType']} of {sent['size']} bytes"

    async def submit(self) -> str:
        self._application = (await self._hand_in("ApplicationHandedIn"))["application"]
        clock = self._application["promised"]
        return f"{self._application['number']}, due {clock['due']} ({clock['days']} working days)"

    async def ask_correction(self) -> str:
        if self._police is None:
            raise TourFailed("the seed made no client of the police")
        self._token = (await self._journey.token_of(self._police))["access_token"]
        await self._handle("ClaimApplication", "ApplicationHandled")
        seen = await self._handle("OpenApplication", "ApplicationOpened")
        points = [{"words": "请写明房东的联系方式。", "field": "address"}]
        await self._handle("AskCorrection", "ApplicationHandled", points=points)
        await self._told("application.correction_asked")
        return f"of {seen['applicant']['name'][0]}… they ask: {points[0]['words']}"

    async def mend(self) -> str:
        answers = {**self._application["answers"], "address": f"{_ANSWERS['address']}（房东 0591-0000000）"}
        done = await self._phone.do(
            "AnswerCorrection",
            "ApplicationMended",
            application=self._application["id"],
            answers=answers,
            given=self._application["given"],
            remark="已补充",
            key=new_id(),
        )
        return f"{done['application']['state']}, due {done['application']['promised']['due']}"

    async def decide(self) -> str:
        await self._handle("AcceptApplication", "ApplicationHandled")
        await self._handle("BeginReview", "ApplicationHandled")
        await self._handle("DecideApplication", "ApplicationHandled", granted=True, reason="符合申领条件。")
        done = await self._handle("DeliverApplication", "ApplicationHandled")
        await self._told("application.delivered")
        return str(done["application"]["state"])

    async def wallet(self) -> str:
        licences = (await self._phone.read("Licences"))["licences"]
        mine = next((one for one in licences if one["kind"]["code"] == "residence_permit"), None)
        if mine is None:
            raise TourFailed("there is no licence in the wallet")
        self._licence, self._purpose = mine["id"], mine["purposes"][0]
        picture = await self._http.get(mine["face"]["webp"])
        if picture.status_code != 200 or picture.content[:4] != b"RIFF":
            raise TourFailed(f"the licence's picture answered {picture.status_code}")
        return f"{mine['kind']['title']} {mine['number']}, until {mine['validUntil']}"

    async def verify(self) -> str:
        which = {"purpose": self._purpose, "key": new_id()}
        shown = await self._phone.do("ShowLicence", "LicenceShown", id=self._licence, **which)
        given = {"code": shown["licenceCode"]["text"], "purpose": self._purpose, "key": new_id()}
        told = await self._journey.provide_as(self._token, "VerifyLicence", "LicenceVerified", **given)
        return ", ".join(f"{one['label']}: {one['value']}" for one in told["facts"])

    async def _first(self, query: str) -> str:
        found = await self._phone.do("SearchServices", "ServiceSearch", query=query, **_HOME)
        first = [edge["node"]["item"] for edge in found["results"]["edges"][:3]]
        if _ITEM not in [item["code"] for item in first]:
            raise TourFailed(f"{query} found {[item['name'] for item in first]}")
        return f"{first[0]['name']}, first of {found['total']}"

    async def _save(self, answers: dict[str, Any], given: list[dict[str, str]]) -> None:
        which = {"application": self._application["id"], "version": self._application["version"]}
        kept = await self._phone.do("SaveDraft", "DraftKept", **which, answers=answers, given=given, key=new_id())
        self._application = kept["application"]

    async def _hand_in(self, wanted: str) -> dict[str, Any]:
        which = {"application": self._application["id"], "version": self._application["version"]}
        return await self._phone.do("SubmitApplication", wanted, **which, key=new_id())

    async def _lacking(self) -> list[str]:
        checked = await self._phone.read("CheckMaterials", application=self._application["id"])
        return [one["key"] for one in checked["checkMaterials"] if one["lack"]]

    async def _sent(self, name: str, data: bytes) -> httpx2.Response:
        asked = {"purpose": "APPLICATION", "name": name, "bytes": len(data), "key": new_id()}
        wanted = await self._phone.do("RequestUpload", "UploadRequested", **asked)
        return await self._http.put(wanted["target"]["url"], content=data, headers={"accept-language": "en"})

    async def _handle(self, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        which = {"application": self._application["id"], "key": new_id()}
        return await self._journey.provide_as(self._token, operation, wanted, **which, **given)

    async def _told(self, event: str) -> None:
        await self._journey.until(lambda: self._journey.pushes(event), f"nobody was told of {event}")


def _lease() -> bytes:
    """A page as a phone's camera would send it, with what a camera writes into it."""
    page = Image.new("RGB", (1200, 900), "#f6f1e4")
    ImageDraw.Draw(page).rectangle((60, 60, 1140, 840), outline="#444", width=4)
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Tour", {1: "N", 2: (26.0, 4.0, 30.0)}
    out = io.BytesIO()
    page.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def _bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 50,000 pixels wide and as high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(3_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
