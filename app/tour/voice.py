"""The part of the tour in which the citizen reports: a hydrant mended the same day, a lamp that nobody wants."""

from __future__ import annotations

import io
from typing import Any

import httpx2
from PIL import Image, ImageDraw

from app.core.ids import new_id
from app.tour.journey import Journey, Step
from app.tour.phone import TourFailed, ask

_CENTRE, _BUREAU, _COUNTY, _WATER = "centre-12345", "350102-cgj", "350102000000", "city-water"
_PLACE = {"latitude": 26.0853, "longitude": 119.2986, "division": _COUNTY, "address": "东街口天桥下"}


class Voicing:
    """The citizen of the journey, a seat of the 12345 centre, and the units that handle cases."""

    def __init__(self, journey: Journey, http: httpx2.AsyncClient, demo: dict[str, Any]) -> None:
        self._journey = journey
        self._phone = journey.phone
        self._http = http
        self._clients = {one["organisation"]: one for one in demo.get("departments", ())}
        self._tokens: dict[str, str] = {}
        self._case: dict[str, Any] = {}
        self._rev = 0

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a leaking hydrant is reported with a photo", self.hydrant),
            ("the centre takes it in: its clock starts, and explains itself", self.accept),
            ("the rules name the unit, and say why", self.propose),
            ("the unit is on site, mends it and tells the citizen", self.mend),
            ("the citizen is content: it is closed the same day", self.content),
            ("a lamp is out; the bureau says it is not its own, and gives it back", self.returned),
            ("given back a second time, it falls to the unit that cannot return it", self.falls),
            ("which it tries, and is told so by name", self.keeps),
            ("the citizen is not content: it is opened anew, elsewhere", self.reopened),
        ]

    async def hydrant(self) -> str:
        photo = await self._photo()
        said = {"category": "hydrant-leaking", "text": "天桥下的消火栓一直在喷水，路面都湿了。", "uploadIds": [photo]}
        self._case = await self._file(said)
        return f"{self._case['number']}: {self._case['title']}, {len(self._case['files'])} photo"

    async def accept(self) -> str:
        opened = await self._seat("OpenCaseAtCentre", "CentreCaseOpened")
        done = await self._seat("AcceptCase", "CentreCaseChanged")
        self._rev = done["case"]["rev"]
        return f"of {opened['reporter']['name'] or 'nobody named'}; {done['case']['clock']['explanation']}"

    async def propose(self) -> str:
        return await self._dispatched(_WATER)

    async def mend(self) -> str:
        await self._unit(_WATER, "ClaimCase")
        await self._unit(_WATER, "ArriveAtCase", text="已到现场关阀。")
        await self._handled(_WATER, "更换了阀门，已不漏水。")
        seen = (await self._phone.read("Case", caseId=self._case["id"]))["case"]
        return " → ".join(one["step"] for one in seen["timeline"])

    async def content(self) -> str:
        closed = await self._rate(solved=True, grade=5)
        facts = {name: bool(closed[name]) for name in ("handledAt", "closedAt")}
        return f"{closed['state']}, {facts}, {closed['confirmation']}"

    async def returned(self) -> str:
        self._case = await self._file({"category": "light-out", "text": "天桥下的路灯三天不亮了。"})
        done = await self._seat("AcceptCase", "CentreCaseChanged")
        self._rev = done["case"]["rev"]
        why = await self._dispatched(_BUREAU)
        back = await self._given_back(_BUREAU, "该路段由自来水公司开挖，尚未移交。", _WATER)
        return f"{why} It came back {back['returns']} time; its clock went on."

    async def falls(self) -> str:
        named = await self._dispatched(_WATER)
        await self._given_back(_WATER, "路灯不属于供水设施。")
        refused = await self._seat("DispatchCase", "FallbackOwed", unit=_BUREAU, rev=self._rev)
        why = await self._dispatched(_COUNTY)
        return f"{named} Then: {why} ({refused['message']})"

    async def keeps(self) -> str:
        wish = {"ask": "RETURN", "reason": "也不属于区里。"}
        return str((await self._unit(_COUNTY, "RequestOfCentre", "FallbackKeeps", request=wish))["message"])

    async def reopened(self) -> str:
        await self._unit(_COUNTY, "ClaimCase")
        await self._handled(_COUNTY, "已派人查看。")
        again = await self._rate(solved=False, grade=1, reason="还是不亮。")
        proposal = await self._proposal()
        return f"{again['state']}, round {again['round']}; {proposal['explanation']}"

    async def _file(self, said: dict[str, Any]) -> dict[str, Any]:
        wish = {"kind": "HELP", "place": _PLACE, **said}
        filed: dict[str, Any] = (await self._phone.do("FileCase", "CaseFiled", input=wish, key=new_id()))["case"]
        return filed

    async def _rate(self, **rating: Any) -> dict[str, Any]:
        given = {"caseId": self._case["id"], "rating": rating, "key": new_id()}
        rated: dict[str, Any] = (await self._phone.do("RateCase", "CaseRated", **given))["case"]
        return rated

    async def _seat(self, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        return await self._as(_CENTRE, operation, wanted, **given)

    async def _unit(self, unit: str, operation: str, wanted: str = "UnitCaseChanged", **given: Any) -> dict[str, Any]:
        return await self._as(unit, operation, wanted, **given)

    async def _as(self, organisation: str, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        which = {"case": self._case["id"], "key": new_id()}
        token = await self._token(organisation)
        return await self._journey.provide_as(token, operation, wanted, **which, **given)

    async def _token(self, organisation: str) -> str:
        if organisation not in self._tokens:
            if organisation not in self._clients:
                raise TourFailed(f"the seed made no client of {organisation}")
            self._tokens[organisation] = (await self._journey.token_of(self._clients[organisation]))["access_token"]
        return self._tokens[organisation]

    async def _proposal(self) -> dict[str, Any]:
        token, given = await self._token(_CENTRE), {"case": self._case["id"]}
        found = await ask(self._http, "/provider/graphql", "provider", "DispatchProposal", given, token)
        proposal: dict[str, Any] = found["dispatchProposal"]
        return proposal

    async def _dispatched(self, wanted: str) -> str:
        """As the rules propose, which has to be this unit; why."""
        proposal = await self._proposal()
        named = proposal["proposed"]["unit"]["code"] if proposal["proposed"] else "nobody"
        if named != wanted:
            raise TourFailed(f"{named} is proposed, not {wanted}: {proposal['explanation']}")
        rev = proposal["case"]["rev"]
        await self._seat("DispatchCase", "CentreCaseChanged", unit=named, rev=rev)
        return str(proposal["explanation"])

    async def _given_back(self, unit: str, reason: str, whose: str | None = None) -> dict[str, Any]:
        wish = {"ask": "RETURN", "reason": reason, "suggested": whose}
        asked = (await self._unit(unit, "RequestOfCentre", request=wish))["case"]["pending"]["id"]
        back: dict[str, Any] = (await self._seat("ApproveCaseRequest", "CentreCaseChanged", request=asked))["case"]
        self._rev = back["rev"]
        return back

    async def _handled(self, unit: str, result: str) -> None:
        await self._unit(unit, "FinishCase", result=result)
        await self._unit(unit, "ReplyToCase", text=f"{result}感谢您的反映。")

    async def _photo(self) -> str:
        data = _picture()
        asked = {"purpose": "CASE", "name": "hydrant.jpg", "bytes": len(data), "key": new_id()}
        wanted = await self._phone.do("RequestUpload", "UploadRequested", **asked)
        sent = await self._http.put(wanted["target"]["url"], content=data, headers={"accept-language": "en"})
        if not sent.is_success:
            raise TourFailed(f"the photo was refused: {sent.text}")
        return str(sent.json()["id"])


def _picture() -> bytes:
    """A hydrant, as well as a tour can draw one."""
    photo = Image.new("RGB", (1000, 1200), "#b9c4c9")
    draw = ImageDraw.Draw(photo)
    draw.rectangle((400, 400, 600, 1000), fill="#b3261e")
    draw.ellipse((380, 300, 620, 480), fill="#c0392b")
    draw.polygon([(600, 620), (960, 900), (600, 700)], fill="#7fb7d6")
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=85)
    return out.getvalue()
