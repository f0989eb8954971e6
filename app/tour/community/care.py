"""A missed check-in on its way: the contact gets a message, the committee's officer finds it, goes there, and it is
over; and the citizen's own place on the list.
"""

from __future__ import annotations

import asyncio
from typing import Any

from app.core.ids import new_id
from app.tour.journey import Step
from app.tour.payment.payer import Tour
from app.tour.phone import TourFailed, ask, local

_COMMITTEE, _CONTACT = "east-street-committee", "+8619900009901"
_TOLD = {"OFFICER", "CENTRE"}
_PATIENCE = 90.0  # the list is looked at once a minute


class Care(Tour):
    """Wants a resident of the estate, and somebody of the seed who has been silent."""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("an elder has not checked in: his contact gets a message, the committee's list shows him", self.missed),
            ("the grid officer sees who it is, for a reason, goes there, and it is over", self.visited),
            ("the citizen joins the list, says that he is well, and leaves it", self.joined),
        ]

    async def missed(self) -> str:
        if await self._known() is not None:
            return "an earlier tour has been there"

        async def told() -> dict[str, Any] | None:
            found = next((one for one in await self._missed() if one["told"] in _TOLD), None)
            return found or await _after_a_second()

        entry = await self.payer.journey.until(told, "no officer was told of a missed check-in", _PATIENCE)
        self.payer.kept["care"] = entry["id"]

        async def texted() -> Any:
            asked = {"to": _CONTACT}
            found = (await self.payer.journey.stand_ins.get("/control/sms/messages", params=asked)).json()
            return found or await _after_a_second()

        texts = await self.payer.journey.until(texted, "the contact got no message", _PATIENCE)
        return f"told as far as the {entry['told'].lower()}; {len(texts)} message to the contact"

    async def visited(self) -> str:
        entry = self.payer.kept.get("care")
        if entry is None:
            return "an earlier tour has been there"
        asked = {"entryId": entry, "reason": "电话无人接听，上门看望"}
        seen = await self.payer.as_payee(_COMMITTEE, "RevealCareEntry", "CareRevealed", **asked)
        done = await self.payer.as_payee(_COMMITTEE, "NoteCareSign", "CareSaved", entryId=entry, sign="VISIT")
        if entry in {one["id"] for one in await self._missed()}:
            raise TourFailed("he is missed still")
        return f"{seen['name']}, {seen['home']}: {done['entry']['sign']}"

    async def joined(self) -> str:
        homes = (await self.payer.phone.read("MyHomes"))["myHomes"]
        home = next(one["id"] for one in homes if one["state"] == "RESIDENT")
        wish = {"residencyId": home, "rhythm": {"weekdays": list(range(7)), "minute": 600}, "contact": {}}
        entered = (await self.payer.phone.do("EnterCareList", "CareSaved", **wish, key=new_id()))["entry"]
        signed = (await self.payer.phone.do("CheckInCare", "CareSaved", key=new_id()))["entry"]
        left = (await self.payer.phone.do("LeaveCareList", "CareSaved", key=new_id()))["entry"]
        return f"due {local(entered['dueAt'])}, signed by {signed['sign']}, {left['careState']}"

    async def _missed(self) -> list[dict[str, Any]]:
        return await self._listed("MissedCare")

    async def _known(self) -> dict[str, Any] | None:
        """Of whom an officer has already brought word."""
        return next((one for one in await self._listed("CareEntries") if one["sign"] == "VISIT"), None)

    async def _listed(self, operation: str) -> list[dict[str, Any]]:
        token = await self.payer.token(_COMMITTEE)
        found = await ask(self.payer.http, "/provider/graphql", "provider", operation, {}, token)
        page = found[operation[0].lower() + operation[1:]]
        return [edge["node"] for edge in page["edges"]]


async def _after_a_second() -> dict[str, Any] | None:
    """Nothing yet."""
    await asyncio.sleep(1)
    return None
