"""Rules of risk in force and one that waits; disputes of what the people of the demo paid."""

from __future__ import annotations

from app.core.money import Money
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.identity.staff.model import StaffRole
from app.domains.payment.disputes.answering.service import SCOPE
from app.domains.payment.disputes.model import DisputeReason
from app.domains.payment.payments.model import Payment
from app.domains.payment.risk.rules.model import Action, Measure, Terms, Window
from app.seed.demo import SEEDER, Demo, Progress, as_citizen
from app.wiring import City
from mocks.city import PEOPLE
from mocks.putting_right import SeedDispute, SeedRule, disputes, rules

# Who proposes a rule does not put it in force.
_SECOND = Viewer(role=Role.OPS, actor="seed-colleague", roles=frozenset({StaffRole.ADMINISTRATOR.value}))


async def seed_putting_right(city: City, demo: Demo, say: Progress) -> None:
    say(f"{len(rules())} rules of risk, {len(disputes())} disputed payments")
    for rule in rules():
        await _rule(city, rule)
    for one in disputes():
        await _dispute(city, one)


async def _rule(city: City, one: SeedRule) -> None:
    """What the desk has changed since stays changed."""
    service, key = city.services.payment.risk_rules, f"seed-risk-{one.code}"
    if await service.versions(one.code):
        return
    terms = Terms(
        measure=Measure(one.measure),
        most=one.most,
        action=Action(one.action),
        window=Window(one.window) if one.window else None,
        methods=frozenset(one.methods),
        purposes=frozenset(one.purposes),
        younger_than=one.younger_than,
    )
    made = await service.propose(SEEDER, one.code, Said(*one.name), terms, one.reason, key)
    if not one.proposed:
        await service.approve(_SECOND, made.code, made.version, key)


async def _dispute(city: City, one: SeedDispute) -> None:
    payment = await _paid(city, one)
    service = city.services.payment
    if payment is None:
        return
    payer, key = as_citizen(payment.payer), f"seed-dispute-{payment.id[-12:]}"
    if await service.disputes.of_payments(payer, [payment.id]):
        return
    amount = Money(one.fen) if one.fen else None
    opened = await service.disputes.open(payer, payment.id, amount, DisputeReason(one.reason), one.words, [], key)
    shop = Viewer(role=Role.PROVIDER_CLIENT, actor="seed", organisation=one.merchant, scopes=frozenset({SCOPE}))
    if one.answer is not None:
        await service.dispute_answers.answer(shop, opened.id, one.answer, [], key)
    if one.reply is not None:
        await service.disputes.reply(payer, opened.id, one.reply, [], key)


async def _paid(city: City, one: SeedDispute) -> Payment | None:
    """The newest payment of that person to that merchant; none when the seed was told to leave people out."""
    person = next(each for each in PEOPLE if each.key == one.person)
    citizen = await city.citizens.id_by_phone(person.phone) if person.phone else None
    if citizen is None:
        return None
    page = await city.services.payment.payments.mine(as_citizen(citizen), PageRequest(first=100))
    return next((paid for paid in page.items if paid.payee.id == one.merchant and paid.left.fen), None)
