"""Credit from the consent to the last repayment: dues, reminders, a line that rests, refunds, appeals."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo import MongoClient

from app.core.clock import civil_day
from app.core.errors import RateLimited
from app.core.ids import new_id
from app.core.money import Money
from app.core.viewer import Role, Viewer
from app.domains.payment.credit.appeals.errors import (
    CreditAppealExists,
    CreditAppealInvalid,
    CreditAppealSettled,
)
from app.domains.payment.credit.appeals.model import AppealState
from app.domains.payment.credit.appeals.service import Answer
from app.domains.payment.credit.dues.errors import NothingDue, RepaymentTooHigh
from app.domains.payment.credit.dues.model import Due, DueKind, counted, due_day, shared_out
from app.domains.payment.credit.line.errors import (
    CreditLimitInvalid,
    CreditLineMissing,
    CreditLineOpen,
    CreditScoreTooLow,
)
from app.domains.payment.credit.line.model import AGREEMENT, LineState
from app.domains.payment.credit.rules.errors import CreditRulesPending
from app.domains.payment.credit.rules.model import FIRST, Band, FactorCode, Share
from app.domains.payment.credit.rules.service import Proposal
from app.domains.payment.credit.score.errors import (
    CreditForAdultsOnly,
    CreditJoined,
    CreditNotJoined,
    CreditStillOwed,
    CreditTermsOutdated,
)
from app.domains.payment.credit.score.model import TERMS
from app.domains.payment.ledger.errors import AccountFrozen, InsufficientBalance
from app.domains.payment.payments.errors import MethodNotPossible
from app.domains.payment.refunds.model import Cause, RefundReason
from app.domains.payment.refunds.service import RefundWanted
from tests.support.credit import ALL, Lent
from tests.support.fakes import MovableClock
from virtual_card.cards.errors import NotVerified

OPS = Viewer(role=Role.OPS, actor="ops-1", roles=frozenset({"administrator"}))
OTHER = Viewer(role=Role.OPS, actor="ops-2", roles=frozenset({"administrator"}))
NOON = date(2026, 11, 22)


def due(fen: int, day: date = NOON, **changed: object) -> Due:
    return Due(new_id(), "c", DueKind.PAYMENT, new_id(), "shop", fen, day, MovableClock().now(), **changed)  # type: ignore[arg-type]


# Rules


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 1), date(2026, 12, 20)),
        (date(2026, 11, 30), date(2026, 12, 20)),
        (date(2026, 12, 5), date(2027, 1, 20)),
    ],
)
def test_what_is_paid_by_credit_is_due_on_the_20th_of_the_next_month(today: date, day: date) -> None:
    assert due_day(DueKind.PAYMENT, today) == day
    assert due_day(DueKind.TREATMENT, today) == today + timedelta(days=30)


@given(st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 90)), min_size=1, max_size=12), st.data())
def test_a_repayment_is_shared_out_to_the_fen_and_to_what_is_due_first(
    owed: list[tuple[int, int]], data: st.DataObject
) -> None:
    dues = [due(fen, NOON + timedelta(days=days)) for fen, days in owed]
    fen = data.draw(st.integers(1, sum(one.owed for one in dues)))
    changed = shared_out(dues, fen, MovableClock().now())
    assert sum(was.owed - now.owed for was, now in changed) == fen
    paid = {now.id for _, now in changed}
    last = max(now.day for _, now in changed)
    assert all(one.id in paid for one in dues if one.day < last)
    assert sum(1 for _, now in changed if not now.settled) <= 1


def test_more_than_is_owed_is_never_shared_out() -> None:
    with pytest.raises(ValueError, match="more than is owed"):
        shared_out([due(5)], 6, MovableClock().now())


def test_a_due_counts_by_the_day_on_which_it_was_settled() -> None:
    now = MovableClock().now()
    today = civil_day(now)
    on_time, late = due(5, today).less(5, now), due(5, today - timedelta(days=1)).less(5, now)
    open_, overdue = due(5, today), due(5, today - timedelta(days=1))
    refunded = due(5, today - timedelta(days=1)).less(5, now, refund=True)
    assert counted([on_time, late, open_, overdue, refunded], today) == Share(1, 2)


# Consent and score


async def test_without_consent_nothing_is_counted_and_no_line_is_given(lent: Lent) -> None:
    who = await lent.citizen()
    assert await lent.credit.scores.mine(who) is None
    for attempt in (
        lent.credit.scores.recount(who, new_id()),
        lent.credit.lines.open(who, AGREEMENT, None, new_id()),
        lent.credit.appeals.appeal(who, None, "why", new_id()),
    ):
        with pytest.raises(CreditNotJoined):
            await attempt
    assert await lent.city.db["credit_counts"].count_documents({"citizen": who.citizen()}) == 0


async def test_only_grown_people_with_a_checked_name_are_counted(lent: Lent) -> None:
    unknown, child = await lent.citizen(verified=False), await lent.citizen("2015-01")
    with pytest.raises(NotVerified):
        await lent.credit.scores.join(unknown, TERMS, new_id())
    with pytest.raises(CreditForAdultsOnly):
        await lent.credit.scores.join(child, TERMS, new_id())
    with pytest.raises(CreditTermsOutdated):
        await lent.credit.scores.join(await lent.citizen(), TERMS + 1, new_id())


async def test_a_score_is_made_at_once_explains_itself_and_has_a_history(lent: Lent) -> None:
    who = await lent.counted()
    with pytest.raises(CreditJoined):
        await lent.credit.scores.join(who, TERMS, new_id())
    await lent.credit.scores.recount(who, new_id())
    standing = await lent.credit.scores.mine(who)
    assert (standing.score.value, standing.fen) == (660, 50_000)
    said = {one.code: one.explained().en for one in standing.score.reckoning.factors}
    assert said[FactorCode.IDENTITY] == "Your identity is verified"
    assert said[FactorCode.APPOINTMENTS] == "In the last 12 months: 0 kept, 0 missed"
    history = await lent.credit.scores.history(who, ALL)
    assert [one.reckoning.cause.value for one in history.items] == ["asked", "joined"]


async def test_a_score_is_counted_anew_five_times_a_day_and_no_more(lent: Lent) -> None:
    who = await lent.counted()
    for _ in range(5):
        await lent.credit.scores.recount(who, new_id())
    with pytest.raises(RateLimited):
        await lent.credit.scores.recount(who, new_id())


async def test_kept_and_missed_appointments_move_it_and_what_he_says_does_not(lent: Lent) -> None:
    who, now = await lent.counted(), lent.clock.now()
    owner = who.citizen()
    # Whatever somebody reports, writes, proposes or supports stands in these; the score is the same before and after.
    for place in (
        "cases",
        "threads",
        "thread_posts",
        "proposals",
        "proposal_supports",
        "case_follows",
        "abuse_reports",
    ):
        row = {"_id": new_id(), "citizen": owner, "owner": owner, "author": owner, "state": "closed", "at": now}
        with MongoClient[dict[str, object]](lent.city.settings.mongodb_uri.get_secret_value()) as client:
            client[lent.city.db.name][place].insert_one(row)
    assert (await lent.credit.scores.recount(who, new_id())).value == 660
    seats = [("served", 5), ("arrived", 4), ("no_show", 3), ("cancelled", 2), ("booked", 1)]
    rows = [
        {
            "_id": new_id(),
            "citizen": owner,
            "state": state,
            "starts_at": now - timedelta(days=days),
            "ends_at": now - timedelta(days=days),
        }
        for state, days in seats
    ]
    await lent.city.db["bookings"].insert_many(rows)
    counted_ = await lent.credit.scores.recount(who, new_id())
    factor = next(one for one in counted_.reckoning.factors if one.code is FactorCode.APPOINTMENTS)
    assert (factor.good, factor.bad) == (2, 1)
    granted = {
        "_id": new_id(),
        "citizen": owner,
        "state": "granted",
        "at": now,
        "blocked_until": now,
        "settled_at": now,
    }
    await lent.city.db["booking_appeals"].insert_one(granted)
    excused = await lent.credit.scores.recount(who, new_id())
    factor = next(one for one in excused.reckoning.factors if one.code is FactorCode.APPOINTMENTS)
    assert (factor.good, factor.bad) == (2, 0)


async def test_taking_the_consent_back_ends_score_history_and_line_when_nothing_is_owed(lent: Lent) -> None:
    who = await lent.debtor(purse=1_000)
    await lent.pays(who, 1_000)
    with pytest.raises(CreditStillOwed) as refused:
        await lent.credit.scores.leave(who, new_id())
    assert refused.value.owed == Money(1_000)
    await lent.credit.repayments.by_wallet(who, 1_000, new_id())
    await lent.credit.appeals.appeal(who, None, "it is wrong", new_id())
    assert await lent.credit.scores.leave(who, new_id())
    assert [one.state for one in (await lent.credit.appeals.mine(who, ALL)).items] == [AppealState.WITHDRAWN]
    assert await lent.credit.scores.mine(who) is None
    assert (await lent.credit.scores.history(who, ALL)).items == ()
    assert (await lent.credit.lines.mine(who)).line.state is LineState.CLOSED
    with pytest.raises(InsufficientBalance):
        await lent.pays(who, 1)


async def test_a_line_that_is_opened_while_the_consent_is_taken_back_does_not_stay_open(lent: Lent) -> None:
    for _ in range(4):
        who = await lent.counted()
        rivals = lent.credit.lines.open(who, AGREEMENT, None, new_id()), lent.credit.scores.leave(who, new_id())
        opened, left = await asyncio.gather(*rivals, return_exceptions=True)
        assert left is True, left
        line = await lent.credit.lines.mine(who)
        assert isinstance(opened, CreditNotJoined) if line is None else line.line.state is LineState.CLOSED


# The line


async def test_a_line_follows_the_score_within_a_limit_of_ones_own(lent: Lent) -> None:
    who = await lent.counted()
    with pytest.raises(CreditLimitInvalid):
        await lent.credit.lines.open(who, AGREEMENT, 50_001, new_id())
    line = await lent.credit.lines.open(who, AGREEMENT, 20_000, new_id())
    assert line.fen == 20_000
    with pytest.raises(CreditLineOpen):
        await lent.credit.lines.open(who, AGREEMENT, None, new_id())
    with pytest.raises(InsufficientBalance):
        await lent.pays(who, 20_001)
    await lent.pays(who, 20_000)
    assert (await lent.balance(who)).available == Money(0)


async def test_a_line_that_was_closed_may_be_agreed_to_again(lent: Lent) -> None:
    who = await lent.debtor()
    await lent.credit.lines.close(who, new_id())
    with pytest.raises(CreditLineMissing):
        await lent.credit.lines.close(who, new_id())
    assert (await lent.credit.lines.open(who, AGREEMENT, None, new_id())).state is LineState.OPEN
    await lent.pays(who, 50_000)
    assert await lent.adds_up(who)


async def test_of_rivals_for_the_last_of_a_line_as_many_pay_as_fit(lent: Lent) -> None:
    who = await lent.debtor()

    async def tried() -> bool:
        try:
            await lent.pays(who, 20_000)
        except InsufficientBalance:
            return False
        return True

    done = await asyncio.gather(*(tried() for _ in range(8)))
    assert done.count(True) == 2
    assert await lent.adds_up(who)


# Repaying


async def test_a_part_and_then_the_rest_is_repaid_and_never_more(lent: Lent) -> None:
    who = await lent.debtor(purse=100_000)
    with pytest.raises(NothingDue):
        await lent.credit.repayments.by_wallet(who, 1, new_id())
    await lent.pays(who, 3_000)
    await lent.pays(who, 2_000)
    with pytest.raises(RepaymentTooHigh) as refused:
        await lent.credit.repayments.by_wallet(who, 5_001, new_id())
    assert refused.value.owed == Money(5_000)
    part = await lent.credit.repayments.by_wallet(who, 4_000, new_id())
    assert (part.left, await lent.purse(who)) == (1_000, 96_000)
    assert await lent.adds_up(who)
    rest = await lent.credit.repayments.by_wallet(who, 1_000, new_id())
    assert (rest.left, (await lent.balance(who)).posted) == (0, Money(0))
    assert all(one.settled for one in await lent.dues(who))


async def test_an_empty_wallet_repays_nothing_and_leaves_no_trace(lent: Lent) -> None:
    who = await lent.debtor(purse=10)
    await lent.pays(who, 3_000)
    with pytest.raises(InsufficientBalance):
        await lent.credit.repayments.by_wallet(who, 3_000, new_id())
    assert [one.owed for one in await lent.dues(who)] == [3_000]
    assert (await lent.credit.repayments.mine(who, ALL)).items == ()


async def test_of_rivals_who_repay_the_same_debt_one_does(lent: Lent) -> None:
    who = await lent.debtor(purse=100_000)
    await lent.pays(who, 3_000)

    async def tried() -> bool:
        try:
            await lent.credit.repayments.by_wallet(who, 3_000, new_id())
        except (NothingDue, RepaymentTooHigh):
            return False
        return True

    done = await asyncio.gather(*(tried() for _ in range(6)))
    assert (done.count(True), await lent.purse(who)) == (1, 97_000)
    assert await lent.adds_up(who)


async def test_a_refund_is_taken_off_what_is_owed_for_it_and_the_rest_is_his(lent: Lent) -> None:
    who = await lent.debtor(purse=5_000)
    payment, _ = await lent.pays(who, 3_000), await lent.pays(who, 500)
    await lent.credit.repayments.by_wallet(who, 1_000, new_id())
    refunds = lent.city.services.payment.refunds
    wanted = RefundWanted(new_id(), payment.id, None, Cause.PAYEE, RefundReason.RETURNED, OPS)
    await lent.city.db.transaction(lambda tx: refunds.give(wanted, tx))
    assert {one.about: one.owed for one in await lent.dues(who)}[payment.id] == 0
    assert ((await lent.balance(who)).posted, await lent.purse(who)) == (Money(500), 5_000)
    assert await lent.adds_up(who)


# What is due


async def test_one_is_reminded_a_week_three_days_and_on_the_day_and_once_each(lent: Lent) -> None:
    lent.on(1, 5)
    who = await lent.debtor()
    await lent.pays(who, 3_000)
    await lent.pays(who, 400)
    told = []
    for day in (12, 13, 14, 16, 17, 18, 20):
        lent.on(2, day)
        await lent.credit.dues.look()
        await lent.credit.dues.look()
        told.append((await lent.events(who)).count("credit.due_soon"))
    assert told == [0, 1, 1, 1, 2, 2, 3]


async def test_who_repaid_is_reminded_of_nothing(lent: Lent) -> None:
    lent.on(3, 1)
    who = await lent.debtor(purse=3_000)
    await lent.pays(who, 3_000)
    await lent.credit.repayments.by_wallet(who, 3_000, new_id())
    lent.on(4, 13)
    await lent.credit.dues.look()
    assert "credit.due_soon" not in await lent.events(who)
    assert await lent.credit.dues.due_on(who.citizen(), lent.today.replace(day=20)) == 0


async def test_more_than_three_days_overdue_the_line_rests_until_that_is_repaid(lent: Lent) -> None:
    lent.on(5, 2)
    who = await lent.debtor(purse=9_000)
    await lent.pays(who, 3_000)
    for day, frozen in ((20, False), (21, False), (23, False), (24, True)):
        lent.on(6, day)
        await lent.credit.dues.look()
        assert ((await lent.credit.lines.mine(who)).line.state is LineState.FROZEN) is frozen, day
    with pytest.raises(AccountFrozen):
        await lent.pays(who, 1)
    events = await lent.events(who)
    assert (events.count("credit.overdue"), events.count("credit.frozen")) == (1, 1)
    await lent.credit.repayments.by_wallet(who, 2_999, new_id())
    assert (await lent.credit.lines.mine(who)).line.state is LineState.FROZEN
    await lent.credit.repayments.by_wallet(who, 1, new_id())
    assert (await lent.credit.lines.mine(who)).line.state is LineState.OPEN
    await lent.pays(who, 1)
    assert (await lent.events(who)).count("credit.unfrozen") == 1
    late = await lent.credit.scores.recount(who, new_id())
    factor = next(one for one in late.reckoning.factors if one.code is FactorCode.DUES)
    assert (factor.good, factor.bad) == (0, 1)


async def test_everybody_is_counted_once_a_month_and_told_when_it_changed(lent: Lent) -> None:
    lent.on(7, 3)
    who = await lent.debtor(purse=3_000)
    await lent.pays(who, 3_000)
    await lent.credit.repayments.by_wallet(who, 3_000, new_id())
    lent.on(9, 1)
    assert await lent.credit.scores.count_month() > 0
    assert await lent.credit.scores.count_month() == 0
    standing = await lent.credit.scores.mine(who)
    assert standing.score.value == 675
    assert "credit.score_changed" in await lent.events(who)


# Rules and appeals


async def test_other_rules_wait_for_a_second_pair_of_eyes_and_for_their_day(lent: Lent) -> None:
    book, today = lent.credit.rules, civil_day(lent.clock.now())
    bands = (Band(600, 10_000),)
    wanted = Proposal(FIRST.factors, bands, today + timedelta(days=10), "less for a while")
    made = await book.propose(OPS, wanted, new_id())
    with pytest.raises(CreditRulesPending):
        await book.propose(OTHER, wanted, new_id())
    await book.approve(OTHER, made.version, new_id())
    who = await lent.debtor()
    assert ((await book.in_force()).version, (await book.coming()).version) == (1, made.version)
    lent.clock.advance(days=11)
    assert (await book.in_force()).version == made.version
    await lent.credit.scores.recount(who, new_id())
    assert (await lent.balance(who)).available == Money(10_000)
    assert "credit.limit_changed" in await lent.events(who)
    again = await book.propose(
        OPS,
        Proposal(FIRST.factors, FIRST.bands, civil_day(lent.clock.now()) + timedelta(days=7), "as before"),
        new_id(),
    )
    await book.approve(OTHER, again.version, new_id())
    lent.clock.advance(days=8)


async def test_an_appeal_is_answered_in_words_and_what_it_brings_is_counted(lent: Lent) -> None:
    who = await lent.debtor()
    before = (await lent.credit.scores.mine(who)).score.value
    made = await lent.credit.appeals.appeal(who, FactorCode.APPOINTMENTS, "I was ill", new_id())
    with pytest.raises(CreditAppealExists):
        await lent.credit.appeals.appeal(who, None, "again", new_id())
    (raw,) = await lent.city.db["credit_appeals"].find({"_id": made.id}).to_list(None)
    assert isinstance(raw["reason"], bytes)
    until = civil_day(lent.clock.now()) + timedelta(days=90)
    with pytest.raises(CreditAppealInvalid):
        await lent.credit.appeals.answer(OPS, made.id, Answer(AppealState.ADJUSTED, "yes", 0, until), new_id())
    done = await lent.credit.appeals.answer(OPS, made.id, Answer(AppealState.ADJUSTED, "yes", 100, until), new_id())
    assert done.after == before + 100
    with pytest.raises(CreditAppealSettled):
        await lent.credit.appeals.answer(OPS, made.id, Answer(AppealState.REFUSED, "no"), new_id())
    assert (await lent.balance(who)).available == Money(300_000)
    assert "credit.appeal_answered" in await lent.events(who)
    (shown,) = (await lent.credit.appeals.mine(who, ALL)).items
    assert (shown.reason, shown.answer, shown.points) == ("I was ill", "yes", 100)
    lent.clock.advance(days=91)
    assert (await lent.credit.scores.recount(who, new_id())).value == before


async def test_a_score_too_low_is_given_no_line(lent: Lent) -> None:
    who = await lent.counted()
    change = {"reckoning.value": 599}
    await lent.city.db["credit_scores"].update_one({"_id": who.citizen()}, {"$set": change})
    with pytest.raises(CreditScoreTooLow) as refused:
        await lent.credit.lines.open(who, AGREEMENT, None, new_id())
    assert refused.value.least == 600


async def test_a_guardian_has_no_say_in_a_wards_credit(lent: Lent) -> None:
    who = await lent.citizen()
    guardian = Viewer(role=Role.CITIZEN, actor="g", subject=who.subject, guardianship="x")
    for attempt in (lent.credit.scores.join(guardian, TERMS, new_id()), lent.credit.lines.mine(guardian)):
        with pytest.raises(Exception, match="FORBIDDEN"):
            await attempt


async def test_paying_by_credit_without_a_line_is_refused_by_name(lent: Lent) -> None:
    who = await lent.counted()
    with pytest.raises(MethodNotPossible) as refused:
        await lent.pays(who, 1)
    assert refused.value.method == "credit"
