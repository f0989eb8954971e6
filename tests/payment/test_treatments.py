"""Treatment first, payment later: what is promised is charged, what is not needed is let go."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.core.errors import Forbidden, Unauthenticated
from app.core.ids import new_id
from app.core.money import Money
from app.core.viewer import ANONYMOUS, Role, Viewer
from app.domains.payment.credit.dues.errors import RepaymentTooHigh
from app.domains.payment.credit.dues.model import DueKind
from app.domains.payment.credit.line.errors import CreditLineMissing
from app.domains.payment.credit.line.model import LineState
from app.domains.payment.credit.repayments.model import RepaymentState
from app.domains.payment.ledger.errors import AccountFrozen, InsufficientBalance
from app.domains.payment.treatments.errors import (
    TreatmentAboveHeld,
    TreatmentInvalid,
    TreatmentNotInState,
    TreatmentUnknown,
)
from app.domains.payment.treatments.model import (
    CONFIRM_WITHIN,
    HELD_FOR,
    BillLine,
    Treatment,
    TreatmentState,
    TreatmentWanted,
    billed,
)
from app.domains.payment.treatments.store import TreatmentStore
from tests.support.credit import ALL, Lent
from tests.support.fakes import MovableClock

HOSPITAL = Viewer(role=Role.PROVIDER_CLIENT, actor="client", organisation="hospital", scopes=frozenset({"treatments"}))
BILL = (BillLine("挂号", 1_000), BillLine("血常规", 2_500))


def new(citizen: str = "c", estimate: int = 10_000, **changed: object) -> Treatment:
    now = MovableClock().now()
    until = now + CONFIRM_WITHIN
    given = {"state": TreatmentState.WAITING, "at": now, "until": until, "by": "client", **changed}
    return Treatment(new_id(), citizen, "hospital", "V-1", "门诊", estimate, new_id(), **given)  # type: ignore[arg-type]


async def asked(lent: Lent, who: Viewer, estimate: int = 10_000) -> str:
    """As if he had shown his card's code at the hospital a moment ago."""
    now = lent.clock.now()
    made = new(who.citizen(), estimate, at=now, until=now + CONFIRM_WITHIN)
    store = TreatmentStore(lent.city.db, lent.city.persons)
    await lent.city.db.transaction(lambda tx: store.add(made, tx))
    return made.id


async def authorised(lent: Lent, who: Viewer, estimate: int = 10_000) -> str:
    one = await asked(lent, who, estimate)
    await lent.treatments.confirm(who, one, new_id())
    return one


_STEPS = {
    "authorised": lambda one, now: one.authorised("t", now),
    "declined": lambda one, now: one.declined(now),
    "cancelled": lambda one, now: one.cancelled(now),
    "charged": lambda one, now: one.charged(BILL, now),
}
_ALLOWED = {
    "authorised": {TreatmentState.WAITING},
    "declined": {TreatmentState.WAITING},
    "cancelled": {TreatmentState.WAITING, TreatmentState.AUTHORISED},
    "charged": {TreatmentState.AUTHORISED},
}


@pytest.mark.parametrize("step", _STEPS)
@pytest.mark.parametrize("state", TreatmentState)
def test_each_step_is_taken_from_its_states_alone(state: TreatmentState, step: str) -> None:
    one, now = new(state=state), MovableClock().now()
    if state in _ALLOWED[step]:
        assert _STEPS[step](one, now).state.value == step
    else:
        with pytest.raises(TreatmentNotInState) as refused:
            _STEPS[step](one, now)
        assert refused.value.state == state.value


@pytest.mark.parametrize("step", _STEPS)
def test_what_is_past_its_time_has_ended_before_the_sweep_was_there(step: str) -> None:
    now = MovableClock().now()
    for state, over in ((TreatmentState.WAITING, "expired"), (TreatmentState.AUTHORISED, "lapsed")):
        with pytest.raises(TreatmentNotInState) as refused:
            _STEPS[step](new(state=state, until=now), now)
        assert refused.value.state == over


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ((), "lines"),
        ((BillLine("x", 1),) * 201, "lines"),
        ((BillLine("x", 0),), "lines.amount"),
        ((BillLine("x", -1), BillLine("y", 5)), "lines.amount"),
        ((BillLine(" ", 1),), "lines.what"),
        ((BillLine("x\n", 1),), "lines.what"),
        ((BillLine("x" * 101, 1),), "lines.what"),
    ],
)
def test_a_bill_that_is_none_is_refused_by_its_field(lines: tuple[BillLine, ...], field: str) -> None:
    with pytest.raises(TreatmentInvalid) as refused:
        billed(lines)
    assert refused.value.field == field


@pytest.mark.parametrize("estimate", [0, -1, 2_000_001])
def test_an_estimate_has_its_bounds(estimate: int) -> None:
    with pytest.raises(TreatmentInvalid):
        TreatmentWanted("V", "x", estimate).checked()


