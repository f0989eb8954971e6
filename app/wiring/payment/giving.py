"""Points and red packets."""

from __future__ import annotations

from random import SystemRandom

from app.bridges.giving import PacketFriends, PointRecipients
from app.bridges.telling import CardAddressees
from app.context import PacketRooms, PointRooms
from app.domains.payment.packets.lapsing.service import PacketLapsing
from app.domains.payment.packets.opening.service import PacketOpening
from app.domains.payment.packets.service import PacketService
from app.domains.payment.packets.store import PacketStore
from app.domains.payment.packets.stranded.service import StrandedPackets
from app.domains.payment.points.causes.service import CauseService
from app.domains.payment.points.causes.store import CauseStore
from app.domains.payment.points.expiring.service import PointExpiry
from app.domains.payment.points.grants.service import GrantService
from app.domains.payment.points.grants.store import GrantStore
from app.domains.payment.points.partners.service import PartnerService
from app.domains.payment.points.partners.store import PartnerStore
from app.domains.payment.points.rates.service import RateService
from app.domains.payment.points.rates.store import RateStore
from app.domains.payment.points.service import PointBook
from app.domains.payment.points.store import LotStore
from app.domains.payment.wallet.service import Wallets
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import People
from app.wiring.payment.ledger import Books
from app.wiring.payment.paying import Paying


def points_of(core: Core, people: People, card: Card, books: Books, paying: Paying) -> PointRooms:
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    lots = LotStore(db)
    book = PointBook(db, books.ledger, lots, clock)
    addressees = CardAddressees(card.disclosure_store, card.store, people.citizens, clock)
    recipients = PointRecipients(people.citizens, addressees)
    grants = GrantService(
        db, GrantStore(db, core.persons), book, books.ledger, recipients, core.outbox, audit, once, clock
    )
    causes = CauseService(db, CauseStore(db), books.ledger, paying.risk, audit, once)
    partners = PartnerService(db, PartnerStore(db), audit, clock)
    rates = RateService(db, RateStore(db), PartnerStore(db), audit, clock)
    expiry = PointExpiry(db, books.ledger, lots, book, core.outbox, clock)
    return PointRooms(book=book, grants=grants, causes=causes, partners=partners, rates=rates, expiry=expiry)


def packets_of(
    core: Core, people: People, books: Books, paying: Paying, wallets: Wallets, points: PointRooms
) -> PacketRooms:
    store, friends = PacketStore(core.db, core.persons), PacketFriends(people.citizens, core.ring)
    packets = PacketService(
        store,
        friends,
        books.ledger,
        points.book,
        paying.risk,
        SystemRandom(),
        core.limits,
        core.outbox,
        core.audit,
        core.once,
        core.clock,
    )
    opening = PacketOpening(
        store,
        packets,
        friends,
        books.ledger,
        wallets,
        points.book,
        core.limits,
        core.audit,
        core.once,
        core.clock,
    )
    lapsing = PacketLapsing(core.db, store, books.ledger, points.book, core.outbox, core.clock)
    stranded = StrandedPackets(store, books.ledger, core.outbox, core.audit, core.once)
    return PacketRooms(packets=packets, opening=opening, lapsing=lapsing, stranded=stranded)
