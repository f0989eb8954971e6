"""An open pharmacy nearby, at night as well: found, kept at hand, rated, answered; and something put right."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.tour.journey import Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import TourFailed

_HERE = {"latitude": 26.0749, "longitude": 119.3035}
_OPERATOR = "first-hospital"


class Places(Tour):
    """Wants a verified citizen."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._place: dict[str, Any] = {}
        self._review: dict[str, Any] = {}
        self._token = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a pharmacy nearby is found by words and by distance, with its hours", self.find),
            ("it is kept at hand and rated; a second rating takes the place of the first", self.rate),
            ("who runs it answers, and the answer stands below the review", self.answer),
            ("a clinic is rated by who used it alone", self.never_used),
            ("a wrong telephone number is put right, and who saw it is thanked", self.put_right),
        ]

    async def find(self) -> str:
        # At whatever hour the tour is walked: whether it is open is said with each.
        asked = {"near": _HERE, "openNow": False, "first": 50}
        near = await self.payer.phone.read("Places", kind="pharmacy", metres=5_000, **asked)
        words = await self.payer.phone.read("SearchPlaces", text="买药", **asked)
        named = {edge["node"]["id"] for edge in words["searchPlaces"]["edges"]}
        kept = (edge["node"] for edge in near["places"]["edges"] if edge["node"]["operator"] is not None)
        found = next((one for one in kept if one["id"] in named), None)
        if found is None:
            raise TourFailed("no pharmacy that somebody keeps nearby, or words do not find it")
        self._place = found
        return f"{self._place['name']}, {self._place['metres']} m: {self._place['opening']['explanation']}"

    async def rate(self) -> str:
        about = {"placeId": self._place["id"]}
        await self.payer.phone.do("KeepPlace", "PlaceKept", **about, kept=True, key=new_id())
        for stars, words in ((3, "药很全，就是排队久。"), (5, "药很全，今天不用排队。")):
            said = {"stars": stars, "words": words, "key": new_id()}
            done = await self.payer.phone.do("ReviewPlace", "PlaceReviewed", **about, **said)
        self._review = done["review"]["review"]
        shown = await self.payer.phone.read("Place", id=self._place["id"])
        rating, mine = shown["place"]["rating"], self._review["id"]
        if [edge["node"]["id"] for edge in shown["placeReviews"]["edges"]].count(mine) != 1:
            raise TourFailed("one person is heard twice")
        return f"{self._review['name']} {'★' * self._review['stars']}; {rating['average']} of {rating['count']}"

    async def answer(self) -> str:
        said = {"reviewId": self._review["id"], "words": "谢谢您，我们又添了一位药师。", "key": new_id()}
        await self._as_keeper("AnswerPlaceReview", "PlaceReviewAnswered", **said)
        shown = await self.payer.phone.read("Place", id=self._place["id"])
        nodes = [edge["node"] for edge in shown["placeReviews"]["edges"]]
        reply = next(node for node in nodes if node["id"] == self._review["id"])["reply"]
        return f"{reply['by']['name']}: {reply['words']}"

    async def never_used(self) -> str:
        near = await self.payer.phone.read("SearchPlaces", text="社区卫生", near=_HERE, kind="clinic", openNow=False)
        other = next(edge["node"] for edge in near["searchPlaces"]["edges"] if edge["node"]["operator"] is None)
        said = {"placeId": other["id"], "stars": 1, "key": new_id()}
        return str((await self.payer.phone.do("ReviewPlace", "PlaceNeverUsed", **said))["message"])

    async def put_right(self) -> str:
        number = f"0591-8765{new_id()[-4:].translate(str.maketrans('abcdef', '123456'))}"
        wish = {"placeId": self._place["id"], "field": "PHONE", "value": number, "note": "门口贴的是这个号码"}
        made = await self.payer.phone.do("ProposePlaceCorrection", "PlaceCorrectionProposed", **wish, key=new_id())
        which = {"correctionId": made["correction"]["id"], "accepted": True, "key": new_id()}
        await self._as_keeper("SettlePlaceCorrection", "PlaceCorrectionSettled", **which)
        now = (await self.payer.phone.read("Place", id=self._place["id"]))["place"]
        if now["phone"] != number:
            raise TourFailed("the number is still the old one")
        return f"{made['correction']['was']} became {now['phone']}"

    async def _as_keeper(self, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        if not self._token:
            keeper = next(one for one in self.payer.demo["providers"] if one["organisation"] == _OPERATOR)
            self._token = (await self.payer.journey.token_of(keeper))["access_token"]
        return await self.payer.journey.provide_as(self._token, operation, wanted, **given)
