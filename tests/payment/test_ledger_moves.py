"""What the ledger does and refuses, move by move."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.core.errors import Outcome
from app.core.money import Currency
from app.core.paging import PageRequest
from app.domains.payment.ledger.errors import (
    AccountClosed,
    AccountFrozen,
    AccountNotEmpty,
    AccountUnknown,
    BalanceTooHigh,
    InsufficientBalance,
    TransferConflict,
    TransferSettled,
    TransferTooLate,
    TransferUnknown,
)
from app.domains.payment.ledger.model import (
    FEES,
    GATEWAY,
    Account,
    AccountKind,
    FreezeReason,
    TransferKind,
    TransferState,
    credit,
    credit_line,
    debit,
    moved,
    wallet,
)
from app.domains.payment.ledger.service import cursor_of
from app.domains.payment.ledger.store import StatementFilter
from tests.support.books import Books

DESK = FreezeReason.DESK
SHOP = Account(AccountKind.MERCHANT, "shop")


async def test_a_payment_moves_from_one_wallet_to_another(books: Books) -> None:
    anna, ben = await books.wallet(1000), await books.wallet()
    await books.post(moved(anna, ben, 300))
    assert (await books.fen(anna), await books.fen(ben)) == (700, 300)
    assert (await books.verdict()).sound


async def test_the_fee_goes_its_own_way(books: Books) -> None:
    anna = await books.wallet(1000)
    await books.post((debit(anna, 1000), credit(SHOP, 994), credit(FEES, 6)))
    assert [await books.fen(one) for one in (anna, SHOP, FEES, GATEWAY)] == [0, 994, 6, 1000]
    assert (await books.verdict()).sound


async def test_the_same_key_finds_the_same_transfer(books: Books) -> None:
    anna, ben = await books.wallet(1000), await books.wallet()
    first = await books.post(moved(anna, ben, 300), "one")
    again = await books.post(moved(anna, ben, 300), "one")
    assert (again.id, again.serial) == (first.id, first.serial)
    assert await books.fen(anna) == 700


async def test_other_content_under_a_key_is_refused_and_changes_nothing(books: Books) -> None:
    anna, ben = await books.wallet(1000), await books.wallet()
    await books.post(moved(anna, ben, 300), "one")
    for lines, how in (
        (moved(anna, ben, 301), {}),
        (moved(ben, anna, 300), {}),
        (moved(anna, ben, 300), {"about": "another"}),
        (moved(anna, ben, 300), {"kind": TransferKind.REFUND}),
    ):
        with pytest.raises(TransferConflict):
            await books.post(lines, "one", **how)
    with pytest.raises(TransferConflict):  # what is only promised is not what is entered
        await books.hold(moved(anna, ben, 300), "one")
    assert (await books.fen(anna), await books.fen(ben)) == (700, 300)


async def test_nothing_is_taken_that_is_not_there(books: Books) -> None:
    anna, ben = await books.wallet(299), await books.wallet()
    with pytest.raises(InsufficientBalance) as refused:
        await books.post(moved(anna, ben, 300), "one")
    assert refused.value.available.fen == 299
    assert await books.db["ledger_transfers"].count_documents({"kind": "payment"}) == 0
    await books.post(moved(GATEWAY, anna, 1))
    await books.post(moved(anna, ben, 300), "one")  # the refusal kept nothing under the key
    assert await books.fen(anna) == 0


async def test_no_more_is_put_than_may_lie_there(books: Books) -> None:
    anna = await books.wallet(900, most=1000)
    with pytest.raises(BalanceTooHigh) as refused:
        await books.post(moved(GATEWAY, anna, 101))
    assert refused.value.most.fen == 1000
    await books.post(moved(GATEWAY, anna, 100))
    assert await books.fen(anna) == 1000


async def test_a_frozen_account_gives_nothing_and_takes_what_comes(books: Books) -> None:
    anna, ben = await books.wallet(1000), await books.wallet(10)
    held = await books.hold(moved(anna, ben, 100))
    assert await books.within(lambda tx: books.ledger.freeze(anna, DESK, tx))
    assert not await books.within(lambda tx: books.ledger.freeze(anna, DESK, tx))
    for move in (books.post(moved(anna, ben, 1)), books.hold(moved(anna, ben, 1))):
        with pytest.raises(AccountFrozen):
            await move
    await books.post(moved(ben, anna, 5))
    await books.capture(held.id)  # it was promised
    assert await books.fen(anna) == 905
    assert await books.within(lambda tx: books.ledger.unfreeze(anna, DESK, tx))
    await books.post(moved(anna, ben, 905))


async def test_an_account_stays_frozen_as_long_as_one_reason_stands(books: Books) -> None:
    anna, stop = await books.wallet(10), FreezeReason.PAYER_STOPPED
    turned = await asyncio.gather(
        *(books.within(lambda tx, why=why: books.ledger.freeze(anna, why, tx)) for why in (DESK, stop, DESK, stop))
    )
    assert sorted(turned) == [False, False, True, True]
    assert (await books.ledger.balance(anna)).frozen_for == {DESK, stop}
    assert await books.within(lambda tx: books.ledger.unfreeze(anna, stop, tx))
    assert not await books.within(lambda tx: books.ledger.unfreeze(anna, stop, tx))
    with pytest.raises(AccountFrozen):
        await books.post(moved(anna, GATEWAY, 1))
    assert await books.within(lambda tx: books.ledger.unfreeze(anna, DESK, tx))
    await books.post(moved(anna, GATEWAY, 10))


async def test_of_two_reasons_lifted_at_once_none_stays_behind(books: Books) -> None:
    anna, both = await books.wallet(10), (DESK, FreezeReason.PAYER_STOPPED)
    for why in both:
        await books.within(lambda tx, why=why: books.ledger.freeze(anna, why, tx))
    await asyncio.gather(*(books.within(lambda tx, why=why: books.ledger.unfreeze(anna, why, tx)) for why in both))
    await books.post(moved(anna, GATEWAY, 10))


async def test_an_account_closes_when_nothing_lies_on_it_and_for_good(books: Books) -> None:
    anna, ben = await books.wallet(100), await books.wallet()
    with pytest.raises(AccountNotEmpty):
        await books.within(lambda tx: books.ledger.close(anna, tx))
    held = await books.hold(moved(anna, ben, 100))
    with pytest.raises(AccountNotEmpty):
        await books.within(lambda tx: books.ledger.close(anna, tx))
    await books.capture(held.id)
    for _ in range(2):
        await books.within(lambda tx: books.ledger.close(anna, tx))
    for lines in (moved(anna, ben, 1), moved(ben, anna, 1)):
        with pytest.raises(AccountClosed):
            await books.post(lines)
    assert not await books.within(lambda tx: books.ledger.unfreeze(anna, DESK, tx))
    with pytest.raises(AccountUnknown):
        await books.within(lambda tx: books.ledger.close(wallet("nobody"), tx))


async def test_an_account_that_was_never_opened_is_unknown(books: Books) -> None:
    ben = await books.wallet(10)
    for lines in (moved(wallet("nobody"), ben, 1), moved(ben, wallet("nobody"), 1)):
        with pytest.raises(AccountUnknown):
            await books.post(lines)
    with pytest.raises(AccountUnknown):
        await books.ledger.balance(wallet("nobody"))
    with pytest.raises(AccountUnknown):
        await books.within(lambda tx: books.ledger.limit(wallet("nobody"), 1, tx))


async def test_what_is_held_can_be_captured_in_part(books: Books) -> None:
    anna, ben = await books.wallet(1000), await books.wallet()
    held = await books.hold(moved(anna, ben, 800))
    balance = await books.ledger.balance(anna)
    assert (balance.posted.fen, balance.held.fen, balance.available.fen) == (1000, 800, 200)
    with pytest.raises(InsufficientBalance):
        await books.post(moved(anna, ben, 201))
    for _ in range(2):  # a repeat finds it captured
        assert (await books.capture(held.id, 500)).state is TransferState.POSTED
    balance = await books.ledger.balance(anna)
    assert (balance.posted.fen, balance.held.fen, balance.available.fen) == (500, 0, 500)
    with pytest.raises(TransferSettled):
        await books.void(held.id)
    assert (await books.verdict()).sound


async def test_what_is_voided_is_let_go_once(books: Books) -> None:
    anna, ben = await books.wallet(1000), await books.wallet()
    held = await books.hold(moved(anna, ben, 800))
    for _ in range(2):
        assert (await books.void(held.id)).state is TransferState.VOIDED
    assert (await books.ledger.balance(anna)).available.fen == 1000
    with pytest.raises(TransferSettled):
        await books.capture(held.id)
    with pytest.raises(TransferUnknown):
        await books.void("nothing")
    assert (await books.verdict()).sound


async def test_what_was_held_too_long_is_listed_and_not_captured(books: Books) -> None:
    anna, ben = await books.wallet(1000), await books.wallet()
    held = await books.hold(moved(anna, ben, 800), minutes=5)
    assert await books.ledger.lapsed() == []
    books.clock.advance(minutes=5)
    with pytest.raises(TransferTooLate):
        await books.capture(held.id)
    assert await books.ledger.lapsed() == [held.id]
    await books.void(held.id)
    assert await books.ledger.lapsed() == []


@pytest.mark.parametrize("fen", [0, -1, 801])
async def test_no_more_is_captured_than_was_held(books: Books, fen: int) -> None:
    anna, ben = await books.wallet(1000), await books.wallet()
    held = await books.hold(moved(anna, ben, 800))
    with pytest.raises(ValueError, match="no such part"):
        await books.capture(held.id, fen)
    assert (await books.ledger.balance(anna)).held.fen == 800


async def test_a_credit_line_is_used_up_to_its_limit_and_paid_back(books: Books) -> None:
    line = credit_line("anna")
    await books.ledger.open(line, limit=500)
    await books.post((debit(line, 400), credit(SHOP, 400)))
    with pytest.raises(InsufficientBalance):
        await books.post((debit(line, 101), credit(SHOP, 101)))
    await books.within(lambda tx: books.ledger.limit(line, 300, tx))  # below what is used: it stays owed
    await books.within(lambda tx: books.ledger.limit(line, 300, tx))
    with pytest.raises(InsufficientBalance):
        await books.post((debit(line, 1), credit(SHOP, 1)))
    with pytest.raises(BalanceTooHigh):  # nobody owes less than nothing
        await books.post((debit(GATEWAY, 401), credit(line, 401)))
    await books.post((debit(GATEWAY, 400), credit(line, 400)))
    balance = await books.ledger.balance(line)
    assert (balance.posted.fen, balance.available.fen) == (0, 300)
    assert (await books.verdict()).sound


@pytest.mark.parametrize(
    "lines",
    [
        (debit(wallet("a"), 1),),
        (debit(wallet("a"), 1), credit(wallet("b"), 2)),
        (debit(wallet("a"), 0), credit(wallet("b"), 0)),
        (debit(wallet("a"), -1), credit(wallet("b"), -1)),
        (debit(wallet("a"), 10**13 + 1), credit(wallet("b"), 10**13 + 1)),
        (debit(wallet("a"), 1), credit(wallet("a"), 1)),
        (debit(wallet("a"), 1), credit(Account(AccountKind.POINTS, "a", Currency.POINTS), 1)),
    ],
)
async def test_lines_that_do_not_balance_are_no_transfer(books: Books, lines: tuple) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=r"transfer|differ"):
        await books.post(lines)


async def test_the_balance_at_any_moment_is_what_it_was(books: Books) -> None:
    anna, said = await books.wallet(), []
    for fen in (100, 20, 3):
        for _ in range(3):  # several in one moment
            await books.post(moved(GATEWAY, anna, fen))
        said.append((books.clock.now(), await books.fen(anna), await books.fen(GATEWAY)))
        books.clock.advance(minutes=3)
        await books.folding.fold()
    for at, mine, theirs in said:
        assert (await books.ledger.balance_at(anna, at), await books.ledger.balance_at(GATEWAY, at)) == (mine, theirs)
    before = said[0][0] - timedelta(milliseconds=1)
    assert (await books.ledger.balance_at(anna, before), await books.ledger.balance_at(GATEWAY, before)) == (0, 0)


@pytest.mark.parametrize("owner", ["guarded", "busy"])
async def test_a_statement_is_paged_and_sifted(books: Books, owner: str) -> None:
    anna = await books.wallet(1000)
    account = anna if owner == "guarded" else SHOP
    since = books.clock.now() + timedelta(minutes=1)
    for n in range(1, 6):
        books.clock.advance(minutes=1)
        await books.post(moved(anna, SHOP, n))
    await books.post(moved(SHOP, anna, 2), kind=TransferKind.REFUND)
    seen, after = [], None
    while True:
        page = await books.ledger.statement(account, PageRequest(2, after), StatementFilter(since=since))
        seen += [(posting.kind, posting.fen) for posting in page.items]
        if not page.has_next:
            break
        after = cursor_of(page.items[-1])
    assert seen == [(TransferKind.REFUND, 2), *((TransferKind.PAYMENT, n) for n in (5, 4, 3, 2, 1))]
    for which, fens in (
        (StatementFilter(kinds=frozenset({TransferKind.REFUND})), [2]),
        (StatementFilter(since=since, incoming=owner == "guarded"), [2]),
        (StatementFilter(since=since + timedelta(minutes=2), until=since + timedelta(minutes=4)), [4, 3]),
    ):
        page = await books.ledger.statement(account, PageRequest(), which)
        assert [posting.fen for posting in page.items] == fens


async def test_a_reversal_is_a_transfer_of_its_own_and_comes_once(books: Books) -> None:
    anna, ben = await books.wallet(1000), await books.wallet()
    paid = await books.post((debit(anna, 1000), credit(ben, 994), credit(FEES, 6)))
    back = [await books.within(lambda tx: books.ledger.reverse(paid.id, "why", tx)) for _ in range(2)]
    assert (back[0].id, back[0].kind, back[0].reverses) == (back[1].id, TransferKind.REVERSAL, paid.id)
    assert [await books.fen(one) for one in (anna, ben, FEES)] == [1000, 0, 0]
    held = await books.hold(moved(anna, ben, 5))
    with pytest.raises(TransferSettled):
        await books.within(lambda tx: books.ledger.reverse(held.id, "why", tx))
    assert (await books.verdict()).sound


async def test_transfers_about_one_thing_come_in_their_order(books: Books) -> None:
    anna = await books.wallet(1000)
    made = [await books.post(moved(anna, SHOP, n), about="payment-1") for n in range(1, 8)]
    assert [one.id for one in await books.ledger.about("payment-1")] == [one.id for one in made]


async def test_every_outcome_leaves_the_books_as_they_were(books: Books) -> None:
    anna, ben = await books.wallet(100), await books.wallet(most=50)
    before = await _rows(books)
    for lines in (moved(anna, ben, 51), moved(ben, anna, 1), moved(anna, wallet("nobody"), 1), moved(anna, ben, 101)):
        with pytest.raises(Outcome):
            await books.post(lines)
    assert await _rows(books) == before


async def _rows(books: Books) -> list[list[dict[str, object]]]:
    names = ("ledger_accounts", "ledger_transfers", "ledger_postings")
    return [await books.db[name].find({}).sort("_id", 1).to_list(None) for name in names]
