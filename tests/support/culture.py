"""Houses of culture and what is on in them, for tests."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.places.model import Point
from app.core.said import Said
from app.core.tills.model import Means
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.life.culture.events.model import CultureEventKind, NewSession, Profile
from app.domains.life.culture.venues.model import CultureVenue, CultureVenueKind, Hall, SeatRow
from app.domains.payment.merchants.model import Category
from app.domains.payment.merchants.service import Profile as MerchantProfile
from app.wiring import City
from graphql_schema.types.common import global_id
from tests.support.api import OPS, Api, Person
from tests.support.paying import holder

SCOPES = ("culture", "culture:gate", "payments", "payments:manage")
STAGE, FLOOR = "stage", "floor"
_days = itertools.count(3)


@dataclass(frozen=True, slots=True)
class House:
    """An organisation that keeps one house, and takes payments."""

    api: Api
    organisation: str
    venue: str

    @property
    def city(self) -> City:
        return self.api.city

    @property
    def keeper(self) -> Viewer:
        return Viewer(
            role=Role.PROVIDER_STAFF, actor="keeper", organisation=self.organisation, scopes=frozenset(SCOPES)
        )

    async def token(self, *scopes: str) -> str:
        client = await self.city.services.clients.create(OPS, self.organisation, "house", scopes or SCOPES)
        answer = await self.api.http.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=(client.client, client.secret)
        )
        return str(answer.json()["access_token"])

    async def event(
        self,
        *,
        fen: int = 0,
        per_person: int = 4,
        hall: str = FLOOR,
        room: int | None = None,
        starts_in: timedelta | None = None,
        return_hours: int = 24,
        published: bool = True,
        name: str = "榕城之夜",
    ) -> Put:
        """One with one session, two hours long; on a day of its own when nothing else is said."""
        staging = self.city.services.life.culture.staging
        profile = Profile(
            CultureEventKind.PLAY, Said(name, "A night"), Said("一出戏", "A play"), fen, per_person, return_hours
        )
        event = await staging.draft(self.keeper, profile, new_id())
        start = self.city.clock.now() + (starts_in or timedelta(days=next(_days)))
        times = (start, start + timedelta(hours=2))
        await staging.add_session(self.keeper, event, NewSession(self.venue, hall, *times, room), new_id())
        if published:
            await staging.publish(self.keeper, event, new_id())
        found = await self.city.services.life.culture.events.any(event)
        assert found is not None
        return Put(self, event, found.sessions[0].id, start)


@dataclass(frozen=True, slots=True)
class Put:
    """An event that is put on, and its only session."""

    house: House
    event: str
    session: str
    starts_at: datetime

    @property
    def session_id(self) -> str:
        return str(global_id("EventSession", self.session))

    async def bought(self, person: Person, **said: Any) -> Any:
        """The whole answer, of one free ticket when nothing else is said."""
        given = {"sessionId": self.session_id, "key": new_id(), **({"count": 1} if "seats" not in said else {}), **said}
        return await self.house.api.data("BuyEventTickets", person.token, **given)

    async def taken(
        self, citizen: str, *, means: Means | None = None, seats: Sequence[str] = (), count: int = 1
    ) -> Any:
        """Straight at the service, by somebody invented: what it gives, or what it raises."""
        tickets = self.house.city.services.life.culture.tickets
        how_many = None if seats else count
        try:
            return (await tickets.buy(holder(citizen), self.session, how_many, seats, means, new_id())).purchase
        except Outcome as refused:
            return refused

    async def shown(self, person: Person, purchase: Any, place: int = 0) -> str:
        ticket = {"purchaseId": purchase["id"], "ticketId": purchase["tickets"][place]["id"]}
        answer = await self.house.api.data("ShowTicketCode", person.token, **ticket, key=new_id())
        assert answer["__typename"] == "TicketCodeShown", answer
        return str(answer["text"])

    async def free(self) -> int:
        found = await self.house.city.services.life.culture.views.places_of(self.session)
        assert found is not None
        return found.free


async def house_of(api: Api) -> House:
    code = f"house-{new_id()[-12:]}"
    made = Organisation(code, "测试剧院", Kind.MERCHANT, scopes=frozenset(SCOPES))
    await api.city.services.organisations.put(OPS, made)
    merchant = MerchantProfile.parse("测试剧院", Category.CONVENIENCE, 0)
    await api.city.services.payment.merchants.put(OPS, code, merchant, new_id())
    stage = Hall(STAGE, Said("大剧场", "Stage"), tuple(SeatRow(row, 5) for row in "ABC"))
    floor = Hall(FLOOR, Said("展厅", "Floor"), room=200)
    venue = CultureVenue(
        code,
        code,
        CultureVenueKind.THEATRE,
        Said("测试剧院", "Test theatre"),
        Said("鼓楼区", "Gulou"),
        Point(26.08, 119.3),
        (stage, floor),
    )
    await api.city.services.life.culture.venues.put(OPS, venue, new_id())
    return House(api, code, code)
