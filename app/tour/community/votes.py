"""A home votes once, and the page that was waiting for it does so no more; what was decided before can be read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core.clock import SystemClock
from app.core.ids import global_id, new_id
from app.tour.journey import Step
from app.tour.payment.payer import Tour
from app.tour.phone import TourFailed

_COMPANY, _ESTATE = "rongcheng-estates", "banyan-garden"


class Votes(Tour):
    """Wants an owner at the estate."""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("the estate votes: it waits on the home page, the home votes once", self.vote),
            ("what the homes decided before is there, counted by the Civil Code", self.result),
        ]

    async def vote(self) -> str:
        which = await self._opened()
        if which["id"] not in await self._due():
            raise TourFailed("the vote is not on the home page")
        seen = (await self.payer.phone.read("EstateVote", voteId=which["id"]))["estateVote"]
        home = next(one for one in seen["mine"] if one["entitled"])
        said = {"voteId": which["id"], "residencyId": home["residencyId"], "option": 0}
        done = (await self.payer.phone.do("CastVote", "EstateVoteSaved", **said, key=new_id()))["vote"]
        if which["id"] in await self._due():
            raise TourFailed("the vote is on the home page still")
        return f"{done['title']}: {done['options'][0]}; homes that have voted: {done['voted']}"

    async def result(self) -> str:
        over = await self._first("CLOSED")
        took, result = over["result"]["tookPart"]["homes"], over["result"]
        if not (result["quorate"] and result["passed"]):
            raise TourFailed(f"the result says {result}")
        return f"{over['title']}: {took} of {result['of']['homes']} homes, passed"

    async def _opened(self) -> dict[str, Any]:
        """By the property company; it closes by itself in an hour."""
        closes = SystemClock().now() + timedelta(minutes=61)
        vote: dict[str, Any] = {
            "title": "是否延长儿童乐园开放时间",
            "text": "夏季儿童乐园拟开放至晚上九点半，请各户表态。",
        }
        vote |= {"options": ["延长", "不延长"], "rule": "ADVISORY", "secret": True, "closesAt": closes.isoformat()}
        said = {"estateId": str(global_id("Estate", _ESTATE)), "vote": vote}
        done = await self.payer.as_payee(_COMPANY, "OpenVote", "EstateVoteSaved", **said)
        return dict(done["vote"])

    async def _first(self, state: str) -> dict[str, Any]:
        page = (await self.payer.phone.read("EstateVotes"))["estateVotes"]
        found = [edge["node"] for edge in page["edges"] if edge["node"]["voteState"] == state]
        if not found:
            raise TourFailed(f"no vote is {state}")
        return dict(found[0])

    async def _due(self) -> set[str]:
        return {one["aboutId"] for one in (await self.payer.phone.read("Home"))["home"]["due"]}
