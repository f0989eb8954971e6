"""People with a credit line, and what they owe, on a city whose clock a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.core.clock import CITY_TIME, civil_day
from app.core.ids import new_id
from app.core.money import Money
from app.core.paging import PageRequest
from app.core.passwords import Passwords
from app.core.viewer import Assurance, Role, Viewer
from app.domains.identity.citizens.model import Citizen
from app.domains.payment.credit.dues.model import Due
from app.domains.payment.credit.line.model import AGREEMENT
from app.domains.payment.credit.score.model import TERMS
from app.domains.payment.ledger.model import GATEWAY, Balance, TransferKind, Wanted, credit, credit_line, debit, wallet
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Payment, Purpose
from app.wiring import City, build
from tests.conftest import QUICK, Databases, settings_for
from tests.support.fakes import MovableClock, recording_outside
from tests.support.gateway import FakeGateway

SHOP = Payee(PayeeKind.MERCHANT, "shop")
ALL = PageRequest(100)


@dataclass
class Lent:
    """A city and its clock; what its citizens do with credit."""

    city: City
    clock: MovableClock
    gateway: FakeGateway

    @property
    def credit(self):  # type: ignore[no-untyped-def]
        return self.city.services.payment.credit

    @property
    def treatments(self):  # type: ignore[no-untyped-def]
        return self.city.services.payment.treatments

    async def citizen(self, born: str = "1990-05", *, verified: bool = True) -> Viewer:
        """Somebody whom the registry knows, who never heard of credit."""
        id_, now = new_id(), self.clock.now()
        assurance = Assurance.REAL_NAME if verified else Assurance.PHONE
        await self.city.db.transaction(lambda tx: self.city.citizens.add(Citizen(id_, now), tx))
        change = {"assurance": assurance.value, "birth_month": born}
        await self.city.db["citizens"].update_one({"_id": id_}, {"$set": change})
        return Viewer(role=Role.CITIZEN, actor=id_, subject=id_, assurance=assurance)

    async def counted(self) -> Viewer:
        """Who agreed to be counted."""
        who = await self.citizen()
        await self.credit.scores.join(who, TERMS, new_id())
        return who

    async def debtor(self, most: int | None = None, purse: int = 0) -> Viewer:
        """With a line (500 yuan, as a newcomer's score gives) and so much in his wallet."""
        who = await self.counted()
        await self.credit.lines.open(who, AGREEMENT, most, new_id())
        await self.fill(who, purse)
        return who

    async def fill(self, who: Viewer, fen: int) -> None:
        ledger, own = self.city.services.payment.ledger, wallet(who.citizen())
        await ledger.open(GATEWAY)
        await ledger.open(own)
        if fen:
            lines = (debit(GATEWAY, fen), credit(own, fen))
            await self.city.db.transaction(lambda tx: ledger.post(Wanted(new_id(), TransferKind.TOP_UP, lines), tx))

    async def pays(self, who: Viewer, fen: int) -> Payment:
        new = NewPayment(new_id(), who.citizen(), SHOP, Money(fen), Method.CREDIT, Purpose.CODE)
        done: Payment = await self.city.db.transaction(lambda tx: self.city.services.payment.payments.pay(new, tx))
        return done

    async def balance(self, who: Viewer) -> Balance:
        return await self.city.services.payment.ledger.balance(credit_line(who.citizen()))

    async def purse(self, who: Viewer) -> int:
        return (await self.city.services.payment.ledger.balance(wallet(who.citizen()))).posted.fen

    async def dues(self, who: Viewer) -> list[Due]:
        return list((await self.credit.dues.mine(who, ALL)).items)

    async def adds_up(self, who: Viewer) -> bool:
        """The dues come to what the ledger says is owed."""
        owed = sum(due.owed for due in await self.dues(who))
        return owed == (await self.balance(who)).posted.fen

    async def events(self, who: Viewer) -> list[str]:
        rows = await self.city.db["outbox"].find({"citizen": who.subject}).sort("_id", 1).to_list(None)
        return [row["type"] for row in rows]

    @property
    def today(self) -> date:
        return civil_day(self.clock.now())

    def on(self, month: int, day: int, hour: int = 12) -> None:
        """Move the clock on to the next such day of the city."""
        now = self.clock.now()
        wanted = datetime(self.today.year, month, day, hour, tzinfo=CITY_TIME)
        self.clock.ahead += (wanted if wanted > now else wanted.replace(year=wanted.year + 1)) - now


@asynccontextmanager
async def lending(databases: Databases) -> AsyncIterator[Lent]:
    """A city of its own. Its clock only goes on: what a test owes is due after whatever the tests before it left."""
    fakes, clock = FakeGateway(), MovableClock()
    beyond = replace(recording_outside()[0], gateway=fakes)
    with databases.lent() as name:
        city = build(settings_for(databases.uri, name), beyond=beyond, clock=clock, passwords=Passwords(QUICK))
        await databases.start(city, follow=False)
        try:
            yield Lent(city, clock, fakes)
        finally:
            await city.stop()
