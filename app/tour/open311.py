"""The part of the tour in which others speak Open311: a client files and follows, a neighbouring city takes a case."""

from __future__ import annotations

from typing import Any

import httpx2
from defusedxml.ElementTree import fromstring

from app.core.ids import new_id
from app.tour.journey import Journey, Step
from app.tour.phone import TourFailed, ask

_CENTRE = "centre-12345"
_BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bang"><!ENTITY c "&b;&b;&b;&b;">]><request>&c;</request>'
_NEAR, _FAR = ("26.0853", "119.2986"), ("25.4310", "119.0078")  # in the city, and in Putian


class Open311Tour:
    def __init__(self, journey: Journey, http: httpx2.AsyncClient, demo: dict[str, Any]) -> None:
        self._journey = journey
        self._http = http
        self._key = next((str(one["api_key"]) for one in demo.get("open311", ())), "")
        self._centre = next((one for one in demo.get("departments", ()) if one["organisation"] == _CENTRE), None)
        self._number = ""
        self._token = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("an Open311 client finds the services", self.services),
            ("a XML bomb is refused by name", self.bomb),
            ("it files a request, which nobody else sees yet", self.files),
            ("the centre takes it in and publishes it, and the client follows", self.follows),
            ("what lies in a neighbouring city goes there, and comes back answered", self.neighbour),
        ]

    async def services(self) -> str:
        told = (await self._http.get("/open311/v2/discovery.json")).json()["endpoints"][0]
        root = fromstring((await self._http.get("/open311/v2/services.xml")).content)
        return f"{len(root)} services at {told['url']}, {' and '.join(told['formats'])}"

    async def bomb(self) -> str:
        headers = {"content-type": "text/xml", "accept-language": "en"}
        answer = await self._http.post("/open311/v2/requests.json", content=_BOMB, headers=headers)
        if answer.status_code != 400:
            raise TourFailed(f"a bomb was answered {answer.status_code}")
        return str(answer.json()[0]["description"])

    async def files(self) -> str:
        self._number = await self._filed("light-out", f"路灯不亮，联系人王小明 13950012345。{new_id()[-6:]}", _NEAR)
        hidden = await self._http.get(f"/open311/v2/requests/{self._number}.json")
        own = (await self._one(self._number))["status_notes"]
        if hidden.status_code != 404:
            raise TourFailed("it is seen before it is published")
        return f"{self._number}: to others {hidden.status_code}, to the client “{own}”"

    async def follows(self) -> str:
        found = (await self._read("CaseAtCentre", number=self._number))["caseAtCentre"]
        await self._write("AcceptCase", "CentreCaseChanged", case=found["id"])
        shown = (await self._read("PreviewPublication", case=found["id"]))["previewPublication"]
        digest = shown["digest"]
        await self._write("PublishReportedCase", "CentreCasePublished", case=found["id"], digest=digest)
        seen = (await self._http.get(f"/open311/v2/requests/{self._number}.xml")).content
        words = fromstring(seen).findtext("request/description") or ""
        if "13950012345" in words or "王小明" in words:
            raise TourFailed("personal data was published")
        notes = (await self._one(self._number))["notes"]
        return f"“{words}” {' → '.join(note['type'] for note in notes)}"

    async def neighbour(self) -> str:
        await self._journey.stand_ins.post("/control/neighbour/manners", json={"closes_after": 1})
        number = await self._filed("pothole", f"荔城区路面坑洼 {new_id()[-6:]}", _FAR)

        async def answered() -> dict[str, Any] | None:
            told = await self._one(number)
            return told if told["extended_attributes"]["state"] == "replied" else None

        told = await self._journey.until(answered, "the neighbouring city did not answer", patience=60)
        return f"{number}: {told['agency_responsible']}, “{told['status_notes']}”"

    async def _filed(self, service: str, words: str, place: tuple[str, str]) -> str:
        if not self._key:
            raise TourFailed("the seed made no Open311 client")
        form = {"api_key": self._key, "service_code": service, "description": words, "lat": place[0], "long": place[1]}
        answer = await self._http.post("/open311/v2/requests.xml", data=form)
        if not answer.is_success:
            raise TourFailed(f"the request was refused: {answer.text}")
        return str(fromstring(answer.content).findtext("request/service_request_id"))

    async def _one(self, number: str) -> dict[str, Any]:
        asked = {"api_key": self._key, "extensions": "true"}
        headers = {"accept-language": "en"}
        answer = await self._http.get(f"/open311/v2/requests/{number}.json", params=asked, headers=headers)
        one: dict[str, Any] = answer.json()[0]
        return one

    async def _read(self, operation: str, **given: Any) -> dict[str, Any]:
        return await ask(self._http, "/provider/graphql", "provider", operation, given, await self._seat())

    async def _write(self, operation: str, wanted: str, **given: Any) -> None:
        await self._journey.provide_as(await self._seat(), operation, wanted, key=new_id(), **given)

    async def _seat(self) -> str:
        if self._centre is None:
            raise TourFailed("the seed made no client of the centre")
        if not self._token:
            self._token = (await self._journey.token_of(self._centre))["access_token"]
        return self._token
