"""Risk: what a rule stops and what it asks about, who may change it, and what the payer does not hear of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.money import Currency, Money
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.payment.ledger.errors import AccountFrozen
from app.domains.payment.ledger.model import AccountState, FreezeReason, wallet
from app.domains.payment.payments.model import Method, NewPayment, PaymentState, Purpose
from app.domains.payment.risk.errors import (
    PayerBlocked,
    PayerBlockedAlready,
    PayerNotBlocked,
    PayerUnknown,
    PaymentRefused,
)
from app.domains.payment.risk.model import Attempt, Verdict, concerned, counter, decided
from app.domains.payment.risk.rules.errors import (
    AnotherApproves,
    RiskRuleInvalid,
    RiskRuleProposed,
    RiskRuleSettled,
    RiskRuleUnknown,
)
from app.domains.payment.risk.rules.model import Action, Measure, Rule, RuleState, Terms, Window
from app.wiring import City
from graphql_schema.types.common import key_of
from tests.conftest import Fakes
from tests.support.api import Api
from tests.support.paying import desk, lies_on, pay, purse, shop

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # half past eleven at night in the city


def attempt(**changed: Any) -> Attempt:
    made = Attempt(new_id(), "payer", "merchant", "shop", 5_000, Currency.CNY, "wallet", "code", NOW)
    return replace(made, **changed)


def rule(terms: Terms, code: str = "large", **changed: Any) -> Rule:
    made = Rule(code, 1, Said("试验"), terms, "试验", "a", NOW, state=RuleState.IN_FORCE)
    return replace(made, **changed)


def amount(most: int, **changed: Any) -> Terms:
    return replace(Terms(Measure.AMOUNT, most, Action.REFUSE), **changed)


@pytest.mark.parametrize(
    ("terms", "made", "stopped"),
    [
        (amount(4_999), attempt(), True),
        (amount(5_000), attempt(), False),
        (amount(1, methods=frozenset({"credit"})), attempt(), False),
        (amount(1, methods=frozenset({"credit"})), attempt(method="credit"), True),
        (amount(1, payees=frozenset({"biller"})), attempt(), False),
        (amount(1, purposes=frozenset({"code", "ride"})), attempt(), True),
        (amount(1, currency=Currency.POINTS), attempt(), False),
        (amount(1, younger_than=7), attempt(payer=new_id(), at=datetime.now(UTC)), True),
        (amount(1, younger_than=7), attempt(payer=new_id(), at=datetime.now(UTC) + timedelta(days=8)), False),
        (amount(1, younger_than=7), attempt(payer="no-id-of-ours"), False),
    ],
)
def test_a_rule_looks_at_the_payments_it_names(terms: Terms, made: Attempt, *, stopped: bool) -> None:
    found = decided(concerned([rule(terms)], made), made, {})
    assert found.verdict is (Verdict.REFUSE if stopped else Verdict.ALLOW)


def test_a_refusal_goes_before_a_question_and_a_confirmed_payment_is_asked_no_more() -> None:
    asks = rule(amount(100, action=Action.CONFIRM), "asks")
    stops = rule(amount(1_000), "stops")
    found = decided([asks, stops], attempt(), {})
    assert (found.verdict, found.hit and found.hit.rule) == (Verdict.REFUSE, "stops")
    assert decided([asks], attempt(), {}).verdict is Verdict.CONFIRM
    assert decided([asks], attempt(confirmed=True), {}).verdict is Verdict.ALLOW
    assert decided([asks, stops], attempt(confirmed=True), {}).verdict is Verdict.REFUSE


def test_windows_are_of_the_city() -> None:
    daily = rule(Terms(Measure.SUM, 10_000, Action.REFUSE, Window.DAY))
    today = counter(daily, attempt())
    assert today is not None
    assert today.endswith("2026-11-22")
    assert counter(daily, attempt(at=NOW + timedelta(minutes=30))) == today.replace("22", "23")
    hourly = counter(rule(Terms(Measure.COUNT, 3, Action.REFUSE, Window.HOUR)), attempt())
    assert hourly is not None
    assert hourly.endswith("2026-11-22T23")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "Large"}, "code"),
        ({"code": "a"}, "code"),
        ({"name": Said("")}, "name"),
        ({"reason": " "}, "reason"),
        ({"terms": amount(-1)}, "most"),
        ({"terms": amount(1, window=Window.DAY)}, "window"),
        ({"terms": Terms(Measure.COUNT, 3, Action.REFUSE)}, "window"),
        ({"terms": Terms(Measure.COUNT, 10**6, Action.REFUSE, Window.DAY)}, "most"),
        ({"terms": amount(1, younger_than=0)}, "youngerThan"),
    ],
)
def test_what_cannot_stand_is_told_by_its_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(RiskRuleInvalid) as refused:
        replace(rule(amount(1)), **changed).demand_sound()
    assert refused.value.field == field


@pytest.fixture
def right(shared_city: tuple[City, Fakes]) -> City:
    return shared_city[0]


async def in_force(city: City, terms: Terms, code: str) -> Rule:
    rules = city.services.payment.risk_rules
    proposed = await rules.propose(desk(), code, Said("试验规则", "A trial"), terms, "压低风险", new_id())
    return await rules.approve(desk(), code, proposed.version, new_id())


@pytest.fixture
async def code(right: City) -> AsyncIterator[str]:
    """Of a rule that ends with the test."""
    code = f"trial_{new_id()[-12:]}"
    yield code
    rules = right.services.payment.risk_rules
    versions = await rules.versions(code)
    if versions and versions[0].state is RuleState.IN_FORCE:
        newest = versions[0]
        ends = await rules.propose(desk(), code, newest.name, newest.terms, "试验结束", new_id(), active=False)
        await rules.approve(desk(), code, ends.version, new_id())


def only(purpose: Purpose, terms: Terms) -> Terms:
    return replace(terms, purposes=frozenset({purpose.value}))


async def test_who_proposes_does_not_put_in_force(right: City, code: str) -> None:
    rules, one = right.services.payment.risk_rules, desk()
    terms = only(Purpose.RIDE, amount(1))
    proposed = await rules.propose(one, code, Said("试验"), terms, "试验", new_id())
    with pytest.raises(AnotherApproves):
        await rules.approve(one, code, proposed.version, new_id())
    with pytest.raises(RiskRuleProposed):
        await rules.propose(desk(), code, Said("试验"), terms, "又一版", new_id())
    with pytest.raises(RiskRuleUnknown):
        await rules.approve(desk(), code, 9, new_id())
    await rules.decline(desk(), code, 1, "不需要", new_id())
    with pytest.raises(RiskRuleSettled):
        await rules.approve(desk(), code, 1, new_id())
    again = await rules.propose(one, code, Said("试验"), terms, "试验", new_id())
    await rules.approve(desk(), code, again.version, new_id())
    assert [(one.version, one.state) for one in await rules.versions(code)] == [
        (2, RuleState.IN_FORCE),
        (1, RuleState.DECLINED),
    ]


async def test_two_who_approve_at_once_put_one_version_in_force(right: City, code: str) -> None:
    rules = right.services.payment.risk_rules
    await rules.propose(desk(), code, Said("试验"), only(Purpose.RIDE, amount(10**6)), "试验", new_id())

    async def approve() -> bool:
        try:
            await rules.approve(desk(), code, 1, new_id())
        except RiskRuleSettled:
            return False
        return True

    assert sorted(await asyncio.gather(*(approve() for _ in range(4)))) == [False, False, False, True]


async def test_the_desk_learns_the_rule_and_the_payer_does_not(right: City, code: str) -> None:
    await in_force(right, only(Purpose.TREATMENT, amount(999)), code)
    payer = await purse(right, 10_000)
    with pytest.raises(PaymentRefused) as refused:
        await pay(right, payer, 1_000, shop(), purpose=Purpose.TREATMENT)
    assert refused.value.data == {}
    (noted,) = (await right.services.payment.risk.refusals(PageRequest(), payer=payer)).items
    assert (noted.hit.rule, noted.amount.fen, noted.purpose) == (code, 1_000, "treatment")
    assert await lies_on(right, wallet(payer)) == 10_000
    await pay(right, payer, 999, shop(), purpose=Purpose.TREATMENT)


async def test_of_rivals_in_a_window_no_more_pass_than_may(right: City, code: str) -> None:
    await in_force(right, only(Purpose.RIDE, Terms(Measure.COUNT, 3, Action.REFUSE, Window.DAY)), code)
    payer, payee = await purse(right, 10_000), shop()

    async def one() -> int:
        try:
            await pay(right, payer, 100, payee, purpose=Purpose.RIDE)
        except PaymentRefused:
            return 0
        return 1

    assert sum(await asyncio.gather(*(one() for _ in range(12)))) == 3
    assert await lies_on(right, wallet(payer)) == 9_700


async def test_what_was_not_paid_is_not_counted(right: City, code: str) -> None:
    await in_force(right, only(Purpose.RIDE, Terms(Measure.SUM, 1_000, Action.REFUSE, Window.DAY)), code)
    payer, payee = await purse(right, 600), shop()
    for _ in range(3):
        with pytest.raises(Outcome):
            await pay(right, payer, 900, payee, purpose=Purpose.RIDE)  # there is not so much on the wallet
    await pay(right, payer, 600, payee, purpose=Purpose.RIDE)


async def test_a_rule_that_asks_has_the_payer_confirm(right: City, code: str) -> None:
    await in_force(right, only(Purpose.RIDE, amount(100, action=Action.CONFIRM)), code)
    waits = await pay(right, await purse(right, 1_000), 500, shop(), purpose=Purpose.RIDE)
    assert waits.state is PaymentState.WAITING_FOR_CONFIRMATION


async def test_what_waits_to_be_confirmed_counts_once_it_is(right: City, code: str) -> None:
    await in_force(right, only(Purpose.RIDE, Terms(Measure.COUNT, 2, Action.REFUSE, Window.DAY)), code)
    payer, payee, payments = await purse(right, 1_000), shop(), right.services.payment.payments
    until = right.clock.now() + timedelta(minutes=1)
    new = [
        NewPayment(new_id(), payer, payee, Money(100), Method.WALLET, Purpose.RIDE, confirm_until=until)
        for _ in range(3)
    ]
    for one in new:
        await right.db.transaction(lambda tx, one=one: payments.begin(one, tx))  # type: ignore[misc]
    citizen = Viewer(role=Role.CITIZEN, actor=payer, subject=payer)
    for one in new[:2]:
        assert (await payments.confirm(citizen, one.id)).state is PaymentState.CAPTURED
    with pytest.raises(PaymentRefused):
        await payments.confirm(citizen, new[2].id)


async def test_the_payer_of_what_is_paid_at_the_gateway_confirms_it_there(right: City, code: str) -> None:
    await in_force(right, only(Purpose.RIDE, amount(100, action=Action.CONFIRM)), code)
    payments, payer = right.services.payment.payments, await purse(right, 0)
    new = NewPayment(new_id(), payer, shop(), Money(500), Method.GATEWAY, Purpose.RIDE)
    begun = await right.db.transaction(lambda tx: payments.begin(new, tx))
    assert begun.state is PaymentState.WAITING_FOR_GATEWAY


async def test_a_blocked_payer_pays_nothing_until_it_is_lifted(shared_api: Api) -> None:
    city, blocks = shared_api.city, shared_api.city.services.payment.payer_blocks
    payer = key_of(str((await shared_api.verified()).citizen_id), "Citizen")
    await city.services.payment.ledger.open(wallet(payer))
    with pytest.raises(PayerUnknown):
        await blocks.block(desk(), new_id(), "怀疑被盗用", new_id())
    await blocks.block(desk(), payer, "怀疑被盗用", new_id())
    with pytest.raises(PayerBlockedAlready):
        await blocks.block(desk(), payer, "怀疑被盗用", new_id())
    with pytest.raises(PayerBlocked):
        await pay(city, payer, 100, shop())
    await blocks.lift(desk(), payer, "本人来电核实", new_id())
    with pytest.raises(PayerNotBlocked):
        await blocks.lift(desk(), payer, "本人来电核实", new_id())
    with pytest.raises(Outcome) as empty:
        await pay(city, payer, 100, shop())
    assert not isinstance(empty.value, PayerBlocked | AccountFrozen)
    assert [block.ended is not None for block in await blocks.of(payer)] == [True]


async def test_why_a_payer_was_stopped_is_sealed_and_goes_with_him(shared_api: Api) -> None:
    city, blocks = shared_api.city, shared_api.city.services.payment.payer_blocks
    payer = key_of(str((await shared_api.verified()).citizen_id), "Citizen")
    await blocks.block(desk(), payer, "怀疑被盗用", new_id())
    await blocks.lift(desk(), payer, "本人来电核实", new_id())
    (row,) = await city.db["payer_blocks"].find({"payer": payer}).to_list(None)
    assert not {"怀疑被盗用", "本人来电核实"} & {row["reason"], row["ended"]["reason"]}
    (block,) = await blocks.of(payer)
    assert (block.reason, block.ended and block.ended.reason) == ("怀疑被盗用", "本人来电核实")
    await city.db.transaction(lambda tx: city.persons.destroy(payer, "test", tx))
    await city.persons.forget()
    (block,) = await blocks.of(payer)
    assert (block.reason, block.ended and block.ended.reason) == ("", "")


async def test_what_was_frozen_before_stays_frozen_when_a_block_is_lifted(shared_api: Api) -> None:
    ledger, blocks = shared_api.city.services.payment.ledger, shared_api.city.services.payment.payer_blocks
    payer = key_of(str((await shared_api.verified()).citizen_id), "Citizen")
    await ledger.open(wallet(payer))
    await shared_api.city.db.transaction(lambda tx: ledger.freeze(wallet(payer), FreezeReason.DESK, tx))
    await blocks.block(desk(), payer, "怀疑被盗用", new_id())
    await blocks.lift(desk(), payer, "本人来电核实", new_id())
    assert (await ledger.balance(wallet(payer))).state is AccountState.FROZEN
