"""What every room is built on: settings, database, clock, keys, audit, outbox, limits, and what watches them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from app.core.audit import Audit
from app.core.audit.chain import AuditChain
from app.core.audit.trail import AuditTrail
from app.core.audit.verify import Verifier
from app.core.calendar import CalendarService
from app.core.calendar.store import CalendarStore
from app.core.changes import Changes
from app.core.clock import Clock
from app.core.data_keys import DataKeys
from app.core.dead_letters import DeadLetters
from app.core.holdings.service import Holdings
from app.core.idempotency import Idempotency
from app.core.keys import SigningKeys
from app.core.limits import Limits
from app.core.mongo import Database, connect
from app.core.outbox import Outbox
from app.core.passwords import Passwords
from app.core.person_keys import PersonKeys
from app.core.resealing import Resealing
from app.core.rotation import Rotation
from app.core.sealed import KeyRing
from app.core.tallies import Dashboards, Tallies
from app.settings import Settings

# What can be subscribed to: whose a row is.
_SUBSCRIBED: dict[str, str | tuple[str, ...]] = {
    "disclosures": "citizen",
    "inbox": "citizen",
    "queue_lines": "venue",
    "bookings": "citizen",
    "cases": "citizen",
    "payments": ("payer", "payee"),
    "car_parks": "estate",
    "transit_live": "_id",
    "help_call_replies": "call",
    "emergencies": "board",
    "shop_orders": "shop",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    settings: Settings
    db: Database
    clock: Clock
    ring: KeyRing
    data_keys: DataKeys
    persons: PersonKeys
    keys: SigningKeys
    resealing: Resealing
    rotation: Rotation
    audit: Audit
    audit_chain: AuditChain
    audit_verifier: Verifier
    audit_trail: AuditTrail
    outbox: Outbox
    dead_letters: DeadLetters
    limits: Limits
    passwords: Passwords
    once: Idempotency
    changes: Changes
    holdings: Holdings
    calendar: CalendarService
    tallies: Tallies
    dashboards: Dashboards

    @property
    def base_url(self) -> str:
        return str(self.settings.base_url).rstrip("/")

    def parts(self) -> dict[str, Any]:
        """By name, for the city that is a core and its rooms."""
        return {one.name: getattr(self, one.name) for one in fields(Core)}


def core_of(settings: Settings, clock: Clock, passwords: Passwords) -> Core:
    db, ring = connect(settings), KeyRing.from_settings(settings, clock)
    data_keys, persons, keys = DataKeys(db, ring, clock), PersonKeys(db, ring, clock), SigningKeys(db, ring, clock)
    audit, outbox, once = Audit(db, ring, clock), Outbox(db, clock), Idempotency(db, ring, clock)
    chain = AuditChain(db, keys, clock, timedelta(days=settings.audit_kept_days))
    verifier, tallies = Verifier(db, ring, keys, clock), Tallies(db, clock)
    return Core(
        settings=settings,
        db=db,
        clock=clock,
        ring=ring,
        data_keys=data_keys,
        persons=persons,
        keys=keys,
        resealing=Resealing(db, ring, data_keys, persons, clock),
        rotation=Rotation(data_keys, keys, audit, once, clock),
        audit=audit,
        audit_chain=chain,
        audit_verifier=verifier,
        audit_trail=AuditTrail(db, ring, audit, chain, verifier, clock),
        outbox=outbox,
        dead_letters=DeadLetters(db, outbox, audit),
        limits=Limits(db, ring, clock),
        passwords=passwords,
        once=once,
        changes=Changes(db, _SUBSCRIBED),
        holdings=Holdings(db, ring, persons),
        calendar=CalendarService(CalendarStore(db), audit, once, clock),
        tallies=tallies,
        dashboards=Dashboards(tallies, outbox, chain, clock),
    )
