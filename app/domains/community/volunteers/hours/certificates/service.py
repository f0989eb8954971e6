"""Certificates of hours: a link to the paper for the volunteer, and a check for whoever is shown it."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from app.core.clock import Clock
from app.core.paging import PageRequest
from app.core.sealed import KeyRing
from app.core.viewer import Viewer
from app.domains.community.volunteers.activities.store import ActivityStore
from app.domains.community.volunteers.hours.certificates.drawing import draw
from app.domains.community.volunteers.hours.certificates.model import (
    MOST_LINES,
    Certificate,
    Checked,
    Line,
    code_of,
    masked,
    number_of,
)
from app.domains.community.volunteers.hours.store import HoursStore
from app.domains.community.volunteers.model import Volunteer
from app.domains.community.volunteers.store import VolunteerStore
from app.domains.identity.organisations.model import Tree

_LINK_LIFE = timedelta(minutes=5)


class Names(Protocol):
    async def of(self, citizens: Collection[str]) -> Mapping[str, str]:
        """Civil names of those who have one."""
        ...


class CertificateService:
    def __init__(
        self,
        volunteers: VolunteerStore,
        hours: HoursStore,
        activities: ActivityStore,
        names: Names,
        tree: Tree,
        ring: KeyRing,
        clock: Clock,
        base_url: str,
        city: str,
    ) -> None:
        self._volunteers = volunteers
        self._hours = hours
        self._activities = activities
        self._names = names
        self._tree = tree
        self._ring = ring
        self._clock = clock
        self._base_url = base_url
        self._city = city

    async def link(self, viewer: Viewer) -> tuple[str, datetime] | None:
        """A link to the PDF, good for five minutes without further proof; None: he is no volunteer."""
        one = await self._volunteers.get(viewer.self_only())
        if one is None:
            return None
        ends = self._clock.now() + _LINK_LIFE
        until = int(ends.timestamp())
        query = urlencode({"until": until, "proof": self._proof(one.number, until)})
        return f"{self._base_url}/media/volunteer-certificates/{one.number}.pdf?{query}", ends

    async def behind(self, number: str, until: int, proof: str) -> bytes | None:
        """None when the link is not genuine or over, and when the volunteer has left the city."""
        right = hmac.compare_digest(proof.encode(), self._proof(number, until).encode())
        if not right or until < self._clock.now().timestamp():
            return None
        one = await self._volunteers.by_number(number)
        return await asyncio.to_thread(draw, await self._certificate(one), self._city) if one else None

    async def check(self, code: str) -> Checked | None:
        """For whoever holds one: None when no such certificate was ever given out."""
        number = number_of(code, self._signed)
        one = await self._volunteers.by_number(number) if number else None
        if one is None:
            return None
        name = (await self._names.of([one.id])).get(one.id, "")
        return Checked(one.number, masked(name), one.minutes // 60, one.stars)

    async def _certificate(self, one: Volunteer) -> Certificate:
        page = await self._hours.of_citizen(one.id, PageRequest(first=MOST_LINES))
        entries = [entry for entry in page.items if entry.published]
        known = await self._activities.many([entry.activity for entry in entries])
        lines = tuple(
            Line(entry.day, known[entry.activity].terms.title.zh, self._named(entry.organisation), entry.published)
            for entry in entries
            if entry.activity in known
        )
        name = (await self._names.of([one.id])).get(one.id, "")
        check_at = f"{self._base_url}/volunteer-certificates/{code_of(one.number, self._signed)}"
        return Certificate(one.number, name, one.minutes, one.stars, lines, self._clock.now(), check_at)

    def _named(self, organisation: str) -> str:
        node = self._tree.get(organisation)
        return node.name if node else organisation

    def _proof(self, number: str, until: int) -> str:
        return self._ring.keyed_hash(f"{number}\0{until}", kind="volunteer certificate link")

    def _signed(self, number: str) -> str:
        return self._ring.keyed_hash(number, kind="volunteer certificate")
