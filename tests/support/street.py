"""Things in the street with codes on them, and officers who walk past them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx2

from app.core.ids import new_id
from app.core.places.model import Box, Point
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.history.model import CaseKind
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.street.assets.model import Asset, AssetDraft, AssetKind
from app.domains.voice.street.patrols.model import Patrol, PatrolPoint
from app.wiring import City
from graphql_schema.types.common import global_id
from tests.support.api import OPS, Api
from tests.support.cases import DISTRICT, categorised, stored

WATER, GRIDS = "gulou-water", "gulou-grid"
HYDRANT_LEAK = "hydrant-leak"
HERE = Point(26.0823, 119.2965)


async def street(city: City) -> None:
    """A district with a water bureau and a grid centre, and a category of hydrants."""
    await categorised(city)
    put, voice = city.services.organisations.put, city.services.voice
    for code, name, scopes in (
        (WATER, "鼓楼区供水管理站", frozenset({"cases", "assets"})),
        (GRIDS, "鼓楼区网格中心", frozenset({"cases:grid"})),
    ):
        if city.services.organisations.tree.get(code) is None:
            await put(OPS, Organisation(code, name, Kind.DEPARTMENT, Level.COUNTY, parent=DISTRICT, scopes=scopes))
    if voice.categories.tree.get(HYDRANT_LEAK) is None:
        made = Category(
            HYDRANT_LEAK, Said("消火栓漏水", "Hydrant leaks"), "streets", (CaseKind.HELP,), assets=("hydrant",)
        )
        await voice.categories.save(OPS, replace(made, convenience=True), new_id())


def draft(reference: str = "H-001", **changed: object) -> AssetDraft:
    made = AssetDraft(
        AssetKind.HYDRANT,
        Said("五一广场东门消火栓", "Hydrant at the east gate"),
        HERE,
        WATER,
        reference,
        "五一广场东门",
    )
    return replace(made, **changed)  # type: ignore[arg-type]


async def hydrant(city: City, reference: str = "H-001", **changed: object) -> Asset:
    await street(city)
    return await city.services.voice.assets.save(OPS, draft(reference, **changed), new_id())


def keeper(unit: str = WATER, **changed: object) -> Viewer:
    """Who keeps the assets of a unit."""
    made = Viewer(role=Role.PROVIDER_STAFF, actor=f"{unit}-keeper", organisation=unit, scopes=frozenset({"assets"}))
    return replace(made, **changed)  # type: ignore[arg-type]


def hidden(page: httpx2.Response) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))


@dataclass(frozen=True)
class Officer:
    """A grid officer of a test: as services see him, and his token."""

    viewer: Viewer
    token: str


async def officer(api: Api, *roles: str, unit: str = GRIDS) -> Officer:
    await street(api.city)
    clerk = await api.clerk(unit, *(roles or ("grid_officer",)))
    done = await api.data("SignInStaff", None, "provider", **clerk.credentials(api.city.clock.now()))
    scopes = frozenset({"cases:grid"})
    made = Viewer(Role.PROVIDER_STAFF, clerk.id, organisation=unit, scopes=scopes, roles=frozenset(roles))
    return Officer(made, done["tokens"]["accessToken"])


def box_around(point: Point, by: float = 0.01) -> Box:
    return Box(point.latitude - by, point.longitude - by, point.latitude + by, point.longitude + by)


async def patrol(city: City, *officers: Officer, count: int = 3, **changed: object) -> Patrol:
    """Some points in a row from HERE on, a hundred metres apart."""
    row = tuple(
        PatrolPoint(f"p{n}", Said(f"第 {n} 点"), Point(HERE.latitude + n * 0.0009, HERE.longitude))
        for n in range(1, count + 1)
    )
    ids = tuple(one.viewer.acting() for one in officers)
    made = Patrol("", GRIDS, Said("五一广场网格"), box_around(HERE), row, ids, city.clock.now())
    return await city.services.voice.grid.patrols.save(OPS, replace(made, **changed), new_id())  # type: ignore[arg-type]


def input_of(one: Patrol, **changed: object) -> dict[str, object]:
    """A patrol as a client sends it."""
    box, points = one.grid, []
    for point in one.points:
        place = {"latitude": point.point.latitude, "longitude": point.point.longitude}
        points.append({"id": point.id, "name": point.name.zh, "asset": point.asset, "within": point.within, **place})
    grid = {"south": box.south, "west": box.west, "north": box.north, "east": box.east}
    made = {"unit": one.unit, "name": one.name.zh, "grid": grid, "points": points, "officers": list(one.officers)}
    return {**made, **changed}


class StreetWalk:
    """Every operation of assets and of grid officers once."""

    def __init__(self, api: Api, step: Callable[..., Awaitable[Any]]) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        await street(self._api.city)
        walker, boss = await officer(self._api), await officer(self._api, "supervisor")
        await self._keeps()
        made = await patrol(self._api.city, walker)
        await self._do("SavePatrol", boss.token, patrol=input_of(made, id=global_id("Patrol", made.id)))
        await self._walks(walker.token, made)
        await self._looks(walker.token)

    async def _do(self, operation: str, token: str, /, **given: Any) -> Any:
        return await self._step(operation, token, "provider", **given, key=new_id())

    async def _keeps(self) -> None:
        token = await self._api.provider(WATER, ("assets",))
        place = {"latitude": HERE.latitude, "longitude": HERE.longitude}
        wish = {"kind": "HYDRANT", "name": "消火栓", "keeper": WATER, "reference": f"H-{new_id()}", **place}
        saved = await self._do("SaveAsset", token, asset=wish)
        await self._step("KeptAssets", token, "provider", kind="HYDRANT")
        code = saved["asset"]["asset"]["code"]
        await self._step("Asset", code=code)
        await self._step("AssetsNear", **place)
        await self._do("RetireAsset", token, code=code, reason="道路改造")

    async def _walks(self, token: str, made: Patrol) -> None:
        now = self._api.city.clock.now().isoformat()
        await self._step("MyPatrols", token, "provider")
        await self._step("Patrols", token, "provider")
        begun = await self._do("StartRound", token, patrol=global_id("Patrol", made.id), saidAt=now)
        upload = await self._do("RequestUpload", token, name="现场.jpg", bytes=1000)
        await self._step("Upload", token, "provider", id=upload["upload"]["id"])
        await self._do("DropUpload", token, id=upload["upload"]["id"])
        walk, point = begun["round"]["id"], made.points[0].point
        fix = {"latitude": point.latitude, "longitude": point.longitude, "accuracy": 8.0}
        await self._do("VisitPoint", token, round=walk, step={"pointId": "p1", "saidAt": now, "fix": fix})
        await self._do("EndRound", token, round=walk, saidAt=now)
        await self._step("MyRounds", token, "provider")

    async def _looks(self, token: str) -> None:
        now = self._api.city.clock.now().isoformat()
        fix = {"latitude": HERE.latitude, "longitude": HERE.longitude, "accuracy": 8.0}
        report = {"kind": "HELP", "category": HYDRANT_LEAK, "text": "井盖旁消火栓漏水。", "saidAt": now, "fix": fix}
        case = (await self._do("ReportFromField", token, report=report))["case"]["id"]
        await self._step("GridCases", token, "provider")
        await done_by_a_unit(self._api.city, case)
        look = {"ok": False, "words": "仍在漏水", "saidAt": now, "fix": fix}
        found = await self._do("VerifyCase", token, case=case, look=look)
        centre = await self._api.provider("street-centre", ("cases:centre",))
        await self._step("CaseFindings", centre, "provider")
        await self._do("SettleFinding", centre, finding=found["finding"]["id"], answer="已要求重新处理")


async def done_by_a_unit(city: City, case_id: str) -> None:
    """The centre and a unit have done their part of a case that is accepted; nobody was told yet."""
    was, now = await stored(city, case_id), city.clock.now()
    seat = Viewer(role=Role.PROVIDER_STAFF, actor="seat-1", organisation="centre-12345")
    hand = Viewer(role=Role.PROVIDER_STAFF, actor="hand-1", organisation=WATER)
    done = was.dispatched(WATER, [WATER], [], "rule", seat, now).claimed(hand, now).handled("已修好", (), hand, now)
    steps = CaseSteps(CaseStore(city.db, city.persons), city.calendar, city.outbox, city.audit, city.clock)
    await city.db.transaction(lambda tx: steps.keep(hand, done, was, tx))
