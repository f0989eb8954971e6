"""Any life of a ledger, against a small model of it: the same refusals, the same balances, sound at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from pymongo import MongoClient

from app.core.errors import Outcome
from app.core.money import Currency
from app.core.mongo import Database, Tx, connect
from app.domains.payment.ledger.model import (
    FEES,
    GATEWAY,
    ISSUED,
    Account,
    AccountKind,
    FreezeReason,
    Line,
    Side,
    TransferKind,
    Wanted,
    moved,
    points,
    transfer_id,
    wallet,
)
from app.domains.payment.ledger.model import credit as credited
from app.domains.payment.ledger.model import debit as debited
from tests.conftest import settings_for
from tests.payment.ledger_model import SmallLedger
from tests.support.books import Books

MONEY = [wallet("a"), wallet("b"), wallet("c"), Account(AccountKind.CREDIT, "a"), Account(AccountKind.PACKET, "p")]
POINTED = [points("a"), points("b")]
GUARDED = MONEY + POINTED
YUAN = st.sampled_from([*MONEY, Account(AccountKind.MERCHANT, "m"), GATEWAY])
COUNTED = st.sampled_from([*POINTED, ISSUED, Account(AccountKind.CAUSE, "x", Currency.POINTS)])
FEN = st.integers(1, 400)
EARLY, LATE = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 2100))


@st.composite
def lines(draw: st.DrawFn) -> tuple[Line, ...]:
    """Two lines of one currency, or three with a fee."""
    one, other = draw(st.lists(draw(st.sampled_from([YUAN, COUNTED])), min_size=2, max_size=2, unique=True))
    fen = draw(FEN)
    if one.currency is Currency.CNY and fen > 1 and draw(st.integers(0, 3)) == 0:
        fee = draw(st.integers(1, fen - 1))
        return debited(one, fen), credited(other, fen - fee), credited(FEES, fee)
    return moved(one, other, fen)


class Life(RuleBasedStateMachine):
    books: Books
    run: Callable[[Awaitable[Any]], Any]

    def __init__(self) -> None:
        super().__init__()
        self.run(self.books.clear())
        self.model = SmallLedger()
        self.wants: dict[str, tuple[Line, ...]] = {}
        self.then: list[tuple[datetime, dict[Account, int]]] = []
        for account in GUARDED[:3] + POINTED:
            self._opened(account, 1000, 0)
        self._opened(Account(AccountKind.CREDIT, "a"), 0, 300)
        for account, source in ((MONEY[0], GATEWAY), (MONEY[1], GATEWAY), (POINTED[0], ISSUED)):
            self.post((debited(source, 500), credited(account, 500)))

    @rule(account=st.sampled_from(GUARDED), most=st.integers(1, 1500))
    def open(self, account: Account, most: int) -> None:
        self._opened(account, most, 0)

    def _opened(self, account: Account, most: int, limit: int) -> None:
        self.run(self.books.ledger.open(account, most=most, limit=limit))
        self.model.open(account, most, limit)

    @rule(lines=lines())
    def post(self, lines: tuple[Line, ...]) -> None:
        key = self._new(lines)
        assert self._told(self._post(key, lines)) == self.model.post(key, lines)

    @rule(lines=lines(), seconds=st.integers(1, 90))
    def hold(self, lines: tuple[Line, ...], seconds: int) -> None:
        key, until = self._new(lines), self.books.clock.now() + timedelta(seconds=seconds)
        assert self._told(self._hold(key, lines, until)) == self.model.hold(key, lines, until)

    @precondition(lambda self: self.wants)
    @rule(data=st.data(), other=st.booleans(), held=st.booleans())
    def repeat(self, data: st.DataObject, other: bool, held: bool) -> None:
        """Under a key that was given: of the same content, or of another, posted or held."""
        key = data.draw(st.sampled_from(sorted(self.wants)))
        wanted = data.draw(lines()) if other else self.wants[key]
        until = self.books.clock.now() + timedelta(seconds=30)
        if held:
            assert self._told(self._hold(key, wanted, until)) == self.model.hold(key, wanted, until)
        else:
            assert self._told(self._post(key, wanted)) == self.model.post(key, wanted)

    @precondition(lambda self: self.model.promises)
    @rule(data=st.data(), part=st.floats(0.01, 1))
    def capture(self, data: st.DataObject, part: float) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.promises)))
        wanted = self.model.promises[key].lines
        if len(wanted) != 2:
            return
        fen = max(1, int(wanted[0].fen * part))
        told = self._told(self.books.capture(transfer_id(key), fen))
        assert told == self.model.capture(key, fen, self.books.clock.now())

    @precondition(lambda self: self.model.promises)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.promises)))
        assert self._told(self.books.void(transfer_id(key))) == self.model.void(key)

    @rule(account=st.sampled_from(GUARDED), to=st.sampled_from(["freeze", "unfreeze"]))
    def turn(self, account: Account, to: str) -> None:
        was, now = ("open", "frozen") if to == "freeze" else ("frozen", "open")
        change = getattr(self.books.ledger, to)
        assert self.run(self.books.within(lambda tx: change(account, FreezeReason.DESK, tx))) == self.model.turn(
            account, was, now
        )

    @rule(account=st.sampled_from(GUARDED))
    def close(self, account: Account) -> None:
        told = self._told(self.books.within(lambda tx: self.books.ledger.close(account, tx)))
        assert told == self.model.close(account)

    @rule(limit=st.integers(0, 600))
    def limit(self, limit: int) -> None:
        account = Account(AccountKind.CREDIT, "a")
        self.run(self.books.within(lambda tx: self.books.ledger.limit(account, limit, tx)))
        self.model.purses[account].limit = limit

    @rule(seconds=st.sampled_from([0.001, 1, 45, 200]))
    def wait(self, seconds: float) -> None:
        self.then.append((self.books.clock.now(), self.model.balances()))
        self.books.clock.advance(seconds=seconds)

    @rule()
    def fold(self) -> None:
        self.run(self.books.folding.fold())

    @precondition(lambda self: self.then)
    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        at, balances = data.draw(st.sampled_from(self.then))
        account = data.draw(st.sampled_from(sorted(balances, key=lambda one: one.id)))
        assert self.run(self.books.ledger.balance_at(account, at)) == balances[account]

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        assert [self.model.total(currency) for currency in Currency] == [0, 0]

    def teardown(self) -> None:
        for account, fen in self.model.balances().items():
            found = self.run(self.books.ledger.balance(account))
            purse = self.model.purses.get(account)
            assert (found.posted.fen, found.held.fen) == (fen, purse.held if purse else 0)
            assert purse is None or found.state.value == purse.state
        verdict = self.run(self.books.verdict())
        assert verdict.sound, verdict.faults

    def _new(self, wanted: tuple[Line, ...]) -> str:
        key = f"key-{len(self.wants)}"
        self.wants[key] = wanted
        return key

    def _post(self, key: str, wanted: tuple[Line, ...]) -> Awaitable[object]:
        return self.books.within(lambda tx: self.books.ledger.post(_wanted(key, wanted), tx))

    def _hold(self, key: str, wanted: tuple[Line, ...], until: datetime) -> Awaitable[object]:
        async def work(tx: Tx) -> object:
            return await self.books.ledger.hold(_wanted(key, wanted), until, tx)

        return self.books.within(work)

    def _told(self, move: Awaitable[object]) -> str:
        """The refusal's name, or nothing."""
        try:
            self.run(move)
        except Outcome as refused:
            return type(refused).__name__
        return ""


