"""Things with codes on them, patrols past them, and a grid officer with his supervisor to try it with."""

from __future__ import annotations

from app.core.ids import new_id, new_secret
from app.core.paging import PageRequest
from app.core.places.model import Box, Point
from app.core.said import Said
from app.domains.identity.staff.model import StaffRole
from app.domains.voice.street.assets.model import AssetDraft, AssetKind
from app.domains.voice.street.assets.number import code_for
from app.domains.voice.street.patrols.model import Patrol, PatrolPoint
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.assets import SeededAsset, SeededPatrol, seeded_assets, seeded_patrols

_MARGIN = 0.004  # degrees, some 400 m
_ROLES = {StaffRole.GRID_OFFICER: "陈网格", StaffRole.SUPERVISOR: "黄督查"}


async def seed_assets(city: City, say: Progress) -> None:
    """Of those units that are there."""
    tree = city.services.organisations.tree
    drafts = [_draft(one) for one in seeded_assets() if tree.get(one.unit) is not None]
    done = await city.services.voice.asset_imports.bring(SEEDER, drafts)
    say(f"{done.fresh + done.amended + done.same} things with codes on them")


async def seed_patrols(city: City, demo: Demo, say: Progress) -> None:
    """After the assets. Each unit that walks has an officer; the first has a supervisor, too."""
    tree = city.services.organisations.tree
    wanted = [one for one in seeded_patrols() if tree.get(one.unit) is not None]
    patrols = city.services.voice.grid.patrols
    if not wanted or (await patrols.of_city(PageRequest(1))).items:
        return
    for place, one in enumerate(wanted):
        officer = await _enrolled(city, demo, one.unit, StaffRole.GRID_OFFICER)
        if place == 0:
            await _enrolled(city, demo, one.unit, StaffRole.SUPERVISOR)
        await patrols.save(SEEDER, _patrol(one, officer, city), new_id())
    say(f"{len(wanted)} patrols")


async def _enrolled(city: City, demo: Demo, unit: str, role: StaffRole) -> str:
    """With a fresh password; his id."""
    login, password = f"{role.value.replace('_', '-')}-{new_id()[-6:]}", new_secret(128)
    made = await city.services.staff.enrol(SEEDER, unit, login, _ROLES[role], password, [role])
    demo.staff.append({"organisation": unit, "login": login, "password": password, "totp_uri": made.totp_uri})
    return made.staff


def _draft(one: SeededAsset) -> AssetDraft:
    place = Point(one.latitude, one.longitude)
    return AssetDraft(AssetKind(one.kind), Said(one.zh, one.en), place, one.unit, one.reference, one.address)


def _patrol(one: SeededPatrol, officer: str, city: City) -> Patrol:
    points = tuple(
        PatrolPoint(
            f"p{number}",
            Said(asset.zh, asset.en),
            Point(asset.latitude, asset.longitude),
            code_for(asset.unit, asset.reference),
        )
        for number, asset in enumerate(one.points, 1)
    )
    souths, wests = [p.point.latitude for p in points], [p.point.longitude for p in points]
    box = Box(min(souths) - _MARGIN, min(wests) - _MARGIN, max(souths) + _MARGIN, max(wests) + _MARGIN)
    return Patrol("", one.unit, Said(one.zh, one.en), box, points, (officer,), city.clock.now())
