"""The ledger as a dictionary: what it must come to, in as few words as can be. It knows nothing of the real one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.domains.payment.ledger.model import MOST_FEN, Account, Line, Side


@dataclass
class Purse:
    balance: int = 0
    held: int = 0
    most: int = MOST_FEN
    limit: int = 0
    state: str = "open"


@dataclass
class Promise:
    lines: tuple[Line, ...]
    until: datetime
    state: str = "pending"
    posted: int | None = None


@dataclass
class SmallLedger:
    """Refusals are named by their class; a refused move changes nothing."""

    purses: dict[Account, Purse] = field(default_factory=dict)
    busy: dict[Account, int] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    asked: dict[str, tuple[str, frozenset[Line]]] = field(default_factory=dict)

    def open(self, account: Account, most: int, limit: int) -> None:
        self.purses.setdefault(account, Purse(most=most, limit=limit))

    def post(self, key: str, lines: tuple[Line, ...]) -> str:
        said = self._said(key, "post", lines)
        if said is not None:
            return said
        refused = self._refused(lines)
        if not refused:
            self.asked[key] = ("post", frozenset(lines))
            self._enter(lines)
        return refused

    def hold(self, key: str, lines: tuple[Line, ...], until: datetime) -> str:
        said = self._said(key, "hold", lines)
        if said is not None:
            return said
        refused = self._refused(tuple(line for line in lines if line.side is Side.DEBIT))
        if not refused:
            self.asked[key] = ("hold", frozenset(lines))
            self.promises[key] = Promise(lines, until)
            self._promise(lines, 1)
        return refused

    def capture(self, key: str, fen: int, now: datetime) -> str:
        """Of two lines that share an amount."""
        one = self.promises[key]
        if one.state == "posted":
            return ""
        if one.state == "voided":
            return "TransferSettled"
        if one.until <= now:
            return "TransferTooLate"
        lines = tuple(Line(line.account, line.side, fen) for line in one.lines)
        refused = self._refused(tuple(line for line in lines if line.side is Side.CREDIT))
        if not refused:
            self._promise(one.lines, -1)
            self._enter(lines)
            one.state, one.posted = "posted", fen
        return refused

    def void(self, key: str) -> str:
        one = self.promises[key]
        if one.state == "posted":
            return "TransferSettled"
        if one.state == "pending":
            self._promise(one.lines, -1)
            one.state = "voided"
        return ""

    def close(self, account: Account) -> str:
        purse = self.purses.get(account)
        if purse is None:
            return "AccountUnknown"
        if purse.state != "closed" and (purse.balance or purse.held):
            return "AccountNotEmpty"
        purse.state = "closed"
        return ""

    def turn(self, account: Account, was: str, to: str) -> bool:
        purse = self.purses.get(account)
        if purse is None or purse.state != was:
            return False
        purse.state = to
        return True

    def balances(self) -> dict[Account, int]:
        return {**{account: purse.balance for account, purse in self.purses.items()}, **self.busy}

    def total(self, currency: str) -> int:
        """Debits less credits."""
        return sum(
            fen if account.side is Side.DEBIT else -fen
            for account, fen in self.balances().items()
            if account.currency == currency
        )

    def _said(self, key: str, how: str, lines: tuple[Line, ...]) -> str | None:
        if key not in self.asked:
            return None
        return "" if self.asked[key] == (how, frozenset(lines)) else "TransferConflict"

    def _refused(self, lines: tuple[Line, ...]) -> str:
        """The first refusal, in the order of the accounts' ids."""
        for line in sorted((line for line in lines if line.account.guarded), key=lambda line: line.account.id):
            purse = self.purses.get(line.account)
            if purse is None:
                return "AccountUnknown"
            if purse.state == "closed":
                return "AccountClosed"
            if line.side is Side.DEBIT and purse.state == "frozen":
                return "AccountFrozen"
            owed = line.account.side is Side.DEBIT
            free = purse.limit + (-purse.balance if owed else purse.balance) - purse.held
            room = purse.balance if owed else purse.most - purse.balance
            if line.side is Side.DEBIT and line.fen > free:
                return "InsufficientBalance"
            if line.side is Side.CREDIT and line.fen > room:
                return "BalanceTooHigh"
        return ""

    def _enter(self, lines: tuple[Line, ...]) -> None:
        for line in lines:
            change = line.fen if line.side is line.account.side else -line.fen
            if line.account.guarded:
                self.purses[line.account].balance += change
            else:
                self.busy[line.account] = self.busy.get(line.account, 0) + change

    def _promise(self, lines: tuple[Line, ...], times: int) -> None:
        for line in lines:
            if line.side is Side.DEBIT and line.account.guarded:
                self.purses[line.account].held += times * line.fen