def _wanted(key: str, wanted: tuple[Line, ...]) -> Wanted:
    return Wanted(key, TransferKind.PAYMENT, wanted)


@pytest.fixture
def life(database_uri: str) -> Iterator[type[Life]]:
    """The machine is no coroutine: it has a loop of its own, and a connection on it."""
    loop, name = asyncio.new_event_loop(), f"test_{uuid4().hex[:12]}"

    async def begun() -> tuple[Database, Books]:
        db = connect(settings_for(database_uri, name))
        return db, await Books(db).begin()

    db, books = loop.run_until_complete(begun())
    yield type("Life", (Life,), {"books": books, "run": staticmethod(loop.run_until_complete)})
    loop.run_until_complete(db.close())
    loop.close()
    with MongoClient[dict[str, object]](database_uri) as client:
        client.drop_database(name)


def test_any_life_of_a_ledger_is_that_of_its_model(life: type[Life]) -> None:
    how = settings(
        max_examples=20, stateful_step_count=35, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )
    run_state_machine_as_test(life, settings=how)  # type: ignore[no-untyped-call]


def test_the_model_itself_neither_makes_nor_loses_anything() -> None:
    """Its own test: a payment, a part of a promise, and a refusal."""
    model, a, b = SmallLedger(), wallet("a"), wallet("b")
    model.open(a, 1000, 0)
    model.open(b, 1000, 0)
    assert model.post("1", moved(GATEWAY, a, 100)) == ""
    assert model.hold("2", moved(a, b, 80), LATE) == ""
    assert model.post("3", moved(a, b, 21)) == "InsufficientBalance"
    assert model.capture("2", 50, EARLY) == ""
    assert (model.balances(), model.total("CNY")) == ({a: 50, b: 50, GATEWAY: 100}, 0)
    assert {line.side for line in moved(a, b, 1)} == {Side.DEBIT, Side.CREDIT}
