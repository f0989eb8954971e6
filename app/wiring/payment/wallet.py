"""The wallet: cards it pays out to, topping up, withdrawing, statements."""

from __future__ import annotations

from app.context import WalletRooms
from app.domains.payment.gateway.model import PaymentGateway
from app.domains.payment.merchants.store import MerchantStore
from app.domains.payment.pins.service import PinService
from app.domains.payment.wallet.cards.service import BankCards
from app.domains.payment.wallet.cards.store import CardStore
from app.domains.payment.wallet.service import Wallets
from app.domains.payment.wallet.statements.service import Statements
from app.domains.payment.wallet.top_ups.service import TopUps
from app.domains.payment.wallet.withdrawals.service import Withdrawals
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.payment.ledger import Books
from app.wiring.payment.paying import Paying


def wallet_of(
    core: Core,
    gateway: PaymentGateway | None,
    calling: Calling,
    people: People,
    books: Books,
    paying: Paying,
    pins: PinService,
) -> WalletRooms:
    db, ledger, limits, once = core.db, books.ledger, core.limits, core.once
    wallets = Wallets(db, ledger, paying.risk, core.outbox, core.audit, once)
    store = CardStore(db, core.ring, core.persons)
    cards = BankCards(db, store, people.citizens, gateway, limits, core.audit, once, core.clock)
    statements = Statements(
        ledger, MerchantStore(db), calling.organisations, people.citizens, core.ring, core.clock, core.base_url
    )
    return WalletRooms(
        wallets=wallets,
        cards=cards,
        top_ups=TopUps(wallets, paying.orders, ledger, limits, core.outbox, once),
        withdrawals=Withdrawals(
            paying.payouts, cards, pins, ledger, paying.risk, limits, core.outbox, core.audit, once, core.clock
        ),
        statements=statements,
    )
