"""Every operation of the directory of places, once: by who reads, rates and corrects, and by who runs a place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from graphql_schema.types.common import global_id
from tests.support.api import Api, Person
from tests.support.places import HERE, OPERATOR, north, place, run_place

Step = Callable[..., Awaitable[Any]]
NEAR = {"latitude": HERE.latitude, "longitude": HERE.longitude}


async def place_belongings(api: Api, owner: Person) -> dict[str, str]:
    """What somebody said of a place, by type."""
    at = global_id("Place", (await place(api.city)).id)
    rated = await api.data("ReviewPlace", owner.token, placeId=at, stars=4, key=new_id())
    closed = {"field": "CLOSED", "note": "搬走了", "key": new_id()}
    proposed = await api.data("ProposePlaceCorrection", owner.token, placeId=at, **closed)
    return {"PlaceReview": rated["review"]["review"]["id"], "PlaceCorrection": proposed["correction"]["id"]}


class PlaceWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self, person: Person) -> None:
        run, _ = await run_place(self._api.city)
        for n in range(30):
            await place(self._api.city, point=north(40.0 * n))
        at = str(global_id("Place", run.id))
        await self._reads(person, at)
        review, correction = await self._says(person, at)
        await self._keeps(at, review, correction)

    async def _reads(self, person: Person, at: str) -> None:
        await self._api.city.services.life.directory.search.keeper.index()
        await self._step("PlaceClasses")
        await self._step("Places", person.token, near=NEAR, metres=5_000, openNow=False)
        await self._step("SearchPlaces", person.token, text="药店", near=NEAR, openNow=False)
        await self._step("SuggestPlaces", text="药")
        await self._step("Place", person.token, id=at)
        await self._step("PlaceReviews", placeId=at)

    async def _says(self, person: Person, at: str) -> tuple[str, str]:
        token = person.token
        rated = await self._step("ReviewPlace", token, placeId=at, stars=5, words="药很全，店员很耐心。", key=new_id())
        await self._step("MyPlaceReviews", token)
        await self._step("KeepPlace", token, placeId=at, kept=True, key=new_id())
        await self._step("FavouritePlaces", token)
        given = {"placeId": at, "value": "0591-87650099", "note": "换号码了"}
        made = await self._step("ProposePlaceCorrection", token, **given, field="PHONE", key=new_id())
        taken_back = {"placeId": at, "field": "CLOSED", "note": "关门了", "key": new_id()}
        other = await self._api.data("ProposePlaceCorrection", token, **taken_back)
        await self._step("WithdrawPlaceCorrection", token, correctionId=other["correction"]["id"], key=new_id())
        await self._step("MyPlaceCorrections", token)
        return rated["review"]["review"]["id"], made["correction"]["id"]

    async def _keeps(self, at: str, review: str, correction: str) -> None:
        keeper = await self._api.provider(OPERATOR, ("places",))

        async def step(operation: str, **given: Any) -> None:
            await self._step(operation, keeper, "provider", **given)

        await step("OwnPlaces")
        await step("OwnPlaceReviews", placeId=at)
        await step("ProposedPlaceCorrections", state="OPEN")
        await step("SavePlaceHours", placeId=at, hours="Mo-Su 08:00-21:00", key=new_id())
        day = civil_day(self._api.city.clock.now()).isoformat()
        await step("SavePlaceDay", placeId=at, day=day, hours="off", note="盘点", key=new_id())
        await step("DescribePlace", placeId=at, phone="0591-87650001", about="医保定点", key=new_id())
        await step("AnswerPlaceReview", reviewId=review, words="谢谢您的评价。", key=new_id())
        await step("SettlePlaceCorrection", correctionId=correction, accepted=True, key=new_id())
        owner = await self._api.verified()
        theirs = await place_belongings(self._api, owner)
        await self._step("WithdrawPlaceReview", owner.token, reviewId=theirs["PlaceReview"], key=new_id())
