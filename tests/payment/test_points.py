"""Points: lots and the ledger agree whatever happens; grants come out of budgets, once; points end with notice."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import CITY_TIME
from app.core.errors import BadInput
from app.core.ids import new_id
from app.core.money import Currency, Money
from app.core.mongo import Tx
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.payment.ledger.model import ISSUED, TransferKind, Wanted, debit, moved
from app.domains.payment.ledger.model import credit as credited
from app.domains.payment.ledger.model import points as account_of
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Purpose
from app.domains.payment.points.causes.errors import CauseClosed, CauseUnknown
from app.domains.payment.points.causes.model import Cause
from app.domains.payment.points.errors import PointsShort
from app.domains.payment.points.grants.errors import (
    DailyPointsReached,
    GrantConflict,
    GrantRecipientUnknown,
    GrantRecipientUnverified,
    GrantUnknown,
    GrantUsed,
    PointBudgetSpent,
    PointBudgetTooSmall,
)
from app.domains.payment.points.grants.model import GrantReason, GrantState, Recipient, Wish
from app.domains.payment.points.model import (
    NOTICE,
    Lot,
    Part,
    ends_at,
    first_of,
    last_day,
    left_of,
    still_good,
)
from app.domains.payment.points.partners.errors import PointsNotTaken
from app.wiring import City
from graphql_schema.types.common import key_of
from tests.support.api import OPS, Api, Person
from tests.support.giving import GIVES, citizen_of, giver, good_cause, looked_up
from tests.support.paying import holder

YEARS = st.integers(2027, 2030).map(lambda year: date(year, 12, 31))


@pytest.fixture
def shared(shared_api: Api) -> City:
    return shared_api.city


# Lots


def test_points_are_good_until_the_end_of_the_next_year() -> None:
    assert last_day(date(2026, 1, 1)) == date(2027, 12, 31)
    assert last_day(date(2026, 12, 31)) == date(2027, 12, 31)
    assert ends_at(date(2027, 12, 31)) == datetime(2028, 1, 1, tzinfo=CITY_TIME)


MOVES = st.lists(st.tuples(st.sampled_from(["in", "out", "back"]), st.integers(1, 50), YEARS), max_size=40)


@given(MOVES)
def test_the_oldest_are_used_first_and_what_comes_back_fills_what_was_used_last(
    moves: list[tuple[str, int, date]],
) -> None:
    """Against a list of single points: coming in, going out, coming back."""
    lots, have, used = dict[date, int](), list[date](), list[date]()
    for move, count, day in moves:
        if move == "in":
            # What came later with an earlier end is used before: so the rule of the balance says.
            lots[day] = lots.get(day, 0) + count
            whole = sorted(have + used + [day] * count)
            used, have = whole[: len(used)], whole[len(used) :]
        elif move == "out":
            gone = have[: min(count, len(have))]
            used, have = sorted(used + gone), have[len(gone) :]
        else:
            back = used[-min(count, len(used)) :] if used else []
            used, have = used[: len(used) - len(back)], sorted(back + have)
        parts = left_of([Lot("a", one, fen) for one, fen in lots.items()], len(have))
        assert {part.expires_on: part.fen for part in parts} == {one: have.count(one) for one in set(have)}


@given(st.dictionaries(YEARS, st.integers(1, 100), max_size=4), st.integers(0, 600), st.integers(1, 100))
def test_parts_are_the_balance_whatever_it_is(lots: dict[date, int], balance: int, taken: int) -> None:
    parts = left_of([Lot("a", day, fen) for day, fen in lots.items()], balance)
    assert sum(part.fen for part in parts) == balance
    days = [part.expires_on for part in parts if part.expires_on]
    assert days == sorted(days)
    if taken <= balance:
        used = {part.expires_on: part.fen for part in first_of(parts, taken)}
        left = {
            part.expires_on: part.fen for part in left_of([Lot("a", *one) for one in lots.items()], balance - taken)
        }
        # What is taken and what stays is what there was, as long as lots account for all of it.
        if balance <= sum(lots.values()):
            for part in parts:
                assert used.get(part.expires_on, 0) + left.get(part.expires_on, 0) == part.fen


def test_more_than_there_is_cannot_be_taken() -> None:
    with pytest.raises(ValueError, match="more than there is"):
        first_of((Part(5, None),), 6)


def test_what_ended_on_the_way_is_as_new() -> None:
    parts = (Part(1, None), Part(2, date(2026, 12, 31)), Part(3, date(2027, 12, 31)))
    good = still_good(parts, date(2027, 1, 1))
    assert [part.expires_on and part.expires_on.year for part in good] == [2028, 2028, 2027]


# Granting


async def volunteer(api: Api) -> Person:
    return await api.with_card()


def member(organisation: str) -> Viewer:
    return Viewer(Role.PROVIDER_STAFF, new_id(), organisation=organisation, scopes=frozenset({"points"}))


def wish(points: int = 50, reference: str = "", what: str = "清河行动三小时") -> Wish:
    return Wish.of(reference or new_id(), points, GrantReason.VOLUNTEERING, what)


async def verified_by(api: Api, person: Person, organisation: str) -> Recipient:
    token = await api.provider(organisation, GIVES)
    return Recipient(verification=key_of(await looked_up(api, person, token), "Disclosure"))


async def held(city: City, person: Person) -> int:
    return (await city.services.payment.points.book.of(citizen_of(person))).points


async def test_points_are_given_out_of_a_budget_and_told(shared_api: Api, shared: City) -> None:
    person, organisation = await volunteer(shared_api), await giver(shared_api, 1_000)
    grants = shared.services.payment.points.grants
    done = await grants.grant(
        member(organisation), await verified_by(shared_api, person, organisation), wish(), new_id()
    )
    assert (await held(shared, person), done.points, done.state) == (50, 50, GrantState.GIVEN)
    budget = await grants.budget_of(organisation)
    assert budget is not None
    assert (budget.given, budget.left) == (100_000, 95_000)
    told = [one for one in await shared_api.told(person) if one["title"] in ("Points for you", "获得积分")]
    assert len(told) == 1
    history = await shared_api.data("PointHistory", person.token)
    (entry,) = [edge["node"] for edge in history["edges"]]
    assert (entry["points"], entry["after"], entry["what"], entry["reason"]) == (
        50,
        50,
        "清河行动三小时",
        "VOLUNTEERING",
    )
    assert entry["organisation"]["code"] == organisation


async def test_one_reference_is_one_grant_under_any_key(shared_api: Api, shared: City) -> None:
    person, organisation = await volunteer(shared_api), await giver(shared_api)
    to, same, grants = (
        await verified_by(shared_api, person, organisation),
        wish(),
        shared.services.payment.points.grants,
    )
    by = member(organisation)
    done = await asyncio.gather(*(grants.grant(by, to, same, new_id()) for _ in range(5)))
    assert len({one.id for one in done}) == 1
    assert await held(shared, person) == 50
    with pytest.raises(GrantConflict):
        await grants.grant(by, to, wish(51, same.reference), new_id())


async def test_a_budget_cannot_be_overspent_by_many_at_once(shared_api: Api, shared: City) -> None:
    person, organisation = await volunteer(shared_api), await giver(shared_api, 100)
    to, grants = await verified_by(shared_api, person, organisation), shared.services.payment.points.grants

    async def give() -> int:
        try:
            return (await grants.grant(member(organisation), to, wish(30), new_id())).points
        except PointBudgetSpent:
            return 0

    assert sum(await asyncio.gather(*(give() for _ in range(8)))) == 90
    assert await held(shared, person) == 90


async def test_nobody_earns_more_than_so_many_a_day(shared_api: Api, shared: City) -> None:
    person, organisation = await volunteer(shared_api), await giver(shared_api)
    to, grants = await verified_by(shared_api, person, organisation), shared.services.payment.points.grants
    for _ in range(2):
        await grants.grant(member(organisation), to, wish(450), new_id())
    with pytest.raises(DailyPointsReached):
        await grants.grant(member(organisation), to, wish(101), new_id())
    budget = await grants.budget_of(organisation)
    assert budget is not None
    assert budget.used == 90_000


async def test_only_whom_one_has_dealt_with_is_known(shared_api: Api, shared: City) -> None:
    person, organisation = await volunteer(shared_api), await giver(shared_api)
    card = await shared_api.data("Card", person.token)
    grants = shared.services.payment.points.grants
    for to in (Recipient(verification=new_id()), Recipient(card_number=card["number"])):
        with pytest.raises(GrantRecipientUnknown):
            await grants.grant(member(organisation), to, wish(), new_id())
    await verified_by(shared_api, person, organisation)
    await grants.grant(member(organisation), Recipient(card_number=card["number"]), wish(), new_id())
    assert await held(shared, person) == 50


async def test_who_is_not_known_by_name_earns_nothing(shared_api: Api, shared: City) -> None:
    person, organisation = await shared_api.sign_in(shared_api.person()), await giver(shared_api)

    async def work(tx: Tx) -> None:
        await shared.services.payment.points.grants.give(organisation, citizen_of(person), wish(), tx)

    with pytest.raises(GrantRecipientUnverified):
        await shared.db.transaction(work)


async def test_what_was_given_by_mistake_is_taken_back_once(shared_api: Api, shared: City) -> None:
    person, organisation = await volunteer(shared_api), await giver(shared_api, 100)
    to, grants = await verified_by(shared_api, person, organisation), shared.services.payment.points.grants
    by, made = member(organisation), wish(80)
    await grants.grant(by, to, made, new_id())
    back = await asyncio.gather(*(grants.take_back(by, made.reference, new_id()) for _ in range(3)))
    assert {one.state for one in back} == {GrantState.TAKEN_BACK}
    budget = await grants.budget_of(organisation)
    assert budget is not None
    assert (await held(shared, person), budget.left) == (0, 10_000)
    with pytest.raises(GrantUnknown):
        await grants.take_back(member(await giver(shared_api)), made.reference, new_id())


async def test_what_is_spent_cannot_be_taken_back(shared_api: Api, shared: City) -> None:
    person, organisation = await volunteer(shared_api), await giver(shared_api)
    to, points, made = await verified_by(shared_api, person, organisation), shared.services.payment.points, wish(80)
    await points.grants.grant(member(organisation), to, made, new_id())
    cause = key_of(await good_cause(shared), "GoodCause")
    await points.causes.donate(holder(citizen_of(person)), cause, 30, new_id())
    with pytest.raises(GrantUsed):
        await points.grants.take_back(member(organisation), made.reference, new_id())


async def test_what_is_taken_back_leaves_no_last_day_behind(shared_api: Api, shared: City) -> None:
    person, organisation = await volunteer(shared_api), await giver(shared_api)
    to, points, made = await verified_by(shared_api, person, organisation), shared.services.payment.points, wish(80)
    await with_more(shared, citizen_of(person), 30, "2026-12-31")
    await points.grants.grant(member(organisation), to, made, new_id())
    await points.grants.take_back(member(organisation), made.reference, new_id())
    parts = (await points.book.of(citizen_of(person))).parts
    assert [(one.points, str(one.expires_on)) for one in parts] == [(30, "2026-12-31")]


async def test_a_budget_is_not_made_smaller_than_what_was_given(shared_api: Api, shared: City) -> None:
    person, organisation = await volunteer(shared_api), await giver(shared_api, 100)
    to, grants = await verified_by(shared_api, person, organisation), shared.services.payment.points.grants
    await grants.grant(member(organisation), to, wish(60), new_id())
    with pytest.raises(PointBudgetTooSmall):
        await grants.set_budget(OPS, organisation, 59)
    assert (await grants.set_budget(OPS, organisation, 60)).left == 0


@pytest.mark.parametrize(
    ("points", "reference", "what"), [(0, "a", "b"), (501, "a", "b"), (1, " ", "b"), (1, "a", ""), (1, "a", "长" * 61)]
)
def test_a_wish_of_the_wrong_form_is_refused(points: int, reference: str, what: str) -> None:
    with pytest.raises(BadInput):
        Wish.of(reference, points, GrantReason.ACTIVITY, what)


# Spending and giving


async def with_points(city: City, points: int, day: str = "2099-12-31") -> str:
    """Somebody whose points are good until that day."""
    citizen = new_id()

    async def work(tx: Tx) -> None:
        await city.services.payment.points.book.open(citizen, tx)
        lines = (debit(ISSUED, points * 100), credited(account_of(citizen), points * 100))
        await city.services.payment.ledger.post(Wanted(new_id(), TransferKind.GRANT, lines), tx)
        await city.services.payment.points.book.arrived(citizen, [Part(points * 100, date.fromisoformat(day))], tx)

    await city.db.transaction(work)
    return citizen


async def test_points_given_to_a_cause_are_counted_there(shared: City) -> None:
    citizen, cause = await with_points(shared, 100), key_of(await good_cause(shared), "GoodCause")
    causes, key = shared.services.payment.points.causes, new_id()
    done = await asyncio.gather(*(causes.donate(holder(citizen), cause, 30, key) for _ in range(3)))
    assert {(one.points, one.left) for one in done} == {(30, 70)}
    assert (await causes.known(cause)).points == 30
    assert {one.cause.code: one.points for one in await causes.listed()}[cause] == 30


async def test_what_cannot_be_given_is_refused_by_name(shared: City) -> None:
    citizen, cause = await with_points(shared, 10), key_of(await good_cause(shared), "GoodCause")
    causes = shared.services.payment.points.causes
    with pytest.raises(PointsShort):
        await causes.donate(holder(citizen), cause, 11, new_id())
    with pytest.raises(PointsShort):
        await causes.donate(holder(new_id()), cause, 1, new_id())
    with pytest.raises(CauseUnknown):
        await causes.donate(holder(citizen), "no-such", 1, new_id())
    await causes.close(OPS, cause)
    with pytest.raises(CauseClosed):
        await causes.donate(holder(citizen), cause, 1, new_id())
    with pytest.raises(BadInput):
        await causes.put(OPS, Cause("Wrong Code", Said("名"), Said("")))


async def test_points_paid_at_a_merchant_are_the_oldest_ones_and_come_back_with_a_refund(shared: City) -> None:
    citizen = await with_points(shared, 100, "2098-12-31")
    await with_more(shared, citizen, 100, "2099-12-31")
    payee = Payee(PayeeKind.MERCHANT, new_id())
    new = NewPayment(
        new_id(), citizen, payee, Money(15_000, Currency.POINTS), Method.POINTS, Purpose.CODE, confirmed=True
    )
    await shared.db.transaction(lambda tx: shared.services.payment.payments.pay(new, tx))
    book = shared.services.payment.points.book
    assert [(one.points, str(one.expires_on)) for one in (await book.of(citizen)).parts] == [(50, "2099-12-31")]
    lines = moved(payee.account(Currency.POINTS), account_of(citizen), 6_000)
    back = Wanted(new_id(), TransferKind.REFUND, lines)
    await shared.db.transaction(lambda tx: shared.services.payment.ledger.post(back, tx))
    parts = [(one.points, str(one.expires_on)) for one in (await book.of(citizen)).parts]
    assert parts == [(10, "2098-12-31"), (100, "2099-12-31")]


async def with_more(city: City, citizen: str, points: int, day: str) -> None:
    async def work(tx: Tx) -> None:
        await city.services.payment.points.book.open(citizen, tx)
        lines = (debit(ISSUED, points * 100), credited(account_of(citizen), points * 100))
        await city.services.payment.ledger.post(Wanted(new_id(), TransferKind.GRANT, lines), tx)
        await city.services.payment.points.book.arrived(citizen, [Part(points * 100, date.fromisoformat(day))], tx)

    await city.db.transaction(work)


async def test_a_merchant_is_a_partner_from_when_the_desk_says_so(shared: City) -> None:
    partners, shop = shared.services.payment.points.partners, new_id()
    with pytest.raises(PointsNotTaken):
        await partners.demand(shop)
    made = await partners.put(OPS, shop, 100, Said("一杯豆浆 300 分", "A soy milk for 300"))
    assert (await partners.demand(shop)) == made
    assert (made.worth(12_345), made.cost(150)) == (123, 15_000)
    await partners.end(OPS, shop)
    with pytest.raises(PointsNotTaken):
        await partners.demand(shop)
    for rate in (0, 10_001):
        with pytest.raises(BadInput):
            await partners.put(OPS, shop, rate, Said(""))


# The end of points


async def due(city: City, citizen: str, day: str, at: datetime) -> None:
    await city.db["point_lots"].update_one({"_id": f"{citizen}:{day}"}, {"$set": {"look_at": at}})


async def test_a_month_before_it_is_told_and_then_what_is_left_ends(shared_api: Api, shared: City) -> None:
    today = shared.clock.now().date()
    soon, over = (today + timedelta(days=9)).isoformat(), (today - timedelta(days=2)).isoformat()
    early, late = await with_points(shared, 80, soon), await with_points(shared, 70, (today + NOTICE * 9).isoformat())
    # A lot of which the last day has gone by.
    old = {"_id": f"{late}:{over}", "citizen": late, "expires_on": over, "fen": 3_000, "told": True, "open": True}
    await shared.db["point_lots"].insert_one({**old, "look_at": shared.clock.now()})
    lines = (debit(ISSUED, 3_000), credited(account_of(late), 3_000))
    await shared.db.transaction(
        lambda tx: shared.services.payment.ledger.post(Wanted(new_id(), TransferKind.GRANT, lines), tx)
    )
    await asyncio.gather(*(shared.services.payment.points.expiry.look() for _ in range(3)))
    told = await shared.db["outbox"].find({"citizen": early, "type": "points.expiring"}).to_list(None)
    assert [one["facts"] for one in told] == [{"points": 80, "day": soon}]
    assert (await shared.services.payment.points.book.of(late)).points == 70
    ended = await shared.services.payment.ledger.about(f"{late}:{over}")
    assert [(one.kind, one.lines[0].fen) for one in ended] == [(TransferKind.EXPIRY, 3_000)]


async def test_a_lot_that_cannot_end_does_not_keep_the_others(shared: City) -> None:
    over = (shared.clock.now().date() - timedelta(days=2)).isoformat()
    good, bad = await with_points(shared, 10), new_id()
    for citizen in (bad, good):
        await shared.db["point_lots"].insert_one(
            {"_id": f"{citizen}:{over}", "citizen": citizen, "expires_on": over, "fen": 1_000, "told": True,
             "open": True, "look_at": shared.clock.now() - timedelta(hours=1)}
        )  # fmt: skip
    await shared.db["ledger_accounts"].insert_one({"_id": account_of(bad).id, "state": "no such"})
    assert (await shared.services.payment.points.expiry.look()).lots >= 2
    rows = {row["citizen"]: row["open"] async for row in shared.db["point_lots"].find({"expires_on": over})}
    assert (rows[bad], rows[good]) == (True, False)
    await shared.db["ledger_accounts"].delete_one({"_id": account_of(bad).id})
    await shared.db["point_lots"].delete_one({"citizen": bad})


async def test_points_under_way_do_not_end_under_a_payment(shared: City) -> None:
    over = (shared.clock.now().date() - timedelta(days=2)).isoformat()
    citizen, ledger = new_id(), shared.services.payment.ledger
    await shared.db["point_lots"].insert_one(
        {"_id": f"{citizen}:{over}", "citizen": citizen, "expires_on": over, "fen": 1_000, "told": True, "open": True,
         "look_at": shared.clock.now()}
    )  # fmt: skip

    async def begun(tx: Tx) -> str:
        await shared.services.payment.points.book.open(citizen, tx)
        lines = (debit(ISSUED, 1_000), credited(account_of(citizen), 1_000))
        await ledger.post(Wanted(new_id(), TransferKind.GRANT, lines), tx)
        held = Wanted(
            new_id(),
            TransferKind.PAYMENT,
            moved(account_of(citizen), Payee(PayeeKind.MERCHANT, "x").account(Currency.POINTS), 1_000),
        )
        return (await ledger.hold(held, shared.clock.now() + timedelta(hours=1), tx)).id

    transfer = await shared.db.transaction(begun)
    await shared.services.payment.points.expiry.look()
    await shared.db.transaction(lambda tx: ledger.capture(transfer, tx))
    assert (await shared.services.payment.points.book.of(citizen)).balance == 0
    await due(shared, citizen, over, shared.clock.now())
    await shared.services.payment.points.expiry.look()
    row = await shared.db["point_lots"].find_one({"_id": f"{citizen}:{over}"})
    assert row is not None
    assert not row["open"]


async def test_who_leaves_has_no_points_any_more(shared: City) -> None:
    citizen, book = await with_points(shared, 40), shared.services.payment.points.book
    for _ in range(2):
        await book.end_all(OPS, citizen)
    assert (await book.of(citizen)).balance == 0
    await book.end_all(OPS, new_id())
