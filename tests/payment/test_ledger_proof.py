"""Whatever is done to the rows of a ledger by other hands, the proof finds it, and names the rule."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core.money import Currency
from app.domains.payment.ledger.model import (
    FEES,
    GATEWAY,
    ISSUED,
    Account,
    AccountKind,
    credit,
    credit_line,
    debit,
    moved,
    points,
)
from tests.stores.support import at_once
from tests.support.books import Books

SHOP = Account(AccountKind.MERCHANT, "shop")
Plant = Callable[[Books], Awaitable[Any]]


async def _lived(books: Books) -> Books:
    """A ledger in which a little of everything happened."""
    ledger = books.ledger
    anna, ben = await books.wallet(1000), await books.wallet(5)
    mine, line = points("anna"), credit_line("anna")
    await ledger.open(mine)
    await ledger.open(line, limit=500)
    await books.post((debit(ISSUED, 700), credit(mine, 700)))
    await books.post((debit(line, 200), credit(SHOP, 199), credit(FEES, 1)), "by credit")
    await books.post((debit(anna, 100), credit(SHOP, 99), credit(FEES, 1)), "paid")
    await books.capture((await books.hold(moved(anna, ben, 50))).id, 30)
    await books.void((await books.hold(moved(anna, ben, 20))).id)
    await books.hold(moved(anna, ben, 10), "held")
    books.clock.advance(minutes=3)
    await books.folding.fold()
    await books.post(moved(ben, anna, 1), "last")
    books.clock.advance(minutes=3)
    await books.folding.fold()
    return books


async def _set(books: Books, place: str, which: dict[str, Any], **values: Any) -> None:
    done = await books.db[place].update_one(which, {"$set": values})
    assert done.modified_count == 1


async def _drop(books: Books, place: str, which: dict[str, Any]) -> None:
    assert (await books.db[place].delete_one(which)).deleted_count == 1


_OF_WALLET = {"account": {"$regex": "^wallet"}}
_WALLET = {"_id": {"$regex": "^wallet"}, "held": 10}
PLANTED: dict[str, tuple[Plant, set[str]]] = {
    "a balance raised": (lambda b: _set(b, "ledger_accounts", _WALLET, balance=10**6), {"balance", "room"}),
    "a balance raised with all that follows": (
        lambda b: b.db["ledger_accounts"].update_one(_WALLET, {"$inc": {"balance": 5, "available": 5, "room": -5}}),
        {"balance"},
    ),
    "more available than there is": (lambda b: _set(b, "ledger_accounts", _WALLET, available=10**6), {"room"}),
    "more room than there is": (lambda b: _set(b, "ledger_accounts", _WALLET, room=1), {"room"}),
    "held for nobody": (
        lambda b: b.db["ledger_accounts"].update_one(_WALLET, {"$inc": {"held": 5, "available": -5}}),
        {"held"},
    ),
    "less than nothing": (
        lambda b: b.db["ledger_accounts"].update_one(
            {"_id": points("anna").id}, {"$inc": {"balance": -800, "available": -800, "room": 800}}
        ),
        {"balance", "negative"},
    ),
    "a credit line owing less than nothing": (
        lambda b: b.db["ledger_accounts"].update_one(
            {"_id": credit_line("anna").id}, {"$inc": {"balance": -201, "available": 201, "room": -201}}
        ),
        {"balance", "negative"},
    ),
    "closed with money on it": (lambda b: _set(b, "ledger_accounts", _WALLET, state="closed"), {"balance"}),
    "a count that is ahead": (lambda b: _set(b, "ledger_accounts", _WALLET, seq=99), {"gap"}),
    "an account gone": (lambda b: _drop(b, "ledger_accounts", {"_id": points("anna").id}), {"unknown_account"}),
    "an account of a kind that is none": (
        lambda b: b.db["ledger_accounts"].insert_one({"_id": "purse:x:CNY", "state": "open"}),
        {"unreadable"},
    ),
    "a balance that is no whole number": (lambda b: _set(b, "ledger_accounts", _WALLET, balance=1.5), {"unreadable"}),
    "a posting gone": (
        lambda b: _drop(b, "ledger_postings", {**_OF_WALLET, "seq": 2}),
        {"lines", "unbalanced", "gap", "chain", "total"},
    ),
    "the last posting gone": (
        lambda b: _drop(b, "ledger_postings", {"account": points("anna").id}),
        {"lines", "unbalanced", "balance", "gap", "total"},
    ),
    "a posting of a busy account gone": (
        lambda b: _drop(b, "ledger_postings", {"account": FEES.id}),
        {"lines", "unbalanced", "fold", "total"},
    ),
    "a posting for more": (
        lambda b: _set(b, "ledger_postings", {"account": SHOP.id, "fen": 99}, fen=100),
        {"lines", "unbalanced", "fold", "total"},
    ),
    "a posting on the other side": (
        lambda b: _set(b, "ledger_postings", {"account": points("anna").id}, side="debit"),
        {"lines", "unbalanced", "chain", "total"},
    ),
    "a posting given to another account": (
        lambda b: _set(b, "ledger_postings", {"account": SHOP.id, "fen": 99}, account=FEES.id),
        {"lines", "fold"},
    ),
    "a posting of another balance": (
        lambda b: _set(b, "ledger_postings", {**_OF_WALLET, "seq": 2}, after=10**6),
        {"chain"},
    ),
    "a posting of another place": (
        lambda b: _set(b, "ledger_postings", {**_OF_WALLET, "seq": 2}, seq=77),
        {"gap", "chain"},
    ),
    "a posting made up": (
        lambda b: b.db["ledger_postings"].insert_one(_made_up(SHOP, b, transfer="nothing")),
        {"orphan", "total"},
    ),
    "postings made up that balance": (
        lambda b: b.db["ledger_postings"].insert_many(
            [_made_up(SHOP, b, transfer="nothing"), _made_up(GATEWAY, b, transfer="nothing", side="debit")]
        ),
        {"orphan"},
    ),
    "a posting that cannot be read": (
        lambda b: _set(b, "ledger_postings", {"account": SHOP.id, "fen": 99}, fen="99"),
        {"unreadable", "lines", "unbalanced", "fold", "total"},
    ),
    "a posting made up for a transfer that is there": (
        lambda b: _make_up_for(b, "paid"),
        {"lines", "unbalanced", "total"},
    ),
    "a transfer gone": (lambda b: _drop(b, "ledger_transfers", {"state": "posted", "until": None}), {"orphan"}),
    "a pending transfer gone": (lambda b: _drop(b, "ledger_transfers", {"state": "pending"}), {"held"}),
    "a transfer for more": (
        lambda b: _set(b, "ledger_transfers", {"posted.fen": 700}, **{"posted.0.fen": 701, "posted.1.fen": 701}),
        {"lines", "unsettled"},
    ),
    "a transfer that was asked for otherwise": (
        lambda b: _set(b, "ledger_transfers", {"posted.fen": 700}, about="somebody else"),
        {"altered"},
    ),
    "a transfer of another kind": (lambda b: _set(b, "ledger_transfers", {"posted.fen": 700}, kind="fee"), {"altered"}),
    "a transfer that takes back what never was": (
        lambda b: _set(b, "ledger_transfers", {"posted.fen": 700}, reverses="nothing"),
        {"altered", "reverses"},
    ),
    "a void that was entered": (
        lambda b: _set(b, "ledger_transfers", {"posted.fen": 700}, state="voided"),
        {"unsettled"},
    ),
    "a pending one that was entered": (
        lambda b: _set(b, "ledger_transfers", {"posted.fen": 30}, state="pending"),
        {"unsettled", "held"},
    ),
    "a state that is none": (lambda b: _set(b, "ledger_transfers", {"posted.fen": 700}, state="gone"), {"unreadable"}),
    "a fold that says otherwise": (
        lambda b: b.db["ledger_folds"].update_one({"account": SHOP.id}, {"$inc": {"balance": 1}}),
        {"fold"},
    ),
    "a fold of nobody": (
        lambda b: b.db["ledger_folds"].insert_one(
            {"_id": "x", "account": "cause:x:CNY", "mark": b.clock.now(), "balance": 5, "postings": 1}
        ),
        {"fold"},
    ),
}


def _made_up(account: Account, books: Books, **how: Any) -> dict[str, Any]:
    row = {"_id": f"0:{account.id}", "account": account.id, "side": "credit", "fen": 5, "kind": "payment", "about": ""}
    return {**row, "at": books.clock.now() + timedelta(minutes=1), "busy": True, "other": "", **how}


async def _make_up_for(books: Books, key: str) -> None:
    row = await books.db["ledger_transfers"].find_one({"posted.fen": 100})
    assert row is not None, key
    await books.db["ledger_postings"].insert_one(_made_up(FEES, books, transfer=row["_id"]))


async def test_a_ledger_nobody_tampered_with_is_sound(books: Books) -> None:
    verdict = await (await _lived(books)).verdict()
    assert verdict.sound, verdict.faults
    assert (verdict.accounts, verdict.transfers, verdict.postings) == (8, 9, 16)
    assert await books.proof.last() == verdict


async def test_an_empty_ledger_is_sound(books: Books) -> None:
    assert (await books.proof.last(), (await books.verdict()).sound) == (None, True)


@pytest.mark.parametrize("what", PLANTED)
async def test_what_was_tampered_with_is_found(books: Books, what: str) -> None:
    plant, rules = PLANTED[what]
    await _lived(books)
    await plant(books)
    found = await books.wrong()
    assert found == rules, (await books.verdict()).faults


async def test_points_are_counted_apart_from_money(books: Books) -> None:
    await _lived(books)
    rows = [_made_up(Account(AccountKind.CAUSE, "x", Currency.POINTS), books, transfer="t")]
    await books.db["ledger_postings"].insert_many([*rows, _made_up(GATEWAY, books, transfer="t", side="debit")])
    totals = {one.where: one.found for one in (await books.verdict()).faults if one.wrong == "total"}
    assert totals == {"CNY": 5, "POINTS": -5}


async def test_a_ledger_in_use_gives_no_false_alarm(books: Books) -> None:
    people = [await books.wallet(1000) for _ in range(6)]
    stop = asyncio.Event()

    async def use(n: int) -> None:
        while not stop.is_set():
            for one, other in zip(people, people[1:] + people[:1], strict=True):
                await books.post((debit(one, 3), credit(other, 2), credit(SHOP, 1)))
                held = await books.hold(moved(other, one, 2))
                await (books.capture(held.id, 1 + n % 2) if n % 3 else books.void(held.id))

    async def prove() -> list[bool]:
        found = [(await books.verdict()) for _ in range(8)]
        stop.set()
        assert found[-1].transfers > found[0].transfers
        return [one.sound for one in found]

    *_, sound = await asyncio.gather(*(use(n) for n in range(3)), prove())
    assert all(sound)


async def test_the_mark_of_two_rounds_at_once_moves_once(books: Books) -> None:
    anna = await books.wallet(1000)
    for n in range(1, 4):
        await books.post(moved(anna, SHOP, n))
    books.clock.advance(minutes=3)
    assert sorted(await at_once(5, lambda _: books.folding.fold())) == [0, 0, 0, 0, 2]  # type: ignore[type-var]
    assert await books.folding.fold() == 0
    assert (await books.fen(SHOP), (await books.verdict()).sound) == (6, True)
