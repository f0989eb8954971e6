"""Rivals at the ledger: whatever they do at once, what comes of it is as if they had come one after the other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from app.core.errors import Outcome
from app.core.ids import new_id
from app.domains.payment.ledger.errors import (
    AccountClosed,
    AccountNotEmpty,
    BalanceTooHigh,
    InsufficientBalance,
    TransferConflict,
    TransferSettled,
)
from app.domains.payment.ledger.model import (
    FEES,
    GATEWAY,
    Account,
    AccountKind,
    Transfer,
    TransferState,
    credit,
    debit,
    moved,
    wallet,
)
from tests.stores.support import at_once
from tests.support.books import Books

SHOP = Account(AccountKind.MERCHANT, "shop")


def _told(results: Sequence[object]) -> Counter[str]:
    """How often what came of it; anything but an outcome is raised."""
    for one in results:
        if isinstance(one, BaseException) and not isinstance(one, Outcome):
            raise one
    return Counter(type(one).__name__ for one in results)


async def test_fifty_rivals_for_one_wallet_take_what_is_there_and_no_more(books: Books) -> None:
    anna, others = await books.wallet(700), [await books.wallet() for _ in range(5)]
    results = await at_once(50, lambda n: books.post(moved(anna, others[n % 5], 50)))
    assert _told(results) == {"Transfer": 14, "InsufficientBalance": 36}
    assert [await books.fen(anna), sum([await books.fen(one) for one in others])] == [0, 700]
    assert (await books.verdict()).sound


async def test_rivals_who_put_fill_a_wallet_up_and_no_more(books: Books) -> None:
    anna = await books.wallet(most=500)
    results = await at_once(20, lambda _: books.post(moved(GATEWAY, anna, 50)))
    assert _told(results) == {"Transfer": 10, BalanceTooHigh.__name__: 10}
    assert (await books.fen(anna), (await books.verdict()).sound) == (500, True)


async def test_twenty_with_one_key_make_one_transfer(books: Books) -> None:
    anna, key = await books.wallet(1000), new_id()
    results = await at_once(20, lambda _: books.post(moved(anna, SHOP, 100), key))
    assert len({(one.id, one.serial) for one in results if isinstance(one, Transfer)}) == 1
    assert (_told(results), await books.fen(anna)) == ({"Transfer": 20}, 900)
    assert (await books.verdict()).sound


async def test_of_two_contents_under_one_key_one_wins_and_the_other_is_refused(books: Books) -> None:
    anna, key = await books.wallet(1000), new_id()
    results = await at_once(20, lambda n: books.post(moved(anna, SHOP, 100 + n % 2), key))
    assert _told(results) == {"Transfer": 10, TransferConflict.__name__: 10}
    assert await books.fen(anna) in (900, 899)


async def test_the_last_of_a_wallet_is_held_or_spent_once(books: Books) -> None:
    anna = await books.wallet(100)

    async def rival(n: int) -> Transfer:
        lines = moved(anna, SHOP, 100)
        return await (books.hold(lines) if n % 2 else books.post(lines))

    results = await at_once(16, rival)
    assert _told(results) == {"Transfer": 1, InsufficientBalance.__name__: 15}
    assert (await books.verdict()).sound


async def test_what_is_held_is_captured_or_voided_and_never_both(books: Books) -> None:
    anna = await books.wallet(1000)
    for n in range(6):
        held = await books.hold(moved(anna, SHOP, 100))

        async def rival(m: int, id_: str = held.id, turn: int = n) -> Transfer:
            return await (books.capture(id_) if (m + turn) % 2 else books.void(id_))

        results = await at_once(8, rival)
        assert _told(results) == {"Transfer": 4, TransferSettled.__name__: 4}
        states = {one.state for one in results if isinstance(one, Transfer)}
        assert len(states) == 1
        assert states <= {TransferState.POSTED, TransferState.VOIDED}
    balance = await books.ledger.balance(anna)
    assert (balance.held.fen, balance.posted.fen, (await books.verdict()).sound) == (0, balance.available.fen, True)


async def test_two_who_pay_each_other_at_once_do_not_stop_each_other(books: Books) -> None:
    anna, ben = await books.wallet(500), await books.wallet(500)
    results = await at_once(30, lambda n: books.post(moved(anna, ben, 7) if n % 2 else moved(ben, anna, 7)))
    assert _told(results) == {"Transfer": 30}
    assert (await books.fen(anna), await books.fen(ben), (await books.verdict()).sound) == (500, 500, True)


async def test_a_wallet_closes_before_or_after_what_comes_and_never_with_it(books: Books) -> None:
    for _ in range(6):
        anna = await books.wallet()
        closing = books.within(lambda tx, one=anna: books.ledger.close(one, tx))  # type: ignore[misc]
        closed, came = await asyncio.gather(closing, books.post(moved(GATEWAY, anna, 5)), return_exceptions=True)
        balance = await books.ledger.balance(anna)
        if isinstance(closed, AccountNotEmpty):
            assert (balance.state.value, balance.posted.fen) == ("open", 5)
        else:
            assert isinstance(came, AccountClosed)
            assert (balance.state.value, balance.posted.fen) == ("closed", 0)
    assert (await books.verdict()).sound


async def test_payers_of_one_merchant_do_not_wait_for_each_other(books: Books) -> None:
    payers = [await books.wallet(100) for _ in range(30)]
    lines = [(debit(one, 100), credit(SHOP, 99), credit(FEES, 1)) for one in payers]
    assert _told(await at_once(30, lambda n: books.post(lines[n]))) == {"Transfer": 30}
    assert (await books.fen(SHOP), await books.fen(FEES)) == (2970, 30)
    assert await books.db["ledger_accounts"].count_documents({"_id": {"$in": [SHOP.id, FEES.id]}}) == 0


async def test_the_balance_of_a_busy_account_is_right_while_it_is_folded(books: Books) -> None:
    anna = await books.wallet(1000)

    async def pay() -> None:
        for _ in range(40):
            await books.post(moved(anna, SHOP, 1))
            books.clock.advance(seconds=11)

    async def fold() -> None:
        while await books.fen(SHOP) < 40:
            before = await books.fen(SHOP)
            await books.folding.fold()
            assert await books.fen(SHOP) >= before

    await asyncio.gather(pay(), fold())
    assert (await books.fen(SHOP), (await books.verdict()).sound) == (40, True)


async def test_opening_at_once_opens_one_account(books: Books) -> None:
    account = wallet(new_id())
    await at_once(10, lambda _: books.ledger.open(account, most=1000))
    assert await books.db["ledger_accounts"].count_documents({"_id": account.id}) == 1
    with pytest.raises(BalanceTooHigh):
        await books.post(moved(GATEWAY, account, 1001))
