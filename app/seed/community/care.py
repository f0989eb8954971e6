"""Somebody on the care list who has not checked in for an hour: the first of the demo people who is old enough and
lives at an estate. A client of the committee that looks after him goes into the demo file.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.community.care.model import CareEntry, CarePrivate, Rhythm
from app.domains.community.care.store import CareStore
from app.domains.community.estates.service import SCOPE
from app.domains.identity.organisations.model import Kind
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.city import PEOPLE, PHONE_PREFIX

_DAILY = Rhythm(tuple(range(7)), 10 * 60)
_BORN_BEFORE = 1962
_CONTACT = CarePrivate("郑女士（女儿）", f"{PHONE_PREFIX}9901", "一人独居，听力不太好，敲门请用力些")
_SILENT = timedelta(minutes=70)
"""So long that his officer is told at the first look, and the centre not yet."""


async def seed_care(city: City, demo: Demo, say: Progress) -> None:
    """Can be repeated."""
    entries, residents = (
        city.services.community.together.caring.entries,
        city.services.community.neighbourhood.residents,
    )
    for person in (one for one in PEOPLE if one.phone and one.born.year < _BORN_BEFORE):
        citizen = await city.citizens.id_by_phone(person.phone or "")
        homes = await residents.living(citizen) if citizen else []
        if not citizen or not homes:
            continue
        viewer = Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen, assurance=Assurance.REAL_NAME)
        if await entries.mine(viewer) is None:
            seen = await entries.enter(viewer, homes[0].id, _DAILY, _CONTACT, f"seed-care-{person.key}")
            await _silent(city, seen.entry)
            await _client(city, demo, seen.entry.organisation)
            say("1 on the care list")
        return


async def _silent(city: City, entry: CareEntry) -> None:
    now = city.clock.now()
    due = now - _SILENT
    was = replace(entry, made_at=now - timedelta(days=30), due_at=due, look_at=due, sign_at=due - timedelta(days=1))
    await city.db.transaction(
        lambda tx: CareStore(city.db, city.persons).save(replace(was, rev=entry.rev + 1), entry, tx)
    )


async def _client(city: City, demo: Demo, committee: str) -> None:
    name, scopes = city.services.organisations.name_of(committee) or Said(committee), [SCOPE]
    client = await city.services.clients.create(SEEDER, committee, "care", scopes)
    said = {"organisation": committee, "name": name.zh, "name_en": name.en, "kind": Kind.COMMUNITY.value}
    secret = {"client_id": client.client, "client_secret": client.secret}
    demo.payees.append({**said, "scopes": scopes, **secret})
