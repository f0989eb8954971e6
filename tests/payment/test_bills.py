"""Bills from the biller's telling to the receipt: pushed, bound, paid, refused, checked, against a real database."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.core.errors import BadInput, Forbidden, Outcome, RateLimited
from app.core.events import Event
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.payment.bills.asking.errors import BillChanged
from app.domains.payment.bills.billers.errors import BillerUnknown
from app.domains.payment.bills.billers.model import BillerState
from app.domains.payment.bills.bound.errors import AccountNotFound, AlreadyBound, BoundUnknown
from app.domains.payment.bills.bound.model import TRIES_PER_ACCOUNT
from app.domains.payment.bills.errors import (
    BillBeingPaid,
    BillerSilent,
    BillNotPayable,
    BillUnknown,
    BillWithdrawn,
)
from app.domains.payment.bills.model import Bill, BillState, bill_id
from app.domains.payment.bills.paying.errors import BillMethodUnfit, BillRealNameNeeded
from app.domains.payment.bills.paying.model import Choice
from app.domains.payment.bills.pushing.model import MOST_AT_ONCE, Answer, TakenIn, ToldLine
from app.domains.payment.ledger.errors import InsufficientBalance
from app.domains.payment.ledger.model import Account, AccountKind, wallet
from app.domains.payment.payments.model import Method, PaymentState
from app.domains.payment.pins.errors import PinNeeded, PinNotSet, PinWrong
from app.wiring import City
from notifications.dispatch.model import RetryLater
from tests.support.api import OPS, Api
from tests.support.biller_desk import FakeBillers
from tests.support.billing import HOLDER, a_biller, bound, of_biller, payer, pushed, the_bill, told


@pytest.fixture(scope="session")
def desk(shared_city: tuple[City, Any]) -> FakeBillers:
    found = shared_city[0].outside.billers
    assert isinstance(found, FakeBillers)
    return found


@pytest.fixture(scope="session")
def town(shared_city: tuple[City, Any]) -> City:
    return shared_city[0]


def choice(bill: Bill, fen: int | None = None) -> Choice:
    return Choice(bill.id, bill.terms.version, fen)


async def pay(city: City, viewer: Viewer, *bills: Bill, method: Method = Method.WALLET, key: str = "") -> list[str]:
    choices = [choice(one) for one in bills]
    paid = await city.services.payment.bills.paying.pay(viewer, choices, method, key or new_id())
    return [one.payment.id for one in paid]


async def events_of(city: City, citizen: str) -> Counter[str]:
    rows = await city.db["outbox"].find({"citizen": citizen}).to_list(None)
    return Counter(row["type"] for row in rows)


async def test_a_pushed_batch_is_answered_row_by_row(town: City) -> None:
    biller, one = await a_biller(town), told()
    second = replace(one, version=2, lines=(ToldLine(one.reason, "90.00"),))
    answers = await pushed(
        town,
        biller,
        one,
        one,
        second,
        one,
        replace(second, lines=one.lines),
        told(account="12"),
        told(holder="  "),
        told(lines=()),
    )
    assert [(answer.outcome, answer.code) for answer in answers] == [
        (TakenIn.ISSUED, None),
        (TakenIn.UNCHANGED, None),
        (TakenIn.CHANGED, None),
        (TakenIn.OUTDATED, None),
        (TakenIn.REFUSED, "VERSION_CONFLICT"),
        (TakenIn.REFUSED, "ACCOUNT_NUMBER_UNFIT"),
        (TakenIn.REFUSED, "BILL_TERMS_UNFIT"),
        (TakenIn.REFUSED, "BILL_TERMS_UNFIT"),
    ]
    assert [answer.field for answer in answers[-2:]] == ["holder", "lines"]
    kept = await town.services.payment.bills.pushing.one(of_biller(biller), one.number)
    assert kept is not None
    assert (kept.terms.version, kept.terms.fen) == (2, 9_000)


async def test_a_batch_of_a_hundred_told_twice_is_written_once(town: City) -> None:
    biller = await a_biller(town)
    batch = [told(f"N-{n}") for n in range(MOST_AT_ONCE)]
    first, again = await pushed(town, biller, *batch), await pushed(town, biller, *batch)
    assert {one.outcome for one in first} == {TakenIn.ISSUED}
    assert {one.outcome for one in again} == {TakenIn.UNCHANGED}
    with pytest.raises(BadInput):
        await pushed(town, biller, *batch, told())


async def test_versions_told_out_of_order_at_once_end_with_the_newest(town: City) -> None:
    biller = await a_biller(town)
    versions = [told("N-1", version=n, lines=(ToldLine(told().reason, f"{n}.00"),)) for n in range(1, 7)]
    tellings = [pushed(town, biller, version) for version in reversed(versions)]
    answers: list[tuple[Answer, ...]] = await asyncio.gather(*tellings)
    assert all(answer.outcome is not TakenIn.REFUSED for rows in answers for answer in rows)
    kept = await town.services.payment.bills.pushing.one(of_biller(biller), "N-1")
    assert kept is not None
    assert (kept.terms.version, kept.terms.fen) == (6, 600)


async def test_a_bill_stays_with_its_account_and_its_replacement_supersedes_it(town: City) -> None:
    biller, one = await a_biller(town), told()
    await pushed(town, biller, one)
    (answer,) = await pushed(town, biller, replace(one, version=2, account="87654321"))
    assert (answer.code, answer.field) == ("BILL_TERMS_UNFIT", "account")
    await pushed(town, biller, told("NEW-1", replaces=one.number))
    old = await town.services.payment.bills.pushing.one(of_biller(biller), one.number)
    assert old is not None
    assert old.state is BillState.SUPERSEDED


async def test_only_active_billers_push_and_never_in_test_mode(town: City) -> None:
    biller = await a_biller(town)
    with pytest.raises(Forbidden):
        await town.services.payment.bills.pushing.push(replace(of_biller(biller), test_mode=True), [told()], new_id())
    await town.services.payment.bills.billers.turn(OPS, biller.id, BillerState.CLOSED, "合同终止", new_id())
    with pytest.raises(Outcome) as refused:
        await pushed(town, biller, told())
    assert refused.value.code == "BILLER_UNKNOWN"


async def test_an_account_is_bound_by_its_holders_name_and_by_a_family(shared_api: Api, town: City) -> None:
    biller = await a_biller(town)
    await pushed(town, biller, told())
    (_, one), (_, other) = await payer(shared_api), await payer(shared_api)
    service = town.services.payment.bills.bound
    for number, holder in (("12345678", "别人"), ("99999999", HOLDER)):
        with pytest.raises(AccountNotFound):
            await service.bind(one, biller.id, number, holder, "", new_id())
    mine = await bound(town, one, biller)
    await bound(town, other, biller)
    with pytest.raises(AlreadyBound):
        await bound(town, one, biller)
    assert [
        len((await town.services.payment.bills.reading.mine(v, PageRequest(), payable=True)).items)
        for v in (one, other)
    ] == [1, 1]
    with pytest.raises(BoundUnknown):
        await service.unbind(other, mine.id, new_id())
    await service.unbind(one, mine.id, new_id())
    assert (await town.services.payment.bills.reading.mine(one, PageRequest(), payable=True)).items == ()


async def test_a_holders_name_is_not_found_by_trying(shared_api: Api, town: City) -> None:
    biller = await a_biller(town)
    await pushed(town, biller, told())
    (_, viewer), service = await payer(shared_api), town.services.payment.bills.bound
    for n in range(10):
        with pytest.raises(AccountNotFound):
            await service.bind(viewer, biller.id, "12345678", f"猜{n}", "", new_id())
    with pytest.raises(RateLimited):
        await bound(town, viewer, biller)


@pytest.mark.parametrize("asked", [False, True])
async def test_fifty_who_try_one_account_at_once_have_its_twenty_tries_between_them(
    town: City, desk: FakeBillers, asked: bool
) -> None:
    biller = await a_biller(town, asked=asked)
    desk.put(biller.id, told())
    if not asked:
        await pushed(town, biller, told())
    service = town.services.payment.bills.bound

    async def tried(n: int) -> type[BaseException]:
        stranger = Viewer(role=Role.CITIZEN, actor=(one := new_id()), subject=one, assurance=Assurance.REAL_NAME)
        with pytest.raises((AccountNotFound, RateLimited)) as refused:
            await service.bind(stranger, biller.id, "12345678", f"猜{n}", "", new_id())
        return refused.type

    heard = Counter(await asyncio.gather(*(tried(n) for n in range(50))))
    assert heard == {AccountNotFound: TRIES_PER_ACCOUNT.most, RateLimited: 50 - TRIES_PER_ACCOUNT.most}
    judged = [system for system, _ in desk.asked if system == biller.id]
    assert len(judged) == (TRIES_PER_ACCOUNT.most if asked else 0)  # a try too many is refused unjudged


async def test_who_knows_the_holder_or_meets_a_silent_biller_uses_up_no_try_of_the_account(
    shared_api: Api, town: City, desk: FakeBillers
) -> None:
    biller = await a_biller(town, asked=True)
    desk.put(biller.id, told())
    service = town.services.payment.bills.bound
    desk.down.add(biller.id)
    for _ in range(TRIES_PER_ACCOUNT.most + 1):
        stranger = Viewer(role=Role.CITIZEN, actor=(one := new_id()), subject=one, assurance=Assurance.REAL_NAME)
        with pytest.raises(BillerSilent):
            await service.bind(stranger, biller.id, "12345678", "猜", "", new_id())
    desk.down.discard(biller.id)
    _, viewer = await payer(shared_api)
    for _ in range(3):
        await service.unbind(viewer, (await bound(town, viewer, biller)).id, new_id())


async def test_many_bills_are_paid_at_once_and_each_has_its_receipt(shared_api: Api, town: City) -> None:
    biller, other = await a_biller(town), await a_biller(town)
    one, two = told(), told()
    await pushed(town, biller, one)
    await pushed(town, other, two)
    _, viewer = await payer(shared_api, 30_000)
    await bound(town, viewer, biller)
    await bound(town, viewer, other)
    bills = [await the_bill(town, viewer, number) for number in (one.number, two.number)]
    key = new_id()
    paid = await pay(town, viewer, *bills, key=key)
    assert paid == await pay(town, viewer, *bills, key=key)
    after = [await the_bill(town, viewer, number) for number in (one.number, two.number)]
    assert [(bill.state, bill.paid, bill.engaged) for bill in after] == [(BillState.PAID, 12_850, None)] * 2
    ledger, citizen = town.services.payment.ledger, viewer.citizen()
    assert (await ledger.balance(wallet(citizen))).posted.fen == 30_000 - 2 * 12_850
    assert (await ledger.balance(Account(AccountKind.BILLER, biller.id))).posted.fen == 12_850
    receipts = (await town.services.payment.bills.receipts.mine(viewer, PageRequest())).items
    assert {receipt.id for receipt in receipts} == set(paid)
    assert {receipt.content.beneficiary for receipt in receipts if receipt.content} == {"林小满"}
    assert (await events_of(town, citizen))["bill.paid"] == 2


async def test_of_bills_that_are_paid_together_all_are_paid_or_none(shared_api: Api, town: City) -> None:
    biller = await a_biller(town)
    one, two = told(), told()
    await pushed(town, biller, one, two)
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    bills = [await the_bill(town, viewer, number) for number in (one.number, two.number)]
    with pytest.raises(InsufficientBalance):
        await pay(town, viewer, *bills)
    after = [await the_bill(town, viewer, number) for number in (one.number, two.number)]
    assert [(bill.state, bill.engaged, bill.rev) for bill in after] == [(BillState.OPEN, None, 1)] * 2
    assert (await town.services.payment.ledger.balance(wallet(viewer.citizen()))).available.fen == 20_000


async def test_of_many_who_pay_a_bill_at_once_one_does(shared_api: Api, town: City) -> None:
    biller, one = await a_biller(town), told()
    await pushed(town, biller, one)
    people = [(await payer(shared_api, 20_000))[1] for _ in range(6)]
    for viewer in people:
        await bound(town, viewer, biller)
    bill = await the_bill(town, people[0], one.number)
    done = await asyncio.gather(
        *(pay(town, viewer, bill) for viewer in people for _ in range(2)), return_exceptions=True
    )
    refused = [type(one) for one in done if isinstance(one, BaseException)]
    assert len(refused) == 11
    assert set(refused) <= {BillBeingPaid, BillNotPayable, InsufficientBalance}
    left = [(await town.services.payment.ledger.balance(wallet(one.citizen()))).posted.fen for one in people]
    assert sorted(left) == [20_000 - 12_850] + [20_000] * 5
    assert (await town.services.payment.ledger.balance(Account(AccountKind.BILLER, biller.id))).posted.fen == 12_850


async def test_parts_add_up_to_the_bill_and_no_further(shared_api: Api, town: City) -> None:
    biller, one = await a_biller(town), told(part_allowed=True, least="20.00")
    await pushed(town, biller, one)
    _, viewer = await payer(shared_api, 90_000)
    await bound(town, viewer, biller)
    bill = await the_bill(town, viewer, one.number)
    paying = town.services.payment.bills.paying
    tries = (paying.pay(viewer, [choice(bill, 3_000)], Method.WALLET, new_id()) for _ in range(12))
    await asyncio.gather(*tries, return_exceptions=True)
    while (now := await the_bill(town, viewer, one.number)).remaining >= 3_000:
        await paying.pay(viewer, [choice(now, 3_000)], Method.WALLET, new_id())
    await pay(town, viewer, now)
    done = await the_bill(town, viewer, one.number)
    assert (done.state, done.paid) == (BillState.PAID, 12_850)
    assert sum(receipt.fen for receipt in await town.services.payment.bills.receipts.of_bill(viewer, bill.id)) == 12_850
    assert (await town.services.payment.ledger.balance(wallet(viewer.citizen()))).posted.fen == 90_000 - 12_850


async def test_anothers_bill_cannot_be_seen_or_paid(shared_api: Api, town: City) -> None:
    biller, one = await a_biller(town), told()
    await pushed(town, biller, one)
    (_, viewer), (_, stranger) = await payer(shared_api), await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    bill = await the_bill(town, viewer, one.number)
    with pytest.raises(BillUnknown):
        await pay(town, stranger, bill)
    assert await town.services.payment.bills.reading.one(stranger, bill.id) is None


async def test_wallet_and_credit_need_a_verified_name_and_points_pay_no_bill(shared_api: Api, town: City) -> None:
    biller, one = await a_biller(town), told()
    await pushed(town, biller, one)
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    bill = await the_bill(town, viewer, one.number)
    unverified = replace(viewer, assurance=Assurance.PHONE)
    for method in (Method.WALLET, Method.CREDIT):
        with pytest.raises(BillRealNameNeeded):
            await pay(town, unverified, bill, method=method)
    with pytest.raises(BillMethodUnfit):
        await pay(town, viewer, bill, method=Method.POINTS)
    (paying,) = await town.services.payment.bills.paying.pay(unverified, [choice(bill)], Method.GATEWAY, new_id())
    assert paying.payment.state is PaymentState.WAITING_FOR_GATEWAY
    assert paying.pay_at


async def test_a_bill_under_way_at_the_gateway_waits_and_is_free_when_nothing_comes_of_it(
    shared_api: Api, town: City
) -> None:
    biller, one = await a_biller(town), told()
    await pushed(town, biller, one)
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    bill = await the_bill(town, viewer, one.number)
    (payment,) = await pay(town, viewer, bill, method=Method.GATEWAY)
    engaged = await the_bill(town, viewer, one.number)
    assert engaged.engaged is not None
    with pytest.raises(BillBeingPaid):
        await pay(town, viewer, engaged)
    (answer,) = await pushed(town, biller, replace(one, version=2))
    assert answer.code == "BILL_BEING_PAID"
    await town.services.payment.payments.end(payment, PaymentState.FAILED, "GATEWAY_CLOSED")
    (answer,) = await pushed(town, biller, replace(one, version=2))
    assert answer.outcome is TakenIn.CHANGED
    await pay(town, viewer, await the_bill(town, viewer, one.number))


async def test_another_version_than_was_seen_is_not_paid(shared_api: Api, town: City) -> None:
    biller, one = await a_biller(town), told()
    await pushed(town, biller, one)
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    seen = await the_bill(town, viewer, one.number)
    await pushed(town, biller, replace(one, version=2, lines=(ToldLine(one.reason, "1.00"),)))
    with pytest.raises(BillChanged) as changed:
        await pay(town, viewer, seen)
    assert changed.value.bill.terms.fen == 100
    await pay(town, viewer, changed.value.bill)


async def test_a_biller_that_is_asked_is_asked_again_before_its_bill_is_paid(
    shared_api: Api, town: City, desk: FakeBillers
) -> None:
    biller = await a_biller(town, asked=True)
    one, two, three = told("A-1"), told("A-2"), told("A-3")
    desk.put(biller.id, one, two, three)
    _, viewer = await payer(shared_api, 90_000)
    await bound(town, viewer, biller)
    seen = {number: await the_bill(town, viewer, number) for number in ("A-1", "A-2", "A-3")}
    desk.put(biller.id, replace(one, version=2, lines=(ToldLine(one.reason, "99.00"),)))
    with pytest.raises(BillChanged) as changed:
        await pay(town, viewer, seen["A-1"], seen["A-2"])
    assert (await the_bill(town, viewer, "A-2")).state is BillState.OPEN
    del desk.bills[biller.id]["A-3"]
    with pytest.raises(BillWithdrawn):
        await pay(town, viewer, seen["A-3"])
    assert (await the_bill(town, viewer, "A-3")).state is BillState.WITHDRAWN
    desk.down.add(biller.id)
    with pytest.raises(BillerSilent):
        await pay(town, viewer, seen["A-2"])
    desk.down.discard(biller.id)
    await pay(town, viewer, changed.value.bill, seen["A-2"])
    assert (await events_of(town, viewer.citizen()))["bill.withdrawn"] == 1


async def test_a_bill_whose_biller_has_just_told_what_cannot_stand_is_not_paid(
    shared_api: Api, town: City, desk: FakeBillers
) -> None:
    biller, one = await a_biller(town, asked=True), told()
    desk.put(biller.id, one)
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    seen = await the_bill(town, viewer, one.number)
    for contradicted in (
        replace(one, lines=(ToldLine(one.reason, "1.00"),)),
        replace(one, version=2, lines=(ToldLine(one.reason, "-1.00"),)),
    ):
        desk.put(biller.id, contradicted)
        with pytest.raises(BillerSilent):
            await pay(town, viewer, seen)
    assert (await the_bill(town, viewer, one.number)).paid == 0


async def test_a_closed_biller_is_paid_nothing_more(shared_api: Api, town: City) -> None:
    biller, one = await a_biller(town), told()
    await pushed(town, biller, one)
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    await town.services.payment.bills.billers.turn(OPS, biller.id, BillerState.CLOSED, "合同终止", new_id())
    with pytest.raises(BillerUnknown):
        await pay(town, viewer, await the_bill(town, viewer, one.number))
    assert (await town.services.payment.ledger.balance(wallet(viewer.citizen()))).available.fen == 20_000


async def test_a_bill_of_which_something_was_paid_is_neither_replaced_nor_taken_back(
    shared_api: Api, town: City
) -> None:
    biller, whole, part = await a_biller(town), told(), told(part_allowed=True)
    await pushed(town, biller, whole, part)
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    await pay(town, viewer, await the_bill(town, viewer, whole.number))
    rooms, seen = town.services.payment.bills, await the_bill(town, viewer, part.number)
    (paid,) = await rooms.paying.pay(viewer, [choice(seen, 3_000)], Method.WALLET, new_id())
    for old in (whole, part):
        (answer,) = await pushed(town, biller, told(replaces=old.number))
        assert answer.code == "BILL_NOT_PAYABLE"
        with pytest.raises(BillNotPayable):
            await rooms.pushing.withdraw(of_biller(biller), old.number, new_id())

    async def give_back(tx: Tx) -> None:
        await town.services.payment.payments.take_refund(paid.payment.id, 3_000, tx)

    await town.db.transaction(give_back)
    gone = await rooms.pushing.withdraw(of_biller(biller), part.number, new_id())
    assert gone.state is BillState.WITHDRAWN


async def test_opening_asks_billers_once_in_a_while_and_a_silent_one_spoils_nothing(
    shared_api: Api, town: City, desk: FakeBillers
) -> None:
    biller, silent = await a_biller(town, asked=True), await a_biller(town, asked=True)
    desk.put(biller.id, told("A-1"))
    desk.put(silent.id, told("S-1"))
    _, viewer = await payer(shared_api)
    await bound(town, viewer, biller)
    await bound(town, viewer, silent)
    desk.put(biller.id, told("A-2"))
    del desk.bills[biller.id]["A-1"]
    desk.down.add(silent.id)
    asking = town.services.payment.bills.asking
    assert await asking.refresh(viewer, new_id()) == {silent.id}
    assert (await the_bill(town, viewer, "A-1")).state is BillState.WITHDRAWN
    assert (await the_bill(town, viewer, "A-2")).state is BillState.OPEN
    assert (await the_bill(town, viewer, "S-1")).state is BillState.OPEN
    before = len(desk.asked)
    desk.down.discard(silent.id)
    await asyncio.gather(*(asking.refresh(viewer, new_id()) for _ in range(4)))
    assert desk.asked[before:] == [(silent.id, "12345678")]


async def test_a_part_paid_bill_that_is_listed_no_more_is_cleared_and_what_was_paid_stands(
    shared_api: Api, town: City, desk: FakeBillers
) -> None:
    biller = await a_biller(town, asked=True)
    numbers = ("A-1", "A-2", "A-3")
    desk.put(biller.id, *(told(number, part_allowed=True) for number in numbers))
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    rooms = town.services.payment.bills
    for number in numbers:
        (done,) = await rooms.paying.pay(
            viewer, [choice(await the_bill(town, viewer, number), 3_000)], Method.WALLET, new_id()
        )

    async def give_back(tx: Tx) -> None:
        await town.services.payment.payments.take_refund(done.payment.id, 3_000, tx)

    await town.db.transaction(give_back)
    del desk.bills[biller.id]["A-1"]
    with pytest.raises(BillWithdrawn):
        await pay(town, viewer, await the_bill(town, viewer, "A-1"))
    desk.bills[biller.id] = {"A-4": told("A-4")}
    await rooms.asking.refresh(viewer, new_id())
    ended = [await the_bill(town, viewer, number) for number in numbers]
    assert [one.state for one in ended] == [BillState.CLEARED, BillState.CLEARED, BillState.WITHDRAWN]
    assert [(one.paid, one.owed.fen) for one in ended] == [(3_000, 0)] * 3
    assert [len(await rooms.receipts.of_bill(viewer, one.id)) for one in ended] == [1, 1, 1]
    happened = await events_of(town, viewer.citizen())
    assert (happened["bill.cleared"], happened["bill.withdrawn"]) == (2, 1)


async def test_a_biller_with_a_system_is_told_once_and_its_refusal_is_told_to_the_payer(
    shared_api: Api, town: City, desk: FakeBillers
) -> None:
    biller = await a_biller(town, system=f"sys-{new_id()[-8:]}")
    assert biller.system is not None
    one, two = told(), told()
    await pushed(town, biller, one, two)
    _, viewer = await payer(shared_api, 30_000)
    await bound(town, viewer, biller)
    tell: Callable[[Event], Any] = town.services.payment.bills.tell_billers

    async def hears(number: str) -> str:
        (payment,) = await pay(town, viewer, await the_bill(town, viewer, number))
        await tell(event := Event(new_id(), "bill.paid", viewer.citizen(), {"payment": payment}, town.clock.now()))
        await tell(event)
        return payment

    await hears(one.number)
    assert [(number, fen) for _, number, fen in desk.payments if number == one.number] == [(one.number, 12_850)]
    desk.refusing.add(biller.system)
    payment = await hears(two.number)
    receipt = await town.services.payment.bills.receipts.one(viewer, payment)
    assert receipt is not None
    assert receipt.receipt.refused
    assert (await events_of(town, viewer.citizen()))["bill.payment_refused"] == 1


async def test_a_biller_that_does_not_answer_is_told_later(shared_api: Api, town: City, desk: FakeBillers) -> None:
    biller, one = await a_biller(town, system=f"sys-{new_id()[-8:]}"), told()
    await pushed(town, biller, one)
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    (payment,) = await pay(town, viewer, await the_bill(town, viewer, one.number))
    desk.down.add(biller.system or "")
    event = Event(new_id(), "bill.paid", viewer.citizen(), {"payment": payment}, town.clock.now())
    with pytest.raises(RetryLater):
        await town.services.payment.bills.tell_billers(event)


async def test_a_receipt_is_checked_by_who_holds_it_and_says_when_money_went_back(shared_api: Api, town: City) -> None:
    biller, one = await a_biller(town), told()
    await pushed(town, biller, one)
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    (payment,) = await pay(town, viewer, await the_bill(town, viewer, one.number))
    receipts = town.services.payment.bills.receipts
    shown = await receipts.one(viewer, payment)
    assert shown is not None
    code = shown.check_at.rpartition("/")[2]
    page = await shared_api.http.get(f"/receipts/{code}?lang=en")
    assert page.status_code == 200
    assert "genuine" in page.text
    assert "****5678" in page.text
    assert "林**" in page.text
    for hidden in ("12345678", "林小满", HOLDER, viewer.citizen()):
        assert hidden not in page.text
    assert (await shared_api.http.get(f"/receipts/{code[:-2]}xx")).status_code == 404

    async def give_back(tx: Tx) -> None:
        await town.services.payment.payments.take_refund(payment, 850, tx)

    await town.db.transaction(give_back)
    checked = await receipts.check(code)
    assert checked is not None
    assert checked.refunded == 850
    bill = await the_bill(town, viewer, one.number)
    assert (bill.state, bill.refunded) == (BillState.PAID, 850)


async def test_a_receipts_pdf_is_its_payers_for_five_minutes(shared_api: Api, town: City) -> None:
    biller, one = await a_biller(town), told()
    await pushed(town, biller, one)
    _, viewer = await payer(shared_api, 20_000)
    await bound(town, viewer, biller)
    (payment,) = await pay(town, viewer, await the_bill(town, viewer, one.number))
    shown = await town.services.payment.bills.receipts.one(viewer, payment)
    assert shown is not None
    url, _ = town.services.payment.bills.receipts.link(shown.receipt)
    answer = await shared_api.http.get(url)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["cache-control"] == "no-store"
    assert (await shared_api.http.get(url[:-1] + ("0" if url[-1] != "0" else "1"))).status_code == 404


async def test_what_is_pushed_is_told_to_all_who_bound_the_account(shared_api: Api, town: City) -> None:
    biller, one = await a_biller(town), told()
    await pushed(town, biller, one)
    people = [(await payer(shared_api))[1] for _ in range(2)]
    for viewer in people:
        await bound(town, viewer, biller)
    await pushed(town, biller, told(), replace(one, version=2, due=one.due + timedelta(days=1)))
    await town.services.payment.bills.pushing.withdraw(of_biller(biller), one.number, new_id())
    for viewer in people:
        happened = await events_of(town, viewer.citizen())
        assert {name: happened[name] for name in ("bill.issued", "bill.changed", "bill.withdrawn")} == {
            "bill.issued": 1,
            "bill.changed": 1,
            "bill.withdrawn": 1,
        }


def test_bill_ids_are_of_a_biller_and_its_number() -> None:
    assert bill_id("a", "1") != bill_id("b", "1")
    assert bill_id("a", "1") == bill_id("a", "1")


async def test_bills_of_much_together_are_paid_from_the_wallet_by_the_pin(shared_api: Api, town: City) -> None:
    biller = await a_biller(town)
    many = [told(lines=(ToldLine(Said("学费", "Fees"), "600.00"),)) for _ in range(2)]
    await pushed(town, biller, *many)
    person, viewer = await payer(shared_api, 200_000)
    await bound(town, viewer, biller)
    bills = [await the_bill(town, viewer, one.number) for one in many]
    choices, paying = [choice(one) for one in bills], town.services.payment.bills.paying
    with pytest.raises(PinNotSet):
        await paying.pay(viewer, choices, Method.WALLET, new_id())
    await shared_api.data("ChoosePayPin", person.token, pin="480517", key=new_id())
    with pytest.raises(PinNeeded):
        await paying.pay(viewer, choices, Method.WALLET, new_id())
    with pytest.raises(PinWrong):
        await paying.pay(viewer, choices, Method.WALLET, new_id(), "480518")
    assert len(await paying.pay(viewer, choices[:1], Method.WALLET, new_id())) == 1  # one of them is not much
    rest = [choice(await the_bill(town, viewer, many[1].number))]
    assert len(await paying.pay(viewer, rest, Method.WALLET, new_id(), "480517")) == 1