def test_a_bill_above_what_is_held_asks_for_another_authorisation() -> None:
    one, now = new(state=TreatmentState.AUTHORISED, estimate=3_499), MovableClock().now()
    with pytest.raises(TreatmentAboveHeld) as refused:
        one.charged(BILL, now)
    assert refused.value.held == Money(3_499)


async def test_what_is_held_is_charged_and_due_in_thirty_days_and_the_rest_is_free(lent: Lent) -> None:
    who = await lent.debtor()
    one = await authorised(lent, who)
    assert ((await lent.balance(who)).held, (await lent.balance(who)).available) == (Money(10_000), Money(40_000))
    done = await lent.treatments.charge(HOSPITAL, one, BILL, new_id())
    assert (done.state, done.fen) == (TreatmentState.CHARGED, 3_500)
    balance = await lent.balance(who)
    assert (balance.posted, balance.held, balance.available) == (Money(3_500), Money(0), Money(46_500))
    (due,) = await lent.dues(who)
    assert (due.kind, due.owed, due.day) == (DueKind.TREATMENT, 3_500, lent.today + timedelta(days=30))
    assert await lent.adds_up(who)


async def test_the_lines_of_a_bill_are_sealed_and_shown_to_the_citizen_and_the_hospital(lent: Lent) -> None:
    who = await lent.debtor()
    one = await authorised(lent, who)
    await lent.treatments.charge(HOSPITAL, one, BILL, new_id())
    (row,) = await lent.city.db["treatments"].find({"_id": one}).to_list(None)
    assert isinstance(row["lines"], bytes)
    assert isinstance(row["about"], bytes)
    assert (await lent.treatments.one(who, one)).lines == BILL
    assert (await lent.treatments.one_at_hospital(HOSPITAL, one)).lines == BILL
    assert await lent.treatments.one(await lent.citizen(), one) is None
    other = Viewer(role=Role.PROVIDER_CLIENT, actor="x", organisation="other", scopes=HOSPITAL.scopes)
    assert await lent.treatments.one_at_hospital(other, one) is None


async def test_what_was_promised_is_charged_though_the_line_rests_meanwhile(lent: Lent) -> None:
    lent.on(10, 2)
    who = await lent.debtor()
    await lent.pays(who, 1_000)
    lent.on(11, 10)
    one = await authorised(lent, who)
    lent.on(11, 24)
    await lent.credit.dues.look()
    assert (await lent.credit.lines.mine(who)).line.state is LineState.FROZEN
    another = await asked(lent, who)
    with pytest.raises(AccountFrozen):
        await lent.treatments.confirm(who, another, new_id())
    assert (await lent.treatments.charge(HOSPITAL, one, BILL, new_id())).state is TreatmentState.CHARGED
    assert await lent.adds_up(who)


async def test_without_a_line_or_beyond_it_nothing_is_held(lent: Lent) -> None:
    nobody, who = await lent.counted(), await lent.debtor(most=5_000)
    with pytest.raises(CreditLineMissing):
        await lent.treatments.confirm(nobody, await asked(lent, nobody), new_id())
    one = await asked(lent, who)
    with pytest.raises(InsufficientBalance) as refused:
        await lent.treatments.confirm(who, one, new_id())
    assert refused.value.available == Money(5_000)
    assert (await lent.treatments.one(who, one)).state is TreatmentState.WAITING


async def test_what_is_given_up_is_let_go_and_what_is_declined_never_held(lent: Lent) -> None:
    who = await lent.debtor()
    one, two = await authorised(lent, who), await asked(lent, who)
    await lent.treatments.cancel(HOSPITAL, one, new_id())
    await lent.treatments.decline(who, two, new_id())
    assert ((await lent.balance(who)).held, (await lent.balance(who)).available) == (Money(0), Money(50_000))
    events = await lent.events(who)
    assert [name for name in events if name.startswith("treatment")] == [
        "treatment.confirmed",
        "treatment.cancelled",
        "treatment.declined",
    ]


async def test_the_sweep_ends_what_nobody_answered_and_lets_go_of_what_nobody_billed(lent: Lent) -> None:
    who = await lent.debtor()
    waits, held = await asked(lent, who), await authorised(lent, who)
    lent.clock.ahead += CONFIRM_WITHIN
    await lent.treatments.sweep()
    states = [(await lent.treatments.one(who, one)).state for one in (waits, held)]
    assert states == [TreatmentState.EXPIRED, TreatmentState.AUTHORISED]
    lent.clock.ahead += HELD_FOR
    await lent.treatments.sweep()
    assert (await lent.treatments.one(who, held)).state is TreatmentState.LAPSED
    assert ((await lent.balance(who)).held, (await lent.balance(who)).available) == (Money(0), Money(50_000))
    assert {"treatment.expired", "treatment.lapsed"} <= set(await lent.events(who))
    with pytest.raises(TreatmentNotInState):
        await lent.treatments.charge(HOSPITAL, held, BILL, new_id())


