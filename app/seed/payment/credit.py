"""Citizen credit of the seeded city: hospitals that treat first, and people with a score, a line, and what they owe."""

from __future__ import annotations

from dataclasses import replace

from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.payment.credit.line.model import AGREEMENT
from app.domains.payment.credit.rules.model import FactorCode
from app.domains.payment.credit.score.model import TERMS
from app.domains.payment.merchants.model import Category
from app.domains.payment.merchants.service import Profile
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Purpose
from app.domains.payment.treatments.model import BillLine, TreatmentWanted
from app.domains.payment.treatments.service import SCOPE
from app.seed.demo import SEEDER, Demo, Progress, as_citizen
from app.wiring import City
from mocks.city import PEOPLE
from mocks.credit import SeedDebtor, SeedHospital, SeedTreatment, debtors, hospitals
from virtual_card.codes.model import Purpose as CardPurpose

SCOPES = (SCOPE, CardPurpose.HOSPITAL.scope)


async def seed_credit(city: City, demo: Demo, say: Progress) -> None:
    say(f"{len(hospitals())} hospitals that treat first, {len(debtors())} people with a credit score")
    for one in hospitals():
        await _hospital(city, demo, one)
    for debtor in debtors():
        await _debtor(city, debtor)


async def _hospital(city: City, demo: Demo, one: SeedHospital) -> None:
    """It is a hospital already; from now on it may ask, and is paid as merchants are."""
    known = city.services.organisations.tree.get(one.organisation)
    if known is None:
        return
    await city.services.organisations.put(SEEDER, replace(known, scopes=known.scopes | frozenset(SCOPES)))
    profile = Profile.parse(one.name, Category.HOSPITAL, 0)
    await city.services.payment.merchants.put(SEEDER, one.organisation, profile, f"seed-hospital-{one.organisation}")
    made = await city.services.clients.create(SEEDER, one.organisation, one.name, SCOPES)
    demo.payees.append(
        {
            "organisation": one.organisation,
            "name": one.name,
            "name_en": one.name_en,
            "kind": known.kind.value,
            "scopes": list(SCOPES),
            "client_id": made.client,
            "client_secret": made.secret,
        }
    )


async def _debtor(city: City, one: SeedDebtor) -> None:
    """Who has a score already has been here before."""
    person = next(each for each in PEOPLE if each.key == one.key)
    citizen = await city.citizens.id_by_phone(person.phone) if person.phone else None
    credit = city.services.payment.credit
    if citizen is None or await credit.scores.mine(as_citizen(citizen)) is not None:
        return
    viewer, key = as_citizen(citizen), f"seed-credit-{one.key}"
    await credit.scores.join(viewer, TERMS, key)
    if one.line:
        await credit.lines.open(viewer, AGREEMENT, one.own_limit, key)
    for merchant, fen in one.paid:
        await _pay(city, citizen, merchant, fen)
    for treatment in one.treatments:
        await _treat(city, viewer, treatment)
    if one.appeal is not None:
        await credit.appeals.appeal(viewer, FactorCode(one.appeal[0]), one.appeal[1], key)


async def _pay(city: City, citizen: str, merchant: str, fen: int) -> None:
    payee = Payee(PayeeKind.MERCHANT, merchant)
    new = NewPayment(new_id(), citizen, payee, Money(fen), Method.CREDIT, Purpose.DYNAMIC_CODE, confirmed=True)

    async def work(tx: Tx) -> None:
        await city.services.payment.payments.pay(new, tx)

    await city.db.transaction(work)


async def _treat(city: City, viewer: Viewer, one: SeedTreatment) -> None:
    treatments, key = city.services.payment.treatments, f"seed-{one.reference}"
    hospital = Viewer(role=Role.PROVIDER_CLIENT, actor="seed", organisation=one.hospital, scopes=frozenset(SCOPES))
    shown = await city.services.codes.show(viewer, CardPurpose.HOSPITAL, key)
    wanted = TreatmentWanted(one.reference, one.about, one.estimate)
    asked = await treatments.ask(hospital, shown.text, wanted, key)
    await treatments.confirm(viewer, asked.id, key)
    if one.bill:
        await treatments.charge(hospital, asked.id, [BillLine(what, fen) for what, fen in one.bill], key)
