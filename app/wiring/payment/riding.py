"""Rides by the code of a card."""

from __future__ import annotations

from app.bridges.rides import TransitCodes
from app.context import RideRooms
from app.domains.payment.rides.batches.service import RideBatches
from app.domains.payment.rides.charging.service import RideCharging
from app.domains.payment.rides.debts.service import RideDebts
from app.domains.payment.rides.fares.service import FareService
from app.domains.payment.rides.fares.store import FareStore
from app.domains.payment.rides.service import RideService
from app.domains.payment.rides.store import RideStore
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import People
from app.wiring.payment.ledger import Books
from app.wiring.payment.paying import Paying


def riding_of(core: Core, people: People, card: Card, books: Books, paying: Paying) -> RideRooms:
    db, clock = core.db, core.clock
    store, codes = RideStore(db), TransitCodes(card.codes)
    fares = FareService(db, FareStore(db), core.audit, clock)
    charging = RideCharging(store, people.citizens, books.ledger, paying.payments, core.outbox, clock)
    rides = RideService(store, fares, codes, charging, core.audit, core.once, clock)
    batches = RideBatches(db, store, fares, codes, charging, clock)
    debts = RideDebts(db, store, charging, clock)
    return RideRooms(fares=fares, rides=rides, batches=batches, debts=debts)