async def test_of_a_bill_and_a_cancellation_at_once_one_stands(lent: Lent) -> None:
    who = await lent.debtor()
    one = await authorised(lent, who)

    async def tried(what: str) -> bool:
        try:
            if what == "charge":
                await lent.treatments.charge(HOSPITAL, one, BILL, new_id())
            else:
                await lent.treatments.cancel(HOSPITAL, one, new_id())
        except TreatmentNotInState:
            return False
        return True

    done = await asyncio.gather(*(tried(what) for what in ("charge", "cancel") * 3))
    assert done.count(True) == 1
    balance = await lent.balance(who)
    charged = (await lent.treatments.one(who, one)).state is TreatmentState.CHARGED
    assert (balance.posted.fen, balance.held.fen) == (3_500 if charged else 0, 0)
    assert await lent.adds_up(who)


async def test_who_leaves_the_city_lets_go_of_what_waits_and_owes_what_he_owes(lent: Lent) -> None:
    who = await lent.debtor()
    await lent.pays(who, 700)
    waits, held = await asked(lent, who), await authorised(lent, who)
    for room in (lent.treatments, lent.credit.appeals, lent.credit.lines, lent.credit.scores):
        await room.end_all(who, who.citizen())
        await room.end_all(who, who.citizen())
    states = [(await lent.treatments.one(who, one)).state for one in (waits, held)]
    assert states == [TreatmentState.DECLINED, TreatmentState.AUTHORISED]
    assert ((await lent.balance(who)).posted, (await lent.balance(who)).held) == (Money(700), Money(10_000))
    assert await lent.credit.scores.mine(who) is None
    with pytest.raises(InsufficientBalance):
        await lent.pays(who, 1)
    assert (await lent.treatments.charge(HOSPITAL, held, BILL, new_id())).state is TreatmentState.CHARGED


async def test_only_a_hospital_with_the_scope_has_a_say(lent: Lent) -> None:
    who = await lent.debtor()
    one = await authorised(lent, who)
    bare = Viewer(role=Role.PROVIDER_CLIENT, actor="x", organisation="hospital")
    for viewer, error in ((bare, Forbidden), (ANONYMOUS, Unauthenticated)):
        with pytest.raises(error):
            await lent.treatments.charge(viewer, one, BILL, new_id())
    trial = Viewer(
        role=Role.PROVIDER_CLIENT, actor="x", organisation="hospital", scopes=HOSPITAL.scopes, test_mode=True
    )
    with pytest.raises(TreatmentUnknown):
        await lent.treatments.charge(trial, one, BILL, new_id())


# Repaying by the gateway


async def test_what_is_paid_at_the_gateway_repays_when_it_is_heard_of(lent: Lent) -> None:
    who = await lent.debtor()
    await lent.pays(who, 3_000)
    begun = await lent.credit.repayments.by_gateway(who, 3_000, new_id())
    assert (begun.state, bool(begun.pay_at)) == (RepaymentState.WAITING, True)
    assert [one.owed for one in await lent.dues(who)] == [3_000]
    lent.gateway.pay(begun.order)
    for _ in range(3):
        await lent.city.services.payment.orders.look(begun.order)
    done = await lent.credit.repayments.one(who, begun.id)
    assert (done.state, done.left) == (RepaymentState.DONE, 0)
    assert (await lent.events(who)).count("credit.repaid") == 1
    assert await lent.adds_up(who)


async def test_what_comes_when_nothing_is_owed_any_more_goes_back(lent: Lent) -> None:
    who = await lent.debtor(purse=3_000)
    await lent.pays(who, 3_000)
    begun = await lent.credit.repayments.by_gateway(who, 3_000, new_id())
    with pytest.raises(RepaymentTooHigh):
        await lent.credit.repayments.by_gateway(who, 3_001, new_id())
    await lent.credit.repayments.by_wallet(who, 3_000, new_id())
    lent.gateway.pay(begun.order)
    order = await lent.city.services.payment.orders.look(begun.order)
    assert order.state.value == "returned"
    assert (await lent.credit.repayments.one(who, begun.id)).state is RepaymentState.FAILED
    assert (await lent.balance(who)).posted == Money(0)


async def test_what_is_not_paid_at_the_gateway_repays_nothing(lent: Lent) -> None:
    who = await lent.debtor()
    await lent.pays(who, 3_000)
    begun = await lent.credit.repayments.by_gateway(who, 1_000, new_id())
    lent.gateway.fail(begun.order)
    await lent.city.services.payment.orders.look(begun.order)
    assert (await lent.credit.repayments.one(who, begun.id)).state is RepaymentState.FAILED
    assert [one.owed for one in (await lent.credit.dues.mine(who, ALL)).items] == [3_000]
