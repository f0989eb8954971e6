"""What the hand-over to departments asks of applications: what was handed in, and to make a department's step true."""

from __future__ import annotations

from typing import Any

from app.domains.government.applications.history.model import Point
from app.domains.government.applications.materials.service import Files
from app.domains.government.applications.model import Application
from app.domains.government.applications.pushed.model import Outcome, Pushed, Said
from app.domains.government.applications.pushed.service import PushedSteps
from app.domains.government.handover.model import News, Submission, Taken
from app.domains.identity.citizens.store import CitizenStore


class HandedInApplications:
    """Fulfils `handover.service.Applications`."""

    def __init__(self, pushed: PushedSteps, files: Files, citizens: CitizenStore) -> None:
        self._pushed = pushed
        self._files = files
        self._citizens = citizens

    async def content(self, number: str) -> Submission | None:
        found = await self._pushed.content(number)
        if found is None or found.submitted_at is None:
            return None
        return Submission(
            number=number,
            item=found.item,
            version=found.version,
            unit=found.unit,
            submitted_at=found.submitted_at,
            applicant=await self._applicant(found.citizen),
            answers=found.content.answers,
            materials=await self._materials(found),
        )

    async def settle(self, number: str, news: News) -> Taken:
        points = tuple(Point(words) for words in news.points)
        done = await self._pushed.settle(number, Said(Pushed(news.step.value), news.reason, news.remedy, points))
        return _TAKEN[done]

    async def _applicant(self, citizen: str) -> dict[str, str]:
        found, number = await self._citizens.get(citizen), await self._citizens.id_number(citizen)
        said = {
            "name": found.name if found else None,
            "phone": found.phone if found else None,
            "id_number": number.text if number else None,
        }
        return {name: value for name, value in said.items() if value}

    async def _materials(self, of: Application) -> list[dict[str, Any]]:
        """How each is there: a licence, shared data, shown at the counter, or files by links of some minutes."""
        links = await self._files.links(of.record, of.citizen)
        return [
            {
                "key": one.key,
                "way": one.way.value,
                **({"by": one.by} if one.by else {}),
                **({"files": files} if (files := [links[upload] for upload in one.uploads if upload in links]) else {}),
            }
            for one in of.content.standing
        ]


_TAKEN = {
    Outcome.APPLIED: Taken.APPLIED,
    Outcome.ALREADY: Taken.ALREADY,
    Outcome.IMPOSSIBLE: Taken.IMPOSSIBLE,
}
