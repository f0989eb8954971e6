"""Statements are paged without gap or repeat, and read from the index alone, however large the ledger is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.payment.ledger.model import Account, AccountKind, Place, Posting, TransferKind, moved
from app.domains.payment.ledger.service import cursor_of
from app.domains.payment.ledger.store import StatementFilter
from tests.support.books import Books

ANY = StatementFilter()
SHOP = Account(AccountKind.MERCHANT, "shop")


async def paged(books: Books, account: Account, size: int, which: StatementFilter = ANY) -> list[Posting]:
    seen, after = list[Posting](), None
    while True:
        page = await books.ledger.statement(account, PageRequest(size, after), which)
        seen += page.items
        if not page.has_next:
            return seen
        after = cursor_of(page.items[-1])


@pytest.mark.parametrize("owner", ["guarded", "busy"])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
async def test_postings_of_one_moment_stand_on_one_page_or_another_and_once(
    books: Books, owner: str, size: int
) -> None:
    anna, shop = await books.wallet(1000), Account(AccountKind.MERCHANT, f"shop-{size}-{owner}")
    for n in range(1, 9):
        if n in (4, 5):
            books.clock.advance(minutes=1)
        await books.post(moved(anna, shop, n))
    account = anna if owner == "guarded" else shop
    found = await paged(books, account, size)
    assert [one.fen for one in found if one.kind is TransferKind.PAYMENT] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert len({one.id for one in found}) == len(found)
    since = found[3].at  # of the fifth: what came before it is left out
    assert [one.fen for one in await paged(books, account, size, StatementFilter(since=since))] == [8, 7, 6, 5]
    until = StatementFilter(until=found[4].at)
    assert [one.fen for one in await paged(books, account, size, until) if one.kind is TransferKind.PAYMENT] == [
        3,
        2,
        1,
    ]


async def test_a_cursor_that_names_no_posting_is_none_of_another_account(books: Books) -> None:
    anna, ben = await books.wallet(1000), await books.wallet(1000)
    for n in range(1, 4):
        await books.post(moved(ben, SHOP, n))
    first = (await books.ledger.statement(SHOP, PageRequest(1))).items[0]
    for after in (cursor_of(first), "nonsense", "999999", "9" * 40, "1.9", f"{'9' * 14}.{'9' * 30}"):
        page = await books.ledger.statement(anna, PageRequest(10, after))
        assert {one.account for one in page.items} <= {anna}


async def _asked(books: Books) -> dict[str, Callable[[], Awaitable[Any]]]:
    anna = await books.wallet(1000)
    since = books.clock.now()
    for n in range(1, 30):
        books.clock.advance(seconds=1)
        await books.post(moved(anna, SHOP, n))
    ledger = books.ledger
    week = StatementFilter(since, since + timedelta(days=7))
    pages = {account: (await ledger.statement(account, PageRequest(5))).items[-1] for account in (anna, SHOP)}
    kinds = StatementFilter(kinds=frozenset({TransferKind.PAYMENT}), incoming=False)
    return {
        "of a wallet": lambda: ledger.statement(anna, PageRequest()),
        "of a merchant": lambda: ledger.statement(SHOP, PageRequest()),
        "of a wallet, the next page": lambda: ledger.statement(anna, PageRequest(5, cursor_of(pages[anna]))),
        "of a merchant, the next page": lambda: ledger.statement(SHOP, PageRequest(5, cursor_of(pages[SHOP])), week),
        "of a wallet, payments": lambda: ledger.statement(anna, PageRequest(), kinds),
        "of a wallet, a week": lambda: ledger.statement(anna, PageRequest(), week),
        "of a merchant, a week": lambda: ledger.statement(SHOP, PageRequest(), week),
        "a month": lambda: ledger.between(anna, since, since + timedelta(days=30)),
        "a balance at a moment": lambda: ledger.balance_at(anna, since + timedelta(seconds=9)),
        "a merchant's balance": lambda: ledger.balance(SHOP),
    }


async def test_what_is_read_of_an_account_is_read_from_the_index_alone(books: Books) -> None:
    raw = books.db["ledger_postings"].database
    for name, ask in (await _asked(books)).items():
        await raw.command("profile", 2)
        try:
            await ask()
        finally:
            await raw.command("profile", 0)
        which = {"ns": f"{raw.name}.ledger_postings", "op": {"$in": ["query", "command"]}}
        told = await raw["system.profile"].find(which).to_list(None)
        await raw.drop_collection("system.profile")
        assert told, name
        for one in told:
            seen = (one["docsExamined"], one.get("hasSortStage", False), "COLLSCAN" in one["planSummary"])
            assert seen == (0, False, False), (name, one["planSummary"])


@given(st.integers(0, 10**14 - 1), st.integers(1, 10**18 - 1) | st.none())
def test_a_place_is_read_as_it_was_written(milliseconds: int, seq: int | None) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    place = Place(at, f"{new_id()}:1" if seq is None else str(seq))
    assert Place.parse(str(place)) == place
    assert place.seq == (seq or 0)


@given(st.text(max_size=80))
def test_what_is_no_place_names_none(text: str) -> None:
    place = Place.parse(text)
    assert place is None or Place.parse(str(place)) == place
