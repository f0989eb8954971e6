"""Culture as it is seeded: one organisation that keeps six houses, what is on in them, sights with their crowds."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from app.core.clock import CITY_TIME
from app.core.ids import new_id, new_secret
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.core.said import UNSAID, Said
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.identity.staff.model import StaffRole
from app.domains.life.culture.events.model import CultureEventKind, NewSession, Profile
from app.domains.life.culture.tourism.model import DayRoute, Sight
from app.domains.life.culture.venues.model import CultureVenue, CultureVenueKind, Hall, SeatRow
from app.domains.life.directory.hours.notation import parsed_hours
from app.domains.payment.merchants.model import Category
from app.domains.payment.merchants.service import MANAGE, TAKE
from app.domains.payment.merchants.service import Profile as MerchantProfile
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.culture import culture

SCOPES = ("culture", "culture:gate", TAKE, MANAGE, "webhooks")


async def seed_culture(city: City, demo: Demo, say: Progress) -> None:
    data = culture()
    say(f"{len(data['venue'])} houses of culture, {len(data['event'])} events, {len(data['sight'])} sights")
    keeper = await _keeper(city, demo, data["keeper"])
    for venue in data["venue"]:
        await city.services.life.culture.venues.put(SEEDER, _venue(venue, keeper), f"seed-house-{venue['code']}")
    by = _by(keeper)
    if not (await city.services.life.culture.events.mine(by, PageRequest(1))).items:  # else they are there already
        for event in data["event"]:
            await _event(city, by, event)
    await _sights(city, keeper, data)


async def _keeper(city: City, demo: Demo, row: dict[str, Any]) -> str:
    key = str(row["key"])
    made = Organisation(
        key, row["name"][0], Kind.MERCHANT, parent=row["unit"], scopes=frozenset(SCOPES), name_en=row["name"][1]
    )
    await city.services.organisations.put(SEEDER, made)
    profile = MerchantProfile.parse(row["name"][0], Category.CONVENIENCE, 0)
    await city.services.payment.merchants.put(SEEDER, key, profile, f"seed-merchant-{key}")
    client = await city.services.clients.create(SEEDER, key, row["name"][0], SCOPES)
    demo.payees.append(
        {
            "organisation": key,
            "name": row["name"][0],
            "name_en": row["name"][1],
            "kind": Kind.MERCHANT.value,
            "scopes": list(SCOPES),
            "client_id": client.client,
            "client_secret": client.secret,
        }
    )
    await _staff(city, demo, key, row["manager"], StaffRole.SUPERVISOR)
    await _staff(city, demo, key, row["gate"], StaffRole.GATE)
    return key


async def _staff(city: City, demo: Demo, organisation: str, name: str, role: StaffRole) -> None:
    login, password = f"{role.value}-{new_id()[-6:]}", new_secret(128)
    made = await city.services.staff.enrol(SEEDER, organisation, login, name, password, [role])
    said = {"organisation": organisation, "role": role.value, "login": login, "password": password}
    demo.staff.append({**said, "totp_uri": made.totp_uri})


def _by(keeper: str) -> Viewer:
    return Viewer(role=Role.PROVIDER_STAFF, actor="seed", organisation=keeper, scopes=frozenset(SCOPES))


async def _event(city: City, by: Viewer, row: dict[str, Any]) -> None:
    staging, code = city.services.life.culture.staging, row["code"]
    profile = Profile(
        CultureEventKind(row["kind"]),
        Said(*row["name"]),
        Said(*row["words"]),
        row.get("fen", 0),
        row.get("per_person", 4),
        row.get("return_hours", 24),
    )
    event = await staging.draft(by, profile, f"seed-event-{code}")
    for n, session in enumerate(row["sessions"]):
        starts_at = _begins(city.clock.now(), session)
        ends_at = starts_at + timedelta(hours=session["hours"])
        new = NewSession(row["venue"], row["hall"], starts_at, ends_at)
        await staging.add_session(by, event, new, f"seed-session-{code}-{n}")
    await staging.publish(by, event, f"seed-publish-{code}")


def _begins(now: datetime, session: dict[str, Any]) -> datetime:
    """In so many days; what is on today begins in an hour and a half, at whatever hour: its doors are open."""
    if session["in"] == 0:
        return now + timedelta(minutes=90)
    day = now.astimezone(CITY_TIME).date() + timedelta(days=session["in"])
    return datetime.combine(day, time.fromisoformat(session["at"]), CITY_TIME)


def _venue(row: dict[str, Any], keeper: str) -> CultureVenue:
    return CultureVenue(
        row["code"],
        keeper,
        CultureVenueKind(row["kind"]),
        Said(*row["name"]),
        Said(*row["address"]),
        Point(*row["place"]),
        tuple(_hall(hall) for hall in row["halls"]),
        Said(*row["hours"]),
        UNSAID,
        row["phone"],
    )


def _hall(row: dict[str, Any]) -> Hall:
    rows = tuple(SeatRow(label, seats) for label, seats in row.get("rows", ()))
    return Hall(row["code"], Said(*row["name"]), rows, row.get("room", 0))


async def _sights(city: City, keeper: str, data: dict[str, Any]) -> None:
    tourism, by = city.services.life.culture.tourism, _by(keeper)
    for rank, row in enumerate(data["sight"]):
        sight = Sight(
            row["code"],
            keeper,
            Said(*row["name"]),
            Said(*row["address"]),
            Point(*row["place"]),
            parsed_hours(row["hours"]),
            row["room"],
            Said(*row["words"]),
            row["minutes"],
            row["fen"],
            rank=rank,
        )
        await tourism.put(SEEDER, sight, f"seed-sight-{row['code']}")
        if "people" in row:
            await tourism.count(by, row["code"], row["people"])
    for rank, row in enumerate(data["route"]):
        route = DayRoute(row["code"], Said(*row["name"]), tuple(row["stops"]), Said(*row["words"]), rank)
        await tourism.put_route(SEEDER, route, f"seed-route-{row['code']}")
