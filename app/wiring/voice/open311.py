"""The Open311 door: what it shows, who files by it, and what becomes of a form."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.voice.channels.open311.filing.service import Open311FilingService
from app.domains.voice.channels.open311.filing.store import TokenStore
from app.domains.voice.channels.open311.keys.service import Open311KeyService
from app.domains.voice.channels.open311.keys.store import Open311KeyStore
from app.domains.voice.channels.open311.making.service import Open311Cases
from app.domains.voice.channels.open311.service import Open311Service
from app.domains.voice.channels.open311.services.service import ServiceList
from app.domains.voice.channels.open311.services.store import ChangesetStore
from app.domains.voice.channels.open311.store import PublicRequestStore
from app.wiring.core import Core
from app.wiring.voice.assets import Assets
from app.wiring.voice.cases import Cases


@dataclass(frozen=True, slots=True)
class Open311:
    keys: Open311KeyService
    door: Open311Service
    filing: Open311FilingService


def open311_of(core: Core, cases: Cases, assets: Assets) -> Open311:
    keys = Open311KeyService(core.db, Open311KeyStore(core.db), core.limits, core.audit, core.once, core.clock)
    services = ServiceList(cases.categories, ChangesetStore(core.db), core.clock)
    public = PublicRequestStore(core.db, core.persons)
    door = Open311Service(public, services, keys, core.limits, core.clock, core.settings.open311_jurisdiction)
    making = Open311Cases(cases.filing, cases.places, assets.keeping, core.once, core.settings.city_division)
    filing = Open311FilingService(door, keys, TokenStore(core.db, core.ring), making, core.limits, core.clock)
    return Open311(keys, door, filing)
