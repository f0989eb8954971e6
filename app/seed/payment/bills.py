"""Bills of the seeded city: nine billers, the accounts of its people with bills of some months, and who has them paid
by themselves. What is not of this month was paid, where there was money for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

from app.core.clock import civil_day
from app.core.errors import Outcome
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Assurance, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.bills.billers.model import SCOPE, Biller, BillerWay, BillKind, NumberRule
from app.domains.payment.bills.billers.service import BillerProfile
from app.domains.payment.bills.bound.errors import AlreadyBound
from app.domains.payment.bills.paying.model import MOST_BILLS, Choice
from app.domains.payment.bills.pushing.model import read_told
from app.domains.payment.payments.model import Method
from app.seed.demo import SEEDER, Demo, Progress, as_citizen
from app.wiring import City
from mocks.biller_data import ACCOUNTS, BILLERS, AccountFact, BillerFact
from mocks.city import PEOPLE

SCOPES = (SCOPE, "webhooks")
_PAID_BY_ITSELF = (("lin-xiaofeng", "city-water", 10_000), ("lin-xiaofeng", "city-telecom", 12_000))


async def seed_bills(city: City, demo: Demo, say: Progress) -> None:
    say(f"{len(BILLERS)} billers, {len(ACCOUNTS)} accounts with bills")
    billers = {fact.key: await _biller(city, demo, fact) for fact in BILLERS}
    today = civil_day(city.clock.now())
    people = {one.key: await city.citizens.id_by_phone(one.phone) for one in PEOPLE if one.phone}
    for account in ACCOUNTS:
        who = [_payer(citizen) for key in account.who if (citizen := people.get(key)) is not None]
        await _account(city, billers[account.biller.key], account, who, today)
    for key, biller, cap in _PAID_BY_ITSELF:
        if (citizen := people.get(key)) is not None:
            await _allow(city, _payer(citizen), biller, cap)


async def _biller(city: City, demo: Demo, fact: BillerFact) -> Biller:
    known = city.services.organisations.tree.get(fact.key)
    node = known or Organisation(
        fact.key, fact.name[0], Kind(fact.organisation), parent=fact.under, name_en=fact.name[1]
    )
    await city.services.organisations.put(SEEDER, replace(node, scopes=node.scopes | frozenset(SCOPES)))
    made = await city.services.clients.create(SEEDER, fact.key, fact.name[0], SCOPES)
    demo.payees.append(
        {
            "organisation": fact.key,
            "name": fact.name[0],
            "name_en": fact.name[1],
            "kind": fact.organisation,
            "scopes": list(SCOPES),
            "client_id": made.client,
            "client_secret": made.secret,
        }
    )
    shortest, longest = fact.digits
    profile = BillerProfile(
        id=fact.key,
        kind=BillKind(fact.kind),
        name=Said(*fact.name),
        number=NumberRule(shortest, longest, example="9" * shortest),
        account_name=Said(*fact.account),
        way=BillerWay(fact.way),
        system=fact.system,
    )
    return await city.services.payment.bills.billers.write(SEEDER, profile, f"seed-biller-{fact.key}")


async def _account(city: City, biller: Biller, fact: AccountFact, who: Sequence[Viewer], today: date) -> None:
    """A biller that pushes and one that is asked tell the same way here."""
    rooms = city.services.payment.bills
    await rooms.asking.take(biller, [read_told(one) for one in fact.told(today)])
    for viewer in who:
        key = f"seed-{biller.id}-{fact.number}"[:64]
        with suppress(AlreadyBound):
            await rooms.bound.bind(viewer, biller.id, fact.number, fact.holder, fact.label, key)
    if who:
        await _pay_old(city, biller, who[0], today)


async def _pay_old(city: City, biller: Biller, viewer: Viewer, today: date) -> None:
    rooms = city.services.payment.bills
    page = await rooms.reading.mine(viewer, PageRequest(100), payable=True, kind=biller.kind)
    old = [Choice(bill.id, bill.terms.version) for bill in page.items if bill.terms.due == today]
    for choice in old[:MOST_BILLS]:
        with suppress(Outcome):  # no money, or the biller cannot be asked: it stays open
            await rooms.paying.pay(viewer, [choice], Method.WALLET, f"seed-{choice.bill[:50]}")


async def _allow(city: City, viewer: Viewer, biller: str, cap: int) -> None:
    rooms = city.services.payment.bills
    allowed = await rooms.auto_pay.mine(viewer)
    for bound, account in await rooms.bound.mine(viewer):
        if bound.biller == biller and account.id not in allowed:
            await rooms.auto_pay.allow(viewer, bound.id, cap, Method.WALLET, f"seed-auto-{biller}")


def _payer(citizen: str) -> Viewer:
    return replace(as_citizen(citizen), assurance=Assurance.REAL_NAME)
